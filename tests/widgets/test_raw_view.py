"""The Raw tab: an answer as JSON; what is cut in the view is copied whole."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QToolButton

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


def find(qtbot, view, wanted):
    view.focus_find()
    view.findChild(QLineEdit, "rawViewFind").setText(wanted)
    return view.findChild(QLabel, "rawViewFound")


def press(qtbot, view, *keys):
    said = []
    for modifier in keys:
        qtbot.keyClick(view.findChild(QLineEdit, "rawViewFind"), Qt.Key.Key_Return, modifier)
        said.append(view.findChild(QLabel, "rawViewFound").text())
    return said


def test_find_says_which_of_how_many_and_goes_both_ways(qtbot, view):
    view.show_text("Anna\nbernd\nanna and ANNA")
    assert find(qtbot, view, "anna").text() == "3 found"
    forth, back = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    assert press(qtbot, view, forth, forth, back, back, back) == [
        "1 of 3",
        "2 of 3",
        "1 of 3",
        "3 of 3",
        "2 of 3",
    ]
    assert text_of(view).textCursor().selectedText() == "anna"


def test_arrows_go_both_ways_too(qtbot, view):
    view.show_text("anna anna")
    found = find(qtbot, view, "anna")
    for name, said in (("Next", "1 of 2"), ("Next", "2 of 2"), ("Previous", "1 of 2")):
        qtbot.mouseClick(
            view.findChild(QToolButton, f"rawViewFind{name}"), Qt.MouseButton.LeftButton
        )
        assert found.text() == said


def test_what_is_not_there_is_said(qtbot, view):
    view.show_text("anna")
    found = find(qtbot, view, "keller")
    assert found.text() == "Not found"
    assert press(qtbot, view, Qt.KeyboardModifier.NoModifier) == ["Not found"]
    assert not view.findChild(QToolButton, "rawViewFindNext").isEnabled()
    find(qtbot, view, "")
    assert not found.isVisible()


def test_another_text_is_searched_anew(qtbot, view):
    view.show_text("anna anna")
    found = find(qtbot, view, "anna")
    press(qtbot, view, Qt.KeyboardModifier.NoModifier)
    view.show_text("anna")
    assert found.text() == "1 found"


def test_find_takes_every_character_as_it_is_and_counts_as_qt_does(qtbot, view):
    view.show_text("\U0001f600 a.b \U0001f600 axb a.b")
    find(qtbot, view, "A.B")
    forth = Qt.KeyboardModifier.NoModifier
    assert press(qtbot, view, forth, forth) == ["1 of 2", "2 of 2"]
    assert text_of(view).textCursor().selectedText() == "a.b"
    find(qtbot, view, "\U0001f600 a")
    press(qtbot, view, forth)
    assert text_of(view).textCursor().selectedText() == "\U0001f600 a"


def test_lines_are_coloured_when_they_come_into_view(view):
    view.show_json(list(range(5000)))
    view.grab()
    document, bar = text_of(view).document(), text_of(view).verticalScrollBar()
    last = document.findBlockByNumber(4990)
    assert document.findBlockByNumber(1).layout().formats()
    assert not last.layout().formats()
    bar.setValue(bar.maximum())
    view.grab()
    assert last.layout().formats()


def test_the_text_is_read_only_and_tab_leaves_it(qtbot, view):
    view.show_text("fixed")
    qtbot.keyClicks(text_of(view), "typed")
    assert view.text() == "fixed"
    assert text_of(view).tabChangesFocus()


def test_keys_texts_and_words_have_their_colours(view):
    view.show_text('{"key": "text", "other": true}')
    view.grab()
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
        view.grab()
        drawn.append({part.format.foreground().color().name() for part in block.layout().formats()})
    theme.apply(qapp, "light")
    assert drawn[0]
    assert drawn[0].isdisjoint(drawn[1])
