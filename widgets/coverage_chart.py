"""How much each format covers, on top of those before it, and how much stays uncovered."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.inspector_state import LearnedState

NOT_COVERED = "Not covered"
_ROW = 34
_BAR = 14
_GAP = 14
_FIGURES = "100.0%, 100.0% so far"


class CoverageChart(QWidget):
    """One row for each format and one for what is left; each bar begins where the last ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("coverageChart")
        self.setAccessibleName("Coverage")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows: tuple[tuple[str, str, float, float, str], ...] = ()

    def show_coverage(self, state: LearnedState | None) -> None:
        """Show a result; None empties the chart."""
        self._rows = () if state is None else _rows_of(state)
        said = [f"{name}: {figures}" for name, figures, *_bar in self._rows]
        self.setAccessibleDescription("; ".join(said))
        self.setToolTip("\n".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line for each row."""
        return QSize(480, max(1, len(self._rows)) * _ROW)

    def minimumSizeHint(self) -> QSize:
        """Return the same height in a narrow window."""
        return QSize(320, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows."""
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        measure = QFontMetricsF(painter.font())
        names = max((measure.horizontalAdvance(row[0]) for row in self._rows), default=0.0)
        names = min(names + 1, self.width() / 3)
        figures = measure.horizontalAdvance(_FIGURES)
        left = names + _GAP
        width = self.width() - left - figures - _GAP
        middle = Qt.AlignmentFlag.AlignVCenter
        for at, (name, told, start, share, tone) in enumerate(self._rows):
            top = at * _ROW
            painter.setPen(theme.color("text"))
            shown = measure.elidedText(name, Qt.TextElideMode.ElideMiddle, names)
            painter.drawText(QRectF(0, top, names, _ROW), middle, shown)
            track = QRectF(left, top + (_ROW - _BAR) / 2, width, _BAR)
            _fill(painter, track, theme.color("header_bg"))
            bar = QRectF(
                track.x() + width * start, track.y(), max(2.0, width * share), track.height()
            )
            _fill(painter, bar, theme.color(tone))
            painter.setPen(theme.color("muted"))
            painter.drawText(
                QRectF(self.width() - figures, top, figures, _ROW),
                middle | Qt.AlignmentFlag.AlignRight,
                told,
            )


def percent(share: float) -> str:
    """Return a share of 0 to 1 as a person reads it."""
    return f"{share:.1%}"


def _fill(painter: QPainter, bar: QRectF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(bar, 3, 3)


def _rows_of(state: LearnedState) -> tuple[tuple[str, str, float, float, str], ...]:
    """Return name, figures, where the bar starts, its length, and its colour's name."""
    rows = [
        (
            bar.format,
            f"{percent(bar.alone)}, {percent(bar.so_far)} so far",
            max(0.0, bar.so_far - bar.alone),
            bar.alone,
            "accent",
        )
        for bar in state.bars
    ]
    if state.left:
        start = 1.0 - state.left_share
        rows.append((NOT_COVERED, percent(state.left_share), start, state.left_share, "warning"))
    return tuple(rows)
