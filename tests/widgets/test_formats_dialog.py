"""Three formats with previews."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from widgets.formats_dialog import FormatsDialog


@pytest.fixture
def owner(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    return owner


@pytest.fixture
def dialog(owner):
    dialog = FormatsDialog(owner)
    dialog.start(["(###) ###-####"], "(510) 309-7425")
    return dialog


def test_every_change_asks_for_a_preview(qtbot, dialog):
    with qtbot.waitSignal(dialog.preview_requested) as caught:
        qtbot.keyClicks(dialog.findChild(QLineEdit, "formatField_2"), "#")
    assert caught.args == [["(###) ###-####", "#", ""]]


def test_preview_shows_text_or_reason_and_nothing_for_an_empty_format(dialog):
    dialog.findChild(QLineEdit, "formatField_2").setText("#######")
    dialog.show_preview([("(510) 309-7425", True, ""), ("", False, "7 places"), ("", True, "")])
    shown = [dialog.findChild(QLabel, f"formatPreview_{n}").text() for n in (1, 2, 3)]
    assert shown == ["✓ (510) 309-7425", "Skipped: 7 places", ""]


def test_save_drops_empty_formats(qtbot, dialog):
    dialog.findChild(QLineEdit, "formatField_3").setText("+1##########")
    with qtbot.waitSignal(dialog.formats_saved) as caught:
        qtbot.mouseClick(
            dialog.findChild(QPushButton, "saveFormatsButton"), Qt.MouseButton.LeftButton
        )
    assert caught.args == [["(###) ###-####", "+1##########"]]


def test_learning_takes_the_place_of_the_dialog(qtbot, dialog):
    with qtbot.waitSignal(dialog.learn_requested):
        qtbot.mouseClick(
            dialog.findChild(QPushButton, "learnFormatsButton"), Qt.MouseButton.LeftButton
        )
    assert not dialog.isVisible()


def test_a_closed_dialog_is_not_kept(qtbot, owner, dialog):
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    assert owner.findChild(FormatsDialog) is None
