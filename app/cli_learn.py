"""The verb ``learn-formats``: which phone formats fit the numbers that a CRM has stored."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

from app.cli_result import DONE, CommandError, print_result
from app.explain.compare import visible
from app.explain.csv_file import UnreadableFileError
from app.explain.learn import FormatLearner, Learned
from app.explain.phone_column import NoPhoneColumnError, PhoneFile
from app.explain.stored_number import UnknownRegionError

_TOLD_EVERY = 100_000


def learn_formats(options: argparse.Namespace) -> int:
    """``callbench learn-formats``: exit code 2 when the file or its phone column is not there."""
    try:
        learner = FormatLearner(options.region, options.max)
        with PhoneFile(Path(options.file), options.region) as file:
            column = file.column(options.column)
            print(f"Reading column {file.headings[column]}", file=sys.stderr)
            for number, text in enumerate(file.texts(column), start=1):
                learner.add(text)
                if number % _TOLD_EVERY == 0:
                    print(f"{number:,} rows", file=sys.stderr)
    except NoPhoneColumnError as error:
        raise CommandError(f"{error} Name one with --column.") from error
    except (UnreadableFileError, UnknownRegionError) as error:
        raise CommandError(str(error)) from error
    learned = learner.result()
    print_result(options, document_of(learned), _summary(learned))
    return DONE


def document_of(learned: Learned) -> dict[str, Any]:
    """Return the result as ``--json`` prints it."""
    return {
        "rows": learned.rows,
        "numbers": learned.numbers,
        "formats": [dataclasses.asdict(each) for each in learned.formats],
        "uncovered": [dataclasses.asdict(each) for each in learned.uncovered],
    }


def _summary(learned: Learned) -> str:
    if not learned.numbers:
        return f"No phone number among the rows ({learned.rows:,} read)."
    share = learned.covered / learned.numbers
    lines = [f"{learned.rows:,} rows, {learned.numbers:,} numbers, {share:.1%} of them covered by:"]
    width = max((len(each.format) for each in learned.formats), default=0)
    lines += [
        f"  {each.format:<{width}}  {each.adds:>9,}  {each.share:6.1%} so far"
        for each in learned.formats
    ]
    if not learned.formats:
        lines.append("  no format at all")
    if learned.uncovered:
        lines.append("Not covered:")
    for rest in learned.uncovered:
        lines.append(f"  {rest.spelling}  {rest.count:,}, such as {visible(rest.example)}")
        lines.append(f"      {rest.why}")
    return "\n".join(lines)
