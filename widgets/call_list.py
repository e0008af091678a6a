"""Model and look of the call history's rows (contact-flow 1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from widgets import icons, theme
from widgets.page_state import CallRow

ROW_ROLE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_HEIGHT = 66
_BUTTONS = 136
"""What the buttons over a lit row take of its title, pixels."""


class CallListModel(QAbstractListModel):
    """The rows in the order given."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[CallRow, ...] = ()

    def show_rows(self, rows: Sequence[CallRow]) -> None:
        """Replace the rows; the same calls in the same order keep selection and scroll place."""
        new = tuple(rows)
        if new == self._rows:
            return
        if [row.session_id for row in new] == [row.session_id for row in self._rows]:
            self._rows = new
            self.dataChanged.emit(self.index(0), self.index(len(new) - 1))
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def shown_rows(self) -> tuple[CallRow, ...]:
        """Return the calls that are shown."""
        return tuple(self._rows)

    def place_of(self, session_id: str) -> int:
        """Return the place of the call, -1 when it is not shown."""
        for place, row in enumerate(self._rows):
            if row.session_id == session_id:
                return place
        return -1

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many calls are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row itself for `ROW_ROLE`, and texts for people and screen readers."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            kind = "Missed" if row.missed else row.direction.capitalize()
            logged = ", logged" if row.logged else ""
            return f"{kind} call, {row.title}, {row.duration_text}, {row.when_text}{logged}"
        return None


class CallRowDelegate(QStyledItemDelegate):
    """Draw direction, name, duration and time; missed calls are red."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the fixed height of a row."""
        del option, index
        return QSize(300, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        row: CallRow = index.data(ROW_ROLE)
        painter.save()
        rect: QRect = option.rect
        lit = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        if lit:
            painter.fillRect(rect, theme.color("alternate"))
        painter.setPen(theme.color("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        name = "phone-missed" if row.missed else f"phone-{_SHORT[row.direction]}"
        ratio = painter.device().devicePixelRatioF()
        picture = icons.pixmap(name, 26, "danger" if row.missed else "muted", ratio)
        painter.drawPixmap(QPoint(rect.left() + 18, rect.center().y() - 13), picture)
        texts = rect.adjusted(58, 10, -20, -10)
        font = QFont(option.font)
        font.setPixelSize(15)
        title = texts.adjusted(0, 0, -_BUTTONS if lit else 0, 0)
        _draw(painter, title, font, "danger" if row.missed else "text", row.title, top=True)
        font.setPixelSize(13)
        width = _draw(painter, texts, font, "muted", row.duration_text, top=False)
        if row.logged:
            place = QPoint(texts.left() + width + 10, texts.bottom() - 16)
            painter.drawPixmap(place, icons.pixmap("success", 16, "success", ratio))
            logged = texts.adjusted(width + 30, 0, 0, 0)
            _draw(painter, logged, font, "success", "Logged", top=False)
        if not lit:
            _draw(painter, texts, font, "muted", row.when_text, top=False, right=True)
        painter.restore()


_SHORT = {"inbound": "in", "outbound": "out"}


def _draw(
    painter: QPainter,
    rect: QRect,
    font: QFont,
    color: str,
    text: str,
    *,
    top: bool,
    right: bool = False,
) -> int:
    """Draw `text` and return its width in pixels."""
    painter.setFont(font)
    painter.setPen(theme.color(color))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    edge = Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignBottom
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(side | edge), shown)
    return metrics.horizontalAdvance(shown)
