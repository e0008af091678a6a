"""The verb ``probe``: why is this known contact not found?"""

from __future__ import annotations

import argparse
from typing import Any

from app.cli_bench import open_bench, run_loop
from app.cli_result import CONNECTOR_FAILED, DONE, WRONG_USAGE, CommandError, print_result
from app.explain.compare import MATCH_WORDS
from app.explain.known import StoredPhone
from app.probe import Probe, ProbeError, Question
from app.probe import probe as probe_record

_LONGEST = 200


def probe(options: argparse.Namespace) -> int:
    """``callbench probe``: exit code 3 when the record or the number cannot be looked up."""
    question = Question(
        name=(options.name or "").strip(),
        record_id=(options.id or "").strip(),
        record_type=(options.type or "").strip(),
        stored=options.stored or "",
    )
    if not (question.name or question.record_id or question.stored.strip()):
        raise CommandError("Name the record: --name, --id or --stored must not be empty.")

    async def work() -> int:
        async with open_bench(options) as bench:
            try:
                made = await probe_record(bench, options.number, options.format, question)
            except ProbeError as error:
                code = CONNECTOR_FAILED if error.crm_failed else WRONG_USAGE
                raise CommandError(str(error), code) from error
        print_result(options, probe_document(made), _summary(made))
        return CONNECTOR_FAILED if made.failed else DONE

    return run_loop(work)


def probe_document(made: Probe) -> dict[str, Any]:
    """Return a probe as the command line shows it."""
    return {
        "contact": made.contact,
        "stored": [_stored(each) for each in made.stored],
        "verdict": {
            "code": made.verdict.code,
            "text": made.verdict.text,
            "proven": made.verdict.proven,
        },
        "advice": [
            {"code": each.code, "text": each.text, "format": each.format} for each in made.advice
        ],
    }


def _stored(stored: StoredPhone) -> dict[str, Any]:
    alignment = stored.alignment
    return {
        "field": stored.field,
        "text": stored.text,
        "shown": stored.comparison.shown,
        "match": stored.comparison.match,
        "nearest": stored.spelling or None,
        "differences": [each.text for each in alignment.differences] if alignment else [],
    }


def _summary(made: Probe) -> str:
    lines = []
    if made.contact is not None:
        kind = made.contact.get("type") or "contact"
        lines.append(f"{made.contact.get('name')}  {kind} - {made.contact.get('id')}")
    for each in made.stored:
        shown, words = each.comparison.shown[:_LONGEST], MATCH_WORDS[each.comparison.match]
        lines.append(f"  {each.field}: '{shown}'  {words}")
        if each.near and each.alignment is not None and each.alignment.differences:
            named = ", ".join(difference.text for difference in each.alignment.differences)
            lines.append(f"    against '{each.spelling}': {named}")
    proof = "" if made.verdict.proven else " (not proven)"
    lines.append(f"{made.verdict.code}: {made.verdict.text}{proof}")
    lines += [f"- {each.text}" for each in made.advice]
    return "\n".join(lines)
