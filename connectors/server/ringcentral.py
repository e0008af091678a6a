"""Whose RingCentral account a login belongs to: colleagues share the account's caches.

The extension sends its own RingCentral token along. Only RingCentral's answer to that token counts:
an account id that a client merely claims would open the caches of another company.
"""

from __future__ import annotations

import logging

import httpx
import msgspec

from connectors.server.settings import Settings

TIMEOUT_S = 8.0
_PATH = "/restapi/v1.0/account/~/extension/~"
_log = logging.getLogger(__name__)


async def account_of(http: httpx.AsyncClient, settings: Settings, token: str) -> str:
    """Return the id of the account that a RingCentral token belongs to, '' when nobody knows."""
    if not token or not token.isascii() or not token.isprintable():
        return ""
    try:
        response = await http.get(
            settings.ringcentral_server + _PATH,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
        )
        answer = msgspec.json.decode(response.content) if response.is_success else {}
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError, ValueError) as error:
        _log.warning("RingCentral did not say whose token it is: %s", type(error).__name__)
        return ""
    account = answer.get("account") if isinstance(answer, dict) else None
    account_id = account.get("id") if isinstance(account, dict) else None
    return str(account_id) if isinstance(account_id, str | int) else ""
