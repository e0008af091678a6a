"""Insightly's records: reading rows, and what the contract makes of them (connectors 4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.contract import model
from connectors.contract.errors import InvalidInputError, UnexpectedResponseError

Row = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LABELS = (
    "Session Id|RingCentral user name|RingCentral number and extension|Summary|Contact Number|"
    "Date/Time|Duration|Result|Call recording link|Voicemail recording link|AI Note|Transcript"
)
_NOTE = re.compile(
    rf"^- (?:Note|Agent notes?):[ \t]*(.*?)(?=^- (?:{_LABELS}):|^--- |\Z)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of person. `phone_keys` are searched in this order."""

    type: str
    path: str
    id_key: str
    link_name: str
    phone_keys: tuple[str, ...]
    extra_setting: str


@dataclass(frozen=True, slots=True)
class Linked:
    """One kind of record that people and events are linked to. `const` is the form's field."""

    const: str
    path: str
    id_key: str
    name_key: str
    link_name: str


@dataclass(frozen=True, slots=True)
class Person:
    """A found contact or lead, with the phone that matched."""

    kind: Kind
    row: Row
    phone: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a person or an event; `name` is in lower case."""

    name: str
    record_id: model.ContactId
    link_id: model.ContactId


CONTACT = Kind(
    "contact",
    "contacts",
    "CONTACT_ID",
    "Contact",
    ("PHONE", "PHONE_MOBILE"),
    "insightlyExtraPhoneFieldNameForContact",
)
LEAD = Kind(
    "lead",
    "leads",
    "LEAD_ID",
    "Lead",
    ("PHONE", "MOBILE"),
    "insightlyExtraPhoneFieldNameForLead",
)
KINDS = {kind.type: kind for kind in (CONTACT, LEAD)}
_ORGANISATION = Linked(
    "organisation", "organisations", "ORGANISATION_ID", "ORGANISATION_NAME", "Organisation"
)
LINKED = {
    "organisation": _ORGANISATION,
    "opportunity": Linked(
        "opportunity", "opportunities", "OPPORTUNITY_ID", "OPPORTUNITY_NAME", "Opportunity"
    ),
    "project": Linked("project", "projects", "PROJECT_ID", "PROJECT_NAME", "Project"),
}
_SPELLINGS = {"organization": "organisation"}  # production's forms use both


def as_rows(data: Any, what: str) -> list[Row]:
    """Return a search's answer, a bare array of records.

    Raises:
        UnexpectedResponseError: it is something else.
    """
    if isinstance(data, list) and all(isinstance(each, dict) for each in data):
        return data
    raise UnexpectedResponseError(
        f"{what} failed: Insightly answered with {_kind_of(data)} where a list of records was "
        "expected, check the connection's API URL."
    )


def as_row(data: Any, what: str) -> Row:
    """Return a single record.

    Raises:
        UnexpectedResponseError: it is something else.
    """
    if isinstance(data, dict):
        return data
    raise UnexpectedResponseError(
        f"{what} failed: Insightly answered with {_kind_of(data)} where one record was expected, "
        "check the connection's API URL."
    )


def full_name(row: Row) -> str:
    """Return first and last name, without the blank of a missing one."""
    parts = (str(row.get(key) or "") for key in ("FIRST_NAME", "LAST_NAME"))
    return " ".join(" ".join(parts).split())


def field_value(row: Row, name: str) -> str | None:
    """Return a field's or a custom field's value as text."""
    value = row.get(name)
    if value is None:
        custom = row.get("CUSTOMFIELDS")
        value = next(
            (
                each.get("FIELD_VALUE")
                for each in (custom if isinstance(custom, list) else ())
                if isinstance(each, dict) and each.get("FIELD_NAME") == name
            ),
            None,
        )
    return None if value is None else str(value)


def first_phone(row: Row, kind: Kind) -> str | None:
    """Return the first phone that a person has."""
    return next((value for key in kind.phone_keys if (value := field_value(row, key))), None)


def links(row: Row) -> list[Link]:
    """Return a record's links; none when it has no ``LINKS``."""
    found = row.get("LINKS")
    return [
        Link(str(each["LINK_OBJECT_NAME"]).lower(), each["LINK_OBJECT_ID"], each.get("LINK_ID", ""))
        for each in (found if isinstance(found, list) else ())
        if isinstance(each, dict)
        and each.get("LINK_OBJECT_NAME")
        and isinstance(each.get("LINK_OBJECT_ID"), int | str)
    ]


def once(people: Iterable[Person]) -> list[Person]:
    """Return each person once, in the order of the first hits."""
    first: dict[tuple[str, Any], Person] = {}
    for person in people:
        first.setdefault((person.kind.type, person.row[person.kind.id_key]), person)
    return list(first.values())


def to_contact(
    person: Person, options: Mapping[tuple[str, str], dict[str, Any] | None]
) -> model.Contact:
    """Return a person as the contract's contact, with the options of its links."""
    row = person.row
    additional: dict[str, list[dict[str, Any]]] = {}
    for link in links(row):
        option = options.get((link.name, str(link.record_id)))
        listed = additional.setdefault(LINKED[link.name].const, []) if option else []
        if option and option not in listed:
            listed.append(option)
    return model.Contact(
        id=row[person.kind.id_key],
        name=full_name(row),
        phone=person.phone,
        type=person.kind.type,
        title=row.get("TITLE"),
        created_date=row.get("DATE_CREATED_UTC"),
        most_recent_activity_date=row.get("LAST_ACTIVITY_DATE_UTC") or row.get("DATE_UPDATED_UTC"),
        additional_info=additional,
    )


def base_type(contact_type: str | None) -> str:
    """Return ``contact`` or ``lead`` for production's types, such as ``contactMobile``."""
    text = (contact_type or "").strip().lower()
    return next((kind for kind in KINDS if text in {kind, f"{kind}phone", f"{kind}mobile"}), "")


def chosen_links(form: Mapping[str, Any] | None) -> list[tuple[str, model.ContactId]]:
    """Return the link names and ids that the form's fields ask for."""
    chosen: dict[str, model.ContactId] = {}
    for key, value in (form or {}).items():
        linked = LINKED.get(_SPELLINGS.get(key, key))
        if linked is None or isinstance(value, bool) or not isinstance(value, int | str):
            continue
        if value and value != "none":  # the form's "None" option
            chosen.setdefault(linked.link_name, value)
    return list(chosen.items())


def note_of(details: str) -> str:
    """Return the note inside a composed log body (contact-flow 2.5), '' without one."""
    match = _NOTE.search(details)
    return match.group(1).strip() if match else ""


def utc_text(milliseconds: float) -> str:
    """Return ms since 1970 as Insightly writes UTC times.

    Raises:
        InvalidInputError: no such date.
    """
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
    except (OverflowError, ValueError) as error:
        raise InvalidInputError(
            f"The call's time {milliseconds} is no date Insightly can keep: give it in ms."
        ) from error
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _kind_of(data: Any) -> str:
    names = {dict: "one record", list: "a list", str: "a text", type(None): "nothing"}
    return names.get(type(data), "a bare value")
