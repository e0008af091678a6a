from __future__ import annotations

import msgspec
import pytest

from connectors.contract.model import User
from connectors.runtime.store import CallLogRecord
from connectors.server.database import Database, DatabaseError
from connectors.server.kept import Kept
from connectors.server.sealing import Sealer

RECORD = CallLogRecord("s1", "crm", "u1", "log-1", "contact-1", "t1")
FIRST = User(id="u1", platform="crm", access_token="key-1", hostname="h")
USER = User(id="u1", platform="crm", access_token="key-2", hostname="h")


class Switched:
    """A real database that can be switched off."""

    def __init__(self, database):
        self.database = database
        self.off = False

    def __getattr__(self, name):
        if self.off:
            raise DatabaseError("gone")
        return getattr(self.database, name)


@pytest.fixture
def open_kept(sqlite_url, at_end):
    async def opened():
        database = await Database.open(sqlite_url, Sealer(["k" * 32]))
        at_end.append(database.close)
        await database.put_user(FIRST, "crm")
        return Kept(Switched(database))

    return opened


async def test_everything_is_in_the_database(open_kept):
    kept = await open_kept()
    await kept.put_contacts("acc", "crm", "+1", [{"id": 1}])
    await kept.put_call_log(RECORD)
    await kept.put_changes(FIRST, USER, "crm")
    assert (await kept.cached_contacts("acc", "crm", "+1")).contacts == [{"id": 1}]
    assert (await kept.call_log("s1", "crm", "u1")).third_party_log_id == "log-1"
    assert await kept.user("u1", "crm") == USER
    await kept.forget_contacts("acc", "crm", "+1")
    assert await kept.cached_contacts("acc", "crm", "+1") is None
    assert kept.waiting == 0


async def test_what_the_crm_has_done_waits_while_the_database_is_gone(open_kept):
    kept = await open_kept()
    kept.database.off = True
    await kept.put_call_log(RECORD)
    await kept.put_changes(FIRST, USER, "crm")
    await kept.put_contacts("acc", "crm", "+1", [{"id": 1}])
    assert kept.waiting == 2
    assert await kept.call_log("s1", "crm", "u1") == RECORD
    assert await kept.user("u1", "crm") == USER
    kept.database.off = False
    await kept.store_waiting()
    assert kept.waiting == 0
    assert await kept.database.user("u1", "crm") == USER
    assert (await kept.database.call_log("s1", "crm", "u1")).contact_id == "contact-1"


async def test_a_read_of_something_else_fails_while_the_database_is_gone(open_kept):
    kept = await open_kept()
    kept.database.off = True
    with pytest.raises(DatabaseError):
        await kept.call_log("s2", "crm", "u1")
    with pytest.raises(DatabaseError):
        await kept.user("u2", "crm")
    with pytest.raises(DatabaseError):
        await kept.cached_contacts("acc", "crm", "+1")


async def test_a_later_change_of_a_user_wins(open_kept):
    kept = await open_kept()
    kept.database.off = True
    await kept.put_changes(FIRST, USER, "crm")
    kept.database.off = False
    later = User(id="u1", platform="crm", access_token="key-3", hostname="h")
    await kept.put_changes(USER, later, "crm")
    assert kept.waiting == 0
    assert await kept.user("u1", "crm") == later


async def test_each_change_of_a_user_waits_while_the_database_is_gone(open_kept):
    kept = await open_kept()
    kept.database.off = True
    await kept.put_changes(FIRST, USER, "crm")
    moved = msgspec.structs.replace(USER, hostname="other")
    await kept.put_changes(USER, moved, "crm")
    assert await kept.user("u1", "crm") == moved
    kept.database.off = False
    await kept.store_waiting()
    assert await kept.database.user("u1", "crm") == moved


async def test_what_others_have_changed_meanwhile_stays(open_kept):
    kept = await open_kept()
    settings = {"a": {"value": 1}}
    await kept.database.put_user(msgspec.structs.replace(FIRST, user_settings=settings), "crm")
    await kept.put_changes(FIRST, USER, "crm")
    assert await kept.user("u1", "crm") == msgspec.structs.replace(USER, user_settings=settings)


async def test_nothing_secret_of_who_has_signed_out_comes_back(open_kept):
    kept = await open_kept()
    await kept.sign_out(FIRST, "crm")
    renewed = msgspec.structs.replace(FIRST, access_token="key-2", refresh_token="r-2")
    await kept.put_changes(FIRST, renewed, "crm")
    signed_out = User(id="u1", platform="crm", hostname="h", platform_additional_info={})
    assert await kept.user("u1", "crm") == signed_out
    kept.database.off = True
    await kept.sign_out(FIRST, "crm")
    assert await kept.user("u1", "crm") == signed_out
