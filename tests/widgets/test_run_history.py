"""The run history: newest first, pinned runs stay, the chosen run narrows every tab."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QTableWidget

from widgets import run_history, theme
from widgets.inspector_state import RunRow
from widgets.run_history import COLUMNS, EMPTY, NUMBERS, OUTCOMES, RunHistory


def run(run_id, outcome="found", **changed):
    values = {
        "run_id": run_id,
        "time_text": "14:02",
        "operation": "findContact",
        "subject": "+15103097425",
        "outcome": outcome,
        "summary": "Anna Keller",
        "requests": 2,
        "ms": 41.6,
    }
    return RunRow(**values | changed)


@pytest.fixture
def history(qtbot):
    history = RunHistory()
    qtbot.addWidget(history)
    history.resize(1000, 260)
    history.show()
    return history


def table_of(history):
    return history.findChild(QTableWidget, "runHistory")


def button(history, name):
    return history.findChild(QPushButton, name)


def press(qtbot, history, name):
    qtbot.mouseClick(button(history, name), Qt.MouseButton.LeftButton)


def choose(qtbot, history, row, keys=Qt.KeyboardModifier.NoModifier):
    table = table_of(history)
    place = table.visualItemRect(table.item(row, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, place)


def choose_too(qtbot, history, row):
    choose(qtbot, history, row, Qt.KeyboardModifier.ControlModifier)


def texts(history, row=0):
    return [table_of(history).item(row, column).text() for column in range(len(COLUMNS))]


def runs(history):
    table = table_of(history)
    return [table.item(row, 0).data(Qt.ItemDataRole.UserRole) for row in range(table.rowCount())]


def test_an_empty_history_says_what_to_do(history):
    assert not table_of(history).isVisible()
    assert EMPTY in [label.text() for label in history.findChildren(QLabel) if label.isVisible()]
    history.show_run_row(run(1))
    assert table_of(history).isVisible()
    assert EMPTY not in [
        label.text() for label in history.findChildren(QLabel) if label.isVisible()
    ]


def test_a_run_in_words(history):
    history.show_run_row(run(1))
    assert texts(history) == [
        "● found",
        "14:02",
        "findContact",
        "+15103097425",
        "Anna Keller",
        "2",
        "42",
    ]


def test_the_newest_is_on_top(history):
    for number in (1, 2, 3):
        history.show_run_row(run(number))
    assert runs(history) == [3, 2, 1]


def test_a_running_run_has_no_numbers_yet_and_is_renewed_in_its_place(history):
    history.show_run_row(run(1, "running", requests=0, ms=None))
    history.show_run_row(run(2))
    assert texts(history, 1)[0] == "… running"
    assert texts(history, 1)[5:] == ["", ""]
    history.show_run_row(run(1, "none", requests=3, ms=12.0, summary="No contact"))
    assert runs(history) == [2, 1]
    assert texts(history, 1)[0] == "○ no match"
    assert texts(history, 1)[5:] == ["3", "12"]


def test_an_answer_from_the_cache_is_said(history):
    history.show_run_row(run(1, cached=True))
    assert texts(history)[4] == "Anna Keller (cached)"


def test_every_outcome_has_a_word_of_its_own(history):
    assert len({word for word, _tone in OUTCOMES.values()}) == len(OUTCOMES)
    for number, outcome in enumerate(OUTCOMES, start=1):
        history.show_run_row(run(number, outcome))
        assert texts(history)[0] == OUTCOMES[outcome][0]


def test_headings_stand_left_and_numbers_right(history):
    history.show_run_row(run(1))
    table = table_of(history)
    left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    assert table.horizontalHeader().defaultAlignment() & left
    for column in NUMBERS:
        assert table.horizontalHeaderItem(column).textAlignment() & right.value
        assert table.item(0, column).textAlignment() & right.value


def test_choosing_a_run_narrows_and_show_all_widens(qtbot, history):
    history.show_run_row(run(1))
    history.show_run_row(run(2))
    with qtbot.waitSignal(history.run_selected) as chosen:
        choose(qtbot, history, 1)
    assert chosen.args == [1]
    assert history.selected_run() == 1
    with qtbot.waitSignal(history.run_selected) as chosen:
        press(qtbot, history, "showAllRunsButton")
    assert chosen.args == [0]
    assert history.selected_run() == 0


def test_the_choice_survives_new_and_renewed_runs(qtbot, history):
    history.show_run_row(run(1, "running"))
    choose(qtbot, history, 0)
    with qtbot.assertNotEmitted(history.run_selected):
        history.show_run_row(run(2))
        history.show_run_row(run(1, "found"))
    assert history.selected_run() == 1


def test_buttons_need_a_chosen_run(qtbot, history):
    names = ("showAllRunsButton", "rerunButton", "pinRunButton")
    history.show_run_row(run(1))
    assert not any(button(history, name).isEnabled() for name in names)
    choose(qtbot, history, 0)
    assert all(button(history, name).isEnabled() for name in names)


def test_run_again(qtbot, history):
    history.show_run_row(run(7))
    choose(qtbot, history, 0)
    with qtbot.waitSignal(history.rerun_requested) as asked:
        press(qtbot, history, "rerunButton")
    assert asked.args == [7]


def test_pinned_runs_survive_clear(qtbot, history):
    for number in (1, 2, 3):
        history.show_run_row(run(number))
    choose(qtbot, history, 1)
    press(qtbot, history, "pinRunButton")
    assert button(history, "pinRunButton").text() == "Unpin"
    assert "📌" in texts(history, 1)[0]
    press(qtbot, history, "clearRunsButton")
    assert runs(history) == [2]
    assert history.selected_run() == 2
    press(qtbot, history, "pinRunButton")
    press(qtbot, history, "clearRunsButton")
    assert runs(history) == []


def test_clearing_away_the_chosen_run_shows_all_again(qtbot, history):
    history.show_run_row(run(1))
    choose(qtbot, history, 0)
    with qtbot.waitSignal(history.run_selected) as chosen:
        press(qtbot, history, "clearRunsButton")
    assert chosen.args == [0]
    assert not button(history, "rerunButton").isEnabled()
    assert not table_of(history).isVisible()


def test_beyond_the_limit_the_oldest_unpinned_run_goes(qtbot, history, monkeypatch):
    monkeypatch.setattr(run_history, "MAX_RUNS", 3)
    history.show_run_row(run(1))
    choose(qtbot, history, 0)
    press(qtbot, history, "pinRunButton")
    for number in (2, 3, 4, 5):
        history.show_run_row(run(number))
    assert runs(history) == [5, 4, 1]


def test_the_menu_of_a_chosen_run(qtbot, history):
    history.show_run_row(run(4))
    choose(qtbot, history, 0)
    table_of(history).customContextMenuRequested.emit(table_of(history).rect().center())
    menu = history.findChild(QMenu)
    qtbot.addWidget(menu)
    assert [action.text() for action in menu.actions()] == ["Run again", "Pin", "Show all runs"]
    with qtbot.waitSignal(history.rerun_requested) as asked:
        menu.actions()[0].trigger()
    assert asked.args == [4]


def test_two_runs_are_compared_the_earlier_one_first(qtbot, history):
    for number in (1, 2, 3):
        history.show_run_row(run(number))
    choose(qtbot, history, 0)
    assert not button(history, "compareRunsButton").isEnabled()
    choose_too(qtbot, history, 2)
    assert history.selected_runs() == [1, 3]
    assert history.selected_run() == 0
    with qtbot.waitSignal(history.compare_requested) as asked:
        press(qtbot, history, "compareRunsButton")
    assert asked.args == [1, 3]


def test_more_than_two_runs_cannot_be_compared(qtbot, history):
    for number in (1, 2, 3):
        history.show_run_row(run(number))
        choose_too(qtbot, history, 0)
    assert len(history.selected_runs()) == 3
    assert not button(history, "compareRunsButton").isEnabled()
    assert button(history, "showAllRunsButton").isEnabled()


def test_a_second_choice_leaves_the_tabs_at_the_first(qtbot, history):
    history.show_run_row(run(1))
    history.show_run_row(run(2))
    choose(qtbot, history, 0)
    with qtbot.assertNotEmitted(history.run_selected):
        choose_too(qtbot, history, 1)
        history.show_run_row(run(2, "none"))
        choose_too(qtbot, history, 1)
    assert not button(history, "compareRunsButton").isEnabled()
    with qtbot.waitSignal(history.run_selected) as chosen:
        choose(qtbot, history, 1)
    assert chosen.args == [1]


def test_the_menu_of_two_chosen_runs(qtbot, history):
    history.show_run_row(run(1))
    history.show_run_row(run(2))
    choose(qtbot, history, 0)
    choose_too(qtbot, history, 1)
    table_of(history).customContextMenuRequested.emit(table_of(history).rect().center())
    menu = history.findChild(QMenu)
    qtbot.addWidget(menu)
    assert [action.text() for action in menu.actions()] == ["Compare", "Show all runs"]
    with qtbot.waitSignal(history.compare_requested) as asked:
        menu.actions()[0].trigger()
    assert asked.args == [1, 2]


def test_the_outcomes_follow_a_change_of_the_theme(qapp, history):
    history.show_run_row(run(1))
    for scheme in ("dark", "light"):
        theme.apply(QApplication.instance(), scheme)
        shown = table_of(history).item(0, 0).foreground().color().name()
        assert shown == theme.colors(scheme)["success"]


def test_a_run_is_chosen_by_its_id_and_an_unknown_one_changes_nothing(qtbot, history):
    for run_id in (1, 2, 3):
        history.show_run_row(run(run_id))
    with qtbot.waitSignal(history.run_selected) as told:
        history.choose_run(2)
    assert told.args == [2]
    history.choose_run(99)
    assert history.selected_runs() == [2]


def test_the_version_of_a_run_is_told_on_demand(history):
    history.show_run_row(run(1, version="3fa91c"))
    history.show_run_row(run(2))
    table = table_of(history)
    assert table.item(1, 2).toolTip() == "findContact\nConnector version 3fa91c"
    assert table.item(0, 2).toolTip() == "findContact"
