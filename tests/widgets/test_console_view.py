"""The Console tab: lines of all runs or of one, a limit that is told, search."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton

from widgets import theme
from widgets.console_view import EMPTY, MAX_ROWS, SIGNS, ConsoleView
from widgets.inspector_state import ConsoleRow


def row(text, run_id=1, kind="out"):
    return ConsoleRow(run_id, "14:02:01", kind, text)


@pytest.fixture
def view(qtbot):
    view = ConsoleView()
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    return view


def lines_of(view):
    return view.findChild(QPlainTextEdit, "console")


def note_of(view):
    return next(
        label.text()
        for label in view.findChildren(QLabel)
        if label.accessibleName() == "What the console shows"
    )


def test_an_empty_console_says_what_to_do(view):
    assert view.text() == ""
    assert lines_of(view).placeholderText() == EMPTY
    assert note_of(view) == ""


@pytest.mark.parametrize("kind", list(SIGNS))
def test_each_kind_has_a_sign_besides_its_colour(view, kind):
    view.append_rows([row("text", kind=kind)])
    assert view.text() == f"14:02:01 {SIGNS[kind]} text"


def test_signs_differ():
    assert len(set(SIGNS.values())) == len(SIGNS)


def test_lines_stay_in_their_order(view):
    view.append_rows([row("one"), row("two")])
    view.append_rows([row("three")])
    assert [line.split()[-1] for line in view.text().splitlines()] == ["one", "two", "three"]


def test_one_run_only_and_all_again(view):
    view.append_rows([row("first", 1), row("second", 2)])
    view.show_run(2)
    assert "second" in view.text()
    assert "first" not in view.text()
    assert note_of(view) == "Run 2 only"
    view.append_rows([row("other", 1), row("more", 2)])
    assert "other" not in view.text()
    assert "more" in view.text()
    view.show_run(None)
    assert [line.split()[-1] for line in view.text().splitlines()] == [
        "first",
        "second",
        "other",
        "more",
    ]
    assert note_of(view) == ""


def test_a_run_without_output_is_told_apart_from_an_empty_console(view):
    view.append_rows([row("first", 1)])
    view.show_run(7)
    assert lines_of(view).placeholderText().startswith("Run 7 printed nothing")
    view.show_run(None)
    assert lines_of(view).placeholderText() == EMPTY


def test_the_oldest_lines_go_and_that_is_said(view):
    view.append_rows([row(f"line{number}") for number in range(MAX_ROWS)])
    assert note_of(view) == ""
    view.append_rows([row(f"late{number}") for number in range(3)])
    assert lines_of(view).blockCount() == MAX_ROWS
    assert "line2\n" not in view.text()
    assert view.text().splitlines()[0].endswith("line3")
    assert view.text().endswith("late2")
    assert note_of(view) == "3 older lines dropped"


def test_one_burst_beyond_the_limit_keeps_its_end(view):
    view.append_rows([row(f"line{number}") for number in range(MAX_ROWS + 10)])
    assert view.text().endswith(f"line{MAX_ROWS + 9}")
    assert note_of(view) == "10 older lines dropped"


def test_clear_forgets_lines_and_the_count_of_dropped_ones(qtbot, view):
    view.append_rows([row("x") for _ in range(MAX_ROWS + 1)])
    qtbot.mouseClick(view.findChild(QPushButton, "clearConsoleButton"), Qt.MouseButton.LeftButton)
    assert view.text() == ""
    assert note_of(view) == ""
    view.show_run(1)
    assert view.text() == ""


def test_follows_the_end_unless_the_user_has_scrolled_up(view):
    view.append_rows([row(f"line{number}") for number in range(200)])
    bar = lines_of(view).verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.setValue(10)
    view.append_rows([row("late")])
    assert bar.value() == 10


def test_find_goes_round(qtbot, view):
    view.append_rows([row("anna"), row("bernd"), row("anna")])
    view.focus_find()
    field = view.findChild(QLineEdit, "consoleFind")
    qtbot.keyClicks(field, "anna")
    cursor = lines_of(view).textCursor
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (cursor().selectedText(), cursor().blockNumber()) == ("anna", 0)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert cursor().blockNumber() == 2
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert cursor().blockNumber() == 0


def test_find_without_a_hit_changes_nothing(qtbot, view):
    view.append_rows([row("anna")])
    field = view.findChild(QLineEdit, "consoleFind")
    field.setText("zoe")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not lines_of(view).textCursor().hasSelection()


def test_the_text_cannot_be_typed_into_and_tab_leaves_it(qtbot, view):
    view.append_rows([row("fixed")])
    before = view.text()
    qtbot.keyClicks(lines_of(view), "typed")
    assert view.text() == before
    assert lines_of(view).tabChangesFocus()


@pytest.fixture
def schemes(qapp):
    yield lambda scheme: theme.apply(qapp, scheme)
    theme.apply(qapp, "light")


def test_lines_take_the_colours_of_another_scheme(schemes, view):
    schemes("light")
    view.append_rows([row("boom", kind="error")])
    drawn = []
    for scheme in ("light", "dark"):
        schemes(scheme)
        fragment = lines_of(view).document().lastBlock().textFormats()[-1]
        drawn.append(fragment.format.foreground().color().name())
    assert drawn == [theme.colors(scheme)["danger"] for scheme in ("light", "dark")]
