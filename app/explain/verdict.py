"""Why a lookup ended as it did: one sentence, a code, and the evidence it stands on.

The first failing stage decides: the input, the cache, the requests, the spellings, the CRM's
answer, what the connector made of it. `docs/verdicts.md` has a section per code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import phonenumbers

from app.evidence import Evidence
from app.explain.answers import failed, id_of, phones_of, too_large
from app.explain.compare import Match, compare
from app.explain.matrix import CellState, Matrix, match_matrix
from app.spans import span_text
from connectors import phone
from connectors.contract.exchange import Exchange


class VerdictCode(StrEnum):
    """The codes, as reports and documents use them; they never change."""

    FOUND = "FOUND"
    FOUND_BY_FORMAT = "FOUND_BY_FORMAT"
    MULTIPLE = "MULTIPLE"
    DUPLICATE_PERSON = "DUPLICATE_PERSON"
    WRONG_PERSON = "WRONG_PERSON"
    PARTIAL_FAILURE = "PARTIAL_FAILURE"
    CACHED = "CACHED"
    CANCELLED = "CANCELLED"
    EXTENSION_SKIPPED = "EXTENSION_SKIPPED"
    INVALID_NUMBER = "INVALID_NUMBER"
    AUTH = "AUTH"
    RATE_LIMIT = "RATE_LIMIT"
    TIMEOUT = "TIMEOUT"
    HTTP_ERROR = "HTTP_ERROR"
    HTTP_ERROR_MASKED = "HTTP_ERROR_MASKED"
    CONNECTOR_FAILED = "CONNECTOR_FAILED"
    SHAPE_MISMATCH = "SHAPE_MISMATCH"
    ANSWER_TOO_LARGE = "ANSWER_TOO_LARGE"
    NOTHING_ASKED = "NOTHING_ASKED"
    PLACEHOLDER_COUNT = "PLACEHOLDER_COUNT"
    CANDIDATE_DROPPED = "CANDIDATE_DROPPED"
    EMPTY_CRM_RESULT = "EMPTY_CRM_RESULT"
    WRONG_REGION = "WRONG_REGION"
    FORMAT_WHITESPACE = "FORMAT_WHITESPACE"
    NEGATIVE_CACHE = "NEGATIVE_CACHE"
    BEHIND_SERVER = "BEHIND_SERVER"
    # Only a probe of a known record can tell these.
    COMPARE_EXACT_NOT_SUFFIX = "COMPARE_EXACT_NOT_SUFFIX"
    INVISIBLE_CHARACTER = "INVISIBLE_CHARACTER"
    EXTENSION_TEXT = "EXTENSION_TEXT"
    STOPPED_EARLIER = "STOPPED_EARLIER"
    FIELD_NOT_SEARCHED = "FIELD_NOT_SEARCHED"
    OBJECT_NOT_SEARCHED = "OBJECT_NOT_SEARCHED"
    RECORD_FILTERED = "RECORD_FILTERED"
    INDEX_DELAY = "INDEX_DELAY"
    STALE_CACHE = "STALE_CACHE"
    OTHER_NUMBER = "OTHER_NUMBER"
    RECORD_NOT_FOUND = "RECORD_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of one lookup, explained.

    Attributes:
        text: one sentence for a person.
        exchanges: ids of the requests that show it.
        proven: False where the evidence leaves more than one explanation.
    """

    code: VerdictCode
    text: str
    exchanges: tuple[int, ...] = ()
    proven: bool = True


_AUTH_STATUSES = (401, 403)
_AUTH_ERRORS = ("NotConnectedError", "AuthenticationError")
_TIMEOUTS = ("ConnectorTimeoutError",)
_SHAPES = ("UnexpectedResultError", "UnserialisableResultError", "ResultTooLargeError")


