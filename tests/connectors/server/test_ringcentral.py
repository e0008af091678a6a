from __future__ import annotations

import httpx
import pytest

from connectors.server.ringcentral import account_of
from connectors.server.settings import Settings

SETTINGS = Settings(
    secret_keys=("k" * 32,), database_url="", ringcentral_server="https://rc.example"
)


async def asked(answer, token="rc-token"):
    requests = []

    def respond(request):
        requests.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http:
        return await account_of(http, SETTINGS, token), requests


async def test_the_account_is_what_ringcentral_says():
    account, (request,) = await asked(httpx.Response(200, json={"id": 1, "account": {"id": 1234}}))
    assert account == "1234"
    assert str(request.url) == "https://rc.example/restapi/v1.0/account/~/extension/~"
    assert request.headers["authorization"] == "Bearer rc-token"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401, json={"account": {"id": 1}}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"account": 7}),
        httpx.Response(200, json={"account": {"id": [7]}}),
        httpx.ConnectError("gone"),
        httpx.ReadTimeout("slow"),
    ],
)
async def test_otherwise_nobody_knows(answer):
    assert (await asked(answer))[0] == ""


@pytest.mark.parametrize("token", ["", "a\r\nb", "é"])
async def test_a_token_that_is_none_is_not_sent(token):
    account, requests = await asked(httpx.Response(200, json={"account": {"id": 1}}), token)
    assert (account, requests) == ("", [])
