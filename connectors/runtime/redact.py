"""Takes secrets out of everything that is kept, by exact name and by known value."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

REDACTED = "[REDACTED]"
MIN_SECRET = 4
NAMES = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "bhresttoken", "api_key",
        "apikey", "api-key", "x-api-key", "access_token", "accesstoken", "refresh_token",
        "refreshtoken", "id_token", "client_secret", "clientsecret", "password", "passwd", "secret",
        "jwttoken", "jwt", "token", "authheader", "user_key", "x-rc-access-token", "rcaccesstoken",
    }
)  # fmt: skip


class Redactor:
    """Redacts what belongs to one invocation.

    Args:
        secrets: known values; ones shorter than 4 characters are ignored, they would hit anything.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known: set[str] = set()
        for secret in secrets:
            if len(secret) >= MIN_SECRET:
                known |= set(_forms(secret))
        self._known = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))
        self._any = bool(known)

    def text(self, text: str) -> str:
        """Return free text without known values."""
        return self._known.sub(REDACTED, text) if self._any else text

    def url(self, url: str) -> str:
        """Return a URL without secret parameters, user info and known values."""
        head, mark, query = url.partition("?")
        head = re.sub(r"^([a-z]+://)[^/@]*@", rf"\1{REDACTED}@", head)
        return self.text(head + mark + self._pairs(query))

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return headers without secret ones and known values."""
        return tuple(
            (name, REDACTED if name.lower() in NAMES else self.text(value))
            for name, value in headers
        )

    def body(self, text: str, mime_type: str) -> str:
        """Return a body: JSON and forms by their keys, everything by known value."""
        if "x-www-form-urlencoded" in mime_type:
            return self.text(self._pairs(text))
        stripped = text.lstrip("\ufeff \t\r\n")
        if stripped[:1] in {"{", "["}:
            try:
                data = json.loads(stripped)
            except (ValueError, RecursionError):
                return self.text(_LOOSE.sub(rf'\1"{REDACTED}"', text))
            if _has_secret_key(data):
                text = json.dumps(_without(data), ensure_ascii=False)
        return self.text(text)

    def _pairs(self, query: str) -> str:
        parts = []
        for part in query.split("&"):
            name, sign, _value = part.partition("=")
            parts.append(f"{name}={REDACTED}" if sign and name.lower() in NAMES else part)
        return "&".join(parts)


_LOOSE = re.compile(
    r'("(?:' + "|".join(map(re.escape, sorted(NAMES))) + r')"\s*:\s*)"(?:[^"\\]|\\.)*"?', re.I
)


def _forms(secret: str) -> Iterable[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    for text in (secret, f"{secret}:"):
        encoded = base64.b64encode(text.encode()).decode()
        yield encoded
        yield quote(encoded, safe="")
    yield json.dumps(secret)[1:-1]


def _has_secret_key(data: Any) -> bool:
    if isinstance(data, dict):
        return any(key.lower() in NAMES or _has_secret_key(value) for key, value in data.items())
    return isinstance(data, list) and any(map(_has_secret_key, data))


def _without(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: REDACTED if key.lower() in NAMES and isinstance(value, str) else _without(value)
            for key, value in data.items()
        }
    return [_without(item) for item in data] if isinstance(data, list) else data
