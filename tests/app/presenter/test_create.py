from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from app.home import home
from app.sandbox.process import start_or_join

NUMBER = "+16285550174"
POST_CONTACTS = "insightly/v3.1/contacts"


async def open_form(desk, name="Nora Lindqvist"):
    desk.presenter.phone.look_up(NUMBER)
    await desk.idle()
    desk.presenter.phone.create.open(NUMBER)
    desk.child(QLineEdit, "createNameField").setText(name)


async def press(desk):
    desk.qtbot.mouseClick(desk.child(QAbstractButton, "createButton"), Qt.MouseButton.LeftButton)
    await desk.idle()


async def set_faults(*rules):
    """Change the faults of the sandbox that runs already."""
    await start_or_join(home(), index_delay_s=0.0, faults=rules)


def created(desk):
    people = desk.records("insightly", "contacts") | desk.records("insightly", "leads")
    return [record for record in people.values() if record.get("FIRST_NAME") == "Nora"]


async def test_a_contact_is_created_once_and_known_at_once(open_desk):
    desk = await open_desk()
    await open_form(desk)
    await press(desk)
    (person,) = created(desk)
    assert person["FIRST_NAME"] == "Nora"
    assert not desk.child(QWidget, "createContactForm").isVisible()
    (known,) = desk.presenter.phone.contacts(NUMBER)
    assert known.name == "Nora Lindqvist"


async def test_two_presses_are_one_request(open_desk):
    desk = await open_desk()
    await open_form(desk)
    create = desk.presenter.phone.create
    create.create("Nora Lindqvist", "Contact", {})
    create.create("Nora Lindqvist", "Contact", {})
    await desk.idle()
    assert len(created(desk)) == 1


@pytest.mark.parametrize("fault", ["cut", "broken-json"])
async def test_a_create_without_an_answer_is_unknown_and_not_repeated(open_desk, fault):
    desk = await open_desk()
    await open_form(desk)
    await set_faults(f"{POST_CONTACTS}={fault}x1")
    create = desk.presenter.phone.create
    create.create("Nora Lindqvist", "Contact", {})
    await desk.idle()
    assert len(created(desk)) == 1
    assert "It is not known whether" in desk.child(QLabel, "createProblem").text()
    assert desk.child(QLineEdit, "createNameField").text() == "Nora Lindqvist"
    create.create("Nora Lindqvist", "Contact", {})
    await desk.idle()
    assert len(created(desk)) == 1
    assert [contact.name for contact in desk.presenter.phone.contacts(NUMBER)] == ["Nora Lindqvist"]
    assert not desk.child(QWidget, "createContactForm").isVisible()


async def test_while_the_crm_does_not_answer_nothing_is_created_again(open_desk):
    desk = await open_desk()
    await open_form(desk)
    await set_faults(f"{POST_CONTACTS}=cutx1", "insightly=503")
    create = desk.presenter.phone.create
    for _press in range(3):
        create.create("Nora Lindqvist", "Contact", {})
        await desk.idle()
    assert len(created(desk)) == 1
    assert "not known whether" in desk.child(QLabel, "createProblem").text()


async def test_a_refusal_is_said_and_can_be_tried_again(open_desk):
    desk = await open_desk()
    await open_form(desk)
    await set_faults(f"{POST_CONTACTS}=400x1")
    create = desk.presenter.phone.create
    create.create("Nora Lindqvist", "Contact", {})
    await desk.idle()
    assert desk.child(QLabel, "createProblem").text()
    assert created(desk) == []
    create.create("Nora Lindqvist", "Contact", {})
    await desk.idle()
    assert len(created(desk)) == 1
