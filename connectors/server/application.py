"""The ASGI application: settings in, routes out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.runtime.client import build_client
from connectors.runtime.direct_network import DirectNetwork
from connectors.server.alone import Alone
from connectors.server.cors import Cors
from connectors.server.database import Database, DatabaseError
from connectors.server.errors import no_route
from connectors.server.kept import Kept
from connectors.server.limits import Limits
from connectors.server.openapi import OpenApiRoute
from connectors.server.platforms import load_platforms
from connectors.server.routes.about import AboutRoutes
from connectors.server.routes.call_logs import CallLogRoutes
from connectors.server.routes.contacts import ContactRoutes
from connectors.server.routes.sign_in import SignInRoutes
from connectors.server.routes.user_settings import UserSettingsRoutes
from connectors.server.sealing import Sealer
from connectors.server.session import UserLocks
from connectors.server.settings import Settings, SettingsError
from connectors.server.tokens import Tokens
from connectors.server.visit import Services

HOLD_MARGIN_S = 10.0
RETRY_S = 5.0
MAINTENANCE_S = 6 * 3600.0
TOPICS = (AboutRoutes, SignInRoutes, ContactRoutes, CallLogRoutes, UserSettingsRoutes)
_log = logging.getLogger(__name__)


def build_application(settings: Settings) -> ASGIApp:
    """Return the application; it opens its database and connectors when the server starts it."""

    @contextlib.asynccontextmanager
    async def lifespan(starlette: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            try:
                services = await stack.enter_async_context(open_services(settings))
            except (SettingsError, DatabaseError) as error:
                start.problem = str(error)
                raise
            for topic in TOPICS:
                starlette.router.routes.extend(topic(services).routes())
            starlette.router.routes.extend(OpenApiRoute().routes())
            async with asyncio.TaskGroup() as group:
                keeping = group.create_task(_keep_house(services))
                yield
                keeping.cancel()

    starlette = Starlette(lifespan=lifespan, exception_handlers={HTTPException: no_route})
    starlette.router.redirect_slashes = False
    limits = Limits(
        starlette, max_requests=settings.max_requests, body_timeout_s=settings.body_timeout_s
    )
    start = _Start(Cors(limits))
    return start


class _Start:
    """ASGI wrapper: an ASGI server logs why the start failed, one sentence, no stack trace.

    Attributes:
        problem: the sentence, once there is one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.problem = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on whatever comes."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def say(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and self.problem:
                message = {**message, "message": self.problem}
            await send(message)

        await self._app(scope, receive, say)


@contextlib.asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open what the routes share, and close it at the end.

    Raises:
        SettingsError: a connector cannot be loaded.
        DatabaseError: the database cannot be reached.
    """
    platforms = await load_platforms(settings.connectors)
    async with contextlib.AsyncExitStack() as stack:
        for platform in platforms.values():
            stack.push_async_callback(platform.host.close)
        database = await Database.open(settings.database_url, Sealer(settings.secret_keys))
        stack.push_async_callback(database.close)
        http = build_client(network=DirectNetwork())
        stack.push_async_callback(http.aclose)
        kept = Kept(database)
        stack.push_async_callback(kept.store_waiting)
        timeouts_s = [each.timeout_s(settings.operation_timeout_s) for each in platforms.values()]
        longest_s = 4 * max(timeouts_s, default=settings.operation_timeout_s) + HOLD_MARGIN_S
        yield Services(
            settings=settings,
            platforms=platforms,
            tokens=Tokens(settings.secret_keys),
            database=database,
            kept=kept,
            alone=Alone(database, wait_s=settings.operation_timeout_s, hold_s=longest_s),
            refreshes=UserLocks(),
            http=http,
        )


async def _keep_house(services: Services) -> None:
    """Store what waits for the database, and now and then drop what is old."""
    due_at = time.monotonic()
    while True:
        try:
            if services.kept.waiting:
                await services.kept.store_waiting()
            await services.alone.release_waiting()
            if time.monotonic() >= due_at:
                due_at += MAINTENANCE_S
                await services.database.maintain()
        except DatabaseError:
            _log.warning("the database cannot be tidied up now")
        await asyncio.sleep(RETRY_S)
