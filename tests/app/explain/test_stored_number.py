"""The quick reading of stored texts gives libphonenumber's own answer."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from app.explain.stored_number import (
    NumberReader,
    StoredNumber,
    UnknownRegionError,
    digits_of,
    is_plain,
)

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
READERS = {}


def reader(region):
    return READERS.setdefault(region, NumberReader(region))


def by_the_library(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return StoredNumber(
        number.country_code,
        phonenumbers.region_code_for_number(number),
        phonenumbers.national_significant_number(number),
    )


def spellings(number):
    """One number as people write it, and slightly wrong."""
    national = phonenumbers.national_significant_number(number)
    code = str(number.country_code)
    written = [
        phonenumbers.format_number(number, kind)
        for kind in (
            PhoneNumberFormat.E164,
            PhoneNumberFormat.NATIONAL,
            PhoneNumberFormat.INTERNATIONAL,
        )
    ]
    return [
        *written,
        national,
        code + national,
        "0" + national,
        f"+{code} (0) {national}",
        "00" + code + national,
        "011" + code + national,
        national[:-1],
        national + "9",
        f"+{code}{national[:-1]}",
        f"+{code}{national}9",
        national[-1] + national[:-1],
    ]


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_is_read_as_the_library_reads_it(region):
    numbers = [
        number
        for kind in PhoneNumberType.values()
        if (number := phonenumbers.example_number_for_type(region, kind)) is not None
    ]
    assert numbers
    for text in {text for number in numbers for text in spellings(number)}:
        for home in (region, "US", "DE"):
            assert reader(home).read(text) == by_the_library(text, home), (text, home)


@settings(max_examples=400, deadline=None)
@given(
    text=st.from_regex(r"\(?\+?(1|44|49|39|7|54|0|00|011)?[0-9 ()./-]{3,16}", fullmatch=True),
    region=st.sampled_from(["US", "CA", "GB", "DE", "IT", "AR", "BR", "MX", "RU", "AU", "JP"]),
)
def test_whatever_digits_come_the_answer_is_the_librarys(text, region):
    assert reader(region).read(text) == by_the_library(text, region)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=20) | st.from_regex(r"\+?[0-9 ]{6,12}( ?(ext|x|#)\.? ?[0-9]{1,4})?"))
def test_any_text_is_read_without_an_error(text):
    assert reader("US").read(text) == by_the_library(text, "US")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("(415) 555-0132", True),
        ("+44 (0)20/7946.0958", True),
        ("(+44) 20", True),
        ("+1 415 +1", False),
        ("415 555 0132 x3", False),
        ("415\u00a0555", False),
        ("415,555", False),
    ],
)
def test_what_is_plain(text, plain):
    assert is_plain(text) is plain


def test_digits_are_taken_out():
    assert digits_of("+1 (415) 555-0132 \uff11") == "14155550132"


def test_a_region_that_does_not_exist_is_refused():
    with pytest.raises(UnknownRegionError, match="'Europe' is no region"):
        NumberReader("Europe")


def test_a_region_may_be_written_small():
    assert NumberReader("gb").read("020 7946 0958") == (44, "GB", "2079460958")
