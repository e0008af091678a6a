"""A message over the phone panel, as the extension shows a connector's ``returnMessage``."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from widgets import icons
from widgets.field_row import label, restyle

_KINDS = {
    "success": ("success", "success"),
    "info": ("info", "accent"),
    "warning": ("warning", "warning"),
    "error": ("error", "danger"),
}
_MARGIN = 12
_MOVES = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide}


class Notification(QFrame):
    """Lie over the top of the parent until its time is up; hovering holds it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notification")
        self._panel = parent
        self._anchor: QWidget | None = None
        self._ttl_ms = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._icon = QToolButton()
        self._icon.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._icon.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._icon.setIconSize(QSize(22, 22))
        self._text = QLabel()
        self._text.setObjectName("notificationText")
        self._text.setWordWrap(True)
        # A connector's text may hold markup of its CRM's error page: show it, do not render it.
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = QToolButton()
        self._more.setObjectName("notificationDetailsButton")
        self._more.setCheckable(True)
        self._more.setIconSize(QSize(18, 18))
        self._more.setAccessibleName("Details")
        self._more.setToolTip("Show or hide details")
        icons.keep_tinted(self._more, "chevron-down")
        self._more.toggled.connect(self._on_more_toggled)
        self._close = QToolButton()
        self._close.setObjectName("notificationCloseButton")
        self._close.setIconSize(QSize(18, 18))
        self._close.setAccessibleName("Dismiss")
        self._close.setToolTip("Dismiss")
        icons.keep_tinted(self._close, "close")
        self._close.clicked.connect(self._on_close_clicked)
        self._details = QWidget()
        self._details_column = QVBoxLayout(self._details)
        self._details_column.setContentsMargins(44, 0, 8, 4)
        self._details_column.setSpacing(2)
        self._details.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self._icon, 0, top)
        row.addWidget(self._text, 1)
        row.addWidget(self._more, 0, top)
        row.addWidget(self._close, 0, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(row)
        column.addWidget(self._details)
        parent.installEventFilter(self)
        self.hide()

    def keep_below(self, anchor: QWidget) -> None:
        """Lie under `anchor`, a sibling, while that is shown: its buttons stay free."""
        self._anchor = anchor
        anchor.installEventFilter(self)

    def show_notification(
        self,
        message: str,
        kind: str = "info",
        ttl_ms: int = 3000,
        details: Sequence[tuple[str, Sequence[str]]] = (),
    ) -> None:
        """Show a message in place of the last one.

        Args:
            message: plain text.
            kind: ``success``, ``info``, ``warning`` or ``error``; ``danger`` counts as error.
            ttl_ms: how long it stays, milliseconds; 0 until dismissed.
            details: title and texts of each part, shown on demand.
        """
        known = kind if kind in _KINDS else ("error" if kind == "danger" else "info")
        name, color = _KINDS[known]
        icons.keep_tinted(self._icon, name, color)
        restyle(self, "kind", known)
        self._text.setText(message)
        self.setAccessibleName(f"{known}: {message}")
        self._fill_details(details)
        self._more.setVisible(bool(details))
        self._more.setChecked(False)
        self._ttl_ms = max(0, ttl_ms)
        self.show()
        self.raise_()
        self._fit()
        self._restart()

    def _fill_details(self, details: Sequence[tuple[str, Sequence[str]]]) -> None:
        while (item := self._details_column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for title, texts in details:
            if title:
                self._details_column.addWidget(label(title, "fieldLabel", wraps=True))
            for text in texts:
                line = label(text, "muted", wraps=True)
                line.setTextFormat(Qt.TextFormat.PlainText)
                line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._details_column.addWidget(line)

    def _restart(self) -> None:
        self._timer.stop()
        if self._ttl_ms and not self.underMouse() and not self._more.isChecked():
            self._timer.start(self._ttl_ms)

    def _fit(self) -> None:
        width = max(200, self._panel.width() - 2 * _MARGIN)
        layout = self.layout()
        height = self.sizeHint().height()
        if layout is not None and layout.hasHeightForWidth():
            # The total: the frame has a border of its own.
            height = layout.totalHeightForWidth(width)
        anchor = self._anchor
        top = anchor.geometry().bottom() + 8 if anchor is not None and anchor.isVisible() else 0
        self.setGeometry(_MARGIN, max(_MARGIN, top), width, height)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while the mouse is over it."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Count anew once the mouse has left."""
        self._restart()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the parent's width and under the anchor."""
        if event.type() in _MOVES and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    @Slot(bool)
    def _on_more_toggled(self, checked: bool) -> None:
        icons.keep_tinted(self._more, "chevron-up" if checked else "chevron-down")
        self._details.setVisible(checked)
        self._fit()
        self._restart()

    @Slot()
    def _on_close_clicked(self) -> None:
        self._timer.stop()
        self.hide()
