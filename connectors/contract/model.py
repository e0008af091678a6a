"""What goes into a connector and what comes out of it.

Field names and shapes are production's (``contact-flow.md`` sections 2.2 to 2.5): camelCase on the
wire, snake_case in Python. ``UNSET`` leaves a key out; ``None`` sends ``null``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

ContactId = str | int
MessageType = Literal["success", "info", "warning", "error", "danger"]

NEW_CONTACT_ID = "createNewContact"
NEW_CONTACT_NAME = "Create new contact..."

T = TypeVar("T")


class Wire(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A frozen value with production's spelling on the wire."""


def to_wire(value: Any) -> Any:
    """Return `value` as plain JSON data (dict, list, text, number, bool, None)."""
    return msgspec.to_builtins(value, str_keys=True)


def from_wire(data: Any, kind: type[T]) -> T:
    """Read plain JSON data as `kind`.

    Raises:
        msgspec.ValidationError: the data does not have that shape; the message names the key.
    """
    return msgspec.convert(data, kind, strict=False)


class DetailItem(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """One line of a message's details."""

    text: str
    id: ContactId = "1"
    type: str = "text"


class Detail(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """A titled block of details under a message."""

    title: str
    items: tuple[DetailItem, ...] = ()


class ReturnMessage(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """What the user is told. ``ttl`` is in milliseconds."""

    message: str
    message_type: MessageType = msgspec.field(default="success")
    ttl: int = 3000
    details: tuple[Detail, ...] | UnsetType | None = UNSET


class User(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """The connected CRM user, as production's ``users`` row.

    ``id`` is ``<crm id>-<platform>``. ``user_settings`` maps a manifest setting id to
    ``{value, customizable}``. ``token_expiry`` is an ISO date and time.
    """

    id: str = ""
    platform: str = ""
    hostname: str = ""
    timezone_name: str = ""
    timezone_offset: str | float | None = None
    access_token: str = ""
    refresh_token: str = ""
    token_expiry: str | float | None = None
    rc_account_id: str | None = None
    platform_additional_info: Mapping[str, Any] | None = None
    user_settings: Mapping[str, Any] | None = None

    def info(self, key: str, default: Any = None) -> Any:
        """Return one value of ``platform_additional_info``."""
        return (self.platform_additional_info or {}).get(key, default)

    def setting(self, item_id: str, default: Any = None) -> Any:
        """Return the value of a manifest setting, or `default` when it is unset."""
        entry = (self.user_settings or {}).get(item_id)
        value = entry.get("value") if isinstance(entry, Mapping) else None
        return default if value is None else value


class Contact(Wire, frozen=True, kw_only=True):
    """One entry of ``matchedContactInfo``, or the created contact.

    ``additional_info`` is keyed by the manifest field's const; option lists are
    ``[{const, title, description?}]``.
    """

    id: ContactId
    name: str
    phone: str | UnsetType | None = UNSET
    type: str | UnsetType | None = UNSET
    title: str | UnsetType | None = UNSET
    company: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    organization: str | UnsetType | None = UNSET
    created_date: str | int | float | UnsetType | None = UNSET
    most_recent_activity_date: str | int | float | UnsetType | None = UNSET
    additional_info: dict[str, Any] | UnsetType | None = UNSET
    is_new_contact: bool = False
    default_contact_type: str | UnsetType | None = UNSET


def new_contact_entry(
    additional_info: dict[str, Any] | None = None,
    default_contact_type: str | UnsetType = UNSET,
) -> Contact:
    """Return the pseudo-entry "Create new contact..." that ends a list of matches."""
    return Contact(
        id=NEW_CONTACT_ID,
        name=NEW_CONTACT_NAME,
        additional_info=additional_info,
        is_new_contact=True,
        default_contact_type=default_contact_type,
    )


class CallParty(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """One side of a call."""

    phone_number: str | None = None
    extension_number: str | None = None
    name: str | None = None


class Recording(Wire, frozen=True, kw_only=True):
    """A call's recording."""

    link: str | None = None


class CallLog(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """A finished call. ``start_time`` is in ms since 1970, ``duration`` in seconds or "pending"."""

    session_id: str
    telephony_session_id: str | None = None
    id: str | None = None
    direction: Literal["Inbound", "Outbound"] = msgspec.field(default="Inbound")
    from_: CallParty = msgspec.field(name="from", default_factory=CallParty)
    to: CallParty = msgspec.field(default_factory=CallParty)
    start_time: int = 0
    duration: int | float | str = 0
    result: str = ""
    recording: Recording | None = None
    custom_subject: str | None = None
    account_id: str | None = None


class OperationInput(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """What every operation receives."""

    user: User = msgspec.field(default_factory=User)
    auth_header: str = ""
    proxy_config: dict[str, Any] | None = None


class GetBasicAuthInput(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``getBasicAuth``."""

    api_key: str = ""


class GetUserInfoInput(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``getUserInfo``: what the user typed on the manifest's auth page."""

    auth_header: str = ""
    hostname: str = ""
    api_key: str = ""
    additional_info: dict[str, Any] | None = None
    platform: str = ""
    query: dict[str, Any] | None = None


class FindContactInput(OperationInput, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``findContact``.

    ``overriding_format`` is one text, formats joined by commas. ``is_extension`` is the text
    ``'true'`` or ``'false'`` (section 2.3).
    """

    phone_number: str = ""
    overriding_format: str | None = ""
    is_extension: str | bool = "false"
    is_force_refresh_account_data: bool = False

    @property
    def formats(self) -> tuple[str, ...]:
        """The user's formats, in order, unset ones left out."""
        text = self.overriding_format or ""
        return tuple(text.split(",")) if text else ()

    @property
    def extension(self) -> bool:
        """Whether the number is an internal extension."""
        return self.is_extension is True or self.is_extension == "true"


class FindContactWithNameInput(OperationInput, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``findContactWithName``."""

    name: str = ""


class GetContactInput(OperationInput, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``getContact``: one record by its id; the type may be empty."""

    contact_id: ContactId = ""
    contact_type: str = ""


class CreateContactInput(OperationInput, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``createContact``; ``new_contact_type`` may be empty."""

    phone_number: str = ""
    new_contact_name: str = ""
    new_contact_type: str | None = ""
    additional_submission: dict[str, Any] | None = None


class CallContact(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """The contact that a call is logged to (``phoneNumber``, not ``phone``)."""

    id: ContactId
    phone_number: str | None = None
    type: str | None = None
    name: str | None = None


class CreateCallLogInput(OperationInput, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``createCallLog``."""

    contact_info: CallContact
    call_log: CallLog
    note: str | None = ""
    additional_submission: dict[str, Any] | None = None
    ai_note: str | None = None
    transcript: str | None = None
    composed_log_details: str | None = ""
    hashed_account_id: str | None = None
    is_from_sscl: bool = msgspec.field(name="isFromSSCL", default=False)
    voicemail_link: str | None = None
    voicemail_message_id: ContactId | None = None
    ring_sense_transcript: str | None = None
    ring_sense_summary: str | None = None
    ring_sense_ai_score: str | None = msgspec.field(name="ringSenseAIScore", default=None)
    ring_sense_bulleted_summary: str | None = None
    ring_sense_link: str | None = None


class GetCallLogInput(OperationInput, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``getCallLog``; ``call_log_id`` is the id that ``createCallLog`` returned."""

    call_log_id: ContactId = ""
    telephony_session_id: str | None = None
    contact_id: ContactId | None = None


class ExistingCallLog(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """Core's record of a logged call."""

    third_party_log_id: ContactId
    id: str | None = None
    session_id: str | None = None
    contact_id: ContactId | None = None


class UpdateCallLogInput(OperationInput, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``updateCallLog``."""

    existing_call_log: ExistingCallLog
    existing_call_log_details: dict[str, Any] | None = None
    recording_link: str | None = None
    subject: str | None = None
    note: str | None = None
    start_time: int | None = None
    duration: int | float | None = None
    result: str | None = None
    additional_submission: dict[str, Any] | None = None
    composed_log_details: str | None = ""
    hashed_account_id: str | None = None
    is_from_sscl: bool = msgspec.field(name="isFromSSCL", default=False)
    ai_note: str | None = None
    transcript: str | None = None
    legs: list[Any] | None = None
    recording_download_link: str | None = None
    voicemail_link: str | None = None
    voicemail_message_id: ContactId | None = None
    ring_sense_transcript: str | None = None
    ring_sense_summary: str | None = None
    ring_sense_ai_score: str | None = msgspec.field(name="ringSenseAIScore", default=None)
    ring_sense_bulleted_summary: str | None = None
    ring_sense_link: str | None = None


class UpsertCallDispositionInput(OperationInput, frozen=True, kw_only=True, omit_defaults=False):
    """Input of ``upsertCallDisposition``."""

    existing_call_log: ExistingCallLog
    dispositions: dict[str, Any] | None = None


class UserInfo(Wire, frozen=True, kw_only=True):
    """Who is connected."""

    id: ContactId
    name: str = ""
    timezone_name: str = ""
    timezone_offset: str | float | None = None
    platform_additional_info: dict[str, Any] | None = None


class Result(Wire, frozen=True, kw_only=True):
    """What every operation may return beside its own part."""

    return_message: ReturnMessage | UnsetType | None = UNSET
    extra_data_tracking: dict[str, Any] | UnsetType | None = UNSET


class GetUserInfoResult(Result, frozen=True, kw_only=True, omit_defaults=False):
    """Result of ``getUserInfo``."""

    successful: bool
    platform_user_info: UserInfo | UnsetType | None = UNSET


class FindContactResult(Result, frozen=True, kw_only=True, omit_defaults=False):
    """Result of ``findContact`` and ``findContactWithName``."""

    successful: bool
    matched_contact_info: tuple[Contact, ...] | None = None


class GetContactResult(Result, frozen=True, kw_only=True, omit_defaults=False):
    """Result of ``getContact``; None means that the CRM has no such record."""

    contact_info: Contact | None = None


class CreateContactResult(Result, frozen=True, kw_only=True, omit_defaults=False):
    """Result of ``createContact``; None means that nothing was created."""

    contact_info: Contact | None = None


class CreateCallLogResult(Result, frozen=True, kw_only=True, omit_defaults=False):
    """Result of ``createCallLog``; without a ``log_id`` core calls it a failure."""

    log_id: ContactId | None = None


class CallLogInfo(Wire, frozen=True, kw_only=True):
    """A call log as the CRM has it."""

    subject: str = ""
    note: str = ""
    full_body: str | UnsetType | None = UNSET
    full_log_response: Any = UNSET
    contact_name: str | UnsetType | None = UNSET
    dispositions: dict[str, Any] | UnsetType | None = UNSET


class GetCallLogResult(Result, frozen=True, kw_only=True, omit_defaults=False):
    """Result of ``getCallLog``."""

    call_log_info: CallLogInfo | None = None


class UpdateCallLogResult(Result, frozen=True, kw_only=True, omit_defaults=False):
    """Result of ``updateCallLog``."""

    updated_note: str = ""


class UpsertCallDispositionResult(Result, frozen=True, kw_only=True, omit_defaults=False):
    """Result of ``upsertCallDisposition``."""

    log_id: ContactId | None = None
