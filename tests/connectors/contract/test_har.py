"""HAR files, written and read; section numbers are those of the HAR 1.2 specification."""

import base64
import json

import pytest

from connectors.contract.exchange import Body, Exchange
from connectors.contract.har import HarError, har_entry, read_har, to_har

WHOLE = Exchange(
    id=1,
    invocation=0,
    started_ms=1_795_600_000_123.0,
    method="POST",
    url="https://crm.test/people?phone=%2B1415&empty=",
    routed_to="http://127.0.0.1:1/people",
    headers=(("Authorization", "[REDACTED]"), ("Accept", "*/*")),
    body=Body(text='{"a": 1}', size=8, mime_type="application/json"),
    status=200,
    reason="OK",
    response_headers=(("Content-Type", "application/json"),),
    response_body=Body(text='[{"n": "Zoë"}]', size=15, mime_type="application/json"),
    wait_ms=40.0,
    ms=50.0,
)
FAILED = Exchange(
    id=2,
    invocation=0,
    started_ms=1_795_600_000_200.0,
    method="GET",
    url="https://crm.test/",
    ms=10.0,
    error="ConnectError: refused",
)
BINARY = Exchange(
    id=3,
    invocation=0,
    started_ms=1_795_600_000_300.0,
    method="GET",
    url="https://crm.test/picture",
    status=200,
    wait_ms=0.0,
    response_body=Body(
        text=base64.b64encode(b"\xff\x00").decode(), encoding="base64", size=2, mime_type="a/b"
    ),
)
CUT = Exchange(
    id=4,
    invocation=0,
    started_ms=1_795_600_000_400.0,
    method="GET",
    url="https://crm.test/all",
    status=200,
    wait_ms=0.0,
    response_body=Body(text="abc", size=999, truncated=True, mime_type="text/plain"),
)


def minimal(**changes):
    entry = {
        "request": {"method": "get", "url": "https://crm.test/"},
        "response": {"status": 200, "content": {}},
    } | changes
    return json.dumps({"log": {"version": "1.1", "entries": [entry]}}).encode()


def test_what_is_written_is_read_again():
    assert read_har(to_har([WHOLE, FAILED, BINARY, CUT], "1.0")) == [WHOLE, FAILED, BINARY, CUT]


def test_every_field_that_the_specification_requires_is_there():
    log = json.loads(to_har([WHOLE, FAILED], "1.0"))["log"]
    assert (log["version"], log["creator"]) == ("1.2", {"name": "Callbench", "version": "1.0"})
    for entry in log["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(entry)
        assert set(entry["request"]) >= {
            "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize",
            "bodySize",
        }  # fmt: skip
        assert set(entry["response"]) >= {
            "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL",
            "headersSize", "bodySize",
        }  # fmt: skip
        assert set(entry["response"]["content"]) >= {"size", "mimeType"}
        assert set(entry["timings"]) == {"send", "wait", "receive"}
        assert sum(entry["timings"].values()) == pytest.approx(entry["time"])


def test_the_query_is_listed_decoded():
    pairs = har_entry(WHOLE)["request"]["queryString"]
    assert pairs == [{"name": "phone", "value": "+1415"}, {"name": "empty", "value": ""}]


def test_the_time_is_iso_8601_with_milliseconds_and_zone():
    assert har_entry(WHOLE)["startedDateTime"] == "2026-11-25T09:46:40.123+00:00"


def test_a_browsers_file_is_read():
    """With a byte order mark, base64 texts, form parameters, fields of its own, and a failure."""
    form = {
        "request": {
            "method": "POST",
            "url": "https://crm.test/",
            "_priority": "High",
            "postData": {
                "mimeType": "application/x-www-form-urlencoded",
                "params": [{"name": "a", "value": "1&b=2"}],
            },
        },
        "response": {
            "status": 0,
            "content": {
                "mimeType": "text/plain",
                "text": base64.b64encode("Zoë".encode()).decode(),
                "encoding": "base64",
            },
        },
        "startedDateTime": "2026-11-24T10:00:00Z",
        "time": 1,
    }
    (read,) = read_har(b"\xef\xbb\xbf" + minimal(**form))
    assert (read.status, read.error) == (None, "The request failed.")
    assert read.body.text == "a=1%26b%3D2"
    assert (read.response_body.text, read.response_body.encoding) == ("Zoë", None)


def test_what_may_be_missing_may_be_missing():
    (read,) = read_har(minimal())
    assert (read.method, read.status, read.body, read.response_body) == ("GET", 200, None, None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not whole JSON"),
        (b"<html>", "not whole JSON"),
        (to_har([WHOLE], "1")[:-20], "not whole JSON"),
        (b"\xff\xfe{}", "not whole JSON"),
        (b"[]", "no HAR 1.2: .* at its top level"),
        (b"{}", "missing required field `log`"),
        (b'{"log": {}}', "missing required field `entries` at log"),
        (minimal(request={"url": "x"}), r"`method` at log\.entries\[0\]\.request|entries.*request"),
        (minimal(startedDateTime="noon"), r"log\.entries\[0\]\.startedDateTime is no date: 'noon'"),
        (
            minimal(response={"status": 200, "content": {"text": "?", "encoding": "base64"}}),
            r"log\.entries\[0\]\.response has a body that is no base64",
        ),
        (
            minimal(response={"status": 200, "content": {"text": "?", "encoding": "rot13"}}),
            "only base64 is known",
        ),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(data, said):
    with pytest.raises(HarError, match=said):
        read_har(data)
