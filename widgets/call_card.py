"""The call in progress, over the pages of the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from widgets import icons
from widgets.field_row import elided_label, label

if TYPE_CHECKING:
    from widgets.page_state import CallCardState


class CallCard(QFrame):
    """Show a `CallCardState`; hidden while no call runs.

    Signals:
        answer_requested, hang_up_requested: the buttons.
    """

    answer_requested = Signal()
    hang_up_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("callCard")
        self.setAccessibleName("Call in progress")
        self._direction = QToolButton()
        self._direction.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._direction.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._direction.setIconSize(QSize(26, 26))
        self._title = elided_label("title")
        self._number = label("", "muted")
        self._status = label("", "muted")
        self._duration = label("", "title")
        self._answer = QPushButton("Answer")
        self._answer.setObjectName("answerButton")
        self._answer.setProperty("role", "answer")
        self._answer.setToolTip("Answer the call (Ctrl+Shift+A)")
        self._answer.setShortcut("Ctrl+Shift+A")
        self._hang_up = QPushButton("Hang up")
        self._hang_up.setObjectName("hangUpButton")
        self._hang_up.setProperty("role", "hangUp")
        self._hang_up.setToolTip("End the call (Ctrl+Shift+H)")
        self._hang_up.setShortcut("Ctrl+Shift+H")
        icons.keep_tinted(self._answer, "phone", "base")
        icons.keep_tinted(self._hang_up, "hang-up", "base")
        for button in (self._answer, self._hang_up):
            button.setAccessibleName(button.text())
            button.setMinimumHeight(34)
        self._answer.clicked.connect(self._on_answer_clicked)
        self._hang_up.clicked.connect(self._on_hang_up_clicked)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._number)
        right = QVBoxLayout()
        right.setSpacing(2)
        for part in (self._duration, self._status):
            part.setAlignment(Qt.AlignmentFlag.AlignRight)
            right.addWidget(part)
        top = QHBoxLayout()
        top.addWidget(self._direction)
        top.addLayout(names, 1)
        top.addLayout(right)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self._answer)
        buttons.addWidget(self._hang_up)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 14, 12)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(buttons)
        self.hide()

    def show_call(self, state: CallCardState) -> None:
        """Show the call; Answer is offered only while an incoming call rings."""
        inbound = state.direction == "inbound"
        icons.keep_tinted(self._direction, "phone-in" if inbound else "phone-out", "accent")
        self._direction.setAccessibleName(f"{state.direction} call")
        self._title.setText(state.title)
        self._title.setToolTip(state.title)
        number = "" if state.number_text == state.title else state.number_text
        self._number.setText(number)
        self._number.setVisible(bool(number))
        self._status.setText(state.status_text)
        self._duration.setText(state.duration_text)
        self._answer.setVisible(state.ringing and inbound)
        self._hang_up.setText("Decline" if state.ringing and inbound else "Hang up")
        self._hang_up.setAccessibleName(self._hang_up.text())
        self.show()

    def clear(self) -> None:
        """Take the card away."""
        self.hide()

    @Slot()
    def _on_answer_clicked(self) -> None:
        self.answer_requested.emit()

    @Slot()
    def _on_hang_up_clicked(self) -> None:
        self.hang_up_requested.emit()
