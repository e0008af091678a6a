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
    QSyntaxHighlighter,
    QTextCharFormat,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets import theme

MAX_CHARACTERS = 400_000
LONGEST_WRAPPED = 20_000
_PARTS = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*")'
    r"|(?P<word>\b(?:true|false|null)\b)|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)"
)
_COLORS = {"key": "accent", "text": "success", "word": "warning", "number": "warning"}


class JsonHighlighter(QSyntaxHighlighter):
    """Colours keys, texts, numbers and words."""

    def highlightBlock(self, text: str) -> None:  # noqa: N802  Qt's name
        """Colour one line."""
        if len(text) > 5000:
            return
        named = theme.colors(theme.current())
        for part in _PARTS.finditer(text):
            form = QTextCharFormat()
            form.setForeground(QColor(named[_COLORS[part.lastgroup or "text"]]))
            self.setFormat(part.start(), part.end() - part.start(), form)


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
        self._text = QPlainTextEdit()
        self._text.setObjectName(name)
        self._text.setAccessibleName(words)
        self._text.setTabChangesFocus(True)
        self._text.setReadOnly(True)
        self._text.setPlaceholderText(placeholder)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(13)
        self._text.setFont(font)
        self._scheme = theme.current()
        self._highlighter = JsonHighlighter(self._text.document())
        self._find = QLineEdit()
        self._find.setObjectName(f"{name}Find")
        self._find.setAccessibleName("Find in this text")
        self._find.setPlaceholderText("Find")
        self._find.setClearButtonEnabled(True)
        self._find.returnPressed.connect(self.find_next)
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

    def changeEvent(self, event: QEvent) -> None:
        """Colour the text anew in the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._scheme != theme.current():
            self._scheme = theme.current()
            self._highlighter.rehighlight()

    def show_text(self, text: str) -> None:
        """Show `text`; a huge one is cut in the view, and says so; Copy takes it whole."""
        self._full = text
        if len(text) > MAX_CHARACTERS:
            cut = len(text) - MAX_CHARACTERS
            text = f"{text[:MAX_CHARACTERS]}\n… {cut:,} more characters; Copy takes them all."
        # Wrapping one line without a gap takes the square of its length: minutes for a big one.
        long = max(map(len, text.splitlines()), default=0) > LONGEST_WRAPPED
        mode = QPlainTextEdit.LineWrapMode
        self._text.setLineWrapMode(mode.NoWrap if long else mode.WidgetWidth)
        self._text.setPlainText(text)

    def text(self) -> str:
        """Return what is shown."""
        return self._text.toPlainText()

    @Slot()
    def find_next(self) -> None:
        """Go to the next place with the wanted text, from the top again after the last."""
        wanted = self._find.text()
        if wanted and not self._text.find(wanted):
            cursor = self._text.textCursor()
            cursor.setPosition(0)
            self._text.setTextCursor(cursor)
            self._text.find(wanted)

    @Slot()
    def copy(self) -> None:
        """Put the whole text on the clipboard."""
        QGuiApplication.clipboard().setText(self._full)

    @Slot()
    def focus_find(self) -> None:
        """Put the cursor into the find field."""
        self._find.setFocus()
        self._find.selectAll()


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
