"""Colours for JSON while it is edited: keys, texts, templates, numbers and words."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from widgets import theme

LONGEST_COLORED = 5000
"""Characters of a line; a longer one is data that nobody edits, and slow to colour."""

_PARTS = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*")'
    r"|(?P<word>\b(?:true|false|null)\b)|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)"
)
_TEMPLATE = re.compile(r"\{\{.*?\}\}")
_COLORS = {"key": "accent", "text": "success", "word": "warning", "number": "warning"}


class SourceHighlighter(QSyntaxHighlighter):
    """Colours the lines of a document as JSON."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._forms: dict[str, QTextCharFormat] = {}
        self._scheme = ""

    def highlightBlock(self, text: str) -> None:  # noqa: N802  Qt's name
        """Colour one line."""
        if len(text) > LONGEST_COLORED:
            return
        if self._scheme != theme.current():
            self._take_colors()
        wide = max(text, default="") > "\uffff"
        for part in _PARTS.finditer(text):
            self._color(text, part.start(), part.end(), part.lastgroup or "text", wide=wide)
            if part.lastgroup == "text":
                for template in _TEMPLATE.finditer(text, part.start(), part.end()):
                    self._color(text, template.start(), template.end(), "word", wide=wide)

    def _color(self, text: str, start: int, end: int, name: str, *, wide: bool) -> None:
        if wide:  # Qt counts a character beyond U+FFFF as two.
            start, end = (len(text[:at].encode("utf-16-le")) // 2 for at in (start, end))
        self.setFormat(start, end - start, self._forms[name])

    def _take_colors(self) -> None:
        self._scheme = theme.current()
        named = theme.colors(self._scheme)
        for name, color in _COLORS.items():
            form = QTextCharFormat()
            form.setForeground(QColor(named[color]))
            self._forms[name] = form
