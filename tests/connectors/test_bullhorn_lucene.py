"""A user's text is a value in a Lucene query, never syntax."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.lucene import Group, Node, Term, parse
from connectors.bullhorn import lucene

PHONES = ("phone", "mobile", "phone2")
FIELDS = frozenset({*PHONES, "name", "firstName", "lastName", "isDeleted", "status"})
ANY_TEXT = st.text(max_size=60) | st.text('"\\:()*?+-!&|^~[]{}/ANDORT a1', max_size=30)
WORDS = ANY_TEXT.filter(lambda text: bool(text.split()))


def terms(node: Node) -> list[Term]:
    if isinstance(node, Term):
        return [node]
    parts = (*node.must, *node.should, *node.must_not)
    return [term for each in parts for term in terms(each)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4155550100", "4155550100"),
        ("Ada", "Ada"),
        ("415-555", '"415-555"'),
        ("AND", '"AND"'),
        ("NOT", '"NOT"'),
        ("", '""'),
        ("Zoë", '"Zoë"'),
        ('a "b" \\c', '"a \\"b\\" \\\\c"'),
    ],
)
def test_only_a_plain_word_stays_bare(text: str, expected: str) -> None:
    assert lucene.term(text) == expected


def test_a_phone_query_is_productions() -> None:
    assert lucene.by_phone(("phone", "mobile"), "4155550100", "Archive") == (
        '(phone:4155550100 OR mobile:4155550100) AND isDeleted:false NOT status:"Archive"'
    )


def test_a_name_query_is_productions() -> None:
    assert lucene.by_name(" Ada  King Lovelace", "Converted") == (
        '((name:"Ada King Lovelace" AND isDeleted:false) OR (firstName:Ada AND isDeleted:false) '
        'OR (lastName:Lovelace AND isDeleted:false)) NOT status:"Converted"'
    )


def test_one_word_is_not_asked_as_a_last_name() -> None:
    assert "lastName" not in lucene.by_name("Ada", "Archive")


def test_a_name_without_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="no word"):
        lucene.by_name("  ", "Archive")


def test_the_placeholder_company_is_asked_as_in_production() -> None:
    assert lucene.by_exact_name("Some_Company") == "name:Some_Company"
    assert lucene.by_exact_name("Some company") == 'name:"Some company"'


@given(ANY_TEXT)
def test_any_spelling_is_one_value_in_each_field(spelling: str) -> None:
    node = parse(lucene.by_phone(PHONES, spelling, "Archive"), FIELDS)
    assert isinstance(node, Group)
    values = [term for term in terms(node) if term.field in PHONES]
    assert values == [Term(field, spelling) for field in PHONES]
    assert node.must_not == (Term("status", "Archive"),)
    assert len(terms(node)) == len(PHONES) + 2


@given(WORDS)
def test_any_name_is_only_values(name: str) -> None:
    words = name.split()
    node = parse(lucene.by_name(name, "Archive"), FIELDS)
    assert isinstance(node, Group)
    expected = [Term("name", " ".join(words)), Term("firstName", words[0])]
    if len(words) > 1:
        expected.append(Term("lastName", words[-1]))
    found = terms(node)
    assert [term for term in found if term.field.lower().endswith("name")] == expected
    assert node.must_not == (Term("status", "Archive"),)
    assert len(found) == 2 * len(expected) + 1
