"""What a server keeps, on both databases."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from connectors.contract.model import User
from connectors.runtime.store import ACCOUNT_DATA_FRESH_S, CONTACTS_KEPT_S, CallLogRecord
from connectors.server.database import Database, DatabaseError
from connectors.server.sealing import Sealer
from connectors.server.tables import Statement

KEY = "the server's secret key, long enough"

USER = User(
    id="1-insightly",
    platform="insightly",
    hostname="api.insightly.com",
    timezone_name="Europe/Berlin",
    timezone_offset=2,
    access_token="canary-access",
    refresh_token="canary-refresh",
    token_expiry="2026-11-25T12:00:00Z",
    rc_account_id="rc-1",
    platform_additional_info={"apiKey": "canary-key", "deep": {"secrets": ["canary-deep"]}},
    user_settings={"formats": {"value": "(###) ###-####", "customizable": True}},
)


@pytest.fixture
def opening(database_url, at_end):
    """Opens the test's database, as often as one likes; each is closed at the test's end."""

    async def open_database(*keys):
        database = await Database.open(database_url, Sealer(keys or (KEY,)))
        at_end.append(database.close)
        return database

    return open_database


async def older(database, table, seconds):
    """Date all entries of a table back."""
    statement = f"UPDATE {table} SET created_at = created_at - {seconds}"
    assert await database._driver.write(Statement(statement, ())) > 0


def test_the_user_of_these_tests_has_a_value_in_every_field():
    assert [
        field.name
        for field in msgspec.structs.fields(User)
        if getattr(USER, field.name) == field.default
    ] == []


async def test_a_user_comes_back_as_it_was_put(opening):
    database = await opening()
    assert await database.user("1-insightly", "insightly") is None
    await database.put_user(USER, "insightly")
    assert await database.user("1-insightly", "insightly") == USER
    assert await database.user("1-insightly", "bullhorn") is None
    await database.put_user(User(id="1-insightly"), "insightly")
    assert await database.user("1-insightly", "insightly") == User(id="1-insightly")


async def test_changes_of_a_user_at_once_are_all_kept(opening):
    workers = [await opening() for _ in range(3)]
    await workers[0].put_user(USER, "insightly")

    def adding(name):
        def change(user):
            return msgspec.structs.replace(user, user_settings={**user.user_settings, name: name})

        return change

    names = [str(number) for number in range(12)]
    await asyncio.gather(
        *(
            workers[place % 3].change_user("1-insightly", "insightly", adding(name))
            for place, name in enumerate(names)
        )
    )
    stored = await workers[0].user("1-insightly", "insightly")
    assert {*names, "formats"} == set(stored.user_settings)
    assert stored.access_token == USER.access_token


async def test_nobody_is_changed_who_is_not_there(opening):
    database = await opening()
    assert await database.change_user("1-insightly", "insightly", lambda user: user) is None
    assert await database.user("1-insightly", "insightly") is None


async def test_an_accounts_answer_is_kept_replaced_and_forgotten(opening):
    database = await opening()
    assert await database.cached_contacts("acc", "x", "+1415") is None
    await database.put_contacts("acc", "x", "+1415", [{"id": 1, "name": "Ada"}])
    await database.put_contacts("acc", "x", "+1415", [{"id": "1", "name": "Ada L."}])
    cached = await database.cached_contacts("acc", "x", "+1415")
    assert cached.contacts == [{"id": "1", "name": "Ada L."}]
    assert 0 <= cached.age_s < 60
    for other in (("acc2", "x", "+1415"), ("acc", "y", "+1415"), ("acc", "x", "+1416")):
        assert await database.cached_contacts(*other) is None
    await database.forget_contacts("acc", "x", "+1415")
    assert await database.cached_contacts("acc", "x", "+1415") is None


async def test_account_data_is_kept_by_its_key(opening):
    database = await opening()
    await database.put_account_data("acc", "x", "lists", {"a": [1]})
    await database.put_account_data("acc", "x", "lists", {"a": [2]})
    await database.put_account_data("acc", "x", "more", None)
    await database.put_account_data("acc2", "x", "lists", 3)
    kept = await database.account_data("acc", "x")
    assert {key: (data.value, data.fresh) for key, data in kept.items()} == {
        "lists": ({"a": [2]}, True),
        "more": (None, True),
    }


async def test_account_data_is_fresh_for_24_hours_and_stays_as_stale(opening):
    database = await opening()
    await database.put_account_data("acc", "x", "lists", [1])
    await older(database, "callbench_account_data", ACCOUNT_DATA_FRESH_S - 60)
    assert (await database.account_data("acc", "x"))["lists"].fresh
    await older(database, "callbench_account_data", 60)
    stale = (await database.account_data("acc", "x"))["lists"]
    assert (stale.value, stale.fresh) == ([1], False)
    await database.put_account_data("acc", "x", "lists", [2])
    assert (await database.account_data("acc", "x"))["lists"].fresh


async def test_a_cached_answer_knows_its_age_and_does_not_expire(opening):
    database = await opening()
    await database.put_contacts("acc", "x", "1", [])
    young = await database.cached_contacts("acc", "x", "1")
    await older(database, "callbench_contacts", 80 * 24 * 3600)
    old = await database.cached_contacts("acc", "x", "1")
    assert young.created_at - old.created_at == pytest.approx(80 * 24 * 3600)
    assert 0 <= old.age_s - 80 * 24 * 3600 < 60


async def test_maintenance_drops_old_answers_and_expired_claims_only(opening):
    database = await opening()
    await database.put_contacts("acc", "x", "old", [])
    await database.put_contacts("acc", "x", "old too", [])
    await database.put_account_data("acc", "x", "lists", 1)
    await database.put_call_log(CallLogRecord("s1", "x", "u1", 1, 2))
    for table in ("callbench_contacts", "callbench_account_data", "callbench_call_logs"):
        await older(database, table, CONTACTS_KEPT_S + 1)
    await database.put_contacts("acc", "x", "young", [])
    assert await database.claim("expired", "a", 0)
    assert await database.claim("held", "a", 60)
    assert await database.maintain() == 3
    assert await database.maintain() == 0
    assert await database.cached_contacts("acc", "x", "old") is None
    assert await database.cached_contacts("acc", "x", "young") is not None
    assert list(await database.account_data("acc", "x")) == ["lists"]
    assert await database.call_log("s1", "x", "u1") is not None
    assert not await database.claim("held", "b", 60)


async def test_a_call_is_recorded_once_however_many_record_it(opening):
    first, second = await opening(), await opening()
    records = [CallLogRecord("s1", "x", "u1", number, number) for number in range(10)]
    await asyncio.gather(
        *(database.put_call_log(record) for database in (first, second) for record in records)
    )
    count = Statement("SELECT count(*) FROM callbench_call_logs", ())
    [[counted]] = await first._driver.read(count)
    assert counted == 1
    kept = await first.call_log("s1", "x", "u1")
    assert (kept.third_party_log_id, kept.contact_id) in [(n, n) for n in range(10)]


async def test_the_time_is_that_of_what_is_kept(opening):
    database = await opening()
    before = await database.now()
    await database.put_contacts("acc", "x", "1", [])
    kept = await database.cached_contacts("acc", "x", "1")
    assert before <= kept.created_at <= await database.now()


async def test_the_record_of_a_logged_call_keeps_the_kind_of_its_ids(opening):
    database = await opening()
    await database.put_call_log(CallLogRecord("s1", "x", "u1", 12, "7", "ts1"))
    record = await database.call_log("s1", "x", "u1")
    assert (record.third_party_log_id, record.contact_id, record.id) == (12, "7", "ts1")
    assert record.created_at > 0
    assert await database.call_log("s1", "x", "u2") is None


async def test_what_is_kept_outlives_the_worker(opening):
    first = await opening()
    await first.put_user(USER, "insightly")
    await first.put_contacts("acc", "x", "1", [])
    await first.close()
    second = await opening()
    assert await second.user("1-insightly", "insightly") == USER
    assert (await second.cached_contacts("acc", "x", "1")).contacts == []


async def test_a_closed_database_says_so(opening):
    database = await opening()
    await database.ping()
    await database.close()
    await database.close()
    with pytest.raises(DatabaseError):
        await database.ping()


async def test_a_claim_has_one_owner_until_it_is_released(opening):
    database = await opening()
    assert await database.claim("create +1415", "a", 60)
    assert not await database.claim("create +1415", "b", 60)
    assert not await database.claim("create +1415", "a", 60)
    assert await database.claim("create +1416", "b", 60)
    await database.release("create +1415", "b")
    assert not await database.claim("create +1415", "b", 60)
    await database.release("create +1415", "a")
    assert await database.claim("create +1415", "b", 60)


async def test_an_expired_claim_is_taken_over_and_stays_with_its_new_owner(opening):
    database = await opening()
    assert await database.claim("work", "a", 0)
    assert await database.claim("work", "b", 60)
    await database.release("work", "a")
    assert not await database.claim("work", "c", 60)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://h/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///a%00b",
        "postgresql://u:pa@ss:word@h:x/db",
    ],
)
async def test_a_url_of_no_use_is_refused_without_its_password(url):
    with pytest.raises(DatabaseError, match="DATABASE_URL") as refused:
        await Database.open(url, Sealer([KEY]))
    assert "word" not in str(refused.value).replace("PASSWORD", "").replace("a password", "")
