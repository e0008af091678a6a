"""Candidates x fields: every spelling of the number against every place that was searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from app.evidence import Evidence
from app.explain.answers import Record, failed, records_of, value_of
from app.explain.searches import Search, searches_of, spells
from connectors import phone
from connectors.contract.exchange import Exchange

SKIP_REASONS = {
    phone.PLACEHOLDER_COUNT: "the format has another number of places than the number has digits",
    phone.COUNTRY_MISMATCH: "the format belongs to another country",
    phone.NO_PLACEHOLDER: "the format has no place for a digit",
    phone.EMPTY_FORMAT: "the format is empty",
    phone.INVALID_NUMBER: "the number is not valid",
}
FOUND_OTHERWISE = "another spelling found someone"
NOT_TRIED = "the connector does not try this spelling"
FAILED_BEFORE = "a request failed before this was asked"
NOTHING_ASKED = "no request went out"
BEHIND_SERVER = "what the server asks the CRM is not visible from here"


class CellState(StrEnum):
    """What became of one spelling in one field."""

    HITS = "hits"
    NONE = "none"
    UNKNOWN = "unknown"
    FAILED = "failed"
    NOT_ASKED = "not asked"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One spelling of the number.

    Attributes:
        text: the spelling; of a format that cannot spell the number, the format itself.
        rule: what made it, in words.
        asked: whether a request carried it.
        reason: why it was not asked, empty when it was.
        skipped: the reason code of a format that cannot spell the number, else empty.
        format: the user's format, empty for other spellings.
    """

    text: str
    rule: str
    asked: bool
    reason: str = ""
    skipped: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One searched place."""

    object: str
    field: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one spelling found in one field. `ms` is the longest of the requests'."""

    state: CellState
    hits: int = 0
    ms: float = 0.0
    exchanges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole table.

    Attributes:
        cells: by (row, column); a missing one was not asked.
        searched: ids of the requests that searched for the number.
        others: ids of the others: sessions, options, links.
        records: what each request was answered with, in the order of the run's exchanges; None
            where it cannot be told.
    """

    candidates: tuple[Candidate, ...]
    columns: tuple[Column, ...]
    cells: Mapping[tuple[int, int], Cell]
    searched: tuple[int, ...]
    others: tuple[int, ...]
    records: tuple[list[Record] | None, ...] = ()

    def cell(self, row: int, column: int) -> Cell:
        """Return one cell."""
        found = self.cells.get((row, column))
        if found is not None:
            return found
        skipped = bool(self.candidates[row].skipped)
        return Cell(CellState.SKIPPED if skipped else CellState.NOT_ASKED)

    @property
    def finders(self) -> tuple[Candidate, ...]:
        """The spellings that found a record."""
        rows = {row for (row, _), cell in self.cells.items() if cell.state is CellState.HITS}
        return tuple(self.candidates[row] for row in sorted(rows))


def match_matrix(evidence: Evidence) -> Matrix:
    """Build the matrix of one lookup from its exchanges; never raises for what they hold."""
    asked: dict[str, dict[Column, list[tuple[Exchange, int | None]]]] = {}
    columns: dict[Column, int] = {}
    searched: list[int] = []
    others: list[int] = []
    answers: list[list[Record] | None] = []
    for exchange in evidence.exchanges:
        # What a running server is asked is no search of the CRM's.
        searches = () if evidence.behind_server else searches_of(exchange, evidence.number)
        (searched if searches else others).append(exchange.id)
        answers.append(None if evidence.behind_server else records_of(exchange))
        hits = _hits(answers[-1], searches, evidence.number)
        for search in searches:
            column = Column(search.object, search.field)
            columns.setdefault(column, len(columns))
            places = asked.setdefault(search.value, {})
            places.setdefault(column, []).append((exchange, hits[search]))
    candidates = _candidates(evidence, list(asked))
    cells = {
        (row, columns[column]): _cell(made)
        for row, candidate in enumerate(candidates)
        if candidate.asked
        for column, made in asked[candidate.text].items()
    }
    return Matrix(
        _with_reasons(candidates, cells, BEHIND_SERVER if evidence.behind_server else ""),
        tuple(columns),
        cells,
        tuple(searched),
        tuple(others),
        tuple(answers),
    )


def _candidates(evidence: Evidence, asked: Sequence[str]) -> list[Candidate]:
    """Return the spellings in the order of the rules, then those of the connector's own."""
    number = phone.parse(evidence.number)
    listed: dict[str, Candidate] = {}

    def add(text: str | None, rule: str, *, always: bool, used_format: str = "") -> None:
        if text and text not in listed and (always or text in asked):
            listed[text] = Candidate(text, rule, text in asked, format=used_format)

    add(number.national_significant_number, "national digits", always=True)
    add(number.e164, "E.164", always=True)
    add(evidence.number, "as it was dialled", always=number.e164 is None)
    for place, made in enumerate(phone.candidates(number, evidence.formats), start=1):
        rule = f"format {place}: {made.format}"
        if made.status == "ok":
            add(made.text, rule, always=True, used_format=made.format)
        else:
            code = made.reason or ""
            listed[f"{place}\0{made.format}"] = Candidate(
                made.format, rule, False, SKIP_REASONS.get(code, code), code, made.format
            )
    if number.e164:
        parsed = phonenumbers.parse(number.e164)
        for kind, rule in (
            (phonenumbers.PhoneNumberFormat.NATIONAL, "national format"),
            (phonenumbers.PhoneNumberFormat.INTERNATIONAL, "international format"),
        ):
            add(phonenumbers.format_number(parsed, kind), rule, always=False)
        add(number.e164.removeprefix("+"), "digits with country code", always=False)
    for text in asked:
        add(text, "a spelling of the connector's own", always=True)
    return list(listed.values())


