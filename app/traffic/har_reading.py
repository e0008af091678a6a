"""Reads a HAR file in a process of its own, so that the window goes on however large it is.

``python -m app.traffic.har_reading FILE`` writes messages to its standard output, each after its
length in four bytes. Secrets are gone from them: a browser's file holds all of its user's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from connectors.contract.exchange import Body, Exchange
from connectors.contract.har import HarError, Log, Page, open_har, read_entry
from connectors.runtime.redact import Redactor
from connectors.runtime.scrub import scrubbed

BATCH_BYTES = 128 * 1024
"""Text in one message: whoever receives it has other things to do."""

BATCH_ENTRIES = 50
MAX_BODY = 8 * 1024 * 1024
"""Characters of a body that are taken: no single message may hold the window up."""

LENGTH_BYTES = 4
_COOKIES = frozenset({"cookie", "set-cookie"})


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The file is a HAR. `entries` counts what comes, whether it can be read or not."""

    version: str
    made_by: str
    pages: tuple[Page, ...]
    entries: int


class Batch(msgspec.Struct, frozen=True, tag=True):
    """Some more entries, each with the id of its page, empty for none."""

    entries: tuple[tuple[str, Exchange], ...]


class Ended(msgspec.Struct, frozen=True, tag=True):
    """That was all.

    Attributes:
        unread: how many entries could not be read, and `problem` why the first of them.
        cut: why the file ends too early, empty when it is whole.
        shortened: how many entries have a body that was too long, of which the beginning is there.
    """

    unread: int
    problem: str
    cut: str
    shortened: int = 0


class Refused(msgspec.Struct, frozen=True, tag=True):
    """Nothing of the file can be read."""

    reason: str


Message = Opened | Batch | Ended | Refused


class _Header(msgspec.Struct, frozen=True):
    name: str = ""
    value: str | None = ""


class _Half(msgspec.Struct, frozen=True):
    url: str = ""
    headers: tuple[_Header, ...] = ()


class _Outline(msgspec.Struct, frozen=True):
    request: _Half = _Half()
    response: _Half = _Half()


def messages(path: Path) -> Iterator[Message]:
    """Yield what a file holds."""
    try:
        log = open_har(path.read_bytes())
    except OSError as error:
        yield Refused(f"It cannot be opened: {error.strerror}.")
        return
    except HarError as error:
        yield Refused(str(error))
        return
    except MemoryError:
        yield Refused("It is larger than this machine's memory.")
        return
    yield Opened(log.version, log.made_by, log.pages, len(log.entries))
    redactor = Redactor()
    _learn(log, redactor)
    unread, problem, shortened = 0, "", 0
    batch: list[tuple[str, Exchange]] = []
    size = 0
    for number, entry in enumerate(log.entries, start=1):
        try:
            exchange, page = read_entry(number, entry)
        except HarError as error:
            unread += 1
            problem = problem or str(error)
            continue
        short = _short(exchange)
        shortened += short is not exchange
        taken = scrubbed(short, redactor)
        batch.append((page, taken))
        size += memoryview(entry).nbytes
        if size >= BATCH_BYTES or len(batch) >= BATCH_ENTRIES:
            yield Batch(tuple(batch))
            batch, size = [], 0
    if batch:
        yield Batch(tuple(batch))
    yield Ended(unread, problem, log.cut, shortened)


def _short(exchange: Exchange) -> Exchange:
    """Return an exchange without bodies that are too long to be taken whole."""
    body, answer = _beginning(exchange.body), _beginning(exchange.response_body)
    if body is exchange.body and answer is exchange.response_body:
        return exchange
    return msgspec.structs.replace(exchange, body=body, response_body=answer)


def _beginning(body: Body | None) -> Body | None:
    if body is None or len(body.text) <= MAX_BODY:
        return body
    return msgspec.structs.replace(body, text=body.text[:MAX_BODY], truncated=True)


def _learn(log: Log, redactor: Redactor) -> None:
    """Learn what is secret anywhere in the file before the first entry leaves it.

    A token counts before a cookie: a redactor learns only so many.
    """
    decoder = msgspec.json.Decoder(_Outline)
    cookies: list[tuple[str, str]] = []
    for entry in log.entries:
        try:
            outline = decoder.decode(entry)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        redactor.url(outline.request.url)
        pairs = [
            (header.name, header.value or "")
            for half in (outline.request, outline.response)
            for header in half.headers
        ]
        redactor.headers(pair for pair in pairs if pair[0].lower() not in _COOKIES)
        cookies += (pair for pair in pairs if pair[0].lower() in _COOKIES)
    redactor.headers(dict.fromkeys(cookies))


def write(told: Iterable[Message], out: BinaryIO) -> None:
    """Write messages, each after its length."""
    encoder = msgspec.msgpack.Encoder()
    for message in told:
        data = encoder.encode(message)
        out.write(len(data).to_bytes(LENGTH_BYTES))
        out.write(data)
        out.flush()


if __name__ == "__main__":
    write(messages(Path(sys.argv[1])), sys.stdout.buffer)
