from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from connectors.server import bodies
from connectors.server.errors import Refusal

KINDS = [
    bodies.ApiKeyLogin,
    bodies.NewContact,
    bodies.NewCallLog,
    bodies.ChangedCallLog,
    bodies.Disposition,
    bodies.ChangedSettings,
]


def request(body=b"", query=""):
    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "headers": [], "query_string": query.encode("latin-1")}
    return Request(scope, receive)


async def read(body, kind):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await bodies.read_body(request(raw), kind)


async def test_a_call_of_the_extension_is_read():
    body = await read(
        {
            "logInfo": {
                "sessionId": "s1",
                "direction": "Outbound",
                "from": {"phoneNumber": "+1"},
                "to": {},
                "startTime": 1_767_225_600_000,
                "duration": "pending",
                "legs": [1],
            },
            "contactId": 11,
            "overridingFormat": ["x"],
        },
        bodies.NewCallLog,
    )
    assert body.log_info.from_.phone_number == "+1"
    assert body.log_info.duration == "pending"
    assert body.contact_id == 11


async def test_no_body_is_an_empty_one():
    assert (await read(b"", bodies.ApiKeyLogin)).platform == ""


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"{", bodies.NewContact, "The body is not JSON: Input data was truncated."),
        (b"{1:2}", bodies.NewContact, "The body is not JSON: JSON is malformed: "),
        (b"\xff", bodies.NewContact, "The body is not JSON: "),
        (b"[" * 100_000, bodies.NewContact, "The body is not JSON: "),
        (b'"\\ud800"', bodies.NewContact, "The body is not JSON: "),
        ([], bodies.NewContact, "Expected `object`, got `array`"),
        ({}, bodies.NewContact, "missing required field `phoneNumber`"),
        ({"phoneNumber": 1}, bodies.NewContact, "Expected `str`, got `int` - at `$.phoneNumber`"),
        ({"phoneNumber": "1" * 256}, bodies.NewContact, "length <= 255"),
        ({"phoneNumber": "1\0"}, bodies.NewContact, "NUL"),
        ({"phoneNumber": "1", "additionalSubmission": {"a\0": [1]}}, bodies.NewContact, "NUL"),
        ({"phoneNumber": "1", "additionalSubmission": [{}]}, bodies.NewContact, "Expected `object"),
        (
            {"logInfo": {"sessionId": ""}},
            bodies.NewCallLog,
            "length >= 1 - at `$.logInfo.sessionId`",
        ),
        ({"sessionId": ""}, bodies.ChangedCallLog, "length >= 1 - at `$.sessionId`"),
        ({"sessionId": ""}, bodies.Disposition, "length >= 1 - at `$.sessionId`"),
        ({"logInfo": {}}, bodies.NewCallLog, "missing required field `sessionId`"),
        ({"logInfo": {"sessionId": "s", "startTime": -1}}, bodies.NewCallLog, ">= 0"),
        ({"logInfo": {"sessionId": "s", "startTime": 1e300}}, bodies.NewCallLog, "startTime"),
        ({"logInfo": {"sessionId": "s", "direction": "Up"}}, bodies.NewCallLog, "direction"),
    ],
)
async def test_what_is_wrong_is_said(body, kind, words):
    with pytest.raises(Refusal) as caught:
        await read(body, kind)
    assert words in str(caught.value)
    assert caught.value.status == 400
    assert len(str(caught.value)) < 200


@given(st.binary(max_size=200), st.sampled_from(KINDS))
def test_any_bytes_are_read_or_refused(body, kind):
    run_to_the_end(body, kind)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
)


@given(JSON, st.sampled_from(KINDS))
def test_any_json_is_read_or_refused(value, kind):
    run_to_the_end(json.dumps(value).encode(), kind)


def run_to_the_end(body, kind):
    """Run without a loop: nothing here waits."""
    coroutine = bodies.read_body(request(body), kind)
    with pytest.raises((StopIteration, Refusal)) as ended:
        coroutine.send(None)
    if ended.type is StopIteration:
        assert isinstance(ended.value.value, kind)
    else:
        assert ended.value.status == 400


def test_a_query_value_is_a_text():
    asked = request(query="a=%2B1&b=%C3%A9&c=1&c=2")
    assert [bodies.query_text(asked, name) for name in "abcd"] == ["+1", "é", "2", ""]


@pytest.mark.parametrize(
    ("query", "words"), [("a=%00", "NUL"), ("a=" + "x" * 21, "longer than 20 characters")]
)
def test_a_query_value_that_no_database_takes_is_refused(query, words):
    with pytest.raises(Refusal, match=words):
        bodies.query_text(request(query=query), "a", longest=20)
