"""A recording answers a connector in JavaScript; nothing reaches the network."""

import gzip
import shutil

import httpx
import pytest

from connectors.contract.exchange import Body, Exchange
from connectors.contract.har import to_har
from connectors.contract.hosting import ExchangeEvent
from connectors.nodejs.replay import ReplayServer
from connectors.runtime.redact import Redactor
from connectors.runtime.replay import ReplayTransport

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")

FETCHES = """
    const query = new URLSearchParams({ phone: given.phoneNumber, key: 's3cret-value' });
    const answer = await fetch(`https://crm.example/v2/people?${query}`);
    const body = await answer.text();
    return { status: answer.status, body };
"""
POSTS = """
    const https = require('node:https');
    const sent = JSON.stringify({ name: given.phoneNumber, note: 'ü' });
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
      const request = https.request('https://crm.example:8443/v2/people', options, (answer) => {
        let text = '';
        answer.on('data', (part) => { text += part; });
        answer.on('end', () => resolve({ status: answer.statusCode, text }));
      });
      request.on('error', reject);
      for (const part of sent) request.write(part);
      request.end();
    });
"""


def json_body(text):
    return Body(text=text, mime_type="application/json", size=len(text.encode()))


def exchange(url, answer, status=200, **more):
    return Exchange(
        id=1,
        invocation=1,
        started_ms=0.0,
        method=more.pop("method", "GET"),
        url=url,
        status=status,
        response_headers=more.pop("headers", [("content-type", "application/json")]),
        response_body=None if answer is None else json_body(answer),
        **more,
    )


@pytest.fixture
def tape(tmp_path):
    def write(*exchanges):
        path = tmp_path / "case.har"
        path.write_bytes(to_har(exchanges, "1"))
        return str(path)

    return write


async def find(call, number, cassette, **more):
    return await call("findContact", {"phoneNumber": number}, cassette=cassette, **more)


async def test_a_recorded_answer_is_given_and_the_network_is_left_alone(written, tape, crm):
    _host, call = written(FETCHES)
    url = "https://crm.example/v2/people?key=%5BREDACTED%5D&phone=%2B1415"
    packed = [("content-type", "application/json"), ("content-encoding", "gzip")]
    cassette = tape(exchange(url, '{"people": ["Ada"]}', headers=packed))
    events = []
    reply = await find(
        call,
        "+1415",
        cassette,
        events=events,
        routes={"*": crm.base},
        secrets=("s3cret-value",),
    )
    assert reply.error is None
    assert reply.result == {"status": 200, "body": '{"people": ["Ada"]}'}
    assert crm.asked == []
    [event] = [event for event in events if isinstance(event, ExchangeEvent)]
    assert event.exchange.routed_to is None
    assert event.exchange.url.startswith("https://crm.example/v2/people?phone=%2B1415&key=")
    assert "s3cret" not in event.exchange.url


async def test_a_body_sent_in_pieces_is_compared_as_a_whole(written, tape):
    _host, call = written(POSTS)
    sent = json_body('{"note": "ü", "name": "+1"}')
    cassette = tape(
        exchange("https://crm.example:8443/v2/people", '{"id": 5}', 201, method="POST", body=sent)
    )
    assert (await find(call, "+1", cassette)).result == {"status": 201, "text": '{"id": 5}'}
    missed = await find(call, "+2", cassette)
    assert missed.error.type == "ReplayMissError"
    assert "its body differs at name" in missed.error.message


async def test_a_request_that_is_not_recorded_fails_and_names_the_nearest(written, tape):
    _host, call = written(FETCHES)
    url = "https://crm.example/v2/people?key=k&phone=%2B1415"
    reply = await find(call, "+1999", tape(exchange(url, "{}")))
    assert reply.error.type == "ReplayMissError"
    assert reply.result is None
    assert "no answer to GET https://crm.example/v2/people" in reply.error.message
    assert "it has no phone=+1999" in reply.error.message


async def test_each_recording_of_one_request_is_used_once_in_order(written, tape):
    _host, call = written(
        "return [await ask(), await ask(), await ask()]; async function ask() {"
        " return (await fetch('http://crm.example/n')).text(); }"
    )
    cassette = tape(exchange("http://crm.example/n", "1"), exchange("http://crm.example/n", "2"))
    assert (await find(call, "", cassette)).result == ["1", "2", "2"]


async def test_a_recorded_failure_is_a_broken_connection(written, tape):
    _host, call = written("return (await fetch('http://crm.example/n')).text();")
    failed = exchange("http://crm.example/n", None, None, error="ReadTimeout: it took too long")
    reply = await find(call, "", tape(failed))
    assert reply.error.type == "NetworkError"


async def test_an_answer_without_a_body_stays_without(written, tape):
    _host, call = written(
        "const a = await fetch('http://crm.example/n', {method: 'DELETE'});"
        "return [a.status, await a.text()];"
    )
    cassette = tape(exchange("http://crm.example/n", None, 204, method="DELETE", headers=[]))
    assert (await find(call, "", cassette)).result == [204, ""]


async def test_an_unreadable_recording_is_said_and_nothing_is_asked(written, tmp_path, crm):
    _host, call = written("return (await fetch('http://crm.example/n')).text();")
    (tmp_path / "case.har").write_text("{")
    reply = await find(call, "", str(tmp_path / "case.har"), routes={"*": crm.base})
    assert reply.error.type == "CassetteError"
    assert crm.asked == []


async def test_what_was_recorded_replays(written, tape, crm):
    body = "return (await fetch('http://crm.example/v2/people?phone=%2B16505550100')).json();"
    _host, call = written(body)
    events = []
    recorded = await call("findContact", {}, events=events, routes={"*": crm.base})
    cassette = tape(*[e.exchange for e in events if isinstance(e, ExchangeEvent)])
    assert (await call("findContact", {}, cassette=cassette)).result == recorded.result
    assert recorded.result["people"][0]["name"] == "Ada Lovelace"
    assert len(crm.asked) == 1


@pytest.mark.parametrize("rude", [b"", b"\x16\x03\x01 no HTTP\r\n\r\n", gzip.compress(b"x")])
async def test_the_server_outlives_rude_clients(rude):
    import asyncio

    async with ReplayServer(ReplayTransport([]), Redactor()) as server:
        base = server.route.removesuffix("/{origin}")
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(base).port)
        writer.write(rude)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{base}/http%3A%2F%2Fcrm.example/n")
    assert answer.status_code == 501
    assert server.miss == "The recording has no answer to GET http://crm.example/n: it is empty."
