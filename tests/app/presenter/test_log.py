from __future__ import annotations

import json
import textwrap

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from app.connections import Connection, ConnectionFile
from app.home import home
from app.journal import RunStarted
from app.sandbox import seed
from app.sandbox.process import start_or_join
from app.vault import SessionVault

NUMBER = "+16285550174"


async def open_log(desk, number):
    phone = desk.presenter.phone
    phone.ring_in(number)
    await desk.idle()
    phone.hang_up()
    session = next(iter(phone.calls)).session_id
    phone.log.open(session)
    await desk.idle()
    return session


async def press_save(desk):
    desk.qtbot.mouseClick(desk.child(QAbstractButton, "saveLogButton"), Qt.MouseButton.LeftButton)
    await desk.idle()


def named(desk, last_name):
    return [
        record
        for record in desk.records("insightly", "contacts").values()
        if record.get("LAST_NAME") == last_name
    ]


async def test_an_extension_cannot_be_logged(open_desk):
    desk = await open_desk()
    await open_log(desk, "101")
    assert not desk.child(QWidget, "logPage").isVisible()
    assert desk.child(QWidget, "notification").isVisible()


async def test_two_saves_are_one_log(open_desk):
    desk = await open_desk()
    session = await open_log(desk, seed.DEMO["plain"].e164)
    before = len(desk.records("insightly", "events"))
    desk.presenter.phone.log.save()
    desk.presenter.phone.log.save()
    await desk.idle()
    assert len(desk.records("insightly", "events")) == before + 1
    assert desk.presenter.phone.calls.logged(session).contact_name == "Anna Keller"


async def test_going_back_writes_nothing(open_desk):
    desk = await open_desk()
    await open_log(desk, seed.DEMO["plain"].e164)
    before = desk.records("insightly", "events")
    desk.qtbot.mouseClick(desk.child(QAbstractButton, "backButton"), Qt.MouseButton.LeftButton)
    desk.presenter.phone.log.save()
    await desk.idle()
    assert desk.records("insightly", "events") == before


async def test_a_create_without_an_answer_is_looked_for_before_the_next(open_desk):
    desk = await open_desk()
    session = await open_log(desk, NUMBER)
    desk.qtbot.keyClicks(desk.child(QLineEdit, "newContactNameField"), "Nora Lindqvist")
    types = desk.child(QComboBox, "newContactTypeCombo")
    types.setCurrentIndex(types.findText("Contact"))
    types.activated.emit(types.currentIndex())
    await start_or_join(home(), faults=["insightly/v3.1/contacts=cutx1"])
    await press_save(desk)
    assert len(named(desk, "Lindqvist")) == 1
    assert desk.presenter.phone.calls.logged(session) is None
    shown = desk.child(QWidget, "notification").findChildren(QLabel)
    assert "not known whether this was saved" in " ".join(label.text() for label in shown)
    await press_save(desk)
    assert len(named(desk, "Lindqvist")) == 1
    assert desk.child(QComboBox, "contactCombo").currentText() == "Nora Lindqvist"
    await press_save(desk)
    assert len(named(desk, "Lindqvist")) == 1
    assert desk.presenter.phone.calls.logged(session).contact_name == "Nora Lindqvist"


async def test_a_create_that_takes_too_long_is_looked_for_before_the_next(open_desk):
    desk = await open_desk()
    session = await open_log(desk, NUMBER)
    desk.child(QLineEdit, "newContactNameField").setText("Nora Lindqvist")
    types = desk.child(QComboBox, "newContactTypeCombo")
    types.setCurrentIndex(types.findText("Contact"))
    types.activated.emit(types.currentIndex())
    bench = desk.presenter.bench
    patient, bench.connection = (
        bench.connection,
        msgspec.structs.replace(bench.connection, timeout_s=1.0),
    )
    await start_or_join(home(), faults=["insightly/v3.1/contacts=slow:60000x1"])
    await press_save(desk)
    bench.connection = patient
    shown = desk.child(QWidget, "notification").findChildren(QLabel)
    assert "not known whether this was saved" in " ".join(label.text() for label in shown)
    assert len(named(desk, "Lindqvist")) == 1
    await press_save(desk)
    await press_save(desk)
    assert len(named(desk, "Lindqvist")) == 1
    assert desk.presenter.phone.calls.logged(session).contact_name == "Nora Lindqvist"


def operations(desk):
    events = desk.presenter.journal.events()
    return [event.operation for event in events if isinstance(event, RunStarted)]


async def test_the_chosen_fields_are_sent_again_as_the_disposition(open_desk):
    desk = await open_desk("sandbox-bullhorn")
    before = set(desk.records("bullhorn", "Note"))
    await open_log(desk, seed.DEMO["plain"].e164)
    action = desk.child(QComboBox, "field_noteActions")
    action.setCurrentIndex(action.findText("Left Message"))
    action.activated.emit(action.currentIndex())
    await press_save(desk)
    assert operations(desk)[-2:] == ["createCallLog", "upsertCallDisposition"]
    notes = desk.records("bullhorn", "Note")
    (note,) = set(notes) - before
    assert notes[note]["action"] == "Left Message"


async def test_a_disposition_that_fails_leaves_the_call_logged(open_desk):
    desk = await open_desk("sandbox-bullhorn")
    session = await open_log(desk, seed.DEMO["plain"].e164)
    await start_or_join(home(), faults=["bullhorn/entity/note/=403"])
    await press_save(desk)
    assert desk.presenter.phone.calls.logged(session) is not None
    assert "turn on one-time logging" in desk.child(QLabel, "notificationText").text()


SMALL = """
    from connectors.contract.connector import Connector
    from connectors.contract.model import Contact, CreateCallLogResult, FindContactResult

    class Small(Connector):
        auth_type = "none"

        async def find_contact(self, given):
            name = f"Desk {given.phone_number}" if given.extension else "Outside"
            people = (Contact(id=7, name=name, additional_info={"billable": True}),)
            return FindContactResult(successful=True, matched_contact_info=people)

        async def create_call_log(self, given):
            return CreateCallLogResult(log_id="L1")
"""


async def test_extension_numbers_are_matched_and_logged_where_both_sides_allow_it(
    open_desk, tmp_path
):
    (tmp_path / "connector.py").write_text(textwrap.dedent(SMALL))
    billable = {"const": "billable", "type": "checkbox", "defaultValue": True}
    manifest = {
        "name": "small",
        "enableExtensionNumberLoggingSetting": True,
        "page": {"callLog": {"additionalFields": [billable]}},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    desk = await open_desk()
    ConnectionFile(home(), SessionVault()).save(
        Connection(id="small", name="Small", platform=str(tmp_path))
    )
    desk.presenter.connect_to("small")
    await desk.idle()
    await open_log(desk, "101")
    assert not desk.child(QWidget, "logPage").isVisible()
    desk.presenter.phone.use_pop_settings({"allowExtensionNumberLogging": True})
    session = await open_log(desk, "101")
    assert desk.child(QComboBox, "contactCombo").currentText() == "Desk 101"
    await press_save(desk)
    assert desk.presenter.phone.calls.logged(session).log_id == "L1"
    # A connector without the operation is not asked for it.
    assert operations(desk)[-1] == "createCallLog"
