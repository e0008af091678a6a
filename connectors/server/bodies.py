"""What clients send: query values and JSON bodies, checked before anything else sees them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta
from starlette.requests import Request

from connectors.contract.model import CallParty, ContactId, Recording, Wire
from connectors.server.errors import Refusal

MAX_TEXT = 100_000
T = TypeVar("T")

Name = Annotated[str, Meta(max_length=255)]
SessionId = Annotated[str, Meta(min_length=1, max_length=255)]
"""Without one, every such call would be the same call: the second would not be logged."""
Line = Annotated[str, Meta(max_length=2000)]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Milliseconds = Annotated[int, Meta(ge=0, le=4_102_444_800_000)]
"""Since 1970, until 2100."""
Seconds = Annotated[float, Meta(ge=0, le=31_536_000)]
Fields = dict[str, Any]


class ApiKeyLogin(Wire, frozen=True, kw_only=True):
    """``POST /apiKeyLogin``: what the user entered on the manifest's page."""

    platform: Name = ""
    api_key: Line = ""
    hostname: Line = ""
    additional_info: Fields | None = None
    rc_access_token: Text | None = None


class NewContact(Wire, frozen=True, kw_only=True):
    """``POST /contact``."""

    phone_number: Name
    new_contact_name: Line = ""
    new_contact_type: Name | None = ""
    additional_submission: Fields | None = None


class LogInfo(Wire, frozen=True, kw_only=True):
    """A call as the extension knows it; what is not named here is passed over."""

    session_id: SessionId
    telephony_session_id: Name | None = None
    id: Name | None = None
    account_id: ContactId | None = None
    direction: Literal["Inbound", "Outbound"] = "Inbound"
    from_: CallParty = msgspec.field(name="from", default_factory=CallParty)
    to: CallParty = msgspec.field(default_factory=CallParty)
    start_time: Milliseconds = 0
    duration: Seconds | Name | None = 0
    result: Line | None = ""
    recording: Recording | None = None
    custom_subject: Line | None = None


class NewCallLog(Wire, frozen=True, kw_only=True):
    """``POST /callLog``."""

    log_info: LogInfo
    contact_id: ContactId | None = None
    contact_type: Name | None = None
    contact_name: Line | None = None
    note: Text | None = None
    ai_note: Text | None = None
    transcript: Text | None = None
    additional_submission: Fields | None = None


class ChangedCallLog(Wire, frozen=True, kw_only=True):
    """``PATCH /callLog``."""

    session_id: SessionId
    note: Text | None = None
    subject: Line | None = None
    start_time: Milliseconds | None = None
    duration: Seconds | Name | None = None
    result: Line | None = None
    recording_link: Line | None = None
    additional_submission: Fields | None = None


class Disposition(Wire, frozen=True, kw_only=True):
    """``PUT /callDisposition``."""

    session_id: SessionId
    dispositions: Fields | None = None


class ChangedSettings(Wire, frozen=True, kw_only=True):
    """``POST /user/settings``."""

    user_settings: Fields | None = None
    setting_keys_to_remove: tuple[Name, ...] | None = None


async def read_body(request: Request, kind: type[T]) -> T:
    """Return a request's JSON body.

    Raises:
        Refusal: it is no JSON, or has another shape; the sentence names the place.
    """
    content = await request.body()
    try:
        # Decoded twice, so that a NUL is found wherever it is; no database takes one.
        data = msgspec.json.decode(content or b"{}")
        if _has_nul(data):
            raise Refusal("The body has a NUL character in it.")
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise Refusal(f"The body has a wrong shape: {error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refusal(f"The body is not JSON: {str(error).rstrip('.')}.") from error


def query_text(request: Request, name: str, *, longest: int = 2000) -> str:
    """Return a query value, empty when it is missing.

    Raises:
        Refusal: it is too long, or has a NUL in it.
    """
    value = request.query_params.get(name, "")
    if len(value) > longest:
        raise Refusal(f"{name} is longer than {longest} characters.")
    if "\0" in value:
        raise Refusal(f"{name} has a NUL character in it.")
    return value


def _has_nul(data: Any) -> bool:
    if isinstance(data, str):
        return "\0" in data
    if isinstance(data, dict):
        return any("\0" in key or _has_nul(value) for key, value in data.items())
    return isinstance(data, list) and any(map(_has_nul, data))
