"""The Match tab: a finished lookup explained, once the run is there to be explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Slot

from app.checks import Finding, check
from app.checks.earlier import EarlierRuns
from app.evidence import Evidence, RunIncompleteError, evidence_of
from app.explain.compare import visible
from app.explain.matrix import Cell, CellState, Matrix, match_matrix
from app.explain.verdict import Verdict, VerdictCode, verdict_of
from app.journal import Journal
from app.traffic.har_import import OPERATION as IMPORTED
from connectors.contract.manifest import Manifest
from widgets.inspector_state import FindingRow, MatchCell, MatchRow, MatchState, Tone
from widgets.match_view import MatchView

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
        self._earlier = EarlierRuns(journal)
        self._wanted = 0
        self._chosen = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.explain)

    def show_run(self, run_id: int, *, chosen: bool = False) -> None:
        """Explain this run after a pause.

        Args:
            run_id: a finished run.
            chosen: whether the user asked for it. One that is no lookup and was not asked for
                leaves the page as it is, unless something is wrong with it.
        """
        self._wanted, self._chosen = run_id, chosen
        self._timer.start()

    @Slot()
    def explain(self) -> None:
        """Explain the wanted run now."""
        self._timer.stop()
        started = self._journal.started(self._wanted)
        if started is not None and started.operation == IMPORTED:
            return
        try:
            evidence = evidence_of(self._journal.events(self._wanted), self._wanted)
        except RunIncompleteError:
            return
        manifest = self._manifest(evidence.started.platform)
        findings = check(evidence, manifest, earlier=self._earlier.before(evidence))
        if evidence.started.operation == LOOKUP:
            self._view.show_match(match_state(evidence, findings))
        elif self._chosen or any(each.severity != "note" for each in findings):
            self._view.show_match(findings_state(evidence, findings))

    def close(self) -> None:
        """Explain nothing any more."""
        self._timer.stop()


def match_state(evidence: Evidence, findings: Sequence[Finding]) -> MatchState:
    """Return a lookup as the Match tab shows it."""
    matrix = match_matrix(evidence)
    verdict = verdict_of(evidence, matrix)
    return MatchState(
        run_id=evidence.started.run_id,
        code=verdict.code,
        sentence=verdict.text,
        proven=verdict.proven,
        tone=tone_of(verdict),
        columns=tuple(f"{column.object}\n{column.field}" for column in matrix.columns),
        rows=tuple(
            MatchRow(visible(made.text), made.rule, made.reason, _cells(matrix, row))
            for row, made in enumerate(matrix.candidates)
        ),
        findings=_finding_rows(findings),
        evidence=verdict.exchanges,
    )


def findings_state(evidence: Evidence, findings: Sequence[Finding]) -> MatchState:
    """Return a run that is no lookup: it has findings and no verdict."""
    operation = evidence.started.operation
    said = "keeps the contract: no findings." if not findings else "is no lookup: findings only."
    return MatchState(
        run_id=evidence.started.run_id,
        code="",
        sentence=f"{operation} {said}",
        proven=True,
        tone="muted",
        columns=(),
        rows=(),
        findings=_finding_rows(findings),
    )


def _finding_rows(findings: Sequence[Finding]) -> tuple[FindingRow, ...]:
    return tuple(
        FindingRow(finding.rule, finding.severity, finding.text, finding.mend)
        for finding in findings
    )


def tone_of(verdict: Verdict) -> Tone:
    """Return the colour of a verdict."""
    if verdict.code in _GOOD:
        return "success"
    if verdict.code is VerdictCode.NOTHING_ASKED and not verdict.exchanges:
        return "warning"  # A connector with data of its own, a stub for example, sends nothing.
    return "danger" if verdict.code in _BAD else "warning"


def _cells(matrix: Matrix, row: int) -> tuple[MatchCell, ...]:
    return tuple(_cell(matrix.cell(row, column)) for column in range(len(matrix.columns)))


def _cell(cell: Cell) -> MatchCell:
    words = {
        CellState.HITS: f"✓ {cell.hits}",
        CellState.NONE: "0",
        CellState.UNKNOWN: "?",
        CellState.FAILED: "✕ failed",
        CellState.NOT_ASKED: "not asked",
        CellState.SKIPPED: "skipped",
    }
    if not cell.exchanges:
        return MatchCell(words[cell.state], _TONES[cell.state], cell.state)
    tip = f"{cell.state}, {cell.ms:.0f} ms: opens the request"
    text = f"{words[cell.state]}\n{cell.ms:.0f} ms"
    return MatchCell(text, _TONES[cell.state], tip, cell.exchanges[-1])
