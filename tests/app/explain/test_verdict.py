"""Each way in which a lookup ends, through a real connector where one can be brought to it."""

import re
from pathlib import Path

import msgspec
import pytest

from app.evidence import Evidence
from app.explain.verdict import VerdictCode, verdict_of
from app.journal import RunFinished, RunStarted
from app.sandbox import seed
from connectors.contract.exchange import Body, Exchange
from connectors.contract.hosting import ErrorInfo

DEMO = seed.DEMO
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "verdicts.md"
OWN = """
    from connectors.contract.connector import Connector
    from connectors.contract.model import Contact, FindContactResult

    class Own(Connector):
        auth_type = "none"

        async def find_contact(self, given):
            try:
                await self.http.get(
                    "https://crm.test/v3.1/contacts/search",
                    params={"field_name": "PHONE", "field_value": given.phone_number[2:]},
                    headers={"Authorization": "Basic c2FuZGJveC1rZXk6"},
                )
            except Exception as error:
                print(error)
            people = RESULT
            return FindContactResult(successful=True, matched_contact_info=people)
"""
NOBODY_RETURNED = OWN.replace("RESULT", "()")
A_STRANGER = OWN.replace("RESULT", '(Contact(id=1, name="Eve", phone="+12125550132"),)')
NOTHING_SENT = NOBODY_RETURNED.replace("await self.http.get(", "dict(").replace(
    '"https://crm.test/v3.1/contacts/search",', ""
)


async def code_of(look_up, *arguments, **options):
    verdict = verdict_of(await look_up(*arguments, **options))
    assert verdict.text.strip()
    return verdict.code, verdict.proven


@pytest.mark.parametrize("platform", ["insightly", "bullhorn"])
@pytest.mark.parametrize(
    ("number", "formats", "options", "expected"),
    [
        (DEMO["plain"].e164, [], {}, (VerdictCode.FOUND, True)),
        (DEMO["shared"].e164, [], {}, (VerdictCode.MULTIPLE, True)),
        ("+15105550177", ["(###) ###-####"], {}, (VerdictCode.FOUND_BY_FORMAT, True)),
        ("+15105550177", [], {}, (VerdictCode.EMPTY_CRM_RESULT, False)),
        ("+15105550177", ["### ####"], {}, (VerdictCode.PLACEHOLDER_COUNT, False)),
        ("+15105550177", ["+44 #### ######"], {}, (VerdictCode.CANDIDATE_DROPPED, False)),
        ("101", [], {"is_extension": True}, (VerdictCode.EXTENSION_SKIPPED, True)),
        ("12345", [], {}, (VerdictCode.INVALID_NUMBER, True)),
    ],
)
async def test_how_a_lookup_ends(look_up, platform, number, formats, options, expected):
    assert await code_of(look_up, platform, number, formats, **options) == expected


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("insightly/contacts/search=401", VerdictCode.AUTH),
        ("insightly/contacts/search=429", VerdictCode.RATE_LIMIT),
        ("insightly/contacts/search=500", VerdictCode.HTTP_ERROR),
    ],
)
async def test_a_failure_that_the_connector_tells(look_up, fault, expected):
    code, proven = await code_of(look_up, "insightly", DEMO["plain"].e164, faults=[fault])
    assert (code, proven) == (expected, True)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("insightly/contacts/search=401", VerdictCode.AUTH),
        ("insightly/contacts/search=429", VerdictCode.RATE_LIMIT),
        ("insightly/contacts/search=500", VerdictCode.HTTP_ERROR_MASKED),
        ("insightly/contacts/search=cut", VerdictCode.HTTP_ERROR_MASKED),
    ],
)
async def test_a_failure_that_the_connector_hides(look_up, fault, expected):
    code, _ = await code_of(look_up, "", DEMO["plain"].e164, source=NOBODY_RETURNED, faults=[fault])
    assert code == expected


async def test_records_that_the_connector_does_not_return(look_up):
    code, _ = await code_of(look_up, "", DEMO["plain"].e164, source=NOBODY_RETURNED)
    assert code == VerdictCode.SHAPE_MISMATCH


