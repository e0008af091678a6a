"""Making the sandbox misbehave: delays and fault rules.

A rule is ``[PLATFORM][/path-part]=KIND[:ARG][xN]``: which requests, what happens, how many times.
``insightly/contacts/search=429`` answers 429 to every contact search of Insightly; ``=500x2`` fails
the next two requests of any CRM. The first rule that fits and is not used up counts.

KIND is a status number, or

- ``broken-json``  JSON that breaks off, in a complete answer
- ``html``         a sign-in page with status 200
- ``empty``        status 200 without a body
- ``cut``          the connection closes half-way through the body
- ``redirect:URL`` status 302 to URL
- ``slow:MS``      the right answer, MS milliseconds late
- ``big:MB``       MB megabytes of JSON

``broken-json``, ``cut`` and ``slow`` do the request's work first; the others answer instead.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.errors import FaultRuleError
from app.sandbox.schema import PLATFORMS

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

PLAIN_KINDS = ("broken-json", "html", "empty", "cut")
NUMBER_KINDS = {"slow": 600_000, "big": 512}
KINDS = (*PLAIN_KINDS, "redirect:URL", "slow:MS", "big:MB")
MAX_DELAY_MS = 600_000
EXAMPLE = "insightly/contacts/search=429x2"
_CHUNK = b"x" * 65_536


@dataclass(slots=True)
class FaultRule:
    """One parsed rule. `left` is how many more requests it hits, None for all."""

    text: str
    platform: str
    path: str
    kind: str
    argument: str = ""
    left: int | None = None

    @property
    def number(self) -> int:
        """The kind or argument as a number: the status, milliseconds or megabytes."""
        return int(self.argument or self.kind)

    def fits(self, platform: str, path: str) -> bool:
        """Answer whether this rule is for a request to `path` (without the CRM's prefix)."""
        if self.left == 0 or (self.platform and self.platform != platform):
            return False
        return self.path.lower() in path.lower()


def parse_rule(text: str) -> FaultRule:
    """Read one rule.

    Raises:
        FaultRuleError: it does not follow the grammar; one sentence with an example.
    """
    where, equals, what = text.strip().partition("=")
    if not equals or not what:
        raise _wrong(text, "it needs a target, '=' and a kind")
    platform, slash, rest = where.partition("/")
    if platform and platform not in PLATFORMS:
        raise _wrong(text, f"there is no CRM {platform!r}, only {' and '.join(PLATFORMS)}")
    left: int | None = None
    if counted := re.fullmatch(r"(.+?)x(\d{1,6})", what):
        what, left = counted.group(1), int(counted.group(2))
        if left == 0:
            raise _wrong(text, "it would never happen")
    kind, _, argument = what.partition(":")
    if kind.isascii() and kind.isdigit():
        if argument or not 200 <= int(kind) <= 599:
            raise _wrong(text, "a status is a number from 200 to 599")
    elif kind in PLAIN_KINDS:
        if argument:
            raise _wrong(text, f"{kind} takes no argument")
    elif kind in NUMBER_KINDS:
        most = NUMBER_KINDS[kind]
        if not re.fullmatch(r"[0-9]{1,7}", argument) or not 1 <= int(argument) <= most:
            raise _wrong(text, f"{kind} needs a number from 1 to {most}")
    elif kind == "redirect":
        if not re.fullmatch(r"(https?://|/)[\x21-\x7e]+", argument):
            raise _wrong(text, "redirect needs a URL")
    else:
        raise _wrong(text, f"there is no kind {kind!r}, only a status, {', '.join(KINDS)}")
    return FaultRule(text.strip(), platform, slash + rest, kind, argument, left)


def _wrong(text: str, why: str) -> FaultRuleError:
    return FaultRuleError(f"The fault rule {text!r} is not usable: {why} (example: {EXAMPLE}).")


@dataclass(slots=True)
class SandboxSettings:
    """What can be changed while the sandbox runs. `delay_ms` is added to every CRM request."""

    delay_ms: int = 0
    rules: list[FaultRule] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not 0 <= self.delay_ms <= MAX_DELAY_MS:
            raise FaultRuleError(
                f"The delay must be from 0 to {MAX_DELAY_MS} ms, not {self.delay_ms}."
            )

    @classmethod
    def of(cls, delay_ms: int = 0, faults: Iterable[str] = ()) -> SandboxSettings:
        """Build settings from rule texts; raises FaultRuleError."""
        return cls(delay_ms, [parse_rule(text) for text in faults if text.strip()])

    def take(self, platform: str, path: str) -> FaultRule | None:
        """Return the rule for a request and count it."""
        for rule in self.rules:
            if rule.fits(platform, path):
                if rule.left is not None:
                    rule.left -= 1
                return rule
        return None


class FaultyApp:
    """ASGI wrapper of one CRM's API that adds the delay and the faults."""

    def __init__(self, app: AsgiApp, platform: str, settings: SandboxSettings) -> None:
        self._app = app
        self._platform = platform
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"])[len(str(scope.get("root_path", ""))) :]
        rule = self._settings.take(self._platform, path)
        if self._settings.delay_ms:
            await asyncio.sleep(self._settings.delay_ms / 1000)
        if rule is None:
            await self._app(scope, receive, send)
        elif rule.kind == "slow":
            await self._delay(rule.number / 1000, scope, receive, send)
        elif rule.kind in {"broken-json", "cut"}:
            await self._spoil(rule.kind, scope, receive, send)
        else:
            await _drain(receive)
            await _answer_instead(rule, self._platform, send)

    async def _delay(self, seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
        """Do the work at once and answer late: a client that gives up has written all the same."""
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, keep)
        await asyncio.sleep(seconds)
        for message in answer:
            await send(message)

    async def _spoil(self, kind: str, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, keep)
        # Answers like [] get a longer beginning, or half of them would still be whole.
        whole = bytes(body) if len(body) > 3 else b'[{"id": 1, "name": "'
        half = whole[: max(1, len(whole) // 2)]
        length = len(half) if kind == "broken-json" else len(whole)
        kept = [(n, v) for n, v in start["headers"] if n.lower() != b"content-length"]
        start["headers"] = [*kept, (b"content-length", str(length).encode())]
        await send(start)
        # For `cut` the server sees an unfinished answer and closes the connection.
        await send({"type": "http.response.body", "body": half, "more_body": kind == "cut"})


async def _drain(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


async def _answer_instead(rule: FaultRule, platform: str, send: Send) -> None:
    status, headers = 200, {"content-type": "application/json"}
    chunks: list[bytes] = []
    if rule.kind == "html":
        headers["content-type"] = "text/html; charset=utf-8"
        chunks = [b"<!doctype html><title>Sign in</title><p>Please sign in to continue.</p>"]
    elif rule.kind == "redirect":
        status = 302
        headers["location"] = rule.argument
    elif rule.kind == "big":
        chunks = [b'["', *[_CHUNK] * (rule.number * 16), b'"]']
    elif rule.kind != "empty":
        status = rule.number
        if status == 429:
            headers["retry-after"] = "1"
        if status >= 400 and platform == "bullhorn":
            chunks = [b'{"errorMessage":"The sandbox was told to fail","errorMessageKey":"fault"}']
        elif status >= 400:
            chunks = [b'{"Message":"The sandbox was told to fail."}']
        elif status not in {204, 304}:
            chunks = [b"{}"]
    headers["content-length"] = str(sum(len(chunk) for chunk in chunks))
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    with suppress(OSError):
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
