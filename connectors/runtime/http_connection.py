"""One HTTP/1.1 connection to a CRM: a request goes out, its whole answer comes back.

llhttp, by httptools, reads the answers; it is what uvicorn reads requests with.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import httptools
import httpx

MAX_HEAD_BYTES = 256 * 1024


@dataclass(slots=True)
class Answer:
    """What came back. `keeps` tells whether the connection may be used again."""

    status: int = 0
    reason: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)
    keeps: bool = False


class StaleError(Exception):
    """A kept connection was closed by the other side before it said anything."""


class Connection(asyncio.Protocol):
    """One connection, for one request at a time.

    Args:
        max_body_bytes: what comes beyond it is left unread, and the connection ends.
    """

    def __init__(self, max_body_bytes: int) -> None:
        self._max_body_bytes = max_body_bytes
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._answer = Answer()
        self._times_used = 0
        self._silent = True

    @property
    def is_open(self) -> bool:
        """Whether a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, message: bytes, *, is_head: bool, read_timeout_s: float | None) -> Answer:
        """Send a request and return the whole answer.

        Args:
            message: the request, its body included.
            is_head: the answer has no body, whatever its headers say.
            read_timeout_s: how long the other side may be silent.

        Raises:
            StaleError: the connection was kept too long; the request may be sent on another one.
            httpx.TransportError: no answer, or only a part of one.
        """
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._answer = Answer()
        self._waiting = loop.create_future()
        self._is_head = is_head
        self._silent = True
        self._told_length = False
        self._head_bytes = self._body_bytes = 0
        self._heard_at = loop.time()
        timer = None
        if read_timeout_s is not None:
            timer = _Silence(self, loop, read_timeout_s)
        self._transport.write(message)
        try:
            return await self._waiting
        except BaseException:
            self._transport.abort()
            raise
        finally:
            self._waiting = None
            self._times_used += 1
            if timer is not None:
                timer.cancel()
            if not self._answer.keeps:
                self._transport.close()

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport  # type: ignore[assignment]  # TCP's can be written to

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the parser."""
        if self._waiting is None or self._waiting.done() or self._parser is None:
            # Nobody asked for it: whatever it belongs to, it is no answer to a later request.
            self.close()
            return
        self._silent = False
        self._heard_at = asyncio.get_running_loop().time()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail(httpx.RemoteProtocolError("The server changes to another protocol."))
        except httptools.HttpParserError as error:
            self._fail(httpx.RemoteProtocolError(f"The answer is no HTTP: {error}"))

    def connection_lost(self, error: Exception | None) -> None:
        """End what is under way: an answer without a length is whole now."""
        if self._waiting is None or self._waiting.done():
            return
        if self._silent and self._times_used:
            self._fail(StaleError())
        elif self._answer.status and not self._told_length and error is None:
            self._waiting.set_result(self._answer)
        elif error is not None:
            self._fail(httpx.ReadError(str(error)))
        else:
            self._fail(httpx.RemoteProtocolError("The server ended the connection too early."))

    # What the parser calls.

    def on_status(self, reason: bytes) -> None:
        """Keep the words of the status."""
        self._answer.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._answer.headers.append((name, value))
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > MAX_HEAD_BYTES:
            self._fail(httpx.RemoteProtocolError("The headers of the answer never end."))
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self._told_length = True

    def on_headers_complete(self) -> None:
        """Keep the status."""
        assert self._parser is not None
        self._answer.status = self._parser.get_status_code()
        if self._is_head:
            self._finish(keeps=False)

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        self._answer.body.append(body)
        self._body_bytes += len(body)
        if self._body_bytes > self._max_body_bytes:
            self._finish(keeps=False)

    def on_message_complete(self) -> None:
        """End the exchange, unless a word like "continue" came before the answer."""
        assert self._parser is not None
        if 100 <= self._answer.status < 200:
            self._answer = Answer()
            return
        self._finish(keeps=self._parser.should_keep_alive())

    def _finish(self, *, keeps: bool) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._answer.keeps = keeps
            self._waiting.set_result(self._answer)

    def _fail(self, error: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)

    def silent_since(self) -> float:
        """Return when the other side said something last, by the loop's clock."""
        return self._heard_at

    def give_up(self) -> None:
        """End the exchange: the other side is silent for too long."""
        self._fail(httpx.ReadTimeout("The server is silent for too long."))


class _Silence:
    """Looks, not at every piece of an answer but now and then, whether one still comes."""

    def __init__(
        self, connection: Connection, loop: asyncio.AbstractEventLoop, timeout_s: float
    ) -> None:
        self._connection = connection
        self._loop = loop
        self._timeout_s = timeout_s
        self._timer = loop.call_later(timeout_s, self._look)

    def cancel(self) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        left_s = self._connection.silent_since() + self._timeout_s - self._loop.time()
        if left_s <= 0.001:
            self._connection.give_up()
        else:
            self._timer = self._loop.call_later(left_s, self._look)
