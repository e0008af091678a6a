"""The Timeline tab: the run that the inspector shows, on a time axis, once the tab is seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Slot

from app.evidence import Evidence
from app.explain.searches import searches_of
from app.journal import ConsolePrinted, Journal, RunFinished, RunStarted, ServerTraced
from app.loop import TaskRunner
from app.traffic.dependencies import Wait, WaitFinder, longest_chain
from app.traffic.run_reading import Pause, exchanges_in_order
from app.traffic.trace import data_text
from connectors.contract.exchange import Exchange
from widgets.inspector_state import Tone
from widgets.timeline_model import TimelineBar, TimelineState, time_text
from widgets.timeline_view import TimelineView

PAUSE_MS = 120
"""A burst of runs is not drawn one by one: the last of it is, after this pause."""

DRAW = "timeline.draw"
MOST_COMPARED = 2000
"""Of more requests in a run, answers are not looked through for what later requests use."""

MOST_MARKS = 20
_LONGEST_LABEL = 200
_URL = re.compile(r"(?:[^/?#]*:)?(?://([^/?#]*))?([^?#]*)")


class TimelinePresenter(QObject):
    """Draws the run that the inspector shows.

    Args:
        journal: where the run is read from.
        tasks: a run of thousands of requests is read in slices.
    """

    def __init__(
        self,
        view: TimelineView,
        journal: Journal,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._journal = journal
        self._tasks = tasks
        self._wanted = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._on_pause)
        view.shown.connect(self.draw)

    @Slot(int)
    def show_run(self, run_id: int) -> None:
        """Draw this run after a pause, or when the tab comes to the front."""
        self._wanted = run_id
        self._timer.start()

    @Slot()
    def draw(self) -> None:
        """Draw the wanted run now; nothing when it is drawn already."""
        self._timer.stop()
        wanted, self._wanted = self._wanted, 0
        if wanted:
            self._tasks.cancel(DRAW)
            self._tasks.start(self._draw(wanted), name=DRAW)

    def close(self) -> None:
        """Draw nothing any more."""
        self._timer.stop()

    async def _draw(self, run_id: int) -> None:
        started = self._journal.started(run_id)
        notes = list(self._journal.notes(run_id))
        printed = [event for event in notes if isinstance(event, ConsolePrinted)]
        traced = [event for event in notes if isinstance(event, ServerTraced)]
        finished = next((event for event in notes if isinstance(event, RunFinished)), None)
        if started is None or finished is None:
            return
        count = len(self._journal.exchange_ids(run_id))
        line = _Line(started, compare=count <= MOST_COMPARED)
        reading = exchanges_in_order(self._journal, run_id, Pause())
        async with aclosing(reading) as exchanges:
            async for exchange in exchanges:
                line.add(exchange)
        self._view.show_timeline(line.state(finished, printed, traced))

    @Slot()
    def _on_pause(self) -> None:
        if self._view.isVisible():
            self.draw()


def timeline_state(evidence: Evidence) -> TimelineState:
    """Return a run as the Timeline tab shows it."""
    line = _Line(evidence.started, compare=len(evidence.exchanges) <= MOST_COMPARED)
    for exchange in evidence.exchanges:
        line.add(exchange)
    return line.state(evidence.finished, evidence.console, evidence.traced)


class _Line:
    """Grows a timeline out of exchanges in the order in which they began."""

    def __init__(self, started: RunStarted, *, compare: bool) -> None:
        self._started = started
        self._number = str(started.input.get("phoneNumber") or "")
        self._begin = started.at_ms
        self._finder = WaitFinder(compare=compare)
        self._compare = compare
        self._waits: list[Wait] = []
        self._bars: list[TimelineBar] = []

    def add(self, exchange: Exchange) -> None:
        """Take the next exchange."""
        if not self._bars:
            self._begin = min(self._begin, exchange.started_ms)
        wait = self._finder.wait(exchange)
        if wait is not None:
            self._waits.append(wait)
        self._bars.append(_bar(exchange, self._begin, wait, self._number))

    def state(
        self,
        finished: RunFinished,
        printed: Sequence[ConsolePrinted],
        traced: Sequence[ServerTraced] = (),
    ) -> TimelineState:
        """Return what has grown."""
        total = self._started.at_ms + finished.ms - self._begin
        chain: tuple[int, ...] = ()
        if self._bars:
            last = max(self._bars, key=_end)
            total = max(total, _end(last))
            chain = longest_chain(last.exchange_id, self._waits)
        on_chain = frozenset(chain)
        bars = [
            replace(bar, on_chain=True) if bar.exchange_id in on_chain else bar
            for bar in self._bars
        ]
        sentence = self._sentence(finished, chain, total)
        marks = _marks(printed, self._begin) + _steps(traced, self._begin)
        return TimelineState(
            self._started.run_id, sentence, total, tuple(sorted([*bars, *marks], key=_start))
        )

    def _sentence(self, finished: RunFinished, chain: Sequence[int], total_ms: float) -> str:
        count = len(self._bars)
        if not count:
            if finished.cached:
                return "No request was sent: the answer came from the account's cache."
            return f"No request was sent in the {time_text(total_ms)} of this run."
        on_chain = frozenset(chain)
        spent = time_text(sum(bar.ms for bar in self._bars if bar.exchange_id in on_chain))
        requests = "1 request" if count == 1 else f"{count:,} requests"
        if len(chain) == 1:
            where = f"request {chain[0]}"
        else:
            short = chain if len(chain) <= 8 else [*chain[:3], "…", *chain[-3:]]
            shown = " → ".join(map(str, short))
            where = f"the longest chain, {len(chain):,} requests one after another: {shown}"
        told = f"{requests} in {time_text(total_ms)}, {spent} of it in {where}."
        if not self._compare:
            told += f" Answers of more than {MOST_COMPARED:,} requests are not compared."
        return told


def _bar(exchange: Exchange, begin: float, wait: Wait | None, number: str) -> TimelineBar:
    searches = searches_of(exchange, number) if number else ()
    spellings = dict.fromkeys(found.value for found in searches)
    start = exchange.started_ms - begin
    tone = _tone(exchange)
    answered = exchange.ms if exchange.wait_ms is None else exchange.wait_ms
    failure = f"\n{exchange.error}" if exchange.error else ""
    status = f"{exchange.status} {exchange.reason}".strip() if exchange.status else "failed"
    return TimelineBar(
        exchange_id=exchange.id,
        label=f"{exchange.id}  {exchange.method} {_path(exchange.url)}"[:_LONGEST_LABEL],
        start_ms=start,
        wait_ms=answered,
        ms=exchange.ms,
        spelling=", ".join(spellings),
        status=status,
        trouble="" if tone == "success" else str(exchange.status or "failed"),
        tone=tone,
        source=wait.source if wait else 0,
        by_answer=wait is not None and wait.kind == "answer",
        tip=f"{exchange.method} {exchange.url[:400]}\n{status}{failure}",
    )


def _marks(printed: Sequence[ConsolePrinted], begin: float) -> list[TimelineBar]:
    """Return what was printed, as moments; the rest of many lines is for the Console."""
    marks = []
    for event in printed[:MOST_MARKS]:
        text = event.text.strip()
        if text:
            label = f"printed: {text.splitlines()[0]}"[:_LONGEST_LABEL]
            at_ms = max(0.0, event.at_ms - begin)
            marks.append(TimelineBar(0, label, at_ms, tip=text[:1000]))
    return marks


def _steps(traced: Sequence[ServerTraced], begin: float) -> list[TimelineBar]:
    """Return what a running server noted, as moments; the rest of many is in the answer."""
    marks = []
    for event in traced[:MOST_MARKS]:
        step = event.step
        tip = (
            f"{step.name} ({step.level})\n"
            f"{time_text(step.elapsed_ms)} after the request's arrival, by the server's clock."
            f"\n{data_text(step)}"
        )
        at_ms = max(0.0, event.at_ms - begin)
        marks.append(TimelineBar(0, f"server: {step.name}"[:_LONGEST_LABEL], at_ms, tip=tip[:1000]))
    return marks


def _tone(exchange: Exchange) -> Tone:
    if exchange.status is None or exchange.status >= 400 or exchange.error:
        return "danger"
    return "warning" if exchange.status >= 300 else "success"


def _path(url: str) -> str:
    """Return a URL's path, in a fifth of the time of splitting it into all of its parts."""
    found = _URL.match(url)
    return (found[2] or found[1] or url) if found else url


def _start(bar: TimelineBar) -> float:
    return bar.start_ms


def _end(bar: TimelineBar) -> float:
    return bar.start_ms + bar.ms
