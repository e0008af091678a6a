"""Takes the pictures of docs/why-not-found.md in the real window, on a sandbox of its own.

Run as ``python scripts/pictures.py FOLDER`` from the root of the checkout.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from app.loop import run_with_qt
from app.main import build_application, build_presenter, build_window
from app.presenter.window import WindowPresenter
from app.sandbox.process import start_or_join
from app.settings import Settings
from widgets.main_window import MainWindow
from widgets.probe_dialog import ProbeDialog

OMAR = "+15105550177"
ANNA = "+14155550132"


class Photographer:
    """Plays three situations and saves a picture of each."""

    def __init__(self, window: MainWindow, presenter: WindowPresenter, out: Path) -> None:
        self._window = window
        self._presenter = presenter
        self._out = out

    async def play(self) -> None:
        """Take every picture."""
        await self._look_up(OMAR)
        self._save("no-match")
        await self._probe("Omar Haddad")
        await self._look_up(OMAR, ["### ####", "(###) ###-####"])
        self._save("format-with-too-few-places")
        faults = ["insightly/leads/search=429"]
        await start_or_join(self._presenter.home, faults=faults)
        await self._look_up(ANNA)
        self._save("rate-limit")

    async def _look_up(self, number: str, formats: list[str] | None = None) -> None:
        self._presenter.set_formats(formats or [])
        self._window.phone.dialpad.set_number(number)
        await self._presenter.phone.match(number, force_refresh=True)
        await self._settle()
        self._window.show_tab("Match")

    async def _probe(self, name: str) -> None:
        self._window.match.probe_requested.emit()
        dialog = self._window.findChild(ProbeDialog)
        dialog.findChild(QLineEdit, "probeTextField").setText(name)
        dialog.findChild(QPushButton, "runProbeButton").click()
        await self._settle()
        self._save("probe", dialog)
        dialog.reject()

    async def _settle(self) -> None:
        await asyncio.sleep(0.05)
        while not self._presenter.tasks.idle:  # noqa: ASYNC110  the bench has no such event
            await asyncio.sleep(0.01)
        self._presenter.inspector.flush()
        self._presenter.match.explain()
        await asyncio.sleep(0.05)

    def _save(self, name: str, widget: QWidget | None = None) -> None:
        path = self._out / f"{name}.png"
        (widget or self._window).grab().save(str(path))
        print(path)


def main() -> int:
    """Take the pictures; return the exit code."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    application = build_application()
    settings = Settings()
    window = build_window(application, settings)
    with tempfile.TemporaryDirectory() as folder:

        async def work() -> int:
            presenter = build_presenter(window, Path(folder), settings)
            try:
                await presenter.start()
                await Photographer(window, presenter, out).play()
            finally:
                await presenter.close()
                window.close()
            return 0

        return run_with_qt(work)


if __name__ == "__main__":
    sys.exit(main())
