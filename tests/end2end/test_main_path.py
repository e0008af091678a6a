"""A call is matched, searched, created and logged, and the CRM's store is read afterwards."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from app.home import home
from app.sandbox import edit, seed

NEW_NUMBER = "+16285550174"


def click(desk, name):
    desk.qtbot.mouseClick(desk.child(QAbstractButton, name), Qt.MouseButton.LeftButton)


def type_into(desk, name, text):
    field = desk.child(QLineEdit, name)
    field.selectAll()
    desk.qtbot.keyClick(field, Qt.Key.Key_Delete)
    desk.qtbot.keyClicks(field, text)


async def take_call(desk, number):
    desk.window.phone.show_dialpad()
    type_into(desk, "phoneNumberField", number)
    click(desk, "incomingCallButton")
    await desk.idle()
    click(desk, "answerButton")
    await desk.idle()
    click(desk, "hangUpButton")


async def open_log_page(desk, number):
    await take_call(desk, number)
    desk.window.phone.calls.trigger("logCallAction", 0)
    await desk.idle()
    assert desk.child(QWidget, "logPage").isVisible()


async def save(desk):
    session = next(iter(desk.presenter.phone.calls)).session_id
    click(desk, "saveLogButton")
    await desk.until(lambda: desk.presenter.phone.calls.logged(session) is not None)
    await desk.idle()


def choices(desk):
    combo = desk.child(QComboBox, "contactCombo")
    return [combo.itemText(index) for index in range(combo.count())]


def choose(desk, name, text):
    combo = desk.child(QComboBox, name)
    index = combo.findText(text)
    assert index >= 0, f"{text} is not offered: {choices(desk)}"
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def events(desk):
    return desk.records("insightly", "events")


async def test_a_matched_call_is_logged_to_the_contact(open_desk):
    desk = await open_desk()
    assert desk.window.property("benchState") == "ready"
    before = set(events(desk))
    await open_log_page(desk, seed.DEMO["plain"].e164)
    # The match comes from the extension's own cache, which holds real contacts only (1.5).
    assert choices(desk) == ["Anna Keller", "Search contacts"]
    assert desk.child(QLineEdit, "activityTitleField").text() == "Inbound Call from Anna Keller"
    desk.child(QPlainTextEdit, "noteField").setPlainText("asked for a quote")
    await save(desk)
    (new,) = set(events(desk)) - before
    event = events(desk)[new]
    assert event["TITLE"] == "Inbound Call from Anna Keller"
    assert "asked for a quote" in event["DETAILS"]
    assert event["LINKS"][0]["LINK_OBJECT_NAME"].lower() == "contact"
    rows = desk.window.phone.calls.rows()
    assert (rows[0].title, rows[0].logged) == ("Anna Keller", True)


async def test_no_match_then_search_by_name_then_log(open_desk):
    desk = await open_desk()
    before = set(events(desk))
    await open_log_page(desk, seed.DEMO["nobody"].e164)
    assert choices(desk) == ["Create new contact...", "Search contacts"]
    choose(desk, "contactCombo", "Search contacts")
    dialog = desk.child(QWidget, "searchContactsDialog")
    await desk.until(dialog.isVisible)
    type_into(desk, "searchNameField", "Grace Holloway")
    click(desk, "searchButton")
    await desk.idle()
    results = desk.child(QWidget, "searchResults")
    assert results.model().rowCount() == 1
    results.setCurrentIndex(results.model().index(0, 0))
    click(desk, "selectContactButton")
    await desk.until(
        lambda: desk.child(QComboBox, "contactCombo").currentText() == "Grace Holloway"
    )
    await save(desk)
    (new,) = set(events(desk)) - before
    linked = events(desk)[new]["LINKS"][0]["LINK_OBJECT_ID"]
    assert desk.records("insightly", "contacts")[linked]["LAST_NAME"] == "Holloway"


async def test_a_new_contact_is_created_once_and_the_call_logged_to_it(open_desk):
    desk = await open_desk()
    contacts, logged = set(desk.records("insightly", "contacts")), set(events(desk))
    await open_log_page(desk, NEW_NUMBER)
    type_into(desk, "newContactNameField", "Maria de la Cruz")
    choose(desk, "newContactTypeCombo", "Contact")
    await save(desk)
    (created,) = set(desk.records("insightly", "contacts")) - contacts
    person = desk.records("insightly", "contacts")[created]
    assert (person["FIRST_NAME"], person["LAST_NAME"]) == ("Maria", "de la Cruz")
    (event,) = set(events(desk)) - logged
    assert events(desk)[event]["LINKS"][0]["LINK_OBJECT_ID"] == created
    assert desk.window.phone.calls.rows()[0].title == "Maria de la Cruz"


async def test_created_on_the_crm_found_by_refresh(open_desk):
    desk = await open_desk()
    await take_call(desk, NEW_NUMBER)
    assert desk.window.phone.calls.rows()[0].matched is False
    edit.add(home(), "insightly", "Nora Lindqvist", NEW_NUMBER[2:], type="contact")
    desk.window.phone.calls.trigger("refreshContactAction", 0)
    await desk.idle()
    assert desk.window.phone.calls.rows()[0].title == "Nora Lindqvist"
    assert "Nora Lindqvist" in desk.window.console.text()


async def test_several_matches_of_two_types_are_all_offered(open_desk):
    desk = await open_desk()
    await open_log_page(desk, seed.DEMO["shared"].e164)
    assert set(seed.DEMO["shared"].names) < set(choices(desk))
    banner = desk.child(QLabel, "warningBanner")
    assert banner.isVisible()
    assert "Multiple contacts found" in banner.text()


async def test_a_format_rescues_a_lookup(open_desk):
    desk = await open_desk()
    person = seed.DEMO["formatted"]
    desk.presenter.phone.look_up(person.e164)
    await desk.idle()
    assert desk.window.phone.dialpad.match_text == "No contact found"
    desk.presenter.set_formats(["(###) ###-####"])
    desk.presenter.phone.look_up(person.e164)
    await desk.idle()
    assert person.names[0] in desk.window.phone.dialpad.match_text


async def test_a_logged_call_is_edited(open_desk):
    desk = await open_desk()
    await open_log_page(desk, seed.DEMO["plain"].e164)
    before = set(events(desk))
    await save(desk)
    desk.window.phone.calls.trigger("logCallAction", 0)
    await desk.idle()
    assert desk.child(QAbstractButton, "saveLogButton").text() == "Update"
    type_into(desk, "activityTitleField", "Quote for Anna")
    desk.child(QPlainTextEdit, "noteField").setPlainText("wants it by Friday")
    click(desk, "saveLogButton")
    await desk.idle()
    (event,) = set(events(desk)) - before
    assert events(desk)[event]["TITLE"] == "Quote for Anna"
    assert "wants it by Friday" in events(desk)[event]["DETAILS"]


@pytest.mark.parametrize("fault", ["500", "429", "broken-json", "html", "empty", "cut"])
async def test_a_failing_crm_is_said_and_nothing_is_lost(open_desk, fault):
    desk = await open_desk(faults=[f"insightly/events={fault}"])
    before = set(events(desk))
    await open_log_page(desk, seed.DEMO["plain"].e164)
    desk.child(QPlainTextEdit, "noteField").setPlainText("do not lose me")
    click(desk, "saveLogButton")
    await desk.idle()
    assert desk.child(QWidget, "notification").isVisible()
    assert desk.child(QWidget, "logPage").isVisible()
    assert desk.child(QPlainTextEdit, "noteField").toPlainText() == "do not lose me"
    assert len(set(events(desk)) - before) <= 1


async def test_bullhorn_runs_the_same_way(open_desk):
    desk = await open_desk("sandbox-bullhorn")
    before = set(desk.records("bullhorn", "Note"))
    await open_log_page(desk, seed.DEMO["plain"].e164)
    assert choices(desk)[0] == "Anna Keller"
    await save(desk)
    assert len(set(desk.records("bullhorn", "Note")) - before) == 1


@pytest.mark.parametrize(
    "text", ["", "101", "anonymous", "x" * 10_000, "\u202e+1 415 555 0132\u202c", "🙂", "+"]
)
async def test_any_text_in_the_phone_field_is_answered(open_desk, text):
    desk = await open_desk()
    desk.child(QLineEdit, "phoneNumberField").setText(text)
    for button in ("lookupButton", "incomingCallButton"):
        click(desk, button)
        await desk.idle()
    assert desk.window.property("benchState") in {"ready", "error"}


@pytest.mark.parametrize("name", ["", "Smith & Sons", "#1 + 'x' \" \\ ( ) : *", "🙂🙂", "a" * 5000])
@pytest.mark.parametrize("connection", ["sandbox-insightly", "sandbox-bullhorn"])
async def test_any_name_is_searched_without_harm(open_desk, connection, name):
    desk = await open_desk(connection)
    await desk.presenter.phone.log._search(name)
    assert desk.window.property("benchState") == "ready"
