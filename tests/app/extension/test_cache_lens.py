"""Every cache of a number, and what the lens does to an entry."""

from __future__ import annotations

from asyncio import run

import pytest

from app.extension.cache_lens import LISTED, CacheLens, renewals
from app.extension.cache_rows import Layer, State
from app.extension.calls import Call, CallHistory, LoggedRecord
from app.extension.matcher import MATCH_TTL_S, LocalMatchCache
from connectors.contract.model import Contact
from connectors.runtime.store import CONTACTS_KEPT_S, CallLogRecord, CoreStore

NUMBER, OTHER = "+14155550100", "+14155550101"
ADA = Contact(id=1, name="Ada", type="contact")
WIRE = {"id": 1, "name": "Ada", "type": "contact"}
NEW = {"id": "createNewContact", "name": "Create new contact...", "isNewContact": True}
DAY_S = 86_400.0


class Clock:
    def __init__(self):
        self.at = 1_000_000.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def matches(clock):
    return LocalMatchCache(clock)


@pytest.fixture
def calls():
    return CallHistory()


@pytest.fixture
def store(clock):
    store = CoreStore(now=clock)
    yield store
    store.close()


@pytest.fixture
def lens(matches, calls, store):
    return CacheLens(matches, calls, store, account_id="acc", platform="crm", user_id="u1")


def row_of(lens, layer, number=NUMBER):
    (row,) = [row for row in lens.of_number(number) if row.layer is layer]
    return row


def a_call(session_id="s1", number=NUMBER):
    return Call(
        session_id=session_id,
        telephony_session_id=session_id,
        direction="inbound",
        number=number,
        started_at=0.0,
    )


def test_a_number_that_no_cache_knows_has_a_place_in_each(lens):
    rows = lens.of_number(NUMBER)
    assert [row.layer for row in rows] == [
        Layer.MATCH,
        Layer.PIN,
        Layer.TASK,
        Layer.ACCOUNT,
        Layer.OPTIONS,
        Layer.LOGGED,
    ]
    assert {row.state for row in rows} == {State.MISS}
    assert lens.entries() == ()


def test_each_cache_is_seen_with_its_age(lens, matches, store, clock):
    matches.remember(NUMBER, [ADA])
    matches.pin(NUMBER, ADA)
    run(store.put_contacts("acc", "crm", NUMBER, [WIRE, NEW]))
    store.put_account_data("acc", "crm", "lists", [1, 2])
    store.put_account_data("acc", "another", "lists", [1])
    clock.at += 2 * DAY_S
    ages = {row.layer: row.age for row in lens.of_number(NUMBER)}
    assert ages[Layer.MATCH] == ages[Layer.ACCOUNT] == ages[Layer.OPTIONS] == "2 days ago"
    assert row_of(lens, Layer.PIN).answer == "Ada · contact - 1"
    assert row_of(lens, Layer.OPTIONS).state is State.EXPIRED


def test_entries_are_those_of_every_number_and_account(lens, matches, store):
    matches.remember(NUMBER, [])
    matches.remember(OTHER, [ADA])
    run(store.put_contacts("acc", "crm", NUMBER, [WIRE]))
    run(store.put_contacts("colleagues", "crm", NUMBER, [WIRE]))
    found = [(row.layer, row.key) for row in lens.entries()]
    assert len(found) == 4
    assert (Layer.ACCOUNT, ("colleagues", "crm", NUMBER)) in found


def test_of_many_entries_the_latest_are_listed_and_all_are_cleared(lens, matches, store):
    for number in range(LISTED + 5):
        matches.remember(f"+{number}", [])
        matches.pin(f"+{number}", ADA)
        run(store.put_contacts("acc", "crm", f"+{number}", [WIRE]))
    rows = [row for row in lens.entries() if row.layer is Layer.MATCH]
    assert (rows[0].key, rows[-1].key, len(rows)) == ((f"+{LISTED + 4}",), ("+5",), LISTED)
    assert len(lens.entries()) == 3 * LISTED
    for layer in Layer:
        lens.clear_layer(layer)
    assert lens.entries() == ()


def test_a_logged_call_is_known_twice(lens, calls, store):
    calls.put(a_call())
    calls.put(a_call("s2", OTHER))
    calls.set_logged("s1", LoggedRecord(1, "L1", "Ada", "contact"))
    calls.set_logged("s2", LoggedRecord(1, "L2"))
    run(store.put_call_log(CallLogRecord("s1", "crm", "u1", "L1", 1)))
    layers = [row.layer for row in lens.of_number(NUMBER)]
    assert layers[-2:] == [Layer.LOGGED, Layer.RECORD]
    for row in lens.of_number(NUMBER)[-2:]:
        lens.clear(row)
    assert calls.logged("s1") is None
    assert run(store.call_log("s1", "crm", "u1")) is None
    assert [row.key for row in lens.entries()] == [("s2",)]


def test_clear_drops_one_entry_and_leaves_the_others(lens, matches, store):
    for number in (NUMBER, OTHER):
        matches.remember(number, [ADA])
        matches.pin(number, ADA)
        run(store.put_contacts("acc", "crm", number, [WIRE]))
    for layer in (Layer.MATCH, Layer.PIN, Layer.ACCOUNT, Layer.TASK):
        lens.clear(row_of(lens, layer))
    assert {row.state for row in lens.of_number(NUMBER)} == {State.MISS}
    assert len(lens.entries()) == 3


