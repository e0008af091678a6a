from __future__ import annotations

from connectors.server.cors import Cors


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def ask(method, headers=()):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "headers": list(headers)}
    await Cors(hello)(scope, None, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


async def test_a_preflight_is_answered_as_production_does():
    asked = [(b"access-control-request-headers", b"authorization,is-debug")]
    status, headers, body = await ask("OPTIONS", asked)
    assert (status, body) == (204, b"")
    assert headers[b"access-control-allow-origin"] == b"*"
    assert headers[b"access-control-allow-methods"] == b"GET,POST,PATCH,PUT,DELETE"
    assert headers[b"access-control-allow-headers"] == b"authorization,is-debug"
    assert headers[b"access-control-expose-headers"] == b"x-refreshed-jwt-token"


async def test_every_answer_may_be_read_by_the_extension():
    status, headers, body = await ask("GET")
    assert (status, body) == (200, b"hello")
    assert headers == {
        b"a": b"b",
        b"access-control-allow-origin": b"*",
        b"access-control-expose-headers": b"x-refreshed-jwt-token",
    }


async def test_the_lifespan_passes():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    await Cors(app)({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]
