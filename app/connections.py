"""Connections: a connector, the CRM account it works for, and where its requests go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from app.vault import Vault
from connectors.contract.model import User, Wire, from_wire

SECRET_KEYS = ("accessToken", "refreshToken")
SECRET_INFO_KEYS = ("bhRestToken", "apiKey", "secretKey")
DEFAULT_TIMEOUT_S = 30.0


class ConnectionUnusableError(Exception):
    """A connection cannot be used; the message says which and what to do."""


class Connection(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """What one row of the connection list stands for.

    Attributes:
        id: stable text; also the key of its secrets in the vault.
        platform: a built-in connector's name, or the path of a connector.
        user: production's user row without its secrets.
        routes: host (or ``*``) to the base URL that stands in for it.
        config: configuration by production's environment names.
        timeout_s: seconds an operation may take.
    """

    id: str
    name: str
    platform: str
    mode: Literal["SANDBOX", "LIVE"] = msgspec.field(default="LIVE")
    user: User = msgspec.field(default_factory=User)
    routes: dict[str, str] = msgspec.field(default_factory=dict)
    config: dict[str, str] = msgspec.field(default_factory=dict)
    timeout_s: float = DEFAULT_TIMEOUT_S


def sandbox_connection(platform: str, urls: Mapping[str, str]) -> Connection:
    """Return the connection of a built-in connector to the sandbox at `urls`.

    Raises:
        ConnectionUnusableError: the sandbox does not speak this CRM's API.
    """
    from app.sandbox import accounts  # noqa: PLC0415

    if platform not in urls:
        raise ConnectionUnusableError(
            f"The sandbox has no {platform}: choose a saved connection with --connection."
        )
    return Connection(
        id=f"sandbox-{platform}",
        name=f"{platform.capitalize()} sandbox",
        platform=platform,
        mode="SANDBOX",
        user=from_wire(accounts.sandbox_user(platform), User),
        routes=accounts.sandbox_routes(platform, urls),
        config=accounts.sandbox_config(platform),
    )


def is_secret_setting(name: str) -> bool:
    """Whether a configuration name stands for a secret (``BULLHORN_CLIENT_SECRET``)."""
    return name.endswith(("_SECRET", "_API_KEY", "_PASSWORD"))


def secrets_of(connection: Connection) -> tuple[str, ...]:
    """Return every secret value of a connection, for redaction."""
    user = connection.user
    info = user.platform_additional_info or {}
    values = [user.access_token, user.refresh_token]
    values += [str(info[key]) for key in SECRET_INFO_KEYS if info.get(key)]
    values += [value for key, value in connection.config.items() if is_secret_setting(key)]
    return tuple(value for value in values if value)


class ConnectionFile:
    """The saved connections: everything but secrets in one JSON file, secrets in the vault."""

    def __init__(self, home: Path, vault: Vault) -> None:
        self._path = home / "connections.json"
        self._vault = vault

    def names(self) -> list[tuple[str, str]]:
        """Return (id, name) of every saved connection."""
        return [(row["id"], row["name"]) for row in self._rows()]

    def read(self, name: str) -> Connection:
        """Return the connection with that id or name, its secrets filled in.

        Raises:
            ConnectionUnusableError: there is none, or its row cannot be read.
        """
        rows = self._rows()
        row = next((row for row in rows if name in (row.get("id"), row.get("name"))), None)
        if row is None:
            known = ", ".join(str(row["name"]) for row in rows) or "none is saved yet"
            raise ConnectionUnusableError(f"There is no connection called {name}: {known}.")
        secrets = self._vault.read(str(row["id"]))
        user = dict(row.get("user", {}))
        info = dict(user.get("platformAdditionalInfo") or {})
        user.update({key: secrets[key] for key in SECRET_KEYS if key in secrets})
        info.update({key: secrets[key] for key in SECRET_INFO_KEYS if key in secrets})
        user["platformAdditionalInfo"] = info
        config = {**row.get("config", {})}
        config |= {key: value for key, value in secrets.items() if is_secret_setting(key)}
        try:
            return from_wire({**row, "user": user, "config": config}, Connection)
        except msgspec.ValidationError as error:
            raise ConnectionUnusableError(
                f"The connection {name} cannot be read: {error}."
            ) from error

    def save(self, connection: Connection) -> None:
        """Save a connection, replacing the one with its id."""
        row: dict[str, Any] = msgspec.to_builtins(connection)
        user = row["user"]
        info = dict(user.get("platformAdditionalInfo") or {})
        secrets = {key: user.pop(key) for key in SECRET_KEYS if user.get(key)}
        secrets |= {key: info.pop(key) for key in SECRET_INFO_KEYS if info.get(key)}
        user["platformAdditionalInfo"] = info
        config = row["config"]
        secrets |= {key: config.pop(key) for key in list(config) if is_secret_setting(key)}
        self._vault.write(connection.id, secrets)
        rows = [other for other in self._rows() if other["id"] != connection.id]
        self._write([*rows, row])

    def remove(self, connection_id: str) -> None:
        """Remove a connection and its secrets."""
        self._vault.forget(connection_id)
        self._write([row for row in self._rows() if row["id"] != connection_id])

    def _rows(self) -> list[dict[str, Any]]:
        try:
            rows = msgspec.json.decode(self._path.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, msgspec.MsgspecError) as error:
            raise ConnectionUnusableError(
                f"{self._path} cannot be read ({error}): mend it or move it away."
            ) from error
        return [row for row in rows if isinstance(row, dict)]

    def _write(self, rows: list[dict[str, Any]]) -> None:
        draft = self._path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(rows)))
        draft.replace(self._path)
