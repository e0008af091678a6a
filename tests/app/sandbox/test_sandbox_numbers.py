from __future__ import annotations

import phonenumbers
import pytest

from app.sandbox.numbers import MIX, SPELLINGS, e164, has_spelling, number_at


def number(text):
    return phonenumbers.parse(text)


def test_sample_numbers_are_possible_and_unlike_each_other():
    numbers = [number_at(index) for index in range(600)]
    assert len({e164(value) for _region, value in numbers}) == 600
    assert all(phonenumbers.is_possible_number(value) for _region, value in numbers)
    assert [region for region, _value in numbers[: len(MIX)]] == list(MIX)


def test_the_same_index_gives_the_same_number():
    assert number_at(17) == number_at(17)


US, DE, GB = number("+13125550148"), number("+493023125123"), number("+442079460123")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("bare-nsn", US, "3125550148"),
        ("e164", US, "+13125550148"),
        ("national", US, "(312) 555-0148"),
        ("international", GB, "+44 20 7946 0123"),
        ("dots", US, "312.555.0148"),
        ("dashes", US, "312-555-0148"),
        ("extension-x", US, "(312) 555-0148 x134"),
        ("vanity", US, "1-312-JKL-0148"),
        ("doubled-blanks", US, "312  555  0148"),
        ("no-plus", US, "13125550148"),
        ("carrier-prefix", US, "01113125550148"),
        ("carrier-prefix", GB, "00442079460123"),
        ("tel-uri", US, "tel:+13125550148"),
        ("slash", US, "312/555 0148"),
        ("trailing-blank", US, "(312) 555-0148 "),
    ],
)
def test_people_write_numbers_down_in_many_ways(name, value, text):
    assert SPELLINGS[name](value) == text


@pytest.mark.parametrize("value", [US, DE, GB])
@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_writes_every_number(name, value):
    assert any(sign.isdigit() for sign in SPELLINGS[name](value))


def test_some_spellings_belong_to_some_countries():
    assert SPELLINGS["trunk-zero"](DE).startswith("+49 (0)30")
    assert has_spelling("trunk-zero", "DE", DE)
    assert not has_spelling("trunk-zero", "US", US)
    assert has_spelling("vanity", "US", US)
    assert not has_spelling("vanity", "DE", DE)
