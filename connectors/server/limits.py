"""What a request may weigh and how long it may take to come, before anything else looks at it."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.server.errors import json_response

MAX_BODY_BYTES = 1024 * 1024
MAX_URL_BYTES = 8 * 1024
MAX_HEADER_BYTES = 32 * 1024
MAX_HEADERS = 100
DRAINED_BYTES = 16 * 1024 * 1024
DRAINED_S = 5.0
"""So much of a refused body is read and dropped: a client that still writes would not see why."""


class Limits:
    """ASGI wrapper that reads the whole body within its limits and hands it on in one piece.

    Args:
        app: what answers.
        max_requests: how many requests are worked on at once; more are refused, not queued.
        body_timeout_s: seconds in which a body must have come.
    """

    def __init__(
        self, app: ASGIApp, *, max_requests: int = 200, body_timeout_s: float = 15.0
    ) -> None:
        self._app = app
        self._max_requests = max_requests
        self._body_timeout_s = body_timeout_s
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._too_large(scope)
        if refusal is None and self._under_way >= self._max_requests:
            refusal = (503, "The server has more requests than it can take. Try again in a moment.")
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
            return
        self._under_way += 1
        try:
            body = b"" if _has_no_body(scope) else await self._body(receive)
            if isinstance(body, tuple):
                await _refuse(body, scope, receive, send)
            elif body is not None:
                await self._app(scope, _Replayed(body, receive), send)
        finally:
            self._under_way -= 1

    def _too_large(self, scope: Scope) -> tuple[int, str] | None:
        if len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > MAX_URL_BYTES:
            return 414, f"The address is longer than {MAX_URL_BYTES // 1024} KB."
        headers = scope["headers"]
        size = sum(len(name) + len(value) for name, value in headers)
        if len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES:
            return 431, (
                f"The headers are more than {MAX_HEADERS}, or larger than "
                f"{MAX_HEADER_BYTES // 1024} KB together."
            )
        said = next((v for k, v in headers if k == b"content-length"), b"0")
        if said.isdigit() and int(said[:20]) > MAX_BODY_BYTES:
            return _BODY_TOO_LARGE
        return None

    async def _body(self, receive: Receive) -> bytes | tuple[int, str] | None:
        """Return the whole body, why it is refused, or None when the client went away."""
        chunks, size = [], 0
        ends_at = time.monotonic() + self._body_timeout_s
        while True:
            try:
                async with asyncio.timeout(ends_at - time.monotonic()):
                    message = await receive()
            except TimeoutError:
                return 408, f"The body did not come within {self._body_timeout_s:g} s."
            if message["type"] == "http.disconnect":
                return None
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > MAX_BODY_BYTES:
                return _BODY_TOO_LARGE
            if not message.get("more_body"):
                return b"".join(chunks)


_BODY_TOO_LARGE = (413, f"The body is larger than {MAX_BODY_BYTES // 1024 // 1024} MB.")


class _Replayed:
    """Hands on a body that has been read; after it, what the server says of the connection."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _has_no_body(scope: Scope) -> bool:
    """Whether a request says of itself that it has none, so that nobody has to wait for it."""
    names = {name for name, _ in scope["headers"]}
    return not names & {b"content-length", b"transfer-encoding"}


async def _refuse(refusal: tuple[int, str], scope: Scope, receive: Receive, send: Send) -> None:
    status, sentence = refusal
    if status == 413 and all(name != b"expect" for name, _ in scope["headers"]):
        await _drain(receive)
    headers = {"Connection": "close"} | ({"Retry-After": "1"} if status == 503 else {})
    await json_response(sentence, status, headers)(scope, receive, send)


async def _drain(receive: Receive) -> None:
    size = 0
    try:
        async with asyncio.timeout(DRAINED_S):
            while size < DRAINED_BYTES:
                message = await receive()
                size += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return
    except TimeoutError:
        return
