"""The bar on top: connection, mode, formats, the loaded connector."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from widgets import theme
from widgets.load_problem import LoadProblem
from widgets.top_bar import MODES, TopBar


@pytest.fixture
def bar(qtbot):
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.show()
    return bar


def combo_of(bar):
    return bar.findChild(QComboBox, "connectionCombo")


def badge_of(bar):
    return bar.findChild(QLabel, "modeBadge")


def test_the_current_connection_is_shown_without_asking_for_it(qtbot, bar):
    with qtbot.assertNotEmitted(bar.connection_selected):
        bar.show_connections([("a", "Insightly sandbox"), ("b", "Bullhorn")], "b")
    assert combo_of(bar).currentText() == "Bullhorn"
    assert combo_of(bar).isEnabled()


def test_a_connection_is_chosen_with_the_keyboard(qtbot, bar):
    bar.show_connections([("a", "Insightly sandbox"), ("b", "Bullhorn")], "a")
    with qtbot.waitSignal(bar.connection_selected) as chosen:
        qtbot.keyClick(combo_of(bar), Qt.Key.Key_Down)
    assert chosen.args == ["b"]


def test_without_connections_the_bar_says_so(bar):
    bar.show_connections([], "")
    assert combo_of(bar).currentText() == "No connection"
    assert not combo_of(bar).isEnabled()


@pytest.mark.parametrize("mode", list(MODES))
def test_the_mode_is_said_in_words_too(bar, mode):
    bar.show_mode(mode)
    assert badge_of(bar).isVisible()
    assert badge_of(bar).text() == mode
    assert badge_of(bar).property("tone") == MODES[mode][0]
    assert badge_of(bar).accessibleName() == f"Mode {mode}. {MODES[mode][1]}"


def test_live_does_not_look_like_sandbox():
    assert MODES["LIVE"][0] == "danger" != MODES["SANDBOX"][0]


@pytest.mark.parametrize(("mode", "shown"), [("SANDBOX", True), ("LIVE", False), ("REPLAY", False)])
def test_only_the_sandbox_has_a_page(bar, mode, shown):
    bar.show_mode(mode)
    assert bar.findChild(QPushButton, "crmPageButton").isVisible() is shown


def test_formats_are_counted_and_listed(bar):
    button = bar.findChild(QPushButton, "formatsButton")
    assert button.text() == "Formats: none"
    bar.show_formats(["(***) ***-****", "***-***-****"])
    assert button.text() == "Formats: 2"
    assert button.toolTip() == "(***) ***-****\n***-***-****"
    bar.show_formats([])
    assert button.text() == "Formats: none"


def test_the_loaded_version_is_shown(bar):
    bar.show_loaded("reloaded 14:02:11 3fa91c")
    assert bar.findChild(QLabel, "loadedLabel").text() == "reloaded 14:02:11 3fa91c"


def test_everything_has_its_room_in_the_smallest_window(bar, qapp):
    theme.apply(qapp, "light")
    bar.show_connections([("a", "A connection with a very long name indeed")], "a")
    bar.show_mode("SANDBOX")
    bar.show_formats([])
    bar.show_loaded("reloaded 14:02:11 3fa91c")
    bar.show_load_problem("Version 3fa91c goes on: " + "a long story " * 40)
    assert bar.minimumSizeHint().width() <= 960


def test_why_the_files_cannot_be_loaded_is_shown_and_asked_for(qtbot, bar):
    strip = bar.findChild(LoadProblem, "loadProblem")
    assert not strip.isVisible()
    bar.show_load_problem("Version 3fa91c goes on: small.py:3: invalid syntax.")
    assert strip.isVisible()
    with qtbot.waitSignal(bar.load_problem_requested):
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton)
    bar.show_load_problem("")
    assert not strip.isVisible()


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("formatsButton", "formats_requested"),
        ("crmPageButton", "open_crm_page_requested"),
        ("paletteButton", "palette_requested"),
    ],
)
def test_each_button_asks_for_its_thing(qtbot, bar, name, signal):
    bar.show_mode("SANDBOX")
    with qtbot.waitSignal(getattr(bar, signal)):
        qtbot.mouseClick(bar.findChild(QPushButton, name), Qt.MouseButton.LeftButton)
