from __future__ import annotations

import pytest

from connectors.contract.exchange import Exchange
from connectors.contract.hosting import (
    AccountValue,
    ConsoleEvent,
    Description,
    ErrorInfo,
    ExchangeEvent,
    InvokeOptions,
    Reply,
)
from connectors.contract.model import from_wire, to_wire

VALUES = [
    Description(
        platform="insightly",
        display_name="Insightly",
        kind="python",
        auth_type="apiKey",
        log_format="text/plain",
        operations=("findContact",),
        manifest={"name": "insightly"},
        digest="0123456789ab",
    ),
    InvokeOptions(
        routes={"*": "http://127.0.0.1:1"},
        config={"KEY": "v"},
        account_data={"types": AccountValue(value=[1], fresh=False)},
        secrets=("s3cret",),
    ),
    Reply(result={"successful": True}, ms=3.0),
    Reply(error=ErrorInfo(type="CrmUnavailableError", message="No answer.", status=503)),
    ConsoleEvent(text="hello", stream="stderr", invocation=4),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_passes_between_host_and_bench_survives_the_wire(value):
    assert from_wire(to_wire(value), type(value)) == value


def test_every_key_is_on_the_wire_in_camel_case():
    wire = to_wire(VALUES[0])
    assert {"displayName", "authType", "logFormat", "source"} <= set(wire)
    assert to_wire(Reply()) == {"result": None, "error": None, "ms": 0.0}


def test_defaults_are_not_shared():
    first, second = InvokeOptions(), InvokeOptions()
    first.routes["*"] = "x"
    assert second.routes == {}


def test_an_exchange_event_belongs_to_the_invocation_of_its_exchange():
    event = ExchangeEvent(
        exchange=Exchange(id=1, invocation=9, started_ms=0, method="GET", url="u")
    )
    assert event.invocation == 9
