"""What a text compares with what, language by language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.explain.query_text import ANY_FIELD, compared, field_of, graphql, is_operator


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("phone", "phone"),
        ("filter[phone]", "phone"),
        ("filter[phone][eq]", "phone"),
        ("filters[$and][0][custom.mobile][$contains]", "custom.mobile"),
        ("phone__icontains", "phone"),
        ("Direct_line__c", "Direct_line"),
        ("q", ANY_FIELD),
        ("filter", ANY_FIELD),
        ("filter[0]", ANY_FIELD),
        ("", ANY_FIELD),
    ],
)
def test_the_field_of_a_key(key, field):
    assert field_of(key) == field


def test_operators_are_known_in_any_dress():
    assert all(map(is_operator, ("eq", "EQ", "$eq", "_ilike", "contains")))
    assert not any(map(is_operator, ("phone", "equipment", "")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("415 555 0132", [("", "tel", "415 555 0132")]),
        ("a = 'x' and (b like '%y''z' or c in ('1', '2'))",
         [("", "a", "x"), ("", "b", "y'z"), ("", "c", "1"), ("", "c", "2")]),
        ("select 1 from t where upper(a) = 'x'", [("t", "a", "x")]),
        ("contains(a, 'x')", [("", "a", "x")]),
        ("substringof('x', a)", [("", "a", "x")]),
        ('a:"x \\"y\\"" OR b:(c "d e")', [("", "b", "c"), ("", "b", "d e"), ("", "a", 'x "y"')]),
        ("(a:equals:1)", [("", "a", "1")]),
        ("tel:+1415", [("", "tel", "tel:+1415")]),
        ('a = "1 (2)" and b eq 34', [("", "a", "1 (2)"), ("", "b", "34")]),
        ("find {x*} returning a(id), b", [("a", ANY_FIELD, "x"), ("b", ANY_FIELD, "x")]),
        ('{ a(b: "x") }', [("a", "b", "x")]),
    ],
)  # fmt: skip
def test_a_text_is_read_by_the_names_around_its_values(text, expected):
    assert compared("tel", text) == expected


def test_variables_of_graphql_keep_their_values():
    query = "query Q($a: String, $b: In) { x(c: $a) y(input: $b) }"
    assert graphql(query, {"a": 7, "b": {"d": "1"}}) == [
        ("x", "c", 7),
        ("y", ANY_FIELD, {"d": "1"}),
    ]
    assert graphql("no query", {"a": 1}) == []


@given(st.text(), st.text(alphabet="{}()[]'\":\\ =a1*%,<>"))
def test_any_text_is_read(key, text):
    assert compared(key, text)
