"""Secrets are gone before anything is stored: canaries everywhere, and none is seen again."""

import base64
import gc
import logging
import re
import tempfile
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import msgspec
import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from app.connections import Connection
from app.evidence import evidence_of
from app.home import home
from app.journal import ExchangeCaptured
from connectors.contract.har import to_har
from connectors.contract.model import CallContact, CallLog, CallParty, User
from tests.end2end.canary_crm import PERSON, CanaryCrm
from tests.end2end.connectors import canary as connector
from tests.end2end.connectors.canary import canary

NUMBER = PERSON["phone"]
SENT = ("query", "cookie", "header", "bullhorn", "referer", "form", "json", "xml", "part", "broken")
ANSWERED = ("answer", "setcookie", "field", "page")
TOLD = ("printed", "line", "returned", "report", "raised", "logged", "past", "thread")
PLACES = ("key", "info", "userinfo", *SENT, *ANSWERED, *TOLD)
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
    Qt.ItemDataRole.UserRole,
)
TABS = ("Match", "Contacts", "Network", "Timeline", "Console", "Caches", "Raw", "Source")


def forms(place):
    """What of a canary stands in plain text, URLs and JSON alike, and in base64 at any offset."""
    core = f"{place}9x1c5e8b"
    yield core
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + core.encode()).decode()
        yield encoded[(before * 8 + 5) // 6 : (before + len(core)) * 8 // 6]


FORMS = {form: place for place in PLACES for form in forms(place)}
ANY = re.compile("|".join(map(re.escape, FORMS)))


def canaries_in(text):
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="replace")
    return {FORMS[found] for found in ANY.findall(text)}


def test_the_test_sees_a_canary_in_every_form():
    for place in PLACES:
        secret = canary(place)
        for text in (
            secret,
            f"?a={secret.replace('+', '%2B').replace('/', '%2F')}",
            secret.replace("/", r"\/"),
            base64.b64encode(secret.encode()).decode(),
            base64.b64encode(f"u:{secret}:".encode()).decode(),
            base64.urlsafe_b64encode(f"user:{secret}".encode()).decode(),
        ):
            assert canaries_in(text) == {place}, text


@pytest.fixture
def crm():
    opened = CanaryCrm(canary("key"))
    yield opened
    opened.close()


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def open_canary(open_desk, crm):
    desk = await open_desk()
    user = User(
        id="1-canary",
        access_token=canary("key"),
        rc_account_id="account",
        platform_additional_info={"apiKey": canary("info")},
    )
    connection = Connection(
        id="canary", name="Canary", platform=connector.__file__, user=user, routes={"*": crm.url}
    )
    desk.presenter._connections.save(connection)
    desk.presenter.connect_to("canary")
    await desk.idle()
    assert desk.presenter.bench.connection.id == "canary", desk.window.property("benchState")
    return desk


async def play(desk):
    """Look up, search, create and log; all but the first end in messages or errors."""
    bench = desk.presenter.bench
    desk.presenter.phone.look_up(NUMBER)
    await desk.idle()
    assert "Ada Lovelace" in desk.window.phone.dialpad.match_text
    await desk.presenter.phone.log._search("Lovelace")
    created = await bench.create(NUMBER, "Ada Lovelace", "contact")
    assert created.failed
    call = CallLog(
        session_id="s1", direction="Inbound", from_=CallParty(phone_number=NUMBER), start_time=1
    )
    logged = await bench.log(call, CallContact(id=7, name="Ada Lovelace", phone_number=NUMBER))
    assert logged.outcome.error.type == "ConnectorExitedError"
    await desk.idle()


def texts_of(widget):
    """Everything that a picture or a screen reader would tell of a widget."""
    yield widget.accessibleName()
    yield widget.accessibleDescription()
    yield widget.toolTip()
    for read in ("text", "toPlainText", "toHtml", "placeholderText", "title", "windowTitle"):
        method = getattr(widget, read, None)
        if callable(method):
            value = method()
            if isinstance(value, str):
                yield value


def cells_of(model):
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(model.rowCount()):
        for column in range(columns):
            for role in ROLES:
                value = model.data(model.index(row, column), role)
                if value is not None:
                    yield value if isinstance(value, str) else repr(value)


def shown(window):
    for widget in [window, *window.findChildren(QWidget)]:
        yield from texts_of(widget)
    for action in window.findChildren(QAction):
        yield action.text()
    for model in window.findChildren(QAbstractItemModel):
        yield from cells_of(model)


def texts_in_memory(roots):
    """Every text that can be reached from `roots` without going through code or Qt's objects."""
    left, seen = list(roots), set()
    closed = (ModuleType, type, FunctionType, MethodType, BuiltinFunctionType, QObject, QWidget)
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, str | bytes):
            yield each
        elif not isinstance(each, closed):
            left += gc.get_referents(each)


