"""What differs between two runs of the same input, and between two connectors over many inputs.

What changes by itself from run to run does not count: times, tokens, request ids, the ids of
records that the runs created.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus

from app.checks.reading import Entry, entries_of, plain
from app.evidence import Evidence
from app.explain.searches import searches_of
from app.traffic import asked
from connectors.contract.exchange import Exchange
from connectors.contract.hosting import ErrorInfo

RunOne = Callable[[str], Awaitable[Evidence]]

TIME = "time"
_NAMED_ELSEWHERE = frozenset({"id", "name", "type", "isNewContact"})
_LONGEST = 160
_NOTICEABLE_MS = 200.0
_NOTICEABLE_RATIO = 2.0
_READS = frozenset({"findContact", "findContactWithName", "getCallLog", "getUserInfo"})
_VOLATILE_NAMES = frozenset(
    {"_", "nonce", "ts", "timestamp", "time", "requestid", "request_id", "traceid", "cachebuster"}
)
_VOLATILE = re.compile(
    r"(?P<uuid>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)"
    r"|(?P<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|(?<![\d+])1[6-9]\d{11}(?!\d))"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two runs differ.

    Attributes:
        what: ``candidates``, ``request <method> <path>``, ``contact <id>``, ``message``,
            ``successful``, ``error`` or ``time``; the same thing has the same text in each
            comparison.
        a: the first side's, None when it has none; texts, or lists of texts.
        b: the second side's.
    """

    what: str
    a: Any
    b: Any

    @property
    def noise_prone(self) -> bool:
        """Whether this may differ between two runs of one connector."""
        return self.what == TIME


def differences(a: Evidence, b: Evidence) -> tuple[Difference, ...]:
    """Return what differs between two runs, in the order in which a lookup goes.

    The order of requests and of contacts does not count; a request that is sent more often does.
    """
    return tuple(
        difference
        for difference in (
            _difference("candidates", _candidates(a), _candidates(b)),
            *_grouped("request", _requests(a), _requests(b)),
            *_grouped("contact", _contacts(a), _contacts(b)),
            _difference("message", _message(a), _message(b)),
            _difference("successful", _successful(a), _successful(b)),
            _error(a.finished.error, b.finished.error),
            _time(a.finished.ms, b.finished.ms),
        )
        if difference is not None
    )


