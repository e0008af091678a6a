"""Answers from a recording instead of the network. A miss is an error: nothing falls through."""

from __future__ import annotations

import base64
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from connectors.contract.errors import ConnectorError
from connectors.contract.exchange import Body, Exchange
from connectors.contract.har import HarError, read_har
from connectors.runtime import transport
from connectors.runtime.redact import Redactor
from connectors.runtime.scrub import scrubbed_request

Key = tuple[str, str, frozenset[tuple[tuple[str, str], int]], str]
_FAILURES: dict[str, type[httpx.TransportError]] = {
    kind.__name__: kind
    for kind in (
        httpx.ReadError,
        httpx.ReadTimeout,
        httpx.ConnectTimeout,
        httpx.RemoteProtocolError,
    )
}
_PACKED = {"content-encoding", "content-length", "transfer-encoding"}


class ReplayMissError(ConnectorError):
    """A request is not in the recording; the message names the nearest one and what differs."""


class ReplayTransport(httpx.AsyncBaseTransport):
    """Answers each request with the recorded answer to the same one.

    The same are method, address, query (in any order) and body (JSON and forms in any order);
    secrets are compared as they are kept, redacted. Of several recordings of one request each is
    used once, in order, and the last from then on.
    """

    def __init__(self, exchanges: list[Exchange]) -> None:
        self._recorded: dict[Key, list[Exchange]] = defaultdict(list)
        for exchange in exchanges:
            self._recorded[_key_of(exchange)].append(exchange)

    @classmethod
    def open(cls, path: Path) -> ReplayTransport:
        """Read a recording.

        Raises:
            HarError: the file cannot be read; the message names it.
        """
        try:
            return cls([scrubbed_request(one, Redactor()) for one in read_har(path.read_bytes())])
        except OSError as error:
            raise HarError(f"The recording {path} cannot be read: {error.strerror}.") from error
        except HarError as error:
            raise HarError(f"The recording {path} cannot be read. {error}") from error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the recorded answer.

        Raises:
            ReplayMissError: there is none, or only the beginning of one.
            httpx.TransportError: the recorded request had no whole answer.
        """
        key = _key_of(_redacted(request, await request.aread()))
        found = self._recorded.get(key)
        if not found:
            raise ReplayMissError(_miss(key, list(self._recorded)))
        exchange = found.pop(0) if len(found) > 1 else found[0]
        if exchange.status is None:
            said = exchange.error or "The recorded request failed."
            kind = said.partition(":")[0]
            raise _FAILURES.get(kind, httpx.ConnectError)(said)
        body = exchange.response_body
        if body is not None and body.truncated:
            raise ReplayMissError(
                f"The recorded answer to {exchange.method} {exchange.url} is only its beginning: "
                f"{body.size:,} bytes were too many to keep. Record a smaller answer."
            )
        return httpx.Response(
            exchange.status,
            headers=[(k, v) for k, v in exchange.response_headers if k.lower() not in _PACKED],
            stream=httpx.ByteStream(_bytes(body)),
        )


def _redacted(request: httpx.Request, sent: bytes) -> Exchange:
    """Return the request as a recording of it would read."""
    return transport.asked_exchange(request, sent, transport.current.get())


def _key_of(exchange: Exchange) -> Key:
    try:
        parts = urlsplit(exchange.url)
        address = f"{parts.scheme}://{parts.netloc}".lower() + parts.path
        query = parts.query
    except ValueError:
        address, query = exchange.url, ""
    pairs = Counter(parse_qsl(query, keep_blank_values=True))
    return exchange.method, address, frozenset(pairs.items()), _canonical(exchange.body)


def _canonical(body: Body | None) -> str:
    """Return a body in one spelling of the many that mean the same."""
    if body is None:
        return ""
    if "x-www-form-urlencoded" in body.mime_type:
        return json.dumps(sorted(parse_qsl(body.text, keep_blank_values=True)))
    try:
        return json.dumps(json.loads(body.text), sort_keys=True)
    except (ValueError, RecursionError):
        return body.text


def _miss(key: Key, recorded: list[Key]) -> str:
    method, address, query, body = key
    asked = f"{method} {address}"
    if not recorded:
        return f"The recording has no answer to {asked}: it is empty."
    near = max(recorded, key=lambda other: _likeness(key, other))
    differences = []
    if near[0] != method:
        differences.append(f"its method is {near[0]}")
    if near[1] != address:
        differences.append(f"its address is {near[1]}")
    for (name, value), _times in sorted(query - near[2]):
        differences.append(f"it has no {name}={value}")
    for (name, value), _times in sorted(near[2] - query):
        differences.append(f"it has {name}={value}")
    if near[3] != body:
        differences.append(_body_difference(body, near[3]))
    return (
        f"The recording has no answer to {asked}. The nearest is {near[0]} {near[1]}: "
        f"{'; '.join(differences[:6])}. Record again, or undo what changed."
    )


def _likeness(asked: Key, other: Key) -> tuple[int, int, int, int]:
    """Return how much two requests have in common, the most telling part first."""
    same_path = urlsplit(asked[1]).path == urlsplit(other[1]).path
    return (
        2 * (asked[1] == other[1]) + same_path,
        asked[0] == other[0],
        len(asked[2] & other[2]) - len(asked[2] ^ other[2]),
        asked[3] == other[3],
    )


def _body_difference(asked: str, recorded: str) -> str:
    try:
        path = _first_difference(json.loads(asked or "null"), json.loads(recorded or "null"), "")
    except ValueError:
        path = ""
    return f"its body differs at {path}" if path else "its body differs"


def _first_difference(a: Any, b: Any, path: str) -> str:
    """Return where two JSON values differ first, '' where they are alike or differ as a whole."""
    if isinstance(a, dict) and isinstance(b, dict):
        pairs = [(key, a.get(key), b.get(key)) for key in sorted({*a, *b})]
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        pairs = [(f"[{place}]", x, y) for place, (x, y) in enumerate(zip(a, b, strict=True))]
    else:
        return path
    for name, x, y in pairs:
        if x != y:
            return _first_difference(x, y, f"{path}.{name}".lstrip("."))
    return ""


def _bytes(body: Body | None) -> bytes:
    if body is None:
        return b""
    return base64.b64decode(body.text) if body.encoding == "base64" else body.text.encode()
