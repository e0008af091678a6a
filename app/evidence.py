"""What the journal holds about one run, gathered: all that explanations and checks may look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.journal import (
    ConsolePrinted,
    Event,
    ExchangeCaptured,
    FindingReported,
    RunFinished,
    RunStarted,
    ServerTraced,
)
from connectors.appconnect.address import is_server
from connectors.contract.exchange import Exchange


class RunIncompleteError(Exception):
    """The events are not those of one whole run; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One run as the journal has it.

    Attributes:
        exchanges: in the order in which they began.
        reported: (code, message) of what the connector went on without.
        traced: what a running server noted, in order.
    """

    started: RunStarted
    finished: RunFinished
    exchanges: tuple[Exchange, ...] = ()
    console: tuple[ConsolePrinted, ...] = ()
    reported: tuple[tuple[str, str], ...] = ()
    traced: tuple[ServerTraced, ...] = ()

    @property
    def behind_server(self) -> bool:
        """Whether a running server did the work: its requests to the CRM are not among these."""
        return is_server(self.started.platform)

    @property
    def number(self) -> str:
        """The phone number that was asked for, empty when the run was not about one."""
        return str(self.started.input.get("phoneNumber") or "")

    @property
    def formats(self) -> tuple[str, ...]:
        """The user's phone formats in order."""
        text = str(self.started.input.get("overridingFormat") or "")
        return tuple(text.split(",")) if text else ()

    @property
    def is_extension(self) -> bool:
        """Whether the number was looked up as an extension."""
        return self.started.input.get("isExtension") in ("true", True)

    @property
    def contacts(self) -> tuple[dict[str, Any], ...]:
        """The contacts of the answer in wire shape, without the "create new" entry."""
        listed = self.finished.answer.get("contact")
        entries = listed if isinstance(listed, list | tuple) else [listed]
        return tuple(
            entry for entry in entries if isinstance(entry, dict) and not entry.get("isNewContact")
        )


def evidence_of(events: Iterable[Event], run_id: int | None = None) -> Evidence:
    """Gather the events of one run.

    Args:
        events: in the journal's order; those of other runs are passed over.
        run_id: which run; None takes the first that is found.

    Raises:
        RunIncompleteError: the run's beginning or its end is not among the events.
    """
    started: RunStarted | None = None
    finished: RunFinished | None = None
    exchanges: list[Exchange] = []
    console: list[ConsolePrinted] = []
    reported: list[tuple[str, str]] = []
    traced: list[ServerTraced] = []
    for event in events:
        if run_id is None:
            run_id = event.run_id
        if event.run_id != run_id:
            continue
        match event:
            case RunStarted():
                started = event
            case RunFinished():
                finished = event
            case ExchangeCaptured():
                exchanges.append(event.exchange)
            case ConsolePrinted():
                console.append(event)
            case FindingReported():
                reported.append((event.code, event.message))
            case ServerTraced():
                traced.append(event)
    if started is None:
        raise RunIncompleteError(f"The journal has no beginning of run {run_id}.")
    if finished is None:
        raise RunIncompleteError(f"Run {run_id} ({started.operation}) has not ended.")
    exchanges.sort(key=lambda exchange: exchange.started_ms)
    return Evidence(
        started, finished, tuple(exchanges), tuple(console), tuple(reported), tuple(traced)
    )
