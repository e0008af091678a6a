"""An exchange as a command for curl that sends the same request again from a POSIX shell.

Secrets are gone from an exchange; shell variables stand in for them, and the first line says which
to set. Whatever an imported file holds, the command is one word per value and reads no file.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from connectors.contract.exchange import Exchange
from connectors.runtime.redact import NAMES, REDACTED

Known = Callable[[str], str | None]
"""Gives the secret that belongs to the name of a header, parameter or key; None when unknown."""

LONGEST_ARGUMENT = 100_000
"""Bytes of a body that are passed as an argument; Linux takes 128 KiB in one."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNTYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
"""What a terminal would take for keys when the command is pasted."""

_GLOBS = re.compile(r"[\[\]{}]")
_DOTS = re.compile(r"/\.{1,2}(?:/|\?|$)")
_PARAMETER = re.compile(r"(?:^|[?&])([^=&?]+)=[^&]*\Z")
_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*"(?:[^"\\]|\\.)*\Z')
_TAIL = 600
_COMPUTED = frozenset({"content-length", "transfer-encoding", "connection"})
_OF_THE_SHELL = frozenset({"PWD"})
_WRITES = frozenset({"POST", "PUT", "PATCH"})


class CurlError(ValueError):
    """curl cannot send this request; the message says why."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command for a shell.

    Attributes:
        text: comments, then the command.
        filled: the names of the secrets that are written out in it.
        open: the variables that stand in for secrets.
    """

    text: str
    filled: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def curl_command(exchange: Exchange, known: Known | None = None) -> Command:
    """Return the command, with comments before it that say what to set and what is missing.

    Args:
        exchange: the request; the command sends it where it really went.
        known: gives the secrets to write out; without it variables stand in for all of them.

    Raises:
        CurlError: the request is not one over HTTP.
    """
    url = exchange.routed_to or exchange.url
    if not re.match(r"https?://", url, re.IGNORECASE):
        raise CurlError(f"curl repeats http and https only; this is {_line(url)[:60]}.")
    writer = _Writer(known)
    parts = [" ".join(["curl", *_method(exchange), writer.url(url)])]
    if _GLOBS.search(url.replace(REDACTED, "")):
        parts.append("--globoff")
    if _DOTS.search(url):
        parts.append("--path-as-is")
    parts += writer.headers(exchange)
    piped, data = writer.body(exchange)
    parts += data
    comments = [f"# {line}\n" for line in writer.comments(exchange)]
    return Command(
        "".join(comments) + piped + " \\\n  ".join(parts),
        tuple(dict.fromkeys(writer.filled)),
        tuple(writer.variables),
    )


