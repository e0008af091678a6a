from __future__ import annotations

import pytest

from app.extension.matcher import (
    MATCH_TTL_S,
    Bypass,
    LocalMatchCache,
    is_external,
    is_looked_up,
    real_contacts,
    same_contact,
)
from connectors.contract.model import Contact, new_contact_entry

NUMBER = "+14155550100"
ADA = Contact(
    id=1, name="Ada", type="contact", phone=NUMBER, company="X", additional_info={"deals": []}
)
LEAD = Contact(id=1, name="Ada L.", type="lead")


class Clock:
    def __init__(self):
        self.at = 5.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cache(clock):
    return LocalMatchCache(clock)


def test_a_plus_makes_a_number_external():
    assert is_external(NUMBER)
    assert not is_external("101")
    assert not is_external("")


def test_extensions_are_looked_up_only_when_allowed():
    assert is_looked_up(NUMBER)
    assert not is_looked_up("101")
    assert is_looked_up("101", allow_extensions=True)
    assert not is_looked_up("", allow_extensions=True)


def test_a_match_keeps_real_contacts_and_only_four_fields(cache):
    cache.remember(NUMBER, [ADA, new_contact_entry()])
    [kept] = cache.match(NUMBER).contacts
    assert kept == Contact(id=1, name="Ada", type="contact", additional_info={"deals": []})


@pytest.mark.parametrize("contacts", [[ADA], [], [new_contact_entry()]])
def test_positive_and_negative_matches_last_seven_days(cache, clock, contacts):
    cache.remember(NUMBER, contacts)
    clock.at += MATCH_TTL_S - 1
    assert cache.match(NUMBER).created_at == 5.0
    clock.at += 1
    assert cache.match(NUMBER) is None


def test_a_refresh_that_finds_nobody_removes_the_stale_match(cache):
    cache.remember(NUMBER, [ADA])
    cache.remember(NUMBER, [])
    assert cache.match(NUMBER).contacts == ()
    cache.forget(NUMBER)
    assert cache.match(NUMBER) is None


def test_contacts_chosen_by_name_come_first_and_never_expire(cache, clock):
    cache.pin(NUMBER, LEAD)
    clock.at += 10 * MATCH_TTL_S
    new = new_contact_entry()
    assert cache.with_pins(NUMBER, [ADA, LEAD, new]) == (LEAD, ADA, new)
    cache.pin(NUMBER, LEAD)
    assert cache.pins(NUMBER) == (LEAD,)
    cache.unpin(NUMBER)
    assert cache.with_pins(NUMBER, [ADA]) == (ADA,)


def test_a_factory_reset_forgets_the_chosen_ones_too(cache):
    cache.pin(NUMBER, LEAD)
    cache.remember(NUMBER, [ADA])
    cache.clear()
    assert cache.pins(NUMBER) == ()
    assert cache.match(NUMBER) is None


def test_every_match_is_listed_also_past_its_days(cache, clock):
    cache.remember(NUMBER, [ADA])
    cache.pin(NUMBER, LEAD)
    clock.at += MATCH_TTL_S
    assert cache.match(NUMBER) is None
    assert cache.age_s(cache.entries()[NUMBER]) == MATCH_TTL_S
    assert cache.pinned() == {NUMBER: (LEAD,)}


def test_a_match_is_dated_back_and_given_other_contacts(cache, clock):
    cache.set_age(NUMBER, 60.0)
    assert cache.entries() == {}
    cache.remember(NUMBER, [ADA])
    cache.set_age(NUMBER, 60.0)
    cache.replace(NUMBER, [LEAD])
    assert cache.match(NUMBER).contacts == (LEAD,)
    assert cache.age_s(cache.match(NUMBER)) == 60.0
    cache.replace_pins(NUMBER, [ADA])
    assert cache.pins(NUMBER) == (ADA,)


def test_a_bypass_counts_for_one_lookup():
    bypass = Bypass(local=True)
    assert [bypass.take_local(), bypass.take_local()] == [True, False]
    assert not bypass.take_account()
    bypass.account = True
    assert [bypass.take_account(), bypass.take_account()] == [True, False]


def test_two_kinds_with_the_same_id_are_two_contacts():
    assert not same_contact(ADA, LEAD)
    assert same_contact(ADA, Contact(id="1", name="", type="contact"))
    assert real_contacts([ADA, new_contact_entry()]) == (ADA,)
