"""Signing in, and what goes over the wire, with the real server."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import jwt
import pytest

from connectors.appconnect.connector import DOING, ROUTES, AppConnectServer
from connectors.appconnect.token import claims_of
from connectors.contract.hosting import ExchangeEvent
from connectors.contract.operations import OPERATIONS
from tests.connectors.appconnect.desk import API_KEY
from tests.connectors.appconnect.real_core import SECRET_KEY


def test_every_route_has_its_operation_and_its_words():
    assert set(ROUTES) <= set(OPERATIONS)
    assert set(ROUTES) | {"getUserInfo"} == set(DOING)
    assert all(callable(getattr(AppConnectServer, OPERATIONS[name].method)) for name in DOING)


async def test_a_key_becomes_a_token_and_stays_out_of_sight(core, desk, signed):
    user, signing, events = await signed(
        f"{core.url}#desk",
        hostname=desk.hostname,
        access_token=API_KEY,
        platform_additional_info={"team": "blue"},
    )
    assert signing.message == "Connected to Desk."
    assert (user.id, user.hostname) == ("tess-desk", desk.hostname)
    assert claims_of(user.access_token)["platform"] == "desk"
    assert user.platform_additional_info == {"team": "blue"}
    (exchange,) = [event.exchange for event in events if isinstance(event, ExchangeEvent)]
    assert (exchange.method, exchange.url) == ("POST", f"{core.url}/apiKeyLogin")
    assert '"hostname"' in exchange.body.text
    assert API_KEY not in str(exchange)
    assert user.access_token not in str(exchange)
    assert ("is-debug", "true") in exchange.headers


async def test_a_key_that_the_crm_does_not_know(core, desk, signed):
    user, signing, _events = await signed(
        f"{core.url}#desk", hostname=desk.hostname, access_token="wrong-k3y-of-tess"
    )
    assert user is None
    assert (signing.message, signing.error) == ("Desk does not know this key.", None)


async def test_a_connector_that_throws_at_sign_in(core, signed):
    # Without a host name Desk's connector cannot make an address, which it takes for a wrong key.
    _user, signing, _events = await signed(f"{core.url}#lapsed", access_token="k")
    assert signing.error is None
    _user, signing, _events = await signed(f"{core.url}#desk", access_token=API_KEY)
    assert signing.message == "Desk does not know this key."


async def test_a_pasted_token_is_looked_up(core, desk, signed):
    user, _signing, _events = await signed(
        f"{core.url}#desk", hostname=desk.hostname, access_token=API_KEY
    )
    again, signing, events = await signed(f"{core.url}#desk", access_token=user.access_token)
    assert signing.error is None
    assert (again.id, again.access_token) == ("tess-desk", user.access_token)
    assert again.hostname == desk.hostname
    (exchange,) = [event.exchange for event in events if isinstance(event, ExchangeEvent)]
    assert exchange.url == f"{core.url}/hostname?jwtToken=[REDACTED]"


@pytest.mark.parametrize(
    ("claims", "key", "words"),
    [
        (
            {"id": "tess-desk", "platform": "desk"},
            "another-key-0123456789-0123456789",
            "of another",
        ),
        ({"id": "nobody-desk", "platform": "desk"}, SECRET_KEY, "its user is gone"),
        ({"id": "tess-desk", "exp": datetime(2026, 1, 1, tzinfo=UTC)}, SECRET_KEY, "2026-01-01"),
    ],
)
async def test_a_token_that_the_server_refuses(core, signed, claims, key, words):
    user, signing, _events = await signed(
        f"{core.url}#desk", access_token=jwt.encode(claims, key, "HS256")
    )
    assert user is None
    assert signing.error.type == "AuthenticationError"
    assert words in signing.error.message


async def test_a_token_for_another_platform(core, signed):
    token = jwt.encode({"id": "x-lapsed", "platform": "lapsed"}, SECRET_KEY, "HS256")
    user, signing, _events = await signed(f"{core.url}#desk", access_token=token)
    assert user is None
    assert "This token is for lapsed, not for desk" in signing.message


async def test_a_token_that_the_server_renews_is_kept(connected, opened, core):
    await connected()  # So that the server knows the user.
    soon = datetime.now(UTC) + timedelta(days=1)
    ending = jwt.encode({"id": "tess-desk", "platform": "desk", "exp": soon}, SECRET_KEY, "HS256")
    bench = await opened(f"{core.url}#desk", access_token=ending)
    run = await bench.find("+14155550100")
    assert run.contacts[0].name == "Ada Lovelace"
    (kept,) = bench.kept_users
    assert kept.access_token != ending
    assert claims_of(kept.access_token)["exp"] > soon.timestamp()
    assert kept.access_token not in str(run.exchanges)
    assert ending not in str(run.exchanges)


@pytest.mark.parametrize(
    ("operation", "route", "own", "sent"),
    [
        (
            "createCallLog",
            "POST /callLog",
            {"contactInfo": {"id": 11, "name": "Ada"}, "callLog": {"sessionId": "s1"}},
            {"contactId": 11, "contactName": "Ada", "overridingFormat": [], "aiNote": "short"},
        ),
        (
            "updateCallLog",
            "PATCH /callLog",
            {
                "existingCallLog": {"thirdPartyLogId": "", "sessionId": "s1"},
                "legs": [{"duration": 5}],
                "recordingDownloadLink": "https://media.example/1",
            },
            {
                "sessionId": "s1",
                "aiNote": "short",
                "transcript": "Hello?",
                "legs": [{"duration": 5}],
                "recordingDownloadLink": "https://media.example/1",
            },
        ),
    ],
)
async def test_all_that_the_framework_reads_of_a_log_is_sent(
    scripted, invoked, operation, route, own, sent
):
    scripted.says_what_it_is(operation)
    scripted.says("/callLog", 200, {"successful": True})
    more = {
        "aiNote": "short",
        "transcript": "Hello?",
        "voicemailLink": "https://media.example/2",
        "voicemailMessageId": "m1",
        "ringSenseTranscript": "t",
        "ringSenseSummary": "s",
        "ringSenseAIScore": "9",
        "ringSenseBulletedSummary": "b",
        "ringSenseLink": "https://media.example/3",
    }
    _reply, exchange = await invoked(f"{scripted.url}#desk", "a-t0ken", operation, own | more)
    body = json.loads(exchange.body.text)
    for_the_call = {name: text for name, text in more.items() if name not in sent}
    assert f"{exchange.method} {urlsplit(exchange.url).path}" == route
    assert body == body | for_the_call | sent


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (200, {"name": "Tess"}, "UnexpectedResponseError", "without a token"),
        (200, {"jwtToken": "no-jwt"}, "UnexpectedResponseError", "without a token"),
        (400, {"error": "x is not defined"}, "UnexpectedResponseError", "x is not defined"),
        (404, "<html>Cannot POST</html>", "RecordNotFoundError", "POST /apiKeyLogin"),
        (200, "<html>Welcome</html>", "UnexpectedResponseError", "HTML"),
    ],
)
async def test_a_sign_in_that_ends_otherwise(scripted, signed, status, body, kind, words):
    scripted.says_what_it_is("findContact")
    scripted.says("/apiKeyLogin", status, body)
    user, signing, _events = await signed(f"{scripted.url}#desk", access_token=API_KEY)
    assert user is None
    assert signing.error.type == kind
    assert words in signing.error.message
