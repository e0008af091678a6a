"""The Match tab: a finished lookup explained, once the run is there to be explained."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from app.checks import check
from app.evidence import Evidence, RunIncompleteError, evidence_of
from app.explain.matrix import Cell, CellState, Matrix, match_matrix
from app.explain.verdict import Verdict, VerdictCode, verdict_of
from app.journal import Journal
from connectors.contract.manifest import Manifest
from widgets.match_view import MatchView
from widgets.page_state import MatchCell, MatchRow, MatchState, Tone

PAUSE_MS = 120
"""A burst of lookups is not explained one by one: the last of it is, after this pause."""
LOOKUP = "findContact"

_TONES: dict[CellState, Tone] = {
    CellState.HITS: "success",
    CellState.NONE: "muted",
    CellState.UNKNOWN: "warning",
    CellState.FAILED: "danger",
    CellState.NOT_ASKED: "muted",
    CellState.SKIPPED: "warning",
}
_GOOD = {VerdictCode.FOUND, VerdictCode.FOUND_BY_FORMAT, VerdictCode.MULTIPLE, VerdictCode.CACHED}
_BAD = {
    VerdictCode.AUTH,
    VerdictCode.RATE_LIMIT,
    VerdictCode.TIMEOUT,
    VerdictCode.HTTP_ERROR,
    VerdictCode.HTTP_ERROR_MASKED,
    VerdictCode.CONNECTOR_FAILED,
    VerdictCode.SHAPE_MISMATCH,
    VerdictCode.WRONG_PERSON,
    VerdictCode.NOTHING_ASKED,
}


class MatchPresenter(QObject):
    """Explains the run that the inspector shows.

    Args:
        journal: where the run is read from.
        manifest: the manifest of the connector in use, by its platform.
    """

    def __init__(
        self,
        view: MatchView,
        journal: Journal,
        manifest: Callable[[str], Manifest],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._journal = journal
        self._manifest = manifest
        self._wanted = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.explain)

    def show_run(self, run_id: int) -> None:
        """Explain this run after a pause; a run that is no lookup leaves what is shown."""
        self._wanted = run_id
        self._timer.start()

    @Slot()
    def explain(self) -> None:
        """Explain the wanted run now."""
        self._timer.stop()
        try:
            evidence = evidence_of(self._journal.events(self._wanted), self._wanted)
        except RunIncompleteError:
            return
        if evidence.started.operation == LOOKUP:
            self._view.show_match(match_state(evidence, self._manifest(evidence.started.platform)))

    def close(self) -> None:
        """Explain nothing any more."""
        self._timer.stop()


def match_state(evidence: Evidence, manifest: Manifest) -> MatchState:
    """Return a lookup as the Match tab shows it."""
    matrix = match_matrix(evidence)
    verdict = verdict_of(evidence, matrix)
    return MatchState(
        run_id=evidence.started.run_id,
        code=verdict.code,
        sentence=verdict.text,
        proven=verdict.proven,
        tone=_tone(verdict),
        columns=tuple(f"{column.object}\n{column.field}" for column in matrix.columns),
        rows=tuple(
            MatchRow(made.text, made.rule, made.reason, _cells(matrix, row))
            for row, made in enumerate(matrix.candidates)
        ),
        findings=tuple(
            (finding.severity, finding.text, finding.mend) for finding in check(evidence, manifest)
        ),
    )


def _tone(verdict: Verdict) -> Tone:
    if verdict.code in _GOOD:
        return "success"
    return "danger" if verdict.code in _BAD else "warning"


def _cells(matrix: Matrix, row: int) -> tuple[MatchCell, ...]:
    return tuple(_cell(matrix.cell(row, column)) for column in range(len(matrix.columns)))


def _cell(cell: Cell) -> MatchCell:
    words = {
        CellState.HITS: f"✓ {cell.hits}",
        CellState.NONE: "0",
        CellState.UNKNOWN: "?",
        CellState.FAILED: "✕ failed",
        CellState.NOT_ASKED: "–",  # noqa: RUF001  a dash is what a table shows for nothing
        CellState.SKIPPED: "skipped",
    }
    tip = f"{cell.state}, {cell.ms:.0f} ms: opens the request" if cell.exchanges else cell.state
    return MatchCell(
        words[cell.state], _TONES[cell.state], tip, cell.exchanges[-1] if cell.exchanges else 0
    )
