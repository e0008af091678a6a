"""What core reads from a connector's result, whatever the connector returned."""

from __future__ import annotations

from typing import Any

from connectors.contract.hosting import ErrorInfo

_OPEN_ENDED_ERRORS = frozenset(
    {
        "ConnectorTimeoutError",
        "ConnectorExitedError",
        "OperationCancelledError",
        "ResultTooLargeError",
    }
)
_CUT_ERRORS = frozenset({"CrmUnavailableError", "AxiosError", "NetworkError"})
_GATEWAY_STATUSES = (502, 504)


class StopError(Exception):
    """The operation ends without a usable result; `unknown` says that it may have happened."""

    def __init__(self, error: ErrorInfo, returned: Any = None, *, unknown: bool = False) -> None:
        super().__init__(error.message)
        self.error = error
        self.returned = returned
        self.unknown = unknown


def is_open_ended(error: ErrorInfo) -> bool:
    """Return whether nobody knows if a write has reached the CRM and was done."""
    if error.type in _OPEN_ENDED_ERRORS or error.status in _GATEWAY_STATUSES:
        return True
    if error.type == "UnexpectedResponseError":
        # The CRM said yes in words that cannot be read: a second write would be a double.
        return error.status is None or 200 <= error.status < 300
    return error.type in _CUT_ERRORS and error.status is None


def as_record(returned: Any, *, writes: bool = False) -> dict[str, Any]:
    """Return the result as a dict; anything else would have thrown in production."""
    if not isinstance(returned, dict):
        # A connector that returns nothing has created nothing (contact-flow 2.4).
        happened = writes and returned is not None
        raise unexpected(
            f"it is {what_of(returned)} instead of an object", returned, writes=happened
        )
    return returned


def contacts_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return ``matchedContactInfo``; nothing counts as an empty list.

    Raises:
        StopError: it is no list, or holds something that is no contact.
    """
    contacts = result.get("matchedContactInfo")
    if contacts is None:
        return []
    if not isinstance(contacts, list | tuple):
        raise unexpected(f"matchedContactInfo is {what_of(contacts)} instead of a list", result)
    for contact in contacts:
        if not isinstance(contact, dict):
            raise unexpected(f"matchedContactInfo holds {what_of(contact)}", result)
    return list(contacts)


def log_id_of(result: dict[str, Any]) -> str | int | None:
    """Return the id of the written log, None when there is none.

    Raises:
        StopError: it is neither text nor a number.
    """
    log_id = result.get("logId")
    if log_id is None or (isinstance(log_id, str | int) and not isinstance(log_id, bool)):
        return log_id
    raise unexpected(f"logId is {what_of(log_id)}", result, writes=True)


def given(result: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return those of `keys` that the connector has set."""
    return {key: result[key] for key in keys if key in result}


def unreadable(what: str) -> ErrorInfo:
    """Return the error for a result that does not keep the contract."""
    return ErrorInfo(
        type="UnexpectedResultError",
        message=f"The connector's result cannot be used: {what}.",
    )


def unexpected(what: str, returned: Any, *, writes: bool = False) -> StopError:
    """Return what ends an operation whose result does not keep the contract."""
    return StopError(unreadable(what), returned, unknown=writes)


def what_of(value: Any) -> str:
    """Name a value in a few words."""
    if value is None:
        return "null"
    text = repr(value)
    kinds: dict[type, str] = {str: "the text", list: "the list", dict: "the object"}
    short = text if len(text) <= 60 else text[:57] + "..."
    return f"{kinds.get(type(value), 'the value')} {short}"


def keys_of(result: dict[str, Any]) -> str:
    """Name the keys of a result."""
    return ", ".join(str(key) for key in result) or "no keys at all"


def text_of(value: Any) -> str:
    """Return `value` when it is a text, else an empty text."""
    return value if isinstance(value, str) else ""
