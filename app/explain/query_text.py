"""What a text compares with what: SQL, OData, Lucene, FIND, GraphQL, or a plain value.

Read by the names around each value, so that a language need not be known in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ANY_FIELD = "any field"
Compared = tuple[str, str, str]
"""(object, field, value); the object is empty where the text does not name it."""

OPERATORS = frozenset(
    {"eq", "equals", "equal", "equalto", "is", "contains", "containing", "like", "ilike", "in",
     "match", "matches", "match_phrase", "term", "terms", "wildcard", "prefix", "cont", "icontains",
     "iexact", "exact", "startswith", "starts_with", "endswith", "ends_with", "regex", "string"}
)  # fmt: skip
CONTAINERS = frozenset(
    {"filter", "filters", "where", "conditions", "condition", "criteria", "and", "or", "must",
     "should", "bool", "input", "variables", "query", "search", "q", "params", "data", "any", "all"}
)  # fmt: skip
"""What stands around fields: no field itself."""
FREE_KEYS = frozenset(
    {"q", "query", "term", "search", "text", "keyword", "keywords", "criteria", "filter", "where"}
)
_SCHEMES = frozenset({"tel", "sip", "sips", "callto", "sms", "http", "https", "mailto"})

_FIND = re.compile(r"\bfind\s*\{((?:\\.|[^\\}]){1,200})\}(.*)", re.IGNORECASE | re.DOTALL)
_RETURNING = re.compile(r"\breturning\b(.*)", re.IGNORECASE | re.DOTALL)
_IN_FIELDS = re.compile(r"\bin\s+(\w+)\s+fields\b", re.IGNORECASE)
_OBJECT = re.compile(r"([A-Za-z_]\w*)\s*(?:\([^()]*\))?")
_FROM = re.compile(r"\bfrom\s+([\w.]+)", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:where|and|or)\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Za-z_][\w./]*\b(?!\s*\()")
_LITERAL = re.compile(r"'((?:[^'\\]|''|\\.)*)'")
_SECOND = re.compile(r"\s*,\s*([A-Za-z_][\w./]*)")
_LUCENE = re.compile(r'([A-Za-z_][\w.]*):("(?:\\.|[^"\\])*"|(?:\\.|[^\s()\\"])+)')
_GROUP = re.compile(r'([A-Za-z_][\w.]*):\(((?:\\.|"(?:\\.|[^"\\])*"|[^()"\\])*)\)')
_TERM = re.compile(r'"(?:\\.|[^"\\])*"|(?:\\.|[^\s\\"])+')
_COMPARED = re.compile(
    r"""([A-Za-z_][\w./]*)\s*(?:[=~]+|\b(?:eq|like|is|in|contains|equals)\b)\s*\(?\s*"""
    r"""("(?:\\.|[^"\\])*"|[+(]?\d[\d ().+-]*)""",
    re.IGNORECASE,
)
_GRAPHQL = re.compile(r"\s*(?:(?:query|mutation)\b[^{]*)?\{", re.IGNORECASE)
_TEXT = re.compile(r'"((?:\\.|[^"\\])*)"')
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
_CHAIN = re.compile(r"((?:[A-Za-z_]\w*\s*:\s*[\[{(\s]*)+)$")
_LONGEST_CHAIN = 200


def compared(key: str, text: str) -> list[Compared]:
    """Return what a text compares; one value under `key` where it is no query."""
    for read in (_find, _graphql, _literals, _lucene, _comparisons):
        found = list(read(text))
        if found:
            return found
    return [("", field_of(key), text)]


def field_of(key: str) -> str:
    """Return the field that a key such as ``filter[phone][eq]`` or ``phone__icontains`` names."""
    if key.lower() in FREE_KEYS:
        return ANY_FIELD
    names = [name for name in re.split(r"[\[\]]+", key) if name]
    for name in reversed(names):
        plain = name.lower().lstrip("$_")
        if not is_operator(name) and plain not in CONTAINERS and not plain.isdecimal():
            return name.partition("__")[0] or name
    return ANY_FIELD


def is_operator(name: str) -> bool:
    """Tell whether a key says how to compare, as ``$eq`` and ``_ilike`` do."""
    return name.lower().lstrip("$_") in OPERATORS


def graphql(text: str, variables: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Return (object, field, value) of each argument; the values of variables as they are.

    Empty where the text is no GraphQL.
    """
    begin = _GRAPHQL.match(text)
    if begin is None:
        return []
    found: list[tuple[str, str, Any]] = [
        (*_place(text, literal.start()), _unescaped(literal[1]))
        for literal in _TEXT.finditer(text, begin.end())
    ]
    found += [
        (*_place(text, used.start()), variables[used[1]])
        for used in _VARIABLE.finditer(text, begin.end())
        if used[1] in variables
    ]
    return found


def _graphql(text: str) -> Iterator[Compared]:
    yield from graphql(text, {}) if ":" in text else ()


def _place(text: str, at: int) -> tuple[str, str]:
    before = text[max(0, at - _LONGEST_CHAIN) : at]
    calls = _CALL.findall(before)
    chain = _CHAIN.search(before)
    names = re.findall(r"\w+", chain[1]) if chain else []
    fields = [n for n in names if not is_operator(n) and n.lower() not in CONTAINERS]
    return calls[-1] if calls else "", fields[-1] if fields else ANY_FIELD


def _find(text: str) -> Iterator[Compared]:
    """``FIND {...} IN PHONE FIELDS RETURNING Contact(Id), Lead``: a search of Salesforce."""
    found = _FIND.search(text)
    if found is None:
        return
    scope, returning = _IN_FIELDS.search(found[2]), _RETURNING.search(found[2])
    field = f"{scope[1].lower()} fields" if scope and scope[1].lower() != "all" else ANY_FIELD
    objects = [each[1] for each in _OBJECT.finditer(returning[1])] if returning else [""]
    value = _unescaped(found[1].strip().strip('"')).strip("*")
    for name in objects:
        yield name, field, value


def _literals(text: str) -> Iterator[Compared]:
    """SQL and OData: ``phone = '...'``, ``replace(phone, '-', '') like '...'``, ``in ('...')``."""
    place = _FROM.search(text)
    for literal in _LITERAL.finditer(text):
        clause = _CLAUSE.split(_LITERAL.sub("", text[: literal.start()]))[-1]
        name = _NAME.search(clause) or _SECOND.match(text, literal.end())
        field = name[name.re.groups] if name else ANY_FIELD
        value = literal[1].replace("''", "'").replace("\\'", "'").strip("%")
        yield place[1] if place else "", field, value


def _lucene(text: str) -> Iterator[Compared]:
    for group in _GROUP.finditer(text):
        for term in _TERM.findall(group[2]):
            yield "", group[1], _term(term)
    for match in _LUCENE.finditer(_GROUP.sub(" ", text)):
        if match[1].lower() not in _SCHEMES:
            yield "", match[1], _term(match[2])


def _term(text: str) -> str:
    """Return a term without quotes, escapes, wildcards, and an operator as Zoho writes it."""
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return _unescaped(text[1:-1])
    operator, sign, value = text.partition(":")
    plain = value if sign and is_operator(operator) else text
    return _unescaped(plain).strip("*")


def _comparisons(text: str) -> Iterator[Compared]:
    """``phone eq 4155550132``, ``phone = "415 555 0132"``."""
    place = _FROM.search(text)
    for match in _COMPARED.finditer(text):
        value = match[2].strip()
        value = _unescaped(value[1:-1]).strip("%") if value.startswith('"') else value.rstrip(" )")
        yield place[1] if place else "", match[1], value


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
