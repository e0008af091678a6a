"""HTTP transports under a connector's client: capture, credentials guard, routes.

Order, outermost first: guard (a redirect to another origin loses credentials), capture (what the
connector asked for, secrets gone), route (where it really goes), network.
"""

from __future__ import annotations

import base64
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count

import httpx

from connectors.contract.errors import UnexpectedResponseError
from connectors.contract.exchange import Body, Exchange
from connectors.runtime.redact import Redactor

KEPT_BYTES = 256 * 1024
MAX_ANSWER_BYTES = 32 * 1024 * 1024
MAX_CONNECTIONS = 8
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
_ORIGIN = "callbench.origin"
_HARMLESS = frozenset(
    {"host", "accept", "accept-encoding", "accept-language", "user-agent", "connection",
     "content-type", "content-length", "transfer-encoding"}
)  # fmt: skip


class RouteError(ValueError):
    """A route is not HOST=URL; the message says what is wrong."""


@dataclass(slots=True)
class Invocation:
    """What the transports need to know of the operation under way."""

    id: int = 0
    routes: Mapping[str, str] = field(default_factory=dict)
    redactor: Redactor = field(default_factory=Redactor)
    emit: Callable[[Exchange], None] = lambda _exchange: None


current: ContextVar[Invocation] = ContextVar("invocation")
_ids = count(1)


def parse_routes(routes: Iterable[str]) -> dict[str, str]:
    """Read ``HOST=URL`` texts.

    Raises:
        RouteError: one of them is no route.
    """
    parsed = {}
    for route in routes:
        host, sign, target = route.partition("=")
        try:
            url = httpx.URL(target)
        except httpx.InvalidURL:
            url = httpx.URL("")
        if not sign or not host.strip() or url.scheme not in {"http", "https"} or not url.host:
            raise RouteError(
                f"The route '{route}' is not HOST=URL: write for example "
                "'api.example.com=http://127.0.0.1:8080' or '*=http://127.0.0.1:8080'."
            )
        parsed[host.strip().lower()] = target.rstrip("/")
    return parsed


