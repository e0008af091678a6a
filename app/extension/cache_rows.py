"""One entry of a cache in words: what it answers, to whom, for how long, and what follows.

The caches are those of contact-flow 1.9.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.extension.calls import LoggedRecord
from app.extension.matcher import MATCH_TTL_S, Match
from app.spans import age_text, span_text
from connectors.contract.model import Contact
from connectors.runtime.store import (
    ACCOUNT_DATA_FRESH_S,
    CONTACTS_KEPT_S,
    EntryKey,
    StoredEntry,
)

_SHOWN_ANSWERS = 5
_OWN = "this user alone; it is kept in the browser."
_ACCOUNT_LIFETIME = "3 months or more"
_OPTIONS_LIFETIME = "24 hours"


class Layer(StrEnum):
    """The caches: those of the extension, then those of the server."""

    MATCH = "Extension's match"
    PIN = "Chosen by name"
    TASK = "Temp match task"
    LOGGED = "Logged call"
    ACCOUNT = "Account cache"
    OPTIONS = "Account data"
    RECORD = "Call log record"


class State(StrEnum):
    """Whether an entry answers."""

    HIT = "hit"
    MISS = "miss"
    EXPIRED = "expired"


class Action(StrEnum):
    """What can be done to an entry."""

    CLEAR = "clear"
    STALE = "stale"
    NOBODY = "nobody"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRow:
    """One entry of a cache, or the place where a number's entry would be.

    Attributes:
        key: what finds the entry within its layer.
        name: the entry's key as production spells it.
        lifetime: how long it is used, in words.
        shared: who gets this answer.
        meaning: what follows from it, in a sentence or two.
        age_s: seconds since it was made; None when there is none, or when nobody notes it.
        answers: what it would answer, a line each; empty when it holds nobody.
    """

    layer: Layer
    key: tuple[str, ...]
    name: str
    lifetime: str
    shared: str
    meaning: str
    state: State = State.MISS
    age_s: float | None = None
    answers: tuple[str, ...] = ()
    actions: frozenset[Action] = frozenset()

    @property
    def age(self) -> str:
        """The entry's age in words; empty when it has none."""
        return "" if self.age_s is None else age_text(self.age_s)

    @property
    def answer(self) -> str:
        """What the entry would answer, in one line."""
        if self.state is State.MISS:
            return ""
        if not self.answers:
            return "nobody"
        more = len(self.answers) - _SHOWN_ANSWERS
        shown = ", ".join(self.answers[:_SHOWN_ANSWERS])
        return f"{shown} and {more} more" if more > 0 else shown


def match_row(number: str, platform: str, match: Match | None, age_s: float = 0.0) -> CacheRow:
    """Describe what the extension remembers of a number."""
    row = CacheRow(
        layer=Layer.MATCH,
        key=(number,),
        name=f"{number} -> {platform}",
        lifetime="7 days",
        shared=_OWN,
        meaning="Nothing is remembered: the next call asks the server.",
        actions=frozenset({Action.NOBODY}),
    )
    if match is None:
        return row
    answers = _lines(match.contacts)
    left_s = MATCH_TTL_S - age_s
    left = span_text(math.ceil(left_s / 60) * 60)
    if left_s <= 0:
        meaning = "Its 7 days are over: the next call asks the server, and this is not used."
    elif answers:
        meaning = (
            "A call, View contact and the log page use this and ask nobody, also when the record "
            f"has been renamed or deleted since. It holds for another {left}; Look up and Refresh "
            "contact go past it."
        )
    else:
        meaning = (
            "Nobody is remembered: whoever gets this number in the CRM stays unknown to calls for "
            f"another {left}, unless somebody uses Refresh contact."
        )
    actions = {Action.CLEAR, Action.NOBODY}
    if answers:
        actions.add(Action.OUTDATED)
    if left_s > 0:
        actions.add(Action.STALE)
    return replace(
        row,
        state=State.HIT if left_s > 0 else State.EXPIRED,
        age_s=age_s,
        lifetime=f"another {left}" if left_s > 0 else "7 days, over",
        answers=answers,
        meaning=meaning,
        actions=frozenset(actions),
    )


def pin_row(number: str, pins: Sequence[Contact]) -> CacheRow:
    """Describe the contacts that were chosen for a number by a search by name."""
    row = CacheRow(
        layer=Layer.PIN,
        key=(number,),
        name=f"rc-crm-search-contact-{number}",
        lifetime="for ever",
        shared=_OWN,
        meaning="No contact was chosen for this number by a search by name.",
    )
    if not pins:
        return row
    return replace(
        row,
        state=State.HIT,
        answers=_lines(pins),
        meaning="This contact stands in front of every later match of the number and is chosen "
        "first, also when it was deleted in the CRM. Refresh contact does not remove it; only a "
        "factory reset does.",
        actions=frozenset({Action.CLEAR, Action.OUTDATED}),
    )


def task_row(number: str) -> CacheRow:
    """Describe where a created contact waits to be taken over; here that happens at once."""
    return CacheRow(
        layer=Layer.TASK,
        key=(number,),
        name=f"tempContactMatchTask-{number}",
        lifetime="used once",
        shared=_OWN,
        meaning="A contact that is created while logging waits here until the extension takes it "
        "over. That happens at once, and it replaces the number's earlier matches.",
    )


