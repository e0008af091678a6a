"""Formats learned from stored texts: what covers them, and why the rest stays uncovered."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.explain.learn import (
    OTHER_SPELLINGS,
    FormatLearner,
    Uncovered,
    format_with_places,
    learn,
)
from app.explain.stored_number import NumberReader, UnknownRegionError
from connectors import phone


def why(text, region="US"):
    """Why one text is not covered."""
    (only,) = learn([text], region).uncovered
    assert only.example == text
    return only.why


def test_the_most_frequent_spellings_become_formats():
    learned = learn(
        ["(415) 555-0132"] * 5
        + ["4155550133"] * 3
        + ["+1-415-555-0134"] * 4
        + ["415.555.0135", "415.555.0136"]
        + [""] * 6
    )
    assert (learned.rows, learned.numbers, learned.covered) == (20, 14, 12)
    assert [(each.format, each.adds, each.covers, each.share) for each in learned.formats] == [
        ("(###) ###-####", 5, 5, 0.3571),
        ("+1-###-###-####", 4, 4, 0.6429),
        ("##########", 3, 3, 0.8571),
    ]
    assert learned.uncovered == (
        Uncovered(
            "###.###.####",
            2,
            "415.555.0135",
            "rarer than the 3 formats",
        ),
    )


def test_fewer_formats_may_be_asked_for():
    learned = learn(["(415) 555-0132"] * 2 + ["4155550133"], most=1)
    assert [each.format for each in learned.formats] == ["(###) ###-####"]
    assert [each.spelling for each in learned.uncovered] == ["##########"]


@pytest.mark.parametrize(
    ("region", "text", "expected"),
    [
        ("US", "14155550132", "1##########"),
        ("US", "+1 (415) 555-0132", "+1 (###) ###-####"),
        ("US", "+44 20 7946 0958", "+44 ## #### ####"),
        ("US", "442079460958", "44##########"),
        ("GB", "020 7946 0958", "0## #### ####"),
        ("GB", "+44 (0)20 7946 0958", "+44 (0)## #### ####"),
        ("GB", "0044 20 7946 0958", "0044 ## #### ####"),
        ("DE", "030/901820", "0##/######"),
        ("DE", "0151 23456789", "0### ########"),
        ("FR", "01 42 68 53 00", "0# ## ## ## ##"),
        ("IT", "06 6981 2345", "## #### ####"),
        ("IT", "+39 06 6981 2345", "+39 ## #### ####"),
        ("AU", "(02) 9123 4567", "(0#) #### ####"),
    ],
)
def test_literal_digits_are_a_way_to_dial(region, text, expected):
    (learned,) = learn([text], region).formats
    assert learned.format == expected


def test_each_country_has_formats_of_its_own():
    learned = learn(["+1 4155550132"] * 3 + ["+44 2079460958"] * 2)
    assert [each.format for each in learned.formats] == ["+1 ##########", "+44 ##########"]


def test_numbers_of_several_countries_share_a_format_without_a_country_code():
    learned = learn(["4155550132", "6135550123"], "CA")
    assert [(each.format, each.covers) for each in learned.formats] == [("##########", 2)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("415\u00a0555\u00a00132", "a no-break space (U+00A0): mend the record"),
        ("\u202a+14155550132", "an invisible character: left-to-right embedding (U+202A)"),
        ("\uff14155550132", "a full-width digit '\uff14' (U+FF14)"),
        ("\t4155550132", "a tab: mend the record"),
        ("(415) 555-0132 ext. 12", "extension text 'ext. ##'"),
        ("1-800-FLOWERS", "letters in it"),
        ("415 555 0132 or 415 555 0133", "two numbers in one field"),
        ("415 555 0132 / 415 555 0133", "two numbers in one field"),
        ("415 555 0132\n415 555 0133", "two numbers in one field"),
        ("+1,415,555,0132", "a comma in it"),
        ("415*5550132", "a * or # in it"),
        (" 4155550132", "blanks at its beginning or end"),
        ("4155550132 ", "blanks at its beginning or end"),
        ("1.41556E+10", "a spreadsheet rounded it to scientific notation"),
        ("1,41556E+10", "a spreadsheet rounded it to scientific notation"),
        ("14155550132.0", "a spreadsheet made a decimal number of it"),
        ("555-0132", "too short for a number of US: 7 digits"),
        ("415-555-013299", "too long for a number of US: 12 digits"),
        ("(999) 555-0132", "no valid number of US"),
        ("020 7946 0958", "no valid number of US: another country's needs its country code"),
        ("+44 20 7946", "no valid number: 8 digits with the country code"),
        ("011 44 20 7946 0958", "'01144' before the number is no country code or trunk prefix"),
    ],
)
def test_why_a_text_is_not_covered(text, said):
    assert why(text).startswith(said)


def test_digits_in_another_order_are_named():
    assert why("011 15-2345-6789", "AR").startswith("a mobile or carrier prefix stands among")


def test_a_very_long_text_is_no_phone_number():
    (only,) = learn(["call 415 555 0132 " * 1000]).uncovered
    assert only.why == "longer than 64 characters: this is no phone number"
    assert len(only.example) == 64


def test_texts_without_a_digit_are_no_numbers():
    learned = learn(["", "n/a", "   ", "-", "x" * 100, "4155550132"])
    assert (learned.rows, learned.numbers, learned.uncovered) == (6, 1, ())


def test_nothing_at_all():
    learned = learn([])
    assert (learned.rows, learned.numbers, learned.formats, learned.uncovered) == (0, 0, (), ())


def test_invisible_characters_and_words_are_shown_in_the_spelling():
    learned = learn(["415\u00a0555 0132", "Ann 415 555 0132", "415 555 0132 x7"])
    assert {each.spelling for each in learned.uncovered} == {
        "###<U+00A0>### ####",
        "A ### ### ####",
        "### ### #### x#",
    }


def test_the_same_spelling_may_stay_uncovered_for_two_reasons():
    learned = learn(["(999) 555-0132", "(415) 555-0132"], most=0)
    assert [each.spelling for each in learned.uncovered] == ["(###) ###-####"] * 2
    assert {each.why.partition(":")[0] for each in learned.uncovered} == {
        "no valid number of US",
        "rarer than the 0 formats",
    }


def test_a_number_from_abroad_says_so():
    assert "a number of GB" in learn(["+44 20 7946 0958"], most=0).uncovered[0].why


def test_a_number_of_another_region_with_the_same_country_code_is_not_from_abroad():
    assert "number of" not in learn(["416-555-0132"], most=0).uncovered[0].why


def test_rare_spellings_are_listed_together():
    texts = [
        f"415-555-0132 ext. {'1' * (index % 8 + 1)}{'!' * (index // 8)}" for index in range(40)
    ]
    learned = learn(texts)
    assert len(learned.uncovered) == 21
    assert learned.uncovered[-1].spelling == OTHER_SPELLINGS
    assert sum(each.count for each in learned.uncovered) == learned.numbers == 40


def test_kinds_are_bounded_and_nothing_is_lost_from_the_count():
    learner = FormatLearner(kinds=50)
    dice = random.Random(3)
    for _ in range(3000):
        learner.add("(415) 555-0132")
        learner.add("note " + "".join(dice.choice("!?.:") for _ in range(12)) + " 4155550132")
    learned = learner.result()
    assert len(learner._kinds) <= 50
    assert len(learner._shapes) <= 50
    assert [(each.format, each.adds) for each in learned.formats] == [("(###) ###-####", 3000)]
    assert learned.covered + sum(each.count for each in learned.uncovered) == 6000


def test_a_region_that_does_not_exist_is_refused():
    with pytest.raises(UnknownRegionError):
        learn([], "Atlantis")


REGIONS = ("US", "GB", "DE", "IT", "FR", "AU", "AR", "BR", "RU", "JP")


@settings(max_examples=300, deadline=None)
@given(
    text=st.from_regex(r"\(?\+?(1|44|49|39|0|00|011)?[0-9 ()./-]{5,15}", fullmatch=True),
    region=st.sampled_from(REGIONS),
)
def test_production_fills_a_learned_format_with_exactly_the_stored_text(text, region):
    for learned in learn([text], region).formats:
        number = NumberReader(region).read(text) or NumberReader(region).read("+" + text)
        candidate = phone.apply_format(
            phone.parse(f"+{number.country_code}{number.national_significant_number}"),
            learned.format,
        )
        assert (candidate.status, candidate.text) == ("ok", text)
        assert "," not in learned.format


def test_the_format_of_a_text():
    assert format_with_places("+44 (0)20 7946 0958", 10) == "+44 (0)## #### ####"
    assert format_with_places("4155550132", 10) == "##########"
