"""Cross-origin answers: the client is a browser extension, on any page (measured, section 2)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.server.tokens import REFRESHED_HEADER

METHODS = "GET,POST,PATCH,PUT,DELETE"
_ALWAYS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", REFRESHED_HEADER.encode()),
]
_PREFLIGHT_AGE_S = 600


class Cors:
    """ASGI wrapper: answers every ``OPTIONS`` with 204, and lets any origin read any answer.

    Nothing is sent with cookies, so an origin alone opens nothing: a caller needs a token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": _preflight(scope)})
            await send({"type": "http.response.body", "body": b""})
        else:

            async def open_to_all(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message.get("headers", ()), *_ALWAYS]
                await send(message)

            await self._app(scope, receive, open_to_all)


def _preflight(scope: Scope) -> list[tuple[bytes, bytes]]:
    headers = [
        *_ALWAYS,
        (b"access-control-allow-methods", METHODS.encode()),
        (b"access-control-max-age", str(_PREFLIGHT_AGE_S).encode()),
        (b"vary", b"Access-Control-Request-Headers"),
        (b"content-length", b"0"),
    ]
    asked = next((v for k, v in scope["headers"] if k == b"access-control-request-headers"), None)
    if asked:
        headers.append((b"access-control-allow-headers", asked))
    return headers
