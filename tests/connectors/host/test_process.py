"""A connector in a child process: whatever it does, the next operation works."""

import asyncio
import os
import sys
import textwrap
import time

import pytest

from connectors.contract.hosting import ConsoleEvent, ExchangeEvent, InvokeOptions, SourcePosition
from connectors.host.load import ConnectorLoadError
from connectors.host.process import HostProcess
from tests.connectors.host.protocol_suite import HostProtocol

CONNECTOR = r"""
    import asyncio, os, threading, time
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
            if what == "leak":
                os.write(2, b"stderr s3cret-value\n")
                os._exit(3)
            if what == "learn":
                self.context.save_user(access_token="next-s3cret")
                os.write(2, b"stderr next-s3cret\n")
                await asyncio.sleep(0.05)
            if what == "pieces":
                for piece in (b"past: s3cret", b"-val", b"ue!\nmore\n"):
                    os.write(2, piece)
                    time.sleep(0.02)
                await asyncio.sleep(0.05)
            if what == "thread":
                thread = threading.Thread(target=print, args=("in a thread: s3cret-value",))
                thread.start()
                thread.join()
            if what == "huge":
                return "x" * 100_000_000
            if what == "object":
                return object()
            if what in ("sleep", "block"):
                print("under way")
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
            if what == "download":
                await self.http.get("https://crm.example/everything")
            print("did", what)
            return {"did": what}
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text(textwrap.dedent(CONNECTOR))
    return path


async def call(host, what, timeout_s=20.0, events=None, **options):
    return await host.invoke(
        "findContact",
        {"phoneNumber": what},
        options=InvokeOptions(**options),
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


async def test_a_change_counts_even_within_the_same_second(tmp_path, monkeypatch):
    """Bytecode is told from its source by whole seconds and size only."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    source, answer = tmp_path / "connector.py", tmp_path / "answer.py"
    source.write_text(
        "from connectors.contract.connector import Connector\nfrom . import answer\n"
        "class Small(Connector):\n"
        "    async def find_contact(self, given):\n        return answer.WORD\n"
    )
    for word in ("one", "two"):
        answer.write_text(f"WORD = {word!r}\n")
        os.utime(answer, (1_700_000_000, 1_700_000_000))
        host = HostProcess(str(tmp_path))
        assert (await call(host, "fine")).result == word
        await host.close()
    assert sorted(tmp_path.iterdir()) == [answer, source]


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


async def test_a_cancelled_operation_that_stops_keeps_its_process(source):
    host = HostProcess(str(source))
    await host.describe()
    before = host.pid
    task = asyncio.get_running_loop().create_task(call(host, "sleep"))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await call(host, "fine")).result == {"did": "fine"}
    assert host.pid == before
    await host.close()


async def test_a_process_that_exits_is_replaced_and_its_code_is_said(source):
    host = HostProcess(str(source))
    await host.describe()
    before = host.pid
    reply = await call(host, "exit")
    assert "exit code 3" in reply.error.message
    assert (await call(host, "fine")).result == {"did": "fine"}
    assert host.pid != before
    await host.close()
    assert host.pid is None


async def test_an_answer_of_100_mb_ends_in_a_clear_error(source, at_end):
    async def serve(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            for _ in range(100):
                writer.write(b"a" * 1_000_000)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)

    async def close():
        server.close()
        await server.wait_closed()

    at_end.append(close)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    host = HostProcess(str(source))
    events = []
    reply = await call(host, "download", events=events, routes={"*": base})
    assert reply.error.type == "UnexpectedResponseError"
    assert "crm.example is larger than 32 MB" in reply.error.message
    (event,) = events
    assert isinstance(event, ExchangeEvent)
    assert event.exchange.response_body.truncated
    assert (await call(host, "fine")).result == {"did": "fine"}
    await host.close()


async def test_prints_arrive_before_the_reply(source):
    host = HostProcess(str(source))
    order = []
    reply = await host.invoke(
        "findContact",
        {"phoneNumber": "fine"},
        options=InvokeOptions(),
        timeout_s=20,
        on_event=lambda event: order.append(event.text),
    )
    order.append(reply.result)
    assert order == ["did fine", {"did": "fine"}]
    await host.close()


class TestProtocol(HostProtocol):
    @pytest.fixture
    def command(self, source):
        return [sys.executable, "-m", "connectors.host", str(source)]


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
    with pytest.raises(ConnectorLoadError, match=r"broken\.py:1") as caught:
        await host.describe()
    position = SourcePosition(file=str(path), line=1, column=5)
    assert caught.value.position == position
    assert (await call(host, "fine")).error.position == position
    await host.close()
    await host.close()


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_the_next_process_is_started_ahead_of_the_next_operation(source):
    host = HostProcess(str(source))
    before = host.pid
    await call(host, "exit")
    await until(lambda: host.pid not in {None, before})
    ahead = host.pid
    assert (await call(host, "fine")).result == {"did": "fine"}
    assert host.pid == ahead
    await host.close()


async def test_a_host_closed_while_it_is_replaced_leaves_no_process(source):
    host = HostProcess(str(source))
    await call(host, "exit")
    await host.close()
    assert host.pid is None


async def test_a_connector_that_cannot_be_loaded_any_more_is_not_tried_again_and_again(source):
    host = HostProcess(str(source))
    await host.describe()
    source.write_text("import os; os._exit(5)")
    await call(host, "exit")
    await until(lambda: host.replacing is False)
    assert host.pid is None
    reply = await call(host, "fine")
    assert (reply.error.type, "code 5" in reply.error.message) == ("ConnectorExitedError", True)
    await host.close()


async def test_a_version_that_is_gone_and_cannot_be_loaded_any_more_is_said(source):
    host = HostProcess(str(source))
    version = (await host.describe()).digest[:6]
    source.write_text("def (:\n")
    await call(host, "exit")
    reply = await call(host, "fine")
    assert reply.error.type == "ConnectorLoadError"
    assert reply.error.message.startswith(f"The process that ran version {version} has ended, and")
    assert "syntax error" in reply.error.message
    assert reply.error.position.line == 1
    await host.close()


async def test_what_is_written_past_the_console_and_last_words_show_no_secret(source):
    host = HostProcess(str(source))
    events = []
    reply = await call(host, "leak", events=events, secrets=("s3cret-value",))
    assert "Its last words: stderr [REDACTED]" in reply.error.message
    assert "s3cret-value" not in repr(events)
    events = []
    await call(host, "learn", events=events)
    await until(lambda: any(isinstance(event, ConsoleEvent) for event in events))
    printed = [event for event in events if isinstance(event, ConsoleEvent)]
    assert "next-s3cret" not in repr(printed)
    await host.close()


@pytest.mark.parametrize(
    ("what", "line"), [("pieces", "past: [REDACTED]!"), ("thread", "in a thread: [REDACTED]")]
)
async def test_a_secret_in_pieces_or_from_a_thread_of_its_own_is_not_shown(source, what, line):
    host = HostProcess(str(source))
    events = []
    await call(host, what, events=events, secrets=("s3cret-value",))
    assert line in [event.text for event in events if isinstance(event, ConsoleEvent)]
    assert "s3cret" not in repr(events)
    await host.close()


async def test_a_file_in_the_current_folder_stands_in_for_no_module(source, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('not json')")
    monkeypatch.chdir(tmp_path)
    host = HostProcess(str(source))
    assert (await call(host, "fine")).result == {"did": "fine"}
    await host.close()
