"""Plays docs/walk-through.md in the real window and takes its pictures.

Run as ``python scripts/walk.py TEMPLATE FOLDER`` from the root of the checkout, where TEMPLATE is a
copy of App Connect's template connector with its packages installed. The copy stays as it is.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.loop import run_with_qt
from app.main import build_application, build_presenter, build_window
from app.presenter.window import WindowPresenter
from app.settings import Settings
from widgets.connection_dialog import ConnectionDialog
from widgets.main_window import MainWindow

NUMBER = "+14155550100"
STORED = "(415) 555-0100"
PERSON = "Ada Lovelace"
BEFORE = "contact.phone === phoneNumber"
AFTER = r"contact.phone.replace(/\D/g, '').slice(-10) === phoneNumber.slice(-10)"


class Walk:
    """One step of the walk after the other; each fails when the page would not be true."""

    def __init__(
        self, window: MainWindow, presenter: WindowPresenter, project: Path, out: Path
    ) -> None:
        self._window = window
        self._presenter = presenter
        self._source = project / "src" / "connectors" / "myCRM.js"
        self._people = self._source.with_name("mockContacts.json")
        self._out = out

    async def play(self) -> None:
        """Walk."""
        await self._connect()
        await self._look_up()
        self._expect(PERSON not in self._match())
        await self._create()
        await self._look_up()
        self._expect(PERSON in self._match())
        self._window.show_tab("Match")
        self._save("walk-found")
        await self._log()
        self._save("walk-logged")
        self._people.write_text(self._people.read_text().replace(NUMBER, STORED))
        self._window.reload_requested.emit()
        await self._settle()
        await self._look_up()
        self._expect(PERSON not in self._match())
        self._window.show_tab("Match")
        await self._settle()
        self._save("walk-lost")
        await self._change_a_line()
        self._expect(PERSON in self._match())
        self._window.show_tab("Match")
        self._save("walk-reloaded")

    async def _connect(self) -> None:
        self._press("addConnectionButton")
        dialog = self._window.findChild(ConnectionDialog)
        assert dialog is not None
        dialog.choose_path(str(self._source))
        await self._settle()
        self._child("auth_apiKey", QLineEdit, dialog).setText("any key")
        self._save("walk-connect", dialog)
        self._press("testConnectionButton", dialog)
        await self._settle()
        self._expect(self._presenter.bench is not None and not dialog.isVisible())

    async def _look_up(self) -> None:
        self._window.phone.show_dialpad()
        self._child("phoneNumberField", QLineEdit).setText(NUMBER)
        self._press("lookupButton")
        await self._settle()

    async def _create(self) -> None:
        self._press("createContactButton")
        await self._settle()
        form = self._child("createContactForm", QWidget)
        self._child("createNameField", QLineEdit, form).setText(PERSON)
        types = self._child("createTypeCombo", QComboBox, form)
        index = types.findText("Contact")
        types.setCurrentIndex(index)
        types.activated.emit(index)
        self._press("createButton", form)
        await self._settle()
        self._expect(PERSON in self._people.read_text())

    async def _log(self) -> None:
        for button in ("incomingCallButton", "answerButton", "hangUpButton"):
            self._window.phone.show_dialpad()
            self._press(button)
            await self._settle()
        self._window.phone.calls.trigger("logCallAction", 0)
        await self._settle()
        self._child("noteField", QPlainTextEdit).setPlainText("Wants two quotes.")
        self._press("saveLogButton")
        await self._settle()
        logs = self._people.with_name("mockCallLogs.json").read_text()
        self._expect("Wants two quotes." in logs)

    async def _change_a_line(self) -> None:
        self._window.show_tab("Source")
        files = self._child("sourceFileCombo", QComboBox)
        index = next(
            i for i in range(files.count()) if files.itemText(i).endswith("findContact.js")
        )
        files.setCurrentIndex(index)
        files.activated.emit(index)
        await self._settle()
        editor = self._child("sourceEditor", QPlainTextEdit)
        self._expect(BEFORE in editor.toPlainText())
        cursor = editor.document().find(BEFORE)
        cursor.insertText(AFTER)
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
        editor.setTextCursor(cursor)
        self._press("runSourceButton")
        await self._settle()

    async def _settle(self) -> None:
        await asyncio.sleep(0.1)
        while not self._presenter.tasks.idle:  # noqa: ASYNC110  the bench has no such event
            await asyncio.sleep(0.01)
        self._presenter.inspector.flush()
        self._presenter.match.explain()
        await asyncio.sleep(0.1)

    def _match(self) -> str:
        return self._window.phone.dialpad.match_text

    def _press(self, name: str, inside: QWidget | None = None) -> None:
        self._child(name, QAbstractButton, inside).click()

    def _child(self, name: str, kind: Callable[..., Any], inside: QWidget | None = None) -> Any:
        found = (inside or self._window).findChild(kind, name)
        if found is None:
            raise SystemExit(f"The window has no {name}.")
        return found

    def _expect(self, true: bool) -> None:
        if not true:
            raise SystemExit(f"The walk does not go as it is told: {self._match()!r}")

    def _save(self, name: str, widget: QWidget | None = None) -> None:
        path = self._out / f"{name}.png"
        (widget or self._window).grab().save(str(path))
        print(path)


def main() -> int:
    """Walk; return the exit code."""
    template, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    application = build_application()
    settings = Settings()
    window = build_window(application, settings)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "my-connector"
        home = Path(folder) / "home"
        home.mkdir()
        shutil.copytree(template, project, symlinks=True)

        async def work() -> int:
            presenter = build_presenter(window, home, settings)
            try:
                await presenter.start()
                await Walk(window, presenter, project, out).play()
            finally:
                await presenter.close()
                window.close()
            return 0

        return run_with_qt(work)


if __name__ == "__main__":
    sys.exit(main())
