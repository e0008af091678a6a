"""Rules about each contact that a connector returns (contact-flow 2.3 and 2.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from app.checks import dates
from app.checks.finding import Finding, Rule, found
from app.checks.reading import (
    LOOKUPS,
    Entry,
    contacts_of,
    entries_of,
    is_id,
    is_same_account,
    kind_of,
    result_of,
    shown,
    some,
)
from app.evidence import Evidence
from connectors.contract.manifest import Manifest


def check_shape(evidence: Evidence) -> Iterator[Finding]:
    """The result is an object and lists objects."""
    operation, finished = evidence.started.operation, evidence.finished
    if finished.cached or finished.cancelled or operation not in LOOKUPS | {"createContact"}:
        return
    if not isinstance(finished.returned, dict):
        # Without a result the error says why; with one of another kind there is no other trace.
        if finished.returned is not None:
            kind = kind_of(finished.returned)
            text = f"{operation} returned {kind} instead of an object."
            yield found(Rule.RESULT_SHAPE, "error", text, "$.returned")
        return
    if operation == "createContact":
        created = finished.returned.get("contactInfo")
        if created is not None and not isinstance(created, dict):
            text = f"contactInfo is {kind_of(created)} instead of an object."
            yield found(Rule.RESULT_SHAPE, "error", text, "$.returned.contactInfo")
        return
    path = "$.returned.matchedContactInfo"
    listed = finished.returned.get("matchedContactInfo")
    if listed is not None and not isinstance(listed, list | tuple):
        text = f"matchedContactInfo is {kind_of(listed)} instead of a list."
        yield found(Rule.RESULT_SHAPE, "error", text, path)
        return
    for at, entry in enumerate(listed or ()):
        if not isinstance(entry, dict):
            text = f"Entry {at + 1} of matchedContactInfo is {kind_of(entry)} instead of an object."
            yield found(Rule.RESULT_SHAPE, "error", text, f"{path}[{at}]")
    if not isinstance(finished.returned.get("successful"), bool):
        text = "successful is " + (
            kind_of(finished.returned["successful"]) + " instead of true or false."
            if "successful" in finished.returned
            else "missing, so that the extension cannot tell a failure from no match."
        )
        yield found(Rule.RESULT_SHAPE, "warning", text, "$.returned.successful")


def check_ids(evidence: Evidence) -> Iterator[Finding]:
    """Each contact has an id, each id is one contact, each contact is listed once."""
    listed: dict[str, list[Entry]] = defaultdict(list)
    for entry in contacts_of(evidence):
        value = entry.data.get("id")
        if is_id(value):
            listed[entry.id_text].append(entry)
        else:
            what = f"is {shown(value)}" if "id" in entry.data else "is missing"
            text = f"The id of {shown(entry.data.get('name') or 'a contact')} {what}."
            yield found(Rule.CONTACT_ID_MISSING, "error", text, f"{entry.path}.id")
    for id_text, entries in listed.items():
        kinds: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            kinds[entry.kind].append(entry)
        for same in kinds.values():
            if len(same) > 1:
                text = f"{same[0].called} is listed {len(same)} times."
                proof = [entry.path for entry in same]
                yield found(Rule.CONTACT_LISTED_TWICE, "error", text, *proof)
        if len(kinds) > 1:
            names = some([shown(entry.data.get("type") or "no type") for entry in entries])
            text = (
                f"The id {shown(id_text)} stands for contacts of different types ({names}); "
                "the extension tells contacts apart by the id alone and opens the first."
            )
            proof = [f"{entry.path}.id" for entry in entries]
            yield found(Rule.CONTACT_ID_NOT_UNIQUE, "warning", text, *proof)


def check_names_and_types(evidence: Evidence, manifest: Manifest) -> Iterator[Finding]:
    """Each contact has a name, and a type out of the manifest's vocabulary."""
    known = {kind.value.strip().casefold() for kind in manifest.contact_types}
    in_url = "{contactType}" in manifest.contact_page_url + manifest.call_pop_url
    untyped: list[Entry] = []
    for entry in contacts_of(evidence):
        name = entry.data.get("name")
        if not isinstance(name, str) or not name.strip():
            text = f"The contact {entry.id_text or 'without an id'} has no name."
            yield found(Rule.CONTACT_NAME_MISSING, "warning", text, f"{entry.path}.name")
        kind = entry.data.get("type")
        if kind is None or kind == "":
            untyped.append(entry)
        elif known and entry.kind not in known:
            words = ", ".join(kind.value for kind in manifest.contact_types)
            text = f"{entry.called} has the type {shown(kind)}; the manifest knows {shown(words)}."
            yield found(Rule.CONTACT_TYPE_UNKNOWN, "error", text, f"{entry.path}.type")
    if untyped and (known or in_url):
        names = some([entry.called for entry in untyped])
        why = "the contact's page is opened by type" if in_url else "the manifest has types"
        text = f"{names} came without a type, but {why}."
        proof = [f"{entry.path}.type" for entry in untyped]
        yield found(Rule.CONTACT_TYPE_MISSING, "warning", text, *proof)


