"""Lengths of time as a person says them."""

import pytest

from app.spans import age_text, span_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 seconds"),
        (0.4, "0 seconds"),
        (1, "1 second"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (90 * 60, "90 minutes"),
        (3 * 3600 + 59, "3 hours"),
        (47 * 3600, "47 hours"),
        (7 * 86_400, "7 days"),
        (60 * 86_400, "60 days"),
        (92 * 86_400, "3 months"),
    ],
)
def test_the_largest_unit_of_which_there_are_two(seconds, text):
    assert span_text(seconds) == text


def test_an_age():
    assert age_text(0.9) == "just now"
    assert age_text(3 * 86_400) == "3 days ago"
