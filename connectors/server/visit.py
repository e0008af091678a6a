"""What all routes share, and one request of a caller with a valid token."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response

from connectors.contract.model import User
from connectors.runtime.core import Outcome
from connectors.server.alone import Alone
from connectors.server.database import Database, SecretsLostError
from connectors.server.debug_trace import DebugTrace
from connectors.server.errors import CONNECT_FIRST, Refusal, json_response
from connectors.server.kept import Kept
from connectors.server.platforms import Platform
from connectors.server.session import SESSION_ENDED, Session, UserLocks
from connectors.server.settings import Settings
from connectors.server.tokens import REFRESHED_HEADER, Tokens, token_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What all routes of one process share.

    Attributes:
        http: for requests of the server's own: an OAuth exchange, whose RingCentral account it is.
    """

    settings: Settings
    platforms: Mapping[str, Platform]
    tokens: Tokens
    database: Database
    kept: Kept
    alone: Alone
    refreshes: UserLocks
    http: httpx.AsyncClient


class Visit:
    """A caller whose token is valid.

    Args:
        services: what all routes share.
        request: the request.
        operation: what is asked for, to begin a trace with.

    Raises:
        Refusal: there is no token, or it is not valid here.
    """

    def __init__(self, services: Services, request: Request, operation: str) -> None:
        claims = services.tokens.read(token_of(request))
        if claims is None or claims.platform not in services.platforms:
            raise Refusal(CONNECT_FIRST)
        self._services = services
        self._operation = operation
        self.claims = claims
        self.platform: Platform = services.platforms[claims.platform]
        self.trace: DebugTrace | None = None
        self._headers: dict[str, str] = {}
        if request.headers.get("is-debug") == "true":
            self.trace = DebugTrace()
            self.trace.add(f"{operation}:start", {"query": dict(request.query_params)})
        refreshed = services.tokens.refreshed(claims)
        if refreshed is not None:
            self._headers[REFRESHED_HEADER] = refreshed

    async def user(self) -> User:
        """Return the caller's row.

        Raises:
            Refusal: there is none.
        """
        user = await self._stored()
        if user is None:
            raise Refusal("User not found")
        return user

    async def change_user(self, change: Callable[[User], User]) -> User:
        """Change the caller's row, and return it.

        Raises:
            Refusal: there is none.
        """
        await self.user()  # what waits for the database is stored first
        user = await self._services.database.change_user(
            self.claims.user_id, self.claims.platform, change
        )
        if user is None:
            raise Refusal("User not found")
        return user

    async def session(self) -> Session:
        """Return a session of the caller; one who has never connected has an empty row."""
        kept = self._services.kept
        user = await self._stored()
        settings = self._services.settings
        return Session(
            self.platform,
            user or User(id=self.claims.user_id, platform=self.claims.platform),
            kept,
            routes=settings.routes,
            timeout_s=settings.operation_timeout_s,
            trace=self.trace,
            refreshes=self._services.refreshes,
        )

    async def _stored(self) -> User | None:
        try:
            return await self._services.kept.user(self.claims.user_id, self.claims.platform)
        except SecretsLostError as error:
            _log.warning("%s", error)
            raise Refusal(CONNECT_FIRST, 401, SESSION_ENDED) from error

    async def told(self, session: Session, outcome: Outcome, *keys: str) -> Response:
        """Finish a session and answer with its outcome, in production's order of keys."""
        await session.finish(outcome)
        if session.ended:
            return self.answer(SESSION_ENDED, 401)
        given = outcome.answer
        # Production hands on what a connector left out as nothing at all: the key is missing.
        return self.answer({key: given[key] for key in keys if key in given})

    def answer(self, body: Any, status: int = 200) -> Response:
        """Return an answer, with what happened where that was asked for."""
        if self.trace is not None:
            self.trace.add(f"{self._operation}:result", body if isinstance(body, dict) else None)
            body = self.trace.wrapped(body)
        return json_response(body, status, self._headers)
