"""The exchanges as a Qt table: all, or those of one run that fit a filter.

100,000 of them must not stall the window: a filter is applied in slices between which the event
loop runs, and the first slice shows its hits at once.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import partial
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
from widgets.inspector_state import ExchangeDetailState, ExchangeRow, ExchangeText
from widgets.network_filter import NetworkFilter, row_words

COLUMNS = ("Method", "URL", "Status", "ms", "Size", "Time")
SLICE_S = 0.012
"""How long one slice may take: a frame of the screen."""
ROWS_PER_LOOK = 512
"""After so many rows the clock is looked at; after each one when bodies are fetched."""
_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.TextAlignmentRole,
    }
)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
TELL_S = 0.1
"""How often a search tells how far it is: each time the window is painted anew."""
Index = QModelIndex | QPersistentModelIndex
TextSource = Callable[[int, int], ExchangeText | None]
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
        self._rows: list[ExchangeRow] = []
        self._words: list[str] = []
        self._shown: list[int] = []
        self._next = 0
        self._told_at = -math.inf
        self._run: int | None = None
        self._filter = NetworkFilter()
        self._text_of: TextSource = _no_text
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    def use_text_source(self, source: TextSource) -> None:
        """Fetch headers and bodies from `source` (by run and exchange) when a filter needs them."""
        self._text_of = source

    def append_rows(self, rows: Sequence[ExchangeRow]) -> None:
        """Add exchanges at the end."""
        self._rows.extend(rows)
        self._words.extend(map(row_words, rows))
        if not self._timer.isActive():
            self._go_on()

    def filter(self, run_id: int | None, wanted: NetworkFilter) -> None:
        """Show the exchanges of one run (None: of all) that fit; a filter under way is given up."""
        self._timer.stop()
        self._run, self._filter = run_id, wanted
        self._next = 0
        self._told_at = -math.inf
        fitting = self._slice()
        self.beginResetModel()
        self._shown = fitting
        self.endResetModel()
        self._tell()

    def clear(self) -> None:
        """Forget all exchanges."""
        self._timer.stop()
        self.beginResetModel()
        self._rows.clear()
        self._words.clear()
        self._shown = []
        self._next = 0
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
        """Whether the exchange at `place` has been held against the filter."""
        return place < self._next

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
        """Return a column's title."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

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
        return _RIGHT if column in {3, 4} else None

    @Slot()
    def _go_on(self) -> None:
        fitting = self._slice()
        if fitting:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(fitting) - 1)
            self._shown.extend(fitting)
            self.endInsertRows()
        self._tell()

    def _tell(self) -> None:
        now = time.perf_counter()
        if self._next < len(self._rows):
            self._timer.start()
            if now < self._told_at + TELL_S:
                return
        self._told_at = now
        self.filtered.emit(self._next, len(self._rows))

    def _slice(self) -> list[int]:
        """Hold the next exchanges against the filter for as long as a slice may take."""
        fitting: list[int] = []
        step = 1 if self._filter.needs_text else ROWS_PER_LOOK
        until = time.perf_counter() + SLICE_S
        while self._next < len(self._rows):
            end = min(self._next + step, len(self._rows))
            fitting += self._fitting(range(self._next, end))
            self._next = end
            if time.perf_counter() >= until:
                break
        return fitting

    def _fitting(self, places: range) -> Iterable[int]:
        rows, words, run, fits = self._rows, self._words, self._run, self._filter.fits
        of_run = places if run is None else [place for place in places if rows[place].run_id == run]
        if fits is None:
            return of_run
        if not self._filter.needs_text:
            return [place for place in of_run if fits(rows[place], words[place], _nothing)]
        return [
            place for place in of_run if fits(rows[place], words[place], self._text_at(rows[place]))
        ]

    def _text_at(self, row: ExchangeRow) -> Callable[[], ExchangeText | None]:
        return partial(self._text_of, row.run_id, row.exchange_id)


def _nothing() -> None:
    return None


def _no_text(_run_id: int, _exchange_id: int) -> ExchangeText | None:
    return None


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
