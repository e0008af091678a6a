"""The number field takes everything and groups what looks like a number."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from widgets.dialpad_page import DialpadPage


@pytest.fixture
def page(qtbot):
    page = DialpadPage()
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def field(page):
    return page.findChild(QLineEdit, "phoneNumberField")


def button(page, name):
    return page.findChild(QPushButton, name)


def test_digits_are_grouped_as_typed(qtbot, page, field):
    qtbot.keyClicks(field, "5103097425")
    assert page.number == "(510) 309-7425"


def test_text_with_letters_is_left_alone(qtbot, page, field):
    qtbot.keyClicks(field, "1-800-FLOWERS")
    assert page.number == "1-800-FLOWERS"


def test_own_punctuation_is_kept_until_the_field_is_empty(qtbot, page, field):
    qtbot.keyClicks(field, "510-309")
    assert page.number == "510-309"
    field.clear()
    qtbot.keyClicks(field, "5103097425")
    assert page.number == "(510) 309-7425"


def test_keys_type_at_the_cursor(qtbot, page):
    for key in ("1", "star", "0", "hash"):
        qtbot.mouseClick(button(page, f"key_{key}"), Qt.MouseButton.LeftButton)
    assert page.number == "1*0#"


def test_cursor_keeps_its_digit_in_the_middle(qtbot, page, field):
    page.set_number("5103097425")
    field.setCursorPosition(len("(510) 3"))
    qtbot.keyClicks(field, "9")
    before = field.text()[: field.cursorPosition()]
    assert [char for char in before if char.isdigit()] == list("51039")


def test_backspace_can_empty_the_field(qtbot, page, field):
    page.set_number("5103097425")
    field.setCursorPosition(len(field.text()))
    for _ in range(14):
        qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert page.number == ""


def test_huge_paste_stays_as_it_is(page, field):
    field.insert("5" * 10_000)
    assert page.number == "5" * 10_000


def test_enter_and_button_look_up(qtbot, page, field):
    qtbot.keyClicks(field, "5103097425")
    with qtbot.waitSignal(page.lookup_requested) as caught:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert caught.args == ["(510) 309-7425"]
    with qtbot.waitSignal(page.lookup_requested):
        qtbot.mouseClick(button(page, "lookupButton"), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("incomingCallButton", "incoming_requested"),
        ("outgoingCallButton", "outgoing_requested"),
    ],
)
def test_call_buttons_hand_over_the_text(qtbot, page, name, signal):
    page.set_number("101")
    with qtbot.waitSignal(getattr(page, signal)) as caught:
        qtbot.mouseClick(button(page, name), Qt.MouseButton.LeftButton)
    assert caught.args == ["101"]


def test_empty_field_hints_and_asks_for_nothing(qtbot, page):
    with qtbot.assertNotEmitted(page.lookup_requested):
        qtbot.mouseClick(button(page, "lookupButton"), Qt.MouseButton.LeftButton)
    assert page.findChild(QLabel, "matchLabel").text() == "Enter a number first."


def test_match_line_and_offer_to_create(qtbot, page):
    page.set_number("5103097425")
    page.show_match("No contact found", can_create=True)
    assert page.findChild(QLabel, "matchLabel").text() == "No contact found"
    with qtbot.waitSignal(page.create_contact_requested):
        qtbot.mouseClick(button(page, "createContactButton"), Qt.MouseButton.LeftButton)
    page.set_number("510")
    assert not button(page, "createContactButton").isVisible()


def test_region_decides_the_grouping(page):
    page.set_region("GB")
    page.set_number("02079460000")
    assert page.number == "020 7946 0000"


def test_the_keys_give_way_to_a_call_in_a_low_window_and_come_back(qtbot):
    panel = QWidget()
    qtbot.addWidget(panel)
    page = DialpadPage(panel)
    panel.show()
    key = page.findChild(QPushButton, "key_5")
    page.resize(380, 600)
    page.set_in_call(in_call=True)
    assert key.isVisible()
    page.resize(380, 300)
    assert not key.isVisible()
    page.set_in_call(in_call=False)
    assert key.isVisible()


def test_a_name_from_right_to_left_does_not_turn_the_line_round(page):
    page.show_match("محمد · contact - 1")
    assert page.match_text == "\u200eمحمد · contact - 1"
