"""Exchanges as HAR 1.2, the format in which they are exported, imported and replayed.

The format: http://www.softwareishard.com/blog/har-12-spec/. Names that begin with an underscore are
ours, as the specification asks of additions.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from connectors.contract.exchange import Body, Exchange
from connectors.contract.har_cut import WholeParts, whole_parts

BOM = b"\xef\xbb\xbf"
HAR_END = b"\n  ]\n}}\n"
"""How a HAR file ends that is written piece by piece."""

UNKNOWN = -1
"""What the specification wants where a size or a time is not known."""


class HarError(ValueError):
    """A file is no usable HAR; the message says where, and what was expected."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a group of entries belongs to: a page of a browser, a run of ours.

    Attributes:
        id: entries refer to it.
    """

    id: str
    title: str
    started_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Log:
    """An opened HAR file, its entries still unread.

    Attributes:
        version: of the format, as the file says.
        made_by: the creator's name and version, empty when it is not told.
        entries: each entry's JSON text.
        cut: why the file has no more than these entries, empty when it is whole.
    """

    version: str
    made_by: str
    pages: tuple[Page, ...]
    entries: tuple[bytes | msgspec.Raw, ...]
    cut: str = ""


class _Pair(msgspec.Struct, frozen=True):
    name: str
    value: str | None = ""


class _PostData(msgspec.Struct, frozen=True, rename="camel"):
    mime_type: str | None = ""
    text: str | None = ""
    encoding: str | None = msgspec.field(name="_encoding", default=None)
    params: tuple[_Pair, ...] = ()


class _Request(msgspec.Struct, frozen=True, rename="camel"):
    method: str
    url: str
    headers: tuple[_Pair, ...] = ()
    body_size: float | None = None
    post_data: _PostData | None = None


class _Content(msgspec.Struct, frozen=True, rename="camel"):
    size: float | None = None
    mime_type: str | None = ""
    text: str | None = None
    encoding: str | None = None


class _Response(msgspec.Struct, frozen=True, rename="camel"):
    status: int
    status_text: str | None = ""
    headers: tuple[_Pair, ...] = ()
    content: _Content = _Content()
    error: str | None = msgspec.field(name="_error", default=None)


class _Timings(msgspec.Struct, frozen=True):
    blocked: float | None = None
    dns: float | None = None
    connect: float | None = None
    send: float | None = None
    wait: float | None = None


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    request: _Request
    response: _Response
    pageref: str | int | None = None
    started_date_time: str = ""
    time: float | None = None
    timings: _Timings = _Timings()
    error: str | None = msgspec.field(name="_error", default=None)
    routed_to: str | None = msgspec.field(name="_routedTo", default=None)
    sent_size: int | None = msgspec.field(name="_truncatedRequest", default=None)
    received_size: int | None = msgspec.field(name="_truncatedResponse", default=None)


class _Program(msgspec.Struct, frozen=True):
    name: str | None = ""
    version: str | int | float | None = ""


class _Page(msgspec.Struct, frozen=True, rename="camel"):
    id: str | int = ""
    title: str | None = ""
    started_date_time: str | None = ""


class _Log(msgspec.Struct, frozen=True):
    entries: tuple[msgspec.Raw, ...]
    # The specification takes a file that does not say its version for 1.1.
    version: str | int | float | None = "1.1"
    creator: _Program | None = None
    pages: tuple[_Page, ...] | None = ()


class _Har(msgspec.Struct, frozen=True):
    log: _Log


def to_har(exchanges: Iterable[Exchange], version: str) -> bytes:
    """Return a HAR file of the exchanges, in the order given.

    Args:
        exchanges: secrets are gone from them already.
        version: of Callbench.
    """
    entries = [har_piece(exchange, is_first=not at) for at, exchange in enumerate(exchanges)]
    return b"".join([har_begin((), version), *entries, HAR_END])


def har_begin(pages: Iterable[Page], version: str) -> bytes:
    """Return how a HAR file begins that is written piece by piece.

    Pieces by :func:`har_piece` follow, then `HAR_END`: no file has to be in memory as a whole.

    Args:
        pages: what the entries belong to.
        version: of Callbench.
    """
    head = {
        "version": "1.2",
        "creator": {"name": "Callbench", "version": version},
        "pages": [
            {
                "startedDateTime": _iso(page.started_ms),
                "id": page.id,
                "title": page.title,
                "pageTimings": {},
            }
            for page in pages
        ],
    }
    return b'{"log": ' + _indented(head, 0).removesuffix(b"\n}") + b',\n  "entries": ['


def har_piece(exchange: Exchange, page: str = "", *, is_first: bool) -> bytes:
    """Return one exchange as the next entry of a HAR file that is written piece by piece."""
    comma = b"\n    " if is_first else b",\n    "
    return comma + _indented(har_entry(exchange, page), 4)


def har_slices(
    exchange: Exchange,
    page: str = "",
    *,
    is_first: bool,
    request: Iterable[str] | None = None,
    response: Iterable[str] | None = None,
) -> Iterator[bytes]:
    """Yield what :func:`har_piece` returns, slice by slice: its bodies may be of any size.

    Args:
        exchange: what it has of the bodies that are given is not written.
        page: the id of the page it belongs to, empty for none.
        is_first: whether it is the first entry of its file.
        request: the text of the request's body, cut between two characters; None takes the
            exchange's own.
        response: that of the answer's.
    """
    # No text can hold what was not known when it was written.
    sent, received = secrets.token_hex(), secrets.token_hex()
    if request is not None:
        exchange = msgspec.structs.replace(exchange, body=_marked(exchange.body, sent))
    if response is not None:
        answer = _marked(exchange.response_body, received)
        exchange = msgspec.structs.replace(exchange, response_body=answer)
    left = har_piece(exchange, page, is_first=is_first)
    for texts, mark in ((request, sent), (response, received)):
        before, found, after = left.partition(mark.encode())
        if texts is not None and found:
            yield before
            yield from (msgspec.json.encode(text)[1:-1] for text in texts)
            left = after
    yield left


def _marked(body: Body | None, mark: str) -> Body | None:
    return None if body is None else msgspec.structs.replace(body, text=mark)


def har_entry(exchange: Exchange, page: str = "") -> dict[str, Any]:
    """Return one exchange as an entry of a HAR file.

    Args:
        exchange: secrets are gone from it already.
        page: the id of the page it belongs to, empty for none.
    """
    wait = exchange.ms if exchange.wait_ms is None else min(exchange.wait_ms, exchange.ms)
    entry = {
        "pageref": page or None,
        "startedDateTime": _iso(exchange.started_ms),
        "time": exchange.ms,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": exchange.ms - wait},
        "_routedTo": exchange.routed_to,
        "_error": exchange.error,
        "_truncatedRequest": _cut_size(exchange.body),
        "_truncatedResponse": _cut_size(exchange.response_body),
    }
    return {key: value for key, value in entry.items() if value is not None}


def read_har(data: bytes) -> list[Exchange]:
    """Read a whole HAR file, ours or a browser's.

    A request that failed has the status 0 there, and None in its exchange.

    Raises:
        HarError: it is not JSON, or a part that is needed is missing or of another kind.
    """
    log = open_har(data)
    if log.cut:
        raise HarError(f"It is not whole JSON: {log.cut}.")
    return [read_entry(number, entry)[0] for number, entry in enumerate(log.entries, start=1)]


def open_har(data: bytes) -> Log:
    """Open a HAR file of any version; of one that is cut or broken, what comes before that.

    Raises:
        HarError: it is not JSON, or not a HAR; the message says which.
    """
    data = _as_utf8(data)
    try:
        log = msgspec.json.decode(data, type=_Har).log
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        place = where.strip("`").removeprefix("$.") or "its top level"
        raise HarError(f"It is no HAR 1.2: {what[:1].lower()}{what[1:]} at {place}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        parts = whole_parts(data)
        if not parts.has_entries:
            raise HarError(f"It is not whole JSON: {error}.") from error
        # With all brackets closed it is a text somewhere that is no Unicode, which is mended below.
        log, cut = _log(parts), "" if parts.closed else str(error)
    else:
        cut = ""
    creator = log.creator or _Program()
    made_by = f"{creator.name or ''} {creator.version or ''}".strip()
    pages = tuple(map(_page, log.pages or ()))
    return Log(str(log.version or "1.1"), made_by, pages, log.entries, cut)


def read_entry(number: int, entry: bytes | msgspec.Raw) -> tuple[Exchange, str]:
    """Read one entry; return it with the id of its page, empty for none.

    Args:
        number: its place in the file from 1 on, which becomes the exchange's id.
        entry: JSON text, as :func:`open_har` returns it.

    Raises:
        HarError: a part that is needed is missing or of another kind; the message says where.
    """
    place = f"log.entries[{number - 1}]"
    try:
        read = msgspec.json.decode(entry, type=_Entry)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        inner = where.strip("`").removeprefix("$")
        raise HarError(
            f"It is no HAR 1.2: {what[:1].lower()}{what[1:]} at {place}{inner}."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        try:
            read = msgspec.json.decode(_mended(bytes(entry)), type=_Entry)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise HarError(f"{place} is no JSON: {error}.") from error
    return _exchange(number, read), str(read.pageref or "")


def _page(page: _Page) -> Page:
    """Return a page; its time is not worth a refusal of the file."""
    try:
        started_ms = _milliseconds(page.started_date_time or "", "")
    except HarError:
        started_ms = 0.0
    return Page(str(page.id), page.title or "", started_ms)


def _log(parts: WholeParts) -> _Log:
    try:
        pages = tuple(msgspec.json.decode(page, type=_Page) for page in parts.pages)
        version = msgspec.json.decode(parts.version, type=str)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pages, version = (), ""
    return _Log(tuple(map(msgspec.Raw, parts.entries)), version, pages=pages)


def _as_utf8(data: bytes) -> bytes:
    """Return the text of a file without a byte order mark; some editors save UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(BOM)


