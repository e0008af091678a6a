"""Adding and changing people from the page and the command line."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.sandbox.errors import SandboxError
from app.sandbox.insightly import stamp
from app.sandbox.schema import (
    INSIGHTLY_CUSTOM_FIELDS,
    PLATFORMS,
    Entity,
    people_entities,
)
from app.sandbox.seed import DEFAULT_CONTACTS, PLACEHOLDER_COMPANY, fill, fill_if_empty
from app.sandbox.store import FILE_NAME, Record, Store


def entity_of(platform: str, contact_type: str | None) -> Entity:
    """Return the kind of people that `contact_type` names; case does not matter.

    Raises:
        SandboxError: the CRM or type does not exist; the message lists what does.
    """
    if platform not in PLATFORMS:
        raise SandboxError(
            f"The sandbox has no CRM {platform!r}; it has {' and '.join(PLATFORMS)}."
        )
    kinds = people_entities(platform)
    if not contact_type:
        return kinds[0]
    for kind in kinds:
        if contact_type.lower() in {kind.contact_type.lower(), kind.name.lower()}:
            return kind
    known = ", ".join(kind.contact_type for kind in kinds)
    raise SandboxError(f"{platform} has no contact type {contact_type!r}; it has {known}.")


def phone_fields(platform: str, kind: Entity) -> tuple[str, ...]:
    """Return every field of `kind` that can hold a phone number, custom ones included."""
    return kind.phones + (INSIGHTLY_CUSTOM_FIELDS if platform == "insightly" else ())


def phones_of(platform: str, record: Record, kind: Entity) -> dict[str, str]:
    """Return the record's filled phone fields, custom ones included, as they are stored."""
    custom = {
        str(item["FIELD_NAME"]): item["FIELD_VALUE"] for item in record.data.get("CUSTOMFIELDS", ())
    }
    values = {
        name: record.data.get(name, custom.get(name)) for name in phone_fields(platform, kind)
    }
    return {name: str(value) for name, value in values.items() if value}


def name_of(record: Record) -> str:
    """Return a person's whole name."""
    if record.platform == "bullhorn":
        return str(record.data.get("name") or "")
    parts = (record.data.get("FIRST_NAME"), record.data.get("LAST_NAME"))
    return " ".join(str(part) for part in parts if part)


def save_person(
    store: Store,
    platform: str,
    kind: Entity,
    name: str,
    phones: Mapping[str, str],
    record_id: int | None = None,
) -> Record:
    """Add a person, or change the one with `record_id`; phone texts are kept to the character.

    Raises:
        SandboxError: the name is empty, a phone field does not exist, or the record is gone.
    """
    words = name.split()
    if not words:
        raise SandboxError("The name is empty; give at least one word.")
    fields = phone_fields(platform, kind)
    for field in phones:
        if field not in fields:
            raise SandboxError(
                f"A {kind.contact_type} of {platform} has no phone field {field!r}; "
                f"it has {', '.join(fields)}."
            )
    with store.transaction():
        data: dict[str, Any] = {}
        if record_id is not None:
            old = store.get(platform, kind.name, record_id)
            if old is None:
                raise SandboxError(f"The {kind.contact_type} {record_id} does not exist any more.")
            data = dict(old.data)
        data |= {field: text or None for field, text in phones.items() if field in kind.phones}
        if platform == "insightly":
            _put_insightly(data, kind, words, phones)
        else:
            _put_bullhorn(store, data, kind, words)
        if record_id is None:
            return store.create(platform, kind.name, data)
        return store.update(platform, kind.name, record_id, data)


def _put_insightly(
    data: dict[str, Any], kind: Entity, words: list[str], phones: Mapping[str, str]
) -> None:
    first, last = words[0], " ".join(words[1:]) or None
    if kind.name == "leads" and last is None:  # a lead cannot be without a last name
        first, last = "", words[0]
    now = stamp(time.time())
    data |= {"FIRST_NAME": first or None, "LAST_NAME": last, "DATE_UPDATED_UTC": now}
    data.setdefault("DATE_CREATED_UTC", now)
    kept = [c for c in data.get("CUSTOMFIELDS", ()) if c["FIELD_NAME"] not in phones]
    kept += [
        {"FIELD_NAME": field, "FIELD_VALUE": phones[field], "CUSTOM_FIELD_ID": field}
        for field in INSIGHTLY_CUSTOM_FIELDS
        if phones.get(field)
    ]
    data["CUSTOMFIELDS"] = kept


def _put_bullhorn(store: Store, data: dict[str, Any], kind: Entity, words: list[str]) -> None:
    now = int(time.time() * 1000)
    data |= {
        "name": " ".join(words),
        "firstName": words[0],
        "lastName": " ".join(words[1:]),
        "dateLastModified": now,
    }
    status = "Active" if kind.name == "ClientContact" else "New Lead"
    for field, value in (("dateAdded", now), ("isDeleted", False), ("status", status)):
        data.setdefault(field, value)
    if kind.name == "ClientContact" and "clientCorporation" not in data:
        data["clientCorporation"] = {"id": _some_company(store)}


def _some_company(store: Store) -> int:
    found, _ = store.page("bullhorn", ["ClientCorporation"], text=PLACEHOLDER_COMPANY, limit=1)
    if found:
        return found[0].id
    return store.create("bullhorn", "ClientCorporation", {"name": PLACEHOLDER_COMPANY}).id


def remove_person(store: Store, platform: str, kind: Entity, record_id: int) -> None:
    """Delete a person the way the CRM does: Bullhorn keeps the record and marks it."""
    record = store.get(platform, kind.name, record_id)
    if record is None:
        return
    if platform == "bullhorn":
        store.update(platform, kind.name, record_id, {**record.data, "isDeleted": True})
    else:
        store.delete(platform, kind.name, record_id)


def add(
    home: Path,
    platform: str,
    name: str,
    phone: str,
    phone_field: str | None = None,
    type: str | None = None,  # noqa: A002  the command line's word
) -> dict[str, Any]:
    """Add a person to the sandbox of `home`, whether or not it runs.

    Args:
        home: the bench's state folder.
        platform: the CRM.
        name: first word first name, the others last name.
        phone: kept to the character.
        phone_field: the CRM's own field name; its main phone field when left out.
        type: the contact type; the CRM's usual one when left out.

    Returns:
        ``{"id", "type"}`` of the new record.

    Raises:
        SandboxError: the CRM, type or field does not exist, or the name is empty.
    """
    kind = entity_of(platform, type)
    with contextlib.closing(Store(home / FILE_NAME)) as store:
        fill_if_empty(store)
        record = save_person(store, platform, kind, name, {phone_field or kind.phones[0]: phone})
    return {"id": record.id, "type": kind.contact_type}


def reset(home: Path) -> None:
    """Put the sample people of `home` back, as many as there were at first."""
    with contextlib.closing(Store(home / FILE_NAME)) as store:
        fill(store, int(store.meta("contacts") or DEFAULT_CONTACTS))
