"""The Match tab: the verdict, every spelling against every field, and what breaks the contract."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.field_row import label
from widgets.inspector_state import FindingRow, MatchCell, MatchRow, MatchState
from widgets.verdict_line import VerdictLine

EMPTY = "Nothing yet. Look a number up: why somebody was found, or nobody, appears here."
SIGNS = {"error": "✕", "warning": "!", "note": "·"}
_FIXED = ("Spelling", "Rule")
_RULE_COLUMN = 1
_NARROWEST_RULE = 200
_EXCHANGE = Qt.ItemDataRole.UserRole
_RULE = Qt.ItemDataRole.UserRole
_TONE = Qt.ItemDataRole.UserRole + 1


class MatchView(QWidget):
    """One lookup explained.

    Signals:
        exchange_requested(int, int): show this exchange of this run.
        page_requested(str, str): open a page: ``verdicts`` or ``findings``, and the section.
        probe_requested(): explain a contact that should have been found.
    """

    exchange_requested = Signal(int, int)
    page_requested = Signal(str, str)
    probe_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = 0
        self._evidence: tuple[int, ...] = ()
        self._verdict = VerdictLine("verdictLabel")
        self._verdict.meaning_requested.connect(self._on_meaning_requested)
        self._verdict.evidence_requested.connect(self._on_evidence_requested)
        self._probe = QPushButton("Probe a known contact…")
        self._probe.setObjectName("probeButton")
        self._probe.setAccessibleName("Probe a known contact")
        self._probe.setToolTip("Say why a contact that you know was not found (Ctrl+P)")
        self._probe.clicked.connect(self._on_probe_clicked)
        self._verdict.add_action(self._probe)
        self._table = QTableWidget()
        self._table.setObjectName("matchMatrix")
        self._table.setAccessibleName("Spellings and fields")
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setTabKeyNavigation(False)
        self._table.setAlternatingRowColors(True)
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self._table.itemActivated.connect(self._on_item_chosen)
        self._table.itemClicked.connect(self._on_item_chosen)
        self._table.viewport().installEventFilter(self)
        self._findings = QListWidget()
        self._findings.setObjectName("findingsList")
        self._findings.setAccessibleName("Findings")
        self._findings.setWordWrap(True)
        self._findings.setAlternatingRowColors(True)
        self._findings.setToolTip("Enter or a double click opens the rule's page")
        self._findings.itemActivated.connect(self._on_finding_activated)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 8, 0, 0)
        below.addWidget(label("Findings", "fieldLabel"))
        below.addWidget(self._findings)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._table)
        split.addWidget(self._below)
        split.setStretchFactor(0, 1)
        split.setSizes([320, 160])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._verdict)
        layout.addWidget(split, 1)
        layout.addStretch(0)
        self.show_match(None)

    def show_match(self, state: MatchState | None) -> None:
        """Show a run, or that there is none; a run that is no lookup has findings only."""
        self._table.setVisible(state is not None and bool(state.code))
        self._below.setVisible(state is not None and bool(state.findings))
        if state is None:
            self._verdict.show_verdict("", EMPTY, proven=True, tone="muted")
            return
        self._run, self._evidence = state.run_id, state.evidence
        self._verdict.show_verdict(
            state.code,
            state.sentence,
            proven=state.proven,
            tone=state.tone,
            requests=len(state.evidence),
        )
        self._fill(state)
        self._list(state.findings)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the table when the room for it changes."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fill(self, state: MatchState) -> None:
        table = self._table
        table.clear()
        table.setRowCount(len(state.rows))
        table.setColumnCount(len(_FIXED) + len(state.columns))
        table.setHorizontalHeaderLabels([*_FIXED, *state.columns])
        for column in range(len(_FIXED)):
            title = table.horizontalHeaderItem(column)
            if title is not None:
                title.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for row, made in enumerate(state.rows):
            table.setItem(row, 0, _item(made.text, made.reason or made.rule))
            table.setItem(row, 1, _item(_rule(made), made.reason))
            for at, cell in enumerate(made.cells):
                table.setItem(row, len(_FIXED) + at, _cell(cell, state.columns[at], made))
        self._fit()

    def _fit(self) -> None:
        """Give the columns what they need, and the rule what is left; it is wrapped."""
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if header.count() <= _RULE_COLUMN:
            return
        needed = header.sectionSize(_RULE_COLUMN)
        left = self._table.viewport().width() - (header.length() - needed)
        header.setSectionResizeMode(_RULE_COLUMN, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(_RULE_COLUMN, max(left, min(needed, _NARROWEST_RULE)))
        self._table.resizeRowsToContents()

    def _list(self, findings: Sequence[FindingRow]) -> None:
        self._findings.clear()
        colors = theme.colors(theme.current())
        tones = {"error": "danger", "warning": "warning", "note": "muted"}
        for finding in findings:
            sign = f"{SIGNS[finding.severity]} {finding.severity}"
            item = QListWidgetItem(f"{sign}: {finding.text}\n    {finding.mend}")
            item.setData(_RULE, finding.rule)
            item.setToolTip(finding.rule)
            if finding.severity != "note":
                item.setForeground(QColor(colors[tones[finding.severity]]))
            self._findings.addItem(item)

    @Slot(QTableWidgetItem)
    def _on_item_chosen(self, item: QTableWidgetItem) -> None:
        exchange = item.data(_EXCHANGE)
        if exchange:
            self.exchange_requested.emit(self._run, exchange)

    @Slot(str)
    def _on_meaning_requested(self, code: str) -> None:
        self.page_requested.emit("verdicts", code)

    @Slot()
    def _on_evidence_requested(self) -> None:
        self.exchange_requested.emit(self._run, self._evidence[0])

    @Slot(QListWidgetItem)
    def _on_finding_activated(self, item: QListWidgetItem) -> None:
        self.page_requested.emit("findings", item.data(_RULE))

    @Slot()
    def _on_probe_clicked(self) -> None:
        self.probe_requested.emit()


def _rule(made: MatchRow) -> str:
    return f"{made.rule}\n{made.reason}" if made.reason else made.rule


def _item(text: str, tip: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(tip)
    return item


def _cell(cell: MatchCell, column: str, made: MatchRow) -> QTableWidgetItem:
    item = _item(cell.text, cell.tip)
    place = column.replace("\n", " ")
    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
    item.setForeground(QColor(theme.colors(theme.current())[cell.tone]))
    item.setData(_EXCHANGE, cell.exchange_id)
    item.setData(_TONE, cell.tone)
    spoken = cell.text.replace("\n", ", ")
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{made.text} in {place}: {spoken}")
    return item
