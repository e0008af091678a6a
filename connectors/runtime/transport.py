"""HTTP transports under a connector's client: capture, credentials guard, routes.

Order, outermost first: guard (a redirect to another origin loses credentials), capture (what the
connector asked for, secrets gone), route (where it really goes), network.
"""

from __future__ import annotations

import base64
import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from urllib.parse import urlsplit

import httpx
import msgspec

from connectors.contract.errors import UnexpectedResponseError
from connectors.contract.exchange import Body, Exchange
from connectors.runtime.redact import Redactor

KEPT_BYTES = 256 * 1024
MAX_ANSWER_BYTES = 32 * 1024 * 1024
_ORIGIN = "callbench.origin"
_PACKINGS = frozenset({"gzip", "x-gzip", "deflate"})
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_HARMLESS = frozenset(
    {"host", "accept", "accept-encoding", "accept-language", "user-agent", "connection",
     "content-type", "content-length", "transfer-encoding"}
)  # fmt: skip


class RouteError(ValueError):
    """A route is not HOST=URL; the message says what is wrong."""


@dataclass(slots=True)
class Invocation:
    """What the transports need to know of the operation under way.

    Attributes:
        network: stands in for the network (a replay), so that no route applies; None for the real
            one.
        captures: whether anybody looks at the exchanges; without it none is made.
    """

    id: int = 0
    routes: Mapping[str, str] = field(default_factory=dict)
    redactor: Redactor = field(default_factory=Redactor)
    emit: Callable[[Exchange], None] = lambda _exchange: None
    network: httpx.AsyncBaseTransport | None = None
    captures: bool = True


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
        if not sign or not host.strip() or not _is_base(target):
            raise RouteError(
                f"The route '{route}' is not HOST=URL: write for example "
                "'api.example.com=http://127.0.0.1:8080' or '*=http://127.0.0.1:8080'."
            )
        parsed[host.strip().lower()] = target.rstrip("/")
    return parsed


def _is_base(text: str) -> bool:
    """Whether requests can be sent below `text`: no user, query or fragment is in it."""
    try:
        urlsplit(text)  # httpx takes "http://["
        url = httpx.URL(text)
        plain = not (url.userinfo or url.query or url.fragment)
        return plain and url.scheme in {"http", "https"} and bool(url.host) and (url.port or 1) > 0
    except (httpx.InvalidURL, ValueError):
        return False


class OriginGuard(httpx.AsyncBaseTransport):
    """Takes everything secret off a request that a redirect sends to another origin.

    A write does not follow there: its body belongs to the CRM that it was meant for.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; the redirect hops of one request share its extensions.

        Raises:
            UnexpectedResponseError: a write is redirected to another origin.
        """
        origin = (request.url.scheme, request.url.host, request.url.port)
        first = request.extensions.setdefault(_ORIGIN, origin)
        if first != origin:
            if request.method not in _READS:
                raise UnexpectedResponseError(
                    f"{first[1]} redirects a {request.method} to {request.url.host}; what is "
                    "written stays with the CRM it is meant for, check the connection's address.",
                    status=307,
                )
            request.headers = httpx.Headers(
                [(k, v) for k, v in request.headers.raw if k.decode().lower() in _HARMLESS]
            )
            # A read with a body: what is in it was meant for the first host as well.
            request.headers.pop("Content-Length", None)
            request.headers.pop("Transfer-Encoding", None)
            request.stream = httpx.ByteStream(b"")
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
        network = current.get().network
        if network is not None:
            return await network.handle_async_request(request)
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
    if not routes:
        return None
    base = routes.get(url.host.lower()) or routes.get("*")
    if not base:
        return None
    target = _base(base)
    if (target.scheme, target.host, target.port) == (url.scheme, url.host, url.port):
        return None
    return target.copy_with(raw_path=target.raw_path.rstrip(b"/") + url.raw_path)


@lru_cache(maxsize=64)
def _base(text: str) -> httpx.URL:
    return httpx.URL(text)


