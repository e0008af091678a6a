"""One request's user and Core: the user out of the database, and what became of it back there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from connectors.contract.hosting import (
    AccountValue,
    CacheEvent,
    ErrorInfo,
    ExchangeEvent,
    FindingEvent,
    HostEvent,
    InvokeOptions,
    Reply,
    UserEvent,
)
from connectors.contract.model import User
from connectors.runtime.core import Core, Outcome
from connectors.runtime.redact import secrets_in
from connectors.server.database import DatabaseError
from connectors.server.debug_trace import DebugTrace
from connectors.server.kept import Kept
from connectors.server.platforms import Platform

REFRESH = "checkAndRefreshAccessToken"
ELSEWHERE_POLL_S = 0.1
ELSEWHERE_WAIT_S = 2.0
"""How long to look for the tokens that another worker may just have been given."""
SESSION_ENDED = {
    "successful": False,
    "returnMessage": {
        "message": "User session expired. Please connect again.",
        "messageType": "warning",
        "ttl": 5000,
    },
    "errorCode": "CRM_SESSION_REVOKED",
}
"""Production's answer, with 401, when the CRM takes neither the session nor its renewal."""
_log = logging.getLogger(__name__)


class Session:
    """A connected user for the length of one request.

    Args:
        platform: the connector.
        user: as it is stored; what the connector changes is in :attr:`core`'s user.
        kept: where everything is stored.
        routes: hosts that are sent elsewhere.
        timeout_s: seconds per operation.
        trace: notes what happens, None when nobody asked for it.
        refreshes: a lock per user, shared by all requests of the process.
    """

    def __init__(
        self,
        platform: Platform,
        user: User,
        kept: Kept,
        *,
        routes: Mapping[str, str],
        timeout_s: float,
        trace: DebugTrace | None = None,
        refreshes: UserLocks | None = None,
    ) -> None:
        self.platform = platform
        self.trace = trace
        self.stale_account_data = False
        self.ended = False
        self._kept = kept
        self._stored = user
        self._routes = dict(routes)
        self._timeout_s = platform.timeout_s(timeout_s)
        self._refreshes = refreshes or UserLocks()
        self._account_data: dict[str, AccountValue] | None = None
        self._cached: list[CacheEvent] = []
        self._secrets = secrets_of(user)
        if trace is not None:
            trace.learn(self._secrets)
        self.core = Core(
            self._invoke,
            kept,
            platform=platform.name,
            display_name=platform.display_name,
            description=platform.description,
            user=user,
        )

    @property
    def account(self) -> str:
        """Whose caches the user shares."""
        return self.core.user.rc_account_id or ""

    async def finish(self, outcome: Outcome | None = None) -> None:
        """Store what the connector has changed or wants kept.

        Raises:
            DatabaseError: option lists could not be kept and nothing was written to the CRM.
        """
        if outcome is not None and outcome.error is not None:
            _log.warning(
                "%s of %s failed: %s", outcome.operation, self.platform.name, outcome.error.message
            )
        await self._store_user()
        for event in self._cached:
            try:
                await self._kept.database.put_account_data(
                    self.account, self.platform.name, event.key, event.value
                )
            except DatabaseError as error:
                _log.warning("an option list was not kept: %s", error)
                break
        self._cached.clear()

    async def refresh(self) -> ErrorInfo | None:
        """Have the connector look whether the session is still good; return why it is not."""
        if REFRESH not in self.platform.description.operations:
            return None
        user = self.core.user
        reply = await self._invoke(REFRESH, _operation_input(user))
        return reply.error

    async def call(self, operation: str) -> Reply:
        """Run an operation that needs nothing but the user."""
        return await self._invoke(operation, _operation_input(self.core.user))

    async def _invoke(self, operation: str, operation_input: dict[str, Any]) -> Reply:
        if operation == REFRESH:
            return await self._refresh_alone(operation_input)
        return await self._run(operation, operation_input)

    async def _refresh_alone(self, operation_input: dict[str, Any]) -> Reply:
        """Renew a session once, however many requests of the user find it expired.

        A refresh token may be good for one use: who comes second goes on with the first's result,
        also when the first is another worker.
        """
        async with self._refreshes.of(self.core.user.id, self.platform.name) as waited:
            if waited and await self._take_newer():
                return Reply()
            reply = await self._run(REFRESH, operation_input)
            if reply.error is None:
                await self._store_user()
                return reply
        if reply.error.status not in (400, 401):
            return reply
        ends_at = asyncio.get_running_loop().time() + ELSEWHERE_WAIT_S
        while asyncio.get_running_loop().time() < ends_at:
            if await self._take_newer():
                return Reply()
            await asyncio.sleep(ELSEWHERE_POLL_S)
        self.ended = True
        return reply

    async def _take_newer(self) -> bool:
        """Go on with the stored user when its tokens are not those of this session."""
        stored = await self._kept.user(self.core.user.id, self.platform.name)
        if stored is None or _tokens(stored) == _tokens(self._stored):
            return False
        self._stored = stored
        self.core.apply_user_changes(
            {
                "accessToken": stored.access_token,
                "refreshToken": stored.refresh_token,
                "tokenExpiry": stored.token_expiry,
                "platformAdditionalInfo": dict(stored.platform_additional_info or {}),
            }
        )
        self._secrets += secrets_of(stored)
        return True

    async def _run(self, operation: str, operation_input: dict[str, Any]) -> Reply:
        options = InvokeOptions(
            routes=self._routes, account_data=await self._options(), secrets=self._secrets
        )
        if self.trace is not None:
            self.trace.add(f"connector:{operation}")
        reply = await self.platform.host.invoke(
            operation,
            operation_input,
            options=options,
            timeout_s=self._timeout_s,
            on_event=self._on_event,
            captures=self.trace is not None,
        )
        if self.trace is not None:
            error = reply.error
            told: dict[str, Any] = {"ms": round(reply.ms, 1)}
            if error is None:
                self.trace.add(f"connector:{operation}:done", told)
            else:
                # Production calls the CRM's status so, and the bench reads it by that name.
                told |= {
                    "type": error.type,
                    "message": error.message,
                    "statusCode": error.status,
                }
                self.trace.add(f"connector:{operation}:error", told, "error")
        return reply

    async def _options(self) -> dict[str, AccountValue]:
        """Return the account's option lists, read once per request."""
        if self._account_data is None:
            self._account_data = (
                await self._kept.database.account_data(self.account, self.platform.name)
                if self.account
                else {}
            )
            if self.stale_account_data:
                self._account_data = {
                    key: AccountValue(value=kept.value, fresh=False)
                    for key, kept in self._account_data.items()
                }
        return self._account_data

    async def _store_user(self) -> None:
        if self.core.user != self._stored:
            before, self._stored = self._stored, self.core.user
            await self._kept.put_changes(before, self._stored, self.platform.name)

    def _on_event(self, event: HostEvent) -> None:
        match event:
            case UserEvent():
                self.core.apply_user_changes(event.changes)
                self._secrets += secrets_of(self.core.user)
                if self.trace is not None:
                    self.trace.learn(self._secrets)
            case CacheEvent():
                if self.account:
                    self._cached.append(event)
            case ExchangeEvent():
                if self.trace is not None:
                    self.trace.add_exchange(event.exchange)
            case FindingEvent():
                _log.warning("%s: %s: %s", self.platform.name, event.code, event.message)
                if self.trace is not None:
                    self.trace.add(f"finding:{event.code}", {"message": event.message}, "warn")


