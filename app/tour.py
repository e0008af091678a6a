"""The guided demo: the customer's own test procedure first, then every way a call finds someone.

It works the window's real controls and checks what the sandbox has stored afterwards.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QTableView,
    QWidget,
)

from app.presenter.window import WindowPresenter
from app.sandbox import edit, seed
from widgets.main_window import MainWindow

STEP_TIMEOUT_S = 15.0
WATCHABLE_S = 1.4
NEW_PERSON = "Nora Lindqvist"
NEW_NUMBER = "+16285550174"
TABS = {
    "one-match": "Network",
    "several-matches-of-two-types": "Match",
    "no-match": "Match",
    "create-contact-then-log": "Raw",
    "a-format-rescues-a-lookup": "Match",
}
CREATED_PERSON = "Maria de la Cruz"
CREATED_NUMBER = "+12125550148"


class TourStepError(Exception):
    """A step did not come out as the tour promises."""


class Tour:
    """Plays the steps in a window whose presenter has been started.

    Args:
        out: folder for one PNG per step and ``tour.json``; None plays at a watchable speed.
    """

    def __init__(self, window: MainWindow, presenter: WindowPresenter, out: Path | None) -> None:
        self._window = window
        self._presenter = presenter
        self._out = out
        self._steps: list[dict[str, Any]] = []

    async def play(self) -> dict[str, Any]:
        """Play every step; one that fails is recorded and the next is played."""
        if self._out is not None:
            self._out.mkdir(parents=True, exist_ok=True)
        for name, step in self._script():
            self._window.phone.notification.hide()
            self._window.run_history.show_all()
            self._window.show_tab(TABS.get(name, "Console"))
            began = time.perf_counter()
            problem = ""
            try:
                async with asyncio.timeout(STEP_TIMEOUT_S):
                    await step()
            except TimeoutError:
                problem = f"nothing happened within {STEP_TIMEOUT_S:.0f} s"
            except TourStepError as error:
                problem = str(error)
            ms = (time.perf_counter() - began) * 1000
            await self._record(name, problem, ms)
        report = {"steps": self._steps}
        if self._out is not None:
            text = json.dumps(report, indent=2, ensure_ascii=False)
            (self._out / "tour.json").write_text(text + "\n", encoding="utf-8")
        return report

    def _script(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        return [
            ("create-on-the-crm", self._create_on_the_crm),
            ("incoming-call-is-not-matched-yet", self._call_before_refresh),
            ("refresh-contact-finds-it", self._refresh_contact),
            ("one-match", self._one_match),
            ("several-matches-of-two-types", self._several_matches),
            ("no-match", self._no_match),
            ("search-by-name", self._search_by_name),
            ("log-to-the-searched-contact", self._log_to_searched),
            ("create-contact-then-log", self._create_then_log),
            ("a-format-rescues-a-lookup", self._format_rescues),
        ]

    async def _create_on_the_crm(self) -> None:
        await self._ring_and_hang_up(NEW_NUMBER)
        await self._wait_idle()
        edit.add(self._presenter.home, "insightly", NEW_PERSON, NEW_NUMBER[2:], type="contact")

    async def _call_before_refresh(self) -> None:
        await self._ring_and_hang_up(NEW_NUMBER)
        await self._wait_idle()

    async def _refresh_contact(self) -> None:
        self._row_action("refreshContactAction")
        await self._until(lambda: self._row_title() == NEW_PERSON)
        self._presenter.inspector.flush()
        if NEW_PERSON not in self._window.console.text():
            raise TourStepError("the console does not show the contact that was found")

    async def _one_match(self) -> None:
        person = seed.DEMO["plain"]
        await self._ring_and_hang_up(person.e164)
        await self._until(lambda: self._row_title() == person.names[0])
        self._row_action("logCallAction")
        await self._log_page()
        if self._contact_names()[:1] != [person.names[0]]:
            raise TourStepError(f"{person.names[0]} is not selected first")
        self._presenter.inspector.flush()
        self._child("runHistory", QTableView).selectRow(0)

    async def _several_matches(self) -> None:
        self._click("backButton")
        person = seed.DEMO["shared"]
        await self._ring_and_hang_up(person.e164)
        await self._wait_idle()
        self._row_action("logCallAction")
        await self._log_page()
        names = self._contact_names()
        if len([name for name in names if name in person.names]) < 2:
            raise TourStepError(f"only {', '.join(names)} are offered")

    async def _no_match(self) -> None:
        self._click("backButton")
        await self._ring_and_hang_up(seed.DEMO["nobody"].e164)
        await self._wait_idle()
        self._row_action("logCallAction")
        await self._log_page()

    async def _search_by_name(self) -> None:
        name = seed.DEMO["plain"].names[0]
        combo = self._child("contactCombo", QComboBox)
        index = combo.findText("Search contacts")
        if index < 0:
            raise TourStepError("the drop-down has no Search contacts")
        combo.setCurrentIndex(index)
        combo.activated.emit(index)
        await self._until(lambda: self._child("searchContactsDialog", QWidget).isVisible())
        self._type("searchNameField", name)
        self._click("searchButton")
        results = self._child("searchResults", QAbstractItemView)
        await self._until(lambda: results.model().rowCount() > 0)

    async def _log_to_searched(self) -> None:
        results = self._child("searchResults", QAbstractItemView)
        results.setCurrentIndex(results.model().index(0, 0))
        self._click("selectContactButton")
        await self._until(
            lambda: (
                self._child("contactCombo", QComboBox).currentText() == seed.DEMO["plain"].names[0]
            )
        )
        await self._save()

    async def _create_then_log(self) -> None:
        await self._ring_and_hang_up(CREATED_NUMBER)
        await self._wait_idle()
        self._row_action("logCallAction")
        await self._log_page()
        self._type("newContactNameField", CREATED_PERSON)
        types = self._child("newContactTypeCombo", QComboBox)
        index = types.findText("Contact")
        types.setCurrentIndex(index)
        types.activated.emit(index)
        await self._save()
        await self._until(lambda: self._row_title() == CREATED_PERSON)

    async def _format_rescues(self) -> None:
        person = seed.DEMO["formatted"]
        self._presenter.set_formats([])
        await self._look_up(person.e164)
        if person.names[0] in self._match_text():
            raise TourStepError("the contact was found without a format already")
        self._presenter.set_formats(["(###) ###-####"])
        await self._look_up(person.e164)
        if person.names[0] not in self._match_text():
            raise TourStepError(f"the format did not find {person.names[0]}")

    async def _look_up(self, number: str) -> None:
        self._window.phone.show_dialpad()
        self._type("phoneNumberField", number)
        self._click("lookupButton")
        await asyncio.sleep(0)
        await self._wait_idle()

    async def _ring_and_hang_up(self, number: str) -> None:
        self._window.phone.show_dialpad()
        self._type("phoneNumberField", number)
        self._click("incomingCallButton")
        await self._wait_idle()
        await self._pause()
        self._click("answerButton")
        await self._wait_idle()
        await self._pause()
        self._click("hangUpButton")

    async def _save(self) -> None:
        calls = self._presenter.phone.calls
        session = next(iter(calls)).session_id
        self._click("saveLogButton")
        await self._until(lambda: calls.logged(session) is not None)

    async def _log_page(self) -> None:
        await self._until(lambda: self._child("logPage", QWidget).isVisible())

    async def _wait_idle(self) -> None:
        """Wait until no lookup is under way."""
        await asyncio.sleep(0)
        await self._until(lambda: self._presenter.tasks.idle)

    def _row_action(self, name: str) -> None:
        self._window.phone.calls.trigger(name, 0)

    def _row_title(self) -> str:
        rows = self._window.phone.calls.rows()
        return rows[0].title if rows else ""

    def _contact_names(self) -> list[str]:
        combo = self._child("contactCombo", QComboBox)
        return [combo.itemText(index) for index in range(combo.count())]

    def _match_text(self) -> str:
        return self._window.phone.dialpad.match_text

    def _click(self, name: str) -> None:
        button = self._child(name, QAbstractButton)
        if not button.isEnabled():
            raise TourStepError(f"{name} is disabled")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _type(self, name: str, text: str) -> None:
        field = self._child(name, QLineEdit)
        field.setFocus()
        field.selectAll()
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, text)

    def _child(self, name: str, kind: type[Any]) -> Any:
        found: QObject | None = self._window.findChild(kind, name)
        if found is None:
            raise TourStepError(f"the window has no {name}")
        return found

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110  a window has no event for each thing a user sees
            await asyncio.sleep(0.01)

    async def _pause(self) -> None:
        if self._out is None:
            await asyncio.sleep(WATCHABLE_S)

    async def _record(self, name: str, problem: str, ms: float) -> None:
        self._presenter.inspector.flush()
        self._presenter.match.explain()
        await asyncio.sleep(0.05 if self._out is not None else WATCHABLE_S)
        step: dict[str, Any] = {
            "name": name,
            "ok": not problem,
            "png": None,
            "ms": round(ms, 1),
        }
        if problem:
            step["problem"] = problem
        if self._out is not None:
            picture = f"{len(self._steps) + 1:02d}-{name}.png"
            self._window.grab().save(str(self._out / picture))
            dialog = QApplication.activeModalWidget()
            if dialog is not None and dialog is not self._window:
                dialog.grab().save(str(self._out / picture.replace(".png", "-dialog.png")))
            step["png"] = picture
        self._steps.append(step)
