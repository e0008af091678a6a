"""What App Connect's core does when a user connects (its routes ``/apiKeyLogin`` and OAuth's)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.contract.hosting import Description, ErrorInfo
from connectors.contract.model import GetUserInfoInput, User, from_wire, to_wire
from connectors.runtime.caller import Invoke, auth_header
from connectors.runtime.results import StopError, as_record, unexpected, what_of


@dataclass(frozen=True, slots=True)
class SignIn:
    """The end of an attempt to connect.

    Attributes:
        user: the connected user with its secrets; None when nobody is connected.
        name: the user's name in the CRM.
        message: the connector's words for the user, empty without any.
        return_message: these words as the connector sent them, None without any.
        error: why it failed, None when the connector itself said no or all went well.
    """

    user: User | None = None
    name: str = ""
    message: str = ""
    return_message: dict[str, Any] | None = None
    error: ErrorInfo | None = None


async def sign_in(invoke: Invoke, description: Description, given: User) -> SignIn:
    """Ask the connector whose key or token this is.

    A connector without getUserInfo takes the user as given.

    Args:
        invoke: runs one operation: production's name and the wire input.
        description: of the loaded connector.
        given: what the user entered: ``access_token`` is the key or token,
            ``platform_additional_info`` the other fields of the auth page.
    """
    if "getUserInfo" not in description.operations:
        return SignIn(user=given)
    try:
        header = await auth_header(invoke, description, given.access_token)
        asked = GetUserInfoInput(
            auth_header=header,
            hostname=given.hostname,
            api_key="" if description.auth_type == "oauth" else given.access_token,
            additional_info=dict(given.platform_additional_info or {}),
            platform=description.platform,
            query=dict(given.platform_additional_info or {}),
        )
        reply = await invoke("getUserInfo", to_wire(asked))
        if reply.error:
            return SignIn(error=reply.error)
        result = as_record(reply.result)
        told = result.get("returnMessage")
        told = told if isinstance(told, dict) else None
        message = str(told.get("message") or "") if told else ""
        info = result.get("platformUserInfo")
        if not result.get("successful"):
            return SignIn(
                message=message or "The connector did not connect, and gave no reason.",
                return_message=told,
            )
        if not isinstance(info, dict) or info.get("id") in (None, ""):
            raise unexpected(f"platformUserInfo is {what_of(info)} without an id", result)
        user = _user(given, info)
    except StopError as stop:
        return SignIn(error=stop.error)
    name = str(info.get("name") or "")
    return SignIn(user=user, name=name, message=message, return_message=told)


def _user(given: User, info: dict[str, Any]) -> User:
    kept = info.get("platformAdditionalInfo")
    key = info.get("overridingApiKey")
    changes = {
        "id": str(info["id"]),
        "accessToken": given.access_token if key is None else key,
        "timezoneName": info.get("timezoneName") or given.timezone_name,
        "timezoneOffset": info.get("timezoneOffset"),
        "platformAdditionalInfo": kept
        if isinstance(kept, dict)
        else to_wire(given)["platformAdditionalInfo"],
    }
    try:
        return from_wire(to_wire(given) | changes, User)
    except msgspec.ValidationError as error:
        raise unexpected(f"platformUserInfo has a wrong shape ({error})", info) from error
