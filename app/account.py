"""Signing in to a CRM account: what was entered, and whose account the connector says it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from app.connections import SECRET_KEYS, Connection, secrets_of
from connectors.contract.hosting import ConnectorHost, HostEvent, InvokeOptions, Reply, UserEvent
from connectors.contract.model import User, from_wire, to_wire
from connectors.runtime.sign_in import SignIn, sign_in


def with_values(user: User, values: Mapping[str, str]) -> User:
    """Return the user with the values of an auth page; an empty one leaves what is there.

    Args:
        user: who was signed in before; a new one knows nothing.
        values: by the field's const. ``apiKey`` is the access token, as in App Connect; what is
            neither key nor token goes to ``platformAdditionalInfo``.
    """
    secret = {"accessToken": user.access_token, "refreshToken": user.refresh_token}
    info: dict[str, Any] = {**(user.platform_additional_info or {})}
    for const, value in values.items():
        name = "accessToken" if const == "apiKey" else const
        if name in SECRET_KEYS:
            secret[name] = value or secret[name]
        elif value:
            info[const] = value
    return msgspec.structs.replace(
        user,
        access_token=secret["accessToken"],
        refresh_token=secret["refreshToken"],
        platform_additional_info=info,
    )


async def sign_in_to(connection: Connection, host: ConnectorHost) -> SignIn:
    """Ask the connector of a connection whose account its user's key or token opens.

    Raises:
        ConnectorLoadError: the connector cannot be loaded.
    """
    changes: dict[str, Any] = {}

    def keep_user_changes(event: HostEvent) -> None:
        if isinstance(event, UserEvent):
            changes.update(event.changes)

    async def invoke(operation: str, operation_input: dict[str, Any]) -> Reply:
        options = InvokeOptions(
            routes=connection.routes, config=connection.config, secrets=secrets_of(connection)
        )
        return await host.invoke(
            operation,
            operation_input,
            options=options,
            timeout_s=connection.timeout_s,
            on_event=keep_user_changes,
        )

    signed = await sign_in(invoke, await host.describe(), connection.user)
    if signed.user is not None and changes:
        user = from_wire(to_wire(signed.user) | changes, User)
        return SignIn(user=user, message=signed.message)
    return signed
