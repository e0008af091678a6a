"""Learn phone formats from a CRM's stored numbers: choose them, watch, use what was learned."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets.coverage_chart import CoverageChart
from widgets.field_row import FieldRow, label
from widgets.inspector_state import LearnedState

HELP = (
    "A CRM finds a number only as it is spelled there. Choose an export of the CRM's contacts, or "
    "the records that lookups have returned so far, to see which three formats fit most of them."
)
_FILES = "CSV files (*.csv *.tsv *.txt);;All files (*)"
_CHOOSE = "Choose a column"
_STEPS = 1000
_LEFT = "What is not covered, and why"
_EMPTY = "The formats that fit best appear here, and what they leave uncovered."
_COLUMNS = ("Spelling", "Example", "Why", "Count")
_WHY, _COUNT = 2, 3
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LearnFormatsDialog(QDialog):
    """Show what stored numbers teach. Opened with `start()`.

    Signals:
        file_chosen(str): learn from this file.
        column_chosen(int): learn from this column of the file instead.
        records_requested(): learn from the records that were seen so far.
        cancel_requested(): stop reading; also when the dialog is closed.
        formats_chosen(list): use these formats from now on.
    """

    file_chosen = Signal(str)
    column_chosen = Signal(int)
    records_requested = Signal()
    cancel_requested = Signal()
    formats_chosen = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learnFormatsDialog")
        self.setWindowTitle("Learn phone formats")
        self.setMinimumSize(620, 560)
        self.resize(760, 640)
        self._formats: list[str] = []
        self._file = _button("Choose file…", "chooseCsvButton", "Choose a CSV file of contacts")
        self._file.clicked.connect(self._on_file_clicked)
        self._records = _button(
            "Records seen so far", "learnFromRecordsButton", "Learn from the records seen so far"
        )
        self._records.clicked.connect(self.records_requested)
        self._source = label("", "muted")
        self._source.setObjectName("learnSource")
        self._column = QComboBox()
        self._column.setObjectName("phoneColumnCombo")
        self._column.setPlaceholderText(_CHOOSE)
        self._column.activated.connect(self.column_chosen)
        self._column_row = FieldRow("Phone column", self._column)
        self._progress = QProgressBar()
        self._progress.setObjectName("learnProgress")
        self._progress.setAccessibleName("Progress of reading")
        self._progress.setTextVisible(False)
        self._progress.setRange(0, _STEPS)
        self._stop = _button("Cancel", "cancelLearningButton", "Stop reading")
        self._stop.clicked.connect(self._on_stop_clicked)
        self._problem = label("", "problem", wraps=True)
        self._problem.setObjectName("learnProblem")
        self._problem.setAccessibleName("Problem")
        self._summary = QLabel()
        self._summary.setObjectName("learnSummary")
        self._summary.setWordWrap(True)
        self._empty = label(_EMPTY, "muted", wraps=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._chart = CoverageChart()
        self._left_title = label(_LEFT, "fieldLabel")
        self._table = _uncovered_table()
        self._use = _button("Use these formats", "useFormatsButton", "Use these formats (Enter)")
        self._use.clicked.connect(self._on_use_clicked)
        self._close = _button("Close", "closeLearningButton", "Close (Esc)")
        self._close.clicked.connect(self.reject)
        self.finished.connect(self._on_finished)
        self._arrange()

    def start(self) -> None:
        """Open with nothing chosen yet."""
        self._source.setText("")
        self.show_columns((), -1)
        self.show_problem("")
        self.open()
        self._file.setFocus()

    def show_source(self, name: str) -> None:
        """Name what the numbers come from."""
        self._source.setText(name)

    def show_columns(self, headings: Sequence[str], chosen: int) -> None:
        """Offer the columns of a file; -1 chooses none, no headings take the choice away."""
        self._column.clear()
        self._column.addItems(list(headings))
        self._column.setCurrentIndex(chosen)
        self._column_row.setVisible(len(headings) > 1)

    def show_progress(self, part: float, rows: int) -> None:
        """Show how much has been read, 0 to 1."""
        self._show(busy=True)
        self._progress.setValue(round(part * _STEPS))
        self._summary.setText(f"{rows:,} rows read …")

    def show_problem(self, sentence: str) -> None:
        """Show why nothing was learned; an empty sentence shows an empty dialog."""
        self._show()
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def show_learned(self, state: LearnedState) -> None:
        """Show what was learned."""
        self._show(state)
        self._summary.setText(state.sentence)
        self._formats = [bar.format for bar in state.bars]
        self._use.setEnabled(bool(self._formats))
        self._use.setDefault(True)
        self._use.setFocus()
        self._chart.show_coverage(state)
        self._table.setRowCount(len(state.uncovered))
        for row, rest in enumerate(state.uncovered):
            for column, text in enumerate(
                (rest.spelling, rest.example, rest.why, f"{rest.count:,}")
            ):
                self._table.setItem(row, column, _item(text, number=column == _COUNT))

    def choose_path(self, path: str) -> None:
        """Learn from the file at `path`."""
        self.file_chosen.emit(path)

    def _show(self, state: LearnedState | None = None, *, busy: bool = False) -> None:
        """Show the parts that belong to a result, to reading, or to neither."""
        self._problem.hide()
        self._progress.setVisible(busy)
        self._stop.setVisible(busy)
        self._summary.setVisible(busy or state is not None)
        self._empty.setVisible(state is None)
        self._chart.setVisible(state is not None)
        uncovered = state is not None and bool(state.uncovered)
        self._left_title.setVisible(uncovered)
        self._table.setVisible(uncovered)
        self._use.setEnabled(False)

    def _arrange(self) -> None:
        chosen = QHBoxLayout()
        for part in (self._file, self._records):
            chosen.addWidget(part)
        chosen.addWidget(self._source, 1)
        reading = QHBoxLayout()
        reading.addWidget(self._progress, 1)
        reading.addWidget(self._stop)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._close)
        buttons.addWidget(self._use)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(10)
        column.addWidget(label(HELP, "muted", wraps=True))
        column.addLayout(chosen)
        column.addWidget(self._column_row)
        column.addWidget(self._problem)
        column.addWidget(self._summary)
        column.addLayout(reading)
        column.addWidget(self._chart)
        column.addWidget(self._left_title)
        column.addWidget(self._table, 1)
        column.addWidget(self._empty, 1)
        column.addLayout(buttons)

    @Slot()
    def _on_file_clicked(self) -> None:
        chooser = QFileDialog(self, "Choose an export of contacts")
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.setNameFilter(_FILES)
        chooser.fileSelected.connect(self.choose_path)
        chooser.open()

    @Slot()
    def _on_stop_clicked(self) -> None:
        self.show_problem("")
        self.cancel_requested.emit()

    @Slot()
    def _on_finished(self) -> None:
        self.cancel_requested.emit()

    @Slot()
    def _on_use_clicked(self) -> None:
        self.accept()
        self.formats_chosen.emit(list(self._formats))


def _uncovered_table() -> QTableWidget:
    table = QTableWidget(0, len(_COLUMNS))
    table.setObjectName("uncoveredTable")
    table.setAccessibleName("Spellings that are not covered")
    table.setHorizontalHeaderLabels(list(_COLUMNS))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setAlternatingRowColors(True)
    table.setMinimumHeight(130)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(_WHY, QHeaderView.ResizeMode.Stretch)
    for column, width in ((0, 190), (1, 170), (_COUNT, 84)):
        table.setColumnWidth(column, width)
    if (count := table.horizontalHeaderItem(_COUNT)) is not None:
        count.setTextAlignment(_RIGHT)
    return table


def _item(text: str, *, number: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(text)
    if number:
        item.setTextAlignment(_RIGHT)
    return item


def _button(text: str, name: str, meaning: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(meaning)
    button.setToolTip(meaning)
    button.setAutoDefault(False)
    return button
