"""The operations of a connector: production's name, the Python method, and the input's type."""

from __future__ import annotations

from typing import NamedTuple

from connectors.contract import model


class Operation(NamedTuple):
    """One operation.

    Attributes:
        name: as production names it (``findContact``).
        method: the Python connector's method.
        input: type of its argument, None when it takes none.
        writes: whether it changes the CRM; such an operation is never repeated by itself.
    """

    name: str
    method: str
    input: type[model.Wire] | None
    writes: bool = False


_ALL = (
    Operation("getAuthType", "get_auth_type", None),
    Operation("getLogFormatType", "get_log_format_type", None),
    Operation("getBasicAuth", "get_basic_auth", model.GetBasicAuthInput),
    Operation("getUserInfo", "get_user_info", model.GetUserInfoInput),
    Operation("checkAndRefreshAccessToken", "refresh_session", model.OperationInput),
    Operation("findContact", "find_contact", model.FindContactInput),
    Operation("findContactWithName", "find_contact_with_name", model.FindContactWithNameInput),
    # Ours, so that a probe can read the record that should have been found.
    Operation("getContact", "get_contact", model.GetContactInput),
    Operation("createContact", "create_contact", model.CreateContactInput, writes=True),
    Operation("createCallLog", "create_call_log", model.CreateCallLogInput, writes=True),
    Operation("getCallLog", "get_call_log", model.GetCallLogInput),
    Operation("updateCallLog", "update_call_log", model.UpdateCallLogInput, writes=True),
    Operation(
        "upsertCallDisposition",
        "upsert_call_disposition",
        model.UpsertCallDispositionInput,
        writes=True,
    ),
    Operation("unAuthorize", "unauthorize", model.OperationInput, writes=True),
)

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _ALL}
"""Every operation by production's name."""
