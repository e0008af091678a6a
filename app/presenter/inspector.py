"""The right side of the window: what the journal says, as rows for Console, Network and history."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.failure import failure_text
from app.journal import (
    CacheRenewed,
    ConsolePrinted,
    Event,
    ExchangeCaptured,
    FindingReported,
    Journal,
    RunFinished,
    RunStarted,
    ServerTraced,
    Side,
)
from app.presenter.body_text import readable
from app.presenter.match import MatchPresenter
from app.presenter.search_text import SearchText
from app.traffic.trace import line_of
from connectors.contract.exchange import Exchange
from connectors.host.process import SHORT
from widgets.inspector_state import (
    ConsoleRow,
    ExchangeDetailState,
    ExchangeRow,
    RunRow,
)
from widgets.main_window import MainWindow

LOOKUPS = ("findContact", "findContactWithName")
FLUSH_MS = 40
"""Rows are drawn in batches, so that hundreds of lookups a second do not stall the window."""

WHOLE_BY: dict[Side, str] = {
    "request": "An export as HAR has them all.",
    "response": "Copy answer takes them all, and an export as HAR has them.",
}
"""How to get at a body that is too long to be shown."""


class InspectorPresenter(QObject):
    """Follows a journal and keeps the inspector's tabs true.

    Signals:
        run_shown(int): the result of this run is in front.
    """

    run_shown = Signal(int)

    def __init__(
        self, window: MainWindow, match: MatchPresenter, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._match = match
        self._journal: Journal | None = None
        self._search: SearchText | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._started: dict[int, RunStarted] = {}
        self._results: dict[int, RunFinished] = {}
        self._console: list[ConsoleRow] = []
        self._exchanges: list[ExchangeRow] = []
        self._runs: list[RunRow] = []
        self._shown_run: int | None = None
        self._latest_run: int | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self.flush)
        window.run_history.run_selected.connect(self._on_run_selected)
        window.match.exchange_requested.connect(self._on_exchange_requested)
        window.timeline.exchange_requested.connect(self._on_exchange_requested)
        window.network.exchange_selected.connect(self._on_exchange_selected)

    def follow(self, journal: Journal) -> None:
        """Show the events of `journal` from now on, in place of another's."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._search is not None:
            self.flush()
            self._window.network.clear()
            self._search.close()
        self._journal = journal
        self._search = SearchText(journal)
        self._window.network.use_text_source(self._search)
        self._unsubscribe = journal.subscribe(self._on_event)

    def close(self) -> None:
        """Stop following."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._journal = None
        if self._search is not None:
            self._search.close()
        self._timer.stop()
        self._match.close()

    def started(self, run_id: int) -> RunStarted | None:
        """Return how a run began; 0 means the latest."""
        return self._started.get(run_id or max(self._started, default=0))

    def last_lookup(self, connection: str) -> RunStarted | None:
        """Return the latest lookup or search of a connection, None before the first."""
        lookups = (
            started
            for started in reversed(self._started.values())
            if started.connection == connection and started.operation in LOOKUPS
        )
        return next(lookups, None)

    def last_number(self, connection: str) -> str:
        """Return the number of a connection's latest lookup, empty before the first."""
        numbers = (
            started.subject
            for started in reversed(self._started.values())
            if started.connection == connection and started.operation == "findContact"
        )
        return next(numbers, "")

    @Slot(int)
    def choose_run(self, run_id: int) -> None:
        """Show only this run in every tab."""
        self.flush()
        self._window.run_history.choose_run(run_id)

    @Slot()
    def flush(self) -> None:
        """Draw what has gathered since the last time."""
        runs, self._runs = self._runs, []
        for row in runs:
            self._window.run_history.show_run_row(row)
        console, self._console = self._console, []
        if console:
            self._window.console.append_rows(console)
        exchanges, self._exchanges = self._exchanges, []
        if exchanges:
            self._window.network.append_rows(exchanges)
        if self._latest_run is not None and self._latest_run != self._shown_run:
            self._show_result(self._latest_run)

    def _on_event(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._started[event.run_id] = event
                self._runs.append(self._run_row(event, None))
                self._print(event, "operation", f"{event.operation}  {event.subject}")
            case ConsolePrinted():
                kind = "err" if event.stream == "stderr" else "out"
                for line in event.text.splitlines() or [""]:
                    self._print(event, kind, line)
            case ExchangeCaptured():
                self._exchanges.append(exchange_row(event.run_id, event.at_ms, event.exchange))
                if self._search is not None:
                    self._search.add(event.run_id, event.exchange)
            case FindingReported():
                self._print(event, "finding", f"{event.code}: {event.message}")
            case ServerTraced():
                kind = "error" if event.step.level == "error" else "trace"
                self._print(event, kind, line_of(event.step))
            case CacheRenewed():
                self._print(event, "operation", event.text)
            case RunFinished():
                self._results[event.run_id] = event
                started = self._started[event.run_id]
                self._runs.append(self._run_row(started, event))
                self._print(
                    event,
                    "error" if event.error else "operation",
                    f"{started.operation}  {summary(event)}",
                )
                self._latest_run = event.run_id
                self._shown_run = None
        if not self._timer.isActive():
            self._timer.start()

    def _print(self, event: Event, kind: Any, text: str) -> None:
        self._console.append(ConsoleRow(event.run_id, clock(event.at_ms), kind, text))

    def _run_row(self, started: RunStarted, finished: RunFinished | None) -> RunRow:
        return RunRow(
            run_id=started.run_id,
            time_text=clock(started.at_ms),
            operation=started.operation,
            subject=started.subject,
            outcome=outcome_of(finished),
            summary=summary(finished) if finished else "",
            requests=finished.requests if finished else 0,
            ms=finished.ms if finished else None,
            cached=finished.cached if finished else False,
            version=started.digest[:SHORT],
        )

    @Slot(int)
    def _on_run_selected(self, run_id: int) -> None:
        shown = run_id if run_id > 0 else None
        self._window.console.show_run(shown)
        self._window.network.show_run(shown)
        if shown is not None:
            self._show_result(shown, chosen=True)

    @Slot(int, int)
    def _on_exchange_requested(self, run_id: int, exchange_id: int) -> None:
        self.flush()
        self._window.network.show_exchange(run_id, exchange_id)
        self._window.show_tab("Network")

    @Slot(int, int)
    def _on_exchange_selected(self, run_id: int, exchange_id: int) -> None:
        exchange = self._exchange(run_id, exchange_id)
        if exchange is not None and self._journal is not None:
            large = {side for side in WHOLE_BY if self._journal.large(run_id, exchange_id, side)}
            self._window.network.show_detail(exchange_detail(run_id, exchange, large))

    def _exchange(self, run_id: int, exchange_id: int) -> Exchange | None:
        return self._journal.exchange(run_id, exchange_id) if self._journal else None

    @property
    def number(self) -> str:
        """The number of the lookup that is shown, empty when it is another kind of run."""
        started = self._started.get(self._shown_run or 0)
        return started.subject if started and started.operation == "findContact" else ""

    def _show_result(self, run_id: int, *, chosen: bool = False) -> None:
        finished = self._results.get(run_id)
        if finished is None:
            return
        self._shown_run = run_id
        self._match.show_run(run_id, chosen=chosen)
        self.run_shown.emit(run_id)
        error = finished.error
        self._window.raw.show_json(
            {
                "answer": finished.answer,
                "returned": finished.returned,
                "error": None
                if error is None
                else {
                    "type": error.type,
                    "message": error.message,
                    "status": error.status,
                    "stack": error.stack.splitlines(),
                },
                "cached": finished.cached,
            }
        )


def clock(at_ms: float) -> str:
    """Return the local time of day with milliseconds."""
    moment = datetime.fromtimestamp(at_ms / 1000).astimezone()
    return moment.strftime("%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def outcome_of(finished: RunFinished | None) -> Any:
    """Return the word for a run's end that the run history draws."""
    if finished is None:
        return "running"
    if finished.cancelled:
        return "cancelled"
    if finished.error is not None or finished.answer.get("successful") is False:
        return "failed" if finished.error is not None else "none"
    if "contact" in finished.answer and isinstance(finished.answer["contact"], list | tuple):
        return "found" if real_contacts(finished) else "none"
    return "done"


def real_contacts(finished: RunFinished) -> list[dict[str, Any]]:
    """Return the contacts of an answer without the "create new" entry."""
    listed = finished.answer.get("contact")
    if not isinstance(listed, list | tuple):
        return []
    return [entry for entry in listed if isinstance(entry, dict) and not entry.get("isNewContact")]


def summary(finished: RunFinished) -> str:
    """Return a run's end in a few words."""
    if finished.cancelled:
        return "cancelled"
    if finished.error is not None:
        prefix = "not known whether it was done: " if finished.unknown else ""
        return f"{prefix}{failure_text(finished.error)}"
    answer = finished.answer
    if isinstance(answer.get("contact"), list | tuple):
        names = [str(entry.get("name") or "?") for entry in real_contacts(finished)]
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            return f"{len(names)} found: {', '.join(names[:3])}{more}"
        return "no match"
    if isinstance(answer.get("contact"), dict):
        return f"{answer['contact'].get('name')} - {answer['contact'].get('id')}"
    if answer.get("logId"):
        return f"log {answer['logId']}"
    message = answer.get("returnMessage")
    return str(message.get("message", "")) if isinstance(message, dict) else "done"


def exchange_row(run_id: int, at_ms: float, exchange: Exchange) -> ExchangeRow:
    """Return an exchange as a row of the Network tab."""
    return ExchangeRow(
        run_id=run_id,
        exchange_id=exchange.id,
        method=sys.intern(exchange.method),
        url=exchange.url,
        status=exchange.status,
        reason=sys.intern(exchange.reason),
        ms=exchange.ms,
        time_text=clock(at_ms),
        size=exchange.response_body.size if exchange.response_body else 0,
        error=exchange.error or "",
    )


def exchange_detail(
    run_id: int, exchange: Exchange, large: Collection[Side] = ()
) -> ExchangeDetailState:
    """Return an exchange in full as the Network tab shows it.

    Args:
        run_id: the run it belongs to.
        exchange: as the journal has it.
        large: the sides of which it has only the beginning of a body that the journal has whole.
    """
    ways: dict[Side, str] = {side: WHOLE_BY[side] for side in large}
    return ExchangeDetailState(
        run_id=run_id,
        exchange_id=exchange.id,
        method=exchange.method,
        url=exchange.url,
        routed_to=exchange.routed_to or "",
        status=exchange.status,
        reason=exchange.reason,
        ms=exchange.ms,
        request_headers=exchange.headers,
        request_body=readable(exchange.body, ways.get("request", "")),
        response_headers=exchange.response_headers,
        response_body=readable(exchange.response_body, ways.get("response", "")),
        error=exchange.error or "",
    )