def _mended(entry: bytes) -> bytes:
    """Return JSON text whose bytes or escapes are no Unicode, with those replaced."""
    data = json.loads(entry.decode("utf-8", "replace"))
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")


def _indented(value: Any, spaces: int) -> bytes:
    """Return JSON over several lines; no text in it holds a line break of its own."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return text.replace(b"\n", b"\n" + b" " * spaces)


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
            data["_encoding"] = exchange.body.encoding
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
    packed = any(name.lower() == "content-encoding" for name, _v in exchange.response_headers)
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
        "bodySize": UNKNOWN if packed else body.size if body else 0,
    }


def _exchange(number: int, entry: _Entry) -> Exchange:
    where = f"log.entries[{number - 1}]"
    request, response = entry.request, entry.response
    sent = request.post_data
    body = None
    if sent is not None and (sent.text or sent.params):
        text = sent.text or urlencode([(pair.name, pair.value or "") for pair in sent.params])
        body = _body(
            text,
            sent.encoding,
            sent.mime_type,
            request.body_size,
            entry.sent_size,
            f"{where}.request",
        )
    content = response.content
    received = None
    if content.text:
        received = _body(
            content.text,
            content.encoding,
            content.mime_type,
            content.size,
            entry.received_size,
            f"{where}.response",
        )
    status = response.status if response.status > 0 else None
    failed = entry.error or response.error or (None if status else "The request failed.")
    return Exchange(
        id=number,
        invocation=0,
        started_ms=_milliseconds(entry.started_date_time, where),
        method=request.method.upper(),
        url=request.url,
        routed_to=entry.routed_to,
        headers=_pairs(request.headers),
        body=body,
        status=status,
        reason=response.status_text or "",
        response_headers=_pairs(response.headers),
        response_body=received,
        wait_ms=_until_answered(entry.timings) if status else None,
        ms=max(0.0, entry.time or 0.0),
        error=failed,
    )


def _until_answered(timings: _Timings) -> float | None:
    """Return the time to the answer's headers; a phase that does not apply is -1."""
    if timings.wait is None:
        return None
    phases = (timings.blocked, timings.dns, timings.connect, timings.send, timings.wait)
    return sum(phase for phase in phases if phase is not None and phase > 0)


def _body(
    text: str,
    encoding: str | None,
    mime_type: str | None,
    told_size: float | None,
    whole_size: int | None,
    where: str,
) -> Body:
    if encoding not in {None, "", "base64"}:
        raise HarError(f"{where} has a body in the encoding {encoding}; only base64 is known.")
    encoded = encoding == "base64"
    try:
        data = base64.b64decode(text, validate=True) if encoded else text.encode()
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise HarError(f"{where} has a body that is no base64: {error}.") from error
    if encoded:
        # Browsers encode texts too; they are kept readable.
        with contextlib.suppress(UnicodeDecodeError):
            text, encoded = data.decode(), False
    told = int(told_size) if told_size and told_size > 0 else 0
    return Body(
        text=text,
        encoding="base64" if encoded else None,
        size=whole_size or told or len(data),
        truncated=whole_size is not None,
        mime_type=mime_type or "",
    )


def _cut_size(body: Body | None) -> int | None:
    return body.size if body is not None and body.truncated else None


def _har_pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _pairs(pairs: Sequence[_Pair]) -> tuple[tuple[str, str], ...]:
    return tuple((pair.name, pair.value or "") for pair in pairs)


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
