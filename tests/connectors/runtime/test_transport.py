"""The connector's HTTP client against real servers on loopback."""

import asyncio
import base64
import gzip
import socket
import zlib

import httpx
import pytest

from connectors.contract.errors import UnexpectedResponseError
from connectors.runtime import transport
from connectors.runtime.client import build_client
from connectors.runtime.redact import REDACTED, Redactor
from connectors.runtime.transport import (
    KEPT_BYTES,
    Invocation,
    RouteError,
    parse_routes,
)

SECRET = "canary-0123456789"


def answer(body=b"{}", status="200 OK", content_type="application/json", **headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Server:
    """Gives one answer to everything and keeps the request heads as they came."""

    def __init__(self, reply):
        self.reply = reply
        self.heads = []

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def serve(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head.decode("latin-1"))
            writer.write(self.reply)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def close(self):
        self.server.close()
        await self.server.wait_closed()

    @property
    def targets(self):
        return [head.split(" ")[1] for head in self.heads]


@pytest.fixture
def start(at_end):
    async def start(reply=None):
        server = await Server(answer() if reply is None else reply).start()
        at_end.append(server.close)
        return server

    return start


@pytest.fixture
def bench(at_end):
    """A client whose exchanges are collected."""

    def bench(*routes, **options):
        exchanges = []
        transport.current.set(
            Invocation(
                id=7,
                routes=parse_routes(routes),
                redactor=Redactor([SECRET]),
                emit=exchanges.append,
            )
        )
        client = build_client(**options)
        at_end.append(client.aclose)
        return client, exchanges

    return bench


@pytest.mark.parametrize("prefix", ["", "/", "/prefix/v9"])
@pytest.mark.parametrize("host", ["crm.example", "*", "CRM.example"])
async def test_a_route_keeps_path_and_query_byte_for_byte(start, bench, host, prefix):
    server = await start()
    client, exchanges = bench(f"{host}={server.url}{prefix}")
    target = "/v3.1/Contacts%2FSearch?field_value=%2b1%20202+555&empty=&b=%C3%A9"
    await client.get(f"https://crm.example{target}")
    assert server.targets == [prefix.rstrip("/") + target]
    assert f"Host: 127.0.0.1:{server.port}\r\n" in server.heads[0]
    (exchange,) = exchanges
    assert exchange.url == f"https://crm.example{target}"
    assert exchange.routed_to == f"{server.url}{prefix.rstrip('/')}{target}"
    assert (exchange.invocation, exchange.status, exchange.error) == (7, 200, None)
    assert 0 <= exchange.wait_ms <= exchange.ms


async def test_a_named_host_goes_before_the_star(start, bench):
    named, rest = await start(), await start()
    client, _exchanges = bench(f"*={rest.url}", f"crm.example={named.url}")
    await client.get("https://crm.example/a")
    await client.get("https://other.example/b")
    assert (named.targets, rest.targets) == (["/a"], ["/b"])


async def test_what_no_route_names_goes_where_it_was_asked_to(start, bench):
    server = await start()
    client, exchanges = bench("crm.example=http://127.0.0.1:1")
    await client.get(f"{server.url}/a")
    assert server.targets == ["/a"]
    assert exchanges[0].routed_to is None


@pytest.mark.parametrize(
    "route",
    [
        "",
        "crm.example",
        "=http://a",
        "a=",
        "a=ftp://b",
        "a=http://",
        "a=b",
        "a=http://[",
        "a=http://b:port",
        "a=http://user:key@b",
        "a=http://b/?q=1",
        "a=http://b/#f",
    ],
)
def test_a_bad_route_is_said_in_one_sentence(route):
    with pytest.raises(RouteError, match="is not HOST=URL: write for example"):
        parse_routes([route])


CREDENTIALS = {
    "Authorization": f"Basic {SECRET}",
    "BhRestToken": SECRET,
    "Cookie": f"s={SECRET}",
    "X-Own": "own",
}


async def test_a_redirect_to_another_origin_takes_no_credentials_along(start, bench):
    stranger = await start()
    first = await start(answer(b"", "307 Temporary Redirect", Location=f"{stranger.url}/x"))
    client, exchanges = bench()
    await client.get(f"{first.url}/login", headers=CREDENTIALS)
    assert SECRET in first.heads[0]
    (head,) = stranger.heads
    assert SECRET not in head
    for name in ("authorization", "bhresttoken", "cookie", "x-own"):
        assert f"{name}:" not in head.lower()
    assert [e.url for e in exchanges] == [f"{first.url}/login", f"{stranger.url}/x"]
    assert SECRET not in repr(exchanges)


async def test_a_read_with_a_body_leaves_it_behind(start, bench):
    stranger = await start()
    first = await start(answer(b"", "302 Found", Location=f"{stranger.url}/x"))
    client, exchanges = bench()
    response = await client.request("GET", f"{first.url}/people", json={"key": SECRET})
    assert response.status_code == 200
    (head,) = stranger.heads
    assert head.startswith("GET /x ")
    assert "content-length" not in head.lower()
    assert [e.body is None for e in exchanges] == [False, True]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_write_does_not_follow_to_another_origin(start, bench, method):
    stranger = await start()
    first = await start(answer(b"", "307 Temporary Redirect", Location=f"{stranger.url}/x"))
    client, exchanges = bench()
    with pytest.raises(UnexpectedResponseError, match=f"redirects a {method} to") as refused:
        await client.request(method, f"{first.url}/login", json={"name": "Ada"})
    assert refused.value.status == 307
    assert stranger.heads == []
    assert len(exchanges) == 1


async def test_no_cookie_is_kept_for_the_next_operation(start, bench):
    server = await start(answer(Set_Cookie="session=1; Path=/"))
    client, exchanges = bench()
    await client.get(server.url)
    await client.get(server.url)
    assert "cookie:" not in server.heads[1].lower()
    assert dict(exchanges[0].response_headers)["Set-Cookie"] == REDACTED


async def test_what_stands_in_for_the_network_answers_and_no_route_applies(start, bench):
    server = await start()
    client, exchanges = bench(f"*={server.url}")
    transport.current.get().network = httpx.MockTransport(
        lambda _: httpx.Response(203, stream=httpx.ByteStream(b"[1]"))
    )
    response = await client.get("https://crm.example/a")
    assert (response.status_code, response.json()) == (203, [1])
    assert server.heads == []
    assert (exchanges[0].status, exchanges[0].routed_to) == (203, None)


async def test_a_redirect_within_the_origin_keeps_them(start, bench):
    last = await start()
    first = await start(answer(b"", "302 Found", Location="/next"))
    client, _exchanges = bench(f"crm.example={first.url}")
    request = client.build_request("GET", "https://crm.example/a", headers={"BhRestToken": SECRET})
    response = await client.send(request, follow_redirects=False)
    transport.current.get().routes = parse_routes([f"crm.example={last.url}"])
    await client.send(response.next_request)
    assert f"BhRestToken: {SECRET}" in last.heads[0]


async def test_secrets_are_gone_from_an_exchange(start, bench):
    reply = answer(b'{"access_token": "other-secret", "a": "canary-0123456789"}')
    server = await start(reply)
    client, exchanges = bench()
    encoded = base64.b64encode(f"{SECRET}:".encode()).decode()
    response = await client.post(
        f"{server.url}/{SECRET}?BhRestToken=hidden-one&q={SECRET}",
        headers={"Authorization": f"Basic {encoded}", "X-Echo": f"key {SECRET}"},
        data={"password": "hidden-two", "note": SECRET},
    )
    assert response.json()["a"] == SECRET
    kept = repr(exchanges)
    for hidden in (SECRET, encoded, "hidden-one", "hidden-two", "other-secret"):
        assert hidden not in kept
    assert exchanges[0].body.text == f"password={REDACTED}&note={REDACTED}"


@pytest.mark.parametrize("length", [KEPT_BYTES, KEPT_BYTES + 1, 5 * KEPT_BYTES])
async def test_a_long_body_is_cut_but_its_size_is_known(start, bench, length):
    server = await start(answer(b"a" * length, content_type="text/plain"))
    client, exchanges = bench()
    response = await client.get(server.url)
    assert len(response.content) == length
    body = exchanges[0].response_body
    assert (body.size, len(body.text)) == (length, KEPT_BYTES)
    assert body.truncated == (length > KEPT_BYTES)


async def test_a_cut_never_leaves_half_a_secret(start, bench):
    data = b"a" * (KEPT_BYTES - 10) + SECRET.encode()
    server = await start(answer(data, content_type="text/plain"))
    client, exchanges = bench()
    await client.get(server.url)
    assert exchanges[0].response_body.text.endswith("a" + REDACTED)


async def test_a_packed_body_can_be_read(start, bench):
    text = '{"name": "Zoë"}'
    server = await start(answer(gzip.compress(text.encode()), Content_Encoding="gzip"))
    client, exchanges = bench()
    assert (await client.get(server.url)).text == text
    body = exchanges[0].response_body
    assert (body.text, body.size, body.truncated) == (text, len(text.encode()), False)


async def test_a_packed_body_that_unpacks_to_much_is_cut(start, bench):
    packed = gzip.compress(b"a" * 3 * KEPT_BYTES)
    server = await start(answer(packed, Content_Encoding="gzip"))
    client, exchanges = bench()
    await client.get(server.url)
    body = exchanges[0].response_body
    assert (len(body.text), body.size) == (KEPT_BYTES, 3 * KEPT_BYTES)
    assert body.truncated


async def test_a_packed_request_hides_no_secret(start, bench):
    server = await start()
    client, exchanges = bench()
    packed = gzip.compress(f'{{"name": "Zoë", "note": "{SECRET}"}}'.encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    await client.post(server.url, content=packed, headers=headers)
    body = exchanges[0].body
    assert body.text == f'{{"name": "Zoë", "note": "{REDACTED}"}}'
    assert (body.encoding, body.truncated) == (None, False)


async def test_only_the_beginning_of_a_large_request_is_kept(start, bench):
    server = await start()
    client, exchanges = bench()
    large = b"a" * (KEPT_BYTES + 1)
    for content, headers in ((large, {}), (gzip.compress(large), {"Content-Encoding": "gzip"})):
        await client.post(server.url, content=content, headers=headers)
        body = exchanges.pop().body
        assert (len(body.text), body.size, body.truncated) == (KEPT_BYTES, KEPT_BYTES + 1, True)


async def test_large_binary_is_not_taken_for_text(start, bench):
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * (KEPT_BYTES // 256)
    server = await start(answer(picture, content_type="image/png"))
    client, exchanges = bench()
    await client.get(server.url)
    body = exchanges[0].response_body
    assert (body.encoding, body.size, body.truncated) == ("base64", len(picture), True)
    assert base64.b64decode(body.text) == picture[:KEPT_BYTES]


async def test_a_cut_in_the_middle_of_a_character_leaves_text(start, bench):
    data = b"a" * (KEPT_BYTES - 1) + "é".encode()
    server = await start(answer(data, content_type="text/plain"))
    client, exchanges = bench()
    await client.get(server.url)
    assert exchanges[0].response_body.text == "a" * (KEPT_BYTES - 1)


def deflated(data, wbits):
    packer = zlib.compressobj(wbits=wbits)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("wbits", [zlib.MAX_WBITS, -zlib.MAX_WBITS])
async def test_both_kinds_of_deflate_are_read(start, bench, wbits):
    text = "Ada Lovelace " * 10
    packed = deflated(text.encode(), wbits)
    server = await start(answer(packed, content_type="text/plain", Content_Encoding="deflate"))
    client, exchanges = bench()
    assert (await client.get(server.url)).text == text
    assert exchanges[0].response_body.text == text


async def test_a_small_body_that_unpacks_to_too_much_is_cut_off(start, bench):
    packed = gzip.compress(b"a" * 5 * 1024 * 1024)
    server = await start(answer(packed, Content_Encoding="gzip"))
    client, exchanges = bench(max_answer_bytes=1024 * 1024)
    with pytest.raises(UnexpectedResponseError, match="larger than 1 MB"):
        await client.get(server.url)
    assert exchanges[0].error.startswith("UnexpectedResponseError")
    assert exchanges[0].response_body.size < 2 * 1024 * 1024


async def test_a_body_that_is_not_packed_as_it_says_is_kept_as_it_came(start, bench):
    server = await start(answer(b"not gzip at all", Content_Encoding="gzip"))
    client, exchanges = bench()
    with pytest.raises(httpx.DecodingError):
        await client.get(server.url)
    assert exchanges[0].response_body.text == "not gzip at all"


async def test_a_secret_inside_base64_is_taken_out_of_a_binary_body(start, bench):
    data = b"\x00\xff\x01" + SECRET.encode() + b"\xff\xfe"
    server = await start(answer(data, content_type="application/octet-stream"))
    client, exchanges = bench()
    await client.get(server.url)
    assert exchanges[0].response_body.text == REDACTED


async def test_bytes_that_are_no_text_are_kept_in_base64(start, bench):
    data = bytes(range(256))
    server = await start(answer(data, content_type="image/png"))
    client, exchanges = bench()
    await client.get(server.url)
    body = exchanges[0].response_body
    assert (body.encoding, body.size, body.mime_type) == ("base64", 256, "image/png")
    assert base64.b64decode(body.text) == data


async def test_a_refused_connection_is_an_exchange_without_a_status(bench):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        client, exchanges = bench()
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{taken.getsockname()[1]}/a")
    (exchange,) = exchanges
    assert exchange.status is None
    assert exchange.response_body is None
    assert exchange.error.startswith("ConnectError")


async def test_an_answer_that_breaks_off_is_an_exchange_with_an_error(start, bench):
    server = await start(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    client, exchanges = bench()
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get(server.url)
    (exchange,) = exchanges
    assert (exchange.status, exchange.response_body.text) == (200, "half")
    assert exchange.error.startswith("RemoteProtocolError")


def on_a_plain_loop(reply, work, **options):
    """Run `work(client, url)` as in the child: there, asyncio closes generators left half read."""
    exchanges = []

    async def run():
        transport.current.set(Invocation(emit=exchanges.append))
        server = await Server(reply).start()
        try:
            async with build_client(**options) as client:
                await work(client, server.url)
        finally:
            await server.close()

    asyncio.run(run())
    return exchanges


def test_too_large_an_answer_is_cut_off_and_said():
    limit = 2 * 1024 * 1024

    async def work(client, url):
        expected = r"127\.0\.0\.1 is larger than 2 MB"
        with pytest.raises(UnexpectedResponseError, match=expected) as said:
            await client.get(url)
        assert said.value.status == 200

    (exchange,) = on_a_plain_loop(answer(b"a" * (limit + 1)), work, max_answer_bytes=limit)
    assert exchange.error.startswith("UnexpectedResponseError")
    assert exchange.response_body.truncated


def test_a_stream_that_is_closed_early_is_an_exchange_too():
    async def work(client, url):
        async with client.stream("GET", url) as response:
            async for _chunk in response.aiter_raw():
                break

    exchanges = on_a_plain_loop(answer(b"a" * 1_000_000), work)
    assert [exchange.status for exchange in exchanges] == [200]
