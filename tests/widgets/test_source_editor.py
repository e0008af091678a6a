"""The editor: keys that indent, a margin with numbers, marks that move with the text."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

from widgets import theme
from widgets.inspector_state import SourceMark
from widgets.source_editor import SourceEditor


@pytest.fixture
def editor(qtbot):
    editor = SourceEditor()
    qtbot.addWidget(editor)
    editor.resize(500, 300)
    editor.show()
    qtbot.waitExposed(editor)
    return editor


def take(editor, text, *, locked=False):
    document = QTextDocument(editor)
    document.setDocumentLayout(QPlainTextDocumentLayout(document))
    document.setPlainText(text)
    editor.edit(document, locked=locked)


def select(editor, start, end):
    cursor = editor.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def mark(line, column=1, length=1, severity="error", text="It is wrong."):
    return SourceMark(line, column, length, severity, text)


@pytest.mark.parametrize(
    ("text", "step"), [('{\n  "a": 1\n}', "  "), ("def f():\n    x", "    "), ("f\n\tx", "\t")]
)
def test_tab_indents_as_the_file_does(qtbot, editor, text, step):
    take(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.toPlainText() == step + text


def test_tab_goes_to_the_next_stop(qtbot, editor):
    take(editor, "abc\n    x")
    select(editor, 3, 3)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.toPlainText() == "abc \n    x"


def test_lines_are_indented_and_back_in_one_step_of_undo(qtbot, editor):
    text = '{\n  "a": 1,\n  "b": 2\n}'
    take(editor, text)
    select(editor, text.index('"a"'), text.index("}"))
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.toPlainText() == '{\n    "a": 1,\n    "b": 2\n}'
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.toPlainText() == text
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.toPlainText() == '{\n"a": 1,\n"b": 2\n}'
    editor.undo()
    editor.undo()
    editor.undo()
    assert editor.toPlainText() == text


def test_enter_keeps_the_indentation_and_goes_deeper_after_a_bracket(qtbot, editor):
    take(editor, '  "a": {')
    select(editor, 8, 8)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "1")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.toPlainText() == '  "a": {\n    1\n    '


def test_a_locked_text_takes_no_key_but_moves(qtbot, editor):
    take(editor, "ab\ncd", locked=True)
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_X):
        qtbot.keyClick(editor, key)
    assert editor.toPlainText() == "ab\ncd"
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert editor.textCursor().blockNumber() == 1


def waves(editor):
    style = QTextCharFormat.UnderlineStyle.WaveUnderline
    return [
        (each.cursor.selectedText(), each.format.underlineColor().name())
        for each in editor.extraSelections()
        if each.format.underlineStyle() == style
    ]


def test_a_mark_is_underlined_in_its_colour_and_signed(editor):
    take(editor, 'one\n"😀": two\nthree')
    editor.show_marks([mark(2, 6, 3), mark(3, 1, 5, "warning"), mark(3, 1, 1), mark(0), mark(9)])
    assert waves(editor) == [
        ("two", theme.color("danger").name()),
        ("three", theme.color("warning").name()),
        ("t", theme.color("danger").name()),
    ]
    assert editor.signs() == {2: "error", 3: "error"}


def test_a_mark_moves_with_its_line(qtbot, editor):
    take(editor, "one\ntwo")
    wrong = mark(2, 1, 3)
    editor.show_marks([wrong])
    select(editor, 0, 0)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.signs() == {3: "error"}
    assert editor.line_of(wrong) == 3
    assert editor.line_of(mark(2)) == 0
    editor.go_to_mark(wrong)
    assert editor.textCursor().blockNumber() == 2


def test_another_document_brings_no_marks_along(editor):
    take(editor, "one")
    editor.show_marks([mark(1)])
    take(editor, "two")
    assert editor.signs() == {}
    assert waves(editor) == []


def test_a_place_is_gone_to_also_behind_the_end(editor):
    take(editor, "one\n😀two")
    editor.go_to(2, 2)
    assert editor.textCursor().positionInBlock() == 2
    editor.go_to(99)
    assert editor.textCursor().blockNumber() == 1


def test_the_margin_grows_with_the_number_of_lines(editor):
    take(editor, "x")
    narrow = editor.margin_width()
    take(editor, "x\n" * 1000)
    assert editor.margin_width() > narrow
    assert editor.viewport().x() >= editor.margin_width()


def colors_of(editor, width):
    picture = editor.grab().toImage()
    return {picture.pixelColor(x, y).name() for x in range(width) for y in range(picture.height())}


def test_the_signs_are_drawn_in_the_margin(editor):
    take(editor, "one\ntwo")
    danger = theme.color("danger").name()
    assert danger not in colors_of(editor, 16)
    editor.show_marks([mark(2)])
    assert danger in colors_of(editor, 16)


def test_the_line_under_the_pointer_says_what_is_wrong(editor):
    take(editor, "one\ntwo")
    editor.show_marks([mark(1, text="First."), mark(1, text="Second."), mark(2, text="Other.")])
    assert editor.words_at(QPoint(2, 4)) == "First.\nSecond."
