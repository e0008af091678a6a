"""A saved connector runs at once; a broken one leaves the last good version at work."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import textwrap
import threading

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QTextBrowser

from app.connections import Connection
from app.home import home
from app.presenter import reload as reload_module
from app.settings import load_settings
from connectors.contract.model import User
from widgets.load_problem import LoadProblem

NUMBER = "+14155550132"
PYTHON = """
    from connectors.contract.connector import Connector
    from connectors.contract.model import new_contact_entry

    class Small(Connector):
        auth_type = "other"

        def get_auth_type(self):
            return "other"

        async def find_contact(self, given):
            from . import names
            found = {"id": 7, "name": names.NAME, "type": "Contact"}
            return {"successful": True, "matchedContactInfo": [found, new_contact_entry()]}

        async def find_contact_with_name(self, given):
            return {"successful": True, "matchedContactInfo": []}
"""
NODE = """
    exports.getAuthType = () => 'other';
    exports.findContact = async () => ({
      successful: true,
      matchedContactInfo: [{ id: 7, name: require('./names').NAME, type: 'Contact' }],
    });
"""
MANIFEST = {"name": "small", "displayName": "Small CRM", "contactTypes": [{"value": "Contact"}]}


def write_python(folder, name):
    (folder / "connector.py").write_text(textwrap.dedent(PYTHON))
    (folder / "names.py").write_text(f"NAME = {name!r}\n")


def write_node(folder, name):
    (folder / "index.js").write_text(textwrap.dedent(NODE))
    (folder / "names.js").write_text(f"exports.NAME = {json.dumps(name)};\n")


def write_manifest(folder, **more):
    (folder / "manifest.json").write_text(json.dumps(MANIFEST | more, indent=2))


def rename_save(path, text):
    """Save as editors do that never leave half a file behind."""
    draft = path.with_name(f".{path.name}.swp")
    draft.write_text(text)
    os.replace(draft, path)  # noqa: PTH105  the very call


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "small"
    made.mkdir()
    write_python(made, "Anna")
    write_manifest(made)
    return made


@pytest.fixture
def open_on(open_desk):
    """Return a coroutine function that opens a window on a connector of one's own."""

    async def open_it(path):
        desk = await open_desk()
        user = User(id="1-small", access_token="x", rc_account_id="acc")
        connection = Connection(id="own", name="Own", platform=str(path), user=user)
        desk.presenter._connections.save(connection)
        desk.presenter.connect_to("own")
        await desk.idle()
        return desk

    return open_it


def version(desk):
    return desk.child(QLabel, "loadedLabel").text()


def problem(desk):
    return desk.child(LoadProblem, "loadProblem")


def match_text(desk):
    return desk.child(QLabel, "matchLabel").text()


def pid(desk):
    return desk.presenter.bench._hosted.host.pid


async def reloaded(desk, before):
    await desk.until(lambda: version(desk) != before and "reloaded" in version(desk))
    await desk.idle()


async def broken(desk):
    await desk.until(lambda: problem(desk).isVisible())
    await desk.idle()


async def looked_up(desk, number=NUMBER):
    desk.child(QLineEdit, "phoneNumberField").setText(number)
    desk.presenter.phone.look_up(number)
    await desk.idle()


async def test_a_saved_line_runs_and_the_last_lookup_runs_again(open_on, folder):
    desk = await open_on(folder)
    assert re.fullmatch("[0-9a-f]{6}", version(desk))
    desk.window._rerun_after_reload.trigger()
    await looked_up(desk)
    assert match_text(desk).startswith("Anna")
    first, before = pid(desk), version(desk)
    (folder / "names.py").write_text("NAME = 'Berta'\n")
    await reloaded(desk, before)
    await desk.until(lambda: match_text(desk).startswith("Berta"))
    digest = desk.presenter.bench.description.digest
    assert re.fullmatch(rf"reloaded \d\d:\d\d:\d\d {digest[:6]}", version(desk))
    assert desk.window.windowTitle() == f"Small CRM - {version(desk)} - Callbench"
    assert pid(desk) != first
    runs = [desk.presenter.journal.started(run) for run in desk.presenter.journal.run_ids]
    assert [run.digest[:6] for run in runs] == [before, digest[:6]]