def verdict_of(evidence: Evidence, matrix: Matrix | None = None) -> Verdict:
    """Explain one lookup.

    Args:
        evidence: a finished run of ``findContact``.
        matrix: its matrix, when it has been made already.
    """
    matrix = matrix or match_matrix(evidence)
    if evidence.finished.cancelled:
        return Verdict(VerdictCode.CANCELLED, "The lookup was cancelled before it ended.")
    return (
        _of_error(evidence)
        or (_of_contacts(evidence, matrix) if evidence.contacts else None)
        or (_of_server(evidence) if evidence.behind_server else None)
        or _of_input(evidence, matrix)
        or _of_hidden_failure(evidence, matrix)
        or _of_nobody(evidence, matrix)
    )


def size_text(exchange: Exchange) -> str:
    """Return how large an answer is that was not kept whole, to be said after its name."""
    size = exchange.response_body.size if exchange.response_body else 0
    return f"has {size:,} bytes, too many for the bench to keep whole"


def _of_error(evidence: Evidence) -> Verdict | None:
    error = evidence.finished.error
    if error is None:
        return None
    status, ids = error.status, _ids(x for x in evidence.exchanges if failed(x))
    said = error.message.strip() or error.type
    code = VerdictCode.CONNECTOR_FAILED
    if status in _AUTH_STATUSES or error.type in _AUTH_ERRORS:
        code = VerdictCode.AUTH
    elif status == 429:
        code = VerdictCode.RATE_LIMIT
    elif error.type in _TIMEOUTS:
        code = VerdictCode.TIMEOUT
    elif error.type in _SHAPES:
        code = VerdictCode.SHAPE_MISMATCH
    elif ids or (evidence.behind_server and status):
        code = VerdictCode.HTTP_ERROR
    return Verdict(code, said, ids)


def _of_contacts(evidence: Evidence, matrix: Matrix) -> Verdict:
    contacts = evidence.contacts
    names = _names(contacts)
    answered = zip(evidence.exchanges, matrix.records, strict=True)
    hits = _ids(x for x, records in answered if x.id in matrix.searched and records)
    stored = _stored_phones(contacts, matrix)
    stranger = next((each for each in contacts if _is_stranger(each, evidence, stored)), None)
    if stranger is not None:
        phones = ", ".join(stored[str(stranger.get("id"))])
        return Verdict(
            VerdictCode.WRONG_PERSON,
            f"{_name(stranger)} was returned for {evidence.number}, but has {phones}: another "
            "number, perhaps with the same ending.",
            hits,
        )
    if evidence.finished.cached:
        local = evidence.finished.cache_layer == "local"
        whose = "the extension's own cache" if local else "the account's cache"
        return Verdict(
            VerdictCode.CACHED,
            f"{names} came from {whose}{_age(evidence)}: the CRM was not asked. "
            "Refresh contact asks it, in case the record has changed since.",
        )
    broken = [x for x in evidence.exchanges if failed(x) and x.id in matrix.searched]
    if broken:
        return Verdict(
            VerdictCode.PARTIAL_FAILURE,
            f"{names} was found, but {_count(len(broken), 'search', 'searches')} failed "
            f"({_failure(broken[0])}): somebody else may be missing.",
            _ids(broken),
        )
    if _doubled(contacts):
        return Verdict(
            VerdictCode.DUPLICATE_PERSON, f"The same person is listed twice: {names}.", hits
        )
    if unread := [x for x in evidence.exchanges if too_large(x) and x.id in matrix.searched]:
        return Verdict(
            VerdictCode.MULTIPLE if len(contacts) > 1 else VerdictCode.FOUND,
            f"The connector returned {names}. The CRM's answer {size_text(unread[0])}: by which "
            "spelling it was found, and which number is stored, cannot be told.",
            _ids(unread),
            proven=False,
        )
    if len(contacts) > 1:
        return Verdict(
            VerdictCode.MULTIPLE,
            f"{len(contacts)} contacts have {evidence.number}: {names}.",
            hits,
        )
    by_format = [made for made in matrix.finders if made.format]
    if by_format and len(by_format) == len(matrix.finders):
        return Verdict(
            VerdictCode.FOUND_BY_FORMAT,
            f"{names} was found as {by_format[0].text}, by the format {by_format[0].format}; "
            "without it nobody would have been.",
            hits,
        )
    how = f" as {matrix.finders[0].text}" if matrix.finders else ""
    if not evidence.exchanges:
        how = ", and the connector sent no request: it has the answer from elsewhere"
    return Verdict(VerdictCode.FOUND, f"{names} was found{how}.", hits)


