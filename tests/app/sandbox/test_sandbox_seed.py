from __future__ import annotations

from collections import Counter

import phonenumbers
import pytest

from app.sandbox.numbers import SPELLINGS
from app.sandbox.seed import DEMO, fill, fill_if_empty, people


def test_the_sample_people_are_many_valid_and_always_the_same():
    sample = people()
    assert len(sample) == 300
    assert sample == people()
    for person in sample:
        assert phonenumbers.is_valid_number(phonenumbers.parse(person.e164)), person
    assert len({person.region for person in sample}) >= 10
    assert {person.spelling for person in sample} - {""} == set(SPELLINGS)
    assert len(SPELLINGS) >= 14
    text = "".join(person.stored for person in sample)
    for sign in "\u00a0\u202a\u202c\u2013\uff10":
        assert sign in text
    names = Counter((p.first, p.last, p.e164) for p in sample)
    by_name = Counter((first, last) for first, last, _ in names)
    assert by_name["Maria", "Silva"] == 2
    assert {p.kind for p in sample if p.gone} == {"lead", "contact"}


@pytest.mark.parametrize("count", [0, 1, 5, 900])
def test_any_number_of_people_can_be_had(count):
    assert len(people(count)) == count


def test_nobody_but_the_documented_owners_has_a_documented_number():
    for demo in DEMO.values():
        owners = {f"{p.first} {p.last}" for p in people(900) if p.e164 == demo.e164 and not p.gone}
        assert owners == set(demo.names)


def test_a_store_is_filled_once(store):
    fill_if_empty(store, 20)
    before = store.count("bullhorn", "ClientContact")
    fill_if_empty(store, 100)
    assert store.count("bullhorn", "ClientContact") == before
    fill(store, 100)
    assert store.count("bullhorn", "ClientContact") > before