async def test_a_lookup_runs_again_only_when_that_is_wanted(open_on, folder):
    desk = await open_on(folder)
    await looked_up(desk)
    before = version(desk)
    (folder / "names.py").write_text("NAME = 'Berta'\n")
    await reloaded(desk, before)
    assert len(desk.presenter.journal.run_ids) == 1
    # What the version before has put into the account's cache answers no more.
    await looked_up(desk)
    assert match_text(desk).startswith("Berta")


async def test_a_search_by_name_runs_again_too(open_on, folder):
    desk = await open_on(folder)
    desk.window._rerun_after_reload.trigger()
    await desk.presenter.bench.search("Ann")
    before = version(desk)
    (folder / "names.py").write_text("NAME = 'Berta'\n")
    await reloaded(desk, before)
    await desk.until(lambda: len(desk.presenter.journal.run_ids) == 2)
    last = desk.presenter.journal.started(desk.presenter.journal.last_run_id)
    assert (last.operation, last.subject) == ("findContactWithName", "Ann")


async def test_whether_it_runs_again_is_remembered(open_on, folder):
    desk = await open_on(folder)
    desk.window._rerun_after_reload.trigger()
    assert load_settings(home()).rerun_after_reload is True


@pytest.mark.parametrize(
    ("file", "text", "said", "line"),
    [
        ("connector.py", "x = 1\nclass (:\n", r"syntax error at .*connector\.py:2", 2),
        ("connector.py", "import no_such_package_here\n", "needs the package no_such_package", 1),
        ("manifest.json", '{\n "name": }', r"manifest\.json is not JSON", 2),
        ("manifest.json", '{"name": "small",\n "page": 1}', r"manifest\.json:2: page has", 2),
    ],
)
async def test_a_broken_file_leaves_the_version_before_at_work(
    open_on, folder, file, text, said, line
):
    desk = await open_on(folder)
    first, before, good = pid(desk), version(desk), (folder / file).read_text()
    (folder / file).write_text(text)
    await broken(desk)
    assert problem(desk).sentence.startswith(f"Version {before} goes on: ")
    assert re.search(said, problem(desk).sentence)
    assert desk.presenter.reload.error.position.line == line
    await looked_up(desk)
    assert match_text(desk).startswith("Anna")
    assert (pid(desk), version(desk)) == (first, before)
    problem(desk).click()
    shown = desk.child(QTextBrowser, "documentText").toPlainText()
    assert f"{folder / file}, line {line}" in shown
    assert any("Not reloaded:" in row.text for row in desk.window.console._rows)
    (folder / file).write_text(good)
    await desk.until(lambda: not problem(desk).isVisible())
    await desk.idle()
    assert desk.presenter.reload.error is None
    await looked_up(desk)
    assert match_text(desk).startswith("Anna")


async def test_a_broken_version_whose_process_ends_is_told_as_it_is(open_on, folder):
    desk = await open_on(folder)
    before = version(desk)
    (folder / "connector.py").write_text("class (:\n")
    await broken(desk)
    os.kill(pid(desk), 9)
    await desk.until(lambda: pid(desk) is None)
    run = await desk.presenter.bench.find("+12025550123")
    said = f"The process that ran version {before} has ended, and the files as they are now"
    assert run.outcome.error.message.startswith(said)
    write_python(folder, "Cora")
    await reloaded(desk, before)
    run = await desk.presenter.bench.find("+12025550123")
    assert run.contacts[0].name == "Cora"


async def test_a_new_contact_type_comes_into_the_form_and_what_was_typed_stays(open_on, folder):
    desk = await open_on(folder)
    desk.presenter.phone.ring_in(NUMBER)
    await desk.idle()
    desk.presenter.phone.answer()
    desk.presenter.phone.hang_up()
    desk.presenter.phone.bypass.local = True
    desk.window.phone.calls.trigger("logCallAction", 0)
    await desk.idle()
    combo = desk.child(QComboBox, "contactCombo")
    combo.setCurrentIndex(combo.findText("Create new contact..."))
    desk.child(QLineEdit, "newContactNameField").setText("Nora")
    desk.child(QPlainTextEdit, "noteField").setPlainText("half a sen")
    desk.child(QPlainTextEdit, "noteField").setFocus()
    before = version(desk)
    field = {"const": "branch", "title": "Branch", "type": "inputField"}
    write_manifest(
        folder,
        displayName="Smaller CRM",
        contactTypes=[{"value": "Contact"}, {"value": "Lead", "display": "A lead"}],
        page={"callLog": {"additionalFields": [field]}},
    )
    await reloaded(desk, before)
    types = desk.child(QComboBox, "newContactTypeCombo")
    assert [types.itemText(place) for place in range(types.count())] == ["Contact", "A lead"]
    assert desk.child(QLineEdit, "field_branch").isVisible()
    assert desk.child(QLineEdit, "newContactNameField").text() == "Nora"
    assert desk.child(QPlainTextEdit, "noteField").toPlainText() == "half a sen"
    assert desk.child(QLabel, "crmName").text() == "Smaller CRM"


