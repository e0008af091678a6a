"""Takes secrets out of everything that is kept, by exact name and by known value."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote_plus

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
        forms = {form for secret in secrets if len(secret) >= MIN_SECRET for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(_spelled, self._forms)))

    def text(self, text: str) -> str:
        """Return free text without known values."""
        return self._known.sub(REDACTED, text) if self._forms else text

    def cut(self, text: str) -> str:
        """Return the beginning of a longer text without a known value that was cut in two."""
        for form in self._forms:
            for length in range(len(form) - 1, MIN_SECRET - 1, -1):
                if text.endswith(form[:length]):
                    return text[:-length] + REDACTED
        return text

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
            secret = sign and unquote_plus(name).lower() in NAMES
            parts.append(f"{name}={REDACTED}" if secret else part)
        return "&".join(parts)


_LOOSE = re.compile(
    r'("(?:' + "|".join(map(re.escape, sorted(NAMES))) + r')"\s*:\s*)"(?:[^"\\]|\\.)*"?',
    re.IGNORECASE,
)


def _forms(secret: str) -> Iterable[str]:
    yield secret
    for text in (secret, f"{secret}:"):
        yield base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _spelled(text: str) -> str:
    """Return a pattern of `text` as it stands in plain text, JSON, URLs and forms alike."""
    return "".join(c if c.isascii() and c.isalnum() else _spellings(c) for c in text)


def _spellings(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    escapes = "".join(rf"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
    percent = quote(character.encode("utf-8", "surrogatepass"), safe="")
    if len(percent) == 1:
        percent = f"%{ord(character):02X}"
    ways = [json.dumps(character)[1:-1], f"\\{character}", character, percent]
    if character == " ":
        ways.append("+")
    return f"(?i:{'|'.join([*map(re.escape, ways), escapes])})"


def _has_secret_key(data: Any) -> bool:
    if isinstance(data, dict):
        return any(key.lower() in NAMES or _has_secret_key(value) for key, value in data.items())
    return isinstance(data, list) and any(map(_has_secret_key, data))


def _without(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: REDACTED if key.lower() in NAMES and _can_be_secret(value) else _without(value)
            for key, value in data.items()
        }
    return [_without(item) for item in data] if isinstance(data, list) else data


def _can_be_secret(value: Any) -> bool:
    return value is not None and not isinstance(value, bool)