async def diff(
    run_a: RunOne,
    run_b: RunOne,
    inputs: Iterable[str],
    *,
    on_row: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Run each input on both sides and return the document of ``callbench diff``.

    The first side runs twice: what differs there too is noise. A row whose differences are all
    noise, or noise-prone, counts as noise.

    Args:
        run_a: runs one input on the first side.
        run_b: the same on the second side.
        inputs: numbers; one after another, so that neither side slows the other down.
        on_row: told of each input when it is done.

    Returns:
        ``{"same", "different", "noise", "rows": [{"input", "differences": [{what, a, b}]}]}``.
    """
    counts = Counter({"same": 0, "different": 0, "noise": 0})
    rows: list[dict[str, Any]] = []
    for given in inputs:
        first = await run_a(given)
        second = await run_b(given)
        again = await run_a(given)
        every = differences(first, second)
        noise = {difference.what for difference in differences(first, again)}
        real = [difference for difference in every if difference.what not in noise]
        if any(not difference.noise_prone for difference in real):
            counts["different"] += 1
        else:
            counts["noise" if every else "same"] += 1
        listed = [{"what": each.what, "a": each.a, "b": each.b} for each in real]
        rows.append({"input": given, "differences": listed})
        if on_row is not None:
            on_row(given)
    return {**counts, "rows": rows}


def _difference(what: str, a: Any, b: Any) -> Difference | None:
    return None if a == b else Difference(what, a, b)


def _grouped(
    what: str, a: dict[str, list[str]], b: dict[str, list[str]]
) -> Iterable[Difference | None]:
    """Compare what stands under each key, without the values that both sides share."""
    for key in dict.fromkeys((*a, *b)):
        mine, theirs = Counter(a.get(key, ())), Counter(b.get(key, ()))
        only_mine, only_theirs = mine - theirs, theirs - mine
        yield _difference(
            f"{what} {key}",
            sorted(only_mine.elements()) or None,
            sorted(only_theirs.elements()) or None,
        )


def _candidates(evidence: Evidence) -> list[str]:
    """Return the spellings of the number that were searched, those of no known rule too."""
    if not evidence.number:
        return []
    return sorted(
        {
            search.value
            for exchange in evidence.exchanges
            for search in searches_of(exchange, evidence.number)
        }
    )


def _requests(evidence: Evidence) -> dict[str, list[str]]:
    """Return what each method and path was asked; the host may be another one on each side."""
    grouped: dict[str, list[str]] = {}
    reads = evidence.started.operation in _READS
    for exchange in evidence.exchanges:
        parts = asked.split(exchange.url)
        path = _steady(unquote(parts.path)) if parts else plain(exchange.url)
        query = [] if parts is None else list(asked.pairs(parts.query))
        texts = sorted(
            f"{unquote_plus(name)}={_steady(unquote_plus(value))}"
            for name, value in query
            if unquote_plus(name).lower() not in _VOLATILE_NAMES
        )
        body = _body(exchange) if reads else ""
        asked_for = "&".join(texts) + (f" {body}" if body else "")
        grouped.setdefault(f"{exchange.method} {path}", []).append(
            asked_for.strip() or "no parameters"
        )
    return grouped


def _body(exchange: Exchange) -> str:
    """Return a read's body: searches of some CRMs stand there.

    An empty object asks for nothing; production sends one with each request of a proxy config.
    """
    text = asked.text_of(exchange.body)
    if text.strip() == "{}":
        return ""
    leaves = [
        f"{key}={_steady(value)}"
        for key, value in asked.json_leaves(text)
        if key.lower() not in _VOLATILE_NAMES
    ]
    return "&".join(sorted(leaves)) if leaves else _steady(text)


def _contacts(evidence: Evidence) -> dict[str, list[str]]:
    """Return what is known of a contact under its id, the "create new" entry included.

    The id and the creation date of a contact that the run created are its own each time.
    """
    created = evidence.started.operation == "createContact"
    grouped: dict[str, list[str]] = {}
    for entry in entries_of(evidence):
        key = "created" if created else entry.id_text or "without id"
        fields = _fields(entry, without="createdDate" if created else "")
        grouped.setdefault(key, []).extend((_label(entry), *fields))
    return grouped


def _fields(entry: Entry, without: str) -> Iterable[str]:
    """Return each field beside id, name and type; additional info field by field."""
    for name, value in entry.data.items():
        if name in _NAMED_ELSEWHERE or name == without or value in (None, ""):
            continue
        if name == "additionalInfo" and isinstance(value, dict):
            for key, options in value.items():
                yield _short(f"{name}.{key}={_json(options)}")
        else:
            yield _short(f"{name}={_json(value)}")


def _json(value: Any) -> str:
    """Return a value as text in which the order of keys does not count."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, default=plain)
    except (TypeError, ValueError, RecursionError):
        return plain(value)


def _short(text: str) -> str:
    """Return a long text cut, with what tells it apart from another that begins alike."""
    if len(text) <= _LONGEST:
        return text
    mark = zlib.crc32(text.encode("utf-8", "replace"))
    return f"{text[:_LONGEST]}… ({len(text)} characters, {mark:08x})"


def _label(entry: Entry) -> str:
    name, kind = entry.data.get("name"), entry.data.get("type")
    label = name if isinstance(name, str) else plain(name)
    return f"{label} ({plain(kind)})" if kind not in (None, "") else label


def _message(evidence: Evidence) -> str | None:
    message = evidence.finished.answer.get("returnMessage")
    if not isinstance(message, dict) or not message.get("message"):
        return None
    return _steady(f"{plain(message.get('messageType'))}: {plain(message['message'])}")


def _successful(evidence: Evidence) -> str | None:
    """Return what the extension is told of success, None when it is told nothing."""
    value = evidence.finished.answer.get("successful")
    return None if value is None else plain(value).lower()


def _error(a: ErrorInfo | None, b: ErrorInfo | None) -> Difference | None:
    """Compare errors by the CRM's status, else by type: their texts may quote a time or an id.

    Each language has its own types, and what the user is told depends on the status alone.
    """
    if a is not None and b is not None and a.status is not None and a.status == b.status:
        return None
    return _difference("error", _error_text(a), _error_text(b))


def _error_text(error: ErrorInfo | None) -> str | None:
    if error is None:
        return None
    return error.type if error.status is None else f"{error.type} {error.status}"


def _time(a_ms: float, b_ms: float) -> Difference | None:
    low, high = sorted((a_ms, b_ms))
    if high - low < _NOTICEABLE_MS or high < low * _NOTICEABLE_RATIO:
        return None
    return Difference(TIME, f"{a_ms:.0f} ms", f"{b_ms:.0f} ms")


def _steady(text: str) -> str:
    """Return `text` with what changes by itself replaced by its kind."""
    return _VOLATILE.sub(lambda match: f"<{match.lastgroup}>", text)
