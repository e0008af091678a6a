"""The left side as a whole."""

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from widgets.page_state import CallCardState, LogPageState
from widgets.phone_panel import PhonePanel

STATE = LogPageState("Save to X", "Save", "inbound", True, "1", "Missed", "", "", (), "")


@pytest.fixture
def panel(qtbot):
    panel = PhonePanel()
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_tabs_and_log_page(qtbot, panel):
    assert panel.page == "dialpad"
    with qtbot.waitSignal(panel.page_changed):
        qtbot.mouseClick(panel.findChild(QPushButton, "callsTab"), Qt.MouseButton.LeftButton)
    assert panel.page == "calls"
    panel.show_log_page(STATE)
    assert panel.page == "log"
    panel.show_dialpad()
    assert panel.dialpad.isVisible()


def test_showing_the_log_page_again_does_not_move_the_focus(qtbot, panel):
    panel.show_log_page(STATE)
    with qtbot.assertNotEmitted(panel.page_changed):
        panel.show_log_page(STATE)


def test_connection_is_shown_in_words_too(panel):
    panel.show_connection("Insightly", connected=True)
    assert panel.findChild(QLabel, "statusDot").accessibleName() == "Connected to Insightly"
    panel.show_connection("Insightly", connected=False)
    assert panel.findChild(QLabel, "statusDot").accessibleName() == "Not connected"


def test_card_stays_over_every_page(panel):
    panel.show_call(CallCardState("outbound", "Anna", "1", "Ringing"))
    panel.show_log_page(STATE)
    assert panel.call_card.isVisible()
    panel.clear_call()
    assert not panel.call_card.isVisible()


def test_every_control_has_an_accessible_name(panel):
    kinds = (QAbstractButton, QLineEdit, QComboBox)
    nameless = [
        widget.objectName() or type(widget).__name__
        for widget in panel.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.accessibleName()
    ]
    assert nameless == []


def test_import_costs_neither_numbers_nor_network():
    code = (
        "import sys, widgets.phone_panel; "
        "print([m for m in ('phonenumbers', 'msgspec', 'httpx', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_dial_pad_knows_of_the_call(panel):
    key = panel.findChild(QPushButton, "key_5")
    panel.show_call(CallCardState("inbound", "Anna", "(510) 309-7425", "Ringing", ringing=True))
    panel.dialpad.resize(panel.dialpad.width(), 200)
    assert key.isHidden() or not key.isVisibleTo(panel.dialpad)
    panel.clear_call()
    assert key.isVisibleTo(panel.dialpad)
