"""Which change is advised; `tests/app/test_probe.py` follows each through real connectors."""

import json

import msgspec
import pytest

from app.evidence import Evidence
from app.explain.advice import AdviceCode, explain_known
from app.explain.known import STORED, KnownRecord
from app.journal import RunFinished, RunStarted
from connectors.contract.exchange import Body, Exchange
from connectors.contract.manifest import Manifest, SettingItem, SettingSection

NUMBER = "+15105550177"
OMAR = {"id": 7, "name": "Omar", "type": "contact"}
MANIFEST = Manifest(name="own")


def lookup(*spellings, formats="", contacts=(), records=(), at_ms=1_000_000.0, **finished):
    """A lookup that asked for these spellings in the field PHONE of Contacts."""
    asked = {"phoneNumber": NUMBER, "overridingFormat": formats, "isExtension": "false"}
    started = RunStarted(
        run_id=1, at_ms=at_ms, operation="findContact", platform="own", subject="", input=asked
    )
    answer = {"successful": True, "contact": list(contacts)}
    body = Body(text=json.dumps(list(records)), size=9, mime_type="application/json")
    exchanges = tuple(
        Exchange(
            id=number,
            invocation=1,
            started_ms=float(number),
            method="POST",
            url="https://crm.test/Contacts/search",
            body=Body(text=json.dumps({"PHONE": spelling}), size=9),
            status=200,
            response_body=body,
        )
        for number, spelling in enumerate(spellings, start=1)
    )
    return Evidence(
        started, RunFinished(run_id=1, at_ms=at_ms, answer=answer, **finished), exchanges
    )


def omar(*phones, **raw):
    return KnownRecord(OMAR, "contacts", phones, raw)


def explain(known, found, live=None, manifest=MANIFEST):
    made = explain_known(known, found, live, manifest)
    return made.verdict.code, [advice.code for advice in made.advice]


def test_a_format_comes_before_mending_and_before_the_connector():
    known = omar(("PHONE", "(510) 555-0177"))
    assert explain(known, lookup("5105550177")) == (
        "COMPARE_EXACT_NOT_SUFFIX",
        [AdviceCode.ADD_FORMAT, AdviceCode.MEND_RECORD, AdviceCode.FIX_CONNECTOR],
    )


def test_a_format_with_blanks_at_its_ends_is_told_from_a_missing_one():
    found = lookup("5105550177", " (510) 555-0177", formats=" (###) ###-####")
    known = omar(("PHONE", "(510) 555-0177"))
    assert explain(known, found) == ("FORMAT_WHITESPACE", [AdviceCode.ADD_FORMAT])


def test_the_useless_one_of_three_formats_gives_way():
    formats = "### ### ####,###.###.####,+1##########"
    found = lookup("510 555 0177", "510.555.0177", "+15105550177", formats=formats)
    made = explain_known(omar(("PHONE", "(510) 555-0177")), found, None, MANIFEST)
    assert made.advice[0].instead == "+1##########"
    assert "in place of '+1##########'" in made.advice[0].text


def test_the_field_with_the_asked_spelling_decides_where_several_have_the_number():
    known = omar(("HOME", "5105550177"), ("FAX", "510/5550177"))
    made = explain_known(known, lookup("5105550177"), None, MANIFEST)
    assert made.verdict.code == "FIELD_NOT_SEARCHED"
    assert [advice.field for advice in made.advice] == ["HOME", "PHONE"]


def test_a_setting_that_adds_fields_is_named():
    item = SettingItem(id="extraPhoneFieldsOfContact", name="More")
    other = SettingItem(id="extraPhoneFieldsOfLead", name="More")
    manifest = Manifest(name="own", settings=(SettingSection(id="a", items=(other, item)),))
    made = explain_known(omar(("HOME", "5105550177")), lookup("5105550177"), None, manifest)
    assert "extraPhoneFieldsOfContact" in made.advice[0].text
    assert "extraPhoneFieldsOfLead" not in made.advice[0].text


def test_an_object_that_was_not_searched():
    known = KnownRecord(OMAR, "Accounts", (("PHONE", "5105550177"),))
    code, advice = explain(known, lookup("5105550177"))
    assert (code, advice[0]) == ("OBJECT_NOT_SEARCHED", AdviceCode.SEARCH_FIELD)


