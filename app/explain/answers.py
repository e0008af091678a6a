"""What the CRM answered: its records, and the phones in them, whatever their shape."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

import msgspec

from connectors.contract.exchange import Exchange

Record = dict[str, Any]

_PHONE_KEY = re.compile(r"phone|mobile|cell|tel|fax|number", re.IGNORECASE)
_DEEPEST = 4
_DEEPEST_LEAF = 40
"""Nothing of a record stands deeper, except on purpose."""
_LONGEST_PAIR = 8
"""An object with more keys is a record of its own, also when it has a name and a value."""
_PAIRS = (("field_name", "field_value"), ("fieldname", "fieldvalue"), ("name", "value"))


def failed(exchange: Exchange) -> bool:
    """Tell whether a request got no answer that can be used."""
    return exchange.status is None or exchange.status >= 400 or exchange.error is not None


def too_large(exchange: Exchange) -> bool:
    """Tell whether an answer was too large to be kept whole: its records are not known."""
    body = exchange.response_body
    return body is not None and body.truncated and not failed(exchange)


def records_of(exchange: Exchange) -> list[Record] | None:
    """Return the records of an answer; None when it cannot be told how many there are.

    They are the outermost list of objects in the JSON, or the answer itself where it is one object
    with an id.
    """
    data = _answer(exchange)
    found = _outermost_list(data, 0)
    if found is None and isinstance(data, dict) and "id" in {key.lower() for key in data}:
        return [data]
    return None if found is None else [item for item in found if isinstance(item, dict)]


def record_with_id(exchange: Exchange, wanted: str) -> Record | None:
    """Return the record with this id out of an answer, however deep it stands; None without one."""
    return _with_id(_answer(exchange), wanted, 0)


def phones_of(record: Record) -> list[tuple[str, str]]:
    """Return (path of keys, text) of all that a record calls a phone."""
    return [
        (path, text)
        for path, text in _leaves("", record)
        if _names_phone(path) and sum(char.isdecimal() for char in text) >= 4
    ]


def leaves_of(record: Record, *, flags: bool = False) -> list[tuple[str, str]]:
    """Return (path of keys, text) of every value of a record; truth values only with `flags`."""
    return _leaves("", record, flags=flags)


def value_of(record: Record, field: str) -> str | None:
    """Return a field's text, its name compared without case; None when the record lacks it."""
    last = field.rpartition(".")[2].lower()
    for path, text in _leaves("", record):
        if path.rpartition(".")[2].lower() == last:
            return text
    return None


def id_of(record: Record) -> str:
    """Return a record's id as text: ``id``, else the shortest key that ends so and is filled.

    A record names others too (``OWNER_USER_ID``); its own id has the shortest name (``LEAD_ID``).
    """
    keys = [key for key, value in record.items() if value not in (None, "") and _is_id(key)]
    return str(record[min(keys, key=len)]) if keys else ""


@lru_cache(maxsize=4096)
def _names_phone(path: str) -> bool:
    return _PHONE_KEY.search(path) is not None


@lru_cache(maxsize=4096)
def _is_id(key: str) -> bool:
    plain = key.lower()
    return plain == "id" or plain.endswith(("_id", "contactid", "leadid"))


def _answer(exchange: Exchange) -> Any:
    """Return an answer's JSON data; None for a failure, and for what is no whole JSON."""
    body = exchange.response_body
    if failed(exchange) or body is None or body.encoding is not None or too_large(exchange):
        return None
    text = body.text.lstrip("\ufeff")
    try:
        # Three times as fast, and stricter: half a surrogate or 1e400 is left to the other.
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _with_id(data: Any, wanted: str, depth: int) -> Record | None:
    if isinstance(data, dict) and id_of(data) == wanted:
        return data
    if depth == _DEEPEST or not isinstance(data, dict | list):
        return None
    inner = data.values() if isinstance(data, dict) else data
    found = (_with_id(each, wanted, depth + 1) for each in inner)
    return next((each for each in found if each is not None), None)


def _outermost_list(data: Any, depth: int) -> list[Any] | None:
    if isinstance(data, list):
        return data
    if not isinstance(data, dict) or depth == _DEEPEST:
        return None
    for value in data.values():
        if isinstance(value, list) and (not value or isinstance(value[0], dict)):
            return value
    for value in data.values():
        found = _outermost_list(value, depth + 1) if isinstance(value, dict) else None
        if found is not None:
            return found
    return None


def _leaves(path: str, data: Any, *, flags: bool = False) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    _collect(path, data, flags, _DEEPEST_LEAF, found)
    return found


def _collect(path: str, data: Any, flags: bool, deeper: int, found: list[tuple[str, str]]) -> None:
    if isinstance(data, str):
        found.append((path, data))
    elif isinstance(data, dict):
        named = _named_value(data)
        if named is not None and deeper:
            _collect(*named, flags, deeper - 1, found)
        elif deeper:
            for key, value in data.items():
                _collect(f"{path}.{key}" if path else str(key), value, flags, deeper - 1, found)
    elif isinstance(data, list):
        for item in data if deeper else ():
            _collect(path, item, flags, deeper - 1, found)
    elif isinstance(data, int | float) and (flags or not isinstance(data, bool)):
        found.append((path, str(data)))


def _named_value(data: Record) -> tuple[str, Any] | None:
    """Return the name and value of a custom field that is written as such a pair."""
    if len(data) > _LONGEST_PAIR:
        return None
    keys = {str(key).lower(): key for key in data}
    for name, value in _PAIRS:
        if name in keys and value in keys and isinstance(data[keys[name]], str):
            return data[keys[name]], data[keys[value]]
    return None
