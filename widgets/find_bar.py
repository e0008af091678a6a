"""A field that finds places in a text, with their number and arrows."""

from __future__ import annotations

import re
from bisect import bisect_left

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QToolButton, QWidget

from widgets import icons
from widgets.field_row import label


class FindField(QLineEdit):
    """A field in which Enter goes on and Shift+Enter goes back.

    Signals:
        next_requested(), previous_requested(): go to another place.
    """

    next_requested = Signal()
    previous_requested = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell Enter from Shift+Enter."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.previous_requested.emit()
        else:
            self.next_requested.emit()


class FindBar(QWidget):
    """Finds a text in `text`; the editor keeps its own document, which may be exchanged.

    Args:
        text: where places are looked for and selected.
        name: object names begin with it.
    """

    def __init__(self, text: QPlainTextEdit, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._places: list[int] | None = None
        text.textChanged.connect(self._on_text_changed)
        self._find = FindField()
        self._find.setObjectName(f"{name}Find")
        self._find.setAccessibleName("Find in this text")
        self._find.setPlaceholderText("Find")
        self._find.setToolTip("Enter: next place. Shift+Enter: the one before.")
        self._find.setClearButtonEnabled(True)
        self._find.textChanged.connect(self.look_again)
        self._find.next_requested.connect(self.find_next)
        self._find.previous_requested.connect(self.find_previous)
        self._found = label("", "muted")
        self._found.setObjectName(f"{name}Found")
        self._found.setAccessibleName("Places found")
        self._back = _arrow(f"{name}FindPrevious", "Find the place before", "chevron-up")
        self._back.clicked.connect(self.find_previous)
        self._forth = _arrow(f"{name}FindNext", "Find the next place", "chevron-down")
        self._forth.clicked.connect(self.find_next)
        bar = QHBoxLayout(self)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(self._find, 1)
        bar.addWidget(self._found)
        bar.addWidget(self._back)
        bar.addWidget(self._forth)

    @Slot()
    def find_next(self) -> None:
        """Go to the next place with the wanted text, from the top again after the last."""
        places = self._found_places()
        if places:
            at = bisect_left(places, self._text.textCursor().selectionEnd())
            self._go_to(at % len(places))

    @Slot()
    def find_previous(self) -> None:
        """Go to the place before, from the end again before the first."""
        places = self._found_places()
        if places:
            self._go_to(bisect_left(places, self._text.textCursor().selectionStart()) - 1)

    def _go_to(self, number: int) -> None:
        places = self._found_places()
        cursor = self._text.textCursor()
        cursor.setPosition(places[number])
        length = len(self._find.text().encode("utf-16-le", "surrogatepass")) // 2
        cursor.setPosition(places[number] + length, QTextCursor.MoveMode.KeepAnchor)
        self._text.setTextCursor(cursor)
        self._text.ensureCursorVisible()
        self._found.setText(f"{number % len(places) + 1:,} of {len(places):,}")

    @Slot()
    def look_again(self) -> None:
        """Count the places anew: the wanted text or the text itself is another one."""
        self._places = None
        wanted = bool(self._find.text())
        places = self._found_places()
        self._found.setText(f"{len(places):,} found" if places else "Not found" if wanted else "")
        for part in (self._found, self._back, self._forth):
            part.setVisible(wanted)
        for arrow in (self._back, self._forth):
            arrow.setEnabled(bool(places))

    @Slot()
    def _on_text_changed(self) -> None:
        # Counted again when it is needed: not at each key.
        self._places = None

    def _found_places(self) -> list[int]:
        """Return where the wanted text begins, as Qt counts: a character beyond U+FFFF is two."""
        if self._places is None:
            wanted, text = self._find.text(), self._text.toPlainText()
            found = re.finditer(re.escape(wanted), text, re.IGNORECASE) if wanted else ()
            self._places = [match.start() for match in found]
            if self._places and max(text) > "\uffff":
                wide = [at for at, character in enumerate(text) if character > "\uffff"]
                self._places = [place + bisect_left(wide, place) for place in self._places]
        return self._places

    @Slot()
    def focus_find(self) -> None:
        """Put the cursor into the find field."""
        self._find.setFocus()
        self._find.selectAll()

    def start(self, wanted: str) -> None:
        """Put the cursor into the find field, with another text to look for if there is one."""
        if wanted and "\u2029" not in wanted:
            self._find.setText(wanted)
        self.look_again()
        self.focus_find()


def _arrow(name: str, words: str, icon_name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(words)
    button.setToolTip(words)
    button.setIconSize(QSize(16, 16))
    icons.keep_tinted(button, icon_name)
    return button
