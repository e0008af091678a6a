"""All events of all runs, in order: kept in memory, told to subscribers, appended to a file.

Secrets are gone before an event gets here (``connectors.runtime.redact``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from connectors.contract.exchange import Exchange
from connectors.contract.hosting import ErrorInfo
from connectors.contract.model import Wire

logger = logging.getLogger(__name__)


class RunStarted(Wire, frozen=True, kw_only=True, omit_defaults=False, tag="started"):
    """A verb began.

    Attributes:
        subject: what it is about: a number, a name, a call.
        input: what the bench was asked, in the wire shape of the operation's own input: for a
            lookup ``phoneNumber``, ``overridingFormat`` (comma-joined), ``isExtension`` (text) and
            ``isForceRefreshAccountData``; without the user and without secrets.
    """

    run_id: int
    at_ms: float
    operation: str
    platform: str
    subject: str
    input: dict[str, Any] = msgspec.field(default_factory=dict)


class ConsolePrinted(Wire, frozen=True, kw_only=True, omit_defaults=False, tag="console"):
    """The connector printed something."""

    run_id: int
    at_ms: float
    stream: str
    text: str


class ExchangeCaptured(Wire, frozen=True, kw_only=True, omit_defaults=False, tag="exchange"):
    """An HTTP exchange ended."""

    run_id: int
    at_ms: float
    exchange: Exchange


class FindingReported(Wire, frozen=True, kw_only=True, omit_defaults=False, tag="finding"):
    """The connector went on without something, or the bench noticed something."""

    run_id: int
    at_ms: float
    code: str
    message: str


class RunFinished(Wire, frozen=True, kw_only=True, omit_defaults=False, tag="finished"):
    """A verb ended.

    Attributes:
        answer: what the user would be told, in the HTTP route's shape.
        returned: what the connector returned, untouched.
        cached: whether the account's cache answered; the connector did not run.
        cache_age_s: seconds since that answer was kept; None when the cache did not answer.
        unknown: whether a write may have happened although no answer came.
    """

    run_id: int
    at_ms: float
    answer: dict[str, Any]
    returned: Any = None
    error: ErrorInfo | None = None
    cached: bool = False
    cache_age_s: float | None = None
    unknown: bool = False
    cancelled: bool = False
    requests: int = 0
    ms: float = 0.0


Event = RunStarted | ConsolePrinted | ExchangeCaptured | FindingReported | RunFinished
Subscriber = Callable[[Event], None]


class Journal:
    """The events of this session.

    Args:
        path: also append each event to this file as one JSON line; None keeps them in memory only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._events: list[Event] = []
        self._by_run: dict[int, list[Event]] = {}
        self._subscribers: list[Subscriber] = []
        self._encoder = msgspec.json.Encoder()
        self._file: IO[bytes] | None = None
        if path is not None:
            path.touch(mode=0o600)
            self._file = path.open("ab")

    def append(self, event: Event) -> None:
        """Keep `event` and tell the subscribers, in the order in which they subscribed."""
        self._events.append(event)
        self._by_run.setdefault(event.run_id, []).append(event)
        if self._file is not None:
            self._file.write(self._encoder.encode(event) + b"\n")
            self._file.flush()
        for subscriber in tuple(self._subscribers):
            subscriber(event)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` with each event from now on; return what ends that."""
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def events(self, run_id: int | None = None) -> Iterator[Event]:
        """Yield the events of one run, or of all."""
        return iter(self._events if run_id is None else self._by_run.get(run_id, ()))

    def close(self) -> None:
        """Close the file; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_events(path: Path) -> list[Event]:
    """Read a journal file. A line cut by a crash ends it: everything before is returned."""
    decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
    events: list[Event] = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                events.append(decoder.decode(line))
            except msgspec.MsgspecError as error:
                logger.info("%s ends at line %d: %s", path, number, error)
                break
    return events
