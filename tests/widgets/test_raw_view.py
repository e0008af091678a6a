"""The Raw tab: an answer as JSON; what is cut in the view is copied whole."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton

from widgets import theme
from widgets.raw_view import LONGEST_WRAPPED, MAX_CHARACTERS, RawView, TextPane


@pytest.fixture
def view(qtbot):
    view = RawView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    return view


def text_of(view):
    return view.findChild(QPlainTextEdit, "rawView")


def copied(qtbot, view):
    qtbot.mouseClick(view.findChild(QPushButton, "rawViewCopy"), Qt.MouseButton.LeftButton)
    return QGuiApplication.clipboard().text()


def test_an_empty_view_says_what_comes_here(view):
    assert view.text() == ""
    assert text_of(view).placeholderText().startswith("Nothing yet.")


def test_json_is_indented_and_keeps_its_letters_and_order(view):
    view.show_json({"name": "Zoë Müller", "id": 3, "none": None})
    assert view.text() == '{\n  "name": "Zoë Müller",\n  "id": 3,\n  "none": null\n}'


def test_what_json_does_not_know_is_shown_as_text(view):
    view.show_json({"kind": complex(1, 2)})
    assert json.loads(view.text()) == {"kind": "(1+2j)"}


def test_each_answer_replaces_the_one_before(view):
    view.show_json([1])
    view.show_json([2])
    assert json.loads(view.text()) == [2]


def test_copy_takes_what_is_shown(qtbot, view):
    view.show_json({"a": 1})
    assert copied(qtbot, view) == view.text()


def test_a_huge_text_is_cut_and_says_so_but_copy_takes_all(qtbot, view):
    whole = "y" * (MAX_CHARACTERS + 1_234)
    view.show_text(whole)
    assert view.text().endswith("\n… 1,234 more characters; Copy takes them all.")
    assert copied(qtbot, view) == whole


def test_a_text_at_the_limit_is_shown_whole(view):
    view.show_text("y" * MAX_CHARACTERS)
    assert view.text() == "y" * MAX_CHARACTERS


def test_only_a_line_too_long_to_wrap_in_time_is_not_wrapped(view):
    mode = QPlainTextEdit.LineWrapMode
    view.show_text("y" * (LONGEST_WRAPPED + 1))
    assert text_of(view).lineWrapMode() == mode.NoWrap
    view.show_text("short")
    assert text_of(view).lineWrapMode() == mode.WidgetWidth


def test_find_goes_round(qtbot, view):
    view.show_text("anna\nbernd\nanna")
    view.focus_find()
    field = view.findChild(QLineEdit, "rawViewFind")
    qtbot.keyClicks(field, "anna")
    places = []
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Return)
        places.append(text_of(view).textCursor().blockNumber())
    assert places == [0, 2, 0]


def test_the_text_is_read_only_and_tab_leaves_it(qtbot, view):
    view.show_text("fixed")
    qtbot.keyClicks(text_of(view), "typed")
    assert view.text() == "fixed"
    assert text_of(view).tabChangesFocus()


def test_keys_texts_and_words_have_their_colours(view):
    view.show_text('{"key": "text", "other": true}')
    colors = theme.colors(theme.current())
    formats = text_of(view).document().firstBlock().layout().formats()
    drawn = {
        view.text()[part.start : part.start + part.length]: part.format.foreground().color()
        for part in formats
    }
    assert drawn['"key"'] == QColor(colors["accent"])
    assert drawn['"text"'] == QColor(colors["success"])
    assert drawn["true"] == QColor(colors["warning"])


def test_a_pane_is_named_in_words(qtbot):
    pane = TextPane("bodyText", "Choose one.", "Body of the request")
    qtbot.addWidget(pane)
    assert pane.findChild(QPlainTextEdit, "bodyText").accessibleName() == "Body of the request"


def test_the_text_takes_the_colours_of_another_scheme(qapp, view):
    theme.apply(qapp, "light")
    view.show_json({"name": "Ada"})
    block = view.findChild(QPlainTextEdit, "rawView").document().findBlockByNumber(1)
    drawn = []
    for scheme in ("light", "dark"):
        theme.apply(qapp, scheme)
        drawn.append({part.format.foreground().color().name() for part in block.layout().formats()})
    theme.apply(qapp, "light")
    assert drawn[0]
    assert drawn[0].isdisjoint(drawn[1])
