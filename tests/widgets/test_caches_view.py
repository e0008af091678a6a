"""The Caches tab: what each cache would answer, and the gestures that spoil it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableWidget,
    QWidget,
)

from widgets import theme
from widgets.caches_view import ALL, HINT, NO_ENTRY, NO_NUMBER, STATES, CachesView
from widgets.inspector_state import CacheEntry, CachesState


def entry(key="m", state="hit", **changed):
    values = {
        "key": key,
        "layer": "Account cache",
        "name": f"acc / crm / contact-{key}",
        "state": state,
        "age": "3 days ago",
        "lifetime": "3 months",
        "answer": "Ada · lead - 7",
        "shared": "every user of the account.",
        "meaning": "The CRM is not asked.",
        "actions": frozenset({"clear", "stale"}),
    }
    return CacheEntry(**values | changed)


STATE = CachesState(
    number="(415) 555-0132",
    of_number=(
        entry("a"),
        entry("b", "miss", layer="Chosen by name", answer="", age="", actions=frozenset()),
    ),
    entries=(entry("a"), entry("c", "expired", answer="nobody"), entry("d")),
)


@pytest.fixture
def view(qtbot):
    view = CachesView()
    qtbot.addWidget(view)
    view.resize(960, 560)
    view.show()
    return view


def table(view):
    return view.findChild(QTableWidget, "cachesTable")


def button(view, name):
    return view.findChild(QPushButton, f"{name}Button")


def meaning(view):
    return view.findChild(QLabel, "cacheMeaning").text()


def choose(view, row):
    table(view).selectRow(row)


def show_all(view):
    view.findChild(QComboBox, "cacheScopeCombo").setCurrentIndex(1)


def column(view, number):
    return [table(view).item(row, number).text() for row in range(table(view).rowCount())]


def empty_text(view):
    shown = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    return next((text for text in shown if text in {NO_NUMBER, NO_ENTRY} or "contains" in text), "")


def test_an_empty_tab_says_what_to_do(view):
    assert empty_text(view) == NO_NUMBER
    show_all(view)
    assert empty_text(view) == NO_ENTRY
    assert not table(view).isVisible()


def test_each_cache_of_the_number_is_a_row_the_empty_ones_too(view):
    view.show_caches(STATE)
    row = [table(view).item(0, place).text() for place in range(6)]
    assert row == [
        "Account cache",
        "● hit",
        "3 days ago",
        "3 months",
        "Ada · lead - 7",
        "acc / crm / contact-a",
    ]
    assert column(view, 1) == ["● hit", "○ miss"]
    combo = view.findChild(QComboBox, "cacheScopeCombo")
    assert [combo.itemText(0), combo.itemText(1)] == ["This number: (415) 555-0132", ALL]


def test_every_entry_of_every_number(view):
    view.show_caches(STATE)
    show_all(view)
    assert column(view, 1) == ["● hit", "◌ expired", "● hit"]


def test_a_row_tells_what_it_means_and_who_gets_it(view):
    view.show_caches(STATE)
    assert meaning(view) == HINT
    choose(view, 0)
    assert meaning(view) == (
        "Answers: Ada · lead - 7\nThe CRM is not asked.\nWho gets it: every user of the account."
    )
    choose(view, 1)
    assert meaning(view).startswith("The CRM is not asked.")


def test_only_what_can_be_done_is_offered(view):
    view.show_caches(STATE)
    names = ("clear", "stale", "nobody", "outdated")
    assert not any(button(view, f"{name}CacheEntry").isEnabled() for name in names)
    assert not button(view, "clearCacheLayer").isEnabled()
    choose(view, 0)
    offered = {name for name in names if button(view, f"{name}CacheEntry").isEnabled()}
    assert offered == {"clear", "stale"}
    assert button(view, "clearCacheLayer").isEnabled()


@pytest.mark.parametrize("name", ["clear", "stale"])
def test_an_action_names_its_entry(qtbot, view, name):
    view.show_caches(STATE)
    choose(view, 0)
    with qtbot.waitSignal(view.entry_action_requested) as asked:
        qtbot.mouseClick(button(view, f"{name}CacheEntry"), Qt.MouseButton.LeftButton)
    assert asked.args == [name, "a"]


def test_a_whole_cache_is_cleared_and_maintenance_needs_no_row(qtbot, view):
    view.show_caches(STATE)
    with qtbot.waitSignal(view.maintain_requested):
        qtbot.mouseClick(button(view, "maintainCaches"), Qt.MouseButton.LeftButton)
    choose(view, 1)
    with qtbot.waitSignal(view.clear_layer_requested) as asked:
        qtbot.mouseClick(button(view, "clearCacheLayer"), Qt.MouseButton.LeftButton)
    assert asked.args == ["Chosen by name"]


def test_the_menu_offers_the_same(qtbot, view):
    view.show_caches(STATE)
    choose(view, 0)
    table(view).customContextMenuRequested.emit(table(view).rect().center())
    menu = view.findChild(QMenu)
    qtbot.addWidget(menu)
    assert [action.text() for action in menu.actions()] == ["Clear", "Make stale"]
    with qtbot.waitSignal(view.entry_action_requested) as asked:
        menu.actions()[1].trigger()
    assert asked.args == ["stale", "a"]


def test_a_bypass_is_asked_for_and_goes_out_when_it_is_used_up(qtbot, view):
    local = view.findChild(QCheckBox, "bypassLocalCheck")
    account = view.findChild(QCheckBox, "bypassAccountCheck")
    with qtbot.waitSignal(view.bypass_local_changed) as asked:
        local.click()
    assert asked.args == [True]
    with qtbot.waitSignal(view.bypass_account_changed) as asked:
        account.click()
    assert asked.args == [True]
    with qtbot.assertNotEmitted(view.bypass_local_changed):
        view.show_caches(STATE)
    assert not local.isChecked()
    assert not account.isChecked()


def test_the_chosen_row_stays_chosen_when_the_caches_are_read_anew(view):
    view.show_caches(STATE)
    show_all(view)
    choose(view, 2)
    renewed = (entry("new"), *STATE.entries[:2], entry("d", meaning="It is older now."))
    view.show_caches(CachesState(entries=renewed))
    assert table(view).currentRow() == 3
    assert "It is older now." in meaning(view)
    view.show_caches(CachesState(entries=(entry("a"),)))
    assert meaning(view) == HINT
    assert not button(view, "clearCacheEntry").isEnabled()


def test_the_find_field_narrows_by_any_word(view):
    view.show_caches(STATE)
    show_all(view)
    field = view.findChild(QLineEdit, "cacheFilterField")
    field.setText("NOBODY")
    assert column(view, 4) == ["nobody"]
    field.setText("contact-d")
    assert column(view, 5) == ["acc / crm / contact-d"]
    field.setText("no such thing")
    assert empty_text(view) == "Nothing here contains “no such thing”."


def test_it_asks_for_the_present_state_when_it_is_shown(qtbot, view):
    view.hide()
    with qtbot.waitSignal(view.shown):
        view.show()


def test_what_was_done_is_said(view):
    view.show_done("The entry was removed.")
    assert view.findChild(QLabel, "cacheNote").text() == "The entry was removed."


def test_the_states_follow_a_change_of_the_theme(qapp, view):
    view.show_caches(STATE)
    for scheme in ("dark", "light"):
        theme.apply(QApplication.instance(), scheme)
        shown = table(view).item(0, 1).foreground().color().name()
        assert shown == theme.colors(scheme)[STATES["hit"][1]]


def test_no_button_is_cut_off_in_the_smallest_window(qapp, qtbot):
    theme.apply(qapp, "light")  # the style sheet gives buttons their padding
    try:
        room = QWidget()  # a part of the window: it may be made smaller than it wants
        qtbot.addWidget(room)
        view = CachesView(room)
        room.resize(556, 480)
        view.setGeometry(room.rect())
        room.show()
        for button in view.findChildren(QPushButton):
            assert button.width() >= button.sizeHint().width(), button.text()
    finally:
        qapp.setStyleSheet("")
