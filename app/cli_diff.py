"""The verb ``diff``: the same numbers through two connectors, or two versions of one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from app import run_diff
from app.bench import Bench
from app.cli_bench import open_bench, run_loop
from app.cli_result import CONNECTOR_FAILED, DONE, EXPECTATION_FAILED, CommandError, print_result
from app.evidence import Evidence, evidence_of
from app.explain.csv_file import UnreadableFileError
from app.explain.phone_column import NoPhoneColumnError, PhoneFile
from app.failure import failure_sentence


def diff(options: argparse.Namespace) -> int:
    """``callbench diff``: exit code 1 when something differs, else 3 when a lookup failed."""
    numbers = read_numbers(options.numbers)
    # A connector in this process has its output captured, and ours with it, until it is closed.
    stderr = sys.stderr

    async def work() -> int:
        failures: list[str] = []
        async with AsyncExitStack() as stack:

            async def side(platform: str) -> run_diff.RunOne:
                opened = open_bench(_with(options, platform))
                bench = await stack.enter_async_context(opened)
                return _look_up(bench, platform, options.format, failures)

            side_a, side_b = await side(options.platform_a), await side(options.platform_b)
            document = await run_diff.diff(
                side_a,
                side_b,
                numbers,
                on_row=lambda number: print(f"{number} compared", file=stderr),
            )
        print_result(options, document, _summary(document))
        for sentence in dict.fromkeys(failures):
            print(sentence, file=sys.stderr)
        if document["different"]:
            return EXPECTATION_FAILED
        return CONNECTOR_FAILED if failures else DONE

    return run_loop(work)


def read_numbers(given: Sequence[str]) -> list[str]:
    """Return the numbers of the arguments: each is a number, or a CSV file of numbers.

    Raises:
        CommandError: a file cannot be read, or there is no number at all.
    """
    numbers: list[str] = []
    for argument in given:
        path = Path(argument)
        if path.suffix.lower() in {".csv", ".tsv", ".txt"} or path.is_file():
            numbers += _numbers_in(path)
        else:
            numbers.append(argument)
    if not numbers:
        raise CommandError("There is no number to look up: name some, or a CSV file with some.")
    return list(dict.fromkeys(numbers))


def _numbers_in(path: Path) -> list[str]:
    """Return the phone column's cells with a digit."""
    try:
        with PhoneFile(path) as file:
            cells = [text.strip() for text in file.texts(file.column())]
    except (UnreadableFileError, NoPhoneColumnError) as error:
        raise CommandError(str(error)) from error
    return [cell for cell in cells if any(char.isdecimal() for char in cell)]


def _with(options: argparse.Namespace, platform: str) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(options), "platform": platform})


def _look_up(
    bench: Bench, platform: str, formats: list[str], failures: list[str]
) -> run_diff.RunOne:
    """Return what looks a number up past the account's cache, and leaves it as it is.

    Both sides share that cache, and so may the window. A failure names the side, `platform`: with
    a saved connection both sides have one and the same.
    """

    async def look_up(number: str) -> Evidence:
        run = await bench.find(number, formats, force_refresh=True, keep=False)
        if run.outcome.error is not None:
            failures.append(f"{platform}: {failure_sentence(run.outcome.error, platform)}")
        return evidence_of(bench.journal.events(run.run_id), run.run_id)

    return look_up


def _summary(document: dict[str, Any]) -> str:
    lines = [
        f"{row['input']}  {each['what']}\n"
        f"  A: {_side_text(each['a'])}\n"
        f"  B: {_side_text(each['b'])}"
        for row in document["rows"]
        for each in row["differences"]
    ]
    counts = ", ".join(f"{document[key]} {key}" for key in ("same", "different", "noise"))
    return "\n".join([*lines, f"({counts})"])


def _side_text(value: Any) -> str:
    if value is None:
        return "nothing"
    return "; ".join(value) if isinstance(value, list) else str(value)
