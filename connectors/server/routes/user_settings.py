"""``/user/settings``: what the user has set in the extension, phone formats among it."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.contract.model import User
from connectors.server.bodies import ChangedSettings, read_body
from connectors.server.errors import Refusal, answered
from connectors.server.visit import Services, Visit

MAX_SETTINGS_BYTES = 256 * 1024


class UserSettingsRoutes:
    """Reading and changing the user's settings."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/user/settings", answered(self._read), methods=["GET"]),
            Route("/user/settings", answered(self._change), methods=["POST"]),
        ]

    async def _read(self, request: Request) -> Response:
        visit = Visit(self._services, request, "getUserSettings")
        return visit.answer(dict((await visit.user()).user_settings or {}))

    async def _change(self, request: Request) -> Response:
        visit = Visit(self._services, request, "setUserSettings")
        body = await read_body(request, ChangedSettings)
        user = await visit.change_user(lambda stored: _changed(stored, body))
        return visit.answer({"userSettings": dict(user.user_settings or {})})


def _changed(user: User, body: ChangedSettings) -> User:
    settings = dict(user.user_settings or {}) | (body.user_settings or {})
    for key in body.setting_keys_to_remove or ():
        settings.pop(key, None)
    if len(msgspec.json.encode(settings)) > MAX_SETTINGS_BYTES:
        raise Refusal(f"Settings take at most {MAX_SETTINGS_BYTES // 1024} KB together.")
    return msgspec.structs.replace(user, user_settings=settings)