class UserLocks:
    """A lock per user, there while somebody holds or waits for it."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], tuple[asyncio.Lock, int]] = {}

    def of(self, user_id: str, platform: str) -> _UserLock:
        """Return the lock of a user; it tells whether it had to be waited for."""
        return _UserLock(self._held, (user_id, platform))


class _UserLock:
    def __init__(
        self, held: dict[tuple[str, str], tuple[asyncio.Lock, int]], key: tuple[str, str]
    ) -> None:
        self._held = held
        self._key = key

    async def __aenter__(self) -> bool:
        lock, users = self._held.get(self._key) or (asyncio.Lock(), 0)
        self._held[self._key] = lock, users + 1
        waited = lock.locked()
        try:
            await lock.acquire()
        except BaseException:
            self._leave()
            raise
        return waited

    async def __aexit__(self, *_raised: object) -> None:
        self._held[self._key][0].release()
        self._leave()

    def _leave(self) -> None:
        lock, users = self._held[self._key]
        if users > 1:
            self._held[self._key] = lock, users - 1
        else:
            del self._held[self._key]


def secrets_of(user: User) -> tuple[str, ...]:
    """Return every value of a user that must appear nowhere."""
    info = {"accessToken": user.access_token, "refreshToken": user.refresh_token}
    named = tuple(secrets_in(info | {"info": dict(user.platform_additional_info or {})}))
    return tuple(dict.fromkeys(value for value in named if value))


def _tokens(user: User) -> tuple[Any, ...]:
    return user.access_token, user.refresh_token, user.info("bhRestToken")


def _operation_input(user: User) -> dict[str, Any]:
    from connectors.contract.model import OperationInput, to_wire  # noqa: PLC0415

    wire: dict[str, Any] = to_wire(OperationInput(user=user))
    return wire
