"""The card over the pages while a call runs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from widgets.call_card import CallCard
from widgets.page_state import CallCardState

RINGING = CallCardState("inbound", "Anna Keller", "(510) 309-7425", "Ringing", ringing=True)


@pytest.fixture
def card(qtbot):
    card = CallCard()
    qtbot.addWidget(card)
    return card


def test_hidden_until_a_call_and_after_it(card):
    assert card.isHidden()
    card.show_call(RINGING)
    assert card.isVisible()
    card.clear()
    assert card.isHidden()


def test_incoming_can_be_answered_or_declined(qtbot, card):
    card.show_call(RINGING)
    answer = card.findChild(QPushButton, "answerButton")
    hang_up = card.findChild(QPushButton, "hangUpButton")
    assert hang_up.text() == "Decline"
    with qtbot.waitSignal(card.answer_requested):
        qtbot.mouseClick(answer, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(card.hang_up_requested):
        qtbot.mouseClick(hang_up, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(("direction", "ringing"), [("inbound", False), ("outbound", True)])
def test_no_answer_button_otherwise(card, direction, ringing):
    card.show_call(CallCardState(direction, "x", "x", "", ringing=ringing))
    assert card.findChild(QPushButton, "answerButton").isHidden()
    assert card.findChild(QPushButton, "hangUpButton").text() == "Hang up"


def test_a_long_name_is_kept_whole_where_it_can_be_read(card):
    name = "Wolfgang-Maximilian von und zu Hohenzollern-Sigmaringen"
    card.show_call(CallCardState("inbound", name, "(510) 309-7425", "Ringing", ringing=True))
    (title,) = [each for each in card.findChildren(QLabel) if each.text() == name]
    assert title.toolTip() == name
    card.resize(240, 120)
    assert title.geometry().right() < card.width()
