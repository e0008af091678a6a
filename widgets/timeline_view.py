"""The Timeline tab: when each request of a run went out, how long it took, what it waited for."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QLineF,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.exchange_menu import ExchangeMenu
from widgets.field_row import label
from widgets.timeline_model import AXIS, TimelineBar, TimelineModel, TimelineState, ticks, time_text

EMPTY = "Nothing yet. Look a number up: when each request went out, and why then, appears here."
LEGEND = (
    "Pale: waiting for the answer. Full: receiving it. Solid arrow: uses the answer. "
    "Dotted arrow: came right after. Bold: the longest chain."
)
ROW = 28
BAR = 12
PAD = 8
TEXT_ROOM = 96
"""Pixels after the end of the axis, for what stands behind the last bar; a third at most."""
_WIDTHS = ((0, 230, 0.34), (1, 128, 0.2), (3, 56, 0.2))
"""Columns, how wide they are and how much of the table they take at most."""


class TimelineView(QWidget):
    """One run on a time axis.

    Signals:
        exchange_requested(int, int): show this exchange of this run.
        shown(): the tab has come to the front.

    Attributes:
        menu: what can be done with the chosen request.
    """

    exchange_requested = Signal(int, int)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timelineView")
        self._run = 0
        self._model = TimelineModel(self)
        self._sentence = QLabel(EMPTY)
        self._sentence.setObjectName("timelineSentence")
        self._sentence.setAccessibleName("What made the run take as long as it did")
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._table = _TimelineTable(self._model)
        self._table.activated.connect(self._on_chosen)
        self._table.clicked.connect(self._on_chosen)
        self.menu = ExchangeMenu(self._table, self.chosen_exchange)
        self._legend = label(LEGEND, "muted", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._sentence)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._legend)
        layout.addStretch(0)
        self.show_timeline(None)

    def show_timeline(self, state: TimelineState | None) -> None:
        """Show a run, or that there is none."""
        self._sentence.setText(state.sentence if state else EMPTY)
        filled = state is not None and bool(state.bars)
        self._table.setVisible(filled)
        self._legend.setVisible(filled)
        self._run = state.run_id if state else 0
        self._model.show_state(state or TimelineState(0, ""))
        self._table.setColumnHidden(1, not self._model.spelled)
        if filled:
            self._table.setCurrentIndex(self._model.index(0, 0))

    def chosen_exchange(self) -> tuple[int, int] | None:
        """Return (run, exchange) of the chosen row; None when there is none or it is a mark."""
        bar = self._model.bar(self._table.currentIndex().row())
        return (self._run, bar.exchange_id) if bar is not None and bar.exchange_id else None

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that the tab is seen."""
        super().showEvent(event)
        self.shown.emit()

    @Slot(QModelIndex)
    def _on_chosen(self, index: QModelIndex) -> None:
        bar = self._model.bar(index.row())
        if bar is not None and bar.exchange_id:
            self.exchange_requested.emit(self._run, bar.exchange_id)


