"""All events of all runs, in order: kept, told to subscribers, appended to a file.

Exchanges, which are large, are kept in a private temporary file (``app.spill``), everything else in
memory. A body of many megabytes is kept there piece by piece beside its exchange, so that nobody
ever has to hold it as one. Secrets are gone before an event gets here
(``connectors.runtime.redact``).
"""

from __future__ import annotations

import logging
import os
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import msgspec

from app.spill import SpillFile
from connectors.contract.exchange import Exchange
from connectors.contract.hosting import ErrorInfo, TraceStep
from connectors.contract.model import Wire

logger = logging.getLogger(__name__)


class RunStarted(Wire, frozen=True, kw_only=True, omit_defaults=False, tag="started"):
    """A verb began.

    Attributes:
        connection: id of the connection it worked for; the same platform may have several.
        subject: what it is about: a number, a name, a call.
        input: what the bench was asked, in the wire shape of the operation's own input: for a
            lookup ``phoneNumber``, ``overridingFormat`` (comma-joined), ``isExtension`` (text) and
            ``isForceRefreshAccountData``; without the user and without secrets.
        digest: names the version of the connector that it began with.
    """

    run_id: int
    at_ms: float
    operation: str
    platform: str
    subject: str
    connection: str = ""
    digest: str = ""
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


class ServerTraced(Wire, frozen=True, kw_only=True, omit_defaults=False, tag="trace"):
    """A running server noted a step while it worked on the run's request.

    Attributes:
        at_ms: when, by the bench's clock: the server's own tells only how long after the request's
            arrival, and the way there is taken to last no time.
    """

    run_id: int
    at_ms: float
    step: TraceStep


class RunFinished(Wire, frozen=True, kw_only=True, omit_defaults=False, tag="finished"):
    """A verb ended.

    Attributes:
        answer: what the user would be told, in the HTTP route's shape.
        returned: what the connector returned, untouched.
        cached: whether a cache answered; the connector did not run.
        cache_layer: which one: ``account`` is the server's, ``local`` the extension's own; empty
            when none answered.
        cache_age_s: seconds since that answer was kept; None when the cache did not answer.
        unknown: whether a write may have happened although no answer came.
    """

    run_id: int
    at_ms: float
    answer: dict[str, Any]
    returned: Any = None
    error: ErrorInfo | None = None
    cached: bool = False
    cache_layer: Literal["", "account", "local"] = ""
    cache_age_s: float | None = None
    unknown: bool = False
    cancelled: bool = False
    requests: int = 0
    ms: float = 0.0


class CacheRenewed(Wire, frozen=True, kw_only=True, omit_defaults=False, tag="cache"):
    """A refresh removed an entry of a cache, or put another one in its place.

    It comes after the end of the run that did so.

    Attributes:
        layer: which cache, in words.
        key: the entry's key as production spells it.
        age_s: how old the entry was.
        before: its contacts, a line each; empty when it held nobody.
        after: those of the entry in its place; None when there is none.
        text: all of this in a sentence.
    """

    run_id: int
    at_ms: float
    layer: str
    key: str
    age_s: float | None
    before: tuple[str, ...]
    after: tuple[str, ...] | None
    text: str


Event = (
    RunStarted
    | ConsolePrinted
    | ExchangeCaptured
    | FindingReported
    | ServerTraced
    | RunFinished
    | CacheRenewed
)
Subscriber = Callable[[Event], None]


_Kept = Event | int
"""An event, or the number of the block that holds an exchange."""

Side = Literal["request", "response"]
KeptPiece = int | bytes
"""The number of the block that holds a piece of a body, or the piece itself."""


@dataclass(frozen=True, slots=True)
class LargeBody:
    """A body of which its exchange has only the beginning.

    Attributes:
        pieces: all of its text, as :meth:`Journal.keep_piece` returned them.
        truncated: whether that is not the whole body either.
    """

    pieces: tuple[KeptPiece, ...]
    truncated: bool = False