def _of_server(evidence: Evidence) -> Verdict | None:
    """Say what is known when a running server found nobody: not what it asked the CRM."""
    if evidence.finished.cached:
        return None  # The extension's own match: nobody was asked.
    said = evidence.finished.answer.get("returnMessage")
    words = str(said.get("message") or "") if isinstance(said, dict) else ""
    told = f' It says: "{words}".' if words else ""
    return Verdict(
        VerdictCode.BEHIND_SERVER,
        f"The server returned nobody for {evidence.number}.{told} Which spellings it asked the CRM "
        "for, and what the CRM answered, is not visible from here.",
        _ids(evidence.exchanges),
        proven=False,
    )


def _of_input(evidence: Evidence, matrix: Matrix) -> Verdict | None:
    if matrix.searched:
        return None
    if evidence.finished.cached:
        return Verdict(
            VerdictCode.NEGATIVE_CACHE,
            f"The extension remembers that nobody has {evidence.number}, for 7 "
            "days, and did not ask. Refresh contact asks again.",
        )
    if evidence.is_extension:
        return Verdict(
            VerdictCode.EXTENSION_SKIPPED,
            f"{evidence.number} was looked up as an extension; the connector searches for none.",
        )
    if not phone.parse(evidence.number).valid:
        if country := _country_in_front(evidence.number):
            return Verdict(
                VerdictCode.WRONG_REGION,
                f"{evidence.number} begins with {country} and goes on with a 0, which no number "
                "there does: the country code of another region was put in front of a national "
                "number.",
            )
        return Verdict(
            VerdictCode.INVALID_NUMBER,
            f"'{evidence.number[:40]}' is not a valid phone number, so the connector asked "
            "nothing: check the digits and the country code.",
        )
    return None


def _of_hidden_failure(evidence: Evidence, matrix: Matrix) -> Verdict | None:
    """Explain a failure that the connector has turned into "no match"."""
    broken = [x for x in evidence.exchanges if failed(x) and x.id in matrix.searched]
    if not broken:
        return None
    statuses = {x.status for x in broken}
    code = VerdictCode.HTTP_ERROR_MASKED
    if 429 in statuses:
        code = VerdictCode.RATE_LIMIT
    elif statuses & set(_AUTH_STATUSES):
        code = VerdictCode.AUTH
    return Verdict(
        code,
        f"The CRM did not say that nobody has {evidence.number}: {_failure(broken[0])}, and the "
        'connector turned that into "no match".',
        _ids(broken),
    )


def _of_nobody(evidence: Evidence, matrix: Matrix) -> Verdict:
    searched = matrix.searched
    hits = sum(cell.hits for cell in matrix.cells.values() if cell.state is CellState.HITS)
    if hits:
        return Verdict(
            VerdictCode.SHAPE_MISMATCH,
            f"The CRM answered with {_count(hits, 'record', 'records')}, but the connector "
            "returned nobody: it reads the answer from another place, or leaves these records out.",
            searched,
        )
    if unread := [x for x in evidence.exchanges if too_large(x) and x.id in searched]:
        return Verdict(
            VerdictCode.ANSWER_TOO_LARGE,
            f"The connector returned nobody for {evidence.number}. The CRM's answer "
            f"{size_text(unread[0])}: whether the record is in it cannot be told.",
            _ids(unread),
            proven=False,
        )
    if not evidence.exchanges:
        return Verdict(
            VerdictCode.NOTHING_ASKED,
            f"The connector returned nobody for {evidence.number} and sent no request: it has data "
            "of its own, or stopped before its first search. Its console and its code tell.",
        )
    if not searched:
        return Verdict(
            VerdictCode.NOTHING_ASKED,
            f"The connector returned nobody, and none of its "
            f"{_count(len(evidence.exchanges), 'request', 'requests')} searched for "
            f"{evidence.number}: look at its code and its console.",
            _ids(evidence.exchanges),
        )
    padded = [made for made in matrix.candidates if made.asked and made.text != made.text.strip()]
    if padded:
        return Verdict(
            VerdictCode.FORMAT_WHITESPACE,
            f"{_asked_text(matrix)} found nobody, and '{padded[0].text}' was asked with blanks at "
            "its ends, which no stored number has: take them out of the format.",
            searched,
            proven=False,
        )
    dropped = [made for made in matrix.candidates if made.skipped]
    if dropped:
        few = dropped[0].skipped == phone.PLACEHOLDER_COUNT
        return Verdict(
            VerdictCode.PLACEHOLDER_COUNT if few else VerdictCode.CANDIDATE_DROPPED,
            f"{_asked_text(matrix)} found nobody, and the format '{dropped[0].format}' was not "
            f"tried: {dropped[0].reason}.",
            searched,
            proven=False,
        )
    return Verdict(
        VerdictCode.EMPTY_CRM_RESULT,
        f"{_asked_text(matrix)} found nobody. If the record exists, it is stored in another "
        "spelling or field, left out by a filter, or not yet searchable.",
        searched,
        proven=False,
    )


