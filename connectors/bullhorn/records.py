"""Bullhorn's records: reading answers, and what the contract makes of them (connectors 4.1)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from connectors.contract import model
from connectors.contract.errors import InvalidInputError, UnexpectedResponseError
from connectors.contract.ids import id_of

Row = dict[str, Any]
Choices = list[dict[str, Any]]

_NOTE = re.compile(
    r"<b>(?:Agent notes?|Note)</b>:?\s*(?:<br\s*/?>)?(.*?)"
    r"(?=<br\s*/?><br\s*/?><b>Call details</b>|<b>|</li>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_SUMMARY = re.compile(r"<b>Summary</b>:\s*(.*?)(?=<|\Z)", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_EST_MINUTES = 300
_ACTIVITIES = ("dateLastModified", "dateLastVisit", "dateLastComment")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of person.

    Attributes:
        type: the contact type everywhere outside Bullhorn.
        entity: Bullhorn's name.
        phones: the searched fields; the first is shown when none of them matched by its text.
        shown: the further fields of a phone search, production's.
        named: the fields of a name search, production's.
        excluded_status: people with this status are not found.
        listed: the field of a note that lists such people.
    """

    type: str
    entity: str
    phones: tuple[str, ...]
    shown: str
    named: str
    excluded_status: str
    listed: str

    @property
    def fields(self) -> str:
        """What a phone search asks for: the phones too, to tell which of them matched."""
        others = ",".join(name for name in self.phones if name != "phone")
        return f"{self.shown},{others}"


@dataclass(frozen=True, slots=True)
class Person:
    """A found person, with the phone to show."""

    kind: Kind
    row: Row
    phone: str | None


@dataclass(frozen=True, slots=True)
class Options:
    """The account's option lists, ``bullhornData``; `statuses` are by contact type."""

    note_actions: Choices
    statuses: dict[str, Choices]

    @classmethod
    def of(cls, value: Any) -> Options:
        """Read a kept value; anything that it does not have is empty."""
        kept = value if isinstance(value, Mapping) else {}
        statuses = kept.get("statuses")
        statuses = statuses if isinstance(statuses, Mapping) else {}
        return cls(
            note_actions=_choices(kept.get("noteActions")),
            statuses={each: _choices(statuses.get(each)) for each in KINDS},
        )

    def to_keep(self) -> dict[str, Any]:
        """Return the value to keep, JSON data."""
        return {"noteActions": self.note_actions, "statuses": self.statuses}

    def of_person(self) -> dict[str, Any] | None:
        """Return a contact's ``additionalInfo``."""
        return {"noteActions": self.note_actions} if self.note_actions else None

    def of_new_contact(self) -> dict[str, Any]:
        """Return the new-contact entry's ``additionalInfo``."""
        by_type = {each: {"status": self.statuses.get(each, [])} for each in _NEW_ORDER}
        return by_type | (self.of_person() or {})


_PHONES = ("phone", "mobile", "phone2", "phone3")
_COMMENTED = "id,name,email,phone,dateAdded,dateLastComment,dateLastModified"
CONTACT = Kind(
    type="Contact",
    entity="ClientContact",
    phones=_PHONES,
    shown="id,name,email,phone,dateAdded,dateLastModified,dateLastVisit",
    named="id,name,email,phone,status,dateAdded",
    excluded_status="Archive",
    listed="clientContacts",
)
CANDIDATE = Kind(
    type="Candidate",
    entity="Candidate",
    phones=(*_PHONES, "workPhone"),
    shown=_COMMENTED,
    named="id,name,email,phone,dateAdded",
    excluded_status="Archived",
    listed="candidates",
)
LEAD = Kind(
    type="Lead",
    entity="Lead",
    phones=_PHONES,
    shown="id,name,email,phone,status,dateAdded,dateLastComment,dateLastModified",
    named="id,name,email,phone,status,dateAdded",
    excluded_status="Converted",
    listed="leads",
)
KINDS = {kind.type: kind for kind in (CONTACT, CANDIDATE, LEAD)}
_NEW_ORDER = ("Lead", "Candidate", "Contact")
_BY_NAME = {name.lower(): kind for kind in KINDS.values() for name in (kind.type, kind.entity)}


def kind_of(contact_type: str | None, what: str) -> Kind:
    """Return the kind of a contact type, whatever its case.

    Raises:
        InvalidInputError: it is none.
    """
    kind = _BY_NAME.get((contact_type or "").strip().lower())
    if kind is None:
        raise InvalidInputError(
            f"{what} needs a contact type, {(contact_type or '')[:40]!r} is none: "
            f"choose {', '.join(KINDS)}."
        )
    return kind


def as_row(data: Any, what: str) -> Row:
    """Return an object.

    Raises:
        UnexpectedResponseError: it is something else.
    """
    if isinstance(data, dict):
        return data
    raise UnexpectedResponseError(
        f"{what} failed: Bullhorn answered with a bare value or a list where an object was "
        "expected, check the connection's restUrl."
    )


