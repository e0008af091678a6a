"""Connections made in the real window, against the sandbox's wire API as if it were the CRM."""

import shutil
import textwrap

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton

from app.home import home
from app.sandbox import seed
from app.sandbox.accounts import BULLHORN_ACCESS_TOKEN, BULLHORN_LOGIN_URL, INSIGHTLY_API_KEY
from widgets.connection_dialog import ConnectionDialog

SMALL = """
    from connectors.contract.connector import Connector
    from connectors.contract.model import Contact, FindContactResult

    class Small(Connector):
        auth_type = "none"

        async def find_contact(self, given):
            people = (Contact(id=7, name="Ada"),)
            return FindContactResult(successful=True, matched_contact_info=people)
"""


class Form:
    """The open dialog, worked as a user does."""

    def __init__(self, desk):
        self._desk = desk
        self.dialog = desk.child(ConnectionDialog, "connectionDialog")

    async def choose(self, connector):
        combo = self.dialog.findChild(QComboBox, "connectorCombo")
        index = combo.findData(connector)
        if index < 0:
            self.dialog.choose_path(str(connector))
        else:
            combo.setCurrentIndex(index)
            combo.activated.emit(index)
        await self._desk.idle()

    def fill(self, **texts):
        for name, text in texts.items():
            control = self.dialog.findChild(QLineEdit, name)
            if control is not None:
                control.setText(text)
            else:
                self.dialog.findChild(QPlainTextEdit, name).setPlainText(text)

    def click(self, name):
        self.dialog.findChild(QPushButton, name).click()

    async def press(self, name):
        self.click(name)
        await self._desk.idle()

    def said(self, name):
        return self.dialog.findChild(QLineEdit, name).accessibleDescription()

    def loading(self):
        """Return what is said of the connector that was chosen."""
        return self.dialog.findChild(QComboBox, "connectorCombo").accessibleDescription()

    @property
    def problem(self):
        return self.dialog.findChild(QLabel, "connectionProblem").text()


def new_connection(desk):
    desk.child(QPushButton, "addConnectionButton").click()
    return Form(desk)


async def insightly_form(desk, name="Demo account", key=INSIGHTLY_API_KEY):
    form = new_connection(desk)
    await form.choose("insightly")
    form.fill(
        connectionNameField=name,
        auth_apiUrl="https://api.na1.insightly.com/v3.1",
        auth_apiKey=key,
        routesField=f"api.na1.insightly.com={desk.presenter.sandbox_urls['insightly']}",
    )
    return form


async def add_insightly(desk, name="Demo account", key=INSIGHTLY_API_KEY):
    form = await insightly_form(desk, name, key)
    await form.press("testConnectionButton")
    return form


async def test_an_account_is_checked_saved_and_used(open_desk):
    desk = await open_desk()
    form = await add_insightly(desk)
    assert not form.dialog.isVisible()
    bench = desk.presenter.bench
    assert (bench.connection.name, bench.connection.mode) == ("Demo account", "LIVE")
    assert bench.connection.user.id.endswith("-insightly")
    assert desk.child(QLabel, "modeBadge").text() == "LIVE"
    assert desk.child(QComboBox, "connectionCombo").currentText() == "Demo account"
    run = await bench.find(seed.DEMO["plain"].e164)
    assert run.contacts[0].name in seed.DEMO["plain"].names


async def test_the_key_is_in_no_file(open_desk):
    desk = await open_desk()
    await add_insightly(desk)
    written = [path.read_bytes() for path in home().iterdir() if path.suffix == ".json"]
    assert any(b"Demo account" in content for content in written)
    assert not any(INSIGHTLY_API_KEY.encode() in content for content in written)


async def test_a_wrong_key_is_the_crms_own_no_and_nothing_typed_is_lost(open_desk):
    desk = await open_desk()
    form = await add_insightly(desk, key="wrong")
    assert "401" in form.problem
    assert form.dialog.isVisible()
    assert form.dialog.values().auth["apiKey"] == "wrong"
    form.fill(auth_apiKey=INSIGHTLY_API_KEY)
    await form.press("testConnectionButton")
    assert not form.dialog.isVisible()


async def test_an_account_that_cannot_be_reached_may_be_saved_all_the_same(open_desk):
    desk = await open_desk()
    form = await add_insightly(desk, key="wrong")
    await form.press("saveConnectionButton")
    assert desk.presenter.bench.connection.user.access_token == "wrong"


async def test_two_accounts_do_not_share_a_cache(open_desk):
    desk = await open_desk()
    await add_insightly(desk, "One")
    await desk.presenter.bench.find(seed.DEMO["plain"].e164)
    await add_insightly(desk, "Two")
    run = await desk.presenter.bench.find(seed.DEMO["plain"].e164)
    assert not run.outcome.cached


async def test_an_oauth_account_is_connected_with_a_pasted_token(open_desk):
    desk = await open_desk()
    form = new_connection(desk)
    await form.choose("bullhorn")
    form.fill(
        connectionNameField="Staffing",
        auth_accessToken=BULLHORN_ACCESS_TOKEN,
        accountField=f"apiUrl={BULLHORN_LOGIN_URL}\nusername=sam.sandbox",
        routesField=f"*={desk.presenter.sandbox_urls['bullhorn']}",
    )
    await form.press("testConnectionButton")
    assert form.problem == ""
    user = desk.presenter.bench.connection.user
    assert user.id == "31-bullhorn"
    run = await desk.presenter.bench.find(seed.DEMO["plain"].e164)
    assert not run.failed


