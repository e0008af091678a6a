"""The frame: panes, menus, keys, state and layout."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QTabWidget,
    QToolButton,
    QWidget,
)

from widgets import theme
from widgets.command_palette import CommandPalette
from widgets.main_window import STATES, TABS, MainWindow
from widgets.phone_panel import PhonePanel
from widgets.shortcuts_dialog import ShortcutsDialog


@pytest.fixture
def window(qtbot):
    window = MainWindow(PhonePanel())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def action(window, name):
    (found,) = [each for each in window._actions if each.text() == name]
    return found


def splitters(window):
    return window._sides, window._floors


def settle(window):
    """Fit the window to the screen, which may be smaller, as restoring it will."""
    window.restore_layout(window.save_layout())


def sizes(window):
    return [splitter.sizes() for splitter in splitters(window)]


@pytest.mark.parametrize("state", list(STATES))
def test_the_state_is_a_property_and_words(window, state):
    window.set_bench_state(state)
    assert window.property("benchState") == state
    assert window.findChild(QLabel, "stateLabel").text() == STATES[state]


def test_it_starts_idle_and_an_unknown_state_changes_nothing(window):
    with pytest.raises(KeyError):
        window.set_bench_state("asleep")
    assert window.property("benchState") == "idle"


def test_the_title_names_the_connector(window):
    window.show_connector("Insightly")
    assert window.windowTitle() == "Insightly - Callbench"
    window.show_connector("Insightly", "reloaded 14:02:11 3fa91c")
    assert window.windowTitle() == "Insightly - reloaded 14:02:11 3fa91c - Callbench"
    window.show_connector("")
    assert window.windowTitle() == "Callbench"


def test_tabs_come_to_the_front_by_name_and_by_menu(window):
    tabs = window.findChild(QTabWidget, "inspectorTabs")
    assert [tabs.tabText(place) for place in range(tabs.count())] == list(TABS)
    assert tabs.currentWidget() is window.match
    for name, view in (("Raw", window.raw), ("Network", window.network)):
        action(window, f"Show {name}").trigger()
        assert tabs.currentWidget() is view
    window.show_tab("No such tab")
    assert tabs.currentWidget() is window.network


def test_a_tab_can_be_added(qtbot, window):
    window.add_tab("Sandbox", QLabel("page"))
    window.show_tab("Sandbox")
    assert window.findChild(QTabWidget, "inspectorTabs").currentIndex() == len(TABS)


def test_an_error_stays_until_it_is_dismissed(qtbot, window):
    banner = window.findChild(QFrame, "errorBanner")
    assert not banner.isVisible()
    window.show_error("The CRM refused the key. Enter a new one.")
    assert banner.isVisible()
    texts = [label.text() for label in banner.findChildren(QLabel)]
    assert texts == ["The CRM refused the key. Enter a new one."]
    window.clear_error()
    assert not banner.isVisible()
    window.show_error("The CRM refused the key. Enter a new one.")
    qtbot.mouseClick(banner.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("Look up", "look_up_requested"),
        ("Run again", "replay_requested"),
        ("Cancel", "cancel_requested"),
        ("Go to phone number", "focus_number_requested"),
        ("Import HAR", "import_har_requested"),
        ("Export HAR", "export_har_requested"),
        ("Copy request as cURL", "copy_curl_requested"),
        ("Reload the connector", "reload_requested"),
    ],
)
def test_commands_only_ask(qtbot, window, name, signal):
    with qtbot.waitSignal(getattr(window, signal)):
        action(window, name).trigger()


def test_running_again_after_a_reload_is_a_choice(qtbot, window):
    choice = action(window, "Run the last lookup again after a reload")
    assert choice.isCheckable()
    assert not choice.isChecked()
    with qtbot.waitSignal(window.rerun_after_reload_changed) as told:
        choice.trigger()
    assert told.args == [True]
    window.show_rerun_after_reload(on=False)
    assert not choice.isChecked()


def test_a_note_stands_in_the_status_bar_for_a_while(window):
    window.show_note("Copied the URL.")
    assert window.statusBar().currentMessage() == "Copied the URL."


def test_the_tab_in_front_is_known_by_its_name(window):
    assert window.current_tab() == "Match"
    window.show_tab("Timeline")
    assert window.current_tab() == "Timeline"


def test_commands_of_the_top_bar(qtbot, window):
    with qtbot.waitSignal(window.top_bar.formats_requested):
        action(window, "Phone formats").trigger()
    with qtbot.waitSignal(window.top_bar.open_crm_page_requested):
        action(window, "Open CRM page").trigger()


def test_no_two_commands_share_a_key(window):
    keys = [each.shortcut().toString() for each in window._actions if not each.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))


def test_the_other_colour_scheme_is_asked_for(qtbot, window):
    other = "light" if theme.current() == "dark" else "dark"
    with qtbot.waitSignal(window.scheme_requested) as asked:
        action(window, "Light or dark").trigger()
    assert asked.args == [other]


def test_the_palette_lists_the_menus_and_runs_one(qtbot, window):
    window.open_palette()
    palette = window.findChild(CommandPalette)
    field = palette.findChild(QLineEdit, "paletteField")
    qtbot.keyClicks(field, "look up")
    with qtbot.waitSignal(window.look_up_requested):
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_the_shortcuts_window_lists_every_key(window):
    window.open_shortcuts()
    dialog = window.findChild(ShortcutsDialog)
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    for each in window._actions:
        if not each.shortcut().isEmpty():
            assert {each.shortcut().toString(), each.text()} <= shown
    dialog.reject()


def test_a_layout_is_saved_and_restored(window):
    settle(window)
    first = sizes(window)
    window._sides.setSizes([520, 800])
    window._floors.setSizes([400, 300])
    changed, saved = sizes(window), window.save_layout()
    assert changed != first
    window.reset_layout()
    assert sizes(window) != changed
    window.restore_layout(saved)
    assert sizes(window) == changed


@pytest.mark.parametrize("rubbish", [b"", b"x", b"\xff" * 40, bytes(64)])
def test_a_layout_that_is_none_is_ignored(window, rubbish):
    before = sizes(window)
    window.restore_layout(rubbish)
    assert sizes(window) == before


def test_no_pane_can_be_dragged_to_nothing(window):
    for splitter in splitters(window):
        for wanted in ([0, 10_000], [10_000, 0]):
            splitter.setSizes(wanted)
            assert min(splitter.sizes()) > 0
    assert not any(splitter.childrenCollapsible() for splitter in window.findChildren(QSplitter))


def test_presentation_mode_leaves_only_the_phone_and_comes_back(window):
    toggle = action(window, "Presentation mode")
    before = sizes(window)
    toggle.trigger()
    assert window.phone.isVisible()
    assert not window.match.isVisible()
    assert not window.run_history.isVisible()
    toggle.trigger()
    assert window.match.isVisible()
    assert window.run_history.isVisible()
    assert sizes(window) == before


def test_closing_in_presentation_mode_keeps_the_pane_sizes(window):
    settle(window)
    before, saved = sizes(window), window.save_layout()
    action(window, "Presentation mode").trigger()
    assert window.save_layout() == saved
    action(window, "Reset layout").trigger()
    assert window.match.isVisible()
    window.restore_layout(saved)
    assert sizes(window) == before


def test_find_goes_to_the_tab_in_front(window):
    window.activateWindow()
    for name, field in (
        ("Console", "consoleFind"),
        ("Network", "networkFilter"),
        ("Caches", "cacheFilterField"),
        ("Raw", "rawViewFind"),
    ):
        window.show_tab(name)
        action(window, "Find in this tab").trigger()
        assert window.focusWidget().objectName() == field


def test_panes_are_reached_in_turn(window):
    window.activateWindow()
    panes = (window.top_bar, window.phone, window._tabs, window.run_history)
    window.top_bar.show_connections([("a", "Insightly")], "a")
    reached = []
    for _ in panes:
        action(window, "Next pane").trigger()
        focus = QApplication.focusWidget()
        reached += [place for place, pane in enumerate(panes) if pane.isAncestorOf(focus)]
    assert len(reached) == 4
    assert [place - reached[0] for place in reached] in (
        [0, 1, 2, 3],
        [0, 1, 2, -1],
        [0, 1, -2, -1],
        [0, -3, -2, -1],
    )


def test_the_find_field_of_the_source_opens_when_there_is_one(window):
    window.show_tab("Source")
    window.source.show_files([("x", "proxy.json")])
    window.source.show_text("x", "{}", json=True, locked=False)
    action(window, "Find in this tab").trigger()
    assert window.findChild(QLineEdit, "sourceFind").isVisible()


@pytest.mark.parametrize(
    ("name", "signal"),
    [("Save source", "save_requested"), ("Save source and run", "run_requested")],
)
def test_commands_for_the_source_go_to_its_tab(qtbot, window, name, signal):
    with qtbot.waitSignal(getattr(window.source, signal)):
        action(window, name).trigger()


def test_look_up_in_the_source_is_save_and_run(qtbot, window):
    window.activateWindow()
    window.show_tab("Source")
    window.source.show_files([("x", "proxy.json")])
    window.source.show_text("x", "{}", json=True, locked=False)
    window.source.go_to(1)
    with (
        qtbot.assertNotEmitted(window.look_up_requested),
        qtbot.waitSignal(window.source.run_requested),
    ):
        action(window, "Look up").trigger()


def test_the_next_problem_brings_its_tab_to_the_front(window):
    for name in ("Next problem in the source", "Previous problem in the source"):
        window.show_tab("Raw")
        action(window, name).trigger()
        assert window.current_tab() == "Source"


def test_all_tabs_fit_into_the_smallest_window(qapp, window):
    before = theme.current()
    try:
        theme.apply(qapp, before)
        window.resize(960, 744)
        window.reset_layout()
        for name in TABS:
            window.show_tab(name)
            bar = window._tabs.tabBar()
            assert bar.tabRect(bar.count() - 1).right() <= window._tabs.width()
            assert bar.tabRect(0).left() >= 0
    finally:
        qapp.setStyleSheet("")


def test_tabs_beyond_the_room_are_reached_by_arrows_and_by_name(qtbot, window):
    window.resize(960, 744)
    window.reset_layout()
    for name in ("Scenarios", "Zusammenfassung"):
        window.add_tab(name, QLabel("page"))
    bar = window._tabs.tabBar()
    assert window.width() == 960
    window.show_tab("Zusammenfassung")
    assert bar.visibleRegion().contains(bar.tabRect(bar.count() - 1).center())
    left = bar.findChild(QToolButton, "ScrollLeftButton")
    while left.isEnabled():
        qtbot.mouseClick(left, Qt.MouseButton.LeftButton)
    assert bar.visibleRegion().contains(bar.tabRect(0).center())
    assert window.current_tab() == "Zusammenfassung"


def test_an_error_is_taken_away_when_it_is_mended(window):
    window.show_error("It is broken.")
    window.clear_error()
    assert not window.findChild(QFrame, "errorBanner").isVisible()


def test_closing_waits_for_an_answer(qtbot, window):
    window.ask_before_closing = lambda: False
    with qtbot.assertNotEmitted(window.closed):
        window.close()
    assert window.isVisible()
    window.ask_before_closing = lambda: True
    with qtbot.waitSignal(window.closed):
        window.close()


def test_closing_is_told(qtbot, window):
    with qtbot.waitSignal(window.closed):
        window.close()


def test_every_control_has_a_name_for_screen_readers(window):
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, QPlainTextEdit, QTabWidget)
    nameless = [
        widget.objectName() or type(widget).__name__
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(widget.parentWidget().parentWidget(), QComboBox)  # Qt's own pop-up
        and not widget.accessibleName()
    ]
    assert nameless == []


def test_the_smallest_window_has_room_for_every_part(window):
    needed, smallest = window.minimumSizeHint(), window.minimumSize()
    assert smallest.width() >= needed.width()
    assert smallest.height() >= needed.height()
