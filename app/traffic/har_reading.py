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

from app.traffic.large_body import beginning_of, is_large, pieces_of
from connectors.contract.exchange import Body, Exchange
from connectors.contract.har import HarError, Log, Page, open_har, read_entry
from connectors.runtime.redact import Redactor
from connectors.runtime.scrub import scrubbed

BATCH_BYTES = 128 * 1024
"""Text in one message: whoever receives it has other things to do."""

BATCH_ENTRIES = 50
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


class Piece(msgspec.Struct, frozen=True, tag=True):
    """The next part of a body of the entry that comes after all of them."""

    data: bytes


class Large(msgspec.Struct, frozen=True, tag=True):
    """An entry with a body that no single message could hold without holding the window up.

    Attributes:
        page: the id of its page, empty for none.
        exchange: with the beginnings of such bodies.
        request: how many of the pieces before it are the request's body, 0 when it is whole here.
        response: how many after those are the answer's.
        truncated: whether the file itself has only the beginning of (the request's, the answer's).
    """

    page: str
    exchange: Exchange
    request: int
    response: int
    truncated: tuple[bool, bool]


class Ended(msgspec.Struct, frozen=True, tag=True):
    """That was all.

    Attributes:
        unread: how many entries could not be read, and `problem` why the first of them.
        cut: why the file ends too early, empty when it is whole.
    """

    unread: int
    problem: str
    cut: str


class Refused(msgspec.Struct, frozen=True, tag=True):
    """Nothing of the file can be read."""

    reason: str


Message = Opened | Batch | Piece | Large | Ended | Refused


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
        yield Refused(f"It cannot be opened ({error.strerror}): choose a file that you may read.")
        return
    except HarError as error:
        yield Refused(f"{error} Save it again as HAR where it was recorded.")
        return
    except MemoryError:
        yield Refused("It is larger than this machine's memory: record fewer requests in one file.")
        return
    yield Opened(log.version, log.made_by, log.pages, len(log.entries))
    redactor = Redactor()
    _learn(log, redactor)
    unread, problem = 0, ""
    batch: list[tuple[str, Exchange]] = []
    size = 0
    for number, entry in enumerate(log.entries, start=1):
        try:
            exchange, page = read_entry(number, entry)
        except HarError as error:
            unread += 1
            problem = problem or str(error)
            continue
        taken = scrubbed(exchange, redactor)
        if is_large(taken.body) or is_large(taken.response_body):
            if batch:
                yield Batch(tuple(batch))
                batch, size = [], 0
            yield from _in_pieces(page, taken)
            continue
        batch.append((page, taken))
        size += memoryview(entry).nbytes
        if size >= BATCH_BYTES or len(batch) >= BATCH_ENTRIES:
            yield Batch(tuple(batch))
            batch, size = [], 0
    if batch:
        yield Batch(tuple(batch))
    yield Ended(unread, problem, log.cut)


def _in_pieces(page: str, exchange: Exchange) -> Iterator[Message]:
    """Yield the large bodies of an exchange piece by piece, then the exchange."""
    body, answer = exchange.body, exchange.response_body
    sent = list(_large_pieces(body))
    received = list(_large_pieces(answer))
    yield from sent
    yield from received
    if body is not None and sent:
        exchange = msgspec.structs.replace(exchange, body=beginning_of(body))
    if answer is not None and received:
        exchange = msgspec.structs.replace(exchange, response_body=beginning_of(answer))
    cut = (body is not None and body.truncated, answer is not None and answer.truncated)
    yield Large(page, exchange, len(sent), len(received), cut)


def _large_pieces(body: Body | None) -> Iterator[Piece]:
    if body is not None and is_large(body):
        yield from map(Piece, pieces_of(body.text))


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
