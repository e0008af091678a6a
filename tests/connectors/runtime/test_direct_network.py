"""Against a loopback server that says exactly what came over the wire."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import ssl
import threading

import httpx
import pytest

from connectors.contract.errors import UnexpectedResponseError
from connectors.runtime import transport
from connectors.runtime.client import build_client
from connectors.runtime.direct_network import DirectNetwork
from connectors.runtime.transport import Invocation
from tests.certificate import self_signed


class Wire:
    """A server that keeps what it was sent, and answers as told."""

    def __init__(self, answer):
        self.answer = answer
        self.heads = []
        self.bodies = []
        self.connections = 0
        self._talks = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()
        await asyncio.gather(*self._talks)

    async def _talk(self, reader, writer):
        self.connections += 1
        self._talks.append(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                length = next(
                    (
                        int(line.split(":")[1])
                        for line in head.split("\r\n")
                        if line.lower().startswith("content-length")
                    ),
                    0,
                )
                self.bodies.append(await reader.readexactly(length))
                if self.answer is None:
                    await reader.read()
                    break
                writer.write(self.answer)
                await writer.drain()
                if b"cut" in self.answer:
                    break
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def ok(body=b"{}", *headers):
    lines = [b"HTTP/1.1 200 Fine", b"Content-Length: %d" % len(body), *headers, b"", body]
    return b"\r\n".join(lines)


@contextlib.asynccontextmanager
async def client(**invocation):
    token = transport.current.set(Invocation(**invocation))
    http = build_client(network=DirectNetwork())
    try:
        yield http
    finally:
        await http.aclose()
        transport.current.reset(token)


async def test_path_query_and_headers_go_out_byte_for_byte():
    async with Wire(ok()) as wire, client() as http:
        asked = "/a%2Fb/c?x=%2B1%20(415)&y=~%7E&z=a+b"
        await http.get(wire.url + asked, headers={"X-One": "1", "Authorization": "Basic x"})
    line, *headers = wire.heads[0].strip().split("\r\n")
    assert line == f"GET {asked} HTTP/1.1"
    names = [header.split(":")[0].lower() for header in headers]
    assert len(names) == len(set(names))
    assert "X-One: 1" in headers
    assert any(
        header.lower() == "user-agent: python-httpx/" + httpx.__version__ for header in headers
    )


async def test_a_body_is_sent_and_an_answer_read():
    async with Wire(ok(b'{"a":1}', b"X-Rate: 5")) as wire, client() as http:
        answer = await http.post(wire.url, json={"b": 2})
    assert json.loads(wire.bodies[0]) == {"b": 2}
    assert answer.json() == {"a": 1}
    assert (answer.status_code, answer.reason_phrase) == (200, "Fine")
    assert answer.headers["x-rate"] == "5"


@pytest.mark.parametrize("captures", [True, False])
async def test_a_routed_request_has_the_body_that_was_given_and_no_other(captures):
    async def pieces():
        yield b"ab"
        yield b"cd"

    async with Wire(ok()) as wire:
        routes = {"crm.example": wire.url}
        async with client(routes=routes, captures=captures) as http:
            await http.get("https://crm.example/a")
            await http.post("https://crm.example/a", json={})
            await http.post("https://crm.example/a", content=pieces())
    assert wire.bodies == [b"", b"{}", b"abcd"]
    assert not any("chunked" in head for head in wire.heads)
    assert "ontent-" not in wire.heads[0]


async def test_a_packed_answer_is_unpacked_once():
    body = gzip.compress(b'{"a":1}')
    async with Wire(ok(body, b"Content-Encoding: gzip")) as wire, client() as http:
        assert (await http.get(wire.url)).json() == {"a": 1}


async def test_connections_are_kept_and_cookies_are_not():
    async with Wire(ok(b"{}", b"Set-Cookie: session=1")) as wire, client() as http:
        await http.get(wire.url)
        await http.get(wire.url)
    assert wire.connections == 1
    assert "ookie" not in wire.heads[1]


async def test_a_redirect_is_the_clients_own():
    elsewhere = b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"
    async with Wire(elsewhere) as wire, client() as http:
        with pytest.raises(httpx.TooManyRedirects):
            await http.get(wire.url)


async def test_nobody_listens():
    async with Wire(ok()) as wire:
        url = wire.url
    async with client() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(url)


async def test_no_answer_comes():
    async with Wire(None) as wire, client() as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get(wire.url, timeout=0.05)


@pytest.mark.parametrize(
    "answer",
    [
        b"cut",
        b"HTTP/1.1 200 cut\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 cut\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf",
    ],
)
async def test_a_broken_answer(answer):
    async with Wire(answer) as wire, client() as http:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await http.post(wire.url, content=b"x")
    assert len(wire.heads) == 1, "a write is never sent again"


async def test_a_certificate_that_nobody_vouches_for(tmp_path):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(self_signed(tmp_path / "both.pem"))
    with (
        socket.create_server(("127.0.0.1", 0)) as plain,
        tls.wrap_socket(plain, server_side=True) as listener,
    ):

        def shake_hands():
            with contextlib.suppress(OSError), listener.accept()[0]:
                pass

        thread = threading.Thread(target=shake_hands)
        thread.start()
        async with client() as http:
            with pytest.raises(httpx.ConnectError, match="certificate"):
                await http.get(f"https://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()


async def test_a_header_that_cannot_be_sent():
    async with Wire(ok()) as wire, client() as http:
        with pytest.raises(httpx.LocalProtocolError):
            await http.get(wire.url, headers={"X": "a\r\nb: c"})
    assert not wire.heads


async def test_an_answer_without_an_end_is_cut_off_also_when_nobody_captures():
    body = gzip.compress(b"x" * 3_000_000)
    for captures in (True, False):
        async with Wire(ok(body, b"Content-Encoding: gzip")) as wire:
            token = transport.current.set(Invocation(captures=captures))
            http = build_client(1024 * 1024, network=DirectNetwork())
            with pytest.raises(UnexpectedResponseError, match="larger than 1 MB"):
                await http.get(wire.url)
            await http.aclose()
            transport.current.reset(token)


async def test_without_capture_no_exchange_is_made():
    seen = []
    async with Wire(ok()) as wire:
        async with client(emit=seen.append, captures=False) as http:
            assert (await http.get(wire.url)).json() == {}
        assert not seen
        async with client(emit=seen.append) as http:
            await http.get(wire.url)
        assert len(seen) == 1


async def test_a_whole_answer_reads_in_every_way_and_no_larger_than_allowed():
    async with Wire(ok(b'{"a":1}')) as wire, client(captures=False) as http:
        answer = await http.get(wire.url)
        assert (answer.json(), answer.text, answer.read()) == ({"a": 1}, '{"a":1}', b'{"a":1}')
        assert (answer.status_code, answer.reason_phrase) == (200, "Fine")
        async with http.stream("GET", wire.url) as answer:
            assert [piece async for piece in answer.aiter_bytes()] == [b'{"a":1}']
    async with Wire(ok(b"x" * 1025)) as wire:
        token = transport.current.set(Invocation(captures=False))
        http = build_client(1024, network=DirectNetwork())
        with pytest.raises(UnexpectedResponseError, match="larger than"):
            await http.get(wire.url)
        await http.aclose()
        transport.current.reset(token)


async def test_many_at_once():
    async with Wire(ok(b'{"a":1}')) as wire, client() as http:
        answers = await asyncio.gather(*(http.get(wire.url) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert wire.connections <= 64
