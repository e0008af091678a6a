"""Exchanges as HAR 1.2, the format in which they are exported, imported and replayed.

The format: http://www.softwareishard.com/blog/har-12-spec/. Names that begin with an underscore are
ours, as the specification asks of additions.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from connectors.contract.exchange import Body, Exchange

BOM = b"\xef\xbb\xbf"
UNKNOWN = -1
"""What the specification wants where a size or a time is not known."""


class HarError(ValueError):
    """A file is no usable HAR; the message says where, and what was expected."""


class _Pair(msgspec.Struct, frozen=True):
    name: str
    value: str = ""


class _PostData(msgspec.Struct, frozen=True, rename="camel"):
    mime_type: str = ""
    text: str = ""
    encoding: str | None = None
    params: tuple[_Pair, ...] = ()


class _Request(msgspec.Struct, frozen=True, rename="camel"):
    method: str
    url: str
    headers: tuple[_Pair, ...] = ()
    post_data: _PostData | None = None


class _Content(msgspec.Struct, frozen=True, rename="camel"):
    size: float | None = None
    mime_type: str = ""
    text: str | None = None
    encoding: str | None = None


class _Response(msgspec.Struct, frozen=True, rename="camel"):
    status: int
    status_text: str = ""
    headers: tuple[_Pair, ...] = ()
    content: _Content = _Content()


class _Timings(msgspec.Struct, frozen=True):
    wait: float | None = None


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    request: _Request
    response: _Response
    started_date_time: str = ""
    time: float | None = None
    timings: _Timings = _Timings()
    error: str | None = msgspec.field(name="_error", default=None)
    routed_to: str | None = msgspec.field(name="_routedTo", default=None)
    sent_size: int | None = msgspec.field(name="_truncatedRequest", default=None)
    received_size: int | None = msgspec.field(name="_truncatedResponse", default=None)


class _Log(msgspec.Struct, frozen=True):
    entries: tuple[_Entry, ...]


class _Har(msgspec.Struct, frozen=True):
    log: _Log


def to_har(exchanges: Iterable[Exchange], version: str) -> bytes:
    """Return a HAR file of the exchanges, in the order given.

    Args:
        exchanges: secrets are gone from them already.
        version: of Callbench.
    """
    log = {
        "version": "1.2",
        "creator": {"name": "Callbench", "version": version},
        "entries": [har_entry(exchange) for exchange in exchanges],
    }
    return msgspec.json.format(msgspec.json.encode({"log": log}), indent=2)


def har_entry(exchange: Exchange) -> dict[str, Any]:
    """Return one exchange as an entry of a HAR file."""
    wait = exchange.wait_ms if exchange.wait_ms is not None else exchange.ms
    entry = {
        "startedDateTime": _iso(exchange.started_ms),
        "time": exchange.ms,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": max(0.0, exchange.ms - wait)},
        "_routedTo": exchange.routed_to,
        "_error": exchange.error,
        "_truncatedRequest": _cut_size(exchange.body),
        "_truncatedResponse": _cut_size(exchange.response_body),
    }
    return {key: value for key, value in entry.items() if value is not None}


def read_har(data: bytes) -> list[Exchange]:
    """Read a HAR file, ours or a browser's.

    A request that failed has the status 0 there, and None in its exchange.

    Raises:
        HarError: it is not JSON, or a part that is needed is missing or of another kind.
    """
    try:
        har = msgspec.json.decode(data.removeprefix(BOM), type=_Har)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        place = where.strip("`").removeprefix("$.") or "its top level"
        raise HarError(f"It is no HAR 1.2: {what[:1].lower()}{what[1:]} at {place}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HarError(f"It is not whole JSON: {error}.") from error
    return [_exchange(number, entry) for number, entry in enumerate(har.log.entries, start=1)]


def _request(exchange: Exchange) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _har_pairs(exchange.headers),
        "queryString": _har_pairs(parse_qsl(_query(exchange.url), keep_blank_values=True)),
        "headersSize": UNKNOWN,
        "bodySize": exchange.body.size if exchange.body else 0,
    }
    if exchange.body is not None:
        data: dict[str, Any] = {"mimeType": exchange.body.mime_type, "text": exchange.body.text}
        if exchange.body.encoding:
            data["encoding"] = exchange.body.encoding
        request["postData"] = data
    return request


def _response(exchange: Exchange) -> dict[str, Any]:
    body = exchange.response_body
    content: dict[str, Any] = {
        "size": body.size if body else 0,
        "mimeType": body.mime_type if body else "",
    }
    if body is not None:
        content["text"] = body.text
        if body.encoding:
            content["encoding"] = body.encoding
    locations = [value for name, value in exchange.response_headers if name.lower() == "location"]
    return {
        "status": exchange.status or 0,
        "statusText": exchange.reason,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _har_pairs(exchange.response_headers),
        "content": content,
        "redirectURL": locations[0] if locations else "",
        "headersSize": UNKNOWN,
        "bodySize": body.size if body else 0,
    }


def _exchange(number: int, entry: _Entry) -> Exchange:
    where = f"log.entries[{number - 1}]"
    request, response = entry.request, entry.response
    sent = request.post_data
    body = None
    if sent is not None and (sent.text or sent.params):
        text = sent.text or urlencode([(pair.name, pair.value) for pair in sent.params])
        body = _body(text, sent.encoding, sent.mime_type, entry.sent_size, f"{where}.request")
    content = response.content
    received = None
    if content.text:
        received = _body(
            content.text,
            content.encoding,
            content.mime_type,
            entry.received_size,
            f"{where}.response",
        )
    failed = entry.error or (None if response.status else "The request failed.")
    return Exchange(
        id=number,
        invocation=0,
        started_ms=_milliseconds(entry.started_date_time, where),
        method=request.method.upper(),
        url=request.url,
        routed_to=entry.routed_to,
        headers=_pairs(request.headers),
        body=body,
        status=response.status or None,
        reason=response.status_text,
        response_headers=_pairs(response.headers),
        response_body=received,
        wait_ms=entry.timings.wait if response.status else None,
        ms=entry.time or 0.0,
        error=failed,
    )


def _body(
    text: str, encoding: str | None, mime_type: str, whole_size: int | None, where: str
) -> Body:
    if encoding not in {None, "", "base64"}:
        raise HarError(f"{where} has a body in the encoding {encoding}; only base64 is known.")
    encoded = encoding == "base64"
    try:
        size = len(base64.b64decode(text, validate=True)) if encoded else len(text.encode())
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise HarError(f"{where} has a body that is no base64: {error}.") from error
    if encoded:
        try:
            # Browsers encode texts too; they are kept readable.
            return Body(
                text=base64.b64decode(text).decode(),
                size=whole_size or size,
                mime_type=mime_type,
                truncated=whole_size is not None,
            )
        except UnicodeDecodeError:
            pass
    return Body(
        text=text,
        encoding="base64" if encoded else None,
        size=whole_size or size,
        truncated=whole_size is not None,
        mime_type=mime_type,
    )


def _cut_size(body: Body | None) -> int | None:
    return body.size if body is not None and body.truncated else None


def _har_pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _pairs(pairs: Sequence[_Pair]) -> tuple[tuple[str, str], ...]:
    return tuple((pair.name, pair.value) for pair in pairs)


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def _iso(started_ms: float) -> str:
    return datetime.fromtimestamp(started_ms / 1000, UTC).isoformat(timespec="milliseconds")


def _milliseconds(text: str, where: str) -> float:
    if not text:
        return 0.0
    try:
        return datetime.fromisoformat(text).timestamp() * 1000
    except (ValueError, OverflowError) as error:
        raise HarError(f"{where}.startedDateTime is no date: {text[:40]!r}.") from error
