from __future__ import annotations

import asyncio
import json

from app.cli_serve import DEFAULT_PORT
from connectors.runtime.direct_network import MAX_CONNECTIONS_PER_ORIGIN
from connectors.runtime.transport import MAX_ANSWER_BYTES
from connectors.server import bodies, tokens
from connectors.server.debug_trace import MAX_TRACES
from connectors.server.limits import (
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_URL_BYTES,
    Limits,
)
from connectors.server.postgresql_driver import MAX_CONNECTIONS
from connectors.server.protocol import HEAD_TIMEOUT_S
from connectors.server.routes.call_logs import MAX_SESSIONS
from connectors.server.routes.user_settings import MAX_SETTINGS_BYTES
from connectors.server.settings import MIN_SECRET_LENGTH, Settings
from tests.serving import ROOT


async def echo(scope, receive, send):
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


def scope(*, path=b"/x", query=b"", headers=(), method="POST"):
    return {
        "type": "http",
        "method": method,
        "path": path.decode(),
        "raw_path": path,
        "query_string": query,
        "headers": list(headers),
    }


async def ask(app, asked, messages=()):
    waiting, answer = list(messages), []

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message):
        answer.append(message)

    await app(asked, receive, send)
    if not answer:
        return None
    body = b"".join(each.get("body", b"") for each in answer[1:])
    return answer[0]["status"], body, dict(answer[0]["headers"])


def chunk(body, *, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


CHUNKED = [(b"transfer-encoding", b"chunked")]


async def test_a_body_in_pieces_arrives_whole():
    pieces = [chunk(b"ab"), chunk(b"cd"), chunk(b"", more=False)]
    status, body, _ = await ask(Limits(echo), scope(headers=CHUNKED), pieces)
    assert (status, body) == (200, b"abcd")


async def test_nobody_waits_for_a_body_that_is_not_announced():
    status, body, _ = await ask(Limits(echo), scope(method="GET"))
    assert (status, body) == (200, b"")


async def test_a_body_of_the_largest_size_passes():
    headers = [(b"content-length", str(MAX_BODY_BYTES).encode())]
    whole = [chunk(b"x" * MAX_BODY_BYTES, more=False)]
    status, body, _ = await ask(Limits(echo), scope(headers=headers), whole)
    assert (status, len(body)) == (200, MAX_BODY_BYTES)


async def test_an_announced_body_that_is_too_large_is_refused():
    headers = [(b"content-length", str(MAX_BODY_BYTES + 1).encode()), (b"expect", b"100-continue")]
    status, body, answered = await ask(Limits(echo), scope(headers=headers))
    assert status == 413
    assert json.loads(body) == "The body is larger than 1 MB."
    assert answered[b"connection"] == b"close"
    assert answered[b"content-type"] == b"application/json; charset=utf-8"


async def test_an_endless_body_is_refused_without_being_kept():
    endless = [chunk(b"x" * 65536) for _ in range(17)] + [{"type": "http.disconnect"}]
    status, _, _ = await ask(Limits(echo), scope(headers=CHUNKED), endless)
    assert status == 413


async def test_a_slow_body_is_given_up():
    app = Limits(echo, body_timeout_s=0.05)
    status, body, _ = await ask(app, scope(headers=CHUNKED), [chunk(b"{")])
    assert status == 408
    assert "within 0.05 s" in json.loads(body)


async def test_a_client_that_goes_away_is_not_answered():
    gone = [chunk(b"x"), {"type": "http.disconnect"}]
    assert await ask(Limits(echo), scope(headers=CHUNKED), gone) is None


async def test_an_address_that_is_too_long_is_refused():
    status, body, _ = await ask(Limits(echo), scope(query=b"q" * 9000))
    assert status == 414
    assert json.loads(body) == "The address is longer than 8 KB."


async def test_headers_that_are_too_large_or_too_many_are_refused():
    large = scope(headers=[(b"x", b"y" * 40_000)])
    many = scope(headers=[(b"x%d" % each, b"y") for each in range(101)])
    assert [(await ask(Limits(echo), each))[0] for each in (large, many)] == [431, 431]


async def test_more_requests_than_allowed_are_refused_and_later_ones_are_not():
    inside, leave = asyncio.Event(), asyncio.Event()

    async def slow(asked, receive, send):
        inside.set()
        await leave.wait()
        await echo(asked, receive, send)

    app = Limits(slow, max_requests=1)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(ask(app, scope(method="GET")))
        await inside.wait()
        status, body, headers = await ask(app, scope(method="GET"))
        leave.set()
    assert status == 503
    assert "more requests than it can take" in json.loads(body)
    assert headers[b"retry-after"] == b"1"
    assert first.result()[0] == 200
    assert (await ask(app, scope(method="GET")))[0] == 200


async def test_a_request_that_fails_frees_its_place():
    async def broken(asked, receive, send):
        raise RuntimeError

    app = Limits(broken, max_requests=1)
    for _ in range(3):
        try:
            await ask(app, scope(method="GET"))
        except RuntimeError:
            continue


async def test_the_lifespan_passes():
    seen = []

    async def app(asked, receive, send):
        seen.append(asked["type"])

    await Limits(app)({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]


def test_the_page_states_the_limits_of_the_code():
    settings = Settings(secret_keys=("k",), database_url="")
    stated = [
        f"| body | {MAX_BODY_BYTES // 2**20} MB, within {settings.body_timeout_s:g} s | 413, 408 |",
        f"| address | {MAX_URL_BYTES // 2**10} KB | 414 |",
        f"| headers | {MAX_HEADERS}, together {MAX_HEADER_BYTES // 2**10} KB, "
        f"within {HEAD_TIMEOUT_S:g} s | 431; the connection ends |",
        f"| requests at once, per worker | {settings.max_requests} | 503 with `Retry-After` |",
        f"| names, types, ids, numbers | {longest(bodies.Name)} characters | 400 |",
        f"| a title, a link, a query value | {longest(bodies.Line)} characters | 400 |",
        f"| a note, a transcript | {longest(bodies.Text):,} characters | 400 |",
        f"| a user's settings together | {MAX_SETTINGS_BYTES // 2**10} KB | 400 |",
        f"| a token | {tokens.MAX_LENGTH // 2**10} KB | 400 |",
        f"| calls per `GET /callLog` | {MAX_SESSIONS}, as in production |",
        f"| steps in `_debug` | {MAX_TRACES} |",
        f"| an operation of a connector | {settings.operation_timeout_s:g} s |",
        f"| connections, per CRM host and worker | {MAX_CONNECTIONS_PER_ORIGIN} |",
        f"| an answer of a CRM | {MAX_ANSWER_BYTES // 2**20} MB |",
        f"up to\n{MAX_CONNECTIONS} connections to PostgreSQL",
        f"| `PORT` | where to listen without `--port`; {DEFAULT_PORT} |",
        f"at least {MIN_SECRET_LENGTH} characters; required",
    ]
    page = (ROOT / "docs" / "serving.md").read_text()
    assert [each for each in stated if each not in page] == []


def longest(kind):
    [meta] = kind.__metadata__
    return meta.max_length
