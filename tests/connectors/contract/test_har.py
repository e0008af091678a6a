"""HAR files, written and read; section numbers are those of the HAR 1.2 specification."""

import base64
import json

import msgspec
import pytest

from connectors.contract.exchange import Body, Exchange
from connectors.contract.har import (
    HAR_END,
    HarError,
    Page,
    har_begin,
    har_entry,
    har_piece,
    har_slices,
    open_har,
    read_entry,
    read_har,
    to_har,
)
from tests.connectors.contract.har_spec import problems

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


def replace(exchange, **changes):
    return msgspec.structs.replace(exchange, **changes)


def minimal(**changes):
    entry = {
        "request": {"method": "get", "url": "https://crm.test/"},
        "response": {"status": 200, "content": {}},
    } | changes
    return json.dumps({"log": {"version": "1.1", "entries": [entry]}}).encode()


def test_what_is_written_is_read_again():
    assert read_har(to_har([WHOLE, FAILED, BINARY, CUT], "1.0")) == [WHOLE, FAILED, BINARY, CUT]


ALL = [WHOLE, FAILED, BINARY, CUT]
PAGES = [Page("run-1", "findContact +1415", 1_795_600_000_123.0), Page("run-2", "")]


def in_pieces(entries):
    pieces = [har_piece(one, page, is_first=not at) for at, (one, page) in enumerate(entries)]
    return b"".join([har_begin(PAGES, "1.0"), *pieces, HAR_END])


def test_what_is_written_keeps_the_specification():
    plain = json.loads(to_har(ALL, "1.0"))
    assert problems(plain) == []
    assert plain["log"]["creator"] == {"name": "Callbench", "version": "1.0"}
    paged = in_pieces([(one, f"run-{1 + at % 2}") for at, one in enumerate(ALL)])
    assert problems(json.loads(paged)) == []
    assert problems(json.loads(to_har([], "1.0"))) == []


@pytest.mark.parametrize("sides", [(), ("request",), ("response",), ("request", "response")])
def test_an_entry_in_slices_is_the_same_entry(sides):
    texts = {"request": ['{"a"', ": 1}"], "response": ['[{"n": "Z', 'oë"}', "]"]}
    given = {side: texts[side] for side in sides}
    slices = list(har_slices(WHOLE, "run-1", is_first=False, **given))
    assert b"".join(slices) == har_piece(WHOLE, "run-1", is_first=False)
    assert len(slices) == 1 + sum(1 + len(texts[side]) for side in sides)


def test_a_body_that_is_given_does_not_need_one_in_the_exchange():
    slices = har_slices(FAILED, is_first=True, request=["x"], response=["y"])
    assert b"".join(slices) == har_piece(FAILED, is_first=True)


def test_a_binary_body_that_was_sent_is_kept_as_an_addition():
    posted = replace(BINARY, method="POST", body=BINARY.response_body)
    assert problems(json.loads(to_har([posted], "1.0"))) == []
    assert read_har(to_har([posted], "1.0")) == [replace(posted, id=1)]


def test_the_checker_of_the_specification_finds_what_is_wrong():
    log = json.loads(to_har([WHOLE], "1.0"))
    entry = log["log"]["entries"][0]
    entry["pageref"] = "nowhere"
    entry["startedDateTime"] = "noon"
    entry["extra"] = 1
    del entry["cache"], entry["request"]["cookies"]
    assert problems(log) == [
        "log.entries[0].startedDateTime is no date",
        "log.entries[0].request.cookies is missing",
        "log.entries[0].cache is missing",
        "log.entries[0].extra is not in the specification",
    ]


def test_pages_and_their_entries_are_read_again():
    written = in_pieces([(WHOLE, "run-1"), (BINARY, "run-2")])
    log = open_har(written)
    assert (log.version, log.made_by, log.pages, log.cut) == (
        "1.2",
        "Callbench 1.0",
        tuple(PAGES),
        "",
    )
    read = [read_entry(number, entry) for number, entry in enumerate(log.entries, start=1)]
    assert read == [(WHOLE, "run-1"), (replace(BINARY, id=2), "run-2")]


def test_a_packed_answers_size_on_the_wire_is_not_known():
    packed = replace(WHOLE, response_headers=(("Content-Encoding", "gzip"),))
    response = har_entry(packed)["response"]
    assert (response["bodySize"], response["content"]["size"]) == (-1, 15)


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


def test_a_browsers_failure_has_its_words_in_the_answer():
    response = {"status": 0, "content": {}, "_error": "net::ERR_NAME_NOT_RESOLVED"}
    (read,) = read_har(minimal(response=response))
    assert (read.status, read.error) == (None, "net::ERR_NAME_NOT_RESOLVED")


def test_the_wait_of_a_browsers_entry_includes_what_came_before_it():
    timings = {"blocked": 5, "dns": -1, "connect": 20, "ssl": 15, "send": 1, "wait": 30}
    (read,) = read_har(minimal(timings=timings | {"receive": 4}, time=60))
    assert (read.wait_ms, read.ms) == (56, 60)


def test_what_programs_leave_empty_is_taken():
    request = {"method": "GET", "url": "x", "headers": [{"name": "a", "value": None}]}
    response = {"status": 200, "statusText": None, "content": {"mimeType": None, "text": "t"}}
    (read,) = read_har(minimal(request=request, response=response, pageref=None))
    assert (read.headers, read.response_body.text) == ((("a", ""),), "t")


def test_what_stands_around_the_entries_never_refuses_a_file():
    log = {"version": 1.2, "creator": {"name": "x", "version": 3}, "pages": [{"id": 1}]}
    log["entries"] = []
    opened = open_har(json.dumps({"log": log}).encode())
    assert (opened.version, opened.made_by, opened.pages) == ("1.2", "x 3", (Page("1", ""),))
    log |= {"version": None, "creator": None, "pages": None}
    assert open_har(json.dumps({"log": log}).encode()).version == "1.1"
    log["pages"] = [{"id": "a", "title": None, "startedDateTime": "noon"}]
    assert open_har(json.dumps({"log": log}).encode()).pages == (Page("a", ""),)


def test_a_file_of_utf_16_is_read():
    assert read_har(minimal().decode().encode("utf-16"))[0].status == 200


def test_text_that_is_no_unicode_is_read_with_its_gaps():
    lone = minimal(response={"status": 200, "content": {"text": "a\ud83d"}})
    assert read_har(lone)[0].response_body.text == "a?"
    broken = minimal(response={"status": 200, "content": {"text": "aXb"}}).replace(b"X", b"\xff")
    assert read_har(broken)[0].response_body.text == "a\ufffdb"


def test_the_version_is_told_and_none_means_1_1():
    assert open_har(minimal()).version == "1.1"
    assert open_har(b'{"log": {"entries": []}}').version == "1.1"


def test_of_a_file_that_is_cut_everything_before_the_cut_is_opened():
    whole = in_pieces([(WHOLE, "run-1"), (BINARY, "run-2")])
    log = open_har(whole[:-30])
    assert (len(log.entries), log.pages, log.version) == (1, tuple(PAGES), "1.2")
    assert "truncated" in log.cut
    assert read_entry(1, log.entries[0]) == (WHOLE, "run-1")
