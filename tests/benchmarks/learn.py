"""Rows a second and peak memory of `callbench learn-formats`, against plainly reading the file.

Writes a CSV file of synthetic contacts, reads it with ``csv`` alone, then learns from it. Run by
``make bench``; an argument is the number of rows.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from app.explain.learn import FormatLearner
from app.explain.phone_column import PhoneFile

ROWS = 200_000
AREAS = ("201", "212", "310", "415", "416", "510", "617", "628", "713", "917")
SPELLINGS = (
    *("({0}) {1}-{2}",) * 40,
    *("{0}{1}{2}",) * 20,
    *("+1{0}{1}{2}",) * 15,
    *("{0}-{1}-{2}", "+1 {0} {1} {2}", "1-{0}-{1}-{2}") * 5,
    "+44 20 7{1} {2}",
    "{0}\u00a0{1}\u00a0{2}",
    "({0}) {1}-{2} ext. 12",
    "call {0} {1} {2}",
    "{1}-{2}",
    "",
    "n/a",
)


def main() -> int:
    """Print what learning costs."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        write_contacts(path, rows)
        before = peak_mb()
        began = time.perf_counter()
        with path.open(encoding="utf-8", newline="") as file:
            plainly = sum(1 for _row in csv.reader(file))
        reading_s = time.perf_counter() - began
        began = time.perf_counter()
        learner = FormatLearner("US")
        with PhoneFile(path) as phones:
            for text in phones.texts(phones.column()):
                learner.add(text)
        learned = learner.result()
        learning_s = time.perf_counter() - began
    print(f"learn formats from {learned.rows:,} rows")
    print(f"  rows a second          {learned.rows / learning_s:10,.0f}")
    print(f"  seconds                {learning_s:10.1f}")
    print(f"  times csv alone        {learning_s / reading_s:10.1f}  ({plainly:,} rows)")
    print(
        f"  peak memory            {peak_mb():10.1f} MB, {peak_mb() - before:.1f} MB of it its own"
    )
    for each in learned.formats:
        print(f"  {each.format:<22} {each.adds:10,}  {each.share:6.1%}")
    return 0


def write_contacts(path: Path, rows: int) -> None:
    """Write a file of contacts, most of their phones in a few spellings."""
    dice = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Id", "Name", "Phone", "City"])
        for index in range(rows):
            spelling = dice.choice(SPELLINGS)
            phone = spelling.format(
                dice.choice(AREAS), f"{dice.randrange(200, 1000)}", f"{dice.randrange(10_000):04d}"
            )
            writer.writerow([index, f"Contact {index}", phone, "Springfield"])


def peak_mb() -> float:
    """Return the most memory that this process has had, in MB."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / 1024 / (1024 if sys.platform == "darwin" else 1)


if __name__ == "__main__":
    sys.exit(main())
