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
MIN_LEARNT = 8
"""Shorter values are learnt from the user only: `"token": "name"` would redact every name."""
MAX_LEARNT = 512
MAX_SECRETS = 16
"""Answers teach no more than these: a list of records with a token each would slow everything."""
MIN_CORE = 6
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=")
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
        self._secrets: set[str] = set()
        self._forms: list[str] = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Take these values out too from now on, a session that has just begun for example."""
        new = {secret for secret in secrets if len(secret) >= MIN_SECRET} - self._secrets
        if not new and self._forms:
            return
        self._secrets |= new
        forms = {form for secret in self._secrets for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(_spelled, self._forms)))
        cores = {core for secret in self._secrets for core in _base64_cores(secret)}
        self._inside = re.compile("|".join(map(re.escape, sorted(cores)))) if cores else None

    def _learn_from_body(self, values: Iterable[str]) -> None:
        new = [value for value in dict.fromkeys(values) if MIN_LEARNT <= len(value) <= MAX_LEARNT]
        room = MAX_SECRETS - len(self._secrets)
        if room > 0:
            self.learn(new[:room])

    def text(self, text: str) -> str:
        """Return free text without known values, also where they stand inside base64."""
        if not self._forms:
            return text
        return self._known.sub(REDACTED, self._without_base64(text))

    def _without_base64(self, text: str) -> str:
        found = self._inside.search(text) if self._inside else None
        if found is None:
            return text
        start, end = found.span()
        while start > 0 and text[start - 1] in _BASE64:
            start -= 1
        while end < len(text) and text[end] in _BASE64:
            end += 1
        return text[:start] + REDACTED + self._without_base64(text[end:])

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
            found = secrets_in(data)
            if found:
                self._learn_from_body(found)
                text = json.dumps(_without(data), ensure_ascii=False)
        return self.text(text)

    def _pairs(self, query: str) -> str:
        parts = []
        for part in query.split("&"):
            name, sign, _value = part.partition("=")
            secret = sign and unquote_plus(name).lower() in NAMES
            parts.append(f"{name}={REDACTED}" if secret else part)
        return "&".join(parts)


def secrets_in(data: Any) -> list[str]:
    """Return what stands under secret names in JSON data, as text."""
    if isinstance(data, dict):
        own = [str(value) for key, value in data.items() if key.lower() in NAMES and value]
        return own + [found for value in data.values() for found in secrets_in(value)]
    if isinstance(data, list):
        return [found for item in data for found in secrets_in(item)]
    return []


_LOOSE = re.compile(
    r'("(?:' + "|".join(map(re.escape, sorted(NAMES))) + r')"\s*:\s*)"(?:[^"\\]|\\.)*"?',
    re.IGNORECASE,
)


def _forms(secret: str) -> Iterable[str]:
    yield secret
    for text in (secret, f"{secret}:"):
        yield base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _base64_cores(secret: str) -> Iterable[str]:
    """Return what stands in base64 wherever the secret begins in the encoded bytes."""
    data = secret.encode("utf-8", "surrogatepass")
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + data).decode()
        whole = (before + len(data)) * 8 // 6
        core = encoded[(before * 8 + 5) // 6 : whole]
        if len(core) >= MIN_CORE:
            yield core
            yield core.replace("+", "-").replace("/", "_")


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


def _without(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: REDACTED if key.lower() in NAMES and _can_be_secret(value) else _without(value)
            for key, value in data.items()
        }
    return [_without(item) for item in data] if isinstance(data, list) else data


def _can_be_secret(value: Any) -> bool:
    return value is not None and not isinstance(value, bool)
