"""The Raw tab: a result as JSON."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QGuiApplication,
    QKeyEvent,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets import icons, theme
from widgets.field_row import label

MAX_CHARACTERS = 150_000
"""Twice as many take Qt a tenth of a second to lay out on a slow machine."""
LONGEST_WRAPPED = 20_000
_PARTS = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*")'
    r"|(?P<word>\b(?:true|false|null)\b)|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)"
)
_COLORS = {"key": "accent", "text": "success", "word": "warning", "number": "warning"}


class JsonHighlighter(QSyntaxHighlighter):
    """Colours keys, texts, numbers and words, of the lines that are asked for.

    All lines of a large text at once take longer than its layout.
    """

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._colored: set[int] = set()
        self._asked = False

    def color(self, block: QTextBlock) -> None:
        """Colour one line, once."""
        if block.blockNumber() in self._colored:
            return
        self._colored.add(block.blockNumber())
        self._asked = True
        self.rehighlightBlock(block)
        self._asked = False

    def forget(self) -> None:
        """Colour each line anew when it is next asked for."""
        self._colored.clear()

    def highlightBlock(self, text: str) -> None:  # noqa: N802  Qt's name
        """Colour one line."""
        if not self._asked or len(text) > 5000:
            return
        named = theme.colors(theme.current())
        for part in _PARTS.finditer(text):
            form = QTextCharFormat()
            form.setForeground(QColor(named[_COLORS[part.lastgroup or "text"]]))
            self.setFormat(part.start(), part.end() - part.start(), form)


class JsonText(QPlainTextEdit):
    """Read-only text, coloured as JSON where it is on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(13)
        self.setFont(font)
        self._scheme = theme.current()
        self._highlighter = JsonHighlighter(self.document())

    def show_text(self, text: str) -> None:
        """Show another text from its beginning."""
        # Wrapping one line without a gap takes the square of its length: minutes for a big one.
        long = max(map(len, text.splitlines()), default=0) > LONGEST_WRAPPED
        mode = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(mode.NoWrap if long else mode.WidgetWidth)
        self._highlighter.forget()
        self.setPlainText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Colour what comes into view, then paint."""
        block = self.firstVisibleBlock()
        bottom = self.viewport().height()
        top = self.contentOffset().y() + self.blockBoundingGeometry(block).top()
        while block.isValid() and top < bottom:
            self._highlighter.color(block)
            top += self.blockBoundingRect(block).height()
            block = block.next()
        super().paintEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Colour the text anew in the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._scheme != theme.current():
            self._scheme = theme.current()
            self._highlighter.forget()
            self.viewport().update()


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


class TextPane(QWidget):
    """Read-only text with search and copy.

    Args:
        name: object name of the text.
        placeholder: what an empty pane says.
        words: what it holds, for screen readers.
    """

    def __init__(
        self, name: str, placeholder: str, words: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._full = ""
        self._places: list[int] | None = None
        self._text = JsonText()
        self._text.setObjectName(name)
        self._text.setAccessibleName(words)
        self._text.setPlaceholderText(placeholder)
        self._find = FindField()
        self._find.setObjectName(f"{name}Find")
        self._find.setAccessibleName("Find in this text")
        self._find.setPlaceholderText("Find")
        self._find.setToolTip("Enter: next place. Shift+Enter: the one before.")
        self._find.setClearButtonEnabled(True)
        self._find.textChanged.connect(self._on_find_changed)
        self._find.next_requested.connect(self.find_next)
        self._find.previous_requested.connect(self.find_previous)
        self._found = label("", "muted")
        self._found.setObjectName(f"{name}Found")
        self._found.setAccessibleName("Places found")
        self._back = _arrow(f"{name}FindPrevious", "Find the place before", "chevron-up")
        self._back.clicked.connect(self.find_previous)
        self._forth = _arrow(f"{name}FindNext", "Find the next place", "chevron-down")
        self._forth.clicked.connect(self.find_next)
        copy = QPushButton("Copy")
        copy.setObjectName(f"{name}Copy")
        copy.setAccessibleName("Copy this text")
        copy.clicked.connect(self.copy)
        bar = QHBoxLayout()
        bar.addWidget(self._find, 1)
        bar.addWidget(self._found)
        bar.addWidget(self._back)
        bar.addWidget(self._forth)
        bar.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addLayout(bar)
        layout.addWidget(self._text)

    def show_text(self, text: str) -> None:
        """Show `text`; a huge one is cut in the view, and says so; Copy takes it whole."""
        self._full = text
        if len(text) > MAX_CHARACTERS:
            cut = len(text) - MAX_CHARACTERS
            text = f"{text[:MAX_CHARACTERS]}\n… {cut:,} more characters; Copy takes them all."
        self._text.show_text(text)
        self._on_find_changed()

    def text(self) -> str:
        """Return what is shown."""
        return self._text.toPlainText()

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
    def _on_find_changed(self) -> None:
        self._places = None
        wanted = bool(self._find.text())
        places = self._found_places()
        self._found.setText(f"{len(places):,} found" if places else "Not found" if wanted else "")
        for part in (self._found, self._back, self._forth):
            part.setVisible(wanted)
        for arrow in (self._back, self._forth):
            arrow.setEnabled(bool(places))

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
    def copy(self) -> None:
        """Put the whole text on the clipboard."""
        QGuiApplication.clipboard().setText(self._full)

    @Slot()
    def focus_find(self) -> None:
        """Put the cursor into the find field."""
        self._find.setFocus()
        self._find.selectAll()


def _arrow(name: str, words: str, icon_name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(words)
    button.setToolTip(words)
    button.setIconSize(QSize(16, 16))
    icons.keep_tinted(button, icon_name)
    return button


class RawView(TextPane):
    """The chosen run's answer, and what the connector returned, as JSON."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "rawView",
            "Nothing yet. The result of each operation appears here as JSON: what the user would "
            "be told, and what the connector returned.",
            "Answer as JSON",
            parent,
        )
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(10, 10, 10, 10)

    def show_json(self, data: Any) -> None:
        """Show `data`, indented."""
        self.show_text(json.dumps(data, indent=2, ensure_ascii=False, default=str))
