import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.explain.compare import Match, align, compare, visible

NUMBER = "+14155550132"


@pytest.mark.parametrize(
    ("stored", "match", "kinds"),
    [
        (NUMBER, Match.EXACT, set()),
        ("+1 (415) 555-0132", Match.EXACT, set()),
        ("4155550132", Match.NSN, set()),
        ("14155550132", Match.NSN, {"MISSING_PLUS"}),
        ("555-0132", Match.SHORT_NSN, set()),
        ("415\u00a0555\u00a00132", Match.NSN, {"NO_BREAK_SPACE"}),
        ("\u202a4155550132\u202c", Match.NSN, None),
        ("\uff14155550132", Match.NSN, {"FULL_WIDTH_DIGIT"}),
        ("415\u2013555\u20130132", Match.NSN, {"EN_DASH"}),
        ("415  555 0132", Match.NSN, {"DOUBLED_BLANK"}),
        ("(415) 555-0132 ext. 12", Match.SHORT_NSN, {"EXTENSION_TEXT"}),
        ("+44 415 555 0132", Match.NO_MATCH, {"COUNTRY_CODE"}),
        ("2125550132", Match.NO_MATCH, set()),
        ("call reception", Match.NOT_A_NUMBER, None),
        ("", Match.NOT_A_NUMBER, set()),
    ],
)
def test_how_near_a_stored_text_is(stored, match, kinds):
    compared = compare(stored, NUMBER)
    assert compared.match is match
    if kinds is not None:
        assert {difference.kind for difference in compared.differences} == kinds


def test_a_trunk_zero_is_named_and_read_past():
    compared = compare("+44 (0)20 7946 0958", "+442079460958")
    assert compared.match is Match.EXACT
    assert [difference.kind for difference in compared.differences] == ["TRUNK_ZERO"]


def test_what_cannot_be_seen_is_shown():
    assert visible("415\u00a0555\u202a") == "415<U+00A0>555<U+202A>"
    assert visible("(415) 555-0132") == "(415) 555-0132"


def test_two_texts_side_by_side():
    assert align("(415) 555", "(415) 555").same
    side = align("415.555", "415-555")
    assert [(step.stored, step.candidate) for step in side.steps if step.kind == "changed"] == [
        (".", "-")
    ]
    assert not side.same
    assert 0.5 < side.ratio < 1


@given(st.text(), st.text())
def test_any_text_is_compared(stored, number):
    compare(stored, number)
    align(stored, number)