class _TimelineTable(QTableView):
    """The rows, and over them the lines from what a request waited for."""

    def __init__(self, model: TimelineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = model
        self.setObjectName("timelineTable")
        self.setAccessibleName("Requests in time")
        self.setModel(model)
        self.setItemDelegateForColumn(AXIS, _BarDelegate(model, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHorizontalHeader(_AxisHeader(model, self))
        header = self.horizontalHeader()
        header.setSectionResizeMode(AXIS, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the texts give way to the bars in a narrow window."""
        room = self.viewport().width()
        for column, width, share in _WIDTHS:
            self.setColumnWidth(column, min(width, int(room * share)))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, then the lines."""
        super().paintEvent(event)
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        count = self._bars.rowCount()
        if first < 0 or not count:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self.columnViewportPosition(AXIS)
        painter.setClipRect(QRect(x, 0, self.columnWidth(AXIS), self.viewport().height()))
        for row in range(first, (count if last < 0 else last + 1)):
            self._paint_line(painter, row, x)
        painter.end()

    def _paint_line(self, painter: QPainter, row: int, x: int) -> None:
        bar = self._bars.bar(row)
        source = self._bars.row_of(bar.source) if bar is not None else None
        if bar is None or source is None:
            return
        begin = self._bars.bar(source)
        if begin is None:
            return
        width = self.columnWidth(AXIS)
        end_x = x + place(begin.start_ms + begin.ms, self._bars.total_ms, width)
        start_x = x + place(bar.start_ms, self._bars.total_ms, width)
        top = self.rowViewportPosition(source) + (ROW + BAR) / 2
        bottom = self.rowViewportPosition(row) + (ROW - BAR) / 2
        color = theme.color("accent" if bar.by_answer else "muted")
        pen = QPen(color, 2.0 if bar.on_chain else 1.0)
        if not bar.by_answer:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        between = top + (ROW - BAR) / 4
        out, into = end_x - 1, start_x
        corners = ((out, top), (out, between), (into, between), (into, bottom - 3))
        painter.drawPolyline(_points(corners))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        head = ((start_x - 3.5, bottom - 5), (start_x + 3.5, bottom - 5), (start_x, bottom))
        painter.drawPolygon(_points(head))


class _AxisHeader(QHeaderView):
    """A header whose section over the bars shows the time."""

    def __init__(self, model: TimelineModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._bars = model
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802
        """Paint a title, or the axis."""
        if section != AXIS:
            super().paintSection(painter, rect, section)
            return
        painter.save()
        super().paintSection(painter, rect, -1)
        painter.restore()
        painter.save()
        painter.fillRect(rect, theme.color("alternate"))
        painter.setPen(theme.color("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(theme.color("muted"))
        for at in ticks(self._bars.total_ms, axis_room(rect.width())):
            x = rect.left() + place(at, self._bars.total_ms, rect.width())
            words = "0" if at == 0 else time_text(at)
            room = QRectF(x, rect.top(), TEXT_ROOM, rect.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class _BarDelegate(QStyledItemDelegate):
    """Paints one request's time: pale while it waits, full while the answer comes."""

    def __init__(self, model: TimelineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = model

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a cell."""
        super().paint(painter, option, index)
        bar = self._bars.bar(index.row())
        if bar is None:
            return
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        total, width = self._bars.total_ms, rect.width()
        painter.setPen(QPen(theme.color("border"), 1))
        for at in ticks(total, axis_room(width)):
            x = rect.left() + place(at, total, width)
            painter.drawLine(QLineF(x, rect.top(), x, rect.bottom()))
        left = rect.left() + place(bar.start_ms, total, width)
        middle = rect.center().y() + 1
        if bar.exchange_id:
            self._paint_bar(painter, bar, left, middle, rect)
        else:
            _paint_mark(painter, left, middle)
        painter.restore()

    def _paint_bar(
        self, painter: QPainter, bar: TimelineBar, left: float, middle: int, rect: QRect
    ) -> None:
        total, width = self._bars.total_ms, rect.width()
        right = max(left + 3, rect.left() + place(bar.start_ms + bar.ms, total, width))
        answered = rect.left() + place(bar.start_ms + bar.wait_ms, total, width)
        answered = min(max(left, answered), right)
        color = theme.color("danger" if bar.tone == "danger" else "accent")
        pale = QColor(color)
        pale.setAlpha(90)
        whole = QRectF(left, middle - BAR / 2, right - left, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pale)
        painter.drawRoundedRect(whole, 2, 2)
        painter.setBrush(color)
        painter.drawRect(QRectF(answered, whole.top(), max(right - answered, 2), BAR))
        if bar.on_chain:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color, 1.6))
            painter.drawRoundedRect(whole, 2, 2)
        painter.setPen(theme.color(bar.tone))
        words = QRectF(right + 6, rect.top(), rect.right() - right - 6, rect.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, bar.trouble)


def place(at_ms: float, total_ms: float, width: int) -> float:
    """Return how far right a moment is, in a column of that width."""
    return PAD + (at_ms / total_ms * axis_room(width) if total_ms > 0 else 0.0)


def axis_room(width: int) -> int:
    """Return how many pixels the axis has in a column of that width."""
    return max(1, width - PAD - min(TEXT_ROOM, width // 3))


def _paint_mark(painter: QPainter, x: float, middle: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("muted"))
    corners = ((x, middle - 4), (x + 4, middle), (x, middle + 4), (x - 4, middle))
    painter.drawPolygon(_points(corners))


def _points(corners: Iterable[tuple[float, float]]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in corners])
