"""The exchanges as a Qt table: all, or those of one run or with a text in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from widgets import theme
from widgets.page_state import ExchangeRow

COLUMNS = ("Method", "URL", "Status", "ms", "Size", "Time")
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class NetworkModel(QAbstractTableModel):
    """One row per exchange, oldest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ExchangeRow] = []
        self._shown: list[ExchangeRow] = []
        self._run: int | None = None
        self._text = ""

    def append_rows(self, rows: Sequence[ExchangeRow]) -> None:
        """Add exchanges at the end."""
        self._rows.extend(rows)
        fitting = [row for row in rows if self._fits(row)]
        if fitting:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(fitting) - 1)
            self._shown.extend(fitting)
            self.endInsertRows()

    def filter(self, run_id: int | None, text: str) -> None:
        """Show the exchanges of one run (None: of all) that contain `text`."""
        self.beginResetModel()
        self._run, self._text = run_id, text.casefold()
        self._shown = [row for row in self._rows if self._fits(row)]
        self.endResetModel()

    def clear(self) -> None:
        """Forget all exchanges."""
        self.beginResetModel()
        self._rows.clear()
        self._shown.clear()
        self.endResetModel()

    def row(self, number: int) -> ExchangeRow | None:
        """Return the exchange in a row."""
        return self._shown[number] if 0 <= number < len(self._shown) else None

    def find(self, run_id: int, exchange_id: int) -> int | None:
        """Return the row of an exchange, None when it is not shown."""
        for number, row in enumerate(self._shown):
            if (row.run_id, row.exchange_id) == (run_id, exchange_id):
                return number
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
        row = self.row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(row)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.url if index.column() == 1 else row.error or None
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 2:
            return QColor(theme.colors(theme.current())[_tone(row)])
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in {3, 4}:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _fits(self, row: ExchangeRow) -> bool:
        if self._run is not None and row.run_id != self._run:
            return False
        return not self._text or any(
            self._text in part.casefold()
            for part in (row.url, row.method, status_text(row), row.request_body, row.response_body)
        )


def status_text(row: ExchangeRow) -> str:
    """Return the status in words; a request without an answer has failed."""
    return f"{row.status} {row.reason}".strip() if row.status is not None else "failed"


def size_text(size: int) -> str:
    """Return bytes for people."""
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.1f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def _cells(row: ExchangeRow) -> tuple[str, ...]:
    return (
        row.method,
        row.url,
        status_text(row),
        f"{row.ms:.0f}",
        size_text(row.size),
        row.time_text,
    )


def _tone(row: ExchangeRow) -> str:
    if row.status is None or row.status >= 400 or row.error:
        return "danger"
    return "warning" if row.status >= 300 else "success"
