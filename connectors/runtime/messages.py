"""What core tells the user when a connector is silent or fails (contact-flow 2.3 to 2.6)."""

from __future__ import annotations

from typing import Any, NamedTuple


class _Failure(NamedTuple):
    """The words of an operation's own failure."""

    message: str
    advice: str


_FAILURES = {
    "findContact": _Failure(
        "Error finding contact",
        "Please check if your account has permission to GET contacts.",
    ),
    "findContactWithName": _Failure(
        "Error searching contacts",
        "Please check if your account has permission to GET contacts.",
    ),
    "createContact": _Failure(
        "Error creating contact",
        "Please check if your account has permission to CREATE contacts.",
    ),
    "createCallLog": _Failure(
        "Error creating call log",
        "Please check if your account has permission to CREATE logs.",
    ),
    "updateCallLog": _Failure(
        "Error updating call log",
        "Please check if the log entity still exists on {platform} "
        "and your account has permission to EDIT logs.",
    ),
    "getCallLog": _Failure(
        "Error getting call log",
        "Please check if your account has permission to READ logs.",
    ),
}


def message(
    text: str,
    message_type: str = "warning",
    ttl: int = 5000,
    details: str = "",
    item_id: str | int = "1",
) -> dict[str, Any]:
    """Return a ``returnMessage`` in production's shape; `ttl` is in ms."""
    result: dict[str, Any] = {"message": text, "messageType": message_type, "ttl": ttl}
    if details:
        result["details"] = [
            {"title": "Details", "items": [{"id": item_id, "type": "text", "text": details}]}
        ]
    return result


def contact_not_found(number: str, platform: str) -> dict[str, Any]:
    """Return the message for a lookup without matches (contact-flow 2.3)."""
    return message(
        "Contact not found",
        details=(
            f"A contact with the phone number {number} could not be found "
            f"in your {platform} account."
        ),
    )


def name_not_found(name: str) -> dict[str, Any]:
    """Return the message for a name search without matches; the trailing blank is production's."""
    return message(f"No contact found with name {name} ")


def existing_log(session_id: str) -> dict[str, Any]:
    """Return the message for a call that is logged already (contact-flow 1.6)."""
    return message(f"Existing log for session {session_id}", ttl=3000)


def no_contact_to_log(number: str) -> dict[str, Any]:
    """Return the message for a call log without a usable contact id (contact-flow 1.6)."""
    return message(f"Contact not found for number {number}")


def failure(operation: str, status: int | None, platform: str) -> dict[str, Any]:
    """Return what production shows for a failed operation (contact-flow 2.6).

    A 404 or a validation 400 tells the user to connect again, as production does.

    Args:
        operation: production's name, such as ``findContact``.
        status: the CRM's HTTP status, None when there was no answer.
        platform: the CRM's name as the user reads it.
    """
    if status == 429:
        return message(
            "Rate limit exceeded",
            details=(
                f"You have exceeded the maximum number of requests allowed by {platform}. "
                "Please try again in the next minute. "
                "If the problem persists please contact support."
            ),
        )
    if status is not None and 400 <= status < 410:
        return message(
            "Authorization error",
            details=(
                f"It seems like there's something wrong with your authorization of {platform}. "
                f"Please Logout and then Connect your {platform} account within this extension."
            ),
        )
    words = _FAILURES.get(
        operation,
        _Failure(
            f"Error performing {operation}",
            "Please check if your account has the necessary permissions.",
        ),
    )
    # Item ids are numbers here and text everywhere else, as production sends them.
    return message(words.message, details=words.advice.format(platform=platform), item_id=1)
