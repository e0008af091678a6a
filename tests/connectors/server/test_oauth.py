from __future__ import annotations

import httpx
import pytest

from connectors.server import oauth
from connectors.server.errors import Refusal
from connectors.server.platforms import load_platforms

ENV = {
    "BULLHORN_CLIENT_ID": "id",
    "BULLHORN_CLIENT_SECRET": "hush",
    "BULLHORN_ACCESS_TOKEN_URI": "https://auth.bullhornstaffing.com/oauth/token",
}


async def exchanged(answer, env=None, token_url=""):
    platform = (await load_platforms())["bullhorn"]
    asked = []

    def respond(request):
        asked.append(request)
        return answer

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http:
        grant = await oauth.exchange(
            http, platform, "the-code", token_url, ENV if env is None else env
        )
    return grant, asked


async def test_a_code_is_exchanged():
    answer = {"access_token": "a1", "refresh_token": "r1", "expires_in": 600}
    grant, (request,) = await exchanged(httpx.Response(200, json=answer))
    assert (grant.access_token, grant.refresh_token) == ("a1", "r1")
    assert grant.expires_at.startswith("20")
    assert dict(request.url.params) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "client_id": "id",
        "client_secret": "hush",
        "redirect_uri": "https://ringcentral.github.io/ringcentral-embeddable/redirect.html",
    }
    assert "a1" not in repr(grant)


async def test_the_clients_token_url_goes_first():
    answer = httpx.Response(200, json={"access_token": "a1"})
    grant, (request,) = await exchanged(answer, token_url="https://eu.bullhornstaffing.com/token")
    assert request.url.host == "eu.bullhornstaffing.com"
    assert grant.expires_at is None


@pytest.mark.parametrize(
    ("answer", "env", "words"),
    [
        (httpx.Response(200, json={}), None, "no access token"),
        (httpx.Response(200, json=[1]), None, "no access token"),
        (httpx.Response(200, json={"access_token": 7}), None, "no access token"),
        (httpx.Response(200, text="<html>"), None, "an HTML page"),
        (httpx.Response(400, json={"error": "invalid_grant"}), None, "invalid_grant"),
        (httpx.Response(503), None, "a problem of its own"),
        (httpx.Response(200), {}, "BULLHORN_ACCESS_TOKEN_URI is missing"),
        (httpx.Response(200), ENV | {"BULLHORN_CLIENT_ID": ""}, "BULLHORN_CLIENT_ID is missing"),
    ],
)
async def test_what_goes_wrong_is_said(answer, env, words):
    with pytest.raises(Refusal) as caught:
        await exchanged(answer, env)
    assert words in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "beside", "callback"),
    [
        ("https://x.example/?code=c&state=platform%3Dcrm", (), ("crm", "c")),
        ("https://x.example/?code=c&state=platform%3Dcrm%26x%3D1", (), ("crm", "c")),
        ("https://x.example/?code=c&platform=crm", (), ("crm", "c")),
        ("https://x.example/?state=platform%3Dcrm", ("c",), ("crm", "c")),
        ("", ("c", "platform=crm"), ("crm", "c")),
    ],
)
def test_an_address_is_read(uri, beside, callback):
    read = oauth.read_callback(uri, *beside)
    assert (read.platform, read.code) == callback
    assert "'c'" not in repr(read)


def test_what_the_crm_said_instead_of_a_code_is_told():
    with pytest.raises(Refusal, match="did not let the user in: The user said no"):
        oauth.read_callback(
            "https://x.example/?error_description=The%20user%20said%20no&platform=crm"
        )