class Journal:
    """The events of this session.

    Args:
        path: also append each event to this file as one JSON line. A file that was cut by a crash
            is gone on with on a new line.
        spill_folder: where the temporary file for exchanges is made; None takes the system's
            temporary folder.

    Attributes:
        spill_folder: where others may put what is too much to keep in memory, too.
    """

    def __init__(self, path: Path | None = None, spill_folder: Path | None = None) -> None:
        self._events: list[_Kept] = []
        self._by_run: dict[int, list[_Kept]] = {}
        self._last_run = 0
        self._exchanges: dict[int, dict[int, _Kept]] = {}
        self._began: dict[int, array[float]] = {}
        self._large: dict[tuple[int, int, Side], LargeBody] = {}
        self._subscribers: list[Subscriber] = []
        self.spill_folder = spill_folder
        self._spill = SpillFile(spill_folder)
        self._packer = msgspec.msgpack.Encoder()
        self._unpacker = msgspec.msgpack.Decoder(ExchangeCaptured)
        self._encoder = msgspec.json.Encoder()
        self._file: IO[bytes] | None = None
        if path is not None:
            path.touch(mode=0o600)
            self._file = path.open("ab")
            if not _ends_with_line(path):
                self._file.write(b"\n")

    @property
    def run_ids(self) -> tuple[int, ...]:
        """The numbers of all runs, in the order in which they began."""
        return tuple(self._by_run)

    @property
    def last_run_id(self) -> int:
        """The highest number of a run, 0 before the first."""
        return self._last_run

    def append(self, event: Event) -> None:
        """Keep `event` and tell the subscribers, in the order in which they subscribed."""
        kept: _Kept = event
        if isinstance(event, ExchangeCaptured):
            kept = self._spilled(event)
            self._keep_place(event.run_id, event.exchange, kept)
        self._events.append(kept)
        self._last_run = max(self._last_run, event.run_id)
        self._by_run.setdefault(event.run_id, []).append(kept)
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
        """Yield the events of one run, or of all.

        Exchanges are read back one by one as they are asked for; :meth:`exchange` finds one of
        them, and :attr:`last_run_id` needs none.
        """
        kept = self._events if run_id is None else self._by_run.get(run_id, ())
        return (self._whole(each) for each in kept)

    def notes(self, run_id: int) -> Iterator[Event]:
        """Yield the events of a run that are no exchanges, which are many and large."""
        for kept in self._by_run.get(run_id, ()):
            if not isinstance(kept, int | ExchangeCaptured):
                yield kept

    def exchange_ids(self, run_id: int) -> list[int]:
        """Return the ids of a run's exchanges in the order in which they began."""
        began, ids = self._began.get(run_id, ()), self._exchanges.get(run_id, ())
        return [number for _began, number in sorted(zip(began, ids, strict=True))]

    def started(self, run_id: int) -> RunStarted | None:
        """Return how a run began, None when the journal has no such run."""
        first = next(iter(self._by_run.get(run_id, ())), None)
        return first if isinstance(first, RunStarted) else None

    def exchange(self, run_id: int, exchange_id: int) -> Exchange | None:
        """Return one exchange of a run, None when the journal has no such."""
        kept = self._exchanges.get(run_id, {}).get(exchange_id)
        found = None if kept is None else self._whole(kept)
        return found.exchange if isinstance(found, ExchangeCaptured) else None

    def keep_piece(self, piece: bytes) -> KeptPiece:
        """Keep a piece of a large body: text in UTF-8, cut between two characters."""
        try:
            return self._spill.put(piece)
        except OSError as error:
            logger.warning("A piece of a body stays in memory: %s", error)
            return piece

    def keep_large(self, run_id: int, exchange_id: int, side: Side, body: LargeBody) -> None:
        """Keep where the whole of a body is; its exchange is appended after this."""
        self._large[run_id, exchange_id, side] = body

    def large(self, run_id: int, exchange_id: int, side: Side) -> LargeBody | None:
        """Return a body of which its exchange has only the beginning, None when it has it all."""
        return self._large.get((run_id, exchange_id, side))

    def texts(self, body: LargeBody) -> Iterator[str]:
        """Yield the text of a large body piece by piece."""
        for piece in body.pieces:
            data = self._spill.get(piece) if isinstance(piece, int) else piece
            yield data.decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Close the files: exchanges cannot be read any more; safe to call twice."""
        self._spill.close()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _keep_place(self, run_id: int, exchange: Exchange, kept: _Kept) -> None:
        """Keep where an exchange is; its id is told once in a run."""
        places = self._exchanges.setdefault(run_id, {})
        began = self._began.setdefault(run_id, array("d"))
        if exchange.id in places:
            began[list(places).index(exchange.id)] = exchange.started_ms
        else:
            began.append(exchange.started_ms)
        places[exchange.id] = kept

    def _spilled(self, event: ExchangeCaptured) -> _Kept:
        try:
            return self._spill.put(self._packer.encode(event))
        except (OSError, ValueError) as error:
            # A full disk, or a text that is no Unicode: memory has it then.
            logger.warning("Exchange %d stays in memory: %s", event.exchange.id, error)
            return event

    def _whole(self, kept: _Kept) -> Event:
        return self._unpacker.decode(self._spill.get(kept)) if isinstance(kept, int) else kept


def read_events(path: Path) -> list[Event]:
    """Read a journal file.

    Each line stands for itself. One that cannot be read is left out, and the log says which: the
    last when a crash cut it, one in the middle when the disk or an editor spoilt it. Everything
    else is returned.
    """
    decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
    events: list[Event] = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                events.append(decoder.decode(line))
            except (ValueError, RecursionError) as error:
                logger.warning("%s: line %d is left out: %s", path, number, error)
    return events


def _ends_with_line(path: Path) -> bool:
    """Whether nothing stands after the last line's end; so in an empty file."""
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
