"""The HTTP client that a host hands to its connector: httpx's, above this project's transports.

The shorter ways here matter to a server that makes thousands of requests; what they build is what
httpx builds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import httpx

from connectors.runtime.transport import (
    MAX_ANSWER_BYTES,
    CaptureTransport,
    OriginGuard,
    RouteTransport,
)

MAX_CONNECTIONS = 8
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
_QUERY_VALUES = (str, int, float, type(None))
_MAX_QUERY = 60_000
"""httpx refuses a component of more than 65,536 characters."""


def build_client(
    max_answer_bytes: int = MAX_ANSWER_BYTES, network: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Return the client that a host hands to its connector.

    It keeps no cookies, as production's does not: one operation never depends on another's.

    Args:
        max_answer_bytes: an answer that is larger is cut off.
        network: sends the requests, None for httpx's own.
    """
    network = network or httpx.AsyncHTTPTransport(
        limits=httpx.Limits(
            max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS
        )
    )
    transport = OriginGuard(CaptureTransport(RouteTransport(network), max_answer_bytes))
    return _Client(
        transport=transport,
        follow_redirects=True,
        max_redirects=5,
        timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
    )


class _NoCookies(httpx.Cookies):
    """Keeps no cookie: one operation never depends on another's."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Pass over what an answer sets."""


class _Client(httpx.AsyncClient):
    """httpx's client without what no connector uses: cookies, authentication flows and hooks.

    What they cost is a quarter of a request that is answered at once.
    """

    @property
    def cookies(self) -> httpx.Cookies:
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, _cookies: object) -> None:
        raise AttributeError("a connector's client keeps no cookies")

    def build_request(
        self,
        method: str,
        url: httpx.URL | str,
        *,
        params: Any = None,
        headers: Any = None,
        timeout: Any = httpx.USE_CLIENT_DEFAULT,
        **given: Any,
    ) -> httpx.Request:
        """Build a request; a plain GET, which nearly every request is, by a shorter way."""
        unset = all(value is None for value in given.values())
        asked = _url(url, params) if method == "GET" and unset else None
        if asked is None or not isinstance(headers, dict | None):
            return super().build_request(
                method, url, params=params, headers=headers, timeout=timeout, **given
            )
        lines = {b"host": (b"Host", asked.netloc)}
        lines |= {name.lower(): (name, value) for name, value in self.headers.raw}
        lines |= {name.lower(): (name, value) for name, value in httpx.Headers(headers).raw}
        limits = self.timeout if timeout is httpx.USE_CLIENT_DEFAULT else httpx.Timeout(timeout)
        request = httpx.Request(
            method,
            asked,
            headers=list(lines.values()),
            stream=httpx.ByteStream(b""),
            extensions={"timeout": limits.as_dict()},
        )
        request.read()
        return request

    async def _send_handling_auth(
        self,
        request: httpx.Request,
        auth: httpx.Auth,
        follow_redirects: bool,
        history: list[httpx.Response],
    ) -> httpx.Response:
        if type(auth) is not httpx.Auth:
            return await super()._send_handling_auth(request, auth, follow_redirects, history)
        return await self._send_handling_redirects(request, follow_redirects, history)

    async def _send_single_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.TransportError as error:
            error.request = request
            raise
        response.request = request
        return response


_NO_COOKIES = _NoCookies()


class _Asked(httpx.URL):
    """An address with another query, which is encoded already.

    httpx parses a whole address anew for it, and that is a fifth of a lookup's time.
    """

    def __init__(self, address: httpx.URL, query: str) -> None:
        # What httpx parses to; it has no public way to go on from there.
        self._uri_reference = address._uri_reference._replace(query=query)  # noqa: SLF001


def _url(url: httpx.URL | str, params: Any) -> httpx.URL | None:
    """Return an address with query values as httpx spells them, None to leave it to httpx."""
    if params is None:
        return httpx.URL(url)
    if not (params and isinstance(url, str) and isinstance(params, Mapping)):
        return None
    if not all(isinstance(value, _QUERY_VALUES) for value in params.values()):
        return None
    query = urlencode([(name, _query_text(value)) for name, value in params.items()])
    return _Asked(_parsed(url), query) if len(query) <= _MAX_QUERY else None


@lru_cache(maxsize=256)
def _parsed(url: str) -> httpx.URL:
    return httpx.URL(url)


def _query_text(value: str | int | float | bool | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
