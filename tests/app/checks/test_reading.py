import math

import pytest

from app.checks.reading import (
    contacts_of,
    entries_of,
    is_id,
    kind_of,
    plain,
    result_of,
    shown,
    some,
)


def test_entries_are_those_that_the_connector_returned(runs):
    evidence = runs.lookup({"id": 1, "name": "Ada", "type": " Lead "}, "text", None)
    assert [entry.path for entry in entries_of(evidence)] == [
        "$.returned.matchedContactInfo[0]",
        "$.returned.matchedContactInfo[3]",
    ]
    (contact,) = contacts_of(evidence)
    assert (contact.kind, contact.id_text, contact.called) == ("lead", "1", "Ada (1)")


def test_an_answer_from_the_cache_is_read_instead(runs):
    evidence = runs.run(None, answer={"contact": [{"id": "c"}]}, cached=True)
    assert result_of(evidence)[0] == "$.answer"
    assert [entry.path for entry in contacts_of(evidence)] == ["$.answer.contact[0]"]


def test_a_created_contact_is_one_entry(runs):
    assert [entry.path for entry in contacts_of(runs.created({"id": 3}))] == [
        "$.returned.contactInfo"
    ]


@pytest.mark.parametrize("value", [1, 0, 1.5, "a"])
def test_ids(value):
    assert is_id(value)


@pytest.mark.parametrize("value", [None, "", " ", True, math.nan, [], {}])
def test_no_ids(value):
    assert not is_id(value)


def test_anything_can_be_shown():
    assert shown("a\x00\u202eb") == "a??b"
    assert len(shown("x" * 500)) == 60
    assert shown(10**5000) == "a huge int"
    assert plain(10**5000) == "a number of int"
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert shown(deep) == "a huge list"


def test_kinds_and_lists_in_words():
    kinds = [kind_of(value) for value in (None, True, "a", 1.5, {}, [], b"")]
    assert kinds == ["null", "true or false", "text", "a number", "an object", "a list", "bytes"]
    assert some(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
