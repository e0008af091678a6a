"""JSON with JavaScript's numbers, and the lines of its values."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.proxy.json_text import lines, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", 1),
        ("1.5", 1.5),
        ("312400001", 312400001),
        ("9007199254740993", 9007199254740992),
        ("12345678901234567890", 12345678901234567000),
        ("1e3", 1000),
        ("1e999", float("inf")),
        ("9" * 5000, float("inf")),
    ],
)
def test_numbers_are_doubles(text, value):
    assert parse(text) == value
    assert type(parse(text)) is type(value)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "", "{'a': 1}", '{"a": 1,}'])
def test_what_javascript_does_not_read_is_refused(text):
    with pytest.raises(ValueError, match=r"Expecting|no JSON|Illegal"):
        parse(text)


def test_each_value_has_its_line():
    text = '{\n"a": {\n  "b,{": [1,\n {"c": "x\\"\\n"}\n]},\n "d":\n null}'
    assert lines(text) == {
        (): 1,
        ("a",): 2,
        ("a", "b,{"): 3,
        ("a", "b,{", 0): 3,
        ("a", "b,{", 1): 4,
        ("a", "b,{", 1, "c"): 4,
        ("d",): 6,
    }


def places(value, place=()):
    found = {place}
    if isinstance(value, dict):
        for key, each in value.items():
            found |= places(each, (*place, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            found |= places(each, (*place, index))
    return found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=15,
)


@given(JSON, st.sampled_from([None, 0, 2]), st.booleans())
def test_any_json_has_lines_for_all_its_places(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = lines(text)
    assert set(found) == places(value)
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())
