"""Why is this known contact not found? Reads the record, looks the number up, tries the advice.

Everything here only reads: no cache is changed, so that a probe shows the case as a user has it and
leaves it so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.bench import Bench, Run
from app.evidence import Evidence, RunIncompleteError, evidence_of
from app.explain.advice import Advice, AdviceCode, Explained, explain_known
from app.explain.known import STORED, KnownRecord, StoredPhone, known_record, lists, means
from app.explain.matrix import match_matrix
from app.explain.verdict import Verdict, VerdictCode
from app.failure import failure_sentence
from app.settings import MAX_FORMATS

READ = "getContact"
SEARCH = "findContactWithName"
_SHOWN = 5
_REMEMBERED_RUNS = 200


class ProbeError(Exception):
    """The record cannot be named or read; the message says why and what to do.

    Attributes:
        crm_failed: whether the connector or the CRM failed, not the question.
    """

    def __init__(self, message: str, *, crm_failed: bool = False) -> None:
        super().__init__(message)
        self.crm_failed = crm_failed


@dataclass(frozen=True, slots=True)
class Question:
    """Which record should have been found: by name, by id, or by the text that is stored."""

    name: str = ""
    record_id: str = ""
    record_type: str = ""
    stored: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A probed record.

    Attributes:
        contact: in wire shape, None when it was not found or only a text was given.
        run_id: the lookup that was explained.
        failed: whether the connector or the CRM failed in it.
    """

    contact: dict[str, Any] | None
    stored: tuple[StoredPhone, ...]
    verdict: Verdict
    advice: tuple[Advice, ...]
    run_id: int = 0
    failed: bool = False


async def probe(
    bench: Bench,
    number: str,
    formats: Sequence[str],
    question: Question,
    *,
    remembered_nobody: bool = False,
) -> Probe:
    """Explain why a known record is not found by a number.

    Args:
        bench: an open connection.
        number: as App Connect would receive it.
        formats: the user's phone formats.
        question: which record.
        remembered_nobody: whether the extension's own cache says that nobody has this number.

    Raises:
        ProbeError: the record cannot be told from others, or cannot be read.
    """
    known = await _known(bench, number, question)
    if known is None:
        return await _missing(bench, number, formats, question)
    found_run = await bench.find(number, formats, keep=False)
    found = _evidence(bench, found_run)
    live = None
    if found.finished.cached and not lists(found, known):
        live = _evidence(bench, await bench.find(number, formats, force_refresh=True, keep=False))
    explained = explain_known(known, found, live, bench.manifest)
    if remembered_nobody and known.contact is not None and lists(live or found, known):
        explained = _remembered(explained, known)
    advice = await _tried(bench, number, formats, known, explained)
    return Probe(
        known.contact,
        explained.stored,
        explained.verdict,
        advice,
        found_run.run_id,
        failed=(live or found).finished.error is not None,
    )


def formats_with(formats: Sequence[str], advice: Advice) -> list[str]:
    """Return the user's formats as an advice wants them; at most three."""
    kept = [each for each in formats if each and each != advice.instead]
    if advice.format and advice.format not in kept:
        kept.append(advice.format)
    return kept[-MAX_FORMATS:]


async def _known(bench: Bench, number: str, question: Question) -> KnownRecord | None:
    if question.stored:
        return KnownRecord(None, phones=((STORED, question.stored),))
    if question.record_id:
        return await _by_id(bench, number, question.record_id, question.record_type)
    named = await _by_name(bench, number, question)
    if named is None or READ not in _operations(bench):
        return named
    wanted_id, wanted_type = named.key
    whole = await _by_id(bench, number, wanted_id, wanted_type)
    return whole or named


async def _by_id(bench: Bench, number: str, record_id: str, record_type: str) -> KnownRecord | None:
    """Return the record as the connector reads it, else as an earlier answer showed it."""
    if READ in _operations(bench):
        run = await bench.read_contact(record_id, record_type)
        _check(run, bench)
        contact = run.outcome.answer.get("contact")
        return known_record(contact, _evidence(bench, run), number) if contact else None
    seen = _seen(bench, number, record_id, record_type)
    if seen is None:
        raise ProbeError(
            "This connector cannot read a record by its id, and no answer so far has shown this "
            "one: name the record, or paste the phone as it is stored."
        )
    return seen