class OriginGuard(httpx.AsyncBaseTransport):
    """Takes everything secret off a request that a redirect sends to another origin."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; the redirect hops of one request share its extensions."""
        origin = (request.url.scheme, request.url.host, request.url.port)
        if request.extensions.setdefault(_ORIGIN, origin) != origin:
            request.headers = httpx.Headers(
                [(k, v) for k, v in request.headers.raw if k.decode().lower() in _HARMLESS]
            )
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what is underneath."""
        await self._inner.aclose()


class RouteTransport(httpx.AsyncBaseTransport):
    """Sends a host's requests elsewhere; path and query stay byte for byte."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` to where the routes of the invocation point."""
        target = routed(request.url)
        if target is None:
            return await self._inner.handle_async_request(request)
        headers = [(k, v) for k, v in request.headers.raw if k.lower() != b"host"]
        host = target.netloc
        elsewhere = httpx.Request(
            request.method,
            target,
            headers=[(b"Host", host), *headers],
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._inner.handle_async_request(elsewhere)

    async def aclose(self) -> None:
        """Close what is underneath."""
        await self._inner.aclose()


def routed(url: httpx.URL) -> httpx.URL | None:
    """Return where a URL is sent, None when no route applies."""
    routes = current.get().routes
    base = routes.get(url.host.lower()) or routes.get("*")
    if not base:
        return None
    target = httpx.URL(base)
    if (target.scheme, target.host, target.port) == (url.scheme, url.host, url.port):
        return None
    return target.copy_with(raw_path=target.raw_path.rstrip(b"/") + url.raw_path)


class CaptureTransport(httpx.AsyncBaseTransport):
    """Emits one exchange per request, when its answer has been read, was closed or broke."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, max_answer_bytes: int = MAX_ANSWER_BYTES
    ) -> None:
        self._inner = inner
        self._max_answer_bytes = max_answer_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and watch its answer."""
        sent = await request.aread()
        record = _Record(current.get(), request, sent)
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            record.finish(error=error)
            raise
        record.answered(response)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _WatchedStream(response.stream, record, self._max_answer_bytes)
        return response

    async def aclose(self) -> None:
        """Close what is underneath."""
        await self._inner.aclose()


class _Record:
    def __init__(self, invocation: Invocation, request: httpx.Request, sent: bytes) -> None:
        self.invocation = invocation
        self.request = request
        self.sent = sent
        self.started_ms = time.time() * 1000
        self.began = time.perf_counter()
        self.response: httpx.Response | None = None
        self.wait_ms: float | None = None
        self.kept = bytearray()
        self.size = 0
        self.done = False
        target = routed(request.url)
        self.routed_to = str(target) if target is not None else None

    def answered(self, response: httpx.Response) -> None:
        self.response = response
        self.wait_ms = (time.perf_counter() - self.began) * 1000

    def read(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if len(self.kept) < KEPT_BYTES:
            self.kept += chunk[: KEPT_BYTES - len(self.kept)]

    def finish(self, error: BaseException | None = None) -> None:
        if self.done:
            return
        self.done = True
        redactor, response = self.invocation.redactor, self.response
        ms = (time.perf_counter() - self.began) * 1000
        self.invocation.emit(
            Exchange(
                id=next(_ids),
                invocation=self.invocation.id,
                started_ms=self.started_ms,
                method=self.request.method,
                url=redactor.url(_asked(self.request.url)),
                routed_to=redactor.url(self.routed_to) if self.routed_to else None,
                headers=redactor.headers(_pairs(self.request.headers)),
                body=_body(self.sent, len(self.sent), self.request.headers, redactor),
                status=response.status_code if response else None,
                reason=response.reason_phrase if response else "",
                response_headers=redactor.headers(_pairs(response.headers)) if response else (),
                response_body=(
                    _body(bytes(self.kept), self.size, response.headers, redactor)
                    if response
                    else None
                ),
                wait_ms=self.wait_ms,
                ms=ms,
                error=redactor.text(f"{type(error).__name__}: {error}".strip(": "))
                if error is not None
                else None,
            )
        )


class _WatchedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, record: _Record, limit: int) -> None:
        self._inner = inner
        self._record = record
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        record = self._record
        try:
            async for chunk in self._inner:
                record.read(chunk)
                if record.size > self._limit:
                    raise UnexpectedResponseError(  # noqa: TRY301
                        f"The answer of {record.request.url.host} is larger than "
                        f"{self._limit // (1024 * 1024)} MB and was cut off: ask for less.",
                        status=record.response.status_code if record.response else None,
                    )
                yield chunk
        except GeneratorExit:
            record.finish()
            raise
        except BaseException as error:
            record.finish(error)
            raise
        record.finish()

    async def aclose(self) -> None:
        await self._inner.aclose()
        self._record.finish()


def build_client(max_answer_bytes: int = MAX_ANSWER_BYTES) -> httpx.AsyncClient:
    """Return the client that a host hands to its connector."""
    network = httpx.AsyncHTTPTransport(
        limits=httpx.Limits(
            max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS
        )
    )
    transport = OriginGuard(CaptureTransport(RouteTransport(network), max_answer_bytes))
    return httpx.AsyncClient(
        transport=transport,
        follow_redirects=True,
        max_redirects=5,
        timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
    )


def _asked(url: httpx.URL) -> str:
    """Return a URL with its path and query exactly as they go on the wire."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"


def _pairs(headers: httpx.Headers) -> list[tuple[str, str]]:
    return [(k.decode("latin-1"), v.decode("latin-1")) for k, v in headers.raw]


def _body(data: bytes, size: int, headers: httpx.Headers, redactor: Redactor) -> Body | None:
    if not size:
        return None
    truncated = size > len(data)
    mime_type = headers.get("content-type", "")
    if headers.get("content-encoding", "").lower() in {"gzip", "deflate"}:
        data, size = _decompressed(data, size)
        truncated = truncated or size > len(data)
    try:
        # A cut body may end in the middle of a character.
        text = data.decode("utf-8", errors="ignore" if truncated else "strict")
    except UnicodeDecodeError:
        return Body(
            text=redactor.text(base64.b64encode(data).decode()),
            encoding="base64",
            size=size,
            truncated=truncated,
            mime_type=mime_type,
        )
    kept = redactor.body(text, mime_type)
    if truncated:
        kept = redactor.cut(kept)
    return Body(text=kept, size=size, truncated=truncated, mime_type=mime_type)


def _decompressed(data: bytes, size: int) -> tuple[bytes, int]:
    """Return the beginning of an unpacked body and its whole size, counted up to a limit."""
    unpacker = zlib.decompressobj(wbits=47)
    try:
        opened = unpacker.decompress(data, KEPT_BYTES)
        total = len(opened)
        while unpacker.unconsumed_tail and total < MAX_ANSWER_BYTES:
            total += len(unpacker.decompress(unpacker.unconsumed_tail, KEPT_BYTES))
    except zlib.error:
        return data, size
    return opened, total
