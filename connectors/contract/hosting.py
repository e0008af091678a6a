"""What passes between a connector's host and whoever drives it (``docs/host-protocol.md``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from connectors.contract.exchange import Exchange
from connectors.contract.model import Wire


class Description(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """What a loaded connector says of itself.

    Attributes:
        kind: ``python``, ``proxy``, ``nodejs`` or ``appconnect``.
        manifest: the manifest's JSON as it stands in the file, empty when there is none.
        manifest_file: that file; empty when there is none.
        environment_file: the ``.env`` file that was read; empty when there is none.
        source: the file that was loaded.
        digest: names the version of the connector's files; the bench makes it for a host that
            does not.
    """

    platform: str
    display_name: str
    kind: str
    auth_type: str
    log_format: str
    operations: tuple[str, ...]
    manifest: dict[str, Any] = msgspec.field(default_factory=dict)
    manifest_file: str = ""
    environment_file: str = ""
    source: str = ""
    digest: str = ""


class AccountValue(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """One option list that the account has kept; a stale one serves when nothing else does."""

    value: Any
    fresh: bool


class InvokeOptions(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """Everything an ``invoke`` needs beside the operation's own input.

    Attributes:
        routes: host name (or ``*``) to the base URL that stands in for it.
        config: the connection's configuration; wins over the environment.
        account_data: what the account has kept, by key.
        secrets: values to redact wherever they appear.
        cassette: path of a HAR whose answers stand in for the network, empty for the network.
    """

    routes: dict[str, str] = msgspec.field(default_factory=dict)
    config: dict[str, str] = msgspec.field(default_factory=dict)
    account_data: dict[str, AccountValue] = msgspec.field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    cassette: str = ""


class SourcePosition(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """Where in a connector's files something is wrong.

    Attributes:
        file: absolute path.
        line: counted from 1, 0 where it is not known.
        column: counted from 1, 0 where it is not known.
    """

    file: str
    line: int = 0
    column: int = 0


class TraceStep(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """One step of a running server's debug trace.

    Attributes:
        name: the place in the server's code (``findContact:jwtDecoded``).
        elapsed_ms: since the server began with the request, by its own clock.
        data: what the server noted there, secrets gone.
    """

    name: str
    level: str = "info"
    elapsed_ms: float = 0.0
    data: Any = None


class ErrorInfo(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """Why an operation has no result.

    Attributes:
        type: the exception's class name; ``ConnectorTimeoutError``, ``ConnectorExitedError``,
            ``OperationCancelledError``, ``ResultTooLargeError``, ``UnknownOperationError`` and
            ``ConnectorLoadError`` come from the host's side.
        status: the CRM's HTTP status when the error carries one.
        stack: where it was raised, for developers; may be empty.
        position: of a ``ConnectorLoadError``: what to mend; None where the loader cannot tell.
    """

    type: str
    message: str
    status: int | None = None
    stack: str = ""
    position: SourcePosition | None = None


class Reply(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """The end of one ``invoke``: a result or an error, never both. `ms` is wall time."""

    result: Any = None
    error: ErrorInfo | None = None
    ms: float = 0.0


class ConsoleEvent(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """Something the connector printed. `stream` is ``stdout`` or ``stderr``."""

    text: str
    stream: str = "stdout"
    invocation: int = 0


class ExchangeEvent(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """An HTTP exchange that has ended."""

    exchange: Exchange

    @property
    def invocation(self) -> int:
        """The invoke that caused it."""
        return self.exchange.invocation


class CacheEvent(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """The connector keeps an option list for the account."""

    key: str
    value: Any
    invocation: int = 0


class UserEvent(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """The connector changed the user (camelCase keys). Carries live secrets: never journal it."""

    changes: dict[str, Any]
    invocation: int = 0


class FindingEvent(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """The connector went on without something that failed."""

    code: str
    message: str
    invocation: int = 0


HostEvent = ConsoleEvent | ExchangeEvent | CacheEvent | UserEvent | FindingEvent
OnEvent = Callable[[HostEvent], None]


class ConnectorHost(Protocol):
    """One loaded connector, in this process or in a child."""

    async def describe(self) -> Description:
        """Load the connector if need be and describe it.

        Raises:
            ConnectorLoadError: (``connectors.host.load``) it cannot be loaded; says why.
        """

    async def invoke(
        self,
        operation: str,
        input: dict[str, Any],  # noqa: A002  production's word
        *,
        options: InvokeOptions,
        timeout_s: float,
        on_event: OnEvent,
    ) -> Reply:
        """Run one operation. Never raises for what the connector does: see ``Reply.error``.

        `on_event` is called in the order of events, always before the reply is returned.
        Cancelling the awaiting task cancels the operation.
        """

    async def close(self) -> None:
        """End the host; safe to call twice."""
