"""The message for the user has production's shape (contact-flow 2.6)."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator
from typing import Any, get_args

from app.checks.finding import Finding, Rule, found
from app.checks.reading import kind_of, shown
from app.evidence import Evidence
from connectors.contract.model import MessageType

_TYPES = get_args(MessageType)
_KEYS = ("message", "messageType", "ttl", "details")
_ALIKE = 0.8
_SHORTEST_TTL_MS = 100
_LONGEST_TTL_MS = 10 * 60_000


def check_message(evidence: Evidence) -> Iterator[Finding]:
    """``returnMessage`` is absent, null, or a message that the extension can show."""
    returned = evidence.finished.returned
    if not isinstance(returned, dict) or returned.get("returnMessage") is None:
        return
    message = returned["returnMessage"]
    path = "$.returned.returnMessage"
    if not isinstance(message, dict):
        yield _wrong(f"returnMessage is {kind_of(message)} instead of an object.", path)
        return
    text = message.get("message")
    if not isinstance(text, str) or not text.strip():
        yield _wrong(
            f"The text of the message is {shown(text)}: nothing is shown.", f"{path}.message"
        )
    kind = message.get("messageType")
    if not isinstance(kind, str) or kind not in _TYPES:
        known = ", ".join(_TYPES)
        yield _wrong(f"messageType is {shown(kind)}, not one of {known}.", f"{path}.messageType")
    yield from _check_ttl(message.get("ttl"), f"{path}.ttl")
    yield from _check_keys(message, path)
    details = message.get("details")
    if details is not None:
        yield from _check_details(details, f"{path}.details")


def _check_keys(message: dict[Any, Any], path: str) -> Iterator[Finding]:
    """A key that App Connect does not read is harmless, one that was meant to be read is not."""
    missing = {key.casefold(): key for key in _KEYS if key not in message}
    for key in message:
        if not isinstance(key, str) or key in _KEYS:
            continue
        for alike in difflib.get_close_matches(key.casefold(), missing, n=1, cutoff=_ALIKE):
            text = (
                f"returnMessage has {shown(key)}, which nobody reads: {missing[alike]} was meant."
            )
            yield found(Rule.MESSAGE_SHAPE, "warning", text, f"{path}.{shown(key)}")


def _check_details(details: Any, path: str) -> Iterator[Finding]:
    if not isinstance(details, list | tuple):
        yield _wrong(f"details is {kind_of(details)} instead of a list.", path)
        return
    for at, block in enumerate(details):
        where = f"{path}[{at}]"
        if not isinstance(block, dict) or not isinstance(block.get("title"), str):
            yield _wrong(f"Block {at + 1} of details has no title.", where)
            continue
        items = block.get("items")
        if not isinstance(items, list | tuple):
            yield _wrong(
                f"items of {shown(block['title'])} is {kind_of(items)} instead of a list.",
                f"{where}.items",
            )
            continue
        for place, item in enumerate(items):
            if not (
                isinstance(item, dict)
                and item.get("type") == "text"
                and isinstance(item.get("text"), str)
                and isinstance(item.get("id"), str | int)
            ):
                text = (
                    f"Item {place + 1} of {shown(block['title'])} is not {{id, type: text, text}}."
                )
                yield _wrong(text, f"{where}.items[{place}]")


def _check_ttl(ttl: Any, path: str) -> Iterator[Finding]:
    number = isinstance(ttl, int | float) and not isinstance(ttl, bool)
    if not number or not 0 <= ttl < math.inf:
        yield _wrong(f"ttl is {shown(ttl)} instead of milliseconds.", path)
    elif 0 < ttl < _SHORTEST_TTL_MS or ttl > _LONGEST_TTL_MS:
        text = f"ttl is {shown(ttl)} ms; that looks like another unit."
        yield found(Rule.MESSAGE_SHAPE, "note", text, path)


def _wrong(text: str, path: str) -> Finding:
    return found(Rule.MESSAGE_SHAPE, "error", text, path)
