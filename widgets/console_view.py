"""The Console tab: what the connector printed, and each operation with its result."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.inspector_state import ConsoleRow

MAX_ROWS = 5000
SIGNS = {"out": " ", "err": "!", "operation": "»", "finding": "△", "error": "✕", "trace": "·"}
EMPTY = "Nothing yet. Look a number up: what the connector prints and returns appears here."
COLORS = {
    "out": "text",
    "err": "warning",
    "operation": "accent",
    "finding": "warning",
    "error": "danger",
    "trace": "muted",
}


class ConsoleView(QWidget):
    """Lines of all runs, or of the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: deque[ConsoleRow] = deque(maxlen=MAX_ROWS)
        self._dropped = 0
        self._run: int | None = None
        self._scheme = theme.current()
        self._text = QPlainTextEdit()
        self._text.setObjectName("console")
        self._text.setAccessibleName("Console")
        self._text.setReadOnly(True)
        self._text.setMaximumBlockCount(MAX_ROWS)
        self._text.setPlaceholderText(EMPTY)
        self._text.setTabChangesFocus(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(13)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        self._text.setFont(font)
        self._find = QLineEdit()
        self._find.setObjectName("consoleFind")
        self._find.setAccessibleName("Find in the console")
        self._find.setPlaceholderText("Find in console")
        self._find.setClearButtonEnabled(True)
        self._find.returnPressed.connect(self.find_next)
        self._note = QLabel()
        self._note.setAccessibleName("What the console shows")
        clear = QPushButton("Clear")
        clear.setObjectName("clearConsoleButton")
        clear.setAccessibleName("Clear the console")
        clear.clicked.connect(self.clear)
        bar = QHBoxLayout()
        bar.addWidget(self._find, 1)
        bar.addWidget(self._note)
        bar.addWidget(clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addLayout(bar)
        layout.addWidget(self._text)

    def changeEvent(self, event: QEvent) -> None:
        """Write the lines anew in the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._scheme != theme.current():
            self._scheme = theme.current()
            self.show_run(self._run)

    def append_rows(self, rows: Sequence[ConsoleRow]) -> None:
        """Add lines at the end; the oldest go when there are too many, and that is said."""
        self._dropped += max(0, len(self._rows) + len(rows) - MAX_ROWS)
        self._rows.extend(rows)
        self._write([row for row in rows if self._run in (None, row.run_id)])
        self._show_note()

    def show_run(self, run_id: int | None) -> None:
        """Show the lines of one run only; None shows all."""
        self._run = run_id
        self._text.clear()
        self._write([row for row in self._rows if run_id in (None, row.run_id)])
        self._show_note()

    def text(self) -> str:
        """Return what is shown."""
        return self._text.toPlainText()

    @Slot()
    def clear(self) -> None:
        """Forget all lines."""
        self._rows.clear()
        self._dropped = 0
        self._text.clear()
        self._show_note()

    @Slot()
    def find_next(self) -> None:
        """Go to the next place with the wanted text, from the top again after the last."""
        wanted = self._find.text()
        if wanted and not self._text.find(wanted):
            self._text.moveCursor(QTextCursor.MoveOperation.Start)
            self._text.find(wanted)

    @Slot()
    def focus_find(self) -> None:
        """Put the cursor into the find field."""
        self._find.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._find.selectAll()

    def _write(self, rows: Sequence[ConsoleRow]) -> None:
        if not rows:
            return
        bar = self._text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        named = theme.colors(theme.current())
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for row in rows:
            if not self._text.document().isEmpty():
                cursor.insertBlock()
            quiet, strong = QTextCharFormat(), QTextCharFormat()
            quiet.setForeground(QColor(named["muted"]))
            strong.setForeground(QColor(named[COLORS[row.kind]]))
            cursor.insertText(f"{row.time_text} {SIGNS[row.kind]} ", quiet)
            cursor.insertText(row.text, strong)
        cursor.endEditBlock()
        if at_end:
            bar.setValue(bar.maximum())

    def _show_note(self) -> None:
        parts = []
        if self._run is not None:
            parts.append(f"Run {self._run} only")
        if self._dropped:
            parts.append(f"{self._dropped:,} older lines dropped")
        self._note.setText(" · ".join(parts))
        elsewhere = self._run is not None and bool(self._rows)
        self._text.setPlaceholderText(
            f"Run {self._run} printed nothing. Show all runs brings the other lines."
            if elsewhere
            else EMPTY
        )
