from __future__ import annotations

from asyncio import run

import pytest

from connectors.runtime.store import (
    CONTACTS_KEPT_S,
    CallLogRecord,
    CoreStore,
    StoreError,
    Table,
)

HOUR_S = 3600.0


class Clock:
    def __init__(self):
        self.at = 1_000_000.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock):
    store = CoreStore(now=clock)
    yield store
    store.close()


def test_contacts_have_no_expiry_and_know_their_age(store, clock):
    run(store.put_contacts("acc", "insightly", "+1415", [{"id": 1, "name": "Ada"}]))
    clock.at += 80 * 24 * HOUR_S
    cached = run(store.cached_contacts("acc", "insightly", "+1415"))
    assert cached.contacts == [{"id": 1, "name": "Ada"}]
    assert cached.created_at == 1_000_000.0
    assert cached.age_s == 80 * 24 * HOUR_S


def test_accounts_platforms_and_numbers_are_apart(store):
    run(store.put_contacts("acc", "insightly", "+1415", []))
    assert run(store.cached_contacts("other", "insightly", "+1415")) is None
    assert run(store.cached_contacts("acc", "bullhorn", "+1415")) is None
    assert run(store.cached_contacts("acc", "insightly", "+1416")) is None


def test_account_data_is_fresh_for_24_hours_and_stays_as_stale(store, clock):
    store.put_account_data("acc", "bullhorn", "bullhornData", {"a": [1]})
    clock.at += 24 * HOUR_S - 1
    assert store.account_data("acc", "bullhorn")["bullhornData"].fresh
    clock.at += 1
    value = store.account_data("acc", "bullhorn")["bullhornData"]
    assert not value.fresh
    assert value.value == {"a": [1]}
    assert store.account_data_created_at("acc", "bullhorn", "bullhornData") == 1_000_000.0


def test_clear_account_keeps_other_accounts_and_the_records_of_logged_calls(store):
    run(store.put_contacts("acc", "x", "1", []))
    run(store.put_contacts("acc2", "x", "1", []))
    store.put_account_data("acc", "x", "k", 1)
    record = CallLogRecord("s1", "x", "u1", "L1", 7, "ts1")
    run(store.put_call_log(record))
    store.clear_account("acc", "x")
    assert run(store.cached_contacts("acc", "x", "1")) is None
    assert run(store.cached_contacts("acc2", "x", "1")) is not None
    assert store.account_data("acc", "x") == {}
    assert run(store.call_log("s1", "x", "u1")).third_party_log_id == "L1"


def test_entries_are_listed_the_latest_first_up_to_a_limit(store, clock):
    for number in ("1", "2", "3"):
        run(store.put_contacts("acc", "x", number, [number]))
        clock.at += 10
    entries = store.entries(Table.CONTACTS, limit=2)
    assert [(entry.key, entry.value, entry.age_s) for entry in entries] == [
        (("acc", "x", "3"), ["3"], 10.0),
        (("acc", "x", "2"), ["2"], 20.0),
    ]
    assert store.entry(Table.CONTACTS, ("acc", "x", "1")).value == ["1"]
    assert store.entry(Table.CONTACTS, ("acc", "x", "4")) is None
    assert store.entries(Table.CALL_LOGS) == ()


def test_an_entry_is_dated_back_and_given_another_value_apart_from_each_other(store, clock):
    run(store.put_contacts("acc", "x", "1", ["old"]))
    store.set_age(Table.CONTACTS, ("acc", "x", "1"), 50.0)
    store.replace(Table.CONTACTS, ("acc", "x", "1"), ["new"])
    cached = run(store.cached_contacts("acc", "x", "1"))
    assert (cached.contacts, cached.age_s) == (["new"], 50.0)


def test_an_entry_is_removed_once(store):
    store.put_account_data("acc", "x", "k", 1)
    assert store.remove(Table.ACCOUNT_DATA, ("acc", "x", "k"))
    assert not store.remove(Table.ACCOUNT_DATA, ("acc", "x", "k"))


def test_a_table_is_cleared_for_one_owner_only(store):
    for user in ("u1", "u2"):
        run(store.put_call_log(CallLogRecord("s1", "x", user, "L1", 7)))
    assert store.clear(Table.CALL_LOGS, "u1", "x") == 1
    assert run(store.call_log("s1", "x", "u2")) is not None


def test_maintenance_drops_only_answers_older_than_three_months(store, clock):
    run(store.put_contacts("acc", "x", "old", []))
    store.put_account_data("acc", "x", "k", 1)
    clock.at += CONTACTS_KEPT_S + 1
    run(store.put_contacts("acc", "x", "young", []))
    assert store.maintain() == 1
    assert run(store.cached_contacts("acc", "x", "old")) is None
    assert run(store.cached_contacts("acc", "x", "young")) is not None
    assert "k" in store.account_data("acc", "x")


def test_a_call_log_record_keeps_the_kind_of_its_ids_and_can_be_dropped(store):
    run(store.put_call_log(CallLogRecord("s1", "x", "u1", 12, "7", "ts1")))
    record = run(store.call_log("s1", "x", "u1"))
    assert (record.third_party_log_id, record.contact_id, record.id) == (12, "7", "ts1")
    assert run(store.call_log("s1", "x", "u2")) is None
    assert store.remove(Table.CALL_LOGS, ("s1", "x", "u1"))
    assert run(store.call_log("s1", "x", "u1")) is None


def test_a_file_outlives_the_store(tmp_path):
    first = CoreStore(tmp_path / "core.sqlite")
    run(first.put_contacts("acc", "x", "1", [{"id": "é"}]))
    first.close()
    first.close()
    second = CoreStore(tmp_path / "core.sqlite")
    assert run(second.cached_contacts("acc", "x", "1")).contacts == [{"id": "é"}]
    second.close()


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "core.sqlite"
    path.write_text("not a database, but long enough to be read as one" * 50)
    with pytest.raises(StoreError, match=r"core\.sqlite.*move it away"):
        CoreStore(path)
