"""Takes secrets out of everything that is kept, by exact name and by known value.

Values become known from the connection, and from what passes under a secret name: a session in an
answer, a cookie, a header. Names and phone numbers of people are evidence and stay.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec

from connectors.runtime import secret_names
from connectors.runtime.secret_names import NAMES, REDACTED, secrets_in

__all__ = ["NAMES", "REDACTED", "Redactor", "secrets_in"]

MIN_SECRET = 4
MIN_LEARNT = 8
"""Shorter values are learnt from the user only: `"token": "name"` would redact every name."""
MIN_NAMELESS = 16
"""Cookies and the like hold names of people too: what is learnt of them is long, with a digit."""
MAX_LEARNT = 512
MAX_SECRETS = 16
"""Answers teach no more than these: a list of records with a token each would slow everything."""
MOST_TAUGHT = 64
"""Values of headers that need not be taken apart again: each request sends the same ones."""
MIN_CORE = 6
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=")
_USER_INFO = re.compile(r"^([a-z]+://)[^/@]*@")
_RUN = re.compile(r"[A-Za-z0-9]+")
_KEPT_KEYS = frozenset({"id", "logId", "contactId", "const"})
"""Later operations need them as they are."""


class Redactor:
    """Redacts what belongs to one invocation.

    Args:
        secrets: known values; ones shorter than 4 characters are ignored, they would hit anything.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._forms: list[str] = []
        self._taught: set[str] = set()
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
        runs = {max(_RUN.findall(form), key=len, default="") for form in self._forms}
        cores = {core for secret in self._secrets for core in _base64_cores(secret)}
        # A plain search is twenty times as fast as a pattern, and nearly every text has none.
        self._marks = _without_longer(runs | cores)
        self._cores = cores
        self._inside = re.compile("|".join(map(re.escape, sorted(cores)))) if cores else None

    def _learn_from_body(self, values: Iterable[str]) -> None:
        new = [value for value in dict.fromkeys(values) if MIN_LEARNT <= len(value) <= MAX_LEARNT]
        room = MAX_SECRETS - len(self._secrets)
        if room > 0:
            self.learn(new[:room])

    def _learn_from_header(self, value: str) -> None:
        """Learn the values of a cookie, or what follows ``Bearer``; the same one teaches once."""
        if value in self._taught:
            return
        if len(self._taught) < MOST_TAUGHT:
            self._taught.add(value)
        words = re.split(r"[\s;,]+", value)
        values = [word.partition("=")[2] if "=" in word.rstrip("=") else word for word in words]
        self._learn_from_body(
            each for each in values if len(each) >= MIN_NAMELESS and secret_names.has_digit(each)
        )

    def text(self, text: str) -> str:
        """Return text without known values, also where they stand inside base64."""
        if not any(mark in text for mark in self._marks):
            return text
        return self._known.sub(REDACTED, self._without_base64(text))

    def prose(self, text: str) -> str:
        """Return free text, such as printed lines, without known values and named secrets."""
        return secret_names.without_named(self.text(text))

    def result(self, result: Any) -> Any:
        """Return JSON data without secrets; ids stay, since later operations need them."""
        if isinstance(result, dict):
            return {key: self._kept(key, value) for key, value in result.items()}
        if isinstance(result, list):
            return [self.result(item) for item in result]
        return self.prose(result) if isinstance(result, str) else result

    def _kept(self, key: str, value: Any) -> Any:
        if key in _KEPT_KEYS:
            return value
        if secret_names.is_secret(key) and secret_names.can_be_secret(value):
            return REDACTED
        return self.result(value)

    def _without_base64(self, text: str) -> str:
        if self._inside is None or not any(core in text for core in self._cores):
            return text
        found = self._inside.search(text)
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
        head = _USER_INFO.sub(rf"\1{REDACTED}@", head)
        return self.text(head + mark + self._pairs(query))

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return headers without secret ones and known values."""
        pairs = list(headers)
        for name, value in pairs:
            if secret_names.is_secret(name):
                self._learn_from_header(value)
        pairs = [
            (name, REDACTED if secret_names.is_secret(name) else value) for name, value in pairs
        ]
        together = "\n".join(value for _, value in pairs)
        if self._clean(together) == together:
            return tuple(pairs)
        return tuple((name, self._clean(value)) for name, value in pairs)

    def _clean(self, text: str) -> str:
        return self.text(secret_names.without_parameters(text))

    def body(self, text: str, mime_type: str) -> str:
        """Return a body: JSON, forms, XML and HTML by their names, everything by known value."""
        if "x-www-form-urlencoded" in mime_type:
            return self.text(self._pairs(text))
        stripped = text.lstrip("\ufeff \t\r\n")
        if stripped[:1] in {"{", "["}:
            if secret_names.may_hold_key(stripped):
                try:
                    text = self._without_keys(text, _parsed(stripped))
                except (ValueError, RecursionError):
                    text = secret_names.without_loose_keys(text)
            return self.text(secret_names.without_parameters(text))
        if "multipart/" in mime_type:
            text = secret_names.without_parts(text)
        return self.prose(text)

    def _without_keys(self, text: str, data: Any) -> str:
        found = secrets_in(data)
        if not found:
            return text
        self._learn_from_body(found)
        return json.dumps(secret_names.without_keys(data), ensure_ascii=False)

    def _pairs(self, query: str) -> str:
        kept, found = secret_names.without_pairs(query)
        if found:
            self._learn_from_body(value for value in found if secret_names.has_digit(value))
        return kept


def _without_longer(marks: set[str]) -> tuple[str, ...]:
    """Return the texts without those that have another of them inside."""
    kept: list[str] = []
    for mark in sorted(marks, key=len):
        if not any(inner in mark for inner in kept):
            kept.append(mark)
    return tuple(kept)


def _parsed(text: str) -> Any:
    """Read JSON, in a third of the time where it is strict JSON.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deep.
    """
    try:
        return msgspec.json.decode(text)
    except ValueError:
        return json.loads(text)


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
