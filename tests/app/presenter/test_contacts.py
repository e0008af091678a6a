"""What the connector returned beside what the extension was told."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QTableWidget

from app.evidence import Evidence
from app.journal import RunFinished, RunStarted
from app.presenter.contacts import contacts_state
from app.sandbox import seed
from connectors.contract.hosting import ErrorInfo

ADA = {
    "id": 7,
    "name": "Ada",
    "type": "lead",
    "phone": "+14155550100",
    "email": "ada@example.com",
    "company": "Analytical",
    "createdDate": 1735722000000,
    "additionalInfo": {"deals": [], "matters": []},
}
BEN = {"id": 8, "name": "Ben", "additionalInfo": None}
NEW = {"id": "createNewContact", "name": "Create new contact...", "isNewContact": True}


def a_run(told, returned=None, operation="findContact", **finished):
    return Evidence(
        RunStarted(run_id=1, at_ms=0.0, operation=operation, platform="p", subject="+1415"),
        RunFinished(run_id=1, at_ms=1.0, answer={"contact": told}, returned=returned, **finished),
    )


def test_the_fields_of_each_contact_in_the_answers_order():
    state = contacts_state(a_run([ADA, BEN, NEW], {"matchedContactInfo": [ADA, BEN, NEW]}))
    first, second, new = state.rows
    assert (first.place, first.name, first.type, first.id) == (1, "Ada", "lead", "7")
    assert (first.phone, first.email, first.company) == (
        "+14155550100",
        "ada@example.com",
        "Analytical",
    )
    assert (first.created, first.info_keys) == ("1735722000000", "deals, matters")
    assert (second.type, second.created, second.info_keys) == ("", "", "")
    assert [row.is_new for row in (first, second, new)] == [False, False, True]
    assert not state.differs
    assert state.sentence == "2 contacts for findContact +1415."


def test_what_core_left_out_and_what_it_put_in():
    state = contacts_state(a_run([ADA], {"matchedContactInfo": [BEN, ADA]}))
    assert [(row.name, row.seen) for row in state.rows] == [("Ada", "both"), ("Ben", "connector")]
    assert state.differs
    assert "returned other contacts" in state.sentence
    added = contacts_state(a_run([ADA], {"matchedContactInfo": []}))
    assert [row.seen for row in added.rows] == ["extension"]


@pytest.mark.parametrize(
    ("finished", "said"),
    [
        ({"cached": True, "cache_layer": "account"}, "The account's cache answered"),
        ({"cached": True, "cache_layer": "local"}, "keeps four fields"),
        ({"error": ErrorInfo(type="X", message="429, wait.")}, "It failed: 429, wait."),
    ],
)
def test_where_the_contacts_come_from(finished, said):
    assert said in contacts_state(a_run([ADA], **finished)).sentence


@pytest.mark.parametrize("told", [None, "text", 5, [], [None, 1], {}])
def test_no_contact_in_any_shape(told):
    state = contacts_state(a_run(told, {"matchedContactInfo": told}))
    assert state.sentence.startswith("No contact") or state.rows[0].name == ""


def test_a_created_contact():
    state = contacts_state(a_run(ADA, {"contactInfo": ADA}, operation="createContact"))
    assert [row.name for row in state.rows] == ["Ada"]
    assert not state.differs


async def test_the_tab_lists_the_shown_run(open_desk):
    desk = await open_desk()
    phone = desk.presenter.phone
    phone.look_up(seed.DEMO["shared"].e164)
    await desk.idle()
    desk.presenter.contacts.list_contacts()
    table = desk.child(QTableWidget, "contactsTable")
    names = {table.item(row, 1).text() for row in range(table.rowCount())}
    assert set(seed.DEMO["shared"].names) < names
    phone.look_up(seed.DEMO["nobody"].e164)
    await desk.idle()
    desk.presenter.contacts.list_contacts()
    assert desk.child(QLabel, "contactsSentence").text().startswith("No contact for findContact")
    desk.presenter.contacts.show_run(999)
    desk.presenter.contacts.list_contacts()
    assert desk.child(QLabel, "contactsSentence").text().startswith("No contact for findContact")