def test_a_record_in_the_answer_that_the_connector_dropped():
    found = lookup("5105550177", records=[{"id": 7, "PHONE": "5105550177"}])
    assert explain(omar(("PHONE", "5105550177")), found) == (
        "RECORD_FILTERED",
        [AdviceCode.FIX_CONNECTOR],
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"isDeleted": True}, ("RECORD_FILTERED", AdviceCode.MEND_RECORD)),
        ({"updatedAt": 1_000_000_000 - 10}, ("EMPTY_CRM_RESULT", AdviceCode.WAIT_FOR_INDEX)),
        ({}, ("EMPTY_CRM_RESULT", AdviceCode.WAIT_FOR_INDEX)),
    ],
)
def test_a_text_that_was_asked_for_and_not_answered_with(raw, expected):
    code, advice = explain(omar(("PHONE", "5105550177"), **raw), lookup("5105550177"))
    assert (code, advice[0]) == expected


def test_an_answer_too_large_to_be_kept_is_not_called_empty():
    found = lookup("5105550177")
    (exchange,) = found.exchanges
    cut = Body(text='[{"id"', size=2_000_000, truncated=True)
    large = msgspec.structs.replace(exchange, response_body=cut)
    found = Evidence(found.started, found.finished, (large,))
    made = explain_known(omar(("PHONE", "5105550177"), isDeleted=True), found, None, MANIFEST)
    assert (made.verdict.code, made.verdict.proven) == ("ANSWER_TOO_LARGE", False)
    assert "its answer has 2,000,000 bytes" in made.verdict.text
    assert [advice.code for advice in made.advice] == [AdviceCode.FIX_CONNECTOR]


def test_a_change_shortly_before_the_lookup_may_not_be_indexed():
    known = omar(("PHONE", "5105550177"), updatedAt="2026-01-02T03:04:05Z")
    found = lookup("5105550177", at_ms=1767323045_000.0 + 30_000)
    assert explain(known, found) == ("INDEX_DELAY", [AdviceCode.WAIT_FOR_INDEX])


def test_a_cache_that_lacks_the_record_is_stale_and_says_how_old():
    found = lookup(contacts=[{"id": 1, "name": "Old"}], cached=True, cache_age_s=90_000.0)
    live = lookup("5105550177", contacts=[OMAR])
    made = explain_known(omar(("PHONE", "5105550177")), found, live, MANIFEST)
    assert (made.verdict.code, made.advice[0].code) == ("STALE_CACHE", AdviceCode.CLEAR_CACHE)
    assert "25 hours old" in made.verdict.text


def test_a_record_without_any_phone():
    assert explain(omar(), lookup("5105550177")) == ("OTHER_NUMBER", [AdviceCode.MEND_RECORD])


def test_a_pasted_text_is_taken_as_one_of_a_searched_field():
    known = KnownRecord(None, phones=((STORED, "510.555.0177"),))
    made = explain_known(known, lookup("5105550177"), None, MANIFEST)
    assert made.verdict.code == "COMPARE_EXACT_NOT_SUFFIX"
    assert " in stored" not in made.verdict.text


def test_a_failed_search_comes_first():
    found = lookup("5105550177")
    broken = msgspec.structs.replace(found.exchanges[0], status=429)
    found = Evidence(found.started, found.finished, (broken,))
    assert explain(omar(("PHONE", "x")), found) == ("RATE_LIMIT", [AdviceCode.FIX_CONNECTOR])


def test_what_a_server_asked_is_left_open_and_a_format_may_be_tried():
    seen = lookup(NUMBER)
    started = msgspec.structs.replace(seen.started, platform="https://connect.example#own")
    behind = Evidence(started, seen.finished, seen.exchanges)
    made = explain_known(omar(("phone", "(510) 555-0177")), behind, None, MANIFEST)
    assert (made.verdict.code, made.verdict.proven) == ("BEHIND_SERVER", False)
    assert "stored as '(510) 555-0177'" in made.verdict.text
    assert [advice.code for advice in made.advice] == [AdviceCode.ADD_FORMAT, AdviceCode.NONE]
    # What the record itself shows needs no request to be seen.
    other = explain_known(omar(("phone", "+1 212 555 0100")), behind, None, MANIFEST)
    assert other.verdict.code == "OTHER_NUMBER"


def test_a_connector_that_sends_no_request_is_not_said_to_search_a_field():
    known = KnownRecord(None, phones=((STORED, "(510) 555-0177"),))
    somebody = lookup(contacts=[OMAR])
    made = explain_known(known, somebody, None, MANIFEST)
    assert (made.verdict.code, made.verdict.proven) == ("NOTHING_ASKED", False)
    assert "stored as '(510) 555-0177', and the connector sent no request" in made.verdict.text
    assert [advice.code for advice in made.advice] == [AdviceCode.FIX_CONNECTOR]
    other = KnownRecord(None, phones=((STORED, "+1 212 555 0100"),))
    assert explain(other, somebody)[0] == "OTHER_NUMBER"
