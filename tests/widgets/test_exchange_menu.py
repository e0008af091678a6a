import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QListWidget, QMessageBox, QPushButton, QWidget

from widgets.exchange_menu import ACTIONS, ExchangeMenu, secrets_question


@pytest.fixture
def listed(qtbot):
    view = QListWidget()
    qtbot.addWidget(view)
    return view


def test_right_clicking_offers_every_action(listed):
    ExchangeMenu(listed, lambda: (3, 7))
    assert listed.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    assert [action.text() for action in listed.actions()] == list(ACTIONS.values())


@pytest.mark.parametrize("key", list(ACTIONS))
def test_an_action_is_asked_for_with_the_chosen_exchange(qtbot, listed, key):
    menu = ExchangeMenu(listed, lambda: (3, 7))
    with qtbot.waitSignal(menu.requested) as asked:
        listed.findChild(QAction, f"{key}Action").trigger()
    assert asked.args == [key, 3, 7]


def test_without_a_chosen_exchange_nothing_is_asked_for(qtbot, listed):
    menu = ExchangeMenu(listed, lambda: None)
    with qtbot.assertNotEmitted(menu.requested):
        listed.findChild(QAction, "urlAction").trigger()


def test_no_action_takes_the_key_that_the_window_has(listed):
    ExchangeMenu(listed, lambda: None)
    assert all(action.shortcut().isEmpty() for action in listed.actions())


def test_the_question_before_secrets_are_copied_is_answered_with_cancel_by_default(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    question = secrets_question(window, "Copy with the secrets of CRM: Authorization?")
    question.open()
    assert "Authorization" in question.text()
    assert question.defaultButton() is question.button(QMessageBox.StandardButton.Cancel)
    with qtbot.waitSignal(question.buttonClicked):
        qtbot.keyClick(question, Qt.Key.Key_Escape)


def test_the_other_answer_is_a_button_of_its_own(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    question = secrets_question(window, "Copy?")
    question.open()
    copy = question.findChild(QPushButton, "copySecretsButton")
    assert question.buttonRole(copy) == QMessageBox.ButtonRole.AcceptRole
    with qtbot.waitSignal(question.buttonClicked) as clicked:
        qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert clicked.args == [copy]
