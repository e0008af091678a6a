import pytest

from app.explain.matrix import (
    BEHIND_SERVER,
    FAILED_BEFORE,
    FOUND_OTHERWISE,
    NOT_TRIED,
    NOTHING_ASKED,
    CellState,
    match_matrix,
)
from app.sandbox import seed
from tests.app.checks.conftest import runs

__all__ = ["runs"]

NOBODY = seed.DEMO["nobody"].e164


def rows(matrix):
    return {candidate.text: candidate for candidate in matrix.candidates}


def states(matrix, row):
    return [matrix.cell(row, column).state for column in range(len(matrix.columns))]


async def test_every_spelling_stands_against_every_field(look_up):
    matrix = match_matrix(await look_up("insightly", NOBODY, ["###.###.####"]))
    assert [(column.object, column.field) for column in matrix.columns] == [
        ("contacts", "PHONE"),
        ("contacts", "PHONE_MOBILE"),
        ("leads", "PHONE"),
        ("leads", "MOBILE"),
    ]
    digits = NOBODY.removeprefix("+1")
    dotted = f"{digits[:3]}.{digits[3:6]}.{digits[6:]}"
    assert list(rows(matrix)) == [digits, NOBODY, dotted]
    assert rows(matrix)[digits].rule == "national digits"
    assert rows(matrix)[dotted].rule == "format 1: ###.###.####"
    assert rows(matrix)[NOBODY].reason == NOT_TRIED
    assert states(matrix, 0) == states(matrix, 2) == [CellState.NONE] * 4
    assert states(matrix, 1) == [CellState.NOT_ASKED] * 4


async def test_a_format_that_cannot_spell_the_number_is_shown_as_skipped(look_up):
    matrix = match_matrix(await look_up("insightly", NOBODY, ["### ###"]))
    skipped = matrix.candidates[-1]
    assert (skipped.text, skipped.skipped) == ("### ###", "PLACEHOLDER_COUNT")
    assert "number of places" in skipped.reason
    assert states(matrix, len(matrix.candidates) - 1) == [CellState.SKIPPED] * 4


async def test_the_field_that_has_the_number_has_the_hit(look_up):
    matrix = match_matrix(await look_up("insightly", seed.DEMO["plain"].e164))
    assert states(matrix, 0)[0] is CellState.HITS
    assert rows(matrix)[seed.DEMO["plain"].e164].reason == FOUND_OTHERWISE
    assert [candidate.rule for candidate in matrix.finders] == ["national digits"]


async def test_a_query_over_several_fields_counts_where_the_record_shows_the_number(look_up):
    matrix = match_matrix(await look_up("bullhorn", seed.DEMO["plain"].e164))
    hit = [
        f"{column.object}.{column.field}"
        for at, column in enumerate(matrix.columns)
        if matrix.cell(0, at).state is CellState.HITS
    ]
    assert hit == ["ClientContact.phone"]
    assert len(matrix.columns) == 13
    assert matrix.others


async def test_a_failed_search_is_told_from_an_empty_one(look_up):
    matrix = match_matrix(await look_up("insightly", NOBODY, faults=["insightly/leads/search=500"]))
    assert CellState.FAILED in states(matrix, 0)
    assert rows(matrix)[NOBODY].reason == FAILED_BEFORE


async def test_without_a_request_there_is_no_column(look_up):
    matrix = match_matrix(await look_up("insightly", "12345"))
    assert matrix.columns == ()
    assert [(made.text, made.reason) for made in matrix.candidates] == [("12345", NOTHING_ASKED)]


@pytest.mark.parametrize("platform", ["insightly", "bullhorn"])
async def test_it_is_the_same_each_time(look_up, platform):
    evidence = await look_up(platform, seed.DEMO["shared"].e164, ["(###) ###-####"])
    assert match_matrix(evidence) == match_matrix(evidence)


def test_a_request_to_a_server_is_no_search_of_the_crm(runs):
    asked = runs.exchange(3, "/contact?phoneNumber=%2B16505551234", answer={"contact": [{"id": 1}]})
    matrix = match_matrix(runs.lookup(exchanges=[asked], platform="https://crm.example#desk"))
    assert (matrix.columns, matrix.searched, matrix.others) == ((), (), (3,))
    assert matrix.records == (None,)
    assert {candidate.reason for candidate in matrix.candidates} == {BEHIND_SERVER}
