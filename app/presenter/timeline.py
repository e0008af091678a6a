"""The Timeline tab: the run that the inspector shows, on a time axis, once the tab is seen."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QTimer, Slot

from app.evidence import Evidence, RunIncompleteError, evidence_of
from app.explain.searches import searches_of
from app.journal import Journal
from app.traffic.dependencies import Wait, longest_chain, waits
from connectors.contract.exchange import Exchange
from widgets.page_state import Tone
from widgets.timeline_model import TimelineBar, TimelineState, time_text
from widgets.timeline_view import TimelineView

PAUSE_MS = 120
"""A burst of runs is not drawn one by one: the last of it is, after this pause."""

MOST_MARKS = 20
_LONGEST_LABEL = 200


class TimelinePresenter(QObject):
    """Draws the run that the inspector shows.

    Args:
        journal: where the run is read from.
    """

    def __init__(self, view: TimelineView, journal: Journal, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._journal = journal
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
        """Draw the wanted run now; none when it is drawn already."""
        self._timer.stop()
        wanted, self._wanted = self._wanted, 0
        if not wanted:
            return
        try:
            evidence = evidence_of(self._journal.events(wanted), wanted)
        except RunIncompleteError:
            return
        self._view.show_timeline(timeline_state(evidence))

    def close(self) -> None:
        """Draw nothing any more."""
        self._timer.stop()

    @Slot()
    def _on_pause(self) -> None:
        if self._view.isVisible():
            self.draw()


def timeline_state(evidence: Evidence) -> TimelineState:
    """Return a run as the Timeline tab shows it."""
    exchanges = evidence.exchanges
    begin = min([evidence.started.at_ms, *(one.started_ms for one in exchanges)])
    ended = evidence.started.at_ms + evidence.finished.ms
    end = max([ended, *(one.started_ms + one.ms for one in exchanges)])
    waited = {wait.exchange: wait for wait in waits(exchanges)}
    chain = longest_chain(exchanges, waited.values())
    bars = [
        _bar(one, begin, waited.get(one.id), one.id in chain, evidence.number) for one in exchanges
    ]
    marks = _marks(evidence, begin)
    return TimelineState(
        run_id=evidence.started.run_id,
        sentence=_sentence(evidence, chain, end - begin),
        total_ms=end - begin,
        bars=tuple(sorted([*bars, *marks], key=_start)),
    )


def _bar(
    exchange: Exchange, begin: float, wait: Wait | None, on_chain: bool, number: str
) -> TimelineBar:
    spellings = dict.fromkeys(found.value for found in searches_of(exchange, number))
    start = exchange.started_ms - begin
    tone = _tone(exchange)
    answered = exchange.ms if exchange.wait_ms is None else exchange.wait_ms
    status = f"{exchange.status} {exchange.reason}".strip() if exchange.status else "failed"
    why = ""
    if wait is not None:
        how = "Uses the answer to" if wait.kind == "answer" else "Came right after"
        why = f"\n{how} request {wait.source}."
    return TimelineBar(
        exchange_id=exchange.id,
        label=f"{exchange.id}  {exchange.method} {_path(exchange.url)}"[:_LONGEST_LABEL],
        start_ms=start,
        wait_ms=answered,
        ms=exchange.ms,
        spelling=", ".join(spellings),
        status=status,
        trouble="" if tone == "success" else status,
        tone=tone,
        source=wait.source if wait else 0,
        by_answer=wait is not None and wait.kind == "answer",
        on_chain=on_chain,
        tip=(
            f"{exchange.method} {exchange.url[:400]}\n{status}"
            + (f"\n{exchange.error}" if exchange.error else "")
            + f"\nBegins at {time_text(start)}, waits {time_text(answered)}, "
            f"receives {time_text(max(0.0, exchange.ms - answered))}.{why}"
        ),
    )


def _marks(evidence: Evidence, begin: float) -> Sequence[TimelineBar]:
    """Return what was printed, as moments; the rest of many lines is for the Console."""
    marks = []
    for printed in evidence.console[:MOST_MARKS]:
        text = printed.text.strip()
        if text:
            marks.append(
                TimelineBar(
                    0,
                    f"printed: {text.splitlines()[0]}"[:_LONGEST_LABEL],
                    max(0.0, printed.at_ms - begin),
                    tip=text[:1000],
                )
            )
    return marks


def _sentence(evidence: Evidence, chain: Sequence[int], total_ms: float) -> str:
    count = len(evidence.exchanges)
    if not count:
        if evidence.finished.cached:
            return "No request was sent: the answer came from the account's cache."
        return f"No request was sent in the {time_text(total_ms)} of this run."
    spent = sum(one.ms for one in evidence.exchanges if one.id in chain)
    requests = "1 request" if count == 1 else f"{count} requests"
    if len(chain) == 1:
        where = f"request {chain[0]}"
    else:
        shown = " → ".join(map(str, chain if len(chain) <= 8 else [*chain[:3], "…", *chain[-3:]]))
        where = f"the longest chain, {len(chain)} requests one after another: {shown}"
    return f"{requests} in {time_text(total_ms)}, {time_text(spent)} of it in {where}."


def _tone(exchange: Exchange) -> Tone:
    if exchange.status is None or exchange.status >= 400 or exchange.error:
        return "danger"
    return "warning" if exchange.status >= 300 else "success"


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.path or parts.netloc or url


def _start(bar: TimelineBar) -> float:
    return bar.start_ms
