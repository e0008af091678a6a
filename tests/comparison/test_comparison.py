"""One connector, written and run in several ways: what differs is known, needed and explained."""

import asyncio

import pytest

from tests.comparison import crm, differences, page
from tests.comparison.cases import CASES, observe
from tests.comparison.columns import COLUMNS


async def _observe_all(column):
    with crm.served() as tiny:
        async with column.open(tiny) as way:
            return {case.name: await observe(way, tiny, case) for case in CASES}


@pytest.fixture(scope="module")
def observed():
    """Return what gives the facts of each case in a column; a column runs once."""
    kept = {}

    def of(column):
        if column.missing():
            pytest.skip(column.missing())
        if column.name not in kept:
            kept[column.name] = asyncio.run(_observe_all(column))
        return kept[column.name]

    return of


@pytest.fixture(scope="module")
def found(observed):
    """Return what gives the differences of a column."""

    def of(column):
        first, other = observed(BY_NAME[column.base]), observed(column)
        return [
            each
            for name in first
            for each in differences.differences(name, column.name, first[name], other[name])
        ]

    return of


BY_NAME = {column.name: column for column in COLUMNS}
by_column = pytest.mark.parametrize(
    "column", [column for column in COLUMNS if column.base], ids=lambda column: column.name
)


@by_column
def test_each_difference_is_known(found, column):
    assert differences.unexplained(found(column)) == []


@by_column
def test_each_known_difference_is_seen_in_each_of_its_cases(found, column):
    assert differences.unneeded(found(column), [column.name]) == []


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_what_the_ways_have_in_common_is_right(observed, column):
    """The same in all ways could still be nothing at all: these are held to the CRM's records."""
    seen = observed(column)
    assert seen["hit"]["contact"]["1"]["name"] == "Ada Lovelace"
    assert seen["several hits"]["contact"]["order"] == "2, 3"
    assert seen["name search, blank and accents"]["contact"]["order"] == "5"
    assert (
        seen["create, other letters"]["store"]["people"]["6"]["name"] == "Łucja O'Neil & 株式会社"
    )
    assert len(seen["create without a name"]["store"]["people"]) == len(crm.PEOPLE)
    assert seen["log"]["store"]["calls"]["701"]["startedAt"] == "2026-01-01T00:00:00.000Z"
    assert len(seen["log twice"]["store"]["calls"]) == 1
    assert seen["log twice"]["request"] == {}
    assert seen["update a log"]["store"]["calls"]["701"]["subject"] == "Quotes for Ada"
    assert seen["lookup, 429"]["message"].startswith("warning: Rate limit exceeded (5000); text")
    for case in CASES:
        asked = seen[case.name]["request"].values()
        assert all(each["authorization"] == crm.BASIC for each in asked)


def test_an_unknown_difference_and_one_that_is_gone_are_noticed():
    changed = {"request": {"1": {"target": "GET /v1/people", "query": "phone=1", "accept": "*/*"}}}
    other = {"request": {"1": {"target": "GET /v1/people", "query": "phone=2", "accept": "a"}}}
    found = differences.differences("hit", "proxy config", changed, other)
    assert [(each.what, each.first, each.other) for each in found] == [
        ("request 1 query", "phone=1", "phone=2"),
        ("request 1 accept", "*/*", "a"),
    ]
    assert differences.unexplained(found) == found
    assert differences.unneeded(found, ["proxy config"])
    assert differences.unneeded(found, ["some other"]) == []


def test_the_page_has_these_tables():
    assert page.with_tables(page.PAGE.read_text(encoding="utf-8")) == page.PAGE.read_text(
        encoding="utf-8"
    )


def test_the_page_names_each_case():
    text = page.PAGE.read_text(encoding="utf-8")
    assert [case.name for case in CASES if case.name not in text] == []
