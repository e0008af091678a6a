"""The Match tab: the verdict, every spelling against every field, and what breaks the contract."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.field_row import label, restyle
from widgets.page_state import MatchCell, MatchRow, MatchState

EMPTY = "Nothing yet. Look a number up: why somebody was found, or nobody, appears here."
NOT_PROVEN = "Not proven"
SIGNS = {"error": "✕", "warning": "!", "note": "·"}
_FIXED = ("Spelling", "Rule")
_EXCHANGE = Qt.ItemDataRole.UserRole
_TONE = Qt.ItemDataRole.UserRole + 1


class MatchView(QWidget):
    """One lookup explained.

    Signals:
        exchange_requested(int, int): show this exchange of this run.
    """

    exchange_requested = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = 0
        self._code = label("", "chip")
        self._code.setObjectName("verdictCode")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._proof = label(NOT_PROVEN, "muted")
        self._verdict = QLabel(EMPTY)
        self._verdict.setObjectName("verdictLabel")
        self._verdict.setAccessibleName("Verdict")
        self._verdict.setWordWrap(True)
        self._verdict.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._table = QTableWidget()
        self._table.setObjectName("matchMatrix")
        self._table.setAccessibleName("Spellings and fields")
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setTabKeyNavigation(False)
        self._table.setAlternatingRowColors(True)
        self._table.verticalHeader().hide()
        self._table.itemActivated.connect(self._on_item_chosen)
        self._table.itemClicked.connect(self._on_item_chosen)
        self._findings_title = label("Findings", "fieldLabel")
        self._findings = QListWidget()
        self._findings.setObjectName("findingsList")
        self._findings.setAccessibleName("Findings")
        self._findings.setWordWrap(True)
        self._findings.setMaximumHeight(150)
        chips = QHBoxLayout()
        chips.addWidget(self._code)
        chips.addWidget(self._proof)
        chips.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(chips)
        layout.addWidget(self._verdict)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._findings_title)
        layout.addWidget(self._findings)
        self.show_match(None)

    def show_match(self, state: MatchState | None) -> None:
        """Show a lookup, or that there is none."""
        filled = state is not None
        shown: tuple[QWidget, ...] = (self._code, self._table)
        for part in shown:
            part.setVisible(filled)
        listed: tuple[QWidget, ...] = (self._findings_title, self._findings)
        for part in listed:
            part.setVisible(state is not None and bool(state.findings))
        self._proof.setVisible(state is not None and not state.proven)
        self._verdict.setText(state.sentence if state else EMPTY)
        if state is None:
            return
        self._run = state.run_id
        self._code.setText(state.code)
        restyle(self._code, "tone", state.tone)
        self._fill(state)
        self._findings.clear()
        for severity, sentence, mend in state.findings:
            self._findings.addItem(f"{SIGNS[severity]} {severity}: {sentence}\n    {mend}")

    def _fill(self, state: MatchState) -> None:
        table = self._table
        table.clear()
        table.setRowCount(len(state.rows))
        table.setColumnCount(len(_FIXED) + len(state.columns))
        table.setHorizontalHeaderLabels([*_FIXED, *state.columns])
        for row, made in enumerate(state.rows):
            table.setItem(row, 0, _item(made.text, made.reason or made.rule))
            table.setItem(row, 1, _item(_rule(made), made.reason))
            for at, cell in enumerate(made.cells):
                table.setItem(row, len(_FIXED) + at, _cell(cell, state.columns[at], made))
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.resizeRowsToContents()

    @Slot(QTableWidgetItem)
    def _on_item_chosen(self, item: QTableWidgetItem) -> None:
        exchange = item.data(_EXCHANGE)
        if exchange:
            self.exchange_requested.emit(self._run, exchange)


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
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{made.text} in {place}: {cell.text}")
    return item
