"""An editor for source text: line numbers, the current line, marks at what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from widgets import theme
from widgets.inspector_state import SourceMark

TAB_CHARACTERS = 4
SIGN = 8
"""Pixels of the sign at a line with a mark."""
_INDENTED = re.compile(r"^(\t|  +)(?=\S)", re.MULTILINE)
_OPENS = ("{", "[", "(", ":")


def mono_font() -> QFont:
    """Return the font of code."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(13)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mark, and the place that moves with the text around it."""

    mark: SourceMark
    cursor: QTextCursor


class SourceEditor(QPlainTextEdit):
    """Text with a margin; Tab indents, Enter keeps the indentation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(mono_font())
        self._scheme = theme.current()
        self._marks: list[_Placed] = []
        self._margin = _Margin(self)
        self._step = "  "
        self.blockCountChanged.connect(self._fit_margin)
        self.updateRequest.connect(self._on_update_request)
        self.cursorPositionChanged.connect(self._decorate)
        self._fit_margin()
        self._decorate()

    def edit(self, document: QTextDocument, *, locked: bool) -> None:
        """Take another document in hand; its marks come with :meth:`show_marks`."""
        self._marks = []
        self.setDocument(document)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * TAB_CHARACTERS)
        self.setReadOnly(locked)
        if locked:  # The keys still move through it.
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        first = _INDENTED.search(document.toRawText().replace("\u2029", "\n"))
        self._step = first[1] if first else "  "
        self._fit_margin()
        self._decorate()

    def show_marks(self, marks: Sequence[SourceMark]) -> None:
        """Underline what is wrong and put a sign at its line, in place of all marks before."""
        self._marks = [
            _Placed(mark, self._cursor_over(mark))
            for mark in marks
            if 1 <= mark.line <= self.blockCount()
        ]
        self._decorate()
        self._margin.update()

    def line_of(self, mark: SourceMark) -> int:
        """Return the line on which a mark is now, counted from 1; 0 when it is on none."""
        placed = next((each for each in self._marks if each.mark is mark), None)
        return placed.cursor.block().blockNumber() + 1 if placed else 0

    def signs(self) -> dict[int, str]:
        """Return the worst severity on each line that has a mark, by the line's number from 1."""
        found: dict[int, str] = {}
        for placed in self._marks:
            line = placed.cursor.block().blockNumber() + 1
            if found.get(line) != "error":
                found[line] = placed.mark.severity
        return found

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor at a place, in the middle of the view."""
        block = self.document().findBlockByNumber(min(line, self.blockCount()) - 1)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + _units(block.text(), column - 1))
        self.setTextCursor(cursor)
        self.centerCursor()

    def go_to_mark(self, mark: SourceMark) -> None:
        """Put the cursor where a mark is now."""
        placed = next((each for each in self._marks if each.mark is mark), None)
        if placed is not None:
            cursor = QTextCursor(placed.cursor)
            cursor.setPosition(placed.cursor.selectionStart())
            self.setTextCursor(cursor)
            self.centerCursor()

    def margin_width(self) -> int:
        """Return how wide the margin is: as many digits as the last line has."""
        digits = max(2, len(str(self.blockCount())))
        return SIGN + 14 + self.fontMetrics().horizontalAdvance("9") * digits

    def paint_margin(self, event: QPaintEvent) -> None:
        """Draw the numbers of the lines in view, and the signs."""
        painter = QPainter(self._margin)
        painter.fillRect(event.rect(), theme.color("alternate"))
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        muted, text = theme.color("muted"), theme.color("text")
        current, signs = self.textCursor().blockNumber(), self.signs()
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        height = self.fontMetrics().height()
        while block.isValid() and top <= event.rect().bottom():
            number = block.blockNumber()
            if block.isVisible():
                painter.setPen(text if number == current else muted)
                painter.drawText(
                    QRect(0, round(top), self._margin.width() - 6, height),
                    Qt.AlignmentFlag.AlignRight,
                    str(number + 1),
                )
                if number + 1 in signs:
                    _draw_sign(painter, signs[number + 1], round(top) + (height - SIGN) // 2)
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()

    def words_at(self, place: QPoint) -> str:
        """Return what the marks on the line at a point of the viewport say."""
        line = self.cursorForPosition(place).blockNumber()
        return "\n".join(
            each.mark.text for each in self._marks if each.cursor.block().blockNumber() == line
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Indent with Tab, take it back with Shift+Tab, keep the indentation with Enter."""
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        others = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if self.isReadOnly() or others:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Backtab or (event.key() == Qt.Key.Key_Tab and shift):
            self._dedent()
        elif event.key() == Qt.Key.Key_Tab:
            self._indent()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._break_line()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Say what is wrong with the line under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(self.viewport().mapFrom(self, event.pos()))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._scheme != theme.current():
            self._scheme = theme.current()
            self._decorate()
            self._margin.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin as high as the text."""
        super().resizeEvent(event)
        inside = self.viewport().geometry()
        self._margin.setGeometry(
            inside.left() - self.margin_width(), inside.top(), self.margin_width(), inside.height()
        )

    def _cursor_over(self, mark: SourceMark) -> QTextCursor:
        block = self.document().findBlockByNumber(mark.line - 1)
        text = block.text()
        start = min(_units(text, max(0, mark.column - 1)), block.length() - 1)
        end = min(_units(text, max(0, mark.column - 1) + mark.length), block.length() - 1)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + start)
        cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    @Slot()
    def _decorate(self) -> None:
        line = QTextEdit.ExtraSelection()
        line.cursor = self.textCursor()
        line.cursor.clearSelection()
        form = QTextCharFormat()
        form.setBackground(theme.color("alternate"))
        form.setProperty(QTextFormat.Property.FullWidthSelection, True)
        line.format = form
        selections = [line]
        for placed in self._marks:
            wave = QTextEdit.ExtraSelection()
            wave.cursor = placed.cursor
            wave.format = _wave(placed.mark.severity)
            selections.append(wave)
        self.setExtraSelections(selections)

    @Slot()
    def _fit_margin(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)

    @Slot(QRect, int)
    def _on_update_request(self, changed: QRect, moved: int) -> None:
        if moved:
            self._margin.scroll(0, moved)
        else:
            self._margin.update(0, changed.y(), self._margin.width(), changed.height())

    def _indent(self) -> None:
        cursor = self.textCursor()
        if not cursor.hasSelection():
            if self._step == "\t":
                cursor.insertText("\t")
            else:
                at = cursor.positionInBlock()
                cursor.insertText(" " * (len(self._step) - at % len(self._step)))
            return
        self._on_lines(lambda cursor: cursor.insertText(self._step))

    def _dedent(self) -> None:
        def take(cursor: QTextCursor) -> None:
            text = cursor.block().text()
            count = len(text[: len(self._step)]) - len(text[: len(self._step)].lstrip(" \t"))
            if text.startswith("\t"):
                count = 1
            for _character in range(count):
                cursor.deleteChar()

        self._on_lines(take)

    def _on_lines(self, change: Callable[[QTextCursor], None]) -> None:
        """Do something at the beginning of each line that is chosen, as one step to undo."""
        cursor = self.textCursor()
        first = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(cursor.selectionEnd())
        begins_last = cursor.selectionEnd() == last.position()
        if cursor.hasSelection() and first != last and begins_last:
            last = last.previous()
        cursor.beginEditBlock()
        block: QTextBlock = first
        while block.isValid() and block.blockNumber() <= last.blockNumber():
            each = QTextCursor(block)
            change(each)
            block = block.next()
        cursor.endEditBlock()

    def _break_line(self) -> None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        kept = before[: len(before) - len(before.lstrip(" \t"))]
        deeper = self._step if before.rstrip().endswith(_OPENS) else ""
        cursor.insertText(f"\n{kept}{deeper}")
        self.setTextCursor(cursor)
        self.ensureCursorVisible()


class _Margin(QWidget):
    """Where the editor draws its line numbers."""

    def __init__(self, editor: SourceEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        """Be as wide as the longest number."""
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the editor draw, which knows the lines."""
        self._editor.paint_margin(event)

    def event(self, event: QEvent) -> bool:
        """Say what is wrong with the line under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self._editor.words_at(QPoint(0, event.pos().y()))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)


def _units(text: str, characters: int) -> int:
    """Return the length of the first characters as Qt counts: one beyond U+FFFF is two."""
    return len(text[:characters].encode("utf-16-le", "surrogatepass")) // 2


def _wave(severity: str) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    form.setUnderlineColor(_color(severity))
    return form


def _draw_sign(painter: QPainter, severity: str, top: int) -> None:
    """Draw a disc for an error and a triangle for a warning: not by colour alone."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_color(severity))
    if severity == "error":
        painter.drawEllipse(4, top, SIGN, SIGN)
    else:
        painter.drawPolygon(
            [QPoint(4 + SIGN // 2, top), QPoint(4 + SIGN, top + SIGN), QPoint(4, top + SIGN)]
        )
    painter.restore()


def _color(severity: str) -> QColor:
    return theme.color("danger" if severity == "error" else "warning")
