"""One HTTP request with its answer, captured inside the HTTP client; secrets are gone already."""

from __future__ import annotations

from connectors.contract.model import Wire


class Body(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """A request's or response's body as it is kept.

    Attributes:
        text: the kept part; base64 when `encoding` says so.
        encoding: None for text, ``"base64"`` for anything that is not text.
        size: bytes on the wire after decompression, however much was kept.
        truncated: whether `text` is only the beginning.
        mime_type: from Content-Type, empty when there was none.
    """

    text: str
    encoding: str | None = None
    size: int = 0
    truncated: bool = False
    mime_type: str = ""


class Exchange(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """One HTTP request with its answer.

    Attributes:
        id: unique within one host process.
        invocation: the JSON-RPC id of the ``invoke`` that caused it.
        started_ms: ms since 1970.
        url: as the connector asked for it, before routing.
        routed_to: where it really went, None when no route applied.
        headers: the request's (name, value) pairs as sent.
        status: None when no answer came.
        wait_ms: from sending to the answer's headers; `ms` to the end of the body.
        error: what broke, None when the answer came whole.
    """

    id: int
    invocation: int
    started_ms: float
    method: str
    url: str
    routed_to: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: Body | None = None
    status: int | None = None
    reason: str = ""
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: Body | None = None
    wait_ms: float | None = None
    ms: float = 0.0
    error: str | None = None
