import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.appconnect.address import ServerAddress
from connectors.appconnect.answer import MAX_STEPS, problem_of, read_answer
from connectors.contract.errors import (
    AuthenticationError,
    CrmUnavailableError,
    RateLimitError,
    RecordNotFoundError,
    UnexpectedResponseError,
)

TRACE = {"methodName": "findContact:start", "elapsed": 3, "level": "info", "data": {"query": {}}}


def answer(status, body, mime="application/json"):
    text = body if isinstance(body, str) else json.dumps(body)
    return read_answer(httpx.Response(status, text=text, headers={"Content-Type": mime}))


def problem(given):
    return problem_of(
        given,
        what="Finding the contact",
        route="GET /contact",
        address=ServerAddress("http://127.0.0.1:6066", "desk"),
        token="no-jwt",
    )


def test_the_trace_is_taken_out_of_the_answer():
    read = answer(200, {"successful": True, "_debug": {"traces": [TRACE, "odd", {}]}})
    assert read.body == {"successful": True}
    assert [step.name for step in read.steps] == ["findContact:start", "a step without a name"]
    assert (read.steps[0].elapsed_ms, read.steps[0].data) == (3.0, {"query": {}})
    assert problem(read) is None


def test_a_text_that_the_trace_has_spread_is_put_together():
    spread = dict(enumerate("Missing platform name")) | {"_debug": {"traces": [TRACE]}}
    assert answer(400, spread).text == "Missing platform name"


def test_a_trace_has_an_end():
    assert len(answer(200, {"_debug": {"traces": [TRACE] * 5000}}).steps) == MAX_STEPS


def test_what_was_thrown_is_read_from_the_trace():
    data = {"message": "Request failed\nwith status code 503", "statusCode": 503}
    thrown = TRACE | {"level": "error", "data": data}
    read = answer(200, {"successful": False, "_debug": {"traces": [TRACE, thrown, TRACE]}})
    assert read.fault == ("Request failed with status code 503", 503)
    assert answer(200, {"_debug": {"traces": [TRACE]}}).fault == ("", None)


@pytest.mark.parametrize(
    ("status", "body", "mime", "kind", "words"),
    [
        (200, "<!doctype html><html>Sign in</html>", "text/html", UnexpectedResponseError, "HTML"),
        (200, "<feed/>", "application/xml", UnexpectedResponseError, "XML"),
        (200, "", "text/plain", UnexpectedResponseError, "an empty body"),
        (200, "[1]", "application/json", UnexpectedResponseError, "JSON that is no object"),
        (200, "fine", "text/plain", UnexpectedResponseError, "fine"),
        (404, "<html>Cannot GET /contact</html>", "text/html", RecordNotFoundError, "another ver"),
        (429, "slow down", "text/plain", RateLimitError, "slow down"),
        (503, {"error": "Service unavailable"}, "", CrmUnavailableError, "Service unavailable"),
        (502, "<html>Bad gateway</html>", "text/html", CrmUnavailableError, "502"),
        (400, {"error": "x is not a function"}, "", UnexpectedResponseError, "x is not a function"),
        (400, "Invalid JWT token", "text/html", AuthenticationError, "it is no JWT"),
        (401, {}, "", AuthenticationError, "sign in again"),
    ],
)
def test_each_way_of_failing_has_its_error_and_its_next_step(status, body, mime, kind, words):
    found = problem(answer(status, body, mime))
    assert type(found) is kind
    assert found.status == status
    assert words in str(found)
    assert str(found).startswith("Finding the contact failed: 127.0.0.1:6066")


def test_a_revoked_session_is_named():
    body = {"successful": False, "errorCode": "CRM_SESSION_REVOKED"}
    body["returnMessage"] = {"message": "User session expired. Please connect again."}
    found = problem(answer(401, body))
    assert isinstance(found, AuthenticationError)
    assert "CRM_SESSION_REVOKED: User session expired" in str(found)


@given(st.binary(), st.integers(100, 599))
def test_no_bytes_make_it_raise(content, status):
    problem(read_answer(httpx.Response(status, content=content)))
