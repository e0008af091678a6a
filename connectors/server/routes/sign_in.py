"""Connecting and disconnecting: ``/apiKeyLogin``, ``/oauth-callback``, ``/unAuthorize``."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.contract.hosting import ErrorInfo, InvokeOptions, Reply
from connectors.contract.model import User
from connectors.runtime import messages, transport
from connectors.runtime.redact import secrets_in
from connectors.runtime.sign_in import SignIn, sign_in
from connectors.runtime.transport import Invocation
from connectors.server import oauth
from connectors.server.bodies import MAX_TEXT, ApiKeyLogin, query_text, read_body
from connectors.server.database import SecretsLostError
from connectors.server.errors import Refusal, answered, json_response
from connectors.server.hosts import check_addresses
from connectors.server.platforms import Platform
from connectors.server.ringcentral import account_of
from connectors.server.session import SESSION_ENDED
from connectors.server.visit import Services, Visit

RC_TOKEN_HEADER = "x-rc-access-token"  # noqa: S105  a header's name
_GIVEN_BY_OAUTH = ("tokenUrl", "apiUrl", "username")


class SignInRoutes:
    """Who is connected."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/apiKeyLogin", answered(self._api_key_login), methods=["POST"]),
            Route("/oauth-callback", answered(self._oauth_callback), methods=["GET"]),
            Route("/unAuthorize", answered(self._unauthorize), methods=["POST"]),
            Route("/authValidation", answered(self._auth_validation), methods=["GET"]),
            Route("/hostname", answered(self._hostname), methods=["GET"]),
        ]

    async def _api_key_login(self, request: Request) -> Response:
        body = await read_body(request, ApiKeyLogin)
        if not body.platform:
            raise Refusal("Missing platform name")
        platform = self._platform(body.platform)
        fields = body.additional_info or {}
        allowed = self._services.settings.allowed_hosts
        check_addresses(platform.manifest, body.hostname, fields, allowed)
        given = User(
            platform=platform.name,
            hostname=body.hostname,
            access_token=body.api_key,
            platform_additional_info=fields,
        )
        await self._services.database.ping()
        signed = await self._signed(platform, given)
        if signed.user is None:
            return json_response({"returnMessage": _why(signed)}, 400)
        rc_token = request.headers.get(RC_TOKEN_HEADER) or body.rc_access_token or ""
        token = await self._kept(platform, signed.user, rc_token)
        return json_response(
            {"jwtToken": token, "name": signed.name, "returnMessage": signed.return_message}
        )

    async def _oauth_callback(self, request: Request) -> Response:
        callback_uri = query_text(request, "callbackUri", longest=8000)
        code = query_text(request, "code", longest=8000)
        if callback_uri in ("", "undefined") and not code:
            raise Refusal("Missing callbackUri")
        callback = oauth.read_callback(callback_uri, code, query_text(request, "state"))
        platform = self._platform(callback.platform)
        fields: dict[str, Any] = {
            name: value for name in _GIVEN_BY_OAUTH if (value := query_text(request, name))
        }
        hostname = query_text(request, "hostname")
        check_addresses(platform.manifest, hostname, fields, self._services.settings.allowed_hosts)
        await self._services.database.ping()  # a code is good for one exchange
        self._reach_out()
        grant = await oauth.exchange(
            self._services.http, platform, callback.code, fields.get("tokenUrl", "")
        )
        given = User(
            platform=platform.name,
            hostname=hostname,
            access_token=grant.access_token,
            refresh_token=grant.refresh_token,
            token_expiry=grant.expires_at,
            platform_additional_info=fields,
        )
        signed = await self._signed(platform, given)
        if signed.user is None:
            return json_response({"successful": False, "returnMessage": _why(signed)})
        rc_token = request.headers.get(RC_TOKEN_HEADER) or query_text(
            request, "rcAccessToken", longest=MAX_TEXT
        )
        token = await self._kept(platform, signed.user, rc_token)
        return json_response(
            {
                "successful": True,
                "jwtToken": token,
                "name": signed.name,
                "returnMessage": signed.return_message,
            }
        )

    async def _unauthorize(self, request: Request) -> Response:
        visit = Visit(self._services, request, "unAuthorize")
        user = await visit.user()
        told: Any = None
        if "unAuthorize" in visit.platform.description.operations and user.access_token:
            session = await visit.session()
            reply = await session.call("unAuthorize")
            if isinstance(reply.result, dict):
                told = reply.result.get("returnMessage")
        # Whatever the CRM said of it: the user wants no key of theirs to stay here.
        await self._services.kept.sign_out(user, visit.platform.name)
        done = messages.message(f"Logged out of {visit.platform.display_name}", "success", ttl=1000)
        return visit.answer(told if isinstance(told, dict) else done)

    async def _auth_validation(self, request: Request) -> Response:
        visit = Visit(self._services, request, "authValidation")
        session = await visit.session()
        if not session.core.user.access_token:
            told = messages.message("User not found")
            return visit.answer({"successful": False, "returnMessage": told})
        error = await session.refresh()
        await session.finish()
        if session.ended:
            return visit.answer(SESSION_ENDED, 401)
        answer: dict[str, Any] = {"successful": error is None}
        if error is not None:
            answer["returnMessage"] = _failure(error)
        return visit.answer(answer)

    async def _hostname(self, request: Request) -> Response:
        visit = Visit(self._services, request, "hostname")
        return visit.answer((await visit.user()).hostname)

    def _platform(self, name: str) -> Platform:
        platform = self._services.platforms.get(name)
        if platform is None:
            served = ", ".join(self._services.platforms)
            raise Refusal(f"This server does not serve {name[:100]}, only {served}.")
        return platform

    async def _signed(self, platform: Platform, given: User) -> SignIn:
        settings = self._services.settings
        fields = dict(given.platform_additional_info or {})
        secrets = (given.access_token, given.refresh_token, *secrets_in(fields))
        options = InvokeOptions(
            routes=dict(settings.routes), secrets=tuple(value for value in secrets if value)
        )

        async def invoke(operation: str, operation_input: dict[str, Any]) -> Reply:
            return await platform.host.invoke(
                operation,
                operation_input,
                options=options,
                timeout_s=platform.timeout_s(settings.operation_timeout_s),
                on_event=lambda _event: None,
                captures=False,
            )

        return await sign_in(invoke, platform.description, given)

    async def _kept(self, platform: Platform, user: User, rc_token: str) -> str:
        """Store a user who has just connected; return a token.

        Settings and further information of an earlier connection stay, as in production.
        """
        user_id = user.id or f"{platform.name}-user"
        self._reach_out()
        account = await account_of(self._services.http, self._services.settings, rc_token)
        try:
            earlier = await self._services.kept.user(user_id, platform.name) or User()
        except SecretsLostError as error:
            earlier = error.user
        info = {**(earlier.platform_additional_info or {}), **(user.platform_additional_info or {})}
        connected = msgspec.structs.replace(
            user,
            id=user_id,
            platform=platform.name,
            rc_account_id=account or earlier.rc_account_id or f"user:{user_id}",
            platform_additional_info=info,
            user_settings=earlier.user_settings or {},
        )
        await self._services.database.put_user(connected, platform.name)
        return self._services.tokens.issue(user_id, platform.name)

    def _reach_out(self) -> None:
        """Let the server's own client follow the routes for the rest of this request."""
        transport.current.set(
            Invocation(routes=dict(self._services.settings.routes), captures=False)
        )


def _why(signed: SignIn) -> dict[str, Any]:
    if signed.return_message is not None:
        return signed.return_message
    if signed.error is not None:
        return _failure(signed.error)
    return messages.message(signed.message)


def _failure(error: ErrorInfo) -> dict[str, Any]:
    return messages.message(error.message or error.type)
