"""Every way in which a request to a CRM fails has its error and its sentence."""

from __future__ import annotations

import asyncio
import contextlib
import json

import httpx
import pytest

from connectors.contract import errors
from connectors.contract.http import (
    check_status,
    checked_json,
    concurrently,
    fetch_json,
    send,
)

URL = "https://crm.test/v3.1/contacts"
WHAT = "Searching the contacts"


def answer(status=200, **more):
    return httpx.Response(status, request=httpx.Request("GET", URL), **more)


def client(handler):
    return httpx.AsyncClient(transport=httpx.MockTransport(handler))


@contextlib.asynccontextmanager
async def server(reply: bytes):
    """Serve raw bytes on a port of the system's choice, then hang up."""

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/contacts"
    finally:
        listening.close()
        await listening.wait_closed()


def test_json_of_a_success_is_returned():
    assert checked_json(answer(201, json={"id": 7}), WHAT) == {"id": 7}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, errors.UnexpectedResponseError),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, errors.RecordNotFoundError),
        (409, errors.UnexpectedResponseError),
        (422, errors.UnexpectedResponseError),
        (429, errors.RateLimitError),
        (500, errors.CrmUnavailableError),
        (503, errors.CrmUnavailableError),
        (302, errors.UnexpectedResponseError),
        (304, errors.UnexpectedResponseError),
    ],
)
def test_each_refusal_has_its_error(status, error):
    with pytest.raises(error) as caught:
        checked_json(answer(status, json={}), WHAT)
    assert type(caught.value) is error
    assert caught.value.status == status
    text = str(caught.value)
    assert text.startswith(f"{WHAT} failed: crm.test")
    assert str(status) in text
    assert text.endswith(".")


def test_a_status_can_be_checked_without_a_body():
    check_status(answer(204), WHAT)
    with pytest.raises(errors.RecordNotFoundError, match=r"/v3\.1/contacts"):
        check_status(answer(404), WHAT)


@pytest.mark.parametrize(
    "body",
    [
        [{"Message": "No such field.\n"}],
        {"errorMessage": "No such field"},
        {"errors": [{"detail": "No such field"}]},
        {"error": {"message": "No such field"}},
        {"message": "", "error_description": "No such field"},
    ],
)
def test_the_crms_own_words_are_passed_on(body):
    with pytest.raises(errors.UnexpectedResponseError, match=r"\(400: No such field\), "):
        checked_json(answer(400, json=body), WHAT)


@pytest.mark.parametrize("body", [None, 7, [], {}, {"error": 7}, [[[[[["deep"]]]]]], "x" * 5000])
def test_any_body_of_a_refusal_makes_a_short_sentence(body):
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        checked_json(answer(400, json=body), WHAT)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [("12", 12.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("soon", None), ("", None)],
)
def test_the_advice_to_wait_is_read(header, wait_s):
    with pytest.raises(errors.RateLimitError) as caught:
        checked_json(answer(429, headers={"retry-after": header}), WHAT)
    assert caught.value.retry_after_s == wait_s


@pytest.mark.parametrize(
    ("content", "mime", "said"),
    [
        (b"<html><body>Log in</body></html>", "text/html; charset=utf-8", "an HTML page"),
        (b"  <!DOCTYPE html>", "application/json", "an HTML page"),
        (b"<?xml version='1.0'?><a/>", "application/xml", "XML"),
        (b'{"id": 7', "application/json", "broken JSON"),
        (b"[" * 100_000, "application/json", "broken JSON"),
        (b"", "application/json", "an empty body"),
        (b" \r\n", "", "an empty body"),
        (b"OK", "text/plain", "text/plain that is no JSON"),
        (b"\xff\xfe\xfa", "application/json", "no JSON"),
    ],
)
def test_what_came_instead_of_json_is_named(content, mime, said):
    with pytest.raises(errors.UnexpectedResponseError, match=said):
        checked_json(answer(content=content, headers={"content-type": mime}), WHAT)


