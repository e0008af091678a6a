"""A record that somebody knows, as the CRM shows it, and its stored phones against a lookup's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import phonenumbers

from app.evidence import Evidence
from app.explain.answers import Record, leaves_of, phones_of, record_with_id
from app.explain.compare import Alignment, Comparison, Match, align, compare, parse_loosely
from app.explain.learn import format_with_places
from app.explain.matrix import Matrix
from app.explain.searches import digits, object_of, spells
from connectors import phone

STORED = "stored"
"""The field's name of a text that was pasted, of which no more is known."""

_NEAR = {Match.EXACT, Match.NSN, Match.SHORT_NSN}
_GONE_FLAG = re.compile(r"(?i)(?:^|\.)(?:is)?_?(converted|deleted|archived|closed|inactive)$")
_GONE_WORDS = frozenset({"converted", "deleted", "archived", "archive", "closed", "inactive"})
_CHANGED = re.compile(r"(?i)(creat|updat|modif|added|changed)")


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """The record that should match.

    Attributes:
        contact: it in wire shape, None when only its stored phone is known.
        object: the CRM's name of its kind, as requests spell it; empty when unknown.
        phones: (field, text) of all its phones.
        raw: it as the CRM answered.
    """

    contact: dict[str, Any] | None
    object: str = ""
    phones: tuple[tuple[str, str], ...] = ()
    raw: Record = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Its id and type, comparable with those of a lookup's contacts."""
        return _key(self.contact or {})

    @property
    def name(self) -> str:
        """Its name for a sentence."""
        contact = self.contact or {}
        return str(contact.get("name") or (f"record {contact['id']}" if contact else "the record"))


@dataclass(frozen=True, slots=True)
class StoredPhone:
    """One stored phone against the number and the spellings.

    Attributes:
        near: whether the text means the number, whatever else stands in it.
        spelling: the spelling that comes nearest to it; empty when there is none.
        alignment: the text beside that spelling.
    """

    field: str
    text: str
    comparison: Comparison
    near: bool
    spelling: str = ""
    alignment: Alignment | None = None


def known_record(contact: dict[str, Any], evidence: Evidence, number: str = "") -> KnownRecord:
    """Return a contact together with what the CRM's answers show of it.

    Args:
        contact: from a search by name or a read by id.
        evidence: that run.
        number: the number in question; fields that spell it are phones, whatever their name.
    """
    wanted = str(contact.get("id"))
    for exchange in evidence.exchanges:
        record = record_with_id(exchange, wanted)
        if record is None:
            continue
        listed = phones_of(record)
        listed += [each for each in leaves_of(record) if number and spells(each[1], number)]
        return KnownRecord(contact, object_of(exchange.url), tuple(dict.fromkeys(listed)), record)
    own = contact.get("phone") or contact.get("phoneNumber")
    return KnownRecord(contact, phones=(("phone", own),) if isinstance(own, str) and own else ())


def lists(evidence: Evidence, known: KnownRecord) -> bool:
    """Tell whether a lookup answered with the record; kinds count only where both name one."""
    wanted_id, wanted_type = known.key
    return any(
        each_id == wanted_id and (not wanted_type or not each_type or each_type == wanted_type)
        for each_id, each_type in map(_key, evidence.contacts)
    )


def stored_phones(
    known: KnownRecord, evidence: Evidence, matrix: Matrix
) -> tuple[StoredPhone, ...]:
    """Compare each stored phone with the number and with the spellings of a lookup."""
    spellings = [made.text for made in matrix.candidates if not made.skipped]
    listed = []
    for name, text in known.phones:
        aligned = [(each, align(text, each)) for each in spellings]
        spelling, alignment = max(aligned, key=lambda each: each[1].ratio, default=("", None))
        compared = compare(text, evidence.number)
        near = means(text, evidence.number)
        listed.append(StoredPhone(name, text, compared, near, spelling, alignment))
    return tuple(listed)


def means(stored: str, number: str) -> bool:
    """Tell whether a stored text means the number, whatever else stands in it."""
    nsn = phone.parse(number).national_significant_number
    held = nsn is not None and nsn in digits(stored) and not same_but_country(stored, number)
    return held or compare(stored, number).match in _NEAR


def format_of(stored: str, number: str) -> str | None:
    """Return the phone format that spells `number` exactly as it is stored; None without one.

    A format cannot hold a comma, because formats travel comma-joined (contact-flow 3.1).
    """
    parsed = phone.parse(number)
    nsn = parsed.national_significant_number
    if nsn is None or "," in stored:
        return None
    made = format_with_places(stored, len(nsn))
    spelled = phone.apply_format(parsed, made)
    return made if spelled.status == "ok" and spelled.text == stored else None


def same_but_country(stored: str, number: str) -> bool:
    """Tell whether a stored text is the same national number in another country."""
    wanted = parse_loosely(number, None)
    found = parse_loosely(stored, phone.parse(number).region)
    return (
        wanted is not None
        and found is not None
        and found.country_code != wanted.country_code
        and phonenumbers.national_significant_number(found)
        == phonenumbers.national_significant_number(wanted)
    )


def gone(record: Record) -> str:
    """Return the word by which a record is marked as gone, empty for a living one."""
    for path, value in leaves_of(record, flags=True):
        flag = _GONE_FLAG.search(path)
        if flag and value.lower() in {"true", "1"}:
            return flag[1].lower()
        last = path.rpartition(".")[2].lower()
        if last in {"status", "state", "stage"} and value.strip().lower() in _GONE_WORDS:
            return value.strip().lower()
    return ""


def changed_at(record: Record) -> float | None:
    """Return when a record was created or changed last, in seconds since 1970."""
    moments = [
        moment
        for path, text in leaves_of(record)
        if _CHANGED.search(path) and (moment := _moment(text)) is not None
    ]
    return max(moments, default=None)


def _moment(text: str) -> float | None:
    if re.fullmatch(r"1\d{9}(\d{3})?", text):
        return float(text) / (1000 if len(text) == 13 else 1)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    # A CRM's time without a zone is UTC in every API that the bench knows.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _key(contact: dict[str, Any]) -> tuple[str, str]:
    return str(contact.get("id", "")), str(contact.get("type") or "").lower()
