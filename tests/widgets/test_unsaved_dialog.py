"""What to do with edits that are not saved."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from widgets.unsaved_dialog import UnsavedDialog


@pytest.fixture
def dialog(qtbot):
    dialog = UnsavedDialog(["proxy.json", "manifest.json"])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_it_names_the_files(dialog):
    assert dialog.text() == "proxy.json, manifest.json have changes that are not saved."


@pytest.mark.parametrize(
    ("button", "expected"), [("Save", ["save"]), ("Discard", ["discard"]), ("Cancel", [])]
)
def test_the_answer_is_told(dialog, button, expected):
    told = []
    dialog.save_chosen.connect(lambda: told.append("save"))
    dialog.discard_chosen.connect(lambda: told.append("discard"))
    dialog.button(QMessageBox.StandardButton[button]).click()
    assert told == expected


def test_esc_changes_nothing(qtbot, dialog):
    told = []
    dialog.save_chosen.connect(lambda: told.append("save"))
    dialog.discard_chosen.connect(lambda: told.append("discard"))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert told == []
