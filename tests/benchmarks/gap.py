"""The longest gap of the window's event loop while 500 lookups run, against the same loop at rest.

The real window, the real host process and the real sandbox; a 5 ms timer measures the gaps.
Run by ``make bench``; an argument is the number of lookups.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from app.presenter.window import WindowPresenter
from tests.benchmarks.measured_window import Gaps, run_in_window
from widgets.main_window import MainWindow

LOOKUPS = 500
AT_ONCE = 8


async def measure(_: MainWindow, presenter: WindowPresenter, _home: Path, gaps: Gaps) -> None:
    """Print the longest gaps."""
    lookups = int(sys.argv[1]) if len(sys.argv) > 1 else LOOKUPS
    at_rest = await gaps.rest()
    numbers = iter(f"+1415555{index:04d}" for index in range(lookups))

    async def worker() -> None:
        for number in numbers:
            await presenter.phone.match(number, force_refresh=True)

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    seconds = time.perf_counter() - began
    print(f"longest gap of the event loop, {lookups} lookups, {AT_ONCE} at once")
    print(f"  at rest                {at_rest:6.1f} ms")
    print(f"  while they run         {gaps.longest:6.1f} ms")
    print(f"  99 of 100 gaps below   {gaps.usual:6.1f} ms")
    print(f"  lookups per second     {lookups / seconds:6.1f}")


if __name__ == "__main__":
    sys.exit(run_in_window(measure))
