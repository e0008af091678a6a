from __future__ import annotations

import asyncio
import textwrap

import msgspec
import pytest

from connectors.contract.model import User
from connectors.server.database import Database, DatabaseError
from connectors.server.debug_trace import DebugTrace
from connectors.server.kept import Kept
from connectors.server.platforms import load_platforms
from connectors.server.sealing import Sealer
from connectors.server.session import SESSION_ENDED, Session, UserLocks, secrets_of

CRM = """
    import asyncio
    from connectors.contract.connector import Connector
    from connectors.contract.errors import AuthenticationError, CrmUnavailableError

    class Crm(Connector):
        auth_type = "oauth"
        used = []

        async def refresh_session(self, request):
            user = request.user
            if user.access_token == "down-key-0":
                raise CrmUnavailableError("the CRM is down", status=503)
            if user.access_token != "old-key-0":
                return
            self.used.append(user.refresh_token)
            await asyncio.sleep(0)
            if self.used.count(user.refresh_token) > 1 or user.refresh_token == "revoked-1":
                raise AuthenticationError("the refresh token is spent", status=400)
            self.context.save_user(access_token="new-key-0", refresh_token="refresh-2")

        async def find_contact(self, request):
            data = self.context.account_data
            seen = data.get("lists")
            self.context.account_data.put("lists", [request.phone_number])
            self.context.report("NOTE", "something on the side")
            name = f"{seen} {data.get_stale('lists')} {request.auth_header[-9:-2]}"
            return {"successful": True, "matchedContactInfo": [{"id": 1, "name": name}]}
"""
OLD = User(
    id="u1",
    platform="crm",
    access_token="old-key-0",
    refresh_token="refresh-1",
    rc_account_id="acc",
)


@pytest.fixture
def open_office(sqlite_url, tmp_path, at_end):
    """Return a coroutine function that opens the connector and a database with one user."""
    path = tmp_path / "crm.py"
    path.write_text(textwrap.dedent(CRM))

    async def opened(user=OLD):
        platform = (await load_platforms([str(path)]))["crm"]
        at_end.append(platform.host.close)
        database = await Database.open(sqlite_url, Sealer(["k" * 32]))
        at_end.append(database.close)
        kept = Kept(database)
        await database.put_user(user, "crm")
        locks = UserLocks()

        def session(given=user, **changes):
            options = {"routes": {}, "timeout_s": 5.0, "refreshes": locks}
            return Session(platform, given, kept, **(options | changes))

        return session, kept

    return opened


async def test_a_renewed_session_is_stored_before_the_operation_goes_on(open_office):
    session, kept = await open_office()
    one = session()
    outcome = await one.core.find_contact("+1")
    assert outcome.error is None
    stored = await kept.user("u1", "crm")
    assert (stored.access_token, stored.refresh_token) == ("new-key-0", "refresh-2")


async def test_a_refresh_token_is_used_once_however_many_ask(open_office):
    session, kept = await open_office()
    sessions = [session() for _ in range(6)]
    outcomes = await asyncio.gather(
        *(each.core.find_contact(f"+1{place}") for place, each in enumerate(sessions))
    )
    assert [each.error for each in outcomes] == [None] * 6
    assert (await kept.user("u1", "crm")).refresh_token == "refresh-2"
    assert not any(each.ended for each in sessions)


async def test_who_signs_out_while_the_session_is_renewed_stays_signed_out(open_office):
    session, kept = await open_office()
    renewing = session()
    await kept.sign_out(OLD, "crm")
    assert (await renewing.core.find_contact("+1")).error is None
    await renewing.finish()
    stored = await kept.user("u1", "crm")
    assert (stored.access_token, stored.refresh_token) == ("", "")


async def test_settings_that_change_while_the_session_is_renewed_stay(open_office):
    session, kept = await open_office()
    renewing = session()
    settings = {"formats": {"value": "(###) ###-####"}}
    await kept.database.change_user(
        "u1", "crm", lambda user: msgspec.structs.replace(user, user_settings=settings)
    )
    assert (await renewing.core.find_contact("+1")).error is None
    stored = await kept.user("u1", "crm")
    assert (stored.access_token, stored.user_settings) == ("new-key-0", settings)


async def test_another_workers_renewal_is_taken_over(open_office):
    session, _ = await open_office()
    late = session()
    await session().core.find_contact("+1")
    late._refreshes = UserLocks()
    outcome = await late.core.find_contact("+2")
    assert outcome.error is None
    assert late.core.user.access_token == "new-key-0"


async def test_a_session_that_cannot_be_renewed_has_ended(open_office, monkeypatch):
    monkeypatch.setattr("connectors.server.session.ELSEWHERE_WAIT_S", 0.0)
    session, _ = await open_office(msgspec.structs.replace(OLD, refresh_token="revoked-1"))
    one = session(msgspec.structs.replace(OLD, refresh_token="revoked-1"))
    outcome = await one.core.find_contact("+1")
    assert outcome.answer["successful"] is False
    assert one.ended
    assert SESSION_ENDED["errorCode"] == "CRM_SESSION_REVOKED"


async def test_a_crm_that_is_down_ends_no_session(open_office):
    session, _ = await open_office()
    one = session(msgspec.structs.replace(OLD, access_token="down-key-0"))
    assert (await one.refresh()).status == 503
    assert not one.ended


async def test_option_lists_are_kept_for_the_account_and_a_forced_refresh_passes_them(open_office):
    session, kept = await open_office(msgspec.structs.replace(OLD, access_token="a-key-12345"))
    user = msgspec.structs.replace(OLD, access_token="a-key-12345")
    for number, forced, seen in (
        ("+1", False, "None None"),
        ("+2", False, "['+1'] ['+1']"),
        ("+3", True, "None ['+2']"),
    ):
        one = session(user)
        one.stale_account_data = forced
        outcome = await one.core.find_contact(number)
        await one.finish(outcome)
        assert outcome.answer["contact"][0]["name"].startswith(seen)
    assert (await kept.database.account_data("acc", "crm"))["lists"].value == ["+3"]


async def test_an_account_that_nobody_knows_shares_nothing(open_office):
    session, kept = await open_office()
    one = session(msgspec.structs.replace(OLD, rc_account_id=None))
    await one.finish(await one.core.find_contact("+1"))
    assert await kept.database.account_data("", "crm") == {}


async def test_an_option_list_that_cannot_be_kept_fails_nothing(open_office, monkeypatch):
    session, kept = await open_office()
    one = session()
    outcome = await one.core.find_contact("+1")

    async def gone(*_):
        raise DatabaseError("gone")

    monkeypatch.setattr(kept.database, "put_account_data", gone)
    await one.finish(outcome)
    assert outcome.answer["successful"] is True


async def test_a_trace_tells_what_happened_without_secrets(open_office):
    session, _ = await open_office()
    trace = DebugTrace()
    one = session(trace=trace)
    await one.core.find_contact("+1")
    debug = trace.wrapped({})["_debug"]
    methods = [each["method"] for each in debug["sum"]]
    assert "connector:checkAndRefreshAccessToken:done" in methods
    assert "finding:NOTE" in methods
    for secret in ("old-key-0", "new-key-0", "refresh-1", "refresh-2"):
        assert secret not in str(debug)


def test_what_of_a_user_is_secret():
    user = User(
        access_token="key-1",
        refresh_token="key-2",
        platform_additional_info={"bhRestToken": "key-3456789", "restUrl": "https://x.example"},
    )
    secrets = secrets_of(user)
    assert {"key-1", "key-2", "key-3456789"} <= set(secrets)
    assert "https://x.example" not in secrets
