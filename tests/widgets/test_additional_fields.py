"""Additional fields: one control each, rebuilt only when the set changes."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit

from widgets.additional_fields import AdditionalFields
from widgets.page_state import FieldState

PICK = FieldState("m", "Matter", "selection", "b", options=(("a", "A"), ("b", "B")))
TEXT = FieldState("t", "Text", "inputField", "x")
WARN = FieldState("w", "Careful", "warning", description="Mind the gap.")


@pytest.fixture
def fields(qtbot):
    fields = AdditionalFields()
    qtbot.addWidget(fields)
    fields.show_fields((PICK, TEXT, WARN), {})
    return fields


def test_values_leave_warnings_out(fields):
    assert fields.values() == {"m": "b", "t": "x"}
    assert fields.findChild(QLabel, "field_w").text() == "Mind the gap."


def test_new_value_keeps_the_control_and_is_silent(qtbot, fields):
    edit = fields.findChild(QLineEdit, "field_t")
    with qtbot.assertNotEmitted(fields.field_changed):
        fields.show_fields((PICK, replace(TEXT, value="y"), WARN), {})
    assert fields.findChild(QLineEdit, "field_t") is edit
    assert edit.text() == "y"


def test_other_options_replace_the_control(fields):
    fields.show_fields((replace(PICK, options=(("c", "C"),), value="c"),), {})
    assert fields.values() == {"m": "c"}
    assert fields.findChild(QLineEdit, "field_t") is None


def test_custom_value_is_handed_out_as_typed(qtbot, fields):
    fields.show_fields((replace(PICK, allow_custom_value=True),), {})
    combo = fields.findChild(QComboBox, "field_m")
    with qtbot.waitSignal(fields.field_changed) as caught:
        combo.setEditText("Mine")
    assert caught.args == ["m", "Mine"]
