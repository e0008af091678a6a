"""What a run was about, and where that stands in a request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit

from app.evidence import Evidence
from connectors import phone
from connectors.contract.exchange import Body, Exchange

_NAME_KEYS = ("name", "newContactName")
_SHORTEST = 3
_MOST_VALUES = 50_000


def spellings(evidence: Evidence) -> tuple[str, ...]:
    """Return the texts that a connector may search for, the longest first.

    For a number these are the number itself, E.164, its digits, the national digits, and each
    format as the bench and as production spell it; for a name the name and its words.
    """
    texts: list[str] = []
    number = evidence.number
    if number:
        parsed = phone.parse(number)
        texts.append(number)
        if parsed.e164 and parsed.national_significant_number:
            texts += [parsed.e164, parsed.e164[1:], parsed.national_significant_number]
        for candidate in phone.candidates(parsed, evidence.formats):
            texts += [text for text in (candidate.text, candidate.production) if text]
    for name in names(evidence):
        texts += [name, *name.split()]
    texts = [text.strip() for text in texts]
    return tuple(
        sorted({text for text in texts if len(text) >= _SHORTEST}, key=lambda t: (-len(t), t))
    )


def names(evidence: Evidence) -> tuple[str, ...]:
    """Return the names that were asked for or given to a new contact."""
    values = (evidence.started.input.get(key) for key in _NAME_KEYS)
    return tuple(value.strip() for value in values if isinstance(value, str) and value.strip())


def spellings_in(exchange: Exchange, known: tuple[str, ...]) -> frozenset[str]:
    """Return which of the `known` spellings a request asks for; the longest one wins."""
    texts = list(values(exchange))
    found = set()
    for spelling in known:
        pattern = re.compile(rf"(?<![^\W_]){re.escape(spelling)}(?![^\W_])", re.IGNORECASE)
        left = [pattern.sub("\0", text) for text in texts]
        if left != texts:
            found.add(spelling)
            texts = left
    return frozenset(found)


def values(exchange: Exchange) -> Iterator[str]:
    """Yield each decoded value of a request: path segments, parameters, form and JSON values."""
    parts = split(exchange.url)
    if parts is not None:
        yield from (unquote(segment) for segment in parts.path.split("/") if segment)
        for _name, value in pairs(parts.query):
            yield unquote_plus(value)
    body = text_of(exchange.body)
    if not body:
        return
    if is_form(exchange):
        yield from (unquote_plus(value) for _name, value in pairs(body))
        return
    leaves = list(json_leaves(body))
    yield from (text for _key, text in leaves) if leaves else (body,)


def pairs(query: str) -> Iterator[tuple[str, str]]:
    """Yield the (name, value) pairs of a query or form, still encoded."""
    for part in query.split("&"):
        name, _sign, value = part.partition("=")
        if part:
            yield name, value


def split(url: str) -> SplitResult | None:
    """Split a URL; None when it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def is_form(exchange: Exchange) -> bool:
    """Tell whether the request's body is a URL-encoded form."""
    return exchange.body is not None and "x-www-form-urlencoded" in exchange.body.mime_type


def text_of(body: Body | None) -> str:
    """Return a body that is text, else an empty text."""
    return "" if body is None or body.encoding else body.text


def json_leaves(text: str) -> Iterator[tuple[str, str]]:
    """Yield (key, value as text) of each value in JSON text; nothing when it is no JSON."""
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return
    left: list[tuple[str, Any]] = [("", data)]
    seen = 0
    while left and seen < _MOST_VALUES:
        key, value = left.pop()
        seen += 1
        if isinstance(value, dict):
            left += value.items()
        elif isinstance(value, list):
            left += [(key, item) for item in value]
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            yield key, str(value)