def test_clear_layer_keeps_what_belongs_to_another_account(lens, matches, calls, store):
    matches.remember(NUMBER, [ADA])
    matches.pin(NUMBER, ADA)
    calls.put(a_call())
    calls.set_logged("s1", LoggedRecord(1, "L1"))
    for account in ("acc", "colleagues"):
        run(store.put_contacts(account, "crm", NUMBER, [WIRE]))
        store.put_account_data(account, "crm", "lists", [])
    for user in ("u1", "u2"):
        run(store.put_call_log(CallLogRecord("s1", "crm", user, "L1", 1)))
    for layer in Layer:
        lens.clear_layer(layer)
    assert sorted((row.layer.name, row.key) for row in lens.entries()) == [
        ("ACCOUNT", ("colleagues", "crm", NUMBER)),
        ("OPTIONS", ("colleagues", "crm", "lists")),
        ("RECORD", ("s1", "crm", "u2")),
    ]


def test_a_stale_match_no_longer_answers(lens, matches):
    matches.remember(NUMBER, [ADA])
    lens.make_stale(row_of(lens, Layer.MATCH))
    assert matches.match(NUMBER) is None
    assert row_of(lens, Layer.MATCH).age_s == MATCH_TTL_S


def test_a_stale_account_answer_is_used_until_maintenance_runs(lens, store):
    run(store.put_contacts("acc", "crm", NUMBER, [WIRE]))
    run(store.put_contacts("acc", "crm", OTHER, [WIRE]))
    lens.make_stale(row_of(lens, Layer.ACCOUNT))
    row = row_of(lens, Layer.ACCOUNT)
    assert row.age_s > CONTACTS_KEPT_S
    assert row.state is State.HIT
    assert lens.maintain() == 1
    assert row_of(lens, Layer.ACCOUNT).state is State.MISS
    assert row_of(lens, Layer.ACCOUNT, OTHER).state is State.HIT


def test_stale_account_data_is_offered_to_the_connector_as_stale(lens, store):
    store.put_account_data("acc", "crm", "lists", [1])
    lens.make_stale(row_of(lens, Layer.OPTIONS))
    assert not store.account_data("acc", "crm")["lists"].fresh


def test_a_contact_chosen_by_name_cannot_get_stale(lens, matches):
    matches.pin(NUMBER, ADA)
    lens.make_stale(row_of(lens, Layer.PIN))
    assert matches.pins(NUMBER) == (ADA,)


def test_nobody_is_remembered_by_the_extension_only(lens, matches, store):
    run(store.put_contacts("acc", "crm", NUMBER, [WIRE]))
    lens.remember_nobody(row_of(lens, Layer.MATCH))
    lens.remember_nobody(row_of(lens, Layer.ACCOUNT))
    assert matches.match(NUMBER).contacts == ()
    assert row_of(lens, Layer.ACCOUNT).answer == "Ada · contact - 1"


def test_outdated_contacts_keep_their_age_and_their_new_contact_entry(lens, matches, store, clock):
    matches.remember(NUMBER, [ADA])
    matches.pin(NUMBER, ADA)
    run(store.put_contacts("acc", "crm", NUMBER, [WIRE, NEW]))
    clock.at += DAY_S
    for _twice in range(2):
        for layer in (Layer.MATCH, Layer.PIN, Layer.ACCOUNT, Layer.OPTIONS):
            lens.make_outdated(row_of(lens, layer))
    for layer in (Layer.MATCH, Layer.PIN, Layer.ACCOUNT):
        assert row_of(lens, layer).answer == "Ada (outdated) · contact - 1"
    assert row_of(lens, Layer.ACCOUNT).age_s == row_of(lens, Layer.MATCH).age_s == DAY_S
    assert run(store.cached_contacts("acc", "crm", NUMBER)).contacts[1] == NEW


def test_an_entry_that_is_gone_by_then_is_left_alone(lens, matches, store):
    matches.remember(NUMBER, [ADA])
    run(store.put_contacts("acc", "crm", NUMBER, [WIRE]))
    rows = lens.of_number(NUMBER)
    matches.clear()
    store.clear_account("acc", "crm")
    for row in rows:
        lens.make_outdated(row)
        lens.make_stale(row)
        lens.clear(row)
    assert lens.entries() == ()


def test_what_a_refresh_removed_and_replaced(lens, matches, store, clock):
    matches.remember(NUMBER, [])
    run(store.put_contacts("acc", "crm", NUMBER, [WIRE]))
    clock.at += 3 * DAY_S
    before = lens.of_number(NUMBER)
    matches.remember(NUMBER, [ADA])
    run(store.forget_contacts("acc", "crm", NUMBER))
    assert [each.text for each in renewals(before, lens.of_number(NUMBER))] == [
        "Extension's match: nobody, kept 3 days ago, was replaced by Ada · contact - 1.",
        "Account cache: Ada · contact - 1, kept 3 days ago, was removed.",
    ]


def test_a_refresh_that_changes_nothing_says_so(lens, matches, clock):
    matches.remember(NUMBER, [ADA])
    matches.pin(NUMBER, ADA)
    clock.at += 60
    before = lens.of_number(NUMBER)
    assert renewals(before, before) == ()
    matches.remember(NUMBER, [ADA])
    (renewal,) = renewals(before, lens.of_number(NUMBER))
    assert renewal.text.endswith("was replaced by the same answer.")
