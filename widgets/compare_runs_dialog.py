"""Two runs side by side: what each was, and what differs, stage by stage."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.field_row import label
from widgets.inspector_state import ComparedRow, ComparedRun, CompareState

COLUMNS = ("What", "", "A", "B")
TONES = {"changed": "warning", "only A": "danger", "only B": "success", "same": "muted"}
COPIED = "Copied."
_TOP = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


class CompareRunsDialog(QDialog):
    """Shows a comparison. Opened with :meth:`start`, never with a loop of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareRunsDialog")
        self.setWindowTitle("Compare two runs")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(940, 620)
        self._text = ""
        self._sentence = label("", "title", wraps=True)
        self._sentence.setObjectName("compareSentence")
        self._sentence.setAccessibleName("How the runs differ")
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sides = QGridLayout()
        self._sides.setHorizontalSpacing(12)
        for column in range(2):
            self._sides.setColumnStretch(column, 1)
        self._table = _table()
        copy = QPushButton("Copy as text")
        copy.setObjectName("copyComparisonButton")
        copy.setAccessibleName("Copy the comparison as text")
        copy.clicked.connect(self._on_copy)
        self._copied = label("", "muted")
        close = QPushButton("Close")
        close.setObjectName("closeComparisonButton")
        close.setAccessibleName("Close the comparison")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addWidget(self._copied)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(12)
        layout.addWidget(self._sentence)
        layout.addLayout(self._sides)
        layout.addWidget(self._table, 1)
        layout.addLayout(buttons)

    def start(self, state: CompareState) -> None:
        """Show a comparison and open the dialog."""
        self._text = state.text
        self._sentence.setText(state.sentence)
        for column, (letter, side) in enumerate((("A", state.a), ("B", state.b))):
            self._sides.addWidget(_card(letter, side), 0, column)
        stage = ""
        for row in state.rows:
            if row.stage != stage:
                stage = row.stage
                _add_stage(self._table, stage)
            _add(self._table, row)
        self.open()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._copied.setText(COPIED)


def _table() -> QTableWidget:
    table = QTableWidget(0, len(COLUMNS))
    table.setObjectName("comparisonTable")
    table.setAccessibleName("What differs, stage by stage")
    table.setHorizontalHeaderLabels(list(COLUMNS))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.setColumnWidth(0, 240)
    table.setColumnWidth(1, 84)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column in (2, 3):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
    # Lines break elsewhere at another width, and so need other heights; later, when all columns
    # have their width.
    header.sectionResized.connect(table.resizeRowsToContents, Qt.ConnectionType.QueuedConnection)
    return table


def _card(letter: str, side: ComparedRun) -> QFrame:
    card = QFrame()
    card.setObjectName(f"comparedRun{letter}")
    card.setAccessibleName(f"Run {letter}")
    card.setProperty("role", "card")
    title = label(f"{letter}   {side.title}", "title", wraps=True)
    column = QVBoxLayout(card)
    column.setContentsMargins(14, 10, 14, 10)
    column.setSpacing(2)
    shown = [title, label(f"{side.when}   {side.end}", "muted", wraps=True)]
    if side.verdict:
        shown.append(label(side.verdict, "muted", wraps=True))
    for line in shown:
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(line)
    column.addStretch(1)
    return card


def _add_stage(table: QTableWidget, name: str) -> None:
    place = table.rowCount()
    table.insertRow(place)
    item = QTableWidgetItem(name)
    font = item.font()
    font.setBold(True)
    item.setFont(font)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    table.setItem(place, 0, item)
    table.setSpan(place, 0, 1, len(COLUMNS))


def _add(table: QTableWidget, row: ComparedRow) -> None:
    place = table.rowCount()
    table.insertRow(place)
    named = theme.colors(theme.current())
    missing = {"only B": 2, "only A": 3}.get(row.kind)
    for column, text in enumerate((row.what, row.kind, row.a, row.b)):
        item = QTableWidgetItem(text)
        item.setTextAlignment(_TOP)
        item.setToolTip(text)
        if column == 1:
            item.setForeground(QColor(named[TONES[row.kind]]))
        elif column == missing:
            item.setForeground(QColor(named["muted"]))
        table.setItem(place, column, item)
