"""Lucene queries for Bullhorn's search (connectors 4.1).

Whatever a user typed is a value here, never syntax.
"""

from __future__ import annotations

from collections.abc import Sequence

_OPERATORS = {"AND", "OR", "NOT", "TO"}


def quoted(text: str) -> str:
    """Return `text` as a phrase; only the backslash and the quotation mark end or change one."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def term(text: str) -> str:
    """Return `text` bare when it is one plain ASCII word that is no operator, else as a phrase.

    Plain digits stay as production sends them: ``phone:4155550100``.
    """
    plain = text.isascii() and text.isalnum() and text not in _OPERATORS
    return text if plain else quoted(text)


def by_phone(fields: Sequence[str], spelling: str, excluded_status: str) -> str:
    """Return the query for living records that have `spelling` in one of `fields`."""
    value = term(spelling)
    numbers = " OR ".join(f"{field}:{value}" for field in fields)
    return f"({numbers}) AND isDeleted:false NOT status:{quoted(excluded_status)}"


def by_name(name: str, excluded_status: str) -> str:
    """Return the query for living records with the whole name, its first or its last word.

    Any of the three is enough, as in production; one word is not asked as a last name, because
    ``name`` holds it too.

    Raises:
        ValueError: `name` has no word.
    """
    words = name.split()
    if not words:
        raise ValueError("the name has no word")
    parts = [f"name:{quoted(' '.join(words))}", f"firstName:{term(words[0])}"]
    if len(words) > 1:
        parts.append(f"lastName:{term(words[-1])}")
    either = " OR ".join(f"({part} AND isDeleted:false)" for part in parts)
    return f"({either}) NOT status:{quoted(excluded_status)}"


def by_exact_name(name: str) -> str:
    """Return the query for records called `name`; the caller compares the names it gets."""
    return f"name:{name if _is_identifier(name) else quoted(name)}"


def _is_identifier(text: str) -> bool:
    return text.isascii() and text.isidentifier() and text not in _OPERATORS