@dataclass
class _Writer:
    """Writes values as shell words, and notes what stands in them for secrets."""

    known: Known | None
    variables: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def comments(self, exchange: Exchange) -> Iterator[str]:
        if self.variables:
            yield f"Set {', '.join(self.variables)} first: secrets are not kept."
        if self.filled:
            yield "Holds secrets: share it with nobody."
        if exchange.routed_to:
            yield f"Asked for {_line(exchange.url)}, which a route sent elsewhere."
        yield from self.notes

    def url(self, url: str) -> str:
        return self.word(_CONTROL.sub(_percent, url), _name_of_parameter, _form_value)

    def headers(self, exchange: Exchange) -> Iterator[str]:
        """Yield all headers but those that curl computes, and take away what it would add."""
        present = {name.lower() for name, _value in exchange.headers}
        for name, value in exchange.headers:
            lower = name.lower()
            if lower in _COMPUTED or (lower == "host" and _host_is_computed(exchange, value)):
                continue
            if lower == "content-encoding" and exchange.body and not exchange.body.encoding:
                # A packed body is kept unpacked, so that no secret hides in it.
                self.notes.append("The body is sent as it is kept: unpacked.")
                continue
            if not _TOKEN.fullmatch(name):
                continue  # HTTP/2's own, such as ":path", which browsers list here
            plain = _CONTROL.sub(" ", value).strip()
            # A header that ends with a colon is taken away, one that ends with ; is sent empty.
            text = f"{name}: {plain}" if plain else f"{name};"
            yield f"--header {self.word(text, _always(name), str)}"
        added = ["Accept", "User-Agent", *(["Content-Type"] if _has_data(exchange) else [])]
        for name in added:
            if name.lower() not in present:
                yield f"--header {_quote(f'{name}:')}"
        if "accept-encoding" in present:
            yield "--compressed"

    def body(self, exchange: Exchange) -> tuple[str, list[str]]:
        """Return (what pipes the body into curl, curl's arguments)."""
        body = exchange.body
        if body is None or not body.text:
            return "", ["--data-binary ''"] if _has_data(exchange) else []
        if body.truncated:
            self.notes.append(f"Only the beginning of the body's {body.size:,} bytes is here.")
        text = body.text
        if body.encoding == "base64":
            return self._binary(text)
        if _UNTYPED.search(text):
            if REDACTED not in text:
                return self._binary(base64.b64encode(text.encode("utf-8", "replace")).decode())
            self.notes.append("Control characters in the body are left out.")
            text = _UNTYPED.sub("", text)
        if "x-www-form-urlencoded" in body.mime_type:
            word = self.word(text, _name_of_parameter, _form_value)
        else:
            word = self.word(text, _name_of_key, _json_value)
        if len(word.encode("utf-8", "replace")) > LONGEST_ARGUMENT:
            return f"printf %s {word} | ", ["--data-binary @-"]
        # --data-binary would read a file whose name follows a leading @.
        return "", [f"{'--data-raw' if text.startswith('@') else '--data-binary'} {word}"]

    def word(
        self, text: str, name_after: Callable[[str], str], encode: Callable[[str], str]
    ) -> str:
        """Return one shell word; a secret is written out where it is known, else a variable.

        Args:
            text: with `REDACTED` where secrets stood.
            name_after: gives a secret's name from the text before it.
            encode: writes a secret as it stands in such a text.
        """
        pieces: list[str] = []
        plain, *rest = text.split(REDACTED)
        read = len(plain)
        for part in rest:
            name = name_after(text[max(0, read - _TAIL) : read])
            read += len(REDACTED) + len(part)
            secret = self.known(name) if self.known is not None else None
            if secret is not None:
                self.filled.append(name)
                plain += encode(secret) + part
                continue
            pieces += [_quote(plain)] if plain else []
            pieces.append(f'"${self._variable(name)}"')
            plain = part
        if plain or not pieces:
            pieces.append(_quote(plain))
        return "".join(pieces)

    def _binary(self, encoded: str) -> tuple[str, list[str]]:
        if REDACTED in encoded:
            self.notes.append("The body is left out: a secret stood inside binary data.")
            return "", []
        return f"printf %s {_quote(encoded)} | base64 -d | ", ["--data-binary @-"]

    def _variable(self, name: str) -> str:
        # Only known names: a header called PATH must not become the shell's own.
        known = name.lower() in NAMES and name.upper() not in _OF_THE_SHELL
        variable = re.sub(r"\W+", "_", name.upper()) if known else "SECRET"
        if variable not in self.variables:
            self.variables.append(variable)
        return variable


def _method(exchange: Exchange) -> list[str]:
    if exchange.method == "HEAD" and exchange.body is None:
        return ["--head"]
    if exchange.method == "GET" and exchange.body is None:
        return []
    return ["--request", _quote(_CONTROL.sub("", exchange.method))]


def _has_data(exchange: Exchange) -> bool:
    return bool(exchange.body and exchange.body.text) or exchange.method in _WRITES


def _host_is_computed(exchange: Exchange, host: str) -> bool:
    """Tell whether curl makes the right Host header out of the URL; a route's is its own."""
    authority = re.sub(r"^[a-z]+://(?:[^/?#]*@)?([^/?#]*).*", r"\1", exchange.url.lower())
    return exchange.routed_to is not None or host.lower() == authority


def _always(name: str) -> Callable[[str], str]:
    def name_after(_before: str) -> str:
        return name

    return name_after


def _name_of_parameter(before: str) -> str:
    found = _PARAMETER.search(before)
    return found[1] if found else ""


def _name_of_key(before: str) -> str:
    found = _KEY.search(before)
    return found[1] if found else ""


def _form_value(value: str) -> str:
    return quote(value, safe="")


def _json_value(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _percent(found: re.Match[str]) -> str:
    return quote(found[0])


def _line(text: str) -> str:
    """Return text that stays within one comment."""
    return _CONTROL.sub(" ", text)


def _quote(text: str) -> str:
    """Return a shell word in quotes, also where none are needed: all of a command looks alike."""
    quoted = shlex.quote(text)
    return quoted if quoted.startswith("'") else f"'{text}'"