class CaptureTransport(httpx.AsyncBaseTransport):
    """Emits one exchange per request, when its answer has been read, was closed or broke."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, max_answer_bytes: int = MAX_ANSWER_BYTES
    ) -> None:
        self._inner = inner
        self._max_answer_bytes = max_answer_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and watch its answer."""
        invocation = current.get()
        if not invocation.captures:
            response = await self._inner.handle_async_request(request)
            if isinstance(response.stream, httpx.ByteStream) and not _packing(response):
                whole = _WholeResponse(response)
                if len(whole.content) > self._max_answer_bytes:
                    raise _too_large(request, response, self._max_answer_bytes)
                return whole
            assert isinstance(response.stream, httpx.AsyncByteStream)
            response.stream = _LimitedStream(
                response.stream, _Limit(request, response, self._max_answer_bytes)
            )
            return response
        sent = await request.aread()
        record = _Record(invocation, request, sent)
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


def asked_exchange(request: httpx.Request, sent: bytes, invocation: Invocation) -> Exchange:
    """Return the asking half of an exchange, secrets gone."""
    redactor = invocation.redactor
    # First of all: a session in a header may stand in the URL or the body as well.
    headers = redactor.headers(_pairs(request.headers))
    return Exchange(
        id=0,
        invocation=invocation.id,
        started_ms=0.0,
        method=request.method,
        url=redactor.url(_asked(request.url)),
        headers=headers,
        body=_body(*_kept_part(sent, request), request.headers, redactor),
    )


class _Record:
    def __init__(self, invocation: Invocation, request: httpx.Request, sent: bytes) -> None:
        self.invocation = invocation
        self.request = request
        self.sent = sent
        self.started_ms = time.time() * 1000
        self.began = time.perf_counter()
        self.response: httpx.Response | None = None
        self.wait_ms: float | None = None
        self.kept: list[bytes] = []
        self.room = KEPT_BYTES
        self.size = 0
        self.unpacked: _Unpacked | None = None
        self.done = False
        target = routed(request.url) if invocation.network is None else None
        self.routed_to = str(target) if target is not None else None

    def answered(self, response: httpx.Response) -> None:
        self.response = response
        if _packing(response) in _PACKINGS:
            self.unpacked = _Unpacked()
        self.wait_ms = (time.perf_counter() - self.began) * 1000

    def read(self, chunk: bytes, limit: int) -> None:
        """Take a chunk as it came; `size` counts what the connector gets, unpacked."""
        if self.unpacked is None:
            pieces: Iterable[bytes] = (chunk,)
        else:
            pieces = self.unpacked.pieces(chunk)
        for piece in pieces:
            self.size += len(piece)
            if self.room and piece:
                self.kept.append(piece[: self.room])
                self.room -= len(self.kept[-1])
            if self.size > limit:
                raise _too_large(self.request, self.response, limit)

    def finish(self, error: BaseException | None = None) -> None:
        if self.done:
            return
        self.done = True
        redactor, response = self.invocation.redactor, self.response
        ms = (time.perf_counter() - self.began) * 1000
        asked = asked_exchange(self.request, self.sent, self.invocation)
        self.invocation.emit(
            msgspec.structs.replace(
                asked,
                id=next(_ids),
                started_ms=self.started_ms,
                routed_to=redactor.url(self.routed_to) if self.routed_to else None,
                status=response.status_code if response else None,
                reason=response.reason_phrase if response else "",
                response_headers=redactor.headers(_pairs(response.headers)) if response else (),
                response_body=(
                    _body(b"".join(self.kept), self.size, response.headers, redactor)
                    if response
                    else None
                ),
                wait_ms=self.wait_ms,
                ms=ms,
                error=redactor.prose(f"{type(error).__name__}: {error}".strip(": "))
                if error is not None
                else None,
            )
        )


class _Limit:
    """Counts what an answer unpacks to, and raises once it is too much."""

    def __init__(self, request: httpx.Request, response: httpx.Response, limit: int) -> None:
        self._request = request
        self._response = response
        self._limit = limit
        self._size = 0
        self._unpacked = _Unpacked() if _packing(response) in _PACKINGS else None

    def read(self, chunk: bytes) -> None:
        for piece in self._unpacked.pieces(chunk) if self._unpacked else (chunk,):
            self._size += len(piece)
            if self._size > self._limit:
                raise _too_large(self._request, self._response, self._limit)


class _LimitedStream(httpx.AsyncByteStream):
    """An answer that nobody looks at beside its connector."""

    def __init__(self, inner: httpx.AsyncByteStream, limit: _Limit) -> None:
        self._inner = inner
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._limit.read(chunk)
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


