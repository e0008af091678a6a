"""Rules that need earlier runs of the same connector."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.checks.finding import Finding, Rule, found
from app.checks.reading import LOOKUPS, Entry, contacts_of, is_same_account, shown
from app.evidence import Evidence
from connectors import phone

_CREATE = "createContact"
_INDEX_MS = 60_000.0


def check_id_types(evidence: Evidence, earlier: Sequence[Evidence]) -> Iterator[Finding]:
    """Lookup and create give ids of the same JSON type for contacts of the same type."""
    mine = evidence.started.operation
    if mine not in LOOKUPS | {_CREATE}:
        return
    wanted = LOOKUPS if mine == _CREATE else {_CREATE}
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    for run in earlier:
        if is_same_account(run, evidence) and run.started.operation in wanted:
            for entry in contacts_of(run):
                if entry.id_text:
                    where = f"run {run.started.run_id} {entry.path}.id"
                    seen[_kind(entry, run)].setdefault(_json_type(entry), where)
    told: set[str] = set()
    for entry in contacts_of(evidence):
        own = _kind(entry, evidence)
        others = _of_kind(seen, own)
        kind = _json_type(entry)
        if not entry.id_text or not others or kind in others or own in told:
            continue
        told.add(own)
        other, where = next(iter(others.items()))
        mine_word = "The create" if mine == _CREATE else "The lookup"
        their_word = "lookups return" if mine == _CREATE else "the create returned"
        text = (
            f"{mine_word} returned the id {shown(entry.id_text)} as {kind}, {their_word} {other}; "
            "compared with === they are different contacts."
        )
        yield found(Rule.CONTACT_ID_TYPE, "warning", text, f"{entry.path}.id", where)


def check_created_is_found(evidence: Evidence, earlier: Sequence[Evidence]) -> Iterator[Finding]:
    """A contact that was created is found by a fresh lookup of its number."""
    finished = evidence.finished
    if evidence.started.operation != "findContact" or finished.error or finished.cached:
        return
    if finished.cancelled or not evidence.number:
        return
    wanted = _number(evidence.number)
    before = sorted(
        (
            run
            for run in earlier
            if is_same_account(run, evidence)
            and run.started.at_ms < evidence.started.at_ms
            and _number(run.number) == wanted
        ),
        key=lambda run: run.started.at_ms,
    )
    found_ids = {entry.id_text for entry in contacts_of(evidence)}
    for at, run in enumerate(before):
        if run.started.operation != _CREATE:
            continue
        later = before[at + 1 :]
        for entry in contacts_of(run):
            if not entry.id_text or entry.id_text in found_ids:
                continue
            if any(_found(entry, other) for other in later):
                # It was found once: since then it has been deleted or changed, not misfiled.
                continue
            waited = evidence.started.at_ms - run.finished.at_ms
            soon = waited < _INDEX_MS
            why = " (the CRM's index may need a minute)" if soon else ""
            text = (
                f"{entry.called} was created with {shown(evidence.number)}, and the lookup "
                f"{max(waited, 0) / 1000:.0f} s later does not find it{why}."
            )
            yield found(
                Rule.CREATED_CONTACT_NOT_FOUND,
                "warning" if soon else "error",
                text,
                f"run {run.started.run_id} {entry.path}.id",
                *(exchange.id for exchange in evidence.exchanges),
            )


def check_created_id_is_new(evidence: Evidence, earlier: Sequence[Evidence]) -> Iterator[Finding]:
    """A create gives an id that no contact of another number has.

    The id of a contact of the same number is fine: some CRMs return the record that they have.
    """
    if evidence.started.operation != _CREATE or evidence.finished.error:
        return
    wanted = _number(evidence.number)
    for entry in contacts_of(evidence):
        own = _kind(entry, evidence)
        for run in earlier:
            other = _namesake(entry, own, run) if _is_another(run, evidence, wanted) else None
            if other is None:
                continue
            text = (
                f"{entry.called} got the id of {other.called}, who has {shown(run.number)}: "
                "calls of the one may be logged to the other."
            )
            where = f"run {run.started.run_id} {other.path}.id"
            yield found(Rule.CREATED_ID_REPEATED, "error", text, f"{entry.path}.id", where)
            break


def _is_another(run: Evidence, evidence: Evidence, wanted: str) -> bool:
    return (
        is_same_account(run, evidence)
        and run.started.operation in {_CREATE, "findContact"}
        and bool(run.number)
        and _number(run.number) != wanted
    )


def _namesake(created: Entry, kind: str, run: Evidence) -> Entry | None:
    """Return a contact of `run` with the same id and kind; a kind that is not told is any."""
    return next(
        (
            entry
            for entry in contacts_of(run)
            if entry.id_text
            and entry.id_text == created.id_text
            and (not kind or _kind(entry, run) in ("", kind))
        ),
        None,
    )


def _found(created: Entry, run: Evidence) -> bool:
    return run.started.operation == "findContact" and any(
        entry.id_text == created.id_text for entry in contacts_of(run)
    )


def _kind(entry: Entry, run: Evidence) -> str:
    """Return a contact's type; where a create leaves it out, the one that was asked for."""
    asked_for = run.started.input.get("newContactType")
    if entry.kind or run.started.operation != _CREATE or not isinstance(asked_for, str):
        return entry.kind
    return asked_for.strip().casefold()


def _of_kind(seen: Mapping[str, Mapping[str, str]], kind: str) -> Mapping[str, str]:
    """Return what was seen of a contact type; where there is none on one side, all types count."""
    if kind in seen:
        return seen[kind]
    if kind:
        return seen.get("", {})
    return {json_type: where for each in seen.values() for json_type, where in each.items()}


def _json_type(entry: Entry) -> str:
    return "text" if isinstance(entry.data.get("id"), str) else "a number"


def _number(text: str) -> str:
    return phone.parse(text).e164 or text.strip()