def not_logged_row(number: str) -> CacheRow:
    """Describe that no call of a number is logged."""
    return CacheRow(
        layer=Layer.LOGGED,
        key=(number,),
        name="rc-crm-call-log-<session>",
        lifetime="no end",
        shared=_OWN,
        meaning="No call of this number has been logged.",
    )


def logged_row(session_id: str, note: LoggedRecord) -> CacheRow:
    """Describe the extension's note of a logged call."""
    contact = contact_line(note.contact_name, note.contact_type, note.contact_id)
    return CacheRow(
        layer=Layer.LOGGED,
        key=(session_id,),
        name=f"rc-crm-call-log-{session_id}",
        lifetime="no end",
        shared=_OWN,
        meaning="The call's button edits this log instead of making a new one.",
        state=State.HIT,
        answers=(f"log {note.log_id} of {contact}",),
        actions=frozenset({Action.CLEAR}),
    )


def account_row(key: EntryKey, entry: StoredEntry | None) -> CacheRow:
    """Describe the account's answer for a number."""
    account, platform, number = key
    row = CacheRow(
        layer=Layer.ACCOUNT,
        key=key,
        name=f"{account} / {platform} / contact-{number}",
        lifetime=_ACCOUNT_LIFETIME,
        shared=_sharers(account),
        meaning="Nothing is kept: the connector asks the CRM. Only an answer with somebody in it "
        "is kept; that nobody was found is not."
        if account
        else "The user has no RingCentral account id, so the server keeps nothing.",
    )
    if entry is None:
        return row
    overdue = entry.age_s >= CONTACTS_KEPT_S
    meaning = (
        "The CRM is not asked. An expired session still gets this answer, and colleagues with "
        "other formats, settings or permissions get it too. Deals and other options in it are as "
        "they were then."
    )
    if overdue:
        meaning += " It is older than 3 months; until maintenance runs it answers all the same."
    return replace(
        row,
        state=State.HIT,
        age_s=entry.age_s,
        lifetime="3 months, overdue" if overdue else _ACCOUNT_LIFETIME,
        answers=tuple(
            contact_line(each.get("name"), each.get("type"), each.get("id"))
            for each in real_entries(entry.value)
        ),
        meaning=meaning,
        actions=frozenset({Action.CLEAR, Action.STALE, Action.OUTDATED}),
    )


def options_row(key: EntryKey, entry: StoredEntry | None) -> CacheRow:
    """Describe an option list that the connector keeps for the account."""
    row = CacheRow(
        layer=Layer.OPTIONS,
        key=key,
        name=" / ".join(key),
        lifetime=_OPTIONS_LIFETIME,
        shared=_sharers(key[0]),
        meaning="The connector keeps no lists for this account.",
    )
    if entry is None:
        return row
    fresh = entry.age_s < ACCOUNT_DATA_FRESH_S
    return replace(
        row,
        state=State.HIT if fresh else State.EXPIRED,
        age_s=entry.age_s,
        answers=(_size(entry.value),),
        meaning="The connector takes its options from here; one that was added in the CRM since "
        "is missing until the day is over or a refresh is forced."
        if fresh
        else "The connector asks the CRM for this list anew. When that fails, this old list is "
        "used and nothing says so.",
        actions=frozenset({Action.CLEAR, Action.STALE} if fresh else {Action.CLEAR}),
    )


def record_row(entry: StoredEntry) -> CacheRow:
    """Describe the server's record of a logged call."""
    value = entry.value if isinstance(entry.value, dict) else {}
    return CacheRow(
        layer=Layer.RECORD,
        key=entry.key,
        name=" / ".join(entry.key),
        lifetime="no end",
        shared=f"the user {entry.key[2]} alone.",
        meaning="The server takes this call as logged and refuses to log it again, also when the "
        "log was deleted in the CRM.",
        state=State.HIT,
        age_s=entry.age_s,
        answers=(f"log {value.get('thirdPartyLogId')} of contact {value.get('contactId')}",),
        actions=frozenset({Action.CLEAR}),
    )


def contact_line(name: object, kind: object, contact_id: object) -> str:
    """Return a contact as ``name · type - id``; what is missing is left out."""
    label = f"{kind} - {contact_id}" if isinstance(kind, str) and kind else str(contact_id)
    return f"{name} · {label}" if name else label


def real_entries(value: object) -> list[Mapping[str, Any]]:
    """Return the contacts of an answer in wire shape, without the "create new" entry."""
    entries = value if isinstance(value, list) else []
    return [each for each in entries if isinstance(each, dict) and not each.get("isNewContact")]


def _lines(contacts: Sequence[Contact]) -> tuple[str, ...]:
    return tuple(contact_line(each.name, each.type, each.id) for each in contacts)


def _sharers(account: str) -> str:
    return f"every user of the RingCentral account {account}." if account else "nobody."


def _size(value: object) -> str:
    """Return what an option list holds, in a few words."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        lists = [
            f"{name}: {len(each)}" for name, each in value.items() if isinstance(each, list | dict)
        ]
        return ", ".join(lists[:_SHOWN_ANSWERS]) or f"{len(value)} values"
    return str(value)
