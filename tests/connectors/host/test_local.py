"""A connector in this process: what it is given, what comes back, what it tells on the way."""

import asyncio
import os
import textwrap

import httpx
import pytest

from connectors.contract.hosting import (
    AccountValue,
    CacheEvent,
    ConsoleEvent,
    ExchangeEvent,
    FindingEvent,
    InvokeOptions,
    UserEvent,
)
from connectors.host.local import LocalHost, camel_case
from connectors.runtime.client import build_client
from connectors.runtime.redact import REDACTED

CONNECTOR = r"""
    import asyncio
    from connectors.contract.connector import Connector
    from connectors.contract.errors import RateLimitError

    class Odd(Connector):
        async def find_contact(self, given):
            what = given.phone_number
            if what == "raise":
                raise ValueError("the key canary-0123 is refused")
            if what == "silent":
                raise KeyError
            if what == "limit":
                raise RateLimitError("slow down")
            if what == "group":
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.fail())
            if what == "timeout":
                raise TimeoutError("the CRM is slow")
            if what == "system exit":
                raise SystemExit(4)
            if what == "sleep":
                await asyncio.sleep(60)
            if what == "huge":
                return "x" * 9_000_000
            if what == "object":
                return object()
            if what == "loop":
                endless = []
                endless.append(endless)
                return endless
            if what == "tell":
                print("printed")
                self.context.report("code", "canary-0123 was left out")
                self.context.save_user(access_token="canary-0123")
                self.context.account_data.put("lists", [1])
            if what == "leak":
                return {"id": 7, "name": "Ada", "note": "canary-0123", "token": "abc"}
            if what == "http":
                return (await self.http.get("https://crm.example/a")).json()
            data = self.context.account_data
            return {
                "fresh": data.get("fresh"),
                "old": data.get("old"),
                "stale": data.get_stale("old"),
                "none": data.get_stale("none"),
                "config": self.context.config.get("ODD_SETTING"),
            }

        async def fail(self):
            raise ValueError("inside")
"""


@pytest.fixture
def host(tmp_path, at_end):
    path = tmp_path / "odd.py"
    path.write_text(textwrap.dedent(CONNECTOR))
    local = LocalHost(str(path))
    at_end.append(local.close)
    return local


async def call(host, what, events=None, timeout_s=10.0, **options):
    return await host.invoke(
        "findContact",
        {"phoneNumber": what},
        options=InvokeOptions(secrets=("canary-0123",), **options),
        timeout_s=timeout_s,
        on_event=(events if events is not None else []).append,
    )


@pytest.mark.parametrize(
    ("what", "kind", "said"),
    [
        ("raise", "ValueError", f"the key {REDACTED} is refused"),
        ("silent", "KeyError", "KeyError without a message"),
        ("limit", "RateLimitError", "slow down"),
        ("group", "ValueError", "inside"),
        ("timeout", "TimeoutError", "the CRM is slow"),
        ("system exit", "SystemExit", "4"),
        ("huge", "ResultTooLargeError", "returned 9 MB"),
        ("object", "UnserialisableResultError", "is not JSON"),
        ("loop", "UnserialisableResultError", "is not JSON"),
    ],
)
async def test_what_goes_wrong_is_the_reply(host, what, kind, said):
    reply = await call(host, what)
    assert reply.error.type == kind
    assert said in reply.error.message
    assert "canary" not in reply.error.message
    assert "canary" not in reply.error.stack
    assert reply.error.status == (429 if what == "limit" else None)
    assert (await call(host, "fine")).error is None


async def test_time_runs_out(host):
    reply = await call(host, "sleep", timeout_s=0.05)
    assert reply.error.type == "ConnectorTimeoutError"
    assert "0.05 s" in reply.error.message
    assert 0 < reply.ms < 5000


async def test_a_cancelled_operation_stops(host):
    task = asyncio.get_running_loop().create_task(call(host, "sleep"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await call(host, "fine")).error is None


async def test_an_input_of_a_wrong_shape_is_named(host):
    reply = await host.invoke(
        "findContact",
        {"phoneNumber": 5},
        options=InvokeOptions(),
        timeout_s=5,
        on_event=lambda _event: None,
    )
    assert reply.error.type == "InvalidInputError"
    assert "phoneNumber" in reply.error.message


async def test_an_operation_that_the_connector_has_not(host):
    reply = await host.invoke(
        "createContact", {}, options=InvokeOptions(), timeout_s=5, on_event=lambda _event: None
    )
    assert reply.error.type == "UnknownOperationError"
    assert "findContact" in reply.error.message


async def test_options_reach_the_connector_and_only_this_operation(host):
    given = await call(
        host,
        "fine",
        config={"ODD_SETTING": "mine"},
        account_data={
            "fresh": AccountValue(value=1, fresh=True),
            "old": AccountValue(value=2, fresh=False),
        },
    )
    assert given.result == {"fresh": 1, "old": None, "stale": 2, "none": None, "config": "mine"}
    assert set((await call(host, "fine")).result.values()) == {None}


async def test_the_environment_is_the_configuration_behind(host, monkeypatch):
    monkeypatch.setitem(os.environ, "ODD_SETTING", "of the environment")
    assert (await call(host, "fine")).result["config"] == "of the environment"
    own = await call(host, "fine", config={"ODD_SETTING": "mine"})
    assert own.result["config"] == "mine"


async def test_events_come_in_order_and_before_the_reply(host):
    events = []
    await call(host, "tell", events=events)
    assert events == [
        ConsoleEvent(text="printed", invocation=1),
        FindingEvent(code="code", message=f"{REDACTED} was left out", invocation=1),
        UserEvent(changes={"accessToken": "canary-0123"}, invocation=1),
        CacheEvent(key="lists", value=[1], invocation=1),
    ]


async def test_a_result_is_told_without_secrets(host):
    reply = await call(host, "leak")
    assert reply.result == {"id": 7, "name": "Ada", "note": REDACTED, "token": REDACTED}


async def test_a_route_leads_to_another_server_and_the_exchange_is_told(host, at_end):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{"a":1}')
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)

    async def close():
        server.close()
        await server.wait_closed()

    at_end.append(close)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    events = []
    reply = await call(host, "http", events=events, routes={"CRM.example": base})
    assert reply.result == {"a": 1}
    (event,) = events
    assert isinstance(event, ExchangeEvent)
    assert event.exchange.url == "https://crm.example/a"
    assert event.exchange.routed_to == f"{base}/a"


async def test_the_client_is_the_one_that_was_asked_for_and_captures_on_demand(tmp_path):
    path = tmp_path / "odd.py"
    path.write_text(textwrap.dedent(CONNECTOR))
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(200, stream=httpx.ByteStream(b'{"a": 1}'))

    host = LocalHost(str(path), client=lambda: build_client(network=httpx.MockTransport(answer)))
    events = []
    for captures in (False, True):
        reply = await host.invoke(
            "findContact",
            {"phoneNumber": "http"},
            options=InvokeOptions(),
            timeout_s=5,
            on_event=events.append,
            captures=captures,
        )
        assert reply.result == {"a": 1}
    await host.close()
    assert asked == ["https://crm.example/a"] * 2
    assert len(events) == 1


async def test_a_connector_describes_itself(host):
    description = await host.describe()
    assert description.platform == "odd"
    assert description.kind == "python"
    assert "findContact" in description.operations
    assert description.source.endswith("odd.py")


async def test_a_closed_host_can_be_closed_again(host):
    await call(host, "fine")
    await host.close()
    await host.close()


def test_names_on_the_wire():
    assert camel_case("rc_user_number") == "rcUserNumber"
    assert camel_case("id") == "id"
