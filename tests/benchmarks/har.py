"""A HAR file of many megabytes in and out, one of its requests in Timeline: time, memory, gaps.

The real window on the sandbox; a 5 ms timer measures the gaps of its event loop. Run by
``make bench``; an argument is the size of the file in megabytes.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import sys
import time
from pathlib import Path

from app.presenter.timeline import DRAW
from app.presenter.traffic import EXPORT, IMPORT
from app.presenter.window import WindowPresenter
from app.traffic.har_import import import_har
from tests.benchmarks.measured_window import Gaps, run_in_window
from widgets.main_window import MainWindow

MEGABYTES = 200
SHOWN_MEGABYTES = 40
"""The Timeline is drawn of a file of this size: 2,730 requests."""
LARGE_MEGABYTES = 50
"""One body of the file is as long as this, in files of twice its size and more."""
PEOPLE = 150
TRIES = 9


def write_har(path: Path, megabytes: int) -> int:
    """Write a file as a browser does, secrets included; return how many entries it has."""
    people = [
        {"CONTACT_ID": n, "FIRST_NAME": "Anna", "PHONE": f"+1 415 555 {n:04}", "LINKS": []}
        for n in range(PEOPLE)
    ]
    text, count = json.dumps(people), 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"log":{"version":"1.2","creator":{"name":"B","version":"1"},"entries":[')
        while file.tell() < megabytes * 1_000_000:
            entry = {
                "startedDateTime": f"2026-11-24T10:{count // 6000 % 60:02}:{count // 100 % 60:02}Z",
                "time": 50,
                "request": {
                    "method": "GET",
                    "url": f"https://crm.test/contact?jwtToken=0a1b2c3d4e5f&n={count}",
                    "headers": [{"name": "Authorization", "value": "Bearer 1a2b3c4d5e6f7a8b9c"}],
                },
                "response": {
                    "status": 200,
                    "content": {"mimeType": "application/json", "text": text},
                },
                "timings": {"send": 0, "wait": 45, "receive": 5},
            }
            if count == 1 and megabytes >= 2 * LARGE_MEGABYTES:
                every = [text[1:-1]] * (LARGE_MEGABYTES * 1_000_000 // len(text))
                entry["response"]["content"]["text"] = f"[{','.join(every)}]"
            file.write(("," if count else "") + json.dumps(entry))
            count += 1
        file.write("]}}")
    return count


def resident_mb() -> float:
    """Return the memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _told(what: str, megabytes: int, seconds: float, gaps: Gaps) -> None:
    print(f"  {what}")
    print(f"    megabytes per second   {megabytes / seconds:6.1f}")
    print(f"    longest gap            {gaps.longest:6.1f} ms")
    print(f"    99 of 100 gaps below   {gaps.usual:6.1f} ms")
    gaps.clear()


async def measure(window: MainWindow, presenter: WindowPresenter, home: Path, gaps: Gaps) -> None:
    """Print what an import and an export cost."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES
    count = write_har(home / "large.har", megabytes)
    print(f"HAR file of {megabytes} MB, {count:,} entries")
    print(f"  longest gap at rest      {await gaps.rest():6.1f} ms")
    before = resident_mb()
    began = time.perf_counter()
    presenter.traffic.import_file(str(home / "large.har"))
    while presenter.tasks.running(IMPORT):
        await asyncio.sleep(0.05)
    _told("import", megabytes, time.perf_counter() - began, gaps)
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    print(f"    window's memory / file {(resident_mb() - before) / megabytes:6.2f}")
    print(f"    reader's memory / file {reader / megabytes:6.2f}")
    began = time.perf_counter()
    presenter.traffic.export_runs(home / "again.har", presenter.traffic.runs_to_export())
    while presenter.tasks.running(EXPORT):
        await asyncio.sleep(0.05)
    _told("export", megabytes, time.perf_counter() - began, gaps)
    write_har(home / "shown.har", SHOWN_MEGABYTES)
    taken = await import_har(home / "shown.har", presenter.journal, lambda _taken, _of: None)
    window.show_tab("Timeline")
    await gaps.rest()
    times, worked = [], []
    for _ in range(TRIES):
        presenter.timeline.show_run(taken.runs[0])
        began, busy = time.perf_counter(), time.process_time()
        presenter.timeline.draw()
        while presenter.tasks.running(DRAW):
            await asyncio.sleep(0.002)
        window.timeline.grab()
        times.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    print(f"  timeline, {taken.sentence.partition(' of ')[0]}")
    print(f"    shown after            {statistics.median(times):6.1f} ms", end="")
    print(f"   processor {statistics.median(worked):6.1f} ms")
    print(f"    longest gap            {gaps.longest:6.1f} ms")


if __name__ == "__main__":
    sys.exit(run_in_window(measure))
