"""The base of every Python connector, and what the host hands to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from connectors.contract.operations import OPERATIONS

if TYPE_CHECKING:
    import httpx


class AccountData(Protocol):
    """Option lists that the connector keeps per RingCentral account (24 h, section 1.9)."""

    def get(self, key: str) -> Any | None:
        """Return the fresh value of `key`, None when there is none or a refresh is forced."""

    def get_stale(self, key: str) -> Any | None:
        """Return the last value of `key` whatever its age."""

    def put(self, key: str, value: Any) -> None:
        """Keep `value` (JSON data)."""


class Context(Protocol):
    """What a connector may use. The HTTP client is handed in, never made."""

    @property
    def http(self) -> httpx.AsyncClient:
        """The client.

        It captures every exchange, follows routes, and drops credentials when a redirect leaves
        the host.
        """

    @property
    def config(self) -> Mapping[str, str]:
        """Configuration by production's names (``INSIGHTLY_API_VERSION``).

        The connection's own values win over the environment.
        """

    @property
    def account_data(self) -> AccountData:
        """The account's option lists."""

    def save_user(self, **changes: Any) -> None:
        """Keep changed fields of the user (snake_case), such as a renewed session."""

    def report(self, code: str, message: str) -> None:
        """Report a finding: something went wrong that the operation could do without."""


class Connector:
    """One CRM.

    A subclass defines any of the asynchronous methods named in
    :data:`connectors.contract.operations.OPERATIONS`; a missing method is a missing capability.

    Attributes:
        auth_type: decides the ``authHeader`` that core prepares.
        log_format: the format in which core composes the body of a call log.
    """

    auth_type: ClassVar[Literal["apiKey", "oauth", "other"]] = "apiKey"
    log_format: ClassVar[Literal["text/plain", "text/html", "text/markdown", "custom"]] = (
        "text/plain"
    )

    def __init__(self, context: Context) -> None:
        self.context = context

    @property
    def http(self) -> httpx.AsyncClient:
        """The HTTP client handed in by the host."""
        return self.context.http

    def get_auth_type(self) -> str:
        """Return the kind of authentication."""
        return self.auth_type

    def get_log_format_type(self) -> str:
        """Return the format of composed log details."""
        return self.log_format

    @classmethod
    def operations(cls) -> list[str]:
        """Return production's names of the operations that this connector has."""
        return [op.name for op in OPERATIONS.values() if callable(getattr(cls, op.method, None))]
