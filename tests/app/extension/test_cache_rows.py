"""What the cache lens says of one entry."""

from __future__ import annotations

import pytest

from app.extension import cache_rows
from app.extension.cache_rows import Action, Layer, State, contact_line
from app.extension.calls import LoggedRecord
from app.extension.matcher import MATCH_TTL_S, Match
from connectors.contract.model import Contact
from connectors.runtime.store import ACCOUNT_DATA_FRESH_S, CONTACTS_KEPT_S, StoredEntry, Table

NUMBER = "+14155550100"
ADA = Contact(id=1, name="Ada", type="contact")
KEY = ("acc", "insightly", NUMBER)
DAY_S = 86_400.0
NEW = {"id": "createNewContact", "isNewContact": True}


def stored(value, age_s=0.0, table=Table.CONTACTS, key=KEY):
    return StoredEntry(table, key, value, 0.0, age_s)


def test_an_empty_match_can_be_poisoned():
    row = cache_rows.match_row(NUMBER, "insightly", None)
    assert (row.state, row.age, row.answer) == (State.MISS, "", "")
    assert row.actions == {Action.NOBODY}
    assert "the next call asks the server" in row.meaning


def test_a_match_says_whom_it_answers_and_how_long():
    row = cache_rows.match_row(NUMBER, "insightly", Match((ADA,), 0.0), 2 * DAY_S)
    assert row.name == "+14155550100 -> insightly"
    assert (row.state, row.age, row.lifetime) == (State.HIT, "2 days ago", "another 5 days")
    assert row.answer == "Ada · contact - 1"
    assert "renamed or deleted" in row.meaning
    assert row.actions == set(Action)


def test_a_match_of_nobody_warns_of_a_contact_that_came_later():
    row = cache_rows.match_row(NUMBER, "insightly", Match((), 0.0), 0.0)
    assert (row.state, row.answer) == (State.HIT, "nobody")
    assert "stays unknown" in row.meaning
    assert Action.OUTDATED not in row.actions


def test_a_match_past_its_days_does_not_answer():
    row = cache_rows.match_row(NUMBER, "insightly", Match((ADA,), 0.0), MATCH_TTL_S)
    assert (row.state, row.lifetime) == (State.EXPIRED, "7 days, over")
    assert Action.STALE not in row.actions


def test_a_contact_chosen_by_name_never_goes_by_itself():
    empty, pinned = cache_rows.pin_row(NUMBER, ()), cache_rows.pin_row(NUMBER, [ADA])
    assert (empty.state, empty.actions) == (State.MISS, frozenset())
    assert (pinned.state, pinned.answer, pinned.age) == (State.HIT, "Ada · contact - 1", "")
    assert "for ever" in pinned.lifetime
    assert "Refresh contact does not remove it" in pinned.meaning


def test_a_created_contact_waits_for_no_time_at_all():
    row = cache_rows.task_row(NUMBER)
    assert (row.state, row.actions) == (State.MISS, frozenset())
    assert row.name == f"tempContactMatchTask-{NUMBER}"


def test_the_accounts_answer_is_shared_and_outlives_the_session():
    row = cache_rows.account_row(KEY, stored([{"id": 7, "name": "Ada", "type": "lead"}, NEW], 90))
    assert (row.state, row.age, row.answer) == (State.HIT, "90 seconds ago", "Ada · lead - 7")
    assert row.name == f"acc / insightly / contact-{NUMBER}"
    assert row.shared == "every user of the RingCentral account acc."
    assert "An expired session still gets this answer" in row.meaning
    assert "other formats" in row.meaning
    assert "overdue" not in row.lifetime


def test_the_accounts_answer_is_used_past_three_months_too():
    row = cache_rows.account_row(KEY, stored([{"id": 7, "name": "Ada"}], CONTACTS_KEPT_S))
    assert row.state is State.HIT
    assert "overdue" in row.lifetime
    assert "until maintenance runs it answers all the same" in row.meaning


def test_an_account_without_an_answer():
    row = cache_rows.account_row(KEY, None)
    assert (row.state, row.actions) == (State.MISS, frozenset())
    assert "that nobody was found is not" in row.meaning
    nameless = cache_rows.account_row(("", "insightly", NUMBER), None)
    assert nameless.shared == "nobody."
    assert "no RingCentral account id" in nameless.meaning


@pytest.mark.parametrize("value", [None, "text", 5, [None, 1, "x"], {}])
def test_whatever_stands_in_the_store_is_read_without_harm(value):
    assert cache_rows.account_row(KEY, stored(value)).answer == "nobody"


def test_account_data_is_fresh_for_a_day_and_a_last_resort_after_it():
    key = ("acc", "bullhorn", "activityTypes")
    fresh = cache_rows.options_row(key, stored(["Call", "Mail"], 60, key=key))
    stale = cache_rows.options_row(key, stored(["Call"], ACCOUNT_DATA_FRESH_S, key=key))
    assert (fresh.state, fresh.answer) == (State.HIT, "a list of 2")
    assert (stale.state, stale.actions) == (State.EXPIRED, {Action.CLEAR})
    assert "this old list is used" in stale.meaning
    assert cache_rows.options_row(key, None).state is State.MISS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"commentActionList": [1, 2], "b": {"c": 1}}, "commentActionList: 2, b: 1"),
        ({"a": 1, "b": 2}, "2 values"),
        ("Call", "Call"),
    ],
)
def test_account_data_in_a_few_words(value, text):
    assert cache_rows.options_row(KEY, stored(value)).answer == text


def test_both_notes_of_a_logged_call():
    none = cache_rows.not_logged_row(NUMBER)
    note = cache_rows.logged_row("s1", LoggedRecord(7, "L1", "Ada", "lead"))
    record = cache_rows.record_row(
        stored({"thirdPartyLogId": "L1", "contactId": 7, "id": "t"}, key=("s1", "x", "u1"))
    )
    assert (none.layer, none.state) == (Layer.LOGGED, State.MISS)
    assert (note.name, note.answer) == ("rc-crm-call-log-s1", "log L1 of Ada · lead - 7")
    assert (record.layer, record.answer) == (Layer.RECORD, "log L1 of contact 7")
    assert "refuses to log it again" in record.meaning


def test_a_long_answer_is_cut():
    many = tuple(Contact(id=number, name="A") for number in range(8))
    answer = cache_rows.pin_row(NUMBER, many).answer
    assert answer.endswith("A · 4 and 3 more")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("Ada", "lead", 7), "Ada · lead - 7"),
        (("Ada", None, 7), "Ada · 7"),
        (("", "lead", 7), "lead - 7"),
        ((None, 5, "x"), "x"),
    ],
)
def test_a_contact_in_a_line(given, text):
    assert contact_line(*given) == text
