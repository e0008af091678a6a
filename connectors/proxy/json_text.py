"""JSON as JavaScript reads it, and the line on which each of its values stands."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

Place = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

_SAFE_DIGITS = 15
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|\n|[^\s{}\[\],:"]+', re.DOTALL)


def parse(text: str) -> Any:
    """Parse JSON with the numbers of JavaScript: doubles, so that a longer id loses its end.

    Raises:
        ValueError: it is no JSON; a ``json.JSONDecodeError`` where its place is known.
        RecursionError: it is nested too deeply.
    """
    return json.loads(
        text, parse_int=_integer, parse_float=lambda digits: _number(float(digits)),
        parse_constant=_refuse,
    )  # fmt: skip


def lines(text: str) -> dict[Place, int]:
    """Return the line of each value of a valid JSON text, counted from 1.

    The line of an object's member is that of its key.
    """
    found: dict[Place, int] = {}
    place: list[str | int] = []
    line = 1
    expects_key = False
    for piece in _TOKEN.findall(text):
        if piece == "\n":
            line += 1
        elif piece in ("}", "]"):
            if place:
                place.pop()
            expects_key = False
        elif piece == ",":
            if isinstance(place[-1], int):
                place[-1] += 1
            else:
                expects_key = True
        elif piece == ":":
            expects_key = False
        elif expects_key:
            place[-1] = json.loads(piece)
            found[tuple(place)] = line
        else:
            found.setdefault(tuple(place), line)
            if piece == "{":
                place.append("")
                expects_key = True
            elif piece == "[":
                place.append(0)
    return found


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _SAFE_DIGITS else _number(float(digits))


def _number(value: float) -> int | float:
    if not value.is_integer() or abs(value) >= 1e21:
        return value
    # The digits that JavaScript prints: what a double does not hold is zeros.
    return int(Decimal(repr(value)))


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
