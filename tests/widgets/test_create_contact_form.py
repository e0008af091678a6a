"""Create a contact from the dial pad."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton

from widgets.create_contact_form import CreateContactForm
from widgets.page_state import FieldState


@pytest.fixture
def form(qtbot):
    form = CreateContactForm()
    qtbot.addWidget(form)
    form.start(
        "(510) 309-7425",
        (("L", "Lead"), ("C", "Contact")),
        (FieldState("src", "Source", "inputField", "web"),),
        crm="Insightly",
    )
    return form


def test_create_hands_over_name_type_and_fields(qtbot, form):
    qtbot.keyClicks(form.findChild(QLineEdit, "createNameField"), " Anna Keller ")
    with qtbot.waitSignal(form.type_changed):
        form.findChild(QComboBox, "createTypeCombo").setCurrentIndex(1)
    with qtbot.waitSignal(form.create_requested) as caught:
        qtbot.mouseClick(form.findChild(QPushButton, "createButton"), Qt.MouseButton.LeftButton)
    assert caught.args == ["Anna Keller", "C", {"src": "web"}]
    assert form.windowTitle() == "Create contact in Insightly"


def test_name_is_required(qtbot, form):
    with qtbot.assertNotEmitted(form.create_requested):
        qtbot.mouseClick(form.findChild(QPushButton, "createButton"), Qt.MouseButton.LeftButton)
    shown = [label.text() for label in form.findChildren(QLabel) if label.isVisible()]
    assert "Enter a name for the new contact." in shown


def test_number_is_read_only_and_problem_shown(form):
    assert form.findChild(QLineEdit, "createNumberField").isReadOnly()
    form.show_problem("Refused.")
    assert form.findChild(QLabel, "createProblem").text() == "Refused."
    form.show_busy(True)
    assert not form.findChild(QPushButton, "createButton").isEnabled()


def test_other_types_leave_the_chosen_one_and_what_was_typed(qtbot, form):
    qtbot.keyClicks(form.findChild(QLineEdit, "createNameField"), "Nora")
    combo = form.findChild(QComboBox, "createTypeCombo")
    combo.setCurrentIndex(1)
    with qtbot.assertNotEmitted(form.type_changed):
        form.show_types((("A", "Account"), ("C", "Contact")), form.contact_type)
    assert form.contact_type == "C"
    form.show_types((("A", "Account"),), form.contact_type)
    assert form.contact_type == "A"
    form.show_types((), form.contact_type)
    assert (form.contact_type, combo.isVisible()) == ("", False)
    assert form.findChild(QLineEdit, "createNameField").text() == "Nora"
    assert form.field_values == {"src": "web"}


def test_tab_comes_to_the_fields_of_the_crm_before_the_buttons(qtbot, form):
    form.findChild(QComboBox, "createTypeCombo").setFocus()
    for expected in ("field_src", "", "createButton"):
        qtbot.keyClick(form.focusWidget(), Qt.Key.Key_Tab)
        assert form.focusWidget().objectName() == expected
