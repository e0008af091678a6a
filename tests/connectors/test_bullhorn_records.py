"""Bullhorn's records as the contract's contacts and options."""

from __future__ import annotations

import pytest

from connectors.bullhorn import records
from connectors.bullhorn.records import CANDIDATE, CONTACT, KINDS, LEAD, Options, Person
from connectors.contract import errors


@pytest.mark.parametrize(
    ("text", "kind"),
    [("contact", CONTACT), ("CLIENTCONTACT", CONTACT), (" Candidate ", CANDIDATE), ("Lead", LEAD)],
)
def test_a_type_is_known_in_any_case(text, kind):
    assert records.kind_of(text, "Logging") is kind


@pytest.mark.parametrize("text", ["", None, "vendor", "x" * 500])
def test_an_unknown_type_names_the_known_ones(text):
    with pytest.raises(errors.InvalidInputError) as caught:
        records.kind_of(text, "Logging")
    assert all(each in str(caught.value) for each in KINDS)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("row", "spelling", "shown"),
    [
        ({"phone": "1", "mobile": "4155550100"}, "4155550100", "4155550100"),
        ({"phone": "+1 (415) 555-0100", "mobile": "2"}, "4155550100", "+1 (415) 555-0100"),
        ({"phone": "1", "workPhone": "(415) 555-0100"}, "(415) 555-0100", "(415) 555-0100"),
        ({"phone": "1", "mobile": None}, "4155550100", "1"),
        ({"phone": ""}, "4155550100", ""),
        ({}, "4155550100", None),
    ],
)
def test_the_shown_phone_is_the_one_that_matched(row, spelling, shown):
    assert records.matched_phone(row, CANDIDATE, spelling) == shown


def test_the_same_id_in_two_entities_is_two_people():
    people = [Person(kind, {"id": 1}, None) for kind in (CONTACT, LEAD, LEAD)]
    assert records.once(people) == people[:2]


def test_kept_options_read_as_they_were_written():
    options = Options([{"const": "a", "title": "A"}], {each: [] for each in KINDS})
    assert Options.of(options.to_keep()) == options


@pytest.mark.parametrize("kept", [None, [], {"noteActions": 1, "statuses": [1]}, "x"])
def test_any_other_kept_value_is_empty(kept):
    options = Options.of(kept)
    assert options.of_person() is None
    assert options.of_new_contact() == {each: {"status": []} for each in KINDS}


@pytest.mark.parametrize("answer", [{}, {"data": {}}, {"data": [1]}, {"data": [{"name": "Ada"}]}])
def test_rows_need_ids(answer):
    with pytest.raises(errors.UnexpectedResponseError):
        records.rows_of(answer, "Searching")


def test_statuses_are_the_options_of_the_field_status():
    fields = [
        {"name": "id", "options": [{"value": "no"}]},
        {"name": "status", "options": [{"value": "A", "label": "a"}, {"value": "B"}, {}, 1]},
    ]
    assert records.statuses_of({"fields": fields}, "Reading") == [
        {"const": "A", "title": "a"},
        {"const": "B", "title": "B"},
    ]
    assert records.statuses_of({"fields": [{"name": "status"}]}, "Reading") == []
    with pytest.raises(errors.UnexpectedResponseError):
        records.statuses_of({}, "Reading")


def test_note_actions_are_texts():
    assert records.note_actions_of({"commentActionList": ["Call", 1]}, "Reading") == [
        {"const": "Call", "title": "Call"}
    ]
    with pytest.raises(errors.UnexpectedResponseError):
        records.note_actions_of({"commentActionList": "Call"}, "Reading")


def test_the_time_zone_is_counted_from_bullhorns_own():
    assert records.utc_offset_of({"timeZoneOffsetEST": 240}) == -60
    assert records.utc_offset_of({"timeZoneOffsetEST": None}) is None
    assert records.utc_offset_of({}) is None


@pytest.mark.parametrize("kind", [CONTACT, CANDIDATE, LEAD])
def test_a_note_names_its_person_whatever_the_kind(kind):
    people = {"total": 1, "data": [{"id": 1, "firstName": "Ada", "lastName": None}]}
    assert records.listed_name({kind.listed: people}) == "Ada"


def test_a_note_without_people_has_no_name():
    assert records.listed_name({"candidates": {"total": 0}, "leads": None}) == ""


def test_the_summary_is_read_from_the_composed_body():
    assert records.summary_of("<ul><li><b>Summary</b>: Ada &amp; I</li></ul>") == "Ada & I"
    assert (records.summary_of("text"), records.note_of("text")) == ("", "")
