"""The real window on the sandbox, and a 5 ms timer that measures the gaps of its event loop."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import Qt, QTimer

from app.loop import run_with_qt
from app.main import build_application, build_presenter, build_window
from app.presenter.window import WindowPresenter
from app.settings import Settings
from widgets.main_window import MainWindow

EVERY_MS = 5
REST_S = 2.0


class Gaps:
    """The milliseconds from each of the timer's ticks to the next."""

    def __init__(self) -> None:
        self._ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(EVERY_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._ms.append((now - self._last) * 1000)
        self._last = now

    def clear(self) -> None:
        """Forget what was measured; the next gap begins now."""
        self._ms.clear()
        self._last = time.perf_counter()

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()

    async def rest(self) -> float:
        """Return the longest gap of a while in which nothing is done, then begin anew."""
        self.clear()
        await asyncio.sleep(REST_S)
        longest = self.longest
        self.clear()
        return longest

    @property
    def longest(self) -> float:
        """The longest gap."""
        return max(self._ms)

    @property
    def usual(self) -> float:
        """What 99 of 100 gaps are below."""
        return sorted(self._ms)[int(len(self._ms) * 0.99)]


Work = Callable[[MainWindow, WindowPresenter, Path, Gaps], Awaitable[None]]


def run_in_window(work: Work) -> int:
    """Run `work` on the loop of a window with a new home; return the exit code."""
    application = build_application()
    settings = Settings()
    window = build_window(application, settings)

    async def run(home: Path) -> int:
        presenter = build_presenter(window, home, settings)
        await presenter.start()
        gaps = Gaps()
        try:
            await work(window, presenter, home, gaps)
        finally:
            gaps.stop()
            await presenter.close()
        return 0

    with tempfile.TemporaryDirectory() as folder:
        return run_with_qt(lambda: run(Path(folder)))
