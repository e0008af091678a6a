"""The Raw tab: a result as JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QGuiApplication,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.find_bar import FindBar

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
        self._text = JsonText()
        self._text.setObjectName(name)
        self._text.setAccessibleName(words)
        self._text.setPlaceholderText(placeholder)
        self._find = FindBar(self._text, name)
        copy = QPushButton("Copy")
        copy.setObjectName(f"{name}Copy")
        copy.setAccessibleName("Copy this text")
        copy.clicked.connect(self.copy)
        bar = QHBoxLayout()
        bar.addWidget(self._find, 1)
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
        self._find.look_again()

    def text(self) -> str:
        """Return what is shown."""
        return self._text.toPlainText()

    @Slot()
    def copy(self) -> None:
        """Put the whole text on the clipboard."""
        QGuiApplication.clipboard().setText(self._full)

    @Slot()
    def focus_find(self) -> None:
        """Put the cursor into the find field."""
        self._find.focus_find()


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
