"""Answers as they may come over the wire, at the protocol itself."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.runtime.http_connection import MAX_HEAD_BYTES, Connection, StaleError

PROTOCOL = httpx.RemoteProtocolError
ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Wire(asyncio.Transport):
    """A transport that keeps what is written and says what it is told to say."""

    def __init__(self, connection):
        super().__init__()
        self.written = b""
        self.closing = False
        self.connection = connection
        connection.connection_made(self)

    def write(self, data):
        self.written += data

    def close(self):
        self.closing = True

    abort = close

    def is_closing(self):
        return self.closing


async def ask(*pieces, ends=None, is_head=False, limit=1000, timeout_s=None, connection=None):
    """Ask once; what `pieces` say comes back, then the connection ends when `ends` says how."""
    connection = connection or Connection(limit)
    wire = connection._transport or Wire(connection)
    asking = asyncio.ensure_future(connection.ask(ASKED, is_head=is_head, read_timeout_s=timeout_s))
    await asyncio.sleep(0)
    for piece in pieces:
        connection.data_received(piece)
    if ends is not None:
        connection.connection_lost(None if ends is True else ends)
    return await asking, wire


OK = b"HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok"


async def test_an_answer_in_any_pieces():
    for size in (1, 3, 1000):
        pieces = [OK[at : at + size] for at in range(0, len(OK), size)]
        answer, wire = await ask(*pieces)
        assert (answer.status, answer.reason, b"".join(answer.body)) == (200, b"Fine", b"ok")
        assert answer.headers == [(b"Content-Length", b"2"), (b"X-A", b"b")]
        assert answer.keeps
        assert not wire.closing
        assert wire.written == ASKED


@pytest.mark.parametrize(
    ("raw", "body", "keeps"),
    [
        (b"HTTP/1.1 204 No\r\n\r\n", b"", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", b"", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", b"x", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", b"ab", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"ok", True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, b"ok", True),
    ],
)
async def test_kinds_of_answers(raw, body, keeps):
    answer, wire = await ask(raw)
    assert (b"".join(answer.body), answer.keeps) == (body, keeps)
    assert wire.closing is not keeps


async def test_an_answer_without_a_length_ends_with_the_connection():
    answer, _ = await ask(b"HTTP/1.1 200 OK\r\n\r\nab", b"cd", ends=True)
    assert b"".join(answer.body) == b"abcd"


async def test_an_answer_to_head_has_no_body():
    answer, wire = await ask(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", is_head=True)
    assert answer.body == []
    assert wire.closing


async def test_a_body_beyond_the_limit_is_left_unread():
    answer, wire = await ask(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x" * 1500)
    assert sum(map(len, answer.body)) == 1500
    assert wire.closing


@pytest.mark.parametrize(
    ("pieces", "ends", "error"),
    [
        ((b"no http at all\r\n\r\n",), None, PROTOCOL),
        ((b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",), None, PROTOCOL),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",), True, PROTOCOL),
        ((b"HTTP/1.1 200 OK\r\n\r\nhalf",), ConnectionResetError(), httpx.ReadError),
        ((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",), True, PROTOCOL),
        ((), True, PROTOCOL),
        ((b"HTTP/1.1 200 OK\r\nX: " + b"y" * (MAX_HEAD_BYTES + 1) + b"\r\n\r\n",), None, PROTOCOL),
    ],
)  # fmt: skip
async def test_what_breaks(pieces, ends, error):
    with pytest.raises(error):
        await ask(*pieces, ends=ends)


async def test_a_server_that_is_silent_is_given_up_and_one_that_drips_is_not():
    with pytest.raises(httpx.ReadTimeout):
        await ask(timeout_s=0.01)
    connection = Connection(1000)
    Wire(connection)
    asking = asyncio.ensure_future(connection.ask(ASKED, is_head=False, read_timeout_s=0.2))
    for byte in OK:
        await asyncio.sleep(0.01)
        connection.data_received(bytes([byte]))
    assert (await asking).status == 200


async def test_a_kept_connection_that_ends_before_a_word_is_stale():
    connection = Connection(1000)
    await ask(OK, connection=connection)
    with pytest.raises(StaleError):
        await ask(ends=True, connection=connection)


async def test_words_that_nobody_asked_for_end_the_connection():
    connection = Connection(1000)
    _, wire = await ask(OK, connection=connection)
    connection.data_received(OK)
    assert wire.closing
    assert not connection.is_open


async def test_who_stops_waiting_ends_the_connection():
    connection = Connection(1000)
    wire = Wire(connection)
    asking = asyncio.ensure_future(connection.ask(ASKED, is_head=False, read_timeout_s=None))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert wire.closing


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_an_error(first, second):
    connection = Connection(100)
    Wire(connection)
    loop = asyncio.new_event_loop()

    async def run():
        asking = asyncio.ensure_future(connection.ask(ASKED, is_head=False, read_timeout_s=None))
        await asyncio.sleep(0)
        connection.data_received(first)
        connection.data_received(b"HTTP/1.1 200 OK\r\n" + second)
        connection.connection_lost(None)
        try:
            assert (await asking).status >= 0
        except httpx.TransportError:
            return

    try:
        loop.run_until_complete(run())
    finally:
        loop.close()