class _WholeResponse(httpx.Response):
    """An answer whose body is here already, and not packed: it is read without the streams' detour.

    Args:
        response: one with a stream of bytes.
    """

    def __init__(self, response: httpx.Response) -> None:
        assert isinstance(response.stream, httpx.ByteStream)
        super().__init__(
            response.status_code,
            headers=response.headers,
            stream=response.stream,
            extensions=response.extensions,
        )
        self._body = b"".join(response.stream)

    @property
    def content(self) -> bytes:
        return self._body

    def read(self) -> bytes:
        return self._body

    async def aread(self) -> bytes:
        return self._body


def _too_large(
    request: httpx.Request, response: httpx.Response | None, limit: int
) -> UnexpectedResponseError:
    return UnexpectedResponseError(
        f"The answer of {request.url.host} is larger than {limit // (1024 * 1024)} MB and was cut "
        "off: ask for less.",
        status=response.status_code if response else None,
    )


class _Unpacked:
    """Unpacks a gzip or deflate body a little at a time, however much is in it."""

    def __init__(self) -> None:
        self._inflater: zlib._Decompress | None = None
        self._broken = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a packed chunk holds; the chunk itself once it cannot be unpacked."""
        if self._inflater is None and chunk:
            # "deflate" is zlib's format, or bare deflate where the server took it literally.
            bare = chunk[0] & 0x0F != 8 and chunk[:1] != b"\x1f"
            self._inflater = zlib.decompressobj(wbits=-15 if bare else 47)
        while chunk and not self._broken and self._inflater is not None:
            try:
                piece = self._inflater.decompress(chunk, KEPT_BYTES)
            except zlib.error:
                self._broken = True
                break
            chunk = self._inflater.unconsumed_tail
            if not piece and not chunk:
                return
            yield piece
        if self._broken:
            yield chunk


class _WatchedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, record: _Record, limit: int) -> None:
        self._inner = inner
        self._record = record
        self._limit = limit
        self._reading: AsyncGenerator[bytes, None] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._reading = self._read()
        return self._reading

    async def _read(self) -> AsyncGenerator[bytes, None]:
        record = self._record
        try:
            async for chunk in self._inner:
                try:
                    record.read(chunk, self._limit)
                except UnexpectedResponseError:
                    # Closed before its reader is dropped: httpcore's cannot close in a finalizer.
                    await self._inner.aclose()
                    raise
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
        # A reader that stopped half-way (a body that cannot be unpacked) is ended here, not by the
        # garbage collector after the loop has gone.
        if self._reading is not None:
            await self._reading.aclose()
        self._record.finish()


def _asked(url: httpx.URL) -> str:
    """Return a URL with its path and query exactly as they go on the wire."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"


def _pairs(headers: httpx.Headers) -> list[tuple[str, str]]:
    return [(k.decode("latin-1"), v.decode("latin-1")) for k, v in headers.raw]


def _packing(message: httpx.Request | httpx.Response) -> str:
    packing: str = message.headers.get("content-encoding", "")
    return packing.lower()


def _kept_part(sent: bytes, request: httpx.Request) -> tuple[bytes, int]:
    """Return what is kept of a request's body, unpacked, and its size.

    Packed, it would hide secrets from the redaction.
    """
    if _packing(request) not in _PACKINGS:
        return sent[:KEPT_BYTES], len(sent)
    kept, size = bytearray(), 0
    for piece in _Unpacked().pieces(sent):
        size += len(piece)
        kept += piece[: KEPT_BYTES - len(kept)]
        if size > MAX_ANSWER_BYTES:
            break
    return bytes(kept), size


def _body(data: bytes, size: int, headers: httpx.Headers, redactor: Redactor) -> Body | None:
    if not size:
        return None
    truncated = size > len(data)
    mime_type = headers.get("content-type", "")
    text = _decoded(data, truncated=truncated)
    if text is None:
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


def _decoded(data: bytes, *, truncated: bool) -> str | None:
    """Return text, None when it is none; a cut one may end in the middle of a character."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        at_the_cut = truncated and error.end == len(data) and "end of data" in error.reason
        return data[: error.start].decode() if at_the_cut else None
