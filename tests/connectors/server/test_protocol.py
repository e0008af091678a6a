"""Connections that never become a request, at uvicorn's own protocol over real sockets."""

from __future__ import annotations

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from connectors.server.protocol import MAX_HEAD_BYTES, GuardedProtocol


async def hello(scope, receive, send):
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


class Impatient(GuardedProtocol):
    head_timeout_s = 0.1


@pytest.fixture
def connect(at_end):
    """Return a coroutine function that connects to a server of this protocol."""

    async def connected(kind=GuardedProtocol):
        config = uvicorn.Config(hello, log_config=None, lifespan="off")
        config.load()
        state = ServerState()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: kind(config, state, {}), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())

        async def close():
            writer.close()
            server.close()
            await server.wait_closed()
            for _ in range(5):
                await asyncio.sleep(0)

        at_end.append(close)
        return reader, writer

    return connected


async def answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    return head.split(b"\r\n")[0], await reader.readexactly(2)


async def ended(reader):
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


async def test_requests_are_answered_one_after_another(connect):
    reader, writer = await connect()
    for _ in range(3):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await answer(reader) == (b"HTTP/1.1 200 OK", b"ok")


async def test_a_connection_that_says_nothing_is_ended(connect):
    reader, _ = await connect(Impatient)
    assert await ended(reader)


async def test_headers_that_take_too_long_end_the_connection(connect):
    reader, writer = await connect(Impatient)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert await ended(reader)


async def test_the_second_request_has_its_time_too(connect):
    reader, writer = await connect(Impatient)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await answer(reader))[1] == b"ok"
    writer.write(b"GET / HTTP/1.1\r\nHost:")
    assert await ended(reader)


async def test_headers_beyond_any_sense_end_the_connection(connect):
    reader, writer = await connect()
    writer.write(b"GET / HTTP/1.1\r\nX: " + b"y" * (MAX_HEAD_BYTES + 1))
    assert await ended(reader)
