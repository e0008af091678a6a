"""A small grey label, a control and a line for what is wrong with it."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

_Label = TypeVar("_Label", bound=QLabel)


def label(text: str, role: str, *, wraps: bool = False, parent: QWidget | None = None) -> QLabel:
    """Return a label drawn in the style sheet's `role`."""
    return _dressed(QLabel(text, parent), role, wraps=wraps)


def elided_label(role: str) -> ElidedLabel:
    """Return an empty label of one line that ends in an ellipsis where the room ends."""
    return _dressed(ElidedLabel(), role, wraps=False)


def _dressed(made: _Label, role: str, *, wraps: bool) -> _Label:
    made.setProperty("role", role)
    made.setWordWrap(wraps)
    # Most texts have a name or an answer of the CRM in them: markup in it stays text.
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


class ElidedLabel(QLabel):
    """A line of text that is cut only where it is painted: `text()` is all of it."""

    def minimumSizeHint(self) -> QSize:
        """Let the line be as narrow as its layout wants."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        del event
        rect = self.contentsRect()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(rect, int(self.alignment()), shown)
        painter.end()


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set the property `name` and let the style sheet see it."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class FieldRow(QWidget):
    """Stack title, control and problem; the title is the control's accessible name."""

    def __init__(self, title: str, control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.control = control
        control.setProperty("role", "underlined")
        if isinstance(control, QComboBox):
            control.installEventFilter(self)
        self._title = label(title, "fieldLabel")
        self._title.setBuddy(control)
        self._problem = label("", "problem", wraps=True)
        self._problem.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self._title)
        self._column.addWidget(control)
        self._column.addWidget(self._problem)
        self.set_title(title)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave a wheel over an unfocused combo box to the page: it scrolls, no value changes."""
        if event.type() == QEvent.Type.Wheel and not self.control.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def add_note(self, note: QLabel) -> None:
        """Put a line right under the control."""
        self._column.insertWidget(2, note)

    def set_title(self, title: str, *, required: bool = False) -> None:
        """Show the title, with a star when the field is required."""
        self._title.setText(f"{title} *" if required else title)
        self.control.setAccessibleName(f"{title}, required" if required else title)

    def show_problem(self, text: str) -> None:
        """Show the sentence under the control; an empty text takes it away."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self.control.setAccessibleDescription(text)
        restyle(self.control, "bad", "true" if text else "")

    @property
    def problem(self) -> str:
        """The sentence shown under the control."""
        return self._problem.text()
