"""How long from the start of the process until the window is painted, against a bare Qt window.

Both are run in turn, so that a busy machine slows both; each ends itself after its first paint.
Run by ``make bench``; an argument is the number of runs.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

BARE = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication(sys.argv)
window = QMainWindow()
window.show()
application.processEvents()
"""
RUNS = 9


def main() -> int:
    """Print the medians and their ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"CALLBENCH_HOME": home, "CALLBENCH_EXIT_AFTER_PAINT": "1"}
        # Packages are compiled when they are installed; so is the checkout, by its first start.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            environment["QT_QPA_PLATFORM"] = "offscreen"
        commands = {
            "bare PySide6 window": [sys.executable, "-c", BARE],
            "callbench": [sys.executable, "-m", "app"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for command in commands.values():  # fills the disk cache and writes the .pyc files
            timed(command, environment)
        for _ in range(runs):
            for name, command in commands.items():
                times[name].append(timed(command, environment))
    bare, ours = (statistics.median(times[name]) for name in commands)
    print(f"start to first paint, median of {runs}")
    for name in commands:
        spread = f"{min(times[name]):.0f} to {max(times[name]):.0f}"
        print(f"  {name:<22} {statistics.median(times[name]):6.0f} ms   ({spread})")
    print(f"  {'ratio':<22} {ours / bare:6.2f}")
    return 0


def timed(command: list[str], environment: dict[str, str]) -> float:
    """Run a command to its end; return the milliseconds.

    Raises:
        CalledProcessError: it failed, so that its time would say nothing.
    """
    began = time.perf_counter()
    # Without a timeout: with one, the wait polls in steps of up to 50 ms.
    subprocess.run(command, env=environment, check=True)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
