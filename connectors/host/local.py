"""Runs a connector in this process: inside the host's child, or for a debugger."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import os
import sys
import time
import traceback
from collections import ChainMap
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import httpx
import msgspec

from connectors.appconnect.address import is_server
from connectors.appconnect.reading import read_server
from connectors.contract.connector import Connector
from connectors.contract.har import HarError
from connectors.contract.hosting import (
    AccountValue,
    CacheEvent,
    ConsoleEvent,
    Description,
    ErrorInfo,
    ExchangeEvent,
    FindingEvent,
    InvokeOptions,
    OnEvent,
    Reply,
    UserEvent,
)
from connectors.contract.model import from_wire, to_wire
from connectors.contract.operations import OPERATIONS
from connectors.host.console import ConsoleWriter
from connectors.host.load import LoadedConnector, load
from connectors.runtime import transport
from connectors.runtime.client import build_client
from connectors.runtime.redact import Redactor, secrets_in
from connectors.runtime.replay import ReplayTransport
from connectors.runtime.transport import Invocation

MAX_RESULT_BYTES = 8 * 1024 * 1024
CREDENTIALS = frozenset({"getBasicAuth", "getUserInfo", "checkAndRefreshAccessToken"})
"""Operations whose very result is a secret, for core; every other result is kept and shown."""
_options: ContextVar[InvokeOptions] = ContextVar("options")
_on_event: ContextVar[OnEvent] = ContextVar("on_event")


class _AccountData:
    def get(self, key: str) -> Any | None:
        kept = self._kept(key)
        return kept.value if kept is not None and kept.fresh else None

    def get_stale(self, key: str) -> Any | None:
        kept = self._kept(key)
        return kept.value if kept is not None else None

    def put(self, key: str, value: Any) -> None:
        _on_event.get()(CacheEvent(key=key, value=to_wire(value), invocation=_invocation_id()))

    def _kept(self, key: str) -> AccountValue | None:
        return _options.get().account_data.get(key)


class _Context:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._account_data = _AccountData()

    @property
    def http(self) -> httpx.AsyncClient:
        return self._http

    @property
    def config(self) -> Mapping[str, str]:
        return ChainMap(_options.get().config, os.environ)

    @property
    def account_data(self) -> _AccountData:
        return self._account_data

    def save_user(self, **changes: Any) -> None:
        wire = {camel_case(key): to_wire(value) for key, value in changes.items()}
        transport.current.get().redactor.learn(secrets_in(wire))
        _on_event.get()(UserEvent(changes=wire, invocation=_invocation_id()))

    def report(self, code: str, message: str) -> None:
        redactor = transport.current.get().redactor
        told = FindingEvent(
            code=redactor.prose(code), message=redactor.prose(message), invocation=_invocation_id()
        )
        _on_event.get()(told)


class LocalHost:
    """One connector in this process.

    Args:
        platform: a built-in connector's name, the path of one, or a running server's address.
        captures_console: whether printed text becomes events from the first operation until
            :meth:`close`; the child process sees to that itself.
        client: makes the connector's HTTP client.
    """

    def __init__(
        self,
        platform: str,
        *,
        captures_console: bool = True,
        client: Callable[[], httpx.AsyncClient] = build_client,
    ) -> None:
        self._platform = platform
        self._build_client = client
        self._captures_console = captures_console
        self._printing = contextlib.ExitStack()
        self._loaded: LoadedConnector | None = None
        self._connector: Connector | None = None
        self._client: httpx.AsyncClient | None = None
        self._ids = itertools.count(1)

    async def describe(self) -> Description:
        """Load the connector and describe it.

        Raises:
            ConnectorLoadError: it cannot be loaded.
        """
        loaded, connector = await self._open()
        return Description(
            platform=loaded.manifest.get("name") or loaded.platform,
            display_name=loaded.manifest.get("displayName")
            or loaded.display_name
            or loaded.platform,
            kind=loaded.language,
            auth_type=connector.get_auth_type(),
            log_format=connector.get_log_format_type(),
            operations=tuple(loaded.kind.operations()),
            manifest=loaded.manifest,
            manifest_file=str(loaded.manifest_file.resolve()) if loaded.manifest_file else "",
            source=str(loaded.source),
            digest=loaded.digest,
        )

    async def invoke(
        self,
        operation: str,
        input: dict[str, Any],  # noqa: A002  production's word
        *,
        options: InvokeOptions,
        timeout_s: float,
        on_event: OnEvent,
        invocation: int = 0,
        captures: bool = True,
    ) -> Reply:
        """Run one operation; see :class:`connectors.contract.hosting.ConnectorHost`.

        What the connector prints belongs to the process; in the child it becomes console events.
        Without `captures` no exchange is made an event: nobody would look at it.
        """
        began = time.perf_counter()
        number = invocation or next(self._ids)
        redactor = Redactor(options.secrets)
        try:
            network = ReplayTransport.open(Path(options.cassette)) if options.cassette else None
        except HarError as unreadable:
            return Reply(error=ErrorInfo(type="CassetteError", message=str(unreadable)))
        tokens = (
            _options.set(options),
            _on_event.set(on_event),
            transport.current.set(
                Invocation(
                    id=number,
                    routes={host.lower(): url for host, url in options.routes.items()},
                    redactor=redactor,
                    emit=lambda exchange: on_event(ExchangeEvent(exchange=exchange)),
                    network=network,
                    captures=captures,
                )
            ),
        )
        if self._captures_console:
            self._capture_console()
        try:
            async with asyncio.timeout(timeout_s) as limit:
                result, error = await self._attempt(operation, input, redactor)
        except TimeoutError:
            assert limit.expired()
            result, error = (
                None,
                ErrorInfo(
                    type="ConnectorTimeoutError",
                    message=f"{operation} did not answer within {timeout_s:g} s: the CRM may be "
                    "slow, or the connector waits for something that never comes.",
                ),
            )
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            _options.reset(tokens[0])
            _on_event.reset(tokens[1])
            transport.current.reset(tokens[2])
        return Reply(result=result, error=error, ms=(time.perf_counter() - began) * 1000)

    async def close(self) -> None:
        """Close the client; safe to call twice."""
        self._printing.close()
        client, self._client, self._connector = self._client, None, None
        if client is not None:
            await client.aclose()

    def _capture_console(self) -> None:
        self._captures_console = False

        def emit(event: ConsoleEvent) -> None:
            listener = _on_event.get(None)
            if listener is not None:
                listener(event)

        self._printing.enter_context(contextlib.redirect_stdout(ConsoleWriter(emit, "stdout")))
        self._printing.enter_context(contextlib.redirect_stderr(ConsoleWriter(emit, "stderr")))

    async def _open(self) -> tuple[LoadedConnector, Connector]:
        if self._client is None:
            self._client = self._build_client()
        if self._loaded is None:
            self._loaded = await _loaded(self._platform, self._client)
        if self._connector is None:
            self._connector = self._loaded.kind(_Context(self._client))
        return self._loaded, self._connector

    async def _attempt(
        self, operation: str, operation_input: dict[str, Any], redactor: Redactor
    ) -> tuple[Any, ErrorInfo | None]:
        loaded, connector = await self._open()
        redactor.learn(loaded.secrets)
        known = OPERATIONS.get(operation)
        if known is None or operation not in loaded.kind.operations():
            has = ", ".join(loaded.kind.operations())
            return None, ErrorInfo(
                type="UnknownOperationError",
                message=f"{loaded.platform} has no operation {operation}; it has {has}.",
            )
        try:
            method = getattr(connector, known.method)
            if known.input is None:
                returned = method()
            else:
                returned = method(from_wire(operation_input, known.input))
            if inspect.isawaitable(returned):
                returned = await returned
        except msgspec.ValidationError as error:
            return None, ErrorInfo(
                type="InvalidInputError",
                message=redactor.prose(f"The input of {operation} has a wrong shape: {error}."),
            )
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:
            if isinstance(error, TimeoutError) and error.__cause__ is None and not str(error):
                raise
            return None, _error_info(error, redactor)
        return self._result(operation, returned, redactor)

    def _result(
        self, operation: str, returned: Any, redactor: Redactor
    ) -> tuple[Any, ErrorInfo | None]:
        try:
            encoded = msgspec.json.encode(returned)
        except (TypeError, ValueError, RecursionError) as error:
            return None, ErrorInfo(
                type="UnserialisableResultError",
                message=f"{operation} returned something that is not JSON: {error}.",
            )
        if len(encoded) > MAX_RESULT_BYTES:
            return None, ErrorInfo(
                type="ResultTooLargeError",
                message=f"{operation} returned {len(encoded) / 1e6:.0f} MB; at most "
                f"{MAX_RESULT_BYTES / 1e6:.0f} MB are taken: return fewer contacts.",
            )
        result = msgspec.json.decode(encoded)
        return result if operation in CREDENTIALS else redactor.result(result), None


async def _loaded(platform: str, client: httpx.AsyncClient) -> LoadedConnector:
    """Load a connector; a running server is asked what it is, outside of any operation."""
    if not is_server(platform):
        return load(platform)
    asking = transport.current.set(Invocation())
    try:
        return await read_server(platform, client)
    finally:
        transport.current.reset(asking)


def camel_case(name: str) -> str:
    """Return a snake_case name in camelCase."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _invocation_id() -> int:
    return transport.current.get().id


def _error_info(error: BaseException, redactor: Redactor) -> ErrorInfo:
    if isinstance(error, BaseExceptionGroup):
        return _error_info(error.exceptions[0], redactor)
    status = getattr(error, "status", None)
    if not isinstance(status, int):
        status = getattr(getattr(error, "response", None), "status_code", None)
    message = str(error) or f"{type(error).__name__} without a message"
    stack = "".join(traceback.format_exception(error))
    return ErrorInfo(
        type=type(error).__name__,
        message=redactor.prose(message),
        status=status if isinstance(status, int) else None,
        stack=redactor.prose(stack)[-8000:],
    )
