"""List entries with a name and a smaller grey line under it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from widgets import theme

KEY_ROLE = Qt.ItemDataRole.UserRole
SUB_LABEL_ROLE = Qt.ItemDataRole.UserRole + 1
_MARGIN = 12


class TwoLineDelegate(QStyledItemDelegate):
    """Draw the display text over the text of `SUB_LABEL_ROLE`; without one the name is centred."""

    def sizeHint(  # noqa: D102
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        del option
        return QSize(120, 54 if index.data(SUB_LABEL_ROLE) else 40)

    def paint(  # noqa: D102
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        painter.save()
        state: QStyle.StateFlag = option.state
        rect: QRect = option.rect
        lit = state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        if lit:
            painter.fillRect(rect, theme.color("header_bg"))
        body = rect.adjusted(_MARGIN, 0, -_MARGIN, 0)
        sub_label = str(index.data(SUB_LABEL_ROLE) or "")
        name = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        font = QFont(option.font)
        font.setPixelSize(15)
        if not sub_label:
            _line(painter, body, font, "text", name)
        else:
            half = rect.height() // 2
            _line(painter, body.adjusted(0, 7, 0, -half + 5), font, "text", name)
            font.setPixelSize(12)
            _line(painter, body.adjusted(0, half + 1, 0, -7), font, "muted", sub_label)
        painter.restore()


def _line(painter: QPainter, rect: QRect, font: QFont, color: str, text: str) -> None:
    painter.setFont(font)
    painter.setPen(theme.color(color))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