def _seen(bench: Bench, number: str, record_id: str, record_type: str) -> KnownRecord | None:
    """Return a record that an earlier search or lookup of this session answered with."""
    latest = bench.journal.last_run_id
    for run_id in range(latest, max(0, latest - _REMEMBERED_RUNS), -1):
        try:
            evidence = evidence_of(bench.journal.events(run_id), run_id)
        except RunIncompleteError:
            continue
        for contact in evidence.contacts:
            kind = str(contact.get("type") or "").lower()
            same_type = not record_type or kind == record_type.lower()
            if str(contact.get("id")) == record_id and same_type:
                return known_record(contact, evidence, number)
    return None


async def _by_name(bench: Bench, number: str, question: Question) -> KnownRecord | None:
    if SEARCH not in _operations(bench):
        raise ProbeError(
            "This connector has no search by name: give the record's id, or paste the phone as it "
            "is stored."
        )
    run = await bench.search(question.name)
    _check(run, bench)
    evidence = _evidence(bench, run)
    listed = [known_record(contact, evidence, number) for contact in evidence.contacts]
    if question.record_type:
        listed = [each for each in listed if each.key[1] == question.record_type.lower()]
    wanted = question.name.strip().casefold()
    listed = [each for each in listed if each.name.casefold() == wanted] or listed
    if len(listed) > 1:
        near = [each for each in listed if any(means(text, number) for _, text in each.phones)]
        listed = near if len(near) == 1 else listed
    if len(listed) > 1:
        shown = ", ".join(
            f"{each.name} ({each.key[1] or 'contact'} {each.key[0]})" for each in listed[:_SHOWN]
        )
        more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
        raise ProbeError(
            f"{len(listed)} records answer to '{question.name}': {shown}{more}. Name one by its id."
        )
    return listed[0] if listed else None


async def _missing(bench: Bench, number: str, formats: Sequence[str], question: Question) -> Probe:
    """Explain a record that even its name or id does not find."""
    if question.name:
        text = (
            f"No record called '{question.name}' was found by name either: it is new and not yet "
            "searchable, converted, deleted, or hidden from the connected user."
        )
        advice = Advice(
            AdviceCode.WAIT_FOR_INDEX,
            "Wait a minute if it is new. Else name the record by its id, which needs no search.",
        )
    else:
        kind = f"{question.record_type} " if question.record_type else "record "
        text = f"The CRM has no {kind}{question.record_id}, or the connected user may not see it."
        advice = Advice(AdviceCode.NONE, "Check the id and its type.")
    run = await bench.find(number, formats, keep=False)
    verdict = Verdict(VerdictCode.RECORD_NOT_FOUND, text, proven=False)
    return Probe(None, (), verdict, (advice,), run.run_id, failed=run.failed)


async def _tried(
    bench: Bench,
    number: str,
    formats: Sequence[str],
    known: KnownRecord,
    explained: Explained,
) -> tuple[Advice, ...]:
    """Return the advice; a format is kept only when a lookup with it finds the record."""
    kept: list[Advice] = []
    for advice in explained.advice:
        if advice.code is not AdviceCode.ADD_FORMAT or known.contact is None:
            kept.append(advice)
            continue
        changed = formats_with(formats, advice)
        run = await bench.find(number, changed, force_refresh=True, keep=False)
        evidence = _evidence(bench, run)
        if lists(evidence, known):
            kept.append(replace(advice, text=f"{advice.text} Tried: it is found then."))
        elif not evidence.behind_server and not any(
            made.format and made.asked for made in match_matrix(evidence).candidates
        ):
            kept.append(
                Advice(
                    AdviceCode.FIX_CONNECTOR,
                    f"The connector does not use the phone formats: with {advice.format} it would "
                    "ask for the stored spelling.",
                )
            )
    return tuple(sorted(kept, key=lambda each: each.code is AdviceCode.FIX_CONNECTOR))


def _remembered(explained: Explained, known: KnownRecord) -> Explained:
    verdict = Verdict(
        VerdictCode.NEGATIVE_CACHE,
        f"The CRM finds {known.name}, but the extension remembers for 7 days that nobody has this "
        "number, and asks nobody until then.",
    )
    advice = Advice(AdviceCode.CLEAR_CACHE, "Refresh contact, in the call's menu, asks again.")
    return Explained(explained.stored, verdict, (advice,))


def _operations(bench: Bench) -> Sequence[str]:
    return bench.description.operations if bench.description else ()


def _evidence(bench: Bench, run: Run) -> Evidence:
    return evidence_of(bench.journal.events(run.run_id), run.run_id)


def _check(run: Run, bench: Bench) -> None:
    if run.outcome.error is not None:
        sentence = failure_sentence(run.outcome.error, bench.connection.platform)
        raise ProbeError(f"The record cannot be read: {sentence}", crm_failed=True)