def check_created_dates(evidence: Evidence) -> Iterator[Finding]:
    """Each contact of a lookup has a ``createdDate`` that production reads (contact-flow 1.8)."""
    if evidence.started.operation != "findContact":
        return
    missing: list[Entry] = []
    for entry in contacts_of(evidence):
        value = entry.data.get("createdDate")
        if value is None or value == "":
            missing.append(entry)
        elif not dates.is_accepted(value):
            text = f"createdDate of {entry.called} is {shown(value)}, which App Connect rejects."
            yield found(Rule.CREATED_DATE_UNREADABLE, "error", text, f"{entry.path}.createdDate")
    if missing:
        names = some([entry.called for entry in missing])
        text = f"{names} came without createdDate, so that the earliest cannot be chosen."
        proof = [f"{entry.path}.createdDate" for entry in missing]
        yield found(Rule.CREATED_DATE_MISSING, "warning", text, *proof)


def check_additional_info(
    evidence: Evidence, manifest: Manifest, earlier: Sequence[Evidence]
) -> Iterator[Finding]:
    """``additionalInfo`` and the manifest's fields know each other (contact-flow 1.5, 2.7)."""
    page = manifest.page
    logged = page.call_log.additional_fields + page.message_log.additional_fields
    fields = {field.const: field for field in logged + page.new_contact.additional_fields}
    types = {kind.value.strip().casefold() for kind in manifest.contact_types}
    unknown: dict[str, list[str]] = defaultdict(list)
    for entry in entries_of(evidence):
        info = entry.data.get("additionalInfo")
        path = f"{entry.path}.additionalInfo"
        if info is None:
            continue
        if not isinstance(info, dict):
            text = f"additionalInfo of {entry.called} is {kind_of(info)} instead of an object."
            yield found(Rule.ADDITIONAL_INFO_SHAPE, "error", text, path)
            continue
        for key, value, at in _infos(entry, info, types):
            field = fields.get(key)
            if field is None:
                unknown[key].append(path + at)
            elif field.type == "selection" and not _is_options(value):
                text = (
                    f"additionalInfo.{shown(key)} of {entry.called} is {shown(value)} instead of "
                    "a list of {const, title}."
                )
                yield found(Rule.ADDITIONAL_INFO_SHAPE, "error", text, path + at)
    for key, paths in unknown.items():
        text = f"No field of the manifest has the const {shown(key)}: nobody sees it."
        yield found(Rule.ADDITIONAL_INFO_UNKNOWN, "warning", text, *paths)
    contacts = contacts_of(evidence)
    if evidence.started.operation != "findContact" or not contacts:
        return
    lookups = [run for run in earlier if is_same_account(run, evidence)]
    filled: set[str] = set()
    for entry in (*contacts, *(entry for run in lookups for entry in contacts_of(run))):
        info = entry.data.get("additionalInfo")
        if isinstance(info, dict):
            filled.update(str(key) for key, value in info.items() if value is not None)
    for field in {field.const: field for field in logged if field.contact_dependent}.values():
        if field.type in ("selection", "checkbox") and field.const not in filled:
            if field.options:
                continue
            text = (
                f"No contact so far fills additionalInfo.{shown(field.const)}, "
                f"so that the field {shown(field.title or field.const)} is never shown."
            )
            yield found(Rule.ADDITIONAL_INFO_UNFILLED, "note", text, contacts[0].path)


def check_create_entry(evidence: Evidence) -> Iterator[Finding]:
    """The entry "Create new contact..." ends a lookup's list, once, and stands nowhere else."""
    operation, finished = evidence.started.operation, evidence.finished
    if operation not in LOOKUPS or finished.error is not None or finished.cancelled:
        return
    entries = entries_of(evidence)
    new = [at for at, entry in enumerate(entries) if entry.is_new]
    paths = [entries[at].path for at in new]
    if operation == "findContactWithName":
        if new:
            text = "The name search lists Create new contact..., which it should not."
            yield found(Rule.CREATE_ENTRY_MISPLACED, "warning", text, *paths)
        return
    if len(new) > 1:
        text = f"Create new contact... is listed {len(new)} times."
        yield found(Rule.CREATE_ENTRY_MISPLACED, "warning", text, *paths)
    elif new and new[0] != len(entries) - 1:
        text = (
            f"Create new contact... is entry {new[0] + 1} of {len(entries)}; when it is first, "
            "it is chosen by default although there is a contact."
        )
        yield found(Rule.CREATE_ENTRY_MISPLACED, "warning", text, *paths)
    path, result = result_of(evidence)
    if not new and result.get("successful") is True and not evidence.is_extension:
        contacts = bool(entries)
        text = (
            "Contacts were found, but the list does not offer to create another."
            if contacts
            else "Nobody was found, and the list does not offer to create a contact."
        )
        yield found(Rule.CREATE_ENTRY_MISSING, "note" if contacts else "warning", text, path)


def _infos(entry: Entry, info: dict[Any, Any], types: set[str]) -> Iterator[tuple[str, Any, str]]:
    """Yield (const, value, path); a new contact's options may stand under a contact type."""
    for key, value in info.items():
        const = key if isinstance(key, str) else shown(key)
        if entry.is_new and isinstance(value, dict) and const.strip().casefold() in types:
            for inner, options in value.items():
                name = inner if isinstance(inner, str) else shown(inner)
                yield name, options, f".{const}.{name}"
        else:
            yield const, value, f".{const}"


def _is_options(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, list | tuple) and all(
        isinstance(option, dict)
        and is_id(option.get("const"))
        and isinstance(option.get("title"), str)
        for option in value
    )
