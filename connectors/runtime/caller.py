"""One operation as core runs it: the user prepared, the token fresh, the header made.

Sources: contact-flow 2.2, and 2.6 for what a failure becomes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from connectors.contract.hosting import Description, ErrorInfo, Reply
from connectors.contract.model import GetBasicAuthInput, OperationInput, User, from_wire, to_wire
from connectors.contract.operations import OPERATIONS
from connectors.runtime.results import StopError, is_open_ended, unexpected, what_of

Invoke = Callable[[str, dict[str, Any]], Awaitable[Reply]]
"""Runs one operation: production's name and the wire input."""


class Caller:
    """Runs operations for one user of one connector.

    Args:
        invoke: runs an operation of the connector.
        platform: the connector's name, for messages.
        description: authentication and operations of the connector.
        user: the connected user.
    """

    def __init__(self, invoke: Invoke, platform: str, description: Description, user: User) -> None:
        self._invoke = invoke
        self._platform = platform
        self._description = description
        self.user = user
        self._header: tuple[str, str] | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a user; kinds of authentication without a token need none."""
        needs_token = self._description.auth_type in ("apiKey", "oauth")
        return bool(self.user.access_token) or not needs_token

    @property
    def header(self) -> str:
        """The Authorization header made for the user's present token, empty before the first."""
        token, header = self._header or ("", "")
        return header if token == self.user.access_token else ""

    def renew(self, platform: str, description: Description) -> None:
        """Go on with another version of the connector; the user stays, the header is made anew."""
        self._platform = platform
        self._description = description
        self._header = None

    def apply_user_changes(self, changes: dict[str, Any]) -> tuple[str, ...]:
        """Take over changed fields of the user (camelCase) and return the keys that were refused.

        ``platformAdditionalInfo`` and ``userSettings`` are merged, other fields are replaced.
        """
        refused = []
        for key, value in changes.items():
            current = to_wire(self.user)
            if key not in current:
                refused.append(key)
                continue
            if isinstance(value, dict) and isinstance(current[key], dict):
                value = current[key] | value  # noqa: PLW2901
            try:
                self.user = from_wire(current | {key: value}, User)
            except msgspec.ValidationError:
                refused.append(key)
        return tuple(refused)

    async def call(self, operation: str, operation_input: OperationInput) -> Any:
        """Run an operation for the user; return the raw result.

        Raises:
            StopError: there is no such operation, or it failed; says whether a write is unknown.
        """
        if operation not in self._description.operations:
            raise StopError(
                ErrorInfo(
                    type="MissingOperationError",
                    message=f"The connector {self._platform} has no {operation}.",
                )
            )
        header = await self._auth_header()
        if "checkAndRefreshAccessToken" in self._description.operations:
            before = self.user.access_token
            await self._refresh(header)
            if self.user.access_token != before:
                header = await self._auth_header()
        prepared = msgspec.structs.replace(operation_input, user=self.user, auth_header=header)
        reply = await self._invoke(operation, to_wire(prepared))
        if reply.error:
            writes = OPERATIONS[operation].writes
            raise StopError(reply.error, unknown=writes and is_open_ended(reply.error))
        return reply.result

    async def _refresh(self, header: str) -> None:
        operation_input = to_wire(OperationInput(user=self.user, auth_header=header))
        reply = await self._invoke("checkAndRefreshAccessToken", operation_input)
        if reply.error:
            raise StopError(reply.error)
        if isinstance(reply.result, dict):
            self.apply_user_changes(reply.result)

    async def _auth_header(self) -> str:
        token = self.user.access_token
        if self._header is None or self._header[0] != token:
            self._header = token, await auth_header(self._invoke, self._description, token)
        return self._header[1]


async def auth_header(invoke: Invoke, description: Description, secret: str) -> str:
    """Return the header that a key or token becomes.

    A token becomes ``Bearer``, an API key ``Basic`` by the connector's own getBasicAuth; other
    kinds of authentication have none.

    Raises:
        StopError: getBasicAuth failed, or gave no text.
    """
    if description.auth_type == "oauth":
        return f"Bearer {secret}"
    if description.auth_type != "apiKey":
        return ""
    reply = await invoke("getBasicAuth", to_wire(GetBasicAuthInput(api_key=secret)))
    if reply.error:
        raise StopError(reply.error)
    if not isinstance(reply.result, str):
        raise unexpected(f"getBasicAuth gave {what_of(reply.result)} instead of a text", None)
    return f"Basic {reply.result}"
