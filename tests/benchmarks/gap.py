"""The longest gap of the window's event loop while 500 lookups run, against the same loop at rest.

The real window, the real host process and the real sandbox; a 5 ms timer measures the gaps.
Run by ``make bench``; an argument is the number of lookups.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

LOOKUPS = 500
AT_ONCE = 8
REST_S = 2.0


def main() -> int:
    """Print the longest gaps."""
    lookups = int(sys.argv[1]) if len(sys.argv) > 1 else LOOKUPS
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"

    from PySide6.QtCore import Qt, QTimer

    from app.loop import run_with_qt
    from app.main import build_application, build_presenter, build_window
    from app.settings import Settings

    application = build_application()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings()
        window = build_window(application, settings)
        gaps: list[float] = []
        last = [time.perf_counter()]

        def tick() -> None:
            now = time.perf_counter()
            gaps.append((now - last[0]) * 1000)
            last[0] = now

        async def work() -> int:
            presenter = build_presenter(window, Path(folder), settings)
            await presenter.start()
            timer = QTimer()
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(tick)
            timer.start(5)
            await asyncio.sleep(REST_S)
            at_rest = max(gaps[1:])
            gaps.clear()
            numbers = iter(f"+1415555{index:04d}" for index in range(lookups))

            async def worker() -> None:
                for number in numbers:
                    await presenter.phone.match(number, force_refresh=True)

            began = time.perf_counter()
            await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
            seconds = time.perf_counter() - began
            timer.stop()
            ordered = sorted(gaps)
            print(f"longest gap of the event loop, {lookups} lookups, {AT_ONCE} at once")
            print(f"  at rest                {at_rest:6.1f} ms")
            print(f"  while they run         {ordered[-1]:6.1f} ms")
            print(f"  99 of 100 gaps below   {ordered[int(len(ordered) * 0.99)]:6.1f} ms")
            print(f"  lookups per second     {lookups / seconds:6.1f}")
            await presenter.close()
            return 0

        return run_with_qt(work)


if __name__ == "__main__":
    sys.exit(main())
