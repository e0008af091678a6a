"""The list of keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from widgets.shortcuts_dialog import MORE, ShortcutsDialog


@pytest.fixture
def dialog(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    keyed, bare = QAction("&Look up", owner), QAction("Reset layout", owner)
    keyed.setShortcut(QKeySequence("Ctrl+L"))
    dialog = ShortcutsDialog([keyed, bare], owner)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    dialog.open()
    yield dialog  # not return: the owner must outlive the test
    owner.close()


def words(dialog):
    return [label.text() for label in dialog.findChildren(QLabel)]


def test_commands_stand_beside_their_keys(dialog):
    assert {"Ctrl+L", "Look up"} <= set(words(dialog))


def test_a_command_without_keys_is_left_out(dialog):
    assert "Reset layout" not in words(dialog)


def test_keys_of_single_controls_are_listed_too(dialog):
    for keys, name in MORE:
        assert {keys, name} <= set(words(dialog))


def test_close_and_escape_close(qtbot, dialog):
    qtbot.mouseClick(dialog.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    dialog.open()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