def memory_of(desk):
    """What journal, presenters of the inspector and its widgets hold."""
    presenter, window = desk.presenter, desk.window
    holders = [presenter.inspector, presenter.match, presenter.timeline, presenter.contacts]
    holders += [presenter.traffic, presenter.compare, presenter.caches]
    holders += [window.match, window.network, window.timeline, window.console, window.raw]
    holders += [window.contacts, window.caches, window.run_history]
    holders += window.findChildren(QAbstractItemModel)
    for holder in holders:
        yield from vars(holder).values()
    journal = presenter.journal
    yield from (value for name, value in vars(journal).items() if name != "_subscribers")


async def everything_shown(desk, runs):
    """Go through every tab, every run and every request as a curious user does."""
    window, told = desk.window, []
    for run in runs:
        window.run_history.run_selected.emit(run.started.run_id)
        desk.presenter.match.explain()
        await desk.idle()
        for exchange in run.exchanges:
            window.network.show_exchange(run.started.run_id, exchange.id)
            window.timeline.menu.requested.emit("url", run.started.run_id, exchange.id)
            told += shown(window.network)
        for tab in TABS:
            window.show_tab(tab)
            await desk.idle()
            told += shown(window)
    return told


def copied(desk, runs):
    """What the clipboard holds after each kind of copying that asks for no secrets."""
    for run in runs:
        for exchange in run.exchanges:
            for key in ("curl", "harEntry", "url", "answer"):
                desk.presenter.traffic.act(key, run.started.run_id, exchange.id)
                yield QApplication.clipboard().text()


def files_under(*folders):
    for folder in folders:
        for path in Path(folder).rglob("*"):
            if path.is_file():
                yield path.name, path.read_bytes()


async def test_no_canary_survives_anywhere(open_desk, crm, temporary, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    desk = await open_canary(open_desk, crm)
    await play(desk)
    journal = desk.presenter.journal
    runs = [evidence_of(journal.events(run_id), run_id) for run_id in journal.run_ids]
    assert [run.started.operation for run in runs] == [
        "findContact",
        "findContactWithName",
        "createContact",
        "createCallLog",
    ]
    har = tmp_path / "exported.har"
    desk.presenter.traffic.export_runs(har, journal.run_ids)
    await desk.idle()
    everywhere = {
        "journal": [msgspec.json.encode(event) for event in journal.events()],
        "memory": list(texts_in_memory(memory_of(desk))),
        "window": await everything_shown(desk, runs),
        "clipboard": list(copied(desk, runs)),
        "log": [caplog.text],
        "HAR": [har.read_bytes(), to_har([x for run in runs for x in run.exchanges], "1")],
        "files": [data for _name, data in files_under(home(), temporary)],
    }
    found = {where: set().union(*map(canaries_in, texts)) for where, texts in everywhere.items()}
    assert found == {where: set() for where in everywhere}
    # The canaries did fly: the CRM has seen each that was sent, and something was kept everywhere.
    assert set(SENT) | {"key", "userinfo"} <= set().union(*map(canaries_in, crm.seen))
    assert all(
        len(b"".join(_bytes(texts))) > 100 for name, texts in everywhere.items() if name != "log"
    )


def _bytes(texts):
    return (text if isinstance(text, bytes) else text.encode("utf-8", "replace") for text in texts)


async def test_people_and_numbers_survive(open_desk, crm):
    desk = await open_canary(open_desk, crm)
    await play(desk)
    journal = desk.presenter.journal
    runs = [evidence_of(journal.events(run_id), run_id) for run_id in journal.run_ids]
    (lookup, search, create, log) = runs
    assert any("phone=%2B16505551234" in exchange.url for exchange in lookup.exchanges)
    assert PERSON["name"] in lookup.exchanges[0].response_body.text
    assert f"for Ada Lovelace {NUMBER}" in "\n".join(line.text for line in lookup.console)
    assert all(
        PERSON["name"].split()[1] in x.body.text for x in search.exchanges if "soap" not in x.url
    )
    assert "Ada Lovelace" in create.finished.error.message
    assert any("past the console" in line.text for line in log.console)
    assert any("a thread" in line.text for line in log.console)
    told = "\n".join(await everything_shown(desk, runs))
    assert "Ada Lovelace" in told
    assert NUMBER in told
    exchanges = [
        event.exchange for event in journal.events() if isinstance(event, ExchangeCaptured)
    ]
    assert len(exchanges) == 8
    names = {name.lower() for exchange in exchanges for name, _value in exchange.headers}
    assert {"authorization", "cookie", "x-api-key", "bhresttoken"} <= names
