"""The filter language of the Network tab.

``status:error duration:>500ms host:api.example body:"anna keller" -method:get``

Terms stand beside each other and all must fit; ``|`` or ``or`` between them begins an alternative.
``-`` before a term turns it round. A value with blanks stands in quotes, and so does a word that
would otherwise be read as a key.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_plus

from widgets.inspector_state import ExchangeRow, ExchangeText

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
_URL = re.compile(r"(?:[^/?#]*://)?(?:[^/?#@]*@)?([^/?#]*)([^?#]*)")

TextOf = Callable[[], ExchangeText | None]
Fits = Callable[[ExchangeRow, str, TextOf], bool]


class FilterError(ValueError):
    """The text is no filter; the message is one sentence for the user."""


@dataclass(frozen=True)
class NetworkFilter:
    """A filter, ready to be applied.

    Attributes:
        fits: whether an exchange is to be shown, by its row, its :func:`row_words` and what fetches
            its headers and bodies; None shows everything.
        needs_text: whether `fits` may fetch; it does so only when nothing cheaper decides.
    """

    fits: Fits | None = None
    needs_text: bool = False


def row_words(row: ExchangeRow) -> str:
    """Return what a bare word is looked for in, in lower case."""
    decoded = unquote_plus(row.url) if "%" in row.url or "+" in row.url else ""
    status = "failed" if row.status is None else f"{row.status} {row.reason}"
    return f"{row.method} {row.url} {decoded} {status} {row.error}".casefold()


def parse_filter(text: str) -> NetworkFilter:
    """Read what the user has typed.

    Raises:
        FilterError: a key is unknown, or its value cannot be read.
    """
    alternatives: list[list[tuple[bool, Fits]]] = [[]]
    for found in _TERM.finditer(text):
        minus, key, double, single, plain = found.groups()
        if not minus and not key and (plain or "").casefold() in {"|", "or"}:
            alternatives.append([])
            continue
        value = next((part for part in (double, single, plain) if part is not None), "").casefold()
        term = _term(key.lower(), value) if key else _word(value)
        if term is not None:
            is_slow, test = term
            alternatives[-1].append((is_slow, _not(test) if minus else test))
    ordered = [sorted(terms, key=operator.itemgetter(0)) for terms in alternatives if terms]
    if not ordered:
        return NetworkFilter()
    return NetworkFilter(
        _any([_all([fits for _, fits in terms]) for terms in ordered]),
        any(is_slow for terms in ordered for is_slow, _ in terms),
    )


def _all(tests: list[Fits]) -> Fits:
    if len(tests) == 1:
        return tests[0]

    def fits(row: ExchangeRow, words: str, text_of: TextOf) -> bool:
        for test in tests:  # noqa: SIM110  half the time of all(), and this runs 100,000 times
            if not test(row, words, text_of):
                return False
        return True

    return fits


def _any(tests: list[Fits]) -> Fits:
    if len(tests) == 1:
        return tests[0]

    def fits(row: ExchangeRow, words: str, text_of: TextOf) -> bool:
        for test in tests:  # noqa: SIM110  as above
            if test(row, words, text_of):
                return True
        return False

    return fits


def _word(value: str) -> tuple[bool, Fits] | None:
    return (False, lambda _row, words, _text_of: value in words) if value else None


def _term(key: str, value: str) -> tuple[bool, Fits]:
    """Return whether a term is slow, and its test."""
    if key not in KEYS:
        raise FilterError(
            f"'{_short(key)}:' is not known: use {', '.join(f'{name}:' for name in KEYS)}, "
            "or put the word in quotes."
        )
    if not value and key != "error":
        raise FilterError(f"'{key}:' wants a value, for example {KEYS[key]}.")
    match key:
        case "status":
            return False, _status(value)
        case "duration":
            return False, _number(key, value, {"": 1, "ms": 1, "s": 1000}, lambda row: row.ms)
        case "size":
            units = {"": 1, "b": 1, "kb": 1024, "mb": 1024 * 1024}
            return False, _number(key, value, units, lambda row: row.size)
        case "run":
            return False, _number(key, value, {"": 1}, lambda row: row.run_id, equals=True)
        case "method":
            return False, lambda row, _words, _text_of: row.method.casefold().startswith(value)
        case "host":
            return False, lambda row, words, _text_of: value in words and value in _part(row, 1)
        case "path":
            return False, lambda row, words, _text_of: value in words and value in _part(row, 2)
        case "url":
            return False, _url(value)
        case "error":
            return (
                False,
                lambda row, _words, _text_of: (
                    bool(row.error or row.status is None) and value in row.error.casefold()
                ),
            )
        case "header":
            return True, _header(value)
        case _:
            return True, _body(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


def _not(test: Fits) -> Fits:
    return lambda row, words, text_of: not test(row, words, text_of)


def _status(value: str) -> Fits:
    if value == "error":
        return lambda row, _words, _text_of: (
            row.status is None or row.status >= 400 or bool(row.error)
        )
    if value == "failed":
        return lambda row, _words, _text_of: row.status is None
    if value == "ok":
        return lambda row, _words, _text_of: row.status is not None and 200 <= row.status < 300
    if _STATUS.fullmatch(value):
        begin = value.removesuffix("xx")
        return lambda row, _words, _text_of: str(row.status).startswith(begin)
    return _number("status", value, {"": 1}, lambda row: row.status)


def _number(
    key: str,
    value: str,
    units: dict[str, int],
    of_row: Callable[[ExchangeRow], float | None],
    *,
    equals: bool = False,
) -> Fits:
    found = _COMPARED.fullmatch(value)
    if found is None or found[3] not in units or not (found[1] or equals):
        raise FilterError(f"'{key}:{_short(value)}' cannot be read: write for example {KEYS[key]}.")
    compare = _COMPARISONS[found[1] or "="]
    limit = float(found[2]) * units[found[3]]

    def test(row: ExchangeRow, _words: str, _text_of: TextOf) -> bool:
        number = of_row(row)
        return number is not None and compare(number, limit)

    return test


def _url(value: str) -> Fits:
    def test(row: ExchangeRow, words: str, _text_of: TextOf) -> bool:
        if value not in words:  # the words hold both spellings of the URL
            return False
        return value in row.url.casefold() or value in unquote_plus(row.url).casefold()

    return test


def _part(row: ExchangeRow, part: int) -> str:
    found = _URL.match(row.url)
    return found[part].casefold() if found else ""


def _header(value: str) -> Fits:
    name, sign, wanted = value.partition("=")

    def test(_row: ExchangeRow, _words: str, text_of: TextOf) -> bool:
        text = text_of()
        return text is not None and any(
            name in key.casefold() and (not sign or wanted in kept.casefold())
            for key, kept in text.headers
        )

    return test


def _body(value: str) -> Fits:
    def test(_row: ExchangeRow, _words: str, text_of: TextOf) -> bool:
        text = text_of()
        return text is not None and any(value in body.casefold() for body in text.bodies)

    return test
