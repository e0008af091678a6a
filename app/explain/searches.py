"""Which objects and fields a request searched for a number, read from the request itself.

Works for connectors that the bench has never seen: whatever text of a request spells the number is
a search, and the names around it say where.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from connectors.contract.exchange import Exchange

ANY_FIELD = "any field"
SHORTEST = 7
"""Fewer digits than these are no spelling of a number: they may be a page or an id."""

_NAME_KEYS = frozenset(
    {"field_name", "fieldname", "field", "propertyname", "property", "name", "attribute", "column",
     "key"}
)  # fmt: skip
_VALUE_KEYS = frozenset({"field_value", "fieldvalue", "value", "values", "filter_value"})
_FREE_KEYS = frozenset({"q", "query", "term", "search", "text", "keyword", "criteria"})
_ROUTE_WORDS = frozenset(
    {"api", "rest", "rest-services", "services", "crm", "data", "query", "search", "find", "lookup",
     "list", "filter", "graphql", "suiteql", "search_basic", "itemsearch", "gateway"}
)  # fmt: skip
_LUCENE = re.compile(r'([A-Za-z_][\w.]*):("(?:\\.|[^"\\])*"|[^\s()]+)')
_FROM = re.compile(r"\bfrom\s+([\w.]+)", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:where|and|or)\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Za-z_][\w./]*\b(?!\s*\()")
_LITERAL = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class Search:
    """One comparison of a request: `value` was looked for in `field` of `object`."""

    object: str
    field: str
    value: str


def searches_of(exchange: Exchange, number: str) -> tuple[Search, ...]:
    """Return what a request searched for `number`, each place once; none when it is no search.

    Args:
        exchange: any captured request.
        number: the number that was looked up, in E.164 or as it was dialled.
    """
    place = object_of(exchange.url, number)
    found = [
        Search(where or place, field, value)
        for where, field, value in _compared(exchange, number)
        if spells(value, number)
    ]
    return tuple(dict.fromkeys(found))


def spells(text: str, number: str) -> bool:
    """Tell whether `text` is a spelling of `number`, with or without country code."""
    wanted, given = digits(number), digits(text)
    if len(wanted) < SHORTEST:
        return text.strip() == number.strip() and bool(text.strip())
    if len(given) < SHORTEST or len(given) > len(wanted) + 5:
        return False
    tail = wanted[-max(SHORTEST, len(wanted) - 3) :]
    return wanted.endswith(given) or given.endswith((wanted, tail))


def digits(text: str) -> str:
    """Return the decimal digits of any script as ASCII digits."""
    if text.isascii():
        return "".join(filter(str.isdecimal, text))
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def _compared(exchange: Exchange, number: str) -> Iterator[tuple[str, str, str]]:
    """Yield (object, field, value); the object is empty where the request's path names it."""
    try:
        parts = urlsplit(exchange.url)
    except ValueError:
        return
    for segment in parts.path.split("/"):
        if spells(unquote(segment), number):
            yield "", ANY_FIELD, unquote(segment)
    yield from _from_pairs(parse_qsl(parts.query, keep_blank_values=True))
    body = exchange.body
    if body is None or body.encoding is not None:
        return
    if "x-www-form-urlencoded" in body.mime_type:
        yield from _from_pairs(parse_qsl(body.text, keep_blank_values=True))
        return
    try:
        data = json.loads(body.text)
    except (ValueError, RecursionError):
        yield from _from_text("", body.text)
        return
    yield from _from_json("", data)


def _from_pairs(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    named = next((value for key, value in pairs if key.lower() in _NAME_KEYS), "")
    for key, value in pairs:
        if named and key.lower() in _VALUE_KEYS:
            yield "", named, value
        else:
            yield from _from_text(key, value)


def _from_json(key: str, data: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(data, dict):
        named = next(
            (
                value
                for name, value in data.items()
                if name.lower() in _NAME_KEYS and isinstance(value, str)
            ),
            "",
        )
        for name, value in data.items():
            inner = named if named and name.lower() in _VALUE_KEYS else name
            yield from _from_json(inner, value)
    elif isinstance(data, list):
        for item in data:
            yield from _from_json(key, item)
    elif isinstance(data, str):
        yield from _from_text(key, data)
    elif isinstance(data, int) and not isinstance(data, bool):
        yield "", key, str(data)


def _from_text(key: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Read a text as SQL, OData or Lucene where it is that, else as one value."""
    lucene = [(match[1], _unquoted(match[2])) for match in _LUCENE.finditer(text)]
    if _LITERAL.search(text):
        place = _FROM.search(text)
        for literal in _LITERAL.finditer(text):
            # `phone = '...'`, `replace(phone, '-', '') like '...'`, `phone in ('...', '...')`
            clause = _CLAUSE.split(_LITERAL.sub("", text[: literal.start()]))[-1]
            name = _NAME.search(clause)
            value = literal[1].replace("''", "'").strip("%")
            yield place[1] if place else "", name[0] if name else ANY_FIELD, value
    elif lucene:
        for field, value in lucene:
            yield "", field, value.strip("*")
    else:
        yield "", ANY_FIELD if not key or key.lower() in _FREE_KEYS else key, text


def _unquoted(text: str) -> str:
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def object_of(url: str, number: str = "") -> str:
    """Return the last part of the path that names a kind of record, else the host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    for segment in reversed(parts.path.split("/")):
        word = unquote(segment).removesuffix(".json")
        plain = word.lower()
        if not word or plain in _ROUTE_WORDS or re.fullmatch(r"v?\d+([.\-]\w+)*", plain):
            continue
        if not spells(word, number):
            return word
    return parts.netloc
