"""The headers and bodies of all exchanges as the filter of Network looks through them.

They stand one after another in temporary files, folded to one case when they come: a search reads a
megabyte and looks through it as one, which is ten times as fast as exchange by exchange.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
from bisect import bisect_left
from collections.abc import Generator, Iterator, Sequence
from functools import partial

from app.journal import Journal, Side
from app.presenter.body_text import searchable
from app.spill import SpillFile
from connectors.contract.exchange import Body, Exchange

logger = logging.getLogger(__name__)

READ_BYTES = 1024 * 1024
"""So much is looked through between two moments at which the window may go on."""

MOST_BETWEEN = 32 * 1024
"""Bytes that nobody asked for are read over, up to these; of more, two reads are faster."""

_SIDES: tuple[Side, ...] = ("request", "response")
# None of these bytes is in UTF-8, so that nothing is found across two texts.
_VALUE, _NEXT, _END = b"\xfd", b"\xfe", b"\xff"

Search = Generator[None, None, list[int]]
"""Stops now and then to let others work; returns places in order."""


class SearchText:
    """What can be looked for in exchanges beyond their rows.

    Each exchange has a place: 0, 1, 2 ... in the order in which they were added.

    Args:
        journal: has the bodies that are too long for their exchanges.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._bodies = SpillFile(journal.spill_folder)
        self._headers = SpillFile(journal.spill_folder)
        self._aside: dict[tuple[SpillFile, int], bytes] = {}
        self._names: list[bytes] = []
        self._same_names: dict[bytes, bytes] = {}
        self._large: dict[int, tuple[int, int]] = {}
        self._forgotten = 0

    def add(self, run_id: int, exchange: Exchange) -> None:
        """Take up an exchange; the journal has it already."""
        if any(self._journal.large(run_id, exchange.id, side) for side in _SIDES):
            self._large[len(self._names)] = (run_id, exchange.id)
        pairs = exchange.headers + exchange.response_headers
        names = _NEXT.join(_folded(name) for name, _value in pairs)
        self._names.append(self._same_names.setdefault(names, names))
        headers = _NEXT.join(_folded(name) + _VALUE + _folded(value) for name, value in pairs)
        self._put(self._headers, headers + _END)
        bodies = map(_folded, map(searchable, (exchange.body, exchange.response_body)))
        self._put(self._bodies, _NEXT.join(bodies) + _END)

    def forget(self, count: int) -> None:
        """Forget the first exchanges: the one after them has place 0 from now on."""
        self._forgotten += count

    def close(self) -> None:
        """Remove the files."""
        self._bodies.close()
        self._headers.close()

    def in_bodies(self, value: str, places: Sequence[int]) -> Search:
        """Return which of these exchanges have `value`, folded, in a body."""
        found = yield from self._found(self._bodies, _folded(value), places)
        late = []
        for number in [n for n in self._large if self._is_asked(n, places)]:
            place = number - self._forgotten
            if place not in found and (yield from self._is_in_large(number, value)):
                late.append(place)
        return sorted(found + late) if late else found

    def in_headers(self, name: str, value: str, places: Sequence[int]) -> Search:
        """Return which have a header whose name has `name` in it, and its value `value`."""
        first, wanted = self._forgotten, _folded(name)
        named = [place for place in places if wanted in self._names[place + first]]
        if not value:
            return named
        pattern = re.compile(
            re.escape(wanted) + rb"[^\xfd\xfe]*\xfd[^\xfe\xff]*" + re.escape(_folded(value))
        )
        found = yield from self._found(self._headers, _folded(value), named)
        return [place for place in found if pattern.search(self._block(self._headers, place))]

    def _put(self, file: SpillFile, block: bytes) -> None:
        try:
            file.put(block)
        except OSError as error:
            logger.warning("The text of an exchange stays in memory: %s", error)
            self._aside[file, len(file)] = block
            file.put(b"")

    def _block(self, file: SpillFile, place: int) -> bytes:
        number = place + self._forgotten
        return self._aside.get((file, number)) or file.get(number)

    def _found(self, file: SpillFile, needle: bytes, places: Sequence[int]) -> Search:
        """Return which of these exchanges have `needle` in their block of a file."""
        found: list[int] = []
        for first, end in self._spans(file, places):
            try:
                block = file.span(first, end)
            except OSError as error:
                logger.warning("Headers and bodies cannot be looked through: %s", error)
                return found
            start = file.offset(first)
            at = block.find(needle)
            while at >= 0:
                number = file.number_at(start + at)
                found.append(number - self._forgotten)
                at = block.find(needle, file.offset(number + 1) - start)
            yield
        if self._aside:
            found += [place for place in places if needle in self._aside_at(file, place)]
            found.sort()
        if not _is_gapless(places):
            asked = frozenset(places)
            found = [place for place in found if place in asked]
        return found

    def _aside_at(self, file: SpillFile, place: int) -> bytes:
        return self._aside.get((file, place + self._forgotten), b"")

    def _spans(self, file: SpillFile, places: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield (first, end) of blocks to read together, none of them more than it has to be."""
        if not places:
            return
        first, end = places[0] + self._forgotten, places[-1] + self._forgotten + 1
        if _is_gapless(places):
            while first < end:
                beyond = file.number_at(file.offset(first) + READ_BYTES)
                stop = min(max(beyond, first + 1), end)
                yield first, stop
                first = stop
            return
        stop = first
        for place in places:
            number = place + self._forgotten
            far = file.offset(number) - file.offset(stop) > MOST_BETWEEN
            if stop > first and (far or file.offset(stop) - file.offset(first) > READ_BYTES):
                yield first, stop
                first = number
            stop = number + 1
        yield first, stop

    def _is_asked(self, number: int, places: Sequence[int]) -> bool:
        place = number - self._forgotten
        at = bisect_left(places, place)
        return at < len(places) and places[at] == place

    def _is_in_large(self, number: int, value: str) -> Generator[None, None, bool]:
        """Look through bodies of which the exchange has only the beginning."""
        run_id, exchange_id = self._large[number]
        try:
            exchange = self._journal.exchange(run_id, exchange_id)
        except OSError as error:
            logger.warning("A large body cannot be looked through: %s", error)
            return False
        for side in _SIDES:
            large = self._journal.large(run_id, exchange_id, side)
            if large is None or exchange is None:
                continue
            body = exchange.body if side == "request" else exchange.response_body
            before = ""
            for text in map(partial(_decoded, body), self._journal.texts(large)):
                folded = before + text.casefold()
                if value in folded:
                    return True
                before = folded[max(0, len(folded) - len(value) + 1) :]
                yield
        return False


def _folded(text: str) -> bytes:
    return text.casefold().encode("utf-8", "surrogatepass")


def _is_gapless(places: Sequence[int]) -> bool:
    return len(places) > 0 and places[-1] - places[0] + 1 == len(places)


def _decoded(body: Body | None, text: str) -> str:
    """Return a piece of a body as a filter looks through it."""
    if body is None or body.encoding != "base64":
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