async def test_an_answer_that_was_too_large_to_be_kept_is_not_called_empty(look_up):
    """The connector has read all of the two megabytes, the bench has their beginning."""
    run = await look_up(
        "",
        DEMO["plain"].e164,
        ["####"],
        source=NOBODY_RETURNED,
        faults=["insightly/contacts/search=big:2"],
    )
    verdict = verdict_of(run)
    assert (verdict.code, verdict.proven) == (VerdictCode.ANSWER_TOO_LARGE, False)
    assert "has 2,097,156 bytes, too many for the bench to keep whole" in verdict.text
    assert verdict.exchanges == tuple(each.id for each in run.exchanges)


async def test_somebody_found_in_an_answer_too_large_to_be_kept_is_not_proven(look_up):
    one = OWN.replace("RESULT", '(Contact(id=1, name="Eve", phone="+14155550132"),)')
    fault = "insightly/contacts/search=big:2"
    verdict = verdict_of(await look_up("", "+14155550132", source=one, faults=[fault]))
    assert (verdict.code, verdict.proven) == (VerdictCode.FOUND, False)
    assert verdict.text.startswith("The connector returned Eve. The CRM's answer has 2,097,156 ")


async def test_somebody_with_another_number_of_the_same_ending(look_up):
    verdict = verdict_of(await look_up("", DEMO["plain"].e164, source=A_STRANGER))
    assert verdict.code == VerdictCode.WRONG_PERSON
    assert "+12125550132" in verdict.text


async def test_a_connector_that_asks_nothing(look_up):
    verdict = verdict_of(await look_up("", DEMO["plain"].e164, source=NOTHING_SENT))
    assert (verdict.code, verdict.exchanges) == (VerdictCode.NOTHING_ASKED, ())
    assert "sent no request: it has data of its own, or stopped" in verdict.text


def evidence(contacts=(), exchanges=(), number="+14155550132", **finished):
    asked = {"phoneNumber": number, "overridingFormat": "", "isExtension": "false"}
    started = RunStarted(
        run_id=1, at_ms=0.0, operation="findContact", platform="own", subject="", input=asked
    )
    answer = {"successful": True, "contact": list(contacts)}
    return Evidence(
        started, RunFinished(run_id=1, at_ms=9.0, answer=answer, **finished), tuple(exchanges)
    )


def test_requests_that_search_for_something_else():
    other = Exchange(id=5, invocation=1, started_ms=1.0, method="GET", url="https://crm.test/me")
    verdict = verdict_of(evidence(exchanges=[other]))
    assert (verdict.code, verdict.exchanges) == (VerdictCode.NOTHING_ASKED, (5,))
    assert "none of its 1 request searched for +14155550132" in verdict.text


def test_somebody_is_found_without_a_request():
    verdict = verdict_of(evidence([ANNA]))
    assert verdict.code == VerdictCode.FOUND
    assert verdict.text.startswith("Anna was found, and the connector sent no request")


