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
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from app.explain.markup_text import NAME_KEYS, VALUE_KEYS, from_multipart, from_xml
from app.explain.query_text import (
    ANY_FIELD,
    CONTAINERS,
    Compared,
    compared,
    field_of,
    graphql,
    is_operator,
)
from connectors.contract.exchange import Exchange

__all__ = ["ANY_FIELD", "SHORTEST", "Search", "digits", "object_of", "searches_of", "spells"]

SHORTEST = 7
"""Fewer digits than these are no spelling of a number: they may be a page or an id."""
LONGEST = 100
"""A longer text is no value that is compared, whatever digits are in it."""

_DEEPEST = 40
_ROUTE_WORDS = frozenset(
    {"api", "rest", "rest-services", "services", "crm", "data", "query", "search", "find", "lookup",
     "list", "filter", "graphql", "suiteql", "search_basic", "itemsearch", "gateway"}
)  # fmt: skip
_PHONE_WORD = re.compile(
    r"(?:by[-_]?)?((?:tele|mobile)?phones?(?:[-_]?numbers?)?|mobiles?|cell|tel|numbers?)",
    re.IGNORECASE,
)
_KEYED = re.compile(r"(\w+)\((.*)\)")
_TRIPLE = frozenset({"=", "ilike", "like", "=like", "=ilike", "in", "eq", "contains"})


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
    reader = _Reader(number)
    found = [
        Search(where or place, field, value)
        for where, field, value in reader.compared(exchange)
        if len(value) <= LONGEST and spells(value, number)
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


class _Reader:
    """Reads requests; texts with too few digits for the number are passed over."""

    def __init__(self, number: str) -> None:
        self._number = number
        self._fewest = min(SHORTEST, max(1, len(digits(number))))

    def compared(self, exchange: Exchange) -> Iterator[Compared]:
        try:
            parts = urlsplit(exchange.url)
        except ValueError:
            return
        yield from self._from_path(parts)
        yield from self._from_pairs(parse_qsl(parts.query, keep_blank_values=True))
        body = exchange.body
        if body is None or body.encoding is not None:
            return
        if "x-www-form-urlencoded" in body.mime_type:
            yield from self._from_pairs(parse_qsl(body.text, keep_blank_values=True))
        elif "multipart/" in body.mime_type:
            yield from self._from_pairs(list(from_multipart(body.text)))
        else:
            yield from self._from_text("", body.text)

    def _from_path(self, parts: SplitResult) -> Iterator[Compared]:
        """``/contacts/4155550132``, ``/contacts/phone/4155550132``, ``/Contacts(phone='...')``."""
        segments = parts.path.split("/")
        for at, segment in enumerate(map(unquote, segments)):
            keyed = _KEYED.fullmatch(segment)
            if keyed is not None:
                for _where, field, value in compared("", keyed[2]):
                    yield keyed[1], field, value
            elif spells(segment, self._number):
                word = _PHONE_WORD.fullmatch(unquote(segments[at - 1])) if at else None
                if word is None:
                    yield "", ANY_FIELD, segment
                else:
                    above = "/".join(segments[: at - 1])
                    yield object_of(f"//{parts.netloc}{above}"), word[1], segment

    def _from_pairs(self, pairs: list[tuple[str, str]]) -> Iterator[Compared]:
        """Read a query or form; ``f[0][field]=phone&f[0][value]=...`` belong together."""
        split = [(*_prefix_and_last(key), key, value) for key, value in pairs]
        named = {prefix: value for prefix, last, _key, value in split if last.lower() in NAME_KEYS}
        for prefix, last, key, value in split:
            if named.get(prefix) and last.lower() in VALUE_KEYS:
                yield "", named[prefix], value
            else:
                yield from self._from_text(key, value)

    def _from_text(self, key: str, text: str, depth: int = 0) -> Iterator[Compared]:
        """Read a text as JSON, XML or a query where it is that, else as one value."""
        if len(digits(text)) < self._fewest:
            return
        first = text.lstrip("\ufeff \t\r\n")[:1]
        if first in ("{", "["):
            try:
                data = json.loads(text.lstrip("\ufeff"))
            except (ValueError, RecursionError):
                pass
            else:
                yield from self._from_json(key, data, depth)
                return
        if first == "<":
            for where, field, value in from_xml(text):
                for inner, name, plain in compared(field, value):
                    yield inner or where, name, plain
            return
        yield from compared(key, text)

    def _from_json(self, key: str, data: Any, depth: int) -> Iterator[Compared]:
        if depth == _DEEPEST:
            return
        if isinstance(data, dict):
            yield from self._from_object(key, data, depth + 1)
        elif isinstance(data, list):
            if _is_triple(data):
                yield from self._from_json(data[0], data[2], depth + 1)
                return
            for item in data:
                yield from self._from_json(key, item, depth + 1)
        elif isinstance(data, str):
            yield from self._from_text(key, data, depth + 1)
        elif isinstance(data, int) and not isinstance(data, bool):
            yield "", field_of(key), str(data)

    def _from_object(self, key: str, data: dict[str, Any], depth: int) -> Iterator[Compared]:
        query, variables = data.get("query"), data.get("variables")
        if isinstance(query, str):
            given = variables if isinstance(variables, dict) else {}
            called = graphql(query, given)
            for where, field, value in called:
                for inner, name, plain in self._from_json(field, value, depth):
                    yield inner or where, name, plain
            if called:
                return
        named = next(
            (
                value
                for name, value in data.items()
                if name.lower() in NAME_KEYS and isinstance(value, str)
            ),
            "",
        )
        for name, value in data.items():
            if name.lower() in VALUE_KEYS:
                inner = named or key or name
            else:
                inner = key if key and _is_around(name) else name
            yield from self._from_json(inner, value, depth)


def _is_around(name: str) -> bool:
    """Tell whether a key stands around or inside a field: ``{"phone": {"eq": "..."}}``."""
    return is_operator(name) or name.lower().lstrip("$_") in CONTAINERS


def _is_triple(data: list[Any]) -> bool:
    """Tell whether a list is a comparison: ``["phone", "=", "..."]``."""
    return (
        len(data) == 3
        and isinstance(data[0], str)
        and isinstance(data[1], str)
        and data[1].lower() in _TRIPLE
    )


def _prefix_and_last(key: str) -> tuple[str, str]:
    if not key.endswith("]"):
        return "", key
    prefix, _sign, last = key[:-1].rpartition("[")
    return prefix, last


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
