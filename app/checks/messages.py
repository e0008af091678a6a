"""The message for the user has production's shape, and says what is so (contact-flow 2.6, 2.3)."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator
from typing import Any, get_args

from app.checks.finding import Finding, Rule, found
from app.checks.reading import LOOKUPS, contacts_of, entries_of, kind_of, result_of, shown
from app.evidence import Evidence
from connectors.contract.model import MessageType

_TYPES = get_args(MessageType)
_KEYS = ("message", "messageType", "ttl", "details")
_ALIKE = 0.8
_SHORTEST_TTL_MS = 100
_LONGEST_TTL_MS = 10 * 60_000

_PEOPLE = r"(?:contact|match|person|people|lead|candidate|customer|client)(?:e?s|\(e?s\))?(?!\w)"
_CLAIM = re.compile(
    # "Found 1 contacts in Acme", but not "found in contacts" and not "found contact types"
    r"\bfound:?\s+(?:(?!(?:at|by|for|from|in|of|on|to|with)\s)[\w()]+\s+){0,2}?"
    rf"{_PEOPLE}(?=\s*(?:$|[^\w\s]|(?:and|at|by|for|from|in|matching|on|with)\b))"
    # "contact found", "2 contacts were found"
    rf"|\b{_PEOPLE}\s+(?:(?:are|been|has|have|is|successfully|was|were)\s+)*found\b",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\b(?:0+|no|not|none|nobody|nothing|never|neither|nor|zero|null|undefined|nan|empty|without"
    r"|unable|cannot|fail\w*|(?:are|could|has|have|is|was|were)nt|if|when|whether|unless|until"
    r"|any|every|each|all|can|could|may|might|must|should|will|would"
    r"|but|archived|deleted|filtered|hidden|ignored|skipped)\b|n['\u2019]t\b|\?",
    re.IGNORECASE,
)


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


def check_claim(evidence: Evidence) -> Iterator[Finding]:
    """A message of success that says that somebody was found comes with somebody.

    It takes the place of App Connect's own "Contact not found". Only plain English is understood; a
    text with a denial, a condition, a nought or a reason to list nobody is taken to claim nothing.
    """
    if evidence.started.operation not in LOOKUPS or evidence.finished.error is not None:
        return
    path, result = result_of(evidence)
    message = result.get("returnMessage")
    if result.get("successful") is not True or contacts_of(evidence):
        return
    if not isinstance(message, dict) or message.get("messageType") != "success":
        return
    claims = [
        (text, where)
        for text, where in _texts(message, f"{path}.returnMessage")
        if _CLAIM.search(text) and not _TAKEN_BACK.search(text)
    ]
    if not claims:
        return
    entries = entries_of(evidence)
    listed = "Create new contact... is all that is listed" if entries else "nobody is listed"
    text = f'The message says "{shown(claims[0][0])}", but {listed}.'
    proof = [where for _text, where in claims]
    proof += [entry.path for entry in entries] or [path]
    yield found(Rule.MESSAGE_UNTRUE, "warning", text, *proof)


def _texts(message: dict[Any, Any], path: str) -> Iterator[tuple[str, str]]:
    """Yield (text, path) of all that is shown of a message, whatever the shape of its details."""
    if isinstance(message.get("message"), str):
        yield message["message"], f"{path}.message"
    for at, block in enumerate(_list(message.get("details"))):
        items = block.get("items") if isinstance(block, dict) else None
        for place, item in enumerate(_list(items)):
            if isinstance(item, dict) and isinstance(item.get("text"), str):
                yield item["text"], f"{path}.details[{at}].items[{place}].text"


def _list(value: Any) -> list[Any] | tuple[Any, ...]:
    return value if isinstance(value, list | tuple) else ()


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
