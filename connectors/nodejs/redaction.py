"""Takes the secrets out of what the Node host sends, before anything is kept or shown.

The host's JavaScript has no redaction of its own: there is one, in Python, for every language. It
learns as it does inside the Python host: from the connection, from headers and bodies, and from the
changes of the user.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.contract.exchange import Body, Exchange
from connectors.contract.hosting import ConsoleEvent, ExchangeEvent, HostEvent, UserEvent
from connectors.host.console import MAX_PRINT
from connectors.host.local import CREDENTIALS
from connectors.runtime.redact import Redactor, secrets_in


@dataclass(frozen=True, slots=True)
class _Invocation:
    operation: str
    redactor: Redactor


class HostRedaction:
    """Redacts the messages of one host process.

    Args:
        redactor: for what belongs to no operation; knows the secrets of all.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._running: dict[int, _Invocation] = {}

    def begin(self, number: int, operation: str, secrets: Iterable[str]) -> None:
        """Expect the messages of an operation."""
        self._running[number] = _Invocation(operation, Redactor(secrets))

    def end(self, number: int) -> None:
        """Forget an operation."""
        self._running.pop(number, None)

    def clean(
        self, message: dict[str, Any], event: HostEvent | None
    ) -> tuple[dict[str, Any], HostEvent | None]:
        """Return a message, and the event that it is, without secrets."""
        if event is None:
            return self._answer(message), None
        redactor = self._of(event.invocation)
        if isinstance(event, ExchangeEvent):
            return message, ExchangeEvent(exchange=_exchange(event.exchange, redactor))
        if isinstance(event, UserEvent):
            redactor.learn(secrets_in(event.changes))
        elif isinstance(event, ConsoleEvent):
            text = _printed(redactor.prose(event.text), message["params"].get("printed"))
            return message, msgspec.structs.replace(event, text=text)
        return message, event

    def _of(self, number: int) -> Redactor:
        invocation = self._running.get(number)
        return invocation.redactor if invocation is not None else self._redactor

    def _answer(self, message: dict[str, Any]) -> dict[str, Any]:
        number = message.get("id")
        invocation = self._running.get(number) if isinstance(number, int) else None
        if invocation is None or not invocation.operation:
            return message
        redactor = invocation.redactor
        reply, failure = message.get("result"), message.get("error")
        if isinstance(failure, dict):
            said = redactor.prose(str(failure.get("message", "")))
            return {**message, "error": {**failure, "message": said}}
        if not isinstance(reply, dict):
            return message
        kept = dict(reply)
        error = reply.get("error")
        if isinstance(error, dict):
            shown = {key: redactor.prose(str(error.get(key, ""))) for key in ("message", "stack")}
            kept["error"] = {**error, **shown}
        if invocation.operation not in CREDENTIALS:
            kept["result"] = redactor.result(reply.get("result"))
        return {**message, "result": kept}


def _printed(text: str, printed: Any) -> str:
    characters = printed if isinstance(printed, int) else len(text)
    if max(len(text), characters) <= MAX_PRINT:
        return text
    return f"{text[:MAX_PRINT]}\n... cut here: {characters:,} characters were printed."


def _exchange(exchange: Exchange, redactor: Redactor) -> Exchange:
    # First of all: a session in a header may stand in the URL or the body as well.
    headers = redactor.headers(exchange.headers)
    asked = {
        "headers": headers,
        "url": redactor.url(exchange.url),
        "body": _body(exchange.body, redactor),
    }
    return msgspec.structs.replace(
        exchange,
        **asked,
        routed_to=redactor.url(exchange.routed_to) if exchange.routed_to else None,
        response_headers=redactor.headers(exchange.response_headers),
        response_body=_body(exchange.response_body, redactor),
        error=redactor.prose(exchange.error) if exchange.error else None,
    )


def _body(body: Body | None, redactor: Redactor) -> Body | None:
    if body is None:
        return None
    if body.encoding is not None:
        return msgspec.structs.replace(body, text=redactor.text(body.text))
    text = redactor.body(body.text, body.mime_type)
    return msgspec.structs.replace(body, text=redactor.cut(text) if body.truncated else text)
