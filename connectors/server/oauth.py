"""The OAuth exchange: a code becomes an access and a refresh token.

Names of the configuration are production's: ``BULLHORN_CLIENT_ID`` and so on, by platform.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from connectors.contract.errors import ConnectorError
from connectors.contract.http import fetch_json
from connectors.server.errors import Refusal
from connectors.server.platforms import Platform

MAX_LIFETIME_S = 10 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Callback:
    """What a CRM's sign-in page sent back through the extension."""

    platform: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """The tokens of a user. `expires_at` is an ISO date and time, None when it is not said."""

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: str | None = None


def read_callback(callback_uri: str, code: str = "", state: str = "") -> Callback:
    """Read the address that the CRM redirected to.

    Args:
        callback_uri: the whole address.
        code: given beside it when it is not in it.
        state: likewise.

    Raises:
        Refusal: it has no code, or does not say which platform it is for.
    """
    try:
        query = parse_qs(urlsplit(callback_uri).query)
    except ValueError as error:
        raise Refusal("callbackUri is not an address.") from error
    state = (query.get("state") or [state])[0]
    inside = parse_qs(state)
    platform = (inside.get("platform") or query.get("platform") or [""])[0]
    if not platform:
        raise Refusal("Missing platform name")
    code = (query.get("code") or [code])[0]
    if not code:
        said = (query.get("error_description") or query.get("error") or ["no code came back"])[0]
        raise Refusal(f"The CRM did not let the user in: {said[:200]}")
    return Callback(platform, code)


async def exchange(
    http: httpx.AsyncClient,
    platform: Platform,
    code: str,
    token_url: str = "",
    environment: Mapping[str, str] | None = None,
) -> Grant:
    """Get the tokens for a code.

    Args:
        http: sends the request.
        platform: whose sign-in it is.
        code: what the CRM gave.
        token_url: an address of the CRM, '' for the configured one.
        environment: where the configuration is, None for the process's own.

    Raises:
        Refusal: the server lacks the client's id or secret, or the CRM refuses.
    """
    env = os.environ if environment is None else environment
    prefix = platform.name.upper()
    oauth = platform.manifest.auth.oauth
    token_url = token_url or env.get(f"{prefix}_ACCESS_TOKEN_URI", "")
    needed = {
        f"{prefix}_ACCESS_TOKEN_URI": token_url,
        f"{prefix}_CLIENT_ID": env.get(f"{prefix}_CLIENT_ID", ""),
        f"{prefix}_CLIENT_SECRET": env.get(f"{prefix}_CLIENT_SECRET", ""),
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise Refusal(
            f"The server is not set up for {platform.display_name}: {missing[0]} is missing."
        )
    params = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": needed[f"{prefix}_CLIENT_ID"],
        "client_secret": needed[f"{prefix}_CLIENT_SECRET"],
        "redirect_uri": env.get(f"{prefix}_REDIRECT_URI") or (oauth.redirect_uri if oauth else ""),
    }
    what = f"Signing in to {platform.display_name}"
    try:
        answer = await fetch_json(http, "POST", token_url, what=what, params=params)
    except ConnectorError as error:
        raise Refusal(str(error)) from error
    return _grant(answer, what)


def _grant(answer: Any, what: str) -> Grant:
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        raise Refusal(f"{what} failed: the CRM's answer has no access token.")
    lifetime = answer.get("expires_in")
    expires_at = None
    if isinstance(lifetime, int | float) and 0 < lifetime < MAX_LIFETIME_S:
        expires_at = (datetime.now(UTC) + timedelta(seconds=lifetime)).isoformat()
    return Grant(token, str(answer.get("refresh_token") or ""), expires_at)
