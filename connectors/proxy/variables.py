"""What the templates of each operation may name (connectors.md 4.9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import phonenumbers
from msgspec import UNSET
from phonenumbers import NumberParseException, PhoneNumberFormat

from connectors.contract.model import User, to_wire
from connectors.proxy.template import js_text

COMMON = ("user", "authHeader", "apiKey", "secretKey")
USER_KEYS = (
    "accessToken", "id", "hostname", "timezoneName", "timezoneOffset", "platform",
    "platformAdditionalInfo", "refreshToken", "tokenExpiry",
)  # fmt: skip
RING_SENSE = (
    "ringSenseTranscript", "ringSenseSummary", "ringSenseAIScore", "ringSenseBulletedSummary",
    "ringSenseLink",
)  # fmt: skip
_LOGGED = (
    "note", "additionalSubmission", "aiNote", "transcript", "voicemailLink", "voicemailMessageId",
    "composedLogDetails", "hashedAccountId", "isFromSSCL", "subject", "startTime", "endTime",
    *RING_SENSE,
)  # fmt: skip
_MESSAGE = ("message", "additionalSubmission", "imageLink", "videoLink", "creationTime")
INPUTS: Mapping[str, tuple[str, ...]] = {
    "getUserInfo": ("additionalInfo", "hostname", "platform", "userEmail"),
    "getUserList": (),
    "unAuthorize": (),
    "findContact": ("phoneNumber", "parsedPhoneNumber", "overridingFormat", "isExtension"),
    "findContactWithName": ("name",),
    "createContact": ("phoneNumber", "newContactName", "newContactType", "additionalSubmission"),
    "createCallLog": ("contactInfo", "callLog", *_LOGGED),
    "getCallLog": ("thirdPartyLogId", "contactId"),
    "updateCallLog": (
        "thirdPartyLogId", "existingCallLog", "existingCallLogDetails", "recordingLink",
        "recordingDownloadLink", "duration", "result", "legs", *_LOGGED,
    ),
    "upsertCallDisposition": ("thirdPartyLogId", "existingCallLog", "dispositions"),
    "createMessageLog": (
        "contactInfo", "recordingLink", "faxDocLink", "faxDownloadLink", *_MESSAGE,
    ),
    "updateMessageLog": ("thirdPartyLogId", "contactInfo", "existingMessageLog", *_MESSAGE),
    "getLicenseStatus": ("userId", "platform"),
}  # fmt: skip
"""The variables of each operation beside :data:`COMMON`."""
OPTIONAL = frozenset(
    {*_LOGGED, *_MESSAGE, "newContactType", "overridingFormat", "recordingLink", "duration",
     "recordingDownloadLink", "result", "legs", "existingCallLogDetails", "dispositions",
     "callLog", "contactId", "userEmail", "authHeader"}
) - {"startTime", "endTime"}  # fmt: skip
"""Variables that may well be absent; an empty one is no surprise."""


def common_variables(
    user: User | None, inputs: Mapping[str, Any], auth_header: str, secret_key: str | None
) -> dict[str, Any]:
    """Return all variables of an operation.

    Args:
        user: the connected user, None before there is one; then ``apiKey`` is among `inputs`.
        inputs: the operation's own variables; None stands for one that was not given.
        auth_header: the header that core made.
        secret_key: the config's own.
    """
    given = {key: UNSET if value is None else value for key, value in inputs.items()}
    token = given.get("apiKey", "")
    shown: dict[str, Any] = {"accessToken": token}
    if user is not None:
        token = user.access_token
        row = to_wire(user)
        shown = {key: row.get(key, UNSET) for key in USER_KEYS} | {"id": user.id.split("-")[0]}
    return given | {
        "user": shown,
        "authHeader": auth_header or UNSET,
        "apiKey": token,
        "secretKey": UNSET if secret_key is None else secret_key,
    }


def parsed_phone_number(phone_number: str) -> dict[str, Any]:
    """Return the variable ``parsedPhoneNumber``: no region is assumed, the first blank is a ``+``.

    A number that can be parsed has all its spellings, even when it is not valid.
    """
    text = phone_number.replace(" ", "+", 1)
    try:
        number = phonenumbers.parse(text, None)
    except NumberParseException:
        return {"number": {"input": text}, "possible": False, "valid": False}
    kinds = {
        "international": PhoneNumberFormat.INTERNATIONAL,
        "national": PhoneNumberFormat.NATIONAL,
        "e164": PhoneNumberFormat.E164,
        "rfc3966": PhoneNumberFormat.RFC3966,
    }
    spelled = {name: phonenumbers.format_number(number, kind) for name, kind in kinds.items()}
    return {
        "number": {"input": text}
        | spelled
        | {"significant": phonenumbers.national_significant_number(number)},
        "regionCode": phonenumbers.region_code_for_number(number) or UNSET,
        "countryCode": number.country_code,
        "possible": phonenumbers.is_possible_number(number),
        "valid": phonenumbers.is_valid_number(number),
    }


def call_times(start_ms: float | None, duration: Any, now: datetime) -> dict[str, Any]:
    """Return ``startTime`` and ``endTime`` as UTC ISO texts.

    Without a start both are reckoned from `now`, as production's date library does; a duration
    that is no number ("pending") counts as 0.
    """
    begin: datetime | None = now
    if start_ms is not None:
        begin = _moment(start_ms)
    if begin is None:
        return {"startTime": None, "endTime": None}
    try:
        end = begin + timedelta(seconds=float(duration or 0))
    except (OverflowError, ValueError, TypeError):
        end = begin
    return {"startTime": iso_text(begin), "endTime": iso_text(end)}


def subject_of(call_log: Mapping[str, Any], contact_name: Any) -> str:
    """Return the title of a call log: the user's own, or one made of direction and name."""
    own = call_log.get("customSubject")
    if own is not None:
        return str(own)
    direction = call_log.get("direction")
    side = "to" if direction == "Outbound" else "from"
    return f"{direction} Call {side} {js_text(UNSET if contact_name is None else contact_name)}"


def given_only(value: Any) -> Any:
    """Return a typed part of the input as it was sent: keys that were not given are left out."""
    if not isinstance(value, dict):
        return value
    return {key: given_only(each) for key, each in value.items() if each is not None}


def iso_text(moment: datetime) -> str:
    """Return a UTC time with milliseconds, as JavaScript writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(since_1970_ms: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(since_1970_ms / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
