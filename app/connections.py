"""Connections: a connector, the CRM account it works for, and where its requests go."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from app.vault import Vault, VaultError
from connectors.appconnect.address import is_server
from connectors.contract.model import User, Wire, from_wire
from connectors.host.load import builtin_platforms
from connectors.runtime.redact import NAMES

logger = logging.getLogger(__name__)

SECRET_KEYS = ("accessToken", "refreshToken")
INFO_KEY = "platformAdditionalInfo"
DEFAULT_TIMEOUT_S = 30.0


class ConnectionUnusableError(Exception):
    """A connection cannot be used; the message says which and what to do."""


class Connection(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """What one row of the connection list stands for.

    Attributes:
        id: stable text; also the key of its secrets in the vault.
        platform: a built-in connector's name, the path of a connector, or the address of a platform
            on a running App Connect server (``http://127.0.0.1:6066#myCRM``).
        user: production's user row without its secrets.
        routes: host (or ``*``) to the base URL that stands in for it.
        config: configuration by production's environment names.
        secret_info: keys of ``platformAdditionalInfo`` that the manifest's auth page calls secret.
        timeout_s: seconds an operation may take.
    """

    id: str
    name: str
    platform: str
    mode: Literal["SANDBOX", "LIVE"] = msgspec.field(default="LIVE")
    user: User = msgspec.field(default_factory=User)
    routes: dict[str, str] = msgspec.field(default_factory=dict)
    config: dict[str, str] = msgspec.field(default_factory=dict)
    secret_info: tuple[str, ...] = ()
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


def sandbox_platform(connector: str) -> str:
    """Return the CRM of the sandbox that a connector is for, empty when the sandbox has none.

    Args:
        connector: a built-in connector's name, or the path of one; that is for the CRM which the
            manifest beside it names.
    """
    from app.sandbox.schema import PLATFORMS  # noqa: PLC0415

    if connector in builtin_platforms():
        return connector
    path = Path(connector).expanduser()
    folder = path if path.is_dir() else path.parent
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return ""  # Without a manifest, or when loading the connector will say what is wrong.
    named = manifest.get("name") if isinstance(manifest, dict) else None
    return named if named in PLATFORMS else ""


def is_secret_setting(name: str) -> bool:
    """Whether a configuration name stands for a secret (``BULLHORN_CLIENT_SECRET``)."""
    return name.endswith(("_SECRET", "_API_KEY", "_PASSWORD"))


def is_secret_name(name: str) -> bool:
    """Whether a value of that name is redacted wherever it appears."""
    return name.lower() in NAMES or name.endswith(("Token", "Key", "Secret", "Password"))


def secrets_of(connection: Connection) -> tuple[str, ...]:
    """Return every secret value of a connection, for redaction."""
    user = connection.user
    info = user.platform_additional_info or {}
    values = [user.access_token, user.refresh_token]
    values += [
        str(value)
        for key, value in info.items()
        if key in connection.secret_info or is_secret_name(key)
    ]
    values += [value for key, value in connection.config.items() if is_secret_setting(key)]
    return tuple(value for value in values if value)


class ConnectionFile:
    """The saved connections: everything but secrets in one JSON file, secrets in the vault."""

    def __init__(self, home: Path, vault: Vault) -> None:
        self._path = home / "connections.json"
        self._vault = vault

    @property
    def keeps_secrets(self) -> bool:
        """Whether secrets outlive this process."""
        return self._vault.lasting

    def names(self) -> list[tuple[str, str]]:
        """Return (id, name) of every saved connection."""
        return [(row["id"], row["name"]) for row in self._rows()]

    def servers(self) -> list[tuple[str, str]]:
        """Return (name, address) of every saved connection to a running server."""
        rows = [(str(row["name"]), str(row["platform"])) for row in self._rows()]
        return [(name, platform) for name, platform in rows if is_server(platform)]

    def read(self, name: str) -> Connection:
        """Return the connection with that id or name, its secrets filled in.

        Raises:
            ConnectionUnusableError: there is none, or its row cannot be read.
        """
        rows = self._rows()
        row = next((row for row in rows if name in (row.get("id"), row.get("name"))), None)
        if row is None:
            known = ", ".join(str(row["name"]) for row in rows)
            advice = f"choose one of {known}" if known else "none is saved, save one in the window"
            raise ConnectionUnusableError(f"There is no connection called {name}: {advice}.")
        try:
            secrets = self._vault.read(str(row["id"]))
        except VaultError as error:
            raise ConnectionUnusableError(str(error)) from error
        user = dict(row.get("user", {}))
        user.update({key: secrets[key] for key in SECRET_KEYS if key in secrets})
        user[INFO_KEY] = json.loads(secrets.get(INFO_KEY, "{}"))
        config = {**row.get("config", {})}
        config |= {key: value for key, value in secrets.items() if is_secret_setting(key)}
        try:
            return from_wire({**row, "user": user, "config": config}, Connection)
        except msgspec.ValidationError as error:
            raise ConnectionUnusableError(
                f"The connection {name} cannot be read ({error}): mend it in {self._path}, or "
                "remove it and save it anew."
            ) from error

    def save(self, connection: Connection) -> None:
        """Save a connection, replacing the one with its id.

        Raises:
            ConnectionUnusableError: another one has its name, or it cannot be kept.
        """
        taken = {row["name"] for row in self._rows() if row["id"] != connection.id}
        if connection.name in taken:
            raise ConnectionUnusableError(
                f"There is already a connection called {connection.name}: choose another name."
            )
        row: dict[str, Any] = msgspec.to_builtins(connection)
        user = row["user"]
        secrets = {key: user.pop(key) for key in SECRET_KEYS if user.get(key)}
        # Any of it may be secret: a connector names its values as it likes.
        secrets[INFO_KEY] = json.dumps(user.pop(INFO_KEY) or {})
        config = row["config"]
        secrets |= {key: config.pop(key) for key in list(config) if is_secret_setting(key)}
        try:
            self._vault.write(connection.id, secrets)
        except VaultError as error:
            raise ConnectionUnusableError(str(error)) from error
        rows = [other for other in self._rows() if other["id"] != connection.id]
        self._write([*rows, row])

    def user_keeper(self, connection: Connection) -> Callable[[User], None] | None:
        """Return what keeps a changed user of a saved connection; None when it is not saved."""
        if connection.id not in {row["id"] for row in self._rows()}:
            return None

        def keep(user: User) -> None:
            try:
                self.save(msgspec.structs.replace(connection, user=user))
            except (ConnectionUnusableError, OSError) as error:
                logger.warning("The new session of %s is not kept: %s", connection.name, error)

        return keep

    def remove(self, connection_id: str) -> None:
        """Remove a connection and its secrets.

        Raises:
            ConnectionUnusableError: the keyring refuses; the connection stays.
        """
        try:
            self._vault.forget(connection_id)
        except VaultError as error:
            raise ConnectionUnusableError(str(error)) from error
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
