"""What the Node host sends loses its secrets before it is an event."""

import base64

import pytest

from connectors.contract.exchange import Body, Exchange
from connectors.contract.hosting import ConsoleEvent, ExchangeEvent, UserEvent
from connectors.nodejs.redaction import HostRedaction
from connectors.runtime.redact import Redactor

SECRET = "s3cret-value-1"


@pytest.fixture
def redaction():
    made = HostRedaction(Redactor([SECRET]))
    made.begin(1, "findContact", [SECRET])
    return made


def exchange(**fields):
    made = Exchange(id=1, invocation=1, started_ms=0, method="GET", **fields)
    return {}, ExchangeEvent(exchange=made)


def body(text, **fields):
    return Body(text=text, size=len(text), mime_type="application/json", **fields)


def test_every_part_of_an_exchange_is_cleaned(redaction):
    _message, event = redaction.clean(
        *exchange(
            url=f"https://user:pw@crm.example/{SECRET}?api_key=abc123456",
            routed_to=f"http://127.0.0.1:1/?q={SECRET}",
            headers=(("Authorization", "Bearer t0ken-0123456789"), ("X-Note", SECRET)),
            body=body('{"password": "hunter22hunter22", "name": "Ada"}'),
            response_headers=(("Set-Cookie", "sid=c00kie-0123456789"),),
            response_body=body('{"id": 5, "echo": "t0ken-0123456789 c00kie-0123456789"}'),
            error=f"Error: {SECRET}",
        )
    )
    kept = repr(event)
    for secret in (SECRET, "pw@", "abc123456", "t0ken", "hunter22", "c00kie"):
        assert secret not in kept
    assert '"name": "Ada"' in event.exchange.body.text
    assert event.exchange.body.size == 47


def test_what_an_answer_teaches_is_known_afterwards(redaction):
    redaction.clean(
        *exchange(url="https://crm.example/", response_body=body('{"token": "l3arnt-value"}'))
    )
    event = ConsoleEvent(text="now l3arnt-value", invocation=1)
    assert redaction.clean({"params": {}}, event)[1].text == "now [REDACTED]"


def test_what_the_user_learns_is_known_afterwards_and_kept_for_the_user(redaction):
    user = UserEvent(changes={"accessToken": "n3xt-token-1"}, invocation=1)
    assert redaction.clean({}, user)[1] == user
    event = ConsoleEvent(text="n3xt-token-1", invocation=1)
    assert redaction.clean({"params": {}}, event)[1].text == "[REDACTED]"


def test_a_secret_that_the_cut_has_divided_goes_too(redaction):
    cut = body("abc s3cret-va", truncated=True)
    _message, event = redaction.clean(*exchange(url="https://crm.example/", response_body=cut))
    assert event.exchange.response_body.text == "abc [REDACTED]"


def test_base64_is_cleaned_by_value(redaction):

    data = base64.b64encode(f"xx{SECRET}yy".encode()).decode()
    packed = Body(text=data, encoding="base64", size=20)
    _message, event = redaction.clean(*exchange(url="https://crm.example/", body=packed))
    assert event.exchange.body.text == "[REDACTED]"


def test_a_huge_print_is_cut_after_its_secrets_are_gone(redaction):
    event = ConsoleEvent(text=f"{SECRET} " + "x" * 100_000, invocation=1)
    _message, kept = redaction.clean({"params": {"printed": 5_000_000}}, event)
    assert kept.text.startswith("[REDACTED] x")
    assert kept.text.endswith("... cut here: 5,000,000 characters were printed.")
    assert len(kept.text) < 66_000


def answer(number, result=None, error=None):
    return {"id": number, "result": {"result": result, "error": error, "ms": 1.0}}


def test_results_lose_secrets_but_not_ids(redaction):
    message, _event = redaction.clean(answer(1, {"id": SECRET, "note": SECRET}), None)
    assert message["result"]["result"] == {"id": SECRET, "note": "[REDACTED]"}
    failed = {"type": "Error", "message": SECRET, "stack": f"at {SECRET}", "status": None}
    message, _event = redaction.clean(answer(1, error=failed), None)
    assert message["result"]["error"]["message"] == "[REDACTED]"
    assert message["result"]["error"]["stack"] == "at [REDACTED]"
    message, _event = redaction.clean({"id": 1, "error": {"message": SECRET}}, None)
    assert message["error"]["message"] == "[REDACTED]"


def test_credentials_reach_core_as_they_are(redaction):
    redaction.begin(2, "getBasicAuth", [SECRET])
    assert redaction.clean(answer(2, SECRET), None)[0]["result"]["result"] == SECRET


def test_what_belongs_to_no_operation_loses_the_secrets_of_all(redaction):
    redaction.end(1)
    event = ConsoleEvent(text=f"late {SECRET}", invocation=1)
    assert redaction.clean({"params": {}}, event)[1].text == "late [REDACTED]"
    assert redaction.clean({"id": 9, "result": {"platform": "p"}}, None)[0]["result"] == {
        "platform": "p"
    }
