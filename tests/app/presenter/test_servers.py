"""A running server in the real window: the framework itself, with the CRM Desk behind it."""

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QTableView

from app.home import home
from tests.app.presenter.test_connect import Form
from tests.app.presenter.test_log import open_log, press_save
from tests.connectors.appconnect.desk import API_KEY, CONNECTOR, running_desk
from tests.connectors.appconnect.real_core import missing, running_core

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "installed")


@pytest.fixture(scope="module")
def core(tmp_path_factory):
    with running_core([CONNECTOR], tmp_path_factory.mktemp("core")) as server:
        yield server


@pytest.fixture
def crm():
    with running_desk() as crm:
        yield crm


async def form_of(desk, address):
    desk.presenter.accounts.add()
    form = Form(desk)
    await form.choose(address)
    return form


async def test_a_server_is_signed_in_to_and_looked_up_with_its_trace(open_desk, core, crm):
    desk = await open_desk()
    form = await form_of(desk, f"{core.url}#desk")
    page = [each.objectName() for each in form.dialog.findChildren(QLineEdit)]
    assert {"auth_apiKey", "auth_team", "auth_accessToken", "hostnameField"} <= set(page)
    form.fill(
        connectionNameField="Desk over there", auth_apiKey=API_KEY, hostnameField=crm.hostname
    )
    await form.press("testConnectionButton")
    assert not form.dialog.isVisible(), form.problem
    user = desk.presenter.bench.connection.user
    assert (user.id, user.hostname) == ("tess-desk", crm.hostname)
    written = b"".join(path.read_bytes() for path in home().iterdir() if path.suffix == ".json")
    assert b"Desk over there" in written
    assert API_KEY.encode() not in written
    assert user.access_token.encode() not in written

    await desk.presenter.phone.match("+14155550100")
    await desk.idle()
    desk.window.show_tab("Timeline")
    await desk.idle()
    rows = desk.child(QTableView, "timelineTable").model()
    shown = [str(rows.index(row, 0).data()) for row in range(rows.rowCount())]
    assert any("GET /contact" in text for text in shown)
    assert any("server: handler.findContact:userFound" in text for text in shown)
    console = desk.child(QPlainTextEdit, "console").toPlainText()
    assert "findContact:jwtDecoded" in console
    assert user.access_token not in console
    assert "1 request in" in desk.child(QLabel, "timelineSentence").text()


async def test_an_unknown_caller_becomes_a_contact_and_a_log_behind_the_server(
    open_desk, core, crm
):
    desk = await open_desk()
    form = await form_of(desk, f"{core.url}#desk")
    form.fill(connectionNameField="Desk", auth_apiKey=API_KEY, hostnameField=crm.hostname)
    await form.press("testConnectionButton")
    session = await open_log(desk, "+14155550166")
    desk.qtbot.keyClicks(desk.child(QLineEdit, "newContactNameField"), "Nora Lind")
    await press_save(desk)
    assert crm.people[12]["name"] == "Nora Lind"
    assert crm.people[12]["phone"] == "+14155550166"
    assert crm.calls[41]["person"] == 12
    assert desk.presenter.phone.calls.logged(session).log_id == "41"
    # Once more: the page shows what the CRM has, and changes it.
    desk.presenter.phone.log.open(session)
    await desk.idle()
    title = desk.child(QLineEdit, "activityTitleField")
    title.setText("Talked with Nora")
    await press_save(desk)
    assert crm.calls[41]["subject"] == "Talked with Nora"
    assert list(crm.calls) == [41]


async def test_a_key_that_is_refused_and_a_token_in_its_place(open_desk, core, crm):
    desk = await open_desk()
    form = await form_of(desk, f"{core.url}#desk")
    form.fill(connectionNameField="Desk", auth_apiKey="wrong-k3y", hostnameField=crm.hostname)
    await form.press("testConnectionButton")
    assert form.problem == "Desk does not know this key."
    form.fill(auth_apiKey=API_KEY)
    await form.press("testConnectionButton")
    token = desk.presenter.bench.connection.user.access_token

    form = await form_of(desk, f"{core.url}#desk")
    form.fill(connectionNameField="Desk by token", auth_accessToken=token)
    await form.press("testConnectionButton")
    assert not form.dialog.isVisible(), form.problem
    bench = desk.presenter.bench
    assert bench.connection.name == "Desk by token"
    assert bench.connection.user.hostname == crm.hostname
    assert (await bench.search("Ada")).contacts[0].name == "Ada Lovelace"


async def test_a_server_that_is_not_there_is_said_at_the_connector(open_desk):
    desk = await open_desk()
    form = await form_of(desk, "http://127.0.0.1:9#desk")
    combo = form.dialog.findChild(QComboBox, "connectorCombo")
    assert "cannot be reached" in combo.accessibleDescription()