async def test_the_form_of_the_dial_pad_follows_too(open_on, folder):
    desk = await open_on(folder)
    write_manifest(folder, contactTypes=[{"value": "Contact"}, {"value": "Lead"}])
    await reloaded(desk, version(desk))
    desk.presenter.phone.create.open(NUMBER)
    types = desk.child(QComboBox, "createTypeCombo")
    types.setCurrentIndex(1)
    desk.child(QLineEdit, "createNameField").setText("Nora")
    field = {"const": "branch", "title": "Branch", "type": "inputField"}
    more = {"page": {"newContact": {"additionalFields": [field]}}}
    before = version(desk)
    write_manifest(folder, contactTypes=[{"value": "Account"}, {"value": "Lead"}], **more)
    await reloaded(desk, before)
    assert types.currentText() == "Lead"
    assert desk.child(QLineEdit, "createNameField").text() == "Nora"
    desk.child(QLineEdit, "field_branch").setText("North")
    before = version(desk)
    write_manifest(folder, contactTypes=[{"value": "Account"}], **more)
    await reloaded(desk, before)
    assert types.currentText() == "Account"
    assert desk.child(QLineEdit, "field_branch").text() == "North"


async def test_many_saves_are_one_reload_at_their_end(open_on, folder, monkeypatch):
    started = []

    class Counting(reload_module.HostProcess):
        def __init__(self, platform):
            started.append(platform)
            super().__init__(platform)

    monkeypatch.setattr(reload_module, "HostProcess", Counting)
    desk = await open_on(folder)
    before = version(desk)
    for number in range(40):
        (folder / "names.py").write_text(f"NAME = 'Name {number}'\n")
        (folder / f"part{number}.py").write_text("x = 1\n")
        await asyncio.sleep(0.005)
    await reloaded(desk, before)
    run = await desk.presenter.bench.find("+12025550123")
    assert run.contacts[0].name == "Name 39"
    assert len(started) == 1


async def test_a_save_during_a_reload_is_not_lost(open_on, folder):
    (folder / "connector.py").write_text("import time\ntime.sleep(0.5)\n" + textwrap.dedent(PYTHON))
    desk = await open_on(folder)
    before = version(desk)
    (folder / "names.py").write_text("NAME = 'Berta'\n")
    await desk.until(lambda: desk.presenter.tasks.running(reload_module.LOOK))
    (folder / "names.py").write_text("NAME = 'Cora'\n")
    await reloaded(desk, before)
    await desk.until(lambda: desk.presenter.bench.description.digest == digest_of(folder))
    run = await desk.presenter.bench.find("+12025550123")
    assert run.contacts[0].name == "Cora"


def digest_of(folder):
    return reload_module.sources_of(str(folder)).digest()


async def test_a_save_by_renaming_is_noticed_each_time(open_on, folder):
    desk = await open_on(folder)
    for name in ("Berta", "Cora", "Dora"):
        before = version(desk)
        rename_save(folder / "names.py", f"NAME = {name!r}\n")
        await reloaded(desk, before)
        (run,) = [await desk.presenter.bench.find("+12025550123", keep=False)]
        assert run.contacts[0].name == name


async def test_a_file_that_is_deleted_and_back_is_noticed(open_on, folder):
    desk = await open_on(folder)
    text = (folder / "connector.py").read_text()
    (folder / "connector.py").unlink()
    await broken(desk)
    assert "has no connector.py" in problem(desk).sentence
    before = version(desk)
    (folder / "connector.py").write_text(text.replace('id": 7', 'id": 8'))
    await reloaded(desk, before)
    assert not problem(desk).isVisible()


async def test_a_folder_that_is_deleted_and_back_is_noticed(open_on, folder):
    desk = await open_on(folder)
    shutil.rmtree(folder)
    await broken(desk)
    folder.mkdir()
    write_python(folder, "Berta")
    await desk.until(lambda: not problem(desk).isVisible())
    await desk.idle()
    assert (await desk.presenter.bench.find("+12025550123")).contacts[0].name == "Berta"


