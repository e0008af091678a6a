from __future__ import annotations

import msgspec
import pytest

from connectors.contract.exchange import Body, Exchange
from connectors.contract.model import from_wire, to_wire


def test_an_exchange_survives_the_wire():
    exchange = Exchange(
        id=3,
        invocation=7,
        started_ms=1.5,
        method="POST",
        url="https://crm.example/contacts",
        routed_to="http://127.0.0.1:1/contacts",
        headers=(("Accept", "*/*"), ("Accept", "text/html")),
        body=Body(text="{}", size=2, mime_type="application/json"),
        status=201,
        response_headers=(("X", "1"),),
        response_body=Body(text="AAE=", encoding="base64", size=2),
        wait_ms=4.0,
        ms=5.0,
    )
    wire = to_wire(exchange)
    assert wire["startedMs"] == 1.5
    assert wire["responseBody"]["mimeType"] == ""
    assert from_wire(wire, Exchange) == exchange


def test_no_answer_is_said_by_none_on_the_wire():
    wire = to_wire(Exchange(id=1, invocation=1, started_ms=0, method="GET", url="u", error="cut"))
    assert wire["status"] is None
    assert wire["responseBody"] is None
    assert wire["error"] == "cut"


def test_an_exchange_does_not_change():
    body = Body(text="x")
    with pytest.raises(AttributeError):
        body.text = "y"


def test_a_missing_key_is_named():
    with pytest.raises(msgspec.ValidationError, match="url"):
        from_wire({"id": 1, "invocation": 1, "startedMs": 0, "method": "GET"}, Exchange)
