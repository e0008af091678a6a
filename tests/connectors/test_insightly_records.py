"""Reading Insightly's rows."""

from __future__ import annotations

import pytest

from connectors.contract.errors import InvalidInputError
from connectors.insightly import records


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"PHONE": "1"}, "1"),
        ({"PHONE": 1}, "1"),
        ({"CUSTOMFIELDS": [{"FIELD_NAME": "PHONE", "FIELD_VALUE": "2"}]}, "2"),
        ({"CUSTOMFIELDS": [None, {"FIELD_NAME": "OTHER", "FIELD_VALUE": "2"}]}, None),
        ({"CUSTOMFIELDS": None}, None),
        ({}, None),
    ],
)
def test_a_field_is_the_records_own_or_a_custom_one(row, value):
    assert records.field_value(row, "PHONE") == value


def test_malformed_links_are_left_out():
    good = {"LINK_OBJECT_NAME": "Project", "LINK_OBJECT_ID": 7, "LINK_ID": 1}
    row = {"LINKS": [good, None, {}, {"LINK_OBJECT_NAME": "Project", "LINK_OBJECT_ID": None}]}
    assert records.links(row) == [records.Link("project", 7, 1)]
    assert records.links({"LINKS": None}) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Contact", "contact"), ("contactPhone", "contact"), ("LEADMOBILE", "lead"), ("", "")],
)
def test_production_types_become_the_two_kinds(text, kind):
    assert records.base_type(text) == kind


def test_only_chosen_links_are_made():
    form = {"organization": "7", "organisation": "8", "project": "none", "opportunity": True}
    assert records.chosen_links(form) == [("Organisation", "7")]
    assert records.chosen_links(None) == []


def test_times_are_utc_to_the_second():
    assert records.utc_text(1_761_134_400_999) == "2025-10-22 12:00:00"
    with pytest.raises(InvalidInputError):
        records.utc_text(1e20)


@pytest.mark.parametrize(
    ("details", "note"),
    [
        ("- Note: one\n- Duration: 3", "one"),
        ("- Note: one", "one"),
        ("- Agent notes: one\ntwo\n--- END", "one\ntwo"),
        ("- Note:\n- Result: ok", ""),
        ("free text", ""),
    ],
)
def test_the_note_of_a_log(details, note):
    assert records.note_of(details) == note