def _with_reasons(
    candidates: Sequence[Candidate], cells: Mapping[tuple[int, int], Cell], hidden: str
) -> tuple[Candidate, ...]:
    states = {cell.state for cell in cells.values()}
    if CellState.HITS in states:
        why = FOUND_OTHERWISE
    elif CellState.FAILED in states:
        why = FAILED_BEFORE
    else:
        why = NOT_TRIED if states else NOTHING_ASKED
    return tuple(
        candidate
        if candidate.asked or candidate.reason
        else Candidate(
            candidate.text,
            candidate.rule,
            False,
            hidden or why,
            candidate.skipped,
            candidate.format,
        )
        for candidate in candidates
    )


def _cell(made: Sequence[tuple[Exchange, int | None]]) -> Cell:
    ids = tuple(dict.fromkeys(exchange.id for exchange, _ in made))
    ms = max(exchange.ms for exchange, _ in made)
    hits = sum(count or 0 for _, count in made)
    if hits:
        return Cell(CellState.HITS, hits, ms, ids)
    if any(count is not None for _, count in made):
        return Cell(CellState.NONE, 0, ms, ids)
    broken = all(failed(exchange) for exchange, _ in made)
    return Cell(CellState.FAILED if broken else CellState.UNKNOWN, 0, ms, ids)


def _hits(
    records: list[Record] | None, searches: Sequence[Search], number: str
) -> dict[Search, int | None]:
    """Return how many records each comparison of a request found, None where nobody can tell.

    A query over several fields tells only that one of them fits: a record then counts for the
    fields in which it shows the number, and for all of them when it shows it in none.
    """
    if records is None:
        return dict.fromkeys(searches)
    if len(searches) == 1:
        return {searches[0]: len(records)}
    hits: dict[Search, int | None] = dict.fromkeys(searches, 0)
    for record in records:
        shown = [
            search
            for search in searches
            if (value := value_of(record, search.field)) is not None and spells(value, number)
        ]
        for search in shown or searches:
            hits[search] = (hits[search] or 0) + 1
    return hits
