"""Two runs side by side: what each was, and what differs, stage by stage."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.field_row import label
from widgets.page_state import ComparedRow, ComparedRun, CompareState

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
        self._tree = _tree()
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
        layout.addWidget(self._tree, 1)
        layout.addLayout(buttons)

    def start(self, state: CompareState) -> None:
        """Show a comparison and open the dialog."""
        self._text = state.text
        self._sentence.setText(state.sentence)
        for column, (letter, side) in enumerate((("A", state.a), ("B", state.b))):
            self._sides.addWidget(_card(letter, side), 0, column)
        stages: dict[str, QTreeWidgetItem] = {}
        for row in state.rows:
            if row.stage not in stages:
                stages[row.stage] = _stage(self._tree, row.stage)
            stages[row.stage].addChild(_item(row))
        self._tree.expandAll()
        self.open()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._copied.setText(COPIED)


def _tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setObjectName("comparisonTree")
    tree.setAccessibleName("What differs, stage by stage")
    tree.setHeaderLabels(list(COLUMNS))
    tree.setWordWrap(True)
    tree.setIndentation(14)
    tree.setSelectionMode(QTreeWidget.SelectionMode.SingleSelection)
    tree.setColumnWidth(0, 240)
    tree.setColumnWidth(1, 84)
    header = tree.header()
    header.setStretchLastSection(False)
    for column in (2, 3):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
    # Another width breaks the lines elsewhere, and so needs other heights.
    header.sectionResized.connect(tree.doItemsLayout)
    return tree


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


def _stage(tree: QTreeWidget, name: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem(tree, [name])
    item.setFirstColumnSpanned(True)
    font = item.font(0)
    font.setBold(True)
    item.setFont(0, font)
    return item


def _item(row: ComparedRow) -> QTreeWidgetItem:
    item = QTreeWidgetItem([row.what, row.kind, row.a, row.b])
    item.setForeground(1, QColor(theme.colors(theme.current())[TONES[row.kind]]))
    for column, missing in ((2, row.kind == "only B"), (3, row.kind == "only A")):
        if missing:
            item.setForeground(column, QColor(theme.colors(theme.current())["muted"]))
    for column in range(len(COLUMNS)):
        item.setTextAlignment(column, _TOP)
        item.setToolTip(column, item.text(column))
    return item
