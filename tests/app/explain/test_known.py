"""What is read of a known record, and which format spells a stored text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence import Evidence
from app.explain.known import changed_at, format_of, gone, known_record, lists, means
from app.journal import RunFinished, RunStarted
from connectors import phone
from connectors.contract.exchange import Body, Exchange

NUMBER = "+15105550177"


def answered(data, url="https://crm.test/v3.1/Contacts/7", contacts=()):
    started = RunStarted(run_id=1, at_ms=0.0, operation="getContact", platform="own", subject="")
    finished = RunFinished(run_id=1, at_ms=1.0, answer={"contact": list(contacts)})
    body = Body(text=json.dumps(data), size=9, mime_type="application/json")
    exchange = Exchange(
        id=1, invocation=1, started_ms=0.0, method="GET", url=url, status=200, response_body=body
    )
    return Evidence(started, finished, (exchange,))


@pytest.mark.parametrize(
    "data",
    [
        {"CONTACT_ID": 7, "OWNER_USER_ID": 3, "PHONE": "5105550177", "LINKS": []},
        {"data": {"id": 7, "PHONE": "5105550177"}},
        {"data": {"people": [{"id": "6"}, {"id": "7", "PHONE": "5105550177"}]}},
        [{"id": 7, "PHONE": "5105550177"}],
    ],
)
def test_the_record_is_found_wherever_the_answer_has_it(data):
    known = known_record({"id": 7, "name": "Omar"}, answered(data))
    assert known.object == "Contacts"
    assert ("PHONE", "5105550177") in known.phones


def test_a_custom_field_written_as_a_pair_has_its_name():
    data = {"id": 7, "CUSTOMFIELDS": [{"FIELD_NAME": "Direct__c", "FIELD_VALUE": "510-555-0177"}]}
    known = known_record({"id": 7}, answered(data), NUMBER)
    assert known.phones == (("Direct__c", "510-555-0177"),)


def test_without_an_answer_the_contact_speaks_for_itself():
    known = known_record({"id": 7, "phone": "510"}, answered([{"id": 8}]))
    assert (known.object, known.phones) == ("", (("phone", "510"),))
    assert known.name == "record 7"


def test_kinds_count_only_where_both_are_named():
    known = known_record({"id": 7, "type": "Lead"}, answered({}))
    assert lists(answered({}, contacts=[{"id": "7", "type": "lead"}]), known)
    assert lists(answered({}, contacts=[{"id": 7}]), known)
    assert not lists(answered({}, contacts=[{"id": 7, "type": "contact"}]), known)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("(510) 555-0177", "(###) ###-####"),
        ("+1 510 555 0177", "+1 ### ### ####"),
        ("1-510-555-0177", "1-###-###-####"),
        ("510\u00a0555\u00a00177", "###\u00a0###\u00a0####"),
        ("+44 510 555 0177", None),
        ("555-0177", None),
        ("(510) 555-0177 ext. 4", None),
        ("(510) 555-0177, office", None),
        (" (510) 555-0177", None),
        ("", None),
    ],
)
def test_the_format_that_spells_a_stored_text(stored, expected):
    assert format_of(stored, NUMBER) == expected


@given(st.text(st.sampled_from("0157()+- .#*,ext\u00a0"), max_size=24))
def test_a_format_spells_exactly_the_stored_text(stored):
    made = format_of(stored, NUMBER)
    assert made is None or phone.apply_format(phone.parse(NUMBER), made).text == stored


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("510-555-0177 or 510-555-0178", True),
        ("555-0177", True),
        ("+44 5105550177", False),
        ("2125550177", False),
    ],
)
def test_what_means_the_number(stored, expected):
    assert means(stored, NUMBER) is expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"CONVERTED": True, "CONVERTED_CONTACT_ID": 4}, "converted"),
        ({"CONVERTED": False}, ""),
        ({"isDeleted": True}, "deleted"),
        ({"status": "Archived"}, "archived"),
        ({"status": "Active", "closed_deals": 3}, ""),
    ],
)
def test_how_a_record_is_marked_as_gone(record, expected):
    assert gone(record) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"DATE_CREATED_UTC": "2026-01-02 03:04:05"}, 1767323045.0),
        ({"dateAdded": 1767323045000, "dateLastModified": 1767323046000}, 1767323046.0),
        ({"updated_at": "2026-01-02T03:04:05Z", "birthday": "2026-05-05"}, 1767323045.0),
        ({"created_by": "Anna"}, None),
    ],
)
def test_when_a_record_was_changed_last(record, expected):
    assert changed_at(record) == expected
