"""The run history at the bottom: each run, newest first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.inspector_state import RunRow

MAX_RUNS = 500
COLUMNS = ("", "Time", "Operation", "For", "Result", "Requests", "ms")
NUMBERS = (5, 6)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
EMPTY = "No runs yet. Look a number up: each lookup and each saved call is kept here."
OUTCOMES = {
    "found": ("● found", "success"),
    "none": ("○ no match", "warning"),
    "done": ("● done", "success"),
    "failed": ("✕ failed", "danger"),
    "cancelled": ("- cancelled", "muted"),
    "running": ("… running", "accent"),
}
PAIR = 2
_ID = Qt.ItemDataRole.UserRole


class RunHistory(QWidget):
    """The runs of this session; a pinned run survives Clear.

    Signals:
        run_selected(int): show only this run; 0 shows all again.
        rerun_requested(int): run it once more.
        compare_requested(int, int): hold the earlier run against the later one.
    """

    run_selected = Signal(int)
    rerun_requested = Signal(int)
    compare_requested = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[int, RunRow] = {}
        self._pinned: set[int] = set()
        self._announced = 0
        self._scheme = theme.current()
        title = QLabel("History")
        title.setProperty("role", "heading")
        self._all = QPushButton("Show all runs")
        self._all.setObjectName("showAllRunsButton")
        self._all.setAccessibleName("Show all runs")
        self._all.clicked.connect(self.show_all)
        self._rerun = QPushButton("Run again")
        self._rerun.setObjectName("rerunButton")
        self._rerun.setAccessibleName("Run the chosen run again")
        self._rerun.setToolTip("Run the chosen run again (Ctrl+R)")
        self._rerun.clicked.connect(self._on_rerun)
        self._compare = QPushButton("Compare")
        self._compare.setObjectName("compareRunsButton")
        self._compare.setAccessibleName("Compare the two chosen runs")
        self._compare.setToolTip("Compare two runs: choose the second one with Ctrl")
        self._compare.clicked.connect(self._on_compare)
        self._pin = QPushButton("Pin")
        self._pin.setObjectName("pinRunButton")
        self._pin.setAccessibleName("Pin the chosen run")
        self._pin.clicked.connect(self._on_pin)
        clear = QPushButton("Clear")
        clear.setObjectName("clearRunsButton")
        clear.setAccessibleName("Clear the history, pinned runs stay")
        clear.clicked.connect(self.clear)
        bar = QHBoxLayout()
        bar.addWidget(title)
        bar.addStretch(1)
        for button in (self._all, self._rerun, self._compare, self._pin, clear):
            bar.addWidget(button)
        self._table = QTableWidget(0, len(COLUMNS))
        self._table.setObjectName("runHistory")
        self._table.setAccessibleName("Run history")
        self._table.setHorizontalHeaderLabels(list(COLUMNS))
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._table.setShowGrid(False)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(28)
        header = self._table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in NUMBERS:
            title_item = self._table.horizontalHeaderItem(column)
            if title_item is not None:
                title_item.setTextAlignment(RIGHT)
        for column, width in ((0, 104), (1, 104), (2, 160), (3, 190), (5, 84), (6, 64)):
            self._table.setColumnWidth(column, width)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._show_menu)
        self._table.itemSelectionChanged.connect(self._on_selection_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.addLayout(bar)
        layout.addWidget(self._table)
        self._empty = QLabel(EMPTY)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        layout.addWidget(self._empty, 1)
        self._show_buttons()

    def show_run_row(self, row: RunRow) -> None:
        """Add a run on top, or renew its row."""
        known = row.run_id in self._rows
        self._rows[row.run_id] = row
        if not known:
            self._table.insertRow(0)
        number = self._row_of(row.run_id) if known else 0
        self._fill(number, row)
        if self._table.rowCount() > MAX_RUNS:
            self._forget_oldest()
        self._show_buttons()

    def selected_run(self) -> int:
        """Return the chosen run's id, 0 when none or more than one is chosen."""
        runs = self.selected_runs()
        return runs[0] if len(runs) == 1 else 0

    def selected_runs(self) -> list[int]:
        """Return the chosen runs' ids, the earliest first."""
        return sorted({int(item.data(_ID)) for item in self._table.selectedItems()})

    def choose_run(self, run_id: int) -> None:
        """Choose a run: every tab shows only this one. A run that is not listed changes nothing."""
        if run_id in self._rows:
            self._table.selectRow(self._row_of(run_id))

    @Slot()
    def show_all(self) -> None:
        """Choose no run: every tab shows all."""
        self._table.clearSelection()

    @Slot()
    def clear(self) -> None:
        """Remove every run that is not pinned."""
        for number in reversed(range(self._table.rowCount())):
            item = self._table.item(number, 0)
            if item is not None and int(item.data(_ID)) not in self._pinned:
                self._forget(number)
        self._show_buttons()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the rows anew in the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._scheme != theme.current():
            self._scheme = theme.current()
            for number in range(self._table.rowCount()):
                item = self._table.item(number, 0)
                if item is not None:
                    self._fill(number, self._rows[int(item.data(_ID))])

    def _forget_oldest(self) -> None:
        """Let the oldest run go that is not pinned; the newest always stays."""
        for number in reversed(range(1, self._table.rowCount())):
            item = self._table.item(number, 0)
            if item is not None and int(item.data(_ID)) not in self._pinned:
                self._forget(number)
                return

    def _row_of(self, run_id: int) -> int:
        for number in range(self._table.rowCount()):
            item = self._table.item(number, 0)
            if item is not None and item.data(_ID) == run_id:
                return number
        return 0

    def _forget(self, number: int) -> None:
        item = self._table.item(number, 0)
        if item is not None:
            self._rows.pop(int(item.data(_ID)), None)
        self._table.removeRow(number)

    def _fill(self, number: int, row: RunRow) -> None:
        word, tone = OUTCOMES[row.outcome]
        pin = "📌 " if row.run_id in self._pinned else ""
        cells = (
            pin + word,
            row.time_text,
            row.operation,
            row.subject,
            f"{row.summary} (cached)" if row.cached else row.summary,
            str(row.requests) if row.outcome != "running" else "",
            f"{row.ms:.0f}" if row.ms is not None else "",
        )
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setData(_ID, row.run_id)
            item.setToolTip(f"{text}\nConnector version {row.version}" if row.version else text)
            if column == 0:
                item.setForeground(QColor(theme.colors(theme.current())[tone]))
            if column in NUMBERS:
                item.setTextAlignment(RIGHT)
            self._table.setItem(number, column, item)

    def _show_buttons(self) -> None:
        filled = self._table.rowCount() > 0
        self._table.setVisible(filled)
        self._empty.setVisible(not filled)
        chosen = self.selected_runs()
        self._all.setEnabled(bool(chosen))
        self._compare.setEnabled(len(chosen) == PAIR)
        for button in (self._rerun, self._pin):
            button.setEnabled(len(chosen) == 1)
        self._pin.setText("Unpin" if self.selected_run() in self._pinned else "Pin")

    @Slot()
    def _on_selection_changed(self) -> None:
        self._show_buttons()
        if len(self.selected_runs()) > 1:
            return  # Every tab goes on showing the run that was chosen first.
        # Renewing a row's cells touches the selection too; that is no new choice.
        if self.selected_run() != self._announced:
            self._announced = self.selected_run()
            self.run_selected.emit(self._announced)

    @Slot()
    def _on_rerun(self) -> None:
        if self.selected_run():
            self.rerun_requested.emit(self.selected_run())

    @Slot()
    def _on_compare(self) -> None:
        chosen = self.selected_runs()
        if len(chosen) == PAIR:
            self.compare_requested.emit(*chosen)

    @Slot()
    def _on_pin(self) -> None:
        run_id = self.selected_run()
        if run_id:
            self._pinned ^= {run_id}
            self._fill(self._row_of(run_id), self._rows[run_id])
            self._show_buttons()

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        if not self.selected_runs():
            return
        menu = QMenu(self)
        if self.selected_run():
            menu.addAction("Run again").triggered.connect(self._on_rerun)
            menu.addAction(self._pin.text()).triggered.connect(self._on_pin)
        elif len(self.selected_runs()) == PAIR:
            menu.addAction("Compare").triggered.connect(self._on_compare)
        menu.addAction("Show all runs").triggered.connect(self.show_all)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._table.viewport().mapToGlobal(position))
