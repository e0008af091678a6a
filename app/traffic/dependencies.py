"""What waited for what: a value of an answer stands in a later request, or one simply came after.

Read from the requests alone, so that it holds for any connector.
"""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from app.traffic import asked
from connectors.contract.exchange import Exchange
from connectors.runtime.redact import REDACTED

AT_ONCE_MS = 100.0
"""A request that begins later than this after the one before it has waited for something else."""

MOST_TOGETHER = 8
"""As many requests as the client sends at a time; more are not looked through for a value."""

_SHORTEST_VALUE = 4
_WORD = re.compile(r"[\w.@-]{4,}")
_ID_KEY = re.compile(r"(?i)(?:^|_)id$|[a-z]Id$|^key$")


@dataclass(frozen=True, slots=True)
class Wait:
    """One request waited for another.

    Attributes:
        kind: ``answer`` when a value that came with the answer to `source` stands in the request,
            ``order`` when it only began right after `source` ended.
    """

    exchange: int
    source: int
    kind: Literal["answer", "order"]


class Step:
    """One request with what it takes to compare it; read only when it is wanted.

    Args:
        known: the spellings of what the run was about, the longest first.
    """

    def __init__(self, exchange: Exchange, known: tuple[str, ...] = ()) -> None:
        self.exchange = exchange
        self.end = exchange.started_ms + exchange.ms
        self._known = known

    @cached_property
    def spellings(self) -> frozenset[str]:
        """Which spellings the request asks for."""
        return asked.spellings_in(self.exchange, self._known)

    @cached_property
    def text(self) -> str:
        """Everything of the request in which a value may stand, decoded."""
        headers = [value for _name, value in self.exchange.headers]
        return "\n".join([self.exchange.url, *asked.values(self.exchange), *headers])

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of `text`."""
        return frozenset(re.findall(r"[\w@-]+", self.text))

    @cached_property
    def endpoint(self) -> tuple[str, str, tuple[str, ...]]:
        """Method, address and names of the parameters."""
        parts = asked.split(self.exchange.url)
        if parts is None:
            return self.exchange.method, self.exchange.url, ()
        names = tuple(sorted(name for name, _value in asked.pairs(parts.query)))
        return self.exchange.method, parts.netloc + parts.path, names

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The parameters of the URL, still encoded."""
        parts = asked.split(self.exchange.url)
        return dict(asked.pairs(parts.query)) if parts else {}

    @cached_property
    def answers(self) -> tuple[frozenset[str], frozenset[str]] | None:
        """The (ids, longer texts) of the answer; None when the answer was not kept whole."""
        body = self.exchange.response_body
        if body is None:
            return frozenset(), frozenset()
        if body.truncated or (body.encoding and body.size):
            return None
        leaves = list(asked.json_leaves(body.text))
        ids = frozenset(value for key, value in leaves if _ID_KEY.search(key) and value)
        texts = [value for _key, value in leaves] or _WORD.findall(asked.text_of(body))
        texts += [value for _name, value in self.exchange.response_headers]
        return ids, frozenset(text for text in texts if len(text) >= _SHORTEST_VALUE)


def uses(step: Step, other: Step) -> bool:
    """Tell whether a value that came with the answer to `other` stands in `step`.

    An answer that was not kept whole may hold anything, so it counts as used.
    """
    answers = other.answers
    if answers is None:
        return True
    ids, texts = answers
    if REDACTED in step.text and any(REDACTED in text for text in texts):
        return True
    if any(value in step.words for value in ids - other.words):
        return True
    return any(text in step.text for text in texts if text not in other.text)


def together(last: Step, before: Iterable[Step]) -> list[Step]:
    """Return `last` and what ran at the same time, directly or through others."""
    group = [last]
    begin = last.exchange.started_ms
    for other in sorted(before, key=_end, reverse=True):
        if other is not last and other.end > begin:
            group.append(other)
            begin = min(begin, other.exchange.started_ms)
    return group


class WaitFinder:
    """Tells what each request waited for; they are given in the order in which they began.

    It remembers the few answers that a request may still have waited for, so that a run of any size
    can be read through it.

    Args:
        compare: whether to look for values of answers in later requests.
    """

    def __init__(self, *, compare: bool = True) -> None:
        self._compare = compare
        self._ended: list[Step] = []

    def wait(self, exchange: Exchange) -> Wait | None:
        """Return what a request waited for, None when it waited for nothing."""
        step = Step(exchange)
        at = bisect_right(self._ended, exchange.started_ms, key=_end)
        # Whatever begins from now on has at least these before it.
        del self._ended[: max(0, at - MOST_TOGETHER)]
        found = self._source(step, self._ended[: min(at, MOST_TOGETHER)])
        insort(self._ended, step, key=_end)
        return found

    def _source(self, step: Step, before: Sequence[Step]) -> Wait | None:
        """Return what a step waited for out of what had ended, the last of it at the end."""
        if not before:
            return None
        last = before[-1]
        group = [last]
        begin = last.exchange.started_ms
        for other in reversed(before[:-1]):
            if other.end <= begin:
                break
            group.append(other)
            begin = min(begin, other.exchange.started_ms)
        for other in group:
            # An answer that was not kept whole counts as used, which proves nothing here.
            if self._compare and other.answers is not None and uses(step, other):
                return Wait(step.exchange.id, other.exchange.id, "answer")
        if step.exchange.started_ms - last.end > AT_ONCE_MS:
            return None
        return Wait(step.exchange.id, last.exchange.id, "order")


def waits(exchanges: Iterable[Exchange]) -> tuple[Wait, ...]:
    """Return what each request waited for; those that waited for nothing are left out.

    Args:
        exchanges: of one run, in any order.
    """
    finder = WaitFinder()
    found = map(finder.wait, sorted(exchanges, key=_began))
    return tuple(wait for wait in found if wait is not None)


def longest_chain(last: int, waited: Iterable[Wait]) -> tuple[int, ...]:
    """Return the requests that made the run take as long as it did, first to last.

    Args:
        last: the request that ended last.
        waited: what each request waited for.
    """
    sources = {wait.exchange: wait.source for wait in waited}
    chain = [last]
    while chain[-1] in sources:
        chain.append(sources[chain[-1]])
    return tuple(reversed(chain))


def _began(exchange: Exchange) -> float:
    return exchange.started_ms


def _end(step: Step) -> float:
    return step.end
