"""The exchanges as a Qt table: all, or those of one run that fit a filter.

100,000 of them must not stall the window: a filter is applied in slices between which the event
loop runs. The first hits are shown at once, the others a few times a second: painting takes longer
than looking.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from widgets import theme
from widgets.inspector_state import ExchangeDetailState, ExchangeRow
from widgets.network_columns import NetworkColumns
from widgets.network_filter import NetworkFilter, Places, Search, TextSource

COLUMNS = ("Method", "URL", "Status", "ms", "Size", "Time")
SLICE_S = 0.012
"""How long one slice may take: a frame of the screen."""
ROWS_PER_LOOK = 1024
"""Rows that are held against the filter at once; the clock is looked at in between."""
_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.TextAlignmentRole,
    }
)
_NUMBERS = {3, 4}
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
TELL_S = 0.25
"""How often a search shows what it has found and how far it is: that paints the window anew."""
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class NetworkModel(QAbstractTableModel):
    """One row per exchange, oldest first.

    An exchange keeps its place (0, 1, 2 ...) among all that were appended, whichever are shown.

    Signals:
        filtered(int, int): so many of so many exchanges have been held against the filter; told
            at its beginning, now and then, and at its end, when both are equal.
    """

    filtered = Signal(int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = NetworkColumns()
        self._rows = self._columns.rows
        self._shown: list[int] = []
        self._late: list[int] = []
        self._next = 0
        self._told = 0
        self._told_at = -math.inf
        self._run: int | None = None
        self._filter = NetworkFilter()
        self._text: TextSource = _NoText()
        self._work: tuple[int, Search] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    def use_text_source(self, source: TextSource) -> None:
        """Have `source` look through headers and bodies; it has every exchange in its place."""
        self._text = source

    def append_rows(self, rows: Sequence[ExchangeRow]) -> None:
        """Add exchanges at the end."""
        self._columns.extend(rows)
        if not self._timer.isActive():
            self._go_on()

    def filter(self, run_id: int | None, wanted: NetworkFilter) -> None:
        """Show the exchanges of one run (None: of all) that fit; a filter under way is given up."""
        self._timer.stop()
        self._run, self._filter = run_id, wanted
        self._next = 0
        self._work = None
        self._late = []
        self._slice()
        self.beginResetModel()
        self._shown, self._late = self._late, []
        self.endResetModel()
        self._tell()

    def clear(self) -> None:
        """Forget all exchanges."""
        self._timer.stop()
        self.beginResetModel()
        self._text.forget(len(self._rows))
        self._columns.clear()
        self._shown, self._late = [], []
        self._next = 0
        self._work = None
        self.endResetModel()
        self._tell()

    @property
    def total(self) -> int:
        """How many exchanges there are, shown or not."""
        return len(self._rows)

    def row(self, number: int) -> ExchangeRow | None:
        """Return the exchange in a row."""
        return self._rows[self._shown[number]] if 0 <= number < len(self._shown) else None

    def place(self, number: int) -> int | None:
        """Return the place of the exchange in a row."""
        return self._shown[number] if 0 <= number < len(self._shown) else None

    def row_of(self, place: int) -> int | None:
        """Return the row in which the exchange at `place` is shown, None when it is not."""
        number = bisect_left(self._shown, place)
        return number if self.place(number) == place else None

    def is_decided(self, place: int) -> bool:
        """Whether the exchange at `place` is shown if it fits."""
        return place < self._told

    def find(self, run_id: int, exchange_id: int) -> int | None:
        """Return the place of an exchange, None when there is no such."""
        for place, row in enumerate(self._rows):
            if row.exchange_id == exchange_id and row.run_id == run_id:
                return place
        return None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Return a column's title, on the side of its cells."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in _NUMBERS else _LEFT
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return what a cell shows."""
        row = self.row(index.row()) if role in _ROLES else None
        if row is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _CELLS[column](row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.url if column == 1 else row.error or None
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.color(_tone(row)) if column == 2 else None
        return _RIGHT if column in _NUMBERS else None

    @Slot()
    def _go_on(self) -> None:
        self._slice()
        is_first = bool(self._late) and not self._shown
        is_time = time.perf_counter() >= self._told_at + TELL_S
        if not (is_first or is_time or self._next == len(self._rows)):
            self._timer.start()
            return
        if self._late:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(self._late) - 1)
            self._shown += self._late
            self._late = []
            self.endInsertRows()
        self._tell()

    def _tell(self) -> None:
        if self._next < len(self._rows):
            self._timer.start()
        self._told = self._next
        self._told_at = time.perf_counter()
        self.filtered.emit(self._next, len(self._rows))

    def _slice(self) -> None:
        """Hold the next exchanges against the filter for as long as a slice may take."""
        until = time.perf_counter() + SLICE_S
        while self._next < len(self._rows):
            end, search = self._work or self._begin()
            self._work = end, search
            try:
                next(search)
            except StopIteration as ended:
                self._late += ended.value
                self._next, self._work = end, None
            if time.perf_counter() >= until:
                break

    def _begin(self) -> tuple[int, Search]:
        """Begin to hold the next exchanges against the filter; return where they end."""
        end = min(self._next + ROWS_PER_LOOK, len(self._rows))
        places: Places = range(self._next, end)
        if self._run is not None:
            rows, run = self._rows, self._run
            places = [place for place in places if rows[place].run_id == run]
        return end, self._filter.narrowed(self._columns, self._text, places)


class _NoText:
    """Stands where nobody has headers and bodies: nothing is found in them."""

    def in_bodies(self, _value: str, _places: Places) -> Search:
        yield
        return []

    def in_headers(self, _name: str, _value: str, _places: Places) -> Search:
        yield
        return []

    def forget(self, _count: int) -> None:
        pass


def status_text(row: ExchangeRow | ExchangeDetailState) -> str:
    """Return the status in words; a request without an answer has failed."""
    return f"{row.status} {row.reason}".strip() if row.status is not None else "failed"


def size_text(size: int) -> str:
    """Return bytes for people."""
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.1f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def _tone(row: ExchangeRow) -> str:
    if row.status is None or row.status >= 400 or row.error:
        return "danger"
    return "warning" if row.status >= 300 else "success"


_CELLS: tuple[Callable[[ExchangeRow], str], ...] = (
    lambda row: row.method,
    lambda row: row.url,
    status_text,
    lambda row: f"{row.ms:.0f}",
    lambda row: size_text(row.size),
    lambda row: row.time_text,
)
