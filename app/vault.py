"""Where a connection's secrets live: the system's keyring, or memory for this session only."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

logger = logging.getLogger(__name__)

SERVICE = "callbench"


class VaultError(Exception):
    """The system's keyring refuses; the message says what to do."""


class Vault(Protocol):
    """Secrets by connection id. Nothing is ever written to a file of ours."""

    @property
    def lasting(self) -> bool:
        """Whether a secret outlives this process."""

    def read(self, connection_id: str) -> dict[str, str]:
        """Return the secrets of a connection; empty when there are none."""

    def write(self, connection_id: str, secrets: dict[str, str]) -> None:
        """Keep the secrets of a connection."""

    def forget(self, connection_id: str) -> None:
        """Remove them."""


class SessionVault:
    """Keeps secrets in memory until the process ends."""

    lasting = False

    def __init__(self) -> None:
        self._secrets: dict[str, dict[str, str]] = {}

    def read(self, connection_id: str) -> dict[str, str]:
        """Return the secrets of a connection; empty when there are none."""
        return dict(self._secrets.get(connection_id, {}))

    def write(self, connection_id: str, secrets: dict[str, str]) -> None:
        """Keep the secrets of a connection."""
        self._secrets[connection_id] = dict(secrets)

    def forget(self, connection_id: str) -> None:
        """Remove them."""
        self._secrets.pop(connection_id, None)


class KeyringVault:
    """Keeps secrets in the system's keyring.

    Every method raises VaultError when the keyring is locked or refuses.
    """

    lasting = True

    def read(self, connection_id: str) -> dict[str, str]:
        """Return the secrets of a connection; empty when there are none."""
        import keyring  # noqa: PLC0415  slow to import, and rarely needed

        with _refusals():
            text = keyring.get_password(SERVICE, connection_id)
        if not text:
            return {}
        try:
            stored = json.loads(text)
        except ValueError:
            logger.warning("The keyring's entry for %s is not ours; it is ignored", connection_id)
            return {}
        return {str(key): str(value) for key, value in stored.items()}

    def write(self, connection_id: str, secrets: dict[str, str]) -> None:
        """Keep the secrets of a connection."""
        import keyring  # noqa: PLC0415

        with _refusals():
            keyring.set_password(SERVICE, connection_id, json.dumps(secrets))

    def forget(self, connection_id: str) -> None:
        """Remove them."""
        import keyring  # noqa: PLC0415
        from keyring.errors import PasswordDeleteError  # noqa: PLC0415

        with _refusals():
            try:
                keyring.delete_password(SERVICE, connection_id)
            except PasswordDeleteError:
                logger.info("The keyring has no secrets of %s", connection_id)


@contextmanager
def _refusals() -> Iterator[None]:
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        yield
    except KeyringError as error:
        raise VaultError(
            f"The system's keyring refuses ({error or type(error).__name__}): unlock it and try "
            "again."
        ) from error


def open_vault() -> Vault:
    """Return the keyring where one works, else a vault for this session."""
    import keyring  # noqa: PLC0415
    from keyring.backends import fail, null  # noqa: PLC0415

    backend = keyring.get_keyring()
    if isinstance(backend, (fail.Keyring, null.Keyring)) or backend.priority <= 0:
        return SessionVault()
    return KeyringVault()
