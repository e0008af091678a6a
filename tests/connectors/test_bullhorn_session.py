"""Bullhorn's session: when it is renewed, how, and what is missing when it cannot be."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from connectors.bullhorn.connector import BullhornConnector
from connectors.bullhorn.session import Session, access_token_of
from connectors.contract import errors, model
from tests.connectors.bench_context import RecordingContext
from tests.connectors.bullhorn_fake import NEW_TOKEN, TOKEN, FakeBullhorn

NOW_MS = 1_000_000_000_000
CONFIG = {"BULLHORN_CLIENT_ID": "client", "BULLHORN_CLIENT_SECRET": "quiet"}
INFO = {
    "restUrl": "https://rest.test/e1",
    "bhRestToken": TOKEN,
    "tokenUrl": "https://auth.test/oauth/token",
    "loginUrl": "https://login.test/rest-services",
}
RENEWED = {
    "access_token": "access-2",
    "refresh_token": "refresh-2",
    "platform_additional_info": {"bhRestToken": NEW_TOKEN, "restUrl": "https://rest.test/e1/"},
}


def user(*without, refresh_token="refresh-1"):
    info = {key: value for key, value in INFO.items() if key not in without}
    return model.User(
        access_token="access-1", refresh_token=refresh_token, platform_additional_info=info
    )


@contextlib.asynccontextmanager
async def bullhorn() -> AsyncIterator[tuple[FakeBullhorn, RecordingContext]]:
    crm = FakeBullhorn()
    async with httpx.AsyncClient(transport=httpx.MockTransport(crm.handle)) as http:
        yield crm, RecordingContext(http, dict(CONFIG))


def refresh(context, connected_user):
    return BullhornConnector(context).refresh_session(model.OperationInput(user=connected_user))


@pytest.mark.parametrize(("left_s", "valid"), [(121, True), (120, False), (-1, False)])
async def test_a_session_must_last_two_more_minutes(left_s, valid):
    async with bullhorn() as (crm, context):
        crm.session_expires_ms = NOW_MS + left_s * 1000
        assert await Session(context, user()).is_valid(now_ms=NOW_MS) is valid


async def test_a_valid_session_is_kept():
    async with bullhorn() as (crm, context):
        await refresh(context, user())
        assert crm.asked() == ["GET ping"]
        assert not context.user_changes


@pytest.mark.parametrize("reason", ["soon", "refused", "no token", "no address"])
async def test_another_session_is_renewed_and_kept_with_the_user(reason):
    async with bullhorn() as (crm, context):
        if reason == "soon":
            crm.session_expires_ms = 0
        if reason == "refused":
            crm.token = "elsewhere"
        missing = {"no token": ["bhRestToken"], "no address": ["restUrl"]}.get(reason, [])
        await refresh(context, user(*missing))
        assert crm.asked()[-2:] == ["POST /oauth/token", "POST /rest-services/login"]
        assert context.user_changes == RENEWED


@pytest.mark.parametrize("name", list(CONFIG))
async def test_a_missing_configuration_is_named_with_its_purpose(name):
    async with bullhorn() as (crm, context):
        context.config = {key: value for key, value in CONFIG.items() if key != name}
        crm.session_expires_ms = 0
        with pytest.raises(errors.AuthenticationError, match=f"{name}.*OAuth client"):
            await refresh(context, user())
        assert crm.asked() == ["GET ping"]


@pytest.mark.parametrize("name", ["tokenUrl", "loginUrl", "refresh token"])
async def test_a_missing_part_of_the_connection_is_named(name):
    async with bullhorn() as (crm, context):
        crm.session_expires_ms = 0
        connected = user(name, refresh_token="" if name == "refresh token" else "refresh-1")
        with pytest.raises(errors.AuthenticationError, match=name):
            await refresh(context, connected)
        assert crm.asked() == ["GET ping"]


async def test_a_new_refresh_token_is_kept_even_if_the_login_fails():
    async with bullhorn() as (crm, context):
        crm.session_expires_ms = 0
        crm.fault = lambda each: httpx.Response(503) if each.url.host == "login.test" else None
        with pytest.raises(errors.CrmUnavailableError):
            await refresh(context, user())
        assert context.user_changes == {"access_token": "access-2", "refresh_token": "refresh-2"}


@pytest.mark.parametrize("answer", [{}, {"sessionExpires": "soon"}, {"sessionExpires": True}, []])
async def test_a_ping_without_a_time_is_an_error(answer):
    async with bullhorn() as (crm, context):
        crm.fault = lambda _: httpx.Response(200, json=answer)
        with pytest.raises(errors.UnexpectedResponseError, match="expected"):
            await refresh(context, user())


@pytest.mark.parametrize("route", ["token", "login"])
async def test_an_answer_without_the_token_is_an_error(route):
    async with bullhorn() as (crm, context):
        crm.session_expires_ms = 0
        crm.fault = lambda each: (
            httpx.Response(200, json={}) if each.url.path.endswith(route) else None
        )
        with pytest.raises(errors.UnexpectedResponseError, match="has no"):
            await refresh(context, user())


async def test_a_request_is_sent_once_more_after_a_renewal_and_not_again():
    async with bullhorn() as (crm, context):
        crm.fault = lambda each: httpx.Response(401) if each.url.path.endswith("ping") else None
        session = Session(context, user())
        assert (await session.call("GET", "ping", "Asking")).status_code == 401
        assert (await session.call("GET", "ping", "Asking")).status_code == 401
        assert crm.asked().count("POST /oauth/token") == 1
        assert crm.requests[-1].headers["BhRestToken"] == NEW_TOKEN


async def test_a_failed_renewal_is_not_repeated():
    async with bullhorn() as (crm, context):
        crm.token, crm.refresh_token = "elsewhere", "elsewhere"
        session = Session(context, user())
        for _ in range(2):
            with pytest.raises(errors.UnexpectedResponseError, match="invalid_grant"):
                await session.json("GET", "ping", "Asking")
        assert crm.asked().count("POST /oauth/token") == 1


async def test_a_request_without_a_session_is_an_authentication_error():
    async with bullhorn() as (crm, context):
        with pytest.raises(errors.AuthenticationError, match="no session"):
            await Session(context, user("bhRestToken")).call("GET", "ping", "Asking")
        assert not crm.requests


def test_the_access_token_is_what_follows_bearer():
    assert access_token_of("bearer abc") == "abc"
    for broken in ("", "Bearer ", "Basic abc"):
        with pytest.raises(errors.InvalidInputError):
            access_token_of(broken)
