"""Places of a text: found in a text that changes, beyond the basic plane too."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit

from widgets.find_bar import FindBar


@pytest.fixture
def bar(qtbot):
    text = QPlainTextEdit()
    bar = FindBar(text, "some")
    qtbot.addWidget(text)
    qtbot.addWidget(bar)
    bar.show()
    bar.text_edit = text
    return bar


def test_a_text_that_is_edited_is_searched_as_it_is_now(qtbot, bar):
    bar.text_edit.setPlainText("anna bernd")
    field = bar.findChild(QLineEdit, "someFind")
    field.setText("anna")
    found = bar.findChild(QLabel, "someFound")
    assert found.text() == "1 found"
    bar.text_edit.setPlainText("bernd 😀 anna and anna")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert found.text() == "1 of 2"
    assert bar.text_edit.textCursor().selectedText() == "anna"
    assert bar.text_edit.textCursor().selectionStart() == len("bernd 😀 ") + 1


def test_the_number_of_places_is_counted_anew_when_asked(bar):
    bar.text_edit.setPlainText("anna")
    bar.findChild(QLineEdit, "someFind").setText("bernd")
    found = bar.findChild(QLabel, "someFound")
    assert found.text() == "Not found"
    bar.text_edit.setPlainText("bernd")
    bar.look_again()
    assert found.text() == "1 found"


def test_the_field_takes_the_cursor_and_its_text_is_chosen(qtbot, bar):
    bar.findChild(QLineEdit, "someFind").setText("anna")
    bar.focus_find()
    assert bar.findChild(QLineEdit, "someFind").selectedText() == "anna"
