"""The network of a server that makes thousands of requests, under httpx's interface.

httpcore looks through its whole pool at every request, and with many at once that costs more than
the requests; aiohttp takes twice as long as this. Connectors see no difference: the same client,
the same exceptions, the same bytes. It is HTTP/1.1 alone, which every CRM speaks, and an answer is
read as a whole, as every connector does.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass, field

import httpx

from connectors.runtime.http_connection import Answer, Connection, StaleError

MAX_CONNECTIONS_PER_ORIGIN = 64
KEEP_ALIVE_S = 15.0
MAX_ANSWER_BYTES = 33 * 1024 * 1024
"""A little more than a client takes, so that it is the client who says that it is too much."""
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS = {"http": 80, "https": 443}
_Origin = tuple[str, str, int]


@dataclass(slots=True)
class _Pool:
    """The connections to one origin."""

    free: asyncio.Semaphore
    idle: deque[tuple[Connection, float]] = field(default_factory=deque)


class DirectNetwork(httpx.AsyncBaseTransport):
    """Sends requests over kept connections, in the loop that runs then.

    No cookie is kept, nothing is unpacked, no redirect followed and no URL spelled anew: all that
    is the client's.
    """

    def __init__(self) -> None:
        self._pools: dict[_Origin, _Pool] = {}
        self._tls: ssl.SSLContext | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`.

        Raises:
            httpx.TransportError: as httpx's own transport does.
        """
        url, timeout = request.url, request.extensions.get("timeout", {})
        if url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol(f"{url.scheme!r} is neither http nor https.")
        origin = url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]
        message = _message(request, await request.aread())
        pool = self._pools.get(origin)
        if pool is None:
            pool = _Pool(asyncio.Semaphore(MAX_CONNECTIONS_PER_ORIGIN))
            self._pools[origin] = pool
        await _acquire(pool.free, timeout.get("pool"))
        try:
            answer = await self._answered(request.method, message, origin, pool, timeout)
        finally:
            pool.free.release()
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=httpx.ByteStream(b"".join(answer.body)),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": answer.reason},
        )

    async def aclose(self) -> None:
        """Close all kept connections; safe to call twice."""
        for pool in self._pools.values():
            while pool.idle:
                pool.idle.pop()[0].close()
        # Their sockets are closed in the loop's next round.
        await asyncio.sleep(0)

    async def _answered(
        self,
        method: str,
        message: bytes,
        origin: _Origin,
        pool: _Pool,
        limits_s: dict[str, float | None],
    ) -> Answer:
        now = asyncio.get_running_loop().time
        while True:
            connection = _kept(pool, now())
            fresh = connection is None
            if connection is None:
                connection = await self._connected(origin, limits_s.get("connect"))
            try:
                answer = await connection.ask(
                    message, is_head=method == "HEAD", read_timeout_s=limits_s.get("read")
                )
            except StaleError as error:
                # A read may go out again; of a write nobody knows whether it has arrived.
                if fresh or method not in _READS:
                    raise httpx.RemoteProtocolError(
                        "The server ended a kept connection without an answer."
                    ) from error
                continue
            if answer.keeps and connection.is_open:
                pool.idle.append((connection, now()))
            return answer

    async def _connected(self, origin: _Origin, timeout_s: float | None) -> Connection:
        scheme, host, port = origin
        tls = None
        if scheme == "https":
            tls = self._tls = self._tls or httpx.create_ssl_context()
        try:
            async with asyncio.timeout(timeout_s):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(MAX_ANSWER_BYTES), host, port, ssl=tls
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"{host} does not take the connection.") from error
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error)) from error
        return connection


def _kept(pool: _Pool, now: float) -> Connection | None:
    """Return the connection that was used last, None when none is good any more."""
    while pool.idle:
        connection, since = pool.idle.pop()
        if connection.is_open and now - since < KEEP_ALIVE_S:
            return connection
        connection.close()
    return None


async def _acquire(free: asyncio.Semaphore, timeout_s: float | None) -> None:
    if not free.locked():
        await free.acquire()
        return
    try:
        async with asyncio.timeout(timeout_s):
            await free.acquire()
    except TimeoutError as error:
        raise httpx.PoolTimeout("Too many requests to this server are under way.") from error


def _message(request: httpx.Request, body: bytes) -> bytes:
    """Return a request as it goes on the wire, its body with a length."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    has_length = False
    for name, value in request.headers.raw:
        lowered = name.lower()
        if lowered == b"transfer-encoding":
            continue
        has_length = has_length or lowered == b"content-length"
        lines.append(name + b": " + value)
    if body and not has_length:
        lines.append(b"Content-Length: %d" % len(body))
    head = b"\r\n".join(lines)
    if head.count(b"\n") != len(lines) - 1 or b"\0" in head or b"\r" in head.replace(b"\r\n", b""):
        raise httpx.LocalProtocolError("A header has a line break or a NUL in it.")
    return head + b"\r\n\r\n" + body
