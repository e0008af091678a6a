from __future__ import annotations

import pytest

from app.sandbox.lucene import Group, QuerySyntaxError, Term, parse

FIELDS = frozenset({"phone", "name"})
A, B, C = (Term("name", text) for text in "abc")


def read(query):
    return parse(query, FIELDS)


@pytest.mark.parametrize(
    ("query", "node"),
    [
        ("name:a", A),
        ("(name:a)", A),
        ("name:a name:b", Group(should=(A, B))),
        ("name:(a OR b)", Group(should=(A, B))),
        ("name:a || name:b", Group(should=(A, B))),
        ("name:a AND name:b", Group(must=(A, B))),
        ("name:a && name:b", Group(must=(A, B))),
        ("+name:a -name:b", Group(must=(A,), must_not=(B,))),
        ("name:a AND NOT name:b", Group(must=(A,), must_not=(B,))),
        ("name:a !name:b", Group(should=(A,), must_not=(B,))),
        ("NOT name:a", Group(must_not=(A,))),
        ("name:a OR (name:b AND name:c)", Group(should=(A, Group(must=(B, C))))),
        ('name:"a b"', Term("name", "a b")),
        ('name:"say \\"a\\""', Term("name", 'say "a"')),
        ("name:a*", Term("name", "a*", pattern=True)),
        (r"name:\(a\)", Term("name", "(a)")),
        (r"name:\AND", Term("name", "AND")),
        ("phone:415-555", Term("phone", "415-555")),
    ],
)
def test_a_query_means_what_lucene_means_by_it(query, node):
    assert read(query) == node


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("a", "no field for 'a'"),
        ("email:a", "unknown field 'email'"),
        ("name:", "no value for field 'name'"),
        ("name:(a", "never closed"),
        ("name:a)", "unexpected '\\)'"),
        ('name:"a', "quotation mark"),
        ("AND name:a", "AND without a term"),
        ("name:a AND", "ends where a term"),
        ("name:()", "empty"),
        ("name:a\\", "backslash"),
        (":a", "without a field"),
        ("name:[a", "must be escaped"),
    ],
)
def test_a_broken_query_says_where(query, said):
    with pytest.raises(QuerySyntaxError, match=said):
        read(query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('phone:"4155550132"', True),
        ("phone:415*", True),
        ("phone:415", False),
        ("name:anna AND name:keller", True),
        ('name:"anna keller"', True),
        ('name:"keller anna"', False),
        ("name:ANNA", True),
        ("name:anna AND NOT phone:4155550132", False),
        ("NOT name:zzz", False),
    ],
)
def test_a_search_finds_by_word_phrase_and_pattern(sandbox, query, found):
    assert ("Anna Keller" in sandbox.found("ClientContact", query)) is found
