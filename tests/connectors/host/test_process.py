"""A connector in a child process: whatever it does, the next operation works."""

import asyncio
import os
import textwrap
import time

import pytest

from connectors.contract.hosting import ConsoleEvent, InvokeOptions
from connectors.host.load import ConnectorLoadError
from connectors.host.process import HostProcess

CONNECTOR = r"""
    import asyncio, os, time
    from connectors.contract.connector import Connector

    class Weird(BaseException):
        pass

    class Bad(Connector):
        async def find_contact(self, given):
            what = given.phone_number
            if what == "raise":
                raise ValueError("boom")
            if what == "weird":
                raise Weird("odd")
            if what == "system exit":
                raise SystemExit(4)
            if what == "exit":
                os._exit(3)
            if what == "garbage":
                os.write(1, b"\xff\x00{...\n")
            if what == "huge":
                return "x" * 100_000_000
            if what == "object":
                return object()
            if what == "sleep":
                await asyncio.sleep(60)
            if what == "block":
                time.sleep(60)
            if what == "stubborn":
                while True:
                    try:
                        await asyncio.sleep(60)
                    except asyncio.CancelledError:
                        pass
            print("did", what)
            return {"did": what}
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text(textwrap.dedent(CONNECTOR))
    return path


async def call(host, what, timeout_s=20.0, events=None):
    return await host.invoke(
        "findContact",
        {"phoneNumber": what},
        options=InvokeOptions(),
        timeout_s=timeout_s,
        on_event=(events if events is not None else []).append,
    )


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("raise", "ValueError"),
        ("weird", "Weird"),
        ("system exit", "SystemExit"),
        ("exit", "ConnectorExitedError"),
        ("huge", "ResultTooLargeError"),
        ("object", "UnserialisableResultError"),
    ],
)
async def test_a_failing_connector_leaves_the_host_usable(source, what, error):
    host = HostProcess(str(source))
    failed = await call(host, what)
    assert failed.error.type == error
    assert failed.result is None
    assert (await call(host, "fine")).result == {"did": "fine"}
    await host.close()


@pytest.mark.parametrize("what", ["sleep", "block", "stubborn"])
async def test_one_that_does_not_answer_in_time_is_ended(source, what):
    host = HostProcess(str(source))
    await host.describe()
    reply = await call(host, what, timeout_s=0.3)
    assert reply.error.type == "ConnectorTimeoutError"
    assert "0.3 s" in reply.error.message
    assert (await call(host, "fine")).result == {"did": "fine"}
    await host.close()


@pytest.mark.parametrize("what", ["block", "stubborn"])
async def test_cancelling_replaces_a_process_that_does_not_stop(source, what):
    host = HostProcess(str(source))
    await host.describe()
    before = host.pid
    task = asyncio.get_running_loop().create_task(call(host, what))
    await asyncio.sleep(0.1)
    began = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # 300 ms of grace, then the kill itself.
    assert time.perf_counter() - began < 2
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert (await call(host, "fine")).result == {"did": "fine"}
    assert host.pid != before
    await host.close()


async def test_raw_bytes_on_stdout_do_not_disturb_the_protocol(source):
    host = HostProcess(str(source))
    events = []
    reply = await call(host, "garbage", events=events)
    assert reply.result == {"did": "garbage"}
    assert "did garbage" in [event.text for event in events if isinstance(event, ConsoleEvent)]
    await host.close()


async def test_operations_at_the_same_time_keep_their_prints_apart(source):
    host = HostProcess(str(source))
    await host.describe()
    heard = {str(number): [] for number in range(20)}
    replies = await asyncio.gather(*(call(host, what, events=heard[what]) for what in heard))
    assert [reply.result["did"] for reply in replies] == list(heard)
    assert {what: [e.text for e in events] for what, events in heard.items()} == {
        what: [f"did {what}"] for what in heard
    }
    await host.close()


async def test_an_unknown_operation_names_the_known_ones(source):
    host = HostProcess(str(source))
    reply = await host.invoke(
        "fly", {}, options=InvokeOptions(), timeout_s=20, on_event=lambda _event: None
    )
    assert reply.error.type == "UnknownOperationError"
    assert "findContact" in reply.error.message
    await host.close()


async def test_a_connector_that_cannot_be_loaded_says_why(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("def (:\n")
    host = HostProcess(str(path))
    with pytest.raises(ConnectorLoadError, match=r"broken\.py:1"):
        await host.describe()
    await host.close()
    await host.close()
