"""Takes the secrets out of recordings that were not made by us: a browser's holds them all."""

from __future__ import annotations

import msgspec

from connectors.contract.exchange import Body, Exchange
from connectors.runtime.redact import Redactor


def scrubbed_request(exchange: Exchange, redactor: Redactor) -> Exchange:
    """Return an exchange whose asking half has no secrets."""
    # First of all: a session in a header may stand in the URL or the body as well.
    headers = redactor.headers(exchange.headers)
    return msgspec.structs.replace(
        exchange,
        headers=headers,
        url=redactor.url(exchange.url),
        routed_to=redactor.url(exchange.routed_to) if exchange.routed_to else None,
        body=_scrubbed_body(exchange.body, redactor),
    )


def scrubbed(exchange: Exchange, redactor: Redactor) -> Exchange:
    """Return an exchange without secrets, neither by name nor by a value that was learnt."""
    asked = scrubbed_request(exchange, redactor)
    return msgspec.structs.replace(
        asked,
        reason=redactor.prose(exchange.reason),
        response_headers=redactor.headers(exchange.response_headers),
        response_body=_scrubbed_body(exchange.response_body, redactor),
        error=redactor.prose(exchange.error) if exchange.error else exchange.error,
    )


def _scrubbed_body(body: Body | None, redactor: Redactor) -> Body | None:
    if body is None:
        return None
    if body.encoding is not None:
        return msgspec.structs.replace(body, text=redactor.text(body.text))
    text = redactor.body(body.text, body.mime_type)
    if body.truncated:
        text = redactor.cut(text)
    return msgspec.structs.replace(body, text=text)
