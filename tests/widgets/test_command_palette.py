"""The command palette: type a part of a name, Enter runs the command."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QListWidget, QWidget

from widgets.command_palette import CommandPalette


@pytest.fixture
def done():
    return []


@pytest.fixture
def palette(qtbot, done):
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = []
    for name, keys in (("&Look up", "Ctrl+Return"), ("Run again", "Ctrl+R"), ("Quit", "")):
        action = QAction(name, owner)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False, name=name: done.append(name))
        actions.append(action)
    off = QAction("Look at nothing", owner)
    off.setEnabled(False)
    palette = CommandPalette([*actions, off], owner)
    palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    palette.open()
    yield palette  # not return: the owner must outlive the test
    owner.close()


def field_of(palette):
    return palette.findChild(QLineEdit, "paletteField")


def names(palette):
    listed = palette.findChild(QListWidget, "paletteList")
    return [listed.item(place).text() for place in range(listed.count())]


def test_every_enabled_command_is_listed_with_its_keys(palette):
    assert names(palette) == ["Look up    Ctrl+Return", "Run again    Ctrl+R", "Quit"]


def test_typing_narrows_by_any_part_of_the_name(qtbot, palette):
    qtbot.keyClicks(field_of(palette), "AGA run")
    assert names(palette) == ["Run again    Ctrl+R"]


def test_enter_runs_the_first_and_closes(qtbot, palette, done):
    qtbot.keyClicks(field_of(palette), "quit")
    qtbot.keyClick(field_of(palette), Qt.Key.Key_Return)
    assert done == ["Quit"]
    assert not palette.isVisible()


def test_arrows_choose_from_the_field_and_go_round(qtbot, palette, done):
    qtbot.keyClick(field_of(palette), Qt.Key.Key_Down)
    qtbot.keyClick(field_of(palette), Qt.Key.Key_Up)
    qtbot.keyClick(field_of(palette), Qt.Key.Key_Up)
    qtbot.keyClick(field_of(palette), Qt.Key.Key_Return)
    assert done == ["Quit"]


def test_activating_an_entry_runs_it(palette, done):
    listed = palette.findChild(QListWidget, "paletteList")
    listed.itemActivated.emit(listed.item(1))
    assert done == ["Run again"]


def test_no_hit_is_said_and_enter_then_does_nothing(qtbot, palette, done):
    qtbot.keyClicks(field_of(palette), "zzz")
    assert names(palette) == ["No command fits"]
    qtbot.keyClick(field_of(palette), Qt.Key.Key_Down)
    qtbot.keyClick(field_of(palette), Qt.Key.Key_Return)
    assert done == []
    assert palette.isVisible()


def test_escape_closes_without_running_anything(qtbot, palette, done):
    qtbot.keyClick(field_of(palette), Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert done == []