@pytest.mark.parametrize(
    ("raised", "error", "said"),
    [
        (httpx.ConnectTimeout("t"), errors.CrmUnavailableError, "in time"),
        (httpx.ReadTimeout("t"), errors.CrmUnavailableError, "in time"),
        (httpx.PoolTimeout("t"), errors.CrmUnavailableError, "in time"),
        (httpx.ConnectError("Name unknown."), errors.CrmUnavailableError, "reached .Name unknown"),
        (httpx.ReadError(""), errors.CrmUnavailableError, "broke off"),
        (httpx.WriteError(""), errors.CrmUnavailableError, "reached .WriteError"),
        (httpx.RemoteProtocolError("cut"), errors.CrmUnavailableError, "broke off"),
        (httpx.DecodingError("gzip"), errors.CrmUnavailableError, "decompressed"),
        (httpx.TooManyRedirects("circle"), errors.CrmUnavailableError, "circle"),
        (httpx.ProxyError("proxy"), errors.CrmUnavailableError, "reached"),
        (httpx.LocalProtocolError("header"), errors.InvalidInputError, "key"),
    ],
)
async def test_each_break_has_its_error(raised, error, said):
    def handler(_request):
        raise raised

    async with client(handler) as http:
        with pytest.raises(error, match=said) as caught:
            await send(http, "GET", URL, what=WHAT)
    assert caught.value.status is None
    assert str(caught.value).startswith(WHAT)
    assert caught.value.__cause__ is raised


@pytest.mark.parametrize(
    "url", ["ftp://crm.test/x", "no address", "", "http://crm.test:port", "http://"]
)
async def test_an_address_that_is_none_is_an_input_error(url):
    async with httpx.AsyncClient() as http:
        with pytest.raises(errors.InvalidInputError, match="check the connection's address"):
            await send(http, "GET", url, what=WHAT)


async def test_a_key_that_no_header_can_carry_is_an_input_error():
    async with client(lambda _: httpx.Response(200)) as http:
        with pytest.raises(errors.InvalidInputError, match="key"):
            await send(http, "GET", URL, what=WHAT, headers={"Authorization": "Basic \U0001f600"})


async def test_values_are_encoded_and_the_body_is_json():
    async with client(lambda request: httpx.Response(200, content=request.content)) as http:
        response = await send(
            http, "POST", URL, what=WHAT, params={"q": "+1 #&=%é"}, json={"name": "é"}
        )
    query = response.request.url.query.decode()
    assert query in {"q=%2B1+%23%26%3D%25%C3%A9", "q=%2B1%20%23%26%3D%25%C3%A9"}
    assert json.loads(response.content) == {"name": "é"}


async def test_fetching_is_sending_and_reading():
    async with client(lambda _: httpx.Response(200, json=[1])) as http:
        assert await fetch_json(http, "GET", URL, what=WHAT) == [1]


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"data": [',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"dat',
        b"SSH-2.0-OpenSSH\r\n\r\n",
    ],
)
async def test_a_cut_or_garbled_answer_of_a_real_server_is_an_error(reply):
    async with server(reply) as url, httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(errors.CrmUnavailableError):
            await fetch_json(http, "GET", url, what=WHAT)


async def test_nobody_listening_is_an_error():
    async with server(b"") as url:
        pass
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(errors.CrmUnavailableError, match="cannot be reached"):
            await send(http, "GET", url, what=WHAT)


async def test_concurrent_results_keep_their_order():
    async def later(value, rounds):
        for _ in range(rounds):
            await asyncio.sleep(0)
        return value

    assert await concurrently(later(value, 3 - value) for value in range(3)) == [0, 1, 2]
    assert await concurrently([]) == []


async def test_the_first_failure_ends_the_others_and_is_raised_itself():
    ended = []

    async def wait():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def fail():
        await asyncio.sleep(0)
        raise errors.RateLimitError("Too many.")

    with pytest.raises(errors.RateLimitError):
        await concurrently([wait(), fail(), wait()])
    assert ended == [True, True]


@pytest.mark.parametrize(("timeout_s", "read_s"), [(None, 5.0), (0.5, 0.5)])
async def test_bytes_are_sent_as_they_are_within_the_given_time(timeout_s, read_s):
    sent = []

    def handler(request):
        sent.append((request.content, request.extensions["timeout"]["read"]))
        return httpx.Response(200)

    async with client(handler) as http:
        await send(http, "GET", URL, what=WHAT, content=b"{}", timeout_s=timeout_s)
    assert sent == [(b"{}", read_s)]
