"""The Source tab's pixels: files in hand, problems, the strip."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
)

from widgets import theme
from widgets.inspector_state import SourceMark
from widgets.source_view import LIST_HEIGHT, LONGEST_SHOWN, MOST_COLORED, MOST_MARKS, SourceView

TEXT = '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n'


@pytest.fixture
def view(qtbot):
    view = SourceView()
    qtbot.addWidget(view)
    view.resize(540, 420)
    view.show()
    qtbot.waitExposed(view)
    view.show_files([("/x/proxy.json", "proxy.json"), ("/x/manifest.json", "manifest.json")])
    view.show_text("/x/proxy.json", TEXT, json=True, locked=False)
    return view


def part(view, kind, name):
    found = view.findChild(kind, name)
    assert found is not None, name
    return found


def editor(view):
    return part(view, QPlainTextEdit, "sourceEditor")


def rows(view):
    listed = part(view, QListWidget, "sourceProblems")
    return [listed.item(row).text() for row in range(listed.count())]


def mark(line, severity="error", text="It is wrong."):
    return SourceMark(line, 3, 3, severity, text)


def test_without_a_file_it_says_why(view):
    view.show_nothing("Nothing to edit.")
    assert part(view, QLabel, "sourceEmpty").isVisible()
    assert not editor(view).isVisible()
    assert view.front == ""
    view.focus_find()
    assert not part(view, QLineEdit, "sourceFind").isVisible()


def test_a_text_comes_back_as_it_was_shown(view):
    odd = 'a\u00a0b\n\tc\n\n"\u2028"'
    view.show_text("/x/proxy.json", odd, json=True, locked=False)
    assert view.text_of("/x/proxy.json") == odd


def test_an_edit_is_unsaved_until_it_is_undone_or_saved(qtbot, view):
    label, files = (
        part(view, QLabel, "sourceUnsavedLabel"),
        part(view, QComboBox, "sourceFileCombo"),
    )
    save = part(view, QPushButton, "saveSourceButton")
    assert (label.text(), save.isEnabled(), view.unsaved()) == ("", False, [])
    with qtbot.waitSignal(view.edited):
        qtbot.keyClicks(editor(view), "x")
    assert (label.text(), save.isEnabled(), view.unsaved()) == ("Unsaved", True, ["/x/proxy.json"])
    assert files.itemText(0) == "proxy.json •"
    editor(view).undo()
    assert (label.text(), files.itemText(0)) == ("", "proxy.json")
    qtbot.keyClicks(editor(view), "x")
    view.show_saved("/x/proxy.json")
    assert (label.text(), view.unsaved()) == ("", [])


def test_a_file_keeps_text_undo_and_cursor_while_another_is_in_front(qtbot, view):
    view.go_to(3, 3)
    qtbot.keyClicks(editor(view), "x")
    view.show_text("/x/manifest.json", "{}", json=True, locked=False)
    assert view.front == "/x/manifest.json"
    assert view.text_of("/x/manifest.json") == "{}"
    view.bring("/x/proxy.json")
    assert editor(view).textCursor().blockNumber() == 2
    editor(view).undo()
    assert view.text_of("/x/proxy.json") == TEXT
    assert part(view, QComboBox, "sourceFileCombo").currentIndex() == 0


def test_what_is_taken_over_from_disk_can_be_undone(qtbot, view):
    qtbot.keyClicks(editor(view), "mine")
    view.go_to(2, 3)
    view.replace_text("/x/proxy.json", "{\n}\n", locked=False)
    assert view.text_of("/x/proxy.json") == "{\n}\n"
    assert not view.is_unsaved("/x/proxy.json")
    editor(view).undo()
    assert view.text_of("/x/proxy.json") == f"mine{TEXT}"
    assert view.is_unsaved("/x/proxy.json")


def test_a_file_behind_is_replaced_and_let_go(view):
    view.show_text("/x/manifest.json", "{}", json=True, locked=False)
    view.replace_text("/x/proxy.json", "[]", locked=True)
    assert view.front == "/x/manifest.json"
    view.bring("/x/proxy.json")
    assert editor(view).isReadOnly()
    view.forget("/x/proxy.json")
    assert view.holds("/x/proxy.json")
    view.forget("/x/manifest.json")
    assert not view.holds("/x/manifest.json")
    view.show_nothing("")
    view.forget("/x/proxy.json")
    QApplication.sendPostedEvents()
    assert editor(view).toPlainText() == ""


def test_problems_are_listed_and_gone_to(qtbot, view):
    view.show_marks("/x/proxy.json", [mark(0, text="Somewhere."), mark(2), mark(4, "warning")])
    assert rows(view) == ["Somewhere.", "Line 2: It is wrong.", "Line 4: It is wrong."]
    listed = part(view, QListWidget, "sourceProblems")
    place = listed.visualItemRect(listed.item(2)).center()
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert editor(view).textCursor().blockNumber() == 3
    assert editor(view).textCursor().positionInBlock() == 2


def test_next_and_previous_problem_go_round(view):
    view.show_marks("/x/proxy.json", [mark(2), mark(4)])
    lines = []
    for step in (view.next_problem, view.next_problem, view.next_problem, view.previous_problem):
        step()
        lines.append(editor(view).textCursor().blockNumber() + 1)
    assert lines == [2, 4, 2, 4]
    assert part(view, QListWidget, "sourceProblems").currentRow() == 1


def test_without_a_problem_there_is_no_list_and_nowhere_to_go(view):
    view.show_marks("/x/proxy.json", [])
    view.next_problem()
    assert not part(view, QListWidget, "sourceProblems").isVisible()
    assert editor(view).textCursor().blockNumber() == 0


def test_many_and_long_problems_leave_room_for_the_text(view):
    marks = [mark(2, text="long " * 200) for _number in range(MOST_MARKS + 7)]
    view.show_marks("/x/proxy.json", marks)
    assert len(rows(view)) == MOST_MARKS + 1
    assert rows(view)[-1] == "… and 7 more"
    assert len(rows(view)[0]) < LONGEST_SHOWN + 20
    listed = part(view, QListWidget, "sourceProblems")
    assert listed.height() <= LIST_HEIGHT
    assert listed.item(0).toolTip() == "long " * 200


def test_marks_of_a_file_that_is_not_in_hand_are_left(view):
    view.show_marks("/x/gone.json", [mark(1)])
    assert rows(view) == []


def test_the_strip_offers_what_can_be_done(qtbot, view):
    view.show_strip("It was changed on disk.", "warning", [("reload", "Reload")])
    assert part(view, QFrame, "sourceStrip").isVisible()
    with qtbot.waitSignal(view.action_chosen) as told:
        part(view, QPushButton, "reloadSourceButton").click()
    assert told.args == ["reload"]
    view.show_strip("")
    assert not part(view, QFrame, "sourceStrip").isVisible()


def test_a_refusal_stands_in_place_of_the_text(view):
    view.show_refusal("/x/manifest.json", "It is too large.")
    assert editor(view).placeholderText() == "It is too large."
    assert editor(view).isReadOnly()
    assert part(view, QLabel, "sourceUnsavedLabel").text() == "Read-only"
    view.bring("/x/proxy.json")
    assert editor(view).placeholderText() == ""
    assert not editor(view).isReadOnly()


def test_find_opens_with_what_is_selected_and_closes_with_esc(qtbot, view):
    field = part(view, QLineEdit, "sourceFind")
    assert not field.isVisible()
    view.show_marks("/x/proxy.json", [mark(3)])
    editor(view).find('"b"')
    view.focus_find()
    assert field.isVisible()
    assert field.text() == '"b"'
    assert part(view, QLabel, "sourceFound").text() == "1 found"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()


def test_orders_are_signals(qtbot, view):
    qtbot.keyClicks(editor(view), "x")
    for signal, name in (
        (view.save_requested, "saveSourceButton"),
        (view.run_requested, "runSourceButton"),
    ):
        with qtbot.waitSignal(signal):
            part(view, QPushButton, name).click()
    view.show_busy(True)
    assert not part(view, QPushButton, "runSourceButton").isEnabled()
    view.show_busy(False)
    assert part(view, QPushButton, "runSourceButton").isEnabled()


def test_a_chosen_file_is_asked_for(qtbot, view):
    files = part(view, QComboBox, "sourceFileCombo")
    with qtbot.waitSignal(view.file_chosen) as told:
        files.activated.emit(1)
    assert told.args == ["/x/manifest.json"]


def test_a_result_is_shown_under_the_text(view):
    view.show_result("Saved.")
    assert part(view, QLabel, "sourceResult").isVisible()
    view.show_result("")
    assert not part(view, QLabel, "sourceResult").isVisible()


def key_color(view):
    block = editor(view).document().findBlockByNumber(1)
    formats = block.layout().formats()
    return formats[0].format.foreground().color().name() if formats else ""


def test_another_scheme_colours_the_text_anew(qapp, view):
    before = theme.current()
    try:
        for scheme in ("dark", "light"):
            theme.apply(qapp, scheme)
            assert key_color(view) == theme.colors(scheme)["accent"]
    finally:
        theme.apply(qapp, before)
        qapp.setStyleSheet("")


def test_only_a_text_of_some_size_is_coloured(view):
    view.show_text("/x/proxy.json", TEXT + " " * MOST_COLORED, json=True, locked=False)
    assert key_color(view) == ""
