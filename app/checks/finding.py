"""What a check finds, and the rules there are. `docs/findings.md` has a section for each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Severity = Literal["error", "warning", "note"]
Proof = int | str


class Rule(StrEnum):
    """The rules, by the id that reports and documents use; ids never change."""

    RESULT_SHAPE = "result-shape"
    CONTACT_ID_MISSING = "contact-id-missing"
    CONTACT_ID_NOT_UNIQUE = "contact-id-not-unique"
    CONTACT_ID_TYPE = "contact-id-type"
    CONTACT_LISTED_TWICE = "contact-listed-twice"
    CONTACT_NAME_MISSING = "contact-name-missing"
    CONTACT_TYPE_MISSING = "contact-type-missing"
    CONTACT_TYPE_UNKNOWN = "contact-type-unknown"
    CREATED_DATE_MISSING = "created-date-missing"
    CREATED_DATE_UNREADABLE = "created-date-unreadable"
    ADDITIONAL_INFO_SHAPE = "additional-info-shape"
    ADDITIONAL_INFO_UNKNOWN = "additional-info-unknown"
    ADDITIONAL_INFO_UNFILLED = "additional-info-unfilled"
    CREATE_ENTRY_MISSING = "create-entry-missing"
    CREATE_ENTRY_MISPLACED = "create-entry-misplaced"
    MESSAGE_SHAPE = "message-shape"
    MESSAGE_UNTRUE = "message-untrue"
    ERROR_SWALLOWED = "error-swallowed"
    VALUE_UNESCAPED = "value-unescaped"
    VALUE_ENCODED_TWICE = "value-encoded-twice"
    REQUESTS_SEQUENTIAL = "requests-sequential"
    REQUEST_BUDGET = "request-budget"
    REQUEST_SLOW = "request-slow"
    CREATED_CONTACT_NOT_FOUND = "created-contact-not-found"
    CREATED_ID_REPEATED = "created-id-repeated"
    SECRET_PRINTED = "secret-printed"  # noqa: S105  the rule's id
    CONNECTOR_REPORTED = "connector-reported"


_MENDS: dict[Rule, str] = {
    Rule.RESULT_SHAPE: "Return an object with successful and the list matchedContactInfo, "
    "or contactInfo after a create.",
    Rule.CONTACT_ID_MISSING: "Set id to the record's id in the CRM; leave the entry out if the "
    "record has none.",
    Rule.CONTACT_ID_NOT_UNIQUE: "Put the kind of record in front of the id, for example lead-7, "
    "and take it off again where the id is used.",
    Rule.CONTACT_ID_TYPE: "Return the id as the same JSON type, text or number, from every "
    "operation.",
    Rule.CONTACT_LISTED_TWICE: "Keep the contacts in a map by type and id while the answers of "
    "fields and formats are put together.",
    Rule.CONTACT_NAME_MISSING: "Fall back to the company, the e-mail address or the number when "
    "the record has no name.",
    Rule.CONTACT_TYPE_MISSING: "Set type to one of the manifest's contactTypes values.",
    Rule.CONTACT_TYPE_UNKNOWN: "Use one vocabulary: return a value of the manifest's contactTypes, "
    "or add this one there.",
    Rule.CREATED_DATE_MISSING: "Set createdDate to the time at which the CRM created the record.",
    Rule.CREATED_DATE_UNREADABLE: "Send ISO 8601 with a time zone, for example "
    "2026-08-01T09:30:00Z.",
    Rule.ADDITIONAL_INFO_SHAPE: "Return an object keyed by the manifest field's const; a selection "
    "is a list of {const, title}.",
    Rule.ADDITIONAL_INFO_UNKNOWN: "Use the const of a field under page in the manifest, or add the "
    "field there.",
    Rule.ADDITIONAL_INFO_UNFILLED: "Fill additionalInfo under this const, with an empty list when "
    "there is nothing to choose, or take the field out of the manifest.",
    Rule.CREATE_ENTRY_MISSING: "Append the entry createNewContact with isNewContact: true.",
    Rule.CREATE_ENTRY_MISPLACED: "Append the entry once, after all contacts, and only in "
    "findContact.",
    Rule.MESSAGE_SHAPE: "Return {message, messageType, ttl, details?} with ttl in milliseconds.",
    Rule.MESSAGE_UNTRUE: "Count only contacts; without any leave returnMessage out: App Connect "
    "says so itself.",
    Rule.ERROR_SWALLOWED: "Let the failure be an error; report a failed extra with "
    "context.report().",
    Rule.VALUE_UNESCAPED: "Hand values to the HTTP client as parameters, and escape them for the "
    "query language inside.",
    Rule.VALUE_ENCODED_TWICE: "Encode the value once, where the URL is put together.",
    Rule.REQUESTS_SEQUENTIAL: "Start independent requests together, for example with "
    "asyncio.gather or Promise.all.",
    Rule.REQUEST_BUDGET: "Ask for several fields or spellings in one query, and stop at the first "
    "spelling that finds someone.",
    Rule.REQUEST_SLOW: "Ask for fewer fields and rows, search an indexed field, or find out from "
    "the CRM why it is slow.",
    Rule.CREATED_CONTACT_NOT_FOUND: "Store the phone in a field and a spelling that findContact "
    "searches.",
    Rule.CREATED_ID_REPEATED: "Return the id that the CRM gave to the new record.",
    Rule.SECRET_PRINTED: "Print what happened, never tokens, keys or whole headers.",
    Rule.CONNECTOR_REPORTED: "Look at the request that failed; the answer lacks this part until it "
    "works.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not keep the contract.

    Attributes:
        text: one sentence with the values concerned.
        proof: numbers are ids of exchanges; texts are JSON paths into the run: ``$.returned`` is
            what the connector returned, ``$.answer`` what core made of it, ``$.console[0]`` the
            first printed line; ``run 3 $...`` is the same in an earlier run.
        mend: one sentence that says what to do.
    """

    rule: Rule
    severity: Severity
    text: str
    proof: tuple[Proof, ...]
    mend: str


def found(rule: Rule, severity: Severity, text: str, *proof: Proof) -> Finding:
    """Return a finding with the advice of its rule."""
    return Finding(rule, severity, text, proof, _MENDS[rule])
