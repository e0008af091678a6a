"""The requests of one run on a common time axis, as a Qt table; a printed line is a mark in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from widgets import theme
from widgets.inspector_state import Tone

COLUMNS = ("Request", "Spelling", "Time", "ms")
AXIS = 2
TICK_GAP = 84
"""Pixels between two labels of the axis, at least."""

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True)
class TimelineBar:
    """One request, or a moment at which something was printed or noticed.

    Attributes:
        exchange_id: the request to open, 0 for a mark.
        spelling: of the number that it asked for, empty when it is no search.
        start_ms: since the run began; `wait_ms` until the answer began, `ms` until it ended.
        trouble: what stands behind the bar, empty when all went well.
        source: the request that it waited for, 0 for none.
        by_answer: whether it uses the answer to `source`, or only came after it.
        on_chain: whether the run would have been shorter without it.
        tip: what is told of it besides its times.
    """

    exchange_id: int
    label: str
    start_ms: float
    wait_ms: float = 0.0
    ms: float = 0.0
    spelling: str = ""
    status: str = ""
    trouble: str = ""
    tone: Tone = "muted"
    source: int = 0
    by_answer: bool = False
    on_chain: bool = False
    tip: str = ""


@dataclass(frozen=True)
class TimelineState:
    """One run as the Timeline tab shows it.

    Attributes:
        sentence: how long it took, and what made it take that long.
        bars: in the order in which they began.
    """

    run_id: int
    sentence: str
    total_ms: float = 0.0
    bars: tuple[TimelineBar, ...] = ()


class TimelineModel(QAbstractTableModel):
    """One row per request, in the order in which they began."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = TimelineState(0, "")
        self._rows: dict[int, int] = {}
        self._spelled = False

    def show_state(self, state: TimelineState) -> None:
        """Show another run."""
        self.beginResetModel()
        self._state = state
        self._rows = {bar.exchange_id: row for row, bar in enumerate(state.bars) if bar.exchange_id}
        self._spelled = any(bar.spelling for bar in state.bars)
        self.endResetModel()

    @property
    def total_ms(self) -> float:
        """What the whole axis stands for."""
        return self._state.total_ms

    @property
    def spelled(self) -> bool:
        """Whether any request asked for a spelling of a number."""
        return self._spelled

    def bar(self, row: int) -> TimelineBar | None:
        """Return what is in a row."""
        return self._state.bars[row] if 0 <= row < len(self._state.bars) else None

    def row_of(self, exchange_id: int) -> int | None:
        """Return the row of a request."""
        return self._rows.get(exchange_id)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._state.bars)

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
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section != len(COLUMNS) - 1:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return what a cell shows; the bars themselves are painted."""
        bar = self.bar(index.row())
        if bar is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (bar.label, bar.spelling, "", f"{bar.ms:.0f}" if bar.exchange_id else "")[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(bar)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(bar)
        if role == Qt.ItemDataRole.ForegroundRole and (not bar.exchange_id or column == 1):
            return QColor(theme.colors(theme.current())["muted"])
        if role == Qt.ItemDataRole.TextAlignmentRole and column == len(COLUMNS) - 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def tip_of(bar: TimelineBar) -> str:
    """Return what is told where the pointer rests."""
    if not bar.exchange_id:
        return bar.tip
    times = (
        f"Begins at {time_text(bar.start_ms)}, waits {time_text(bar.wait_ms)}, "
        f"receives {time_text(max(0.0, bar.ms - bar.wait_ms))}."
    )
    if not bar.source:
        return f"{bar.tip}\n{times}"
    how = "Uses the answer to" if bar.by_answer else "Came right after"
    return f"{bar.tip}\n{times}\n{how} request {bar.source}."


def spoken(bar: TimelineBar) -> str:
    """Return a bar in words, for a screen reader."""
    begins = f"at {time_text(bar.start_ms)}"
    if not bar.exchange_id:
        return f"{bar.label}, {begins}"
    words = [bar.label]
    if bar.spelling:
        words.append(f"for {bar.spelling}")
    words += [bar.status, f"begins {begins}, takes {time_text(bar.ms)}"]
    if bar.source:
        how = "uses the answer to" if bar.by_answer else "came after"
        words.append(f"{how} request {bar.source}")
    if bar.on_chain:
        words.append("on the longest chain")
    return ", ".join(word for word in words if word)


def ticks(total_ms: float, width: int) -> Sequence[float]:
    """Return round times for an axis of `width` pixels, from 0 on."""
    if total_ms <= 0 or width <= 0:
        return (0.0,)
    least = total_ms * TICK_GAP / width
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * 0.999)
    return tuple(step * at for at in range(int(total_ms / step) + 1))


def time_text(ms: float) -> str:
    """Return a time for people."""
    if ms >= 10_000:
        return f"{ms / 1000:.0f} s"
    if ms >= 1000:
        return f"{ms / 1000:.1f} s"
    return f"{ms:.0f} ms" if ms >= 10 or ms == int(ms) else f"{ms:.1f} ms"
