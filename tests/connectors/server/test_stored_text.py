from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.server.stored_text import (
    MAX_KEY_BYTES,
    read_json,
    read_text,
    stored_json,
    stored_key,
    stored_text,
)

any_text = st.text(st.characters() | st.sampled_from("\0\\u0\ud800\udfff"))
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)


@given(any_text)
def test_any_text_is_read_as_it_was_put(text):
    stored = stored_text(text)
    assert read_text(stored) == text
    assert "\0" not in stored
    stored.encode()


@pytest.mark.parametrize("text", [r"\u0000", "\\", r"\\u0041", "a\0b", "\ud83d", "\ud83d\ude00"])
def test_what_looks_escaped_is_read_as_it_was_put(text):
    assert read_text(stored_text(text)) == text


def test_ordinary_text_stands_as_it_is():
    assert stored_text("Zoë +1 415 😀") == "Zoë +1 415 😀"


@given(any_text, any_text)
def test_two_texts_have_two_keys(one, other):
    assert (stored_key(one) == stored_key(other)) == (one == other)


@pytest.mark.parametrize("letter", ["x", "é", "\0", "😀"])
def test_a_long_key_is_short_and_its_own(letter):
    long = letter * (MAX_KEY_BYTES + 1)
    keys = {stored_key(long), stored_key(long + letter), stored_key(stored_key(long))}
    assert len(keys) == 3
    assert all(len(key.encode()) <= MAX_KEY_BYTES for key in keys)


@given(any_json)
def test_any_json_is_read_as_it_was_put(value):
    stored = stored_json(value)
    assert stored.isascii()
    assert "\0" not in stored
    read = read_json(stored)
    assert read == value
    assert json.dumps(read) == json.dumps(value)


@pytest.mark.parametrize(
    "value",
    [10**400, -(10**30), 12345678901234567, 0.1, 1e308, math.inf, "\ud800", {"\ud800": ["\0"]}],
)
def test_long_numbers_and_broken_text_are_kept(value):
    assert read_json(stored_json(value)) == value


def test_the_kind_of_an_id_is_kept():
    assert [type(read_json(stored_json(value))) for value in (7, "7", 7.0, True)] == [
        int,
        str,
        float,
        bool,
    ]
