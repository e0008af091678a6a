"""aiohttp under httpx's interface: the network of a server that makes thousands of requests.

httpcore looks through its whole pool at every request; with many at once that costs more than the
requests. Connectors see no difference: the same client, the same exceptions, the same bytes.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import aiohttp
import httpx
from yarl import URL

MAX_CONNECTIONS_PER_HOST = 64
KEEP_ALIVE_S = 15.0
_CHUNK_BYTES = 64 * 1024
_OWN_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class AiohttpNetwork(httpx.AsyncBaseTransport):
    """Sends requests by aiohttp; the session is opened with the first, in the loop that runs then.

    No cookie is kept, nothing is unpacked, no redirect followed and no URL spelled anew: all that
    is the client's.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._tls: ssl.SSLContext | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`.

        Raises:
            httpx.TransportError: as httpx's own transport does.
        """
        session = self._session or self._open()
        timeout = request.extensions.get("timeout", {})
        body: bytes | httpx.AsyncByteStream | None
        try:
            body = request.content or None
        except httpx.RequestNotRead:
            assert isinstance(request.stream, httpx.AsyncByteStream)
            body = request.stream
        try:
            response = await session.request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=[(k.decode("ascii"), v.decode("latin-1")) for k, v in request.headers.raw],
                data=body,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    total=None,
                    connect=timeout.get("pool"),
                    sock_connect=timeout.get("connect"),
                    sock_read=timeout.get("read"),
                ),
            )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _as_httpx(error, request) from error
        return httpx.Response(
            response.status,
            headers=response.raw_headers,
            stream=_Stream(response, request),
            extensions={
                "http_version": b"HTTP/1.1",
                "reason_phrase": (response.reason or "").encode("ascii", "ignore"),
            },
        )

    async def aclose(self) -> None:
        """Close all connections; safe to call twice."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        self._tls = self._tls or httpx.create_ssl_context()
        connector = aiohttp.TCPConnector(
            limit=0,
            limit_per_host=MAX_CONNECTIONS_PER_HOST,
            keepalive_timeout=KEEP_ALIVE_S,
            ssl=self._tls,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_OWN_HEADERS,
        )
        return self._session


class _Stream(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._response = response
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.content.iter_chunked(_CHUNK_BYTES):
                yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _as_httpx(error, self._request, reading=True) from error

    async def aclose(self) -> None:
        # What was not read to its end is not worth keeping a connection for.
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


def _as_httpx(
    error: Exception, request: httpx.Request, *, reading: bool = False
) -> httpx.TransportError:
    """Return what httpx's own transport would have raised."""
    text = str(error) or type(error).__name__
    kind: type[httpx.TransportError]
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        kind = httpx.ConnectTimeout
    elif isinstance(error, TimeoutError):
        kind = httpx.ReadTimeout
    elif isinstance(error, aiohttp.ClientConnectorError):
        kind = httpx.ConnectError
    elif isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        kind = httpx.UnsupportedProtocol
    elif isinstance(error, ValueError) and not isinstance(error, aiohttp.ClientError):
        kind = httpx.LocalProtocolError
    elif reading or isinstance(error, aiohttp.ClientOSError | OSError):
        kind = httpx.ReadError
    else:
        kind = httpx.RemoteProtocolError
    return kind(text, request=request)
