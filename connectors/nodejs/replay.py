"""Answers a connector in JavaScript from a recording, over a loopback port of its own.

A connector in Python has its transport exchanged; Node's requests are routed here instead.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import h11
import httpx
import msgspec

from connectors.contract.har import HarError
from connectors.contract.hosting import (
    ErrorInfo,
    ExchangeEvent,
    HostEvent,
    InvokeOptions,
    OnEvent,
    Reply,
)
from connectors.runtime import transport
from connectors.runtime.redact import Redactor
from connectors.runtime.replay import ReplayMissError, ReplayTransport
from connectors.runtime.transport import Invocation

ORIGIN = "{origin}"
"""Where the address of a route takes the encoded origin of a request: ``https%3A%2F%2Fcrm``."""
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)

Run = Callable[[InvokeOptions, OnEvent], Awaitable[Reply]]


async def run_from_recording(run: Run, options: InvokeOptions, on_event: OnEvent) -> Reply:
    """Run an operation whose every request is answered from ``options.cassette``.

    A request that is not in the recording ends the operation with a ``ReplayMissError``, whatever
    the connector made of it.
    """
    try:
        network = ReplayTransport.open(Path(options.cassette))
    except HarError as unreadable:
        return Reply(error=ErrorInfo(type="CassetteError", message=str(unreadable)))

    def tell(event: HostEvent) -> None:
        if isinstance(event, ExchangeEvent):
            event = ExchangeEvent(exchange=msgspec.structs.replace(event.exchange, routed_to=None))
        on_event(event)

    async with ReplayServer(network, Redactor(options.secrets)) as server:
        replayed = msgspec.structs.replace(options, cassette="", routes={"*": server.route})
        reply = await run(replayed, tell)
    if server.miss:
        error = ErrorInfo(type="ReplayMissError", message=server.miss)
        return msgspec.structs.replace(reply, result=None, error=error)
    return reply


class ReplayServer:
    """An HTTP server on loopback that has only recorded answers.

    Args:
        network: the recording.
        redactor: takes the secrets out of a request before it is compared.

    Attributes:
        miss: what is said of the first request that is not in the recording.
    """

    def __init__(self, network: ReplayTransport, redactor: Redactor) -> None:
        self._network = network
        self._invocation = Invocation(redactor=redactor)
        self._server: asyncio.Server | None = None
        self.miss = ""

    @property
    def route(self) -> str:
        """The address that requests are routed to; only inside ``async with``."""
        if self._server is None:
            raise RuntimeError("the server does not run")
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/{ORIGIN}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one request of a connection."""
        transport.current.set(self._invocation)
        wire = h11.Connection(h11.SERVER)
        try:
            request = await _received(reader, wire)
            try:
                answer = await self._network.handle_async_request(request)
            except ReplayMissError as miss:
                self.miss = self.miss or str(miss)
                answer = httpx.Response(HTTPStatus.NOT_IMPLEMENTED, text=str(miss))
            writer.write(await _sent(answer, wire))
            await writer.drain()
            writer.close()
        except (httpx.TransportError, h11.ProtocolError, OSError):
            # The recorded request had no whole answer, or the connector has gone: so does this.
            writer.transport.abort()
        finally:
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _received(reader: asyncio.StreamReader, wire: h11.Connection) -> httpx.Request:
    """Read a request and give it the address that the connector asked for."""
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = wire.next_event()
        if event is h11.NEED_DATA:
            wire.receive_data(await reader.read(64 * 1024))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            break
        else:
            raise h11.RemoteProtocolError("it ended before there was a whole request")
    origin, _, path = head.target.decode("latin-1").lstrip("/").partition("/")
    headers = [(name, value) for name, value in head.headers if name != b"host"]
    url = f"{unquote(origin)}/{path}"
    return httpx.Request(head.method.decode("ascii"), url, headers=headers, content=bytes(body))


async def _sent(answer: httpx.Response, wire: h11.Connection) -> bytes:
    body = await answer.aread()
    headers = [(name, value) for name, value in answer.headers.raw if name.lower() != b"connection"]
    if answer.status_code not in _WITHOUT_BODY:
        headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
    headers.append((b"connection", b"close"))
    message = wire.send(h11.Response(status_code=answer.status_code, headers=headers)) or b""
    message += wire.send(h11.Data(data=body)) or b""
    return message + (wire.send(h11.EndOfMessage()) or b"")