def row_of(answer: Row, what: str) -> Row:
    """Return the record of an answer.

    Raises:
        UnexpectedResponseError: it has none.
    """
    return as_row(answer.get("data"), what)


def text_of(value: Any) -> str | None:
    """Return a value as text, None for nothing."""
    return None if value is None else str(value)


def rows_of(answer: Row, what: str) -> list[Row]:
    """Return the records of a search's answer.

    Raises:
        UnexpectedResponseError: it has none, or one of them is no record with an id.
    """
    data = answer.get("data")
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        raise UnexpectedResponseError(
            f"{what} failed: the answer of Bullhorn has no list of records in data where one was "
            "expected, check the connection's restUrl."
        )
    for row in data:
        id_of(row, "id", what, "Bullhorn")
    return data


def matched_phone(row: Row, kind: Kind, spelling: str) -> str | None:
    """Return the phone that was found by `spelling`, else the first field."""
    phones = [str(row[name]) for name in kind.phones if row.get(name)]
    wanted = _digits(spelling)
    exact = (phone for phone in phones if phone.strip() == spelling)
    similar = (phone for phone in phones if wanted and wanted in _digits(phone))
    return next(exact, next(similar, None)) or text_of(row.get("phone"))


def once(people: Iterable[Person]) -> list[Person]:
    """Return each person once, in the order of the first hits."""
    first: dict[tuple[str, str], Person] = {}
    for person in people:
        first.setdefault((person.kind.entity, str(person.row["id"])), person)
    return list(first.values())


def to_contact(person: Person, options: Options) -> model.Contact:
    """Return a person as the contract's contact."""
    row = person.row
    activities = [row[key] for key in _ACTIVITIES if _is_time(row.get(key))]
    return model.Contact(
        id=row["id"],
        name=str(row.get("name") or ""),
        phone=person.phone,
        type=person.kind.type,
        created_date=row.get("dateAdded"),
        most_recent_activity_date=max(activities) if activities else None,
        additional_info=options.of_person(),
    )


def note_actions_of(answer: Row, what: str) -> Choices:
    """Return the actions of a note as options.

    Raises:
        UnexpectedResponseError: the answer has no list of them.
    """
    actions = answer.get("commentActionList")
    if not isinstance(actions, list):
        raise UnexpectedResponseError(
            f"{what} failed: the answer of Bullhorn has no commentActionList where a list was "
            "expected, check the account's settings."
        )
    return [{"const": each, "title": each} for each in actions if isinstance(each, str)]


def statuses_of(answer: Row, what: str) -> Choices:
    """Return the statuses of an entity's metadata as options.

    Raises:
        UnexpectedResponseError: the answer describes no fields.
    """
    fields = answer.get("fields")
    if not isinstance(fields, list):
        raise UnexpectedResponseError(
            f"{what} failed: the answer of Bullhorn has no fields where a list was expected, "
            "check the account's settings."
        )
    options = next(
        (each.get("options") for each in fields if _is_named(each, "status")),
        None,
    )
    return [
        {"const": each["value"], "title": str(each.get("label") or each["value"])}
        for each in (options if isinstance(options, list) else ())
        if isinstance(each, dict) and each.get("value") not in (None, "")
    ]


def utc_offset_of(user: Row) -> float | None:
    """Return a user's distance from UTC in minutes; Bullhorn counts from its own (EST) time."""
    from_est = user.get("timeZoneOffsetEST")
    if isinstance(from_est, bool) or not isinstance(from_est, int | float):
        return None
    return from_est - _EST_MINUTES


def rate_of(response: httpx.Response) -> dict[str, Any]:
    """Return the rate headers by production's names, absent ones left out."""
    names = {
        "ratelimitRemaining": "ratelimit-remaining",
        "ratelimitAmount": "ratelimit-limit",
        "ratelimitReset": "ratelimit-reset",
    }
    headers = response.headers
    return {key: headers[name] for key, name in names.items() if name in headers}


def listed_name(note: Row) -> str:
    """Return the name of the first person that a note is about, '' without one."""
    for kind in KINDS.values():
        listed = note.get(kind.listed)
        people = listed.get("data") if isinstance(listed, dict) else None
        for each in people if isinstance(people, list) else ():
            if isinstance(each, dict):
                words = (str(each.get(key) or "") for key in ("firstName", "lastName"))
                name = " ".join(" ".join(words).split()) or str(each.get("name") or "")
                if name:
                    return name
    return ""


def note_of(comments: str) -> str:
    """Return the note inside a composed log body (contact-flow 2.5), '' without one."""
    return _inner_text(_NOTE.search(comments))


def summary_of(comments: str) -> str:
    """Return the subject inside a composed log body, '' without one."""
    return _inner_text(_SUMMARY.search(comments))


def _inner_text(match: re.Match[str] | None) -> str:
    return html.unescape(_BREAK.sub("\n", match.group(1))).strip() if match else ""


def _choices(value: Any) -> Choices:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _is_named(field: Any, name: str) -> bool:
    return isinstance(field, dict) and field.get("name") == name


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())