async def test_a_connector_that_could_not_be_opened_opens_once_it_is_mended(open_on, folder):
    (folder / "connector.py").write_text("class (:\n")
    desk = await open_on(folder)
    assert desk.window.property("benchState") == "error"
    assert desk.presenter.bench is None
    write_python(folder, "Anna")
    await desk.until(lambda: desk.window.property("benchState") == "ready")
    await desk.idle()
    assert not desk.window._banner.isVisible()
    assert (await desk.presenter.bench.find("+12025550123")).contacts[0].name == "Anna"


async def test_by_hand_the_same_files_are_loaded_anew(open_on, folder):
    desk = await open_on(folder)
    first, before = pid(desk), version(desk)
    desk.window.reload_requested.emit()
    await reloaded(desk, before)
    assert version(desk).endswith(before)
    assert pid(desk) != first


async def test_another_connection_is_followed_and_the_one_before_no_more(open_on, folder):
    desk = await open_on(folder)
    desk.presenter.connect_to("sandbox-insightly")
    await desk.idle()
    before, watched = version(desk), desk.presenter.reload._watcher._paths()
    assert not any(path.startswith(str(folder)) for path in watched)
    assert any(path.endswith("connectors/insightly/connector.py") for path in watched)
    (folder / "connector.py").write_text("class (:\n")
    desk.presenter.reload._on_changed()
    await desk.idle()
    assert version(desk) == before
    assert not problem(desk).isVisible()


async def test_a_closed_window_leaves_no_process_and_no_thread(open_on, folder):
    threads = set(threading.enumerate())
    desk = await open_on(folder)
    before = version(desk)
    (folder / "names.py").write_text("NAME = 'Berta'\n")
    await reloaded(desk, before)
    running = pid(desk)
    (folder / "names.py").write_text("NAME = 'Cora'\n")
    await desk.until(lambda: desk.presenter.tasks.running(reload_module.LOOK))
    await desk.close()
    assert desk.presenter.reload._watcher._paths() == set()
    with pytest.raises(ProcessLookupError):
        os.kill(running, 0)
    # Those of the loop's own pool are no Python threads; one of a watcher would be.
    assert {
        thread.name for thread in set(threading.enumerate()) - threads if owned(thread)
    } == set()


def owned(thread):
    return not isinstance(thread, threading._DummyThread)


async def test_index_js_reloads_as_python_does(open_on, tmp_path):
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    folder = tmp_path / "small"
    folder.mkdir()
    write_node(folder, "Anna")
    (folder / "node_modules").mkdir()
    desk = await open_on(folder)
    assert (await desk.presenter.bench.find("+12025550123")).contacts[0].name == "Anna"
    before = version(desk)
    (folder / "names.js").write_text("exports.NAME = 'Berta';\n")
    await reloaded(desk, before)
    assert (await desk.presenter.bench.find("+12025550124")).contacts[0].name == "Berta"
    (folder / "names.js").write_text("\nexports.NAME = ;\n")
    (folder / "index.js").write_text("require('./names');\n" + textwrap.dedent(NODE))
    await broken(desk)
    position = desk.presenter.reload.error.position
    assert (position.file, position.line) == (str(folder / "names.js"), 2)
    assert (await desk.presenter.bench.find("+12025550125")).contacts[0].name == "Berta"
    write_node(folder, "Cora")
    await desk.until(lambda: not problem(desk).isVisible())
    await desk.idle()
    assert (await desk.presenter.bench.find("+12025550126")).contacts[0].name == "Cora"


async def test_a_proxy_config_reloads_as_python_does(open_on, tmp_path):
    path = tmp_path / "small.json"
    config = {"auth": {"type": "apiKey"}, "operations": {}, "meta": {"displayName": "Small"}}
    path.write_text(json.dumps(config))
    desk = await open_on(path)
    assert desk.child(QLabel, "crmName").text() == "Small"
    before = version(desk)
    path.write_text(json.dumps(config | {"meta": {"displayName": "Smaller"}}))
    await reloaded(desk, before)
    assert desk.child(QLabel, "crmName").text() == "Smaller"
    path.write_text('{"auth": {},\n "operations": 1}')
    await broken(desk)
    assert desk.presenter.reload.error.position.line == 2
    before = version(desk)
    (tmp_path / "manifest.json").write_text('{"name": "small", "displayName": "By manifest"}')
    path.write_text(json.dumps(config))
    await reloaded(desk, before)
    assert desk.child(QLabel, "crmName").text() == "By manifest"
