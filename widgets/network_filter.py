"""The filter language of the Network tab.

``status:error duration:>500ms host:api.example body:"anna keller" -method:get``

Terms stand beside each other and all must fit; ``|`` or ``or`` between them begins an alternative.
``-`` before a term turns it round. A value with blanks stands in quotes, and so does a word that
would otherwise be read as a key.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from widgets.inspector_state import ExchangeRow
from widgets.network_columns import NetworkColumns

KEYS: dict[str, str] = {
    "status": "status:404, status:4xx, status:>=400, status:ok, status:error, status:failed",
    "duration": "duration:>500ms, duration:<2s",
    "size": "size:>10kb",
    "host": "host:crm.example",
    "method": "method:post",
    "path": "path:/contacts",
    "url": "url:4155550132",
    "body": 'body:"anna keller"',
    "header": "header:retry-after, header:accept=json",
    "run": "run:3, run:>3",
    "error": "error:, error:timeout",
}
"""Each key with examples, in the order in which the help lists them."""

HELP = "\n".join(
    (
        "Words are looked for in method, URL, status and error. Or:",
        *(f"    {examples}" for examples in KEYS.values()),
        'All terms must fit. | or "or" between terms: one side is enough. -term: must not fit.',
        "Blanks go in quotes.",
    )
)

LONGEST_QUOTED = 40
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_TERM = re.compile(r"""(-)?(?:([A-Za-z]+):(?!//))?(?:"([^"]*)"?|'([^']*)'?|(\S*))""")
_COMPARED = re.compile(r"(>=|<=|>|<|=)?([0-9]{1,12}(?:\.[0-9]{1,12})?)([a-z]*)")
_STATUS = re.compile(r"[0-9]{1,3}|[0-9]xx")

Places = Sequence[int]
Picked = Callable[[NetworkColumns, Places], list[int]]
"""Returns which of these places fit."""

Search = Generator[None, None, list[int]]
"""The same for what takes its time: it stops now and then to let others work."""


class TextSource(Protocol):
    """Looks through headers and bodies; what is wanted comes in lower case."""

    def in_bodies(self, value: str, places: Places) -> Search:
        """Return which of these exchanges have `value` in a body."""

    def in_headers(self, name: str, value: str, places: Places) -> Search:
        """Return which have a header whose name has `name` in it, and its value `value`."""

    def forget(self, count: int) -> None:
        """Forget the first exchanges: the one after them has place 0 from now on."""


class FilterError(ValueError):
    """The text is no filter; the message is one sentence for the user."""


@dataclass(frozen=True)
class Term:
    """One term of a filter.

    Attributes:
        pick: what fits, by its row.
        search: what fits, by its headers and bodies; None when the row is enough.
        turned: whether what does not fit is wanted.
    """

    pick: Picked | None = None
    search: Callable[[TextSource, Places], Search] | None = None
    turned: bool = False

    def narrowed(self, columns: NetworkColumns, text: TextSource, places: Places) -> Search:
        """Return which of these exchanges fit."""
        if self.search is not None:
            found = yield from self.search(text, places)
        elif self.pick is not None:
            found = self.pick(columns, places)
        else:
            found = list(places)
        return _without(places, found) if self.turned else found


@dataclass(frozen=True)
class NetworkFilter:
    """A filter, ready to be applied.

    Attributes:
        alternatives: of one of them all terms must fit, the cheap ones first; none of them shows
            everything.
    """

    alternatives: tuple[tuple[Term, ...], ...] = ()

    @property
    def needs_text(self) -> bool:
        """Whether headers or bodies are looked through, where nothing cheaper decides."""
        return any(term.search for terms in self.alternatives for term in terms)

    def narrowed(self, columns: NetworkColumns, text: TextSource, places: Places) -> Search:
        """Return which of these exchanges are to be shown, in order."""
        if not self.alternatives:
            return list(places)
        left = places
        shown: list[int] = []
        for terms in self.alternatives:
            fitting = left
            for term in terms:
                if not fitting:
                    break
                fitting = yield from term.narrowed(columns, text, fitting)
            shown += fitting
            if fitting:
                left = _without(left, fitting)
        shown.sort()
        return shown


def parse_filter(text: str) -> NetworkFilter:
    """Read what the user has typed.

    Raises:
        FilterError: a key is unknown, or its value cannot be read.
    """
    alternatives: list[list[Term]] = [[]]
    for found in _TERM.finditer(text):
        minus, key, double, single, plain = found.groups()
        if not minus and not key and (plain or "").casefold() in {"|", "or"}:
            alternatives.append([])
            continue
        value = next((part for part in (double, single, plain) if part is not None), "").casefold()
        term = _term(key.lower(), value) if key else _word(value)
        if term is not None:
            alternatives[-1].append(replace(term, turned=True) if minus else term)
    ordered = [tuple(sorted(terms, key=_is_slow)) for terms in alternatives if terms]
    return NetworkFilter(tuple(sorted(ordered, key=lambda terms: _is_slow(terms[-1]))))


def _is_slow(term: Term) -> bool:
    return term.search is not None


def _without(places: Places, others: Places) -> list[int]:
    if not others:
        return list(places)
    gone = frozenset(others)
    return [place for place in places if place not in gone]


def _word(value: str) -> Term | None:
    def pick(columns: NetworkColumns, places: Places) -> list[int]:
        words = columns.words
        return [place for place in places if value in words[place]]

    return Term(pick) if value else None


def _term(key: str, value: str) -> Term:
    if key not in KEYS:
        raise FilterError(
            f"'{_short(key)}:' is not known: use {', '.join(f'{name}:' for name in KEYS)}, "
            "or put the word in quotes."
        )
    if not value and key != "error":
        raise FilterError(f"'{key}:' wants a value, for example {KEYS[key]}.")
    match key:
        case "status":
            return _status(value)
        case "duration":
            return _number(key, value, {"": 1, "ms": 1, "s": 1000}, operator.attrgetter("ms"))
        case "size":
            units = {"": 1, "b": 1, "kb": 1024, "mb": 1024 * 1024}
            return _number(key, value, units, operator.attrgetter("size"))
        case "run":
            return _number(key, value, {"": 1}, operator.attrgetter("run_id"), equals=True)
        case "method":
            return _method(value)
        case "host":
            return Term(lambda columns, places: _holding(columns.hosts, value, places))
        case "path":
            return Term(lambda columns, places: _holding(columns.paths, value, places))
        case "url":
            return _url(value)
        case "error":
            return _by_row(
                lambda row: bool(row.error or row.status is None) and value in row.error.casefold()
            )
        case "header":
            name, _sign, wanted = value.partition("=")
            return Term(search=lambda text, places: text.in_headers(name, wanted, places))
        case _:
            return Term(search=lambda text, places: text.in_bodies(value, places))


def _method(value: str) -> Term:
    def pick(columns: NetworkColumns, places: Places) -> list[int]:
        methods = columns.methods
        return [place for place in places if methods[place].startswith(value)]

    return Term(pick)


def _by_row(fits: Callable[[ExchangeRow], bool]) -> Term:
    def pick(columns: NetworkColumns, places: Places) -> list[int]:
        rows = columns.rows
        return [place for place in places if fits(rows[place])]

    return Term(pick)


def _holding(texts: Sequence[str], value: str, places: Places) -> list[int]:
    return [place for place in places if value in texts[place]]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


def _status(value: str) -> Term:
    if value == "error":
        return _by_row(lambda row: row.status is None or row.status >= 400 or bool(row.error))
    if value == "failed":
        return _by_row(lambda row: row.status is None)
    if value == "ok":
        return _by_row(lambda row: row.status is not None and 200 <= row.status < 300)
    if _STATUS.fullmatch(value):
        begin = value.removesuffix("xx")
        return _by_row(lambda row: str(row.status).startswith(begin))
    return _number("status", value, {"": 1}, operator.attrgetter("status"))


def _number(
    key: str,
    value: str,
    units: dict[str, int],
    of_row: Callable[[ExchangeRow], float | None],
    *,
    equals: bool = False,
) -> Term:
    found = _COMPARED.fullmatch(value)
    if found is None or found[3] not in units or not (found[1] or equals):
        raise FilterError(f"'{key}:{_short(value)}' cannot be read: write for example {KEYS[key]}.")
    compare = _COMPARISONS[found[1] or "="]
    limit = float(found[2]) * units[found[3]]

    def pick(columns: NetworkColumns, places: Places) -> list[int]:
        rows = columns.rows
        return [
            place
            for place in places
            if (number := of_row(rows[place])) is not None and compare(number, limit)
        ]

    return Term(pick)


def _url(value: str) -> Term:
    def pick(columns: NetworkColumns, places: Places) -> list[int]:
        words, ends = columns.words, columns.url_ends
        return [place for place in places if words[place].find(value, 0, ends[place]) >= 0]

    return Term(pick)
