"""Takes a HAR file into the journal: one run per page of it, or one for all."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.journal import ExchangeCaptured, Journal, KeptPiece, LargeBody, RunFinished, RunStarted
from app.traffic.har_reading import (
    LENGTH_BYTES,
    Batch,
    Ended,
    Large,
    Message,
    Opened,
    Piece,
    Refused,
)
from connectors.contract.exchange import Exchange
from connectors.contract.har import Page

OPERATION = "har"
"""What the runs of an imported file are called; there is no such operation to run again."""

_ROOT = str(Path(__file__).resolve().parents[2])
_MAX_MESSAGE = 1 << 20

OnProgress = Callable[[int, int], None]
"""Told how many of how many entries have been taken."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The end of an import.

    Attributes:
        sentence: what was taken, and what is not right with the file.
        clean: whether everything is there.
        runs: their ids.
    """

    sentence: str
    clean: bool
    runs: tuple[int, ...] = ()


async def import_har(path: Path, journal: Journal, on_progress: OnProgress) -> Imported:
    """Read a file into the journal; what is whole in a broken one is taken.

    A cancelled import keeps what it has taken, as runs that were cancelled.
    """
    runs = _Runs(path.name, journal)
    refused: Refused | None = None
    opened: Opened | None = None
    ended: Ended | None = None
    try:
        async with contextlib.aclosing(_messages(path)) as told:
            async for message in told:
                match message:
                    case Refused():
                        refused = message
                    case Opened():
                        opened = message
                        runs.use_pages(message)
                    case Batch():
                        for page, exchange in message.entries:
                            runs.add(page, exchange)
                        if opened is not None:
                            on_progress(runs.count, opened.entries)
                    case Piece():
                        runs.keep(message.data)
                    case Large():
                        runs.add_large(message)
                        if opened is not None:
                            on_progress(runs.count, opened.entries)
                    case Ended():
                        ended = message
    except BaseException:
        runs.finish(cancelled=True)
        raise
    if refused is not None:
        return Imported(f"{path.name} was not read. {refused.reason}", clean=False)
    ids = runs.finish()
    if opened is None or ended is None:
        kept = f"{_counted(runs.count, 'request')} of it were kept" if ids else "nothing was read"
        return Imported(
            f"{path.name} could not be read to its end, the reader stopped: {kept}. Read it once "
            "more; if it stops again, record fewer requests in one file.",
            clean=False,
            runs=ids,
        )
    return _told(path.name, opened, ended, runs.count, ids)


def _told(name: str, opened: Opened, ended: Ended, count: int, ids: tuple[int, ...]) -> Imported:
    requests = _counted(count, "request")
    sentence = f"{requests} of {name} read as {_counted(len(ids), 'run')}."
    if ended.cut:
        sentence = f"{name} is cut off; up to the cut {requests} could be read."
    elif not count and not ended.unread:
        sentence = f"{name} holds no requests."
    if ended.unread:
        entries = "1 entry" if ended.unread == 1 else f"{ended.unread:,} entries"
        sentence += f" {entries} could not be read: {ended.problem}"
    if opened.version != "1.2":
        sentence += f" It is of version {opened.version}; what it lacks of 1.2 is left empty."
    return Imported(sentence, clean=not (ended.cut or ended.unread), runs=ids)


@dataclass(slots=True)
class _Open:
    run_id: int
    began_ms: float
    ended_ms: float
    count: int = 0


class _Runs:
    """The runs that are growing out of one file."""

    def __init__(self, name: str, journal: Journal) -> None:
        self._name = name
        self._journal = journal
        self._pages: dict[str, Page] = {}
        self._open: dict[str, _Open] = {}
        self._made_by = ""
        self._pieces: list[KeptPiece] = []
        self.count = 0

    def use_pages(self, opened: Opened) -> None:
        self._pages = {page.id: page for page in opened.pages}
        self._made_by = opened.made_by

    def keep(self, piece: bytes) -> None:
        """Keep a piece of a body of the next large exchange."""
        self._pieces.append(self._journal.keep_piece(piece))

    def add_large(self, large: Large) -> None:
        """Keep an exchange whose bodies were kept piece by piece before it."""
        pieces, self._pieces = tuple(self._pieces), []
        run_id = self._run_of(large.page, large.exchange).run_id
        number = large.exchange.id
        sent, received = pieces[: large.request], pieces[large.request :]
        if sent:
            body = LargeBody(sent, large.truncated[0])
            self._journal.keep_large(run_id, number, "request", body)
        if received:
            body = LargeBody(received, large.truncated[1])
            self._journal.keep_large(run_id, number, "response", body)
        self.add(large.page, large.exchange)

    def add(self, page_id: str, exchange: Exchange) -> None:
        """Keep an exchange in the run of its page."""
        run = self._run_of(page_id, exchange)
        run.count += 1
        self.count += 1
        end = exchange.started_ms + exchange.ms
        run.began_ms = min(run.began_ms, exchange.started_ms)
        run.ended_ms = max(run.ended_ms, end)
        self._journal.append(ExchangeCaptured(run_id=run.run_id, at_ms=end, exchange=exchange))

    def finish(self, *, cancelled: bool = False) -> tuple[int, ...]:
        """End all runs; return their ids."""
        for run in self._open.values():
            by = f", recorded by {self._made_by}" if self._made_by else ""
            told = f"{_counted(run.count, 'request')}{by}"
            self._journal.append(
                RunFinished(
                    run_id=run.run_id,
                    at_ms=run.ended_ms,
                    answer={"returnMessage": {"message": told}},
                    cancelled=cancelled,
                    requests=run.count,
                    ms=run.ended_ms - run.began_ms,
                )
            )
        return tuple(run.run_id for run in self._open.values())

    def _run_of(self, page_id: str, exchange: Exchange) -> _Open:
        key = page_id if page_id in self._pages else ""
        return self._open.get(key) or self._begin(key, exchange)

    def _begin(self, key: str, exchange: Exchange) -> _Open:
        page = self._pages.get(key)
        run = _Open(self._journal.last_run_id + 1, exchange.started_ms, exchange.started_ms)
        self._open[key] = run
        self._journal.append(
            RunStarted(
                run_id=run.run_id,
                at_ms=exchange.started_ms,
                operation=OPERATION,
                platform="",
                subject=f"{self._name}: {page.title}" if page and page.title else self._name,
            )
        )
        return run


async def _messages(path: Path) -> AsyncGenerator[Message, None]:
    decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)
    python_path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH", "")]))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # a file in the current folder must not stand in for a module
        "-m",
        "app.traffic.har_reading",
        str(path),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        env={**os.environ, "PYTHONPATH": python_path},
        limit=_MAX_MESSAGE,
    )
    try:
        stream = process.stdout
        with contextlib.suppress(asyncio.IncompleteReadError):
            while stream is not None:
                length = int.from_bytes(await stream.readexactly(LENGTH_BYTES))
                yield decoder.decode(await stream.readexactly(length))
                # With the next message there already, nothing above would let the window work.
                await asyncio.sleep(0)
        await process.wait()  # A reader that is done ends by itself.
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    """End a reader to which nobody listens any more.

    Not by `Process.kill`: of a reader that is just ending it collects the exit code before asyncio
    can, which then warns of an "unknown child process".
    """
    if process.returncode is None:
        with contextlib.suppress(OSError):  # It has ended already.
            os.kill(process.pid, signal.SIGTERM)
    await process.wait()


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
