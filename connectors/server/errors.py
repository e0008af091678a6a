"""What goes wrong becomes JSON: one sentence, never a stack trace.

An error's body is a JSON text. The extension shows the user exactly such a body (contact-flow 1.6),
and would pass over an object.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from connectors.server.database import DatabaseError

CONNECT_FIRST = "Please go to Settings and authorize CRM platform"
"""Production's words for a missing or unusable token."""
DATABASE_GONE = (
    "The server cannot reach its database, so nothing was sent to the CRM. Try again in a minute."
)
INTERNAL = "The server has a problem of its own, which is in its log. Try again later."
Endpoint = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger(__name__)


class Refusal(Exception):  # noqa: N818  a caller's mistake is no fault of the server
    """A request is answered with a status and this sentence instead of a result.

    Attributes:
        status: the HTTP status.
        body: what is sent in place of the sentence where production sends an object.
    """

    def __init__(self, message: str, status: int = 400, body: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = message if body is None else body


def json_response(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an answer with a JSON body, as Express names its type."""
    return Response(
        msgspec.json.encode(body),
        status,
        headers=headers,
        media_type="application/json; charset=utf-8",
    )


def answered(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with every exception turned into an answer."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            return json_response(refusal.body, refusal.status)
        except DatabaseError as error:
            _log.warning("%s %s: %s", request.method, request.url.path, error)
            return json_response(DATABASE_GONE, 503, {"Retry-After": "30"})
        except Exception:  # noqa: BLE001  the caller gets an answer, the operator the log
            _log.exception("%s %s failed", request.method, request.url.path)
            return json_response(INTERNAL, 500)

    return answer


async def no_route(_request: Request, error: Exception) -> Response:
    """Answer a path or a method that is not served."""
    headers = error.headers if isinstance(error, HTTPException) else None
    if isinstance(error, HTTPException) and error.status_code == 405:
        return json_response("This path does not take that method.", 405, headers)
    return json_response("This server has no such path.", 404)