ANNA = {"id": 1, "name": "Anna", "type": "contact", "phone": "4155550132"}
SEARCH = Exchange(
    id=5,
    invocation=1,
    started_ms=0.0,
    method="GET",
    url="https://crm.test/contacts?phone=4155550132",
    status=200,
    response_body=Body(text='[{"id": 1, "phone": "4155550132"}]', size=9, mime_type=""),
)
PADDED = msgspec.structs.replace(
    SEARCH,
    url="https://crm.test/contacts?phone=%20415-555-0132",
    response_body=Body(text="[]", size=2, mime_type=""),
)
LARGE = msgspec.structs.replace(
    SEARCH, id=7, response_body=Body(text='[{"id"', size=2_000_000, truncated=True)
)
BEN = {"id": 2, "name": "Ben", "type": "contact", "phone": "4155550132"}
BROKEN = msgspec.structs.replace(SEARCH, id=6, status=503, response_body=None)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (evidence(cancelled=True), VerdictCode.CANCELLED),
        (evidence([ANNA], cached=True, cache_age_s=60.0), VerdictCode.CACHED),
        (evidence(cached=True, cache_layer="local"), VerdictCode.NEGATIVE_CACHE),
        (evidence(number="+107946095812"), VerdictCode.WRONG_REGION),
        (evidence(number="+4407"), VerdictCode.INVALID_NUMBER),
        (evidence(exchanges=[PADDED]), VerdictCode.FORMAT_WHITESPACE),
        (evidence([ANNA], [SEARCH, BROKEN]), VerdictCode.PARTIAL_FAILURE),
        (evidence([ANNA, BEN], [LARGE]), VerdictCode.MULTIPLE),
        (evidence([], [SEARCH, LARGE]), VerdictCode.SHAPE_MISMATCH),
        (evidence([], [LARGE, BROKEN]), VerdictCode.HTTP_ERROR_MASKED),
        (evidence([ANNA, ANNA], [SEARCH]), VerdictCode.DUPLICATE_PERSON),
        (evidence([ANNA, ANNA | {"id": 2}], [SEARCH]), VerdictCode.DUPLICATE_PERSON),
        (
            evidence(error=ErrorInfo(type="ConnectorTimeoutError", message="Too late.")),
            VerdictCode.TIMEOUT,
        ),
        (
            evidence(error=ErrorInfo(type="UnexpectedResultError", message="No list.")),
            VerdictCode.SHAPE_MISMATCH,
        ),
        (evidence(error=ErrorInfo(type="ValueError", message="")), VerdictCode.CONNECTOR_FAILED),
    ],
)
def test_ends_that_need_no_crm(run, expected):
    verdict = verdict_of(run)
    assert verdict.code == expected
    assert verdict.text


def test_a_verdict_names_the_requests_that_show_it():
    assert verdict_of(evidence([ANNA], [SEARCH, BROKEN])).exchanges == (6,)
    assert verdict_of(evidence([ANNA], [SEARCH])).exchanges == (5,)


def test_every_code_has_its_section_in_the_documents_and_no_other():
    sections = re.findall(r"^## (\w+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert sections == [code.lower() for code in VerdictCode]


def behind_a_server(exchanges=(), words="", **finished):
    seen = evidence(exchanges=exchanges, **finished)
    started = msgspec.structs.replace(seen.started, platform="http://127.0.0.1:6066#desk")
    answer = seen.finished.answer | {"returnMessage": {"message": words} if words else None}
    return Evidence(started, msgspec.structs.replace(seen.finished, answer=answer), seen.exchanges)


def asked_of_the_server(status=200, text='{"successful": true, "contact": []}'):
    return Exchange(
        id=5,
        invocation=1,
        started_ms=0.0,
        method="GET",
        url="http://127.0.0.1:6066/contact?phoneNumber=%2B14155550132&isExtension=false",
        status=status,
        response_body=Body(text=text, size=len(text)),
    )


@pytest.mark.parametrize("number", ["+14155550132", "12", "+1 07911 123456"])
def test_what_a_server_asked_is_not_invented(number):
    """Neither the request to the server nor the number's validity say what the CRM was asked."""
    seen = behind_a_server([asked_of_the_server()], "Contact not found", number=number)
    verdict = verdict_of(seen)
    assert (verdict.code, verdict.proven, verdict.exchanges) == ("BEHIND_SERVER", False, (5,))
    assert 'It says: "Contact not found".' in verdict.text


def test_what_a_server_found_is_told_without_a_spelling():
    seen = behind_a_server([asked_of_the_server()], contacts=[{"id": 1, "name": "Ada"}])
    assert verdict_of(seen).text == "Ada was found."


def test_a_servers_word_for_the_crms_status_is_enough():
    error = ErrorInfo(type="ServerFailedError", message="It failed behind the server.", status=503)
    assert verdict_of(behind_a_server([asked_of_the_server()], error=error)).code == "HTTP_ERROR"
    refused = ErrorInfo(type="AuthenticationError", message="The token is old.", status=400)
    seen = behind_a_server([asked_of_the_server(400)], error=refused)
    assert verdict_of(seen).code == "AUTH"
