from __future__ import annotations

import re

from connectors.contract.exchange import Exchange
from connectors.server.debug_trace import MAX_TRACES, DebugTrace


def exchange(**changes):
    values = {
        "id": 1,
        "invocation": 1,
        "started_ms": 0.0,
        "method": "GET",
        "url": "https://crm.example/contacts?phone=1",
        "status": 200,
        "ms": 12.34,
    }
    return Exchange(**(values | changes))


def test_an_answer_gets_productions_keys():
    trace = DebugTrace()
    trace.add("findContact:start", {"query": {"phoneNumber": "+1"}})
    trace.add_exchange(exchange())
    answer = trace.wrapped({"successful": True})
    debug = answer.pop("_debug")
    assert answer == {"successful": True}
    assert list(debug) == ["sum", "requestId", "totalDuration", "traceCount", "traces"]
    assert re.fullmatch(r"req_\d{13}_[0-9a-f]{7}", debug["requestId"])
    assert re.fullmatch(r"\d+ms", debug["totalDuration"])
    assert debug["traceCount"] == 2
    first = debug["sum"][0]
    assert (first["index"], first["level"], first["method"]) == (1, "INFO", "findContact:start")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["timestamp"])
    assert debug["traces"][1]["methodName"] == "http:GET"
    assert debug["traces"][1]["data"]["ms"] == 12.3
    assert "stackTrace" not in debug["traces"][0]


def test_a_request_that_failed_stands_out():
    trace = DebugTrace()
    trace.add_exchange(exchange(status=500))
    trace.add_exchange(exchange(status=None, error="ReadTimeout"))
    levels = [each["level"] for each in trace.wrapped({})["_debug"]["sum"]]
    assert levels == ["ERROR", "ERROR"]


def test_secrets_are_taken_out_by_name_and_by_value():
    trace = DebugTrace()
    trace.add("start", {"query": {"jwtToken": "eyJ1234567890abc", "authType": "apiKey"}})
    trace.add("later", {"text": "the key abcd-1234-secret was used"})
    trace.learn(("abcd-1234-secret",))
    shown = str(trace.wrapped({}))
    assert "abcd-1234-secret" not in shown
    assert "eyJ1234567890abc" not in shown
    assert "'authType': 'apiKey'" in shown


def test_a_text_stays_a_text():
    assert DebugTrace().wrapped("crm.example") == "crm.example"


def test_a_trace_does_not_grow_without_end():
    trace = DebugTrace()
    for _ in range(MAX_TRACES + 5):
        trace.add("again")
    assert trace.wrapped({})["_debug"]["traceCount"] == MAX_TRACES