def _asked_text(matrix: Matrix) -> str:
    spellings = [made.text for made in matrix.candidates if made.asked]
    shown = ", ".join(spellings[:3]) + (", ..." if len(spellings) > 3 else "")
    return f"{shown} in {_count(len(matrix.columns), 'field', 'fields')}"


def _is_stranger(
    contact: dict[str, Any], evidence: Evidence, stored: Mapping[str, Sequence[str]]
) -> bool:
    """Tell whether all that is known of a contact's phones belongs to another number."""
    if not phone.parse(evidence.number).valid:
        return False
    phones = stored[str(contact.get("id"))]
    matches = {compare(text, evidence.number).match for text in phones}
    return bool(matches) and matches <= {Match.NO_MATCH}


def _stored_phones(contacts: Sequence[dict[str, Any]], matrix: Matrix) -> dict[str, list[str]]:
    """Return the phones of each contact: the CRM's, else the one that the connector returned."""
    found: dict[str, dict[str, None]] = {str(contact.get("id")): {} for contact in contacts}
    for record in (record for records in matrix.records for record in records or ()):
        texts = found.get(id_of(record))
        if texts is not None:
            texts.update((text, None) for _path, text in phones_of(record))
    for contact in contacts:
        own = contact.get("phone") or contact.get("phoneNumber")
        texts = found[str(contact.get("id"))]
        # Some connectors return the number that was asked for, which proves nothing.
        if isinstance(own, str) and own and not texts:
            texts[own] = None
    return {contact_id: list(texts) for contact_id, texts in found.items()}


def _doubled(contacts: Sequence[dict[str, Any]]) -> bool:
    keys = [(str(each.get("id")), str(each.get("type"))) for each in contacts]
    people = [(_name(each).casefold(), str(each.get("phone"))) for each in contacts]
    return len(set(keys)) < len(keys) or len(set(people)) < len(people)


def _failure(exchange: Exchange) -> str:
    if exchange.status is None:
        return f"a request got no answer ({exchange.error or 'it was cut off'})"
    return f"it answered {exchange.status}"


def _names(contacts: Sequence[dict[str, Any]]) -> str:
    shown = ", ".join(_name(each) for each in contacts[:3])
    return shown + (f" and {len(contacts) - 3} more" if len(contacts) > 3 else "")


def _name(contact: dict[str, Any]) -> str:
    return str(contact.get("name") or f"record {contact.get('id')}")


def _age(evidence: Evidence) -> str:
    age = evidence.finished.cache_age_s
    return "" if age is None else f", {span_text(age)} old"


def _country_in_front(number: str) -> str:
    """Return the country code when a national number with its trunk zero follows it."""
    for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE, reverse=True):
        if number.startswith(f"+{code}"):
            region = phonenumbers.region_code_for_country_code(code)
            metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
            trunk = metadata.national_prefix if metadata is not None else None
            national = number.removeprefix(f"+{code}")
            return f"+{code}" if trunk != "0" and national.startswith("0") else ""
    return ""


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _ids(exchanges: Any) -> tuple[int, ...]:
    return tuple(exchange.id for exchange in exchanges)
