"""What a server's token says of itself. Only the server can tell whether it is genuine."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any

_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")


def claims_of(token: str) -> dict[str, Any]:
    """Return the payload of a JWT (``id``, ``platform``, ``iat``, ``exp``), empty when it is none.

    The signature is not looked at: its key is the server's.
    """
    if not _JWT.fullmatch(token):
        return {}
    body = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def why_refused(token: str, now: datetime) -> str:
    """Return in a few words why a server may refuse a token."""
    claims = claims_of(token)
    if not claims:
        return "it is no JWT"
    ends = claims.get("exp")
    if isinstance(ends, int | float) and ends <= now.timestamp():
        return f"it was good until {_moment(ends)}"
    return "it is of another server, or its user is gone"


def _moment(seconds: float) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return "long ago"
