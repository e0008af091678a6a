"""Rules about the requests of a run: failures, waiting, number and time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.checks.finding import Finding, Rule, found
from app.checks.reading import LOOKUPS, contacts_of, result_of, shown, some
from app.evidence import Evidence
from app.traffic import asked
from app.traffic.dependencies import Step, together, uses
from connectors.contract.exchange import Exchange
from connectors.contract.manifest import Manifest

BUDGET = 25
"""Requests per lookup, where the manifest declares no other number.

CRMs commonly allow 50 to 100 a minute and user: two calls must fit in.
"""

SLOW_MS = 2000.0
"""One request. A phone rings about four seconds before it is answered, and others follow."""

_SHORT_MS = 5.0
_TELLS_FAILURE = ("warning", "error", "danger")
_PAGE = re.compile(r"\d{1,6}")


def check_failures(evidence: Evidence) -> Iterator[Finding]:
    """A request that failed may not end as "no match" (contact-flow 2.6)."""
    finished = evidence.finished
    if evidence.started.operation not in LOOKUPS or finished.error or finished.cancelled:
        return
    path, result = result_of(evidence)
    if result.get("successful") is False or evidence.reported:
        return
    contacts = contacts_of(evidence)
    message = result.get("returnMessage") if path == "$.returned" else None
    if not contacts and isinstance(message, dict) and message.get("messageType") in _TELLS_FAILURE:
        return
    failed = [
        exchange
        for at, exchange in enumerate(evidence.exchanges)
        if _failed(exchange) and not _mended(exchange, evidence.exchanges[at + 1 :])
    ]
    if not failed:
        return
    said = some([shown(f"{one.status or one.error or 'no answer'}") for one in failed])
    count = "One request" if len(failed) == 1 else f"{len(failed)} requests"
    end = "and the list looks complete" if contacts else "and it looks as if there is no match"
    yield found(
        Rule.ERROR_SWALLOWED,
        "warning" if contacts else "error",
        f"{count} failed ({said}), but the result is successful without an error, {end}.",
        *(exchange.id for exchange in failed),
    )


def check_budget(evidence: Evidence, manifest: Manifest) -> Iterator[Finding]:
    """A lookup makes no more requests than the manifest declares, or than `BUDGET`."""
    declared = manifest.request_config.lookup_budget
    budget = BUDGET if declared is None else declared
    count = len(evidence.exchanges)
    if evidence.started.operation in LOOKUPS and count > max(budget, 0):
        source = "by default" if declared is None else "in the manifest"
        text = f"The lookup made {count} requests; its budget {source} is {budget}."
        over = evidence.exchanges[max(budget, 0) :]
        yield found(Rule.REQUEST_BUDGET, "warning", text, *(exchange.id for exchange in over))


def check_slow(evidence: Evidence) -> Iterator[Finding]:
    """No request takes longer than `SLOW_MS`."""
    slow = [exchange for exchange in evidence.exchanges if exchange.ms > SLOW_MS]
    if slow:
        worst = max(slow, key=lambda exchange: exchange.ms)
        parts = asked.split(worst.url)
        where = shown(f"{worst.method} {parts.path if parts else worst.url}")
        text = f"{where} took {worst.ms / 1000:.1f} s."
        yield found(Rule.REQUEST_SLOW, "note", text, *(exchange.id for exchange in slow))


def check_sequence(evidence: Evidence) -> Iterator[Finding]:
    """Reads of a lookup that are alike and need nothing of each other start together.

    Alike are requests for the same spelling, to the same endpoint, or about records out of the
    same answer; others, such as a session check before a search, may wait for reasons that no
    request shows. A request needs an earlier one when it uses a value out of its answer, tries the
    next spelling or page, or repeats it; requests that ran together count as one. After a failure
    anything may be a reaction, so nothing is said.
    """
    if evidence.started.operation not in LOOKUPS:
        return
    known = asked.spellings(evidence)
    steps = [Step(exchange, known) for exchange in evidence.exchanges]
    waits: list[tuple[Exchange, Exchange]] = []
    for at, step in enumerate(steps):
        before = steps[:at]
        if not before or any(_failed(other.exchange) for other in before):
            continue
        last = max(before, key=lambda other: other.end)
        if step.exchange.started_ms < last.end or last.exchange.ms < _SHORT_MS:
            continue
        if _tries_next(step, before):
            continue
        group = together(last, before)
        # What the requests show by themselves is asked first: answers take longer to compare.
        alike = any(_alike(step, other) for other in group) or any(
            _of_one_answer(step, other, before) for other in group
        )
        if alike and not _needs(step, group, before):
            waits.append((last.exchange, step.exchange))
    if not waits:
        return
    lost = sum(first.ms for first, _second in waits)
    first, second = waits[0]
    more = f", and {len(waits) - 1} more like it" if len(waits) > 1 else ""
    yield found(
        Rule.REQUESTS_SEQUENTIAL,
        "warning",
        f"Request {second.id} waited for request {first.id} without using its answer{more}: "
        f"{lost:.0f} ms lost.",
        *dict.fromkeys(exchange.id for pair in waits for exchange in pair),
    )


def _tries_next(step: Step, before: Sequence[Step]) -> bool:
    """Tell whether `step` tries a spelling because the ones before have found nobody."""
    return (
        bool(step.spellings)
        and any(other.spellings for other in before)
        and all(step.spellings != other.spellings for other in before)
    )


def _alike(step: Step, other: Step) -> bool:
    same_spelling = step.spellings and step.spellings == other.spellings
    return bool(same_spelling) or step.endpoint == other.endpoint


def _of_one_answer(step: Step, other: Step, before: Sequence[Step]) -> bool:
    return any(
        uses(step, source) and uses(other, source)
        for source in before
        if source.end <= other.exchange.started_ms
    )


def _needs(step: Step, group: Sequence[Step], before: Sequence[Step]) -> bool:
    """Tell whether `step` may have had to wait for the requests of `group`."""
    if any(_repeats(step, other) for other in before):
        return True
    if any(uses(step, other) for other in group):
        return True
    # Ids out of an answer may look like page numbers.
    paged = any(_is_next_page(step, other) for other in before)
    return paged and not any(uses(step, other) for other in before)


def _repeats(step: Step, other: Step) -> bool:
    mine, theirs = step.exchange, other.exchange
    same = (mine.method, mine.url) == (theirs.method, theirs.url)
    return same and asked.text_of(mine.body) == asked.text_of(theirs.body)


def _is_next_page(step: Step, other: Step) -> bool:
    if step.endpoint != other.endpoint:
        return False
    changed = [
        (value, other.parameters.get(name, ""))
        for name, value in step.parameters.items()
        if value != other.parameters.get(name, "")
    ]
    return bool(changed) and all(
        _PAGE.fullmatch(new) and _PAGE.fullmatch(old) and int(new) > int(old)
        for new, old in changed
    )


def _failed(exchange: Exchange) -> bool:
    return exchange.error is not None or exchange.status is None or exchange.status >= 400


def _mended(exchange: Exchange, later: Sequence[Exchange]) -> bool:
    """Tell whether the same was asked again with success, after a new session for example."""
    parts = asked.split(exchange.url)
    for other in later:
        again = asked.split(other.url)
        if _failed(other) or other.method != exchange.method or not parts or not again:
            continue
        if parts.path == again.path and parts.query == again.query:
            return True
    return False
