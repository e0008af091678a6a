from __future__ import annotations

import pytest

from connectors.contract.model import User
from connectors.runtime.store import CallLogRecord
from connectors.server.database import Database, DatabaseError
from connectors.server.kept import Kept
from connectors.server.sealing import Sealer

RECORD = CallLogRecord("s1", "crm", "u1", "log-1", "contact-1", "t1")
USER = User(id="u1", platform="crm", access_token="key-2")


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
        return Kept(Switched(database))

    return opened


async def test_everything_is_in_the_database(open_kept):
    kept = await open_kept()
    await kept.put_contacts("acc", "crm", "+1", [{"id": 1}])
    await kept.put_call_log(RECORD)
    await kept.put_user(USER, "crm")
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
    await kept.put_user(USER, "crm")
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
    await kept.put_user(USER, "crm")
    kept.database.off = False
    later = User(id="u1", platform="crm", access_token="key-3")
    await kept.put_user(later, "crm")
    assert kept.waiting == 0
    assert await kept.user("u1", "crm") == later