async def test_a_connector_by_path_needs_no_account(open_desk, tmp_path):
    source = tmp_path / "small.py"
    source.write_text(textwrap.dedent(SMALL))
    desk = await open_desk()
    form = new_connection(desk)
    await form.choose(source)
    form.fill(connectionNameField="Small")
    await form.press("testConnectionButton")
    run = await desk.presenter.bench.find("+12025550123")
    assert [contact.name for contact in run.contacts] == ["Ada"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no connector"),
        ("import nothing_like_it", "needs the package nothing_like_it"),
        ("class A: pass", "must define one subclass"),
        ("def (", "syntax error"),
    ],
)
async def test_a_path_that_is_no_connector_is_said_at_once(open_desk, tmp_path, content, said):
    source = tmp_path / "broken.py"
    if content is not None:
        source.write_text(content)
    desk = await open_desk()
    form = new_connection(desk)
    await form.choose(source)
    assert said in form.loading()
    form.fill(connectionNameField="Broken")
    await form.press("testConnectionButton")
    assert form.problem == "Choose a connector that can be loaded first."


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("const a = ;", "has a syntax error at {source}:1: Unexpected token ';'."),
        ("require('axios');", "axios is missing: run npm install axios in {folder}."),
        ("process.exit(4);", "Its last words: process.exit(4) was called at {source}:1"),
        ("throw 'words';", "cannot be loaded: It threw: words."),
    ],
)
async def test_javascript_that_cannot_be_loaded_is_said_at_once(open_desk, tmp_path, content, said):
    source = tmp_path / "broken.js"
    source.write_text(content)
    desk = await open_desk()
    form = new_connection(desk)
    await form.choose(source)
    assert said.format(source=source, folder=tmp_path) in form.loading()


async def test_without_node_the_dialog_says_how_to_get_it(open_desk, tmp_path, monkeypatch):
    source = tmp_path / "small.js"
    source.write_text("exports.findContact = async () => null;")
    desk = await open_desk()
    form = new_connection(desk)
    monkeypatch.setenv("PATH", str(tmp_path))
    await form.choose(source)
    assert "not on the PATH: install Node 18.2 or later" in form.loading()


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"connectionNameField": ""}, "connectionNameField"),
        ({"auth_apiKey": ""}, "auth_apiKey"),
        ({"auth_apiUrl": ""}, "auth_apiUrl"),
    ],
)
async def test_what_is_missing_is_said_at_its_field(open_desk, texts, field):
    desk = await open_desk()
    form = new_connection(desk)
    await form.choose("insightly")
    form.fill(
        **{"connectionNameField": "Demo", "auth_apiKey": "k", "auth_apiUrl": "https://x.test"}
        | texts
    )
    await form.press("testConnectionButton")
    assert form.said(field)


@pytest.mark.parametrize(
    ("field", "text"), [("routesField", "nonsense"), ("configField", "nonsense")]
)
async def test_lines_that_cannot_be_read_are_said_at_their_field(open_desk, field, text):
    desk = await open_desk()
    form = new_connection(desk)
    await form.choose("insightly")
    form.fill(connectionNameField="Demo", auth_apiKey="k", auth_apiUrl="https://x.test")
    form.fill(**{field: text})
    await form.press("testConnectionButton")
    assert "nonsense" in form.dialog.findChild(QPlainTextEdit, field).accessibleDescription()


async def test_a_second_connection_of_one_name_is_refused(open_desk):
    desk = await open_desk()
    await add_insightly(desk)
    form = await add_insightly(desk)
    assert form.said("connectionNameField") == "Another connection has this name."


async def test_editing_keeps_the_secret_and_removing_forgets_it(open_desk):
    desk = await open_desk()
    await add_insightly(desk)
    desk.window.edit_connection_requested.emit()
    await desk.idle()
    form = Form(desk)
    assert form.dialog.values().auth["apiKey"] == ""
    form.fill(connectionNameField="Renamed")
    await form.press("testConnectionButton")
    connection = desk.presenter.bench.connection
    assert connection.name == "Renamed"
    assert connection.user.access_token == INSIGHTLY_API_KEY
    desk.window.edit_connection_requested.emit()
    await desk.idle()
    form.dialog.remove_requested.emit()
    await desk.idle()
    assert desk.presenter.bench.connection.mode == "SANDBOX"
    combo = desk.child(QComboBox, "connectionCombo")
    assert combo.findText("Renamed") < 0


async def test_a_sandbox_connection_is_not_edited(open_desk):
    desk = await open_desk()
    desk.window.edit_connection_requested.emit()
    await desk.idle()
    assert not desk.child(ConnectionDialog, "connectionDialog").isVisible()
    assert "add a connection" in desk.child(QLabel, "notificationText").text()


async def test_closing_the_dialog_ends_a_check_that_hangs(open_desk):
    desk = await open_desk(delay_ms=60_000)
    form = await insightly_form(desk)
    form.click("testConnectionButton")
    await desk.until(lambda: desk.presenter.tasks.running("connect.check"))
    form.dialog.reject()
    await desk.idle()
    assert desk.presenter.bench.connection.mode == "SANDBOX"


async def test_a_new_connection_has_a_name_that_is_not_taken(open_desk):
    desk = await open_desk()
    form = await insightly_form(desk, name="Insightly")
    await form.press("testConnectionButton")
    form = new_connection(desk)
    await form.choose("insightly")
    assert form.dialog.values().name == "Insightly 2"
