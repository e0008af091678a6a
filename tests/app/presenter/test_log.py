from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from app.home import home
from app.sandbox import seed
from app.sandbox.process import start_or_join

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
