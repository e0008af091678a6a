"""Phone numbers and their spellings (contact-flow 3)."""

from __future__ import annotations

import json
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import phone

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "phone-formats.json").read_text(encoding="utf-8")
)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
FORMATS = st.text(alphabet="*#0123456789+-() .", max_size=24)
US_NUMBER = "+16505551234"


def example(region: str) -> phonenumbers.PhoneNumber:
    number = phonenumbers.example_number(region)
    assert number is not None
    return number


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['number']} as {v['format']}")
def test_every_vector(vector):
    candidate = phone.apply_format(phone.parse(vector["number"]), vector["format"])
    assert candidate == phone.Candidate(
        vector["format"],
        vector["status"],
        vector["text"],
        vector["reason"],
        vector["production"],
    )


@pytest.mark.parametrize(
    ("number", "format", "text"),
    [
        ("+36301234567", "06 ## ### ####", "06 30 123 4567"),
        ("+79161234567", "8 ### ###-##-##", "8 916 123-45-67"),
        ("+79161234567", "810 7 ##########", "810 7 9161234567"),
        ("+79161234567", "+7 (8) ### ### ## ##", "+7 (8) 916 123 45 67"),
        ("+61412345678", "0011 61 ### ### ###", "0011 61 412 345 678"),
        ("+442079460958", "00 44 (0) ## #### ####", "00 44 (0) 20 7946 0958"),
        ("+16505551234", "\uff0b1 ##########", "\uff0b1 6505551234"),
        ("+16505551234", "tel ##########", "tel 6505551234"),
        ("+80012345678", "+800 ########", "+800 12345678"),
        ("+80012345678", "########", "12345678"),
    ],
)
def test_ways_to_dial_into_a_region_are_spellings(number, format, text):
    assert phone.apply_format(phone.parse(number), format).text == text


@pytest.mark.parametrize(
    ("format", "reason"),
    [
        ("   ", phone.EMPTY_FORMAT),
        ("none", phone.NO_PLACEHOLDER),
        ("+###########", phone.PLACEHOLDER_COUNT),
        ("+(###) ###-####", phone.COUNTRY_MISMATCH),
        ("+011 1 ### ### ####", phone.COUNTRY_MISMATCH),
        ("###-###-#### 1", phone.COUNTRY_MISMATCH),
        ("###-1-###-####", phone.COUNTRY_MISMATCH),
        ("\u0660##########", phone.COUNTRY_MISMATCH),
    ],
)
def test_a_format_that_cannot_spell_the_number_says_why(format, reason):
    candidate = phone.apply_format(phone.parse(US_NUMBER), format)
    assert (candidate.status, candidate.text, candidate.reason) == ("skipped", None, reason)


def test_candidates_keep_the_order_of_the_formats():
    formats = ["###", "##########", ""]
    made = phone.candidates(phone.parse(US_NUMBER), formats)
    assert [each.format for each in made] == formats
    assert [each.status for each in made] == ["skipped", "ok", "skipped"]


def test_parse_gives_each_part_of_a_valid_number():
    assert phone.parse(" 442079460958") == phone.PhoneNumber(
        " 442079460958", "+442079460958", "GB", 44, "2079460958", valid=True
    )


@pytest.mark.parametrize("text", ["", "101", "+101", "4155550100", "+15550001234", "Ada"])
def test_parse_assumes_no_region(text):
    assert phone.parse(text) == phone.PhoneNumber(text, None, None, None, None, valid=False)


@given(st.text() | st.text(alphabet="+0123456789 \u200e\u202e\U0001f600()#;ext=", max_size=40))
def test_no_text_makes_anything_raise(text):
    number = phone.parse(text)
    assert number.input == text
    assert number.valid == (number.e164 is not None) == (number.region is not None)
    phone.apply_format(number, text)
    phone.dial(text)
    phone.display(text)
    phone.format_as_you_type(text)


@pytest.mark.parametrize("text", ["1" * 10_000, "+" * 10_000, "\u202e" * 10_000, "#" * 10_000])
def test_a_very_long_text_is_no_number(text):
    assert not phone.parse(text).valid
    assert phone.apply_format(phone.parse(US_NUMBER), text).status == "skipped"
    phone.format_as_you_type(text)
    phone.display(text)
    phone.dial(text)


@given(st.sampled_from(REGIONS), FORMATS)
def test_a_spelling_of_any_regions_number_ends_with_its_digits(region, format):
    number = phone.parse(phonenumbers.format_number(example(region), 0))
    assert number.valid
    candidate = phone.apply_format(number, format)
    if candidate.status == "ok":
        digits = "".join(char for char in candidate.text if char.isdigit())
        assert digits.endswith(number.national_significant_number)
        assert candidate.text == candidate.production.strip()
    else:
        assert candidate.text is None
        assert candidate.reason


@given(st.sampled_from(REGIONS), st.sampled_from("*#"))
def test_every_region_has_its_plain_and_its_international_spelling(region, mark):
    number = phone.parse(phonenumbers.format_number(example(region), 0))
    marks = mark * len(number.national_significant_number)
    plain = phone.apply_format(number, marks)
    assert plain.text == number.national_significant_number
    international = phone.apply_format(number, f"+{number.country_code}{marks}")
    assert international.text == number.e164
    assert phone.parse(international.text).e164 == number.e164


@given(st.sampled_from(REGIONS))
def test_what_a_region_displays_it_dials(region):
    number = example(region)
    e164 = phonenumbers.format_number(number, 0)
    shown = phone.display(e164, region)
    if not (shown.isdecimal() and len(shown) <= 6):  # Ascension's numbers look like extensions
        assert phone.dial(shown, region) == e164
    assert phone.dial(e164, "US") == e164


@pytest.mark.parametrize(
    ("text", "region", "dialled"),
    [
        ("(650) 555-1234", "US", US_NUMBER),
        ("+1 650 555 1234", "DE", US_NUMBER),
        ("\u202a+1 (650)\u200b 555-1234\u202c", "US", US_NUMBER),
        ("020 7946 0958", "GB", "+442079460958"),
        ("020 7946 0958", "US", "020 7946 0958"),
        ("101", "US", "101"),
        ("301234", "DE", "301234"),
        ("\u200e101", "US", "101"),
        ("Ada\u200b Lovelace ", "US", "Ada Lovelace"),
        ("", "US", ""),
        ("6505551234", "nowhere", "6505551234"),
    ],
)
def test_dial(text, region, dialled):
    assert phone.dial(text, region) == dialled


@pytest.mark.parametrize(
    ("text", "region", "shown"),
    [
        (US_NUMBER, "US", "(650) 555-1234"),
        ("+14165550123", "US", "(416) 555-0123"),
        (US_NUMBER, "GB", "+1 650-555-1234"),
        ("+390669812345", "IT", "06 6981 2345"),
        ("101", "US", "101"),
        ("anonymous", "US", "anonymous"),
        ("+15550001234", "US", "+15550001234"),
    ],
)
def test_display(text, region, shown):
    assert phone.display(text, region) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("101", "101"),
        ("650555", "650-555"),
        ("6505551234", "(650) 555-1234"),
        ("(650) 555-1234", "(650) 555-1234"),
        ("+442079460958", "+44 20 7946 0958"),
        ("+", "+"),
        ("Ada 1", "Ada 1"),
        ("*67", "*67"),
    ],
)
def test_format_as_you_type(text, shown):
    assert phone.format_as_you_type(text) == shown
