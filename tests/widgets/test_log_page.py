"""The log page draws a state and reports the user's changes, never its own."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
)

from widgets.log_page import LogPage
from widgets.page_state import ContactChoice, FieldState, LogPageState

STATE = LogPageState(
    heading="Save to Bullhorn",
    save_label="Save",
    direction="outbound",
    missed=False,
    number_text="(510) 872-3204",
    result_text="Call connected",
    duration_text="00:44",
    time_text="08:58",
    contacts=(
        ContactChoice("1619", "Anton Nikitin", "Candidate - 1619"),
        ContactChoice("createNewContact", "Create new contact..."),
        ContactChoice("searchContact", "Search contacts"),
    ),
    selected="1619",
    new_types=(("Lead", "Lead"), ("Contact", "Contact")),
    title="Outbound Call to Anton Nikitin",
    fields=(
        FieldState("ref", "Reference", "inputField", "A", required=True),
        FieldState("bill", "Billable", "checkbox", True),
    ),
)
SIGNALS = (
    "contact_selected",
    "new_name_changed",
    "new_type_changed",
    "title_edited",
    "note_changed",
    "field_changed",
)


@pytest.fixture
def page(qtbot):
    page = LogPage()
    qtbot.addWidget(page)
    page.resize(400, 700)
    page.show_state(STATE)
    page.show()
    page.activateWindow()
    qtbot.waitExposed(page)
    return page


@pytest.fixture
def sent(page):
    sent = []
    for name in SIGNALS:
        getattr(page, name).connect(lambda *args, name=name: sent.append((name, *args)))
    return sent


def find(page, kind, name):
    return page.findChild(kind, name)


def test_state_is_shown(page):
    assert find(page, QComboBox, "contactCombo").currentText() == "Anton Nikitin"
    assert find(page, QLineEdit, "activityTitleField").text() == STATE.title
    assert find(page, QLineEdit, "newContactNameField").isHidden() is False
    assert not find(page, QLineEdit, "newContactNameField").isVisible()
    assert not find(page, QLabel, "warningBanner").isVisible()
    assert find(page, QCheckBox, "field_bill").isChecked()
    assert find(page, QLineEdit, "field_ref").text() == "A"


def test_showing_a_state_sends_nothing(page, sent):
    page.show_state(
        replace(
            STATE,
            selected="createNewContact",
            shows_new_contact=True,
            new_name="Bo",
            new_type="Contact",
            title="T",
            note="N",
            fields=(FieldState("other", "Other", "inputField", "x"),),
            contacts=STATE.contacts[1:],
        )
    )
    assert sent == []


def test_user_changes_go_out(qtbot, page, sent):
    combo = find(page, QComboBox, "contactCombo")
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    page.show_state(replace(STATE, selected="createNewContact", shows_new_contact=True))
    qtbot.keyClicks(find(page, QLineEdit, "newContactNameField"), "B")
    find(page, QComboBox, "newContactTypeCombo").setCurrentIndex(1)
    qtbot.keyClicks(find(page, QPlainTextEdit, "noteField"), "n")
    qtbot.keyClicks(find(page, QLineEdit, "field_ref"), "1")
    qtbot.keyClick(find(page, QCheckBox, "field_bill"), Qt.Key.Key_Space)
    assert ("contact_selected", "createNewContact") in sent
    assert ("new_name_changed", "B") in sent
    assert ("new_type_changed", "Contact") in sent
    assert ("note_changed", "n") in sent
    assert ("field_changed", "bill", False) in sent
    assert ("field_changed", "ref", "1A") in sent


def test_typing_keeps_focus_cursor_and_control(qtbot, page):
    title = find(page, QLineEdit, "activityTitleField")
    field = find(page, QLineEdit, "field_ref")
    title.setFocus()
    title.setCursorPosition(3)
    qtbot.keyClicks(title, "x")
    page.show_state(replace(STATE, title=title.text(), banner="Look"))
    assert title.hasFocus()
    assert title.cursorPosition() == 4
    assert find(page, QLineEdit, "field_ref") is field


def test_empty_type_shows_no_type(page):
    page.show_state(replace(STATE, shows_new_contact=True, new_type=""))
    assert find(page, QComboBox, "newContactTypeCombo").currentIndex() == -1


def test_problem_stands_under_its_field(page):
    page.show_state(replace(STATE, problems=(("ref", "Enter a reference."),)))
    shown = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert "Enter a reference." in shown
    assert find(page, QLineEdit, "field_ref").accessibleDescription() == "Enter a reference."


def test_busy_page_cannot_save_twice(qtbot, page):
    save = find(page, QPushButton, "saveLogButton")
    page.show_state(replace(STATE, busy=True))
    with qtbot.assertNotEmitted(page.save_requested):
        qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    page.show_state(STATE)
    with qtbot.waitSignal(page.save_requested):
        qtbot.mouseClick(save, Qt.MouseButton.LeftButton)


def test_back(qtbot, page):
    with qtbot.waitSignal(page.back_requested):
        qtbot.mouseClick(find(page, QToolButton, "backButton"), Qt.MouseButton.LeftButton)


def test_search_can_be_chosen_again(qtbot, page):
    page.show_state(replace(STATE, selected="searchContact"))
    combo = find(page, QComboBox, "contactCombo")
    with qtbot.waitSignal(page.contact_selected) as caught:
        combo.activated.emit(combo.currentIndex())
    assert caught.args == ["searchContact"]


def test_locked_contact_cannot_be_changed(page):
    page.show_state(replace(STATE, contact_locked=True))
    assert not find(page, QComboBox, "contactCombo").isEnabled()
