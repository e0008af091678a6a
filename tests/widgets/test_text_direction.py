"""Only a sentence that would be turned round gets a mark."""

import pytest

from widgets.text_direction import left_to_right


@pytest.mark.parametrize(
    "sentence", ["", "1 found", "Anna was found", "\u2068محمد", "4155550132", "to محمد"]
)
def test_others_stay_as_they_are(sentence):
    expected = "\u200e" + sentence if "\u2068" in sentence else sentence
    assert left_to_right(sentence) == expected


@pytest.mark.parametrize("name", ["محمد", "שרה", "1. محمد"])
def test_a_name_written_from_right_to_left_gets_a_mark_before_it(name):
    assert left_to_right(f"{name} was found.") == f"\u200e{name} was found."
