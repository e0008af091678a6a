"""Bullhorn's REST session: its token, its renewal and its requests (connectors 4.1)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx

from connectors.bullhorn.records import as_row
from connectors.contract import model
from connectors.contract.connector import Context
from connectors.contract.errors import (
    AuthenticationError,
    ConnectorError,
    InvalidInputError,
    UnexpectedResponseError,
)
from connectors.contract.http import Parameters, checked_json, fetch_json, send

EXPIRY_MARGIN_S = 120
_PURPOSES = {
    "BULLHORN_CLIENT_ID": "the id of the OAuth client that the session was opened with",
    "BULLHORN_CLIENT_SECRET": "the secret of the OAuth client that the session was opened with",
}


class Session:
    """One user's REST session during one operation.

    Requests that run at the same time share one renewal; a session is renewed at most once.
    """

    def __init__(self, context: Context, user: model.User) -> None:
        self._context = context
        self._user = user
        self._token = str(user.info("bhRestToken") or "")
        self._rest_url = str(user.info("restUrl") or "")
        self._access_token = user.access_token
        self._lock = asyncio.Lock()
        self._renewal: ConnectorError | bool = False  # what came of it: nothing yet, error, done

    async def is_valid(self, *, now_ms: float | None = None) -> bool:
        """Ask Bullhorn whether the session lasts two more minutes.

        Args:
            now_ms: ms since 1970, None for the clock.

        Raises:
            ConnectorError: Bullhorn did not answer as it promises; a 401 is an answer.
        """
        if not (self._token and self._rest_url):
            return False
        what = "Checking the Bullhorn session"
        try:
            answer = as_row(await self._json("GET", "ping", what), what)
        except AuthenticationError:
            return False
        expires_ms = answer.get("sessionExpires")
        if isinstance(expires_ms, bool) or not isinstance(expires_ms, int | float):
            raise UnexpectedResponseError(
                f"{what} failed: the answer has no sessionExpires where a time was expected, "
                "check the connection's restUrl."
            )
        now_ms = time.time() * 1000 if now_ms is None else now_ms
        return expires_ms > now_ms + EXPIRY_MARGIN_S * 1000

    async def renew(self) -> None:
        """Get a new access token and open a new session; both are kept with the user.

        Raises:
            AuthenticationError: Bullhorn refuses, or something needed for it is missing.
            ConnectorError: Bullhorn did not answer as it promises.
        """
        what = "Renewing the Bullhorn session"
        token_url = self._needed("tokenUrl", what)
        self._needed("loginUrl", what)
        params = {
            "grant_type": "refresh_token",
            "refresh_token": self._user.refresh_token or _missing("refresh token", what),
            "client_id": self._configured("BULLHORN_CLIENT_ID", what),
            "client_secret": self._configured("BULLHORN_CLIENT_SECRET", what),
        }
        reply = await fetch_json(self._context.http, "POST", token_url, what=what, params=params)
        answer = as_row(reply, what)
        access_token = _text(answer, "access_token", what)
        refresh_token = str(answer.get("refresh_token") or self._user.refresh_token)
        self._access_token = access_token
        # Bullhorn takes a refresh token once: keep the new one before anything else can fail.
        self._context.save_user(access_token=access_token, refresh_token=refresh_token)
        info = await self.login()
        self._context.save_user(
            access_token=access_token, refresh_token=refresh_token, platform_additional_info=info
        )

    async def login(self) -> dict[str, str]:
        """Open a session with the access token; return its part of ``platformAdditionalInfo``.

        Raises:
            AuthenticationError: Bullhorn refuses the access token, or there is no login URL.
            ConnectorError: Bullhorn did not answer as it promises.
        """
        what = "Logging in to Bullhorn"
        url = f"{self._needed('loginUrl', what).rstrip('/')}/login"
        params = {"version": "2.0", "access_token": self._access_token}
        reply = await fetch_json(self._context.http, "POST", url, what=what, params=params)
        answer = as_row(reply, what)
        self._token = _text(answer, "BhRestToken", what)
        self._rest_url = _text(answer, "restUrl", what)
        return {"bhRestToken": self._token, "restUrl": self._rest_url}

    async def call(
        self,
        method: str,
        path: str,
        what: str,
        *,
        params: Parameters | None = None,
        json: Any = None,
        renew: bool = True,
    ) -> httpx.Response:
        """Send a request, whatever its answer's status; see :func:`connectors.contract.http.send`.

        Args:
            method: the HTTP method.
            path: the route below ``restUrl``.
            what: what is being done, to begin a sentence with.
            params: query values.
            json: the body.
            renew: whether a 401 renews the session and sends the request once more.

        Raises:
            ConnectorError: no answer, or the session could not be renewed.
        """
        if not (self._token and self._rest_url):
            raise AuthenticationError(
                f"{what} failed: the Bullhorn connection has no session, connect again.",
                status=401,
            )
        used = self._token
        response = await self._send(method, path, what, params=params, json=json)
        if response.status_code != 401 or not renew:
            return response
        await self._renew_once(used)
        return await self._send(method, path, what, params=params, json=json)

    async def json(
        self,
        method: str,
        path: str,
        what: str,
        *,
        params: Parameters | None = None,
        json: Any = None,
        renew: bool = True,
    ) -> dict[str, Any]:
        """Send a request and return the JSON object of its answer; see :meth:`call`.

        Raises:
            ConnectorError: the request failed, or the answer is no object.
        """
        response = await self.call(method, path, what, params=params, json=json, renew=renew)
        return as_row(checked_json(response, what), what)

    async def _renew_once(self, used: str) -> None:
        async with self._lock:
            if isinstance(self._renewal, ConnectorError):
                raise self._renewal
            if self._renewal or self._token != used:
                return
            try:
                await self.renew()
            except ConnectorError as error:
                self._renewal = error
                raise
            self._renewal = True

    async def _send(
        self, method: str, path: str, what: str, *, params: Parameters | None, json: Any
    ) -> httpx.Response:
        return await send(
            self._context.http,
            method,
            f"{self._rest_url.rstrip('/')}/{path}",
            what=what,
            params=params,
            json=json,
            headers={"BhRestToken": self._token, "Accept": "application/json"},
        )

    async def _json(self, method: str, path: str, what: str) -> Any:
        return checked_json(await self._send(method, path, what, params=None, json=None), what)

    def _needed(self, key: str, what: str) -> str:
        value = str(self._user.info(key) or "").strip()
        return value or _missing(key, what)

    def _configured(self, name: str, what: str) -> str:
        value = self._context.config.get(name)
        if value:
            return value
        raise AuthenticationError(
            f"{what} failed: {name} is not configured, it is {_PURPOSES[name]}: "
            "set it for this connection or connect again.",
            status=401,
        )


def access_token_of(auth_header: str) -> str:
    """Return the token of a ``Bearer`` header.

    Raises:
        InvalidInputError: there is none.
    """
    scheme, _, token = auth_header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidInputError(
            "Connecting to Bullhorn needs the header 'Bearer <access token>': authorize again."
        )
    return token.strip()


def _missing(name: str, what: str) -> str:
    raise AuthenticationError(
        f"{what} failed: the Bullhorn connection has no {name}, connect again.", status=401
    )


def _text(answer: dict[str, Any], key: str, what: str) -> str:
    value = answer.get(key)
    if isinstance(value, str) and value:
        return value
    raise UnexpectedResponseError(
        f"{what} failed: the answer of Bullhorn has no {key} where one was expected, connect again."
    )
