"""The Source tab over the real window: a proxy connector is broken, mended, saved and run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QListWidget,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
)

import resources
from app.connections import Connection, sandbox_connection
from app.sandbox import seed
from app.source_files import MAX_BYTES
from widgets.unsaved_dialog import UnsavedDialog

EXAMPLE = Path(resources.__path__[0]) / "examples" / "insightly-proxy"
ANNA = seed.DEMO["plain"]

SMALL = """from connectors.contract.connector import Connector
from connectors.contract.model import Contact, FindContactResult


class Small(Connector):
    auth_type = "none"

    async def find_contact(self, given):
        people = (Contact(id=7, name="Ada"),)
        return FindContactResult(successful=True, matched_contact_info=people)
"""
INDEX = """const people = require('./people.js');
exports.getAuthType = () => 'apiKey';
exports.findContact = async () => ({ successful: true, matchedContactInfo: people });
"""


class Source:
    """The tab of a window, worked as a user does."""

    def __init__(self, desk):
        self.desk = desk
        self.view = desk.window.source
        self.editor = desk.child(QPlainTextEdit, "sourceEditor")
        self.files = desk.child(QComboBox, "sourceFileCombo")

    async def settle(self):
        """Let the pause before a check pass, and the check."""
        timer = self.desk.presenter.source._check_timer
        await self.desk.until(lambda: not timer.isActive())
        await self.desk.idle()

    async def change(self, old, new):
        """Select a text and type another one over it."""
        at = self.view.text_of(self.view.front).index(old)
        cursor = self.editor.textCursor()
        cursor.setPosition(at)
        cursor.setPosition(at + len(old), QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)
        self.desk.qtbot.keyClicks(self.editor, new)
        await self.settle()

    async def press(self, name):
        button = self.desk.child(QPushButton, name)
        assert button.isEnabled()
        button.click()
        await self.settle()

    async def choose(self, name):
        index = next(i for i in range(self.files.count()) if self.file(i) == name)
        self.files.setCurrentIndex(index)
        self.files.activated.emit(index)
        await self.settle()

    def file(self, index):
        return self.files.itemText(index).removesuffix(" •")

    @property
    def problems(self):
        rows = self.desk.child(QListWidget, "sourceProblems")
        return [rows.item(row).text() for row in range(rows.count())]

    def said(self, name="sourceStripText"):
        return self.desk.child(QLabel, name).text()

    @property
    def text(self):
        return self.view.text_of(self.view.front)


def connection_to(path, urls):
    sandbox = sandbox_connection("insightly", urls)
    return Connection(
        id="mine", name="Mine", platform=str(path), user=sandbox.user, routes=sandbox.routes
    )


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(EXAMPLE, tmp_path / "connector"))


@pytest.fixture
def open_source(open_desk):
    async def open_it(path):
        desk = await open_desk()
        desk.presenter._connections.save(connection_to(path, desk.presenter.sandbox_urls))
        desk.presenter.connect_to("mine")
        desk.window.show_tab("Source")
        await desk.idle()
        source = Source(desk)
        await source.settle()
        return source

    return open_it


def break_a_line(path):
    text = path.read_text().replace('"scheme": "Basic",', '"scheme": "Basic"')
    path.write_text(text)
    return text[: text.index('"credentialTemplate"')].count("\n") + 1


async def test_a_line_is_broken_mended_saved_and_run(open_source, folder):
    source = await open_source(folder)
    desk = source.desk
    assert [source.file(index) for index in range(2)] == ["proxy.json", "manifest.json"]
    desk.window.phone.dialpad.set_number(ANNA.e164)
    desk.presenter.phone.look_up(ANNA.e164)
    await desk.idle()
    assert desk.presenter.inspector.number == ANNA.e164

    await source.change('"Basic",', '"Basic"')
    (problem,) = source.problems
    line = source.text[: source.text.index('"credentialTemplate"')].count("\n") + 1
    assert problem.startswith(f"Line {line}: The config is not JSON")
    assert source.editor.signs() == {line: "error"}
    assert desk.child(QLabel, "sourceUnsavedLabel").text() == "Unsaved"

    await source.change('"Basic"', '"Basic",')
    assert source.problems == []
    assert desk.child(QLabel, "sourceUnsavedLabel").text() == "Unsaved"

    await source.change('"namePath": "LAST_NAME"', '"namePath": "EMAIL_ADDRESS"')
    digest = desk.child(QLabel, "loadedLabel").text()
    await source.press("runSourceButton")
    assert '"namePath": "EMAIL_ADDRESS"' in (folder / "proxy.json").read_text()
    assert desk.child(QLabel, "loadedLabel").text() != digest
    (contact,) = desk.presenter.phone.contacts(ANNA.e164)
    assert "@" in contact.name
    assert contact.name in source.said("sourceResult")
    assert contact.name in desk.child(QLabel, "matchLabel").text()
    assert desk.child(QLabel, "sourceUnsavedLabel").text() == ""


@pytest.mark.parametrize("searched", [False, True])
async def test_save_and_run_looks_up_once_though_a_reload_would_do_it_too(
    open_source, folder, searched
):
    source = await open_source(folder)
    desk = source.desk
    desk.window._rerun_after_reload.trigger()
    desk.presenter.phone.look_up(ANNA.e164)
    await desk.idle()
    if searched:
        await desk.presenter.bench.search("Anna")
    before = len(desk.presenter.journal.run_ids)
    await source.change('"namePath": "LAST_NAME"', '"namePath": "EMAIL_ADDRESS"')
    await source.press("runSourceButton")
    runs = [desk.presenter.journal.started(run) for run in desk.presenter.journal.run_ids[before:]]
    assert [(run.operation, run.subject) for run in runs] == [("findContact", ANNA.e164)]
    assert "@" in source.said("sourceResult")

    # A plain save leaves it to the reload, as before.
    await source.change('"namePath": "EMAIL_ADDRESS"', '"namePath": "LAST_NAME"')
    await source.press("saveSourceButton")
    await desk.until(lambda: len(desk.presenter.journal.run_ids) == before + 2)


async def test_without_a_number_it_is_saved_and_that_is_said(open_source, folder):
    source = await open_source(folder)
    await source.change('"timeoutSeconds": 20', '"timeoutSeconds": 21')
    await source.press("runSourceButton")
    assert "Type a phone number" in source.said("sourceResult")
    assert '"timeoutSeconds": 21' in (folder / "proxy.json").read_text()


async def test_what_production_passes_over_is_a_warning(open_source, folder):
    source = await open_source(folder)
    await source.change('"listPath"', '"listPaht"')
    (problem,) = source.problems
    assert "did you mean listPath" in problem
    assert set(source.editor.signs().values()) == {"warning"}


async def test_saving_a_broken_file_keeps_the_version_before_at_work(open_source, folder):
    source = await open_source(folder)
    await source.change('"Basic",', '"Basic"')
    await source.press("saveSourceButton")
    assert "version before stays" in source.said("sourceResult")
    assert len(source.problems) == 1
    run = await source.desk.presenter.bench.find(ANNA.e164)
    assert not run.failed


async def test_a_connector_that_does_not_load_is_mended_here(open_source, folder):
    line = break_a_line(folder / "proxy.json")
    source = await open_source(folder)
    assert source.desk.presenter.bench is None
    assert source.editor.signs() == {line: "error"}
    await source.change('"Basic"', '"Basic",')
    await source.press("saveSourceButton")
    assert source.said("sourceResult") == "Saved proxy.json."
    run = await source.desk.presenter.bench.find(ANNA.e164)
    assert run.contacts
    assert source.desk.presenter.settings.connection == "mine"


async def test_a_manifest_is_checked_by_its_contract_and_keeps_its_own_edits(open_source, folder):
    source = await open_source(folder)
    await source.change('"timeoutSeconds": 20', '"timeoutSeconds": 21')
    await source.choose("manifest.json")
    await source.change('"name": "insightly"', '"name": []')
    (problem,) = source.problems
    assert "name has a wrong shape" in problem
    await source.choose("proxy.json")
    assert '"timeoutSeconds": 21' in source.text
    source.editor.undo()
    await source.choose("manifest.json")
    assert '"name": []' in source.text
    assert len(source.problems) == 1


async def test_a_wrong_manifest_that_is_saved_is_a_sentence(open_source, folder):
    source = await open_source(folder)
    await source.choose("manifest.json")
    await source.change('"name": "insightly"', '"name": []')
    await source.press("saveSourceButton")
    assert "version before stays" in source.said("sourceResult")
    assert source.desk.presenter.bench.manifest.name == "insightly"


async def test_a_change_outside_is_taken_over_while_there_are_no_edits(open_source, folder):
    source = await open_source(folder)
    path = folder / "proxy.json"
    path.write_text(path.read_text().replace("Insightly (proxy)", "From outside"))
    await source.desk.until(lambda: "From outside" in source.text)
    assert source.said() == ""
    assert not source.view.unsaved()
    replaced = folder / "other.json"
    replaced.write_text(path.read_text().replace("From outside", "Replaced"))
    replaced.replace(path)
    await source.desk.until(lambda: "Replaced" in source.text)
    source.editor.undo()
    assert "From outside" in source.text


@pytest.mark.parametrize("answer", ["reload", "keep"])
async def test_a_change_outside_asks_while_there_are_edits(open_source, folder, answer):
    source = await open_source(folder)
    path = folder / "proxy.json"
    await source.change("Insightly (proxy)", "Mine")
    path.write_text(path.read_text().replace("Insightly (proxy)", "Theirs"))
    await source.desk.until(lambda: "changed on disk" in source.said())
    assert "Mine" in source.text
    await source.press(f"{answer}SourceButton")
    assert source.said() == ""
    if answer == "reload":
        assert "Theirs" in source.text
        assert not source.view.unsaved()
    else:
        await source.press("saveSourceButton")
        assert "Mine" in path.read_text()


async def test_a_file_that_is_added_is_offered(open_source, folder):
    source = await open_source(folder)
    await source.change("Insightly (proxy)", "Mine")
    (folder / "more.json").write_text("{}")
    await source.desk.until(lambda: source.files.count() == 3)
    assert source.file(2) == "more.json"
    assert Path(source.view.front).name == "proxy.json"
    assert "Mine" in source.text


async def test_after_the_end_nothing_is_looked_at(open_source, folder):
    source = await open_source(folder)
    await source.desk.presenter.close()
    (folder / "proxy.json").write_text("{}")
    source.desk.presenter.source.look_at_disk()
    source.desk.presenter.source._check()
    assert '"operations"' in source.text
    assert source.desk.presenter.tasks.idle
    assert source.desk.presenter.source.may_close()


async def test_nothing_is_written_over_a_change_that_was_not_seen(open_source, folder):
    source = await open_source(folder)
    path = folder / "proxy.json"
    await source.change("Insightly (proxy)", "Mine")
    source.desk.presenter.source._watcher.blockSignals(True)
    path.write_text("{}")
    await source.press("saveSourceButton")
    assert path.read_text() == "{}"
    assert "changed on disk" in source.said()
    assert "Mine" in source.text


async def test_a_file_that_is_gone_stays_in_hand_and_is_written_again(open_source, folder):
    source = await open_source(folder)
    await source.choose("manifest.json")
    await source.change('"name": "insightly"', '"name": "insightly" ')
    (folder / "manifest.json").unlink()
    await source.desk.until(lambda: "gone from the disk" in source.said())
    assert source.file(1) == "manifest.json"
    await source.press("saveSourceButton")
    assert '"name": "insightly" ' in (folder / "manifest.json").read_text()


async def test_a_read_only_file_is_shown_and_told(open_source, folder):
    (folder / "proxy.json").chmod(0o444)
    source = await open_source(folder)
    assert "read-only" in source.said()
    assert source.editor.isReadOnly()
    assert source.desk.child(QLabel, "sourceUnsavedLabel").text() == "Read-only"
    assert '"operations"' in source.text
    (folder / "proxy.json").chmod(0o644)
    await source.desk.until(lambda: not source.editor.isReadOnly())
    assert source.said() == ""


async def test_a_file_that_became_read_only_loses_no_text(open_source, folder):
    source = await open_source(folder)
    await source.change("Insightly (proxy)", "Mine")
    (folder / "proxy.json").chmod(0o444)
    await source.press("saveSourceButton")
    assert "not saved: the file is read-only" in source.said()
    assert "Mine" in source.text
    (folder / "proxy.json").chmod(0o644)
    await source.press("saveSourceButton")
    assert "Mine" in (folder / "proxy.json").read_text()


async def test_crlf_stays_crlf(open_source, folder):
    path = folder / "proxy.json"
    content = path.read_bytes().replace(b"\n", b"\r\n").rstrip(b"\r\n")
    path.write_bytes(content)
    source = await open_source(folder)
    assert source.problems == []
    await source.change("Insightly (proxy)", "Mine")
    await source.press("saveSourceButton")
    assert path.read_bytes() == content.replace(b"Insightly (proxy)", b"Mine")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b" " * (MAX_BYTES + 1), "larger than 1024 KB"), (b"\xff\xfe", "not UTF-8")],
)
async def test_what_is_no_source_text_is_refused_in_place_of_the_text(
    open_source, folder, content, said
):
    (folder / "extra.json").write_bytes(content)
    source = await open_source(folder)
    await source.choose("extra.json")
    assert said in source.editor.placeholderText()
    assert source.editor.isReadOnly()
    await source.choose("proxy.json")
    assert '"operations"' in source.text
    assert not source.editor.isReadOnly()


async def test_a_built_in_connector_is_not_edited_and_edits_outlast_a_visit(open_source, folder):
    source = await open_source(folder)
    await source.change("Insightly (proxy)", "Mine")
    source.desk.presenter.connect_to("sandbox-insightly")
    await source.desk.idle()
    assert "Built-in connectors" in source.said("sourceEmpty")
    assert source.view.front == ""
    source.desk.window.source.run_requested.emit()
    source.desk.presenter.connect_to("mine")
    await source.settle()
    assert "Mine" in source.text
    assert source.view.unsaved()


async def test_python_shows_its_syntax_error_and_is_run_anew(open_source, tmp_path):
    path = tmp_path / "small.py"
    path.write_text(SMALL)
    source = await open_source(path)
    await source.change("find_contact(self, given)", "find_contact(self, given")
    assert source.editor.signs() == {8: "error"}
    await source.change("find_contact(self, given", "find_contact(self, given)")
    assert source.problems == []
    await source.change("Ada", "Grace")
    await source.press("saveSourceButton")
    run = await source.desk.presenter.bench.find(ANNA.e164)
    assert [contact.name for contact in run.contacts] == ["Grace"]


async def test_what_python_finds_only_when_it_runs_is_at_its_line_after_save(open_source, tmp_path):
    path = tmp_path / "small.py"
    path.write_text(SMALL)
    source = await open_source(path)
    await source.change("import Connector", "import Connectr")
    assert source.problems == []
    await source.press("saveSourceButton")
    (problem,) = source.problems
    assert problem.startswith("Line 1: ")
    await source.change("import Connectr", "import Connector")
    await source.press("saveSourceButton")
    assert source.problems == []


async def test_javascript_shows_where_node_stopped_in_whichever_file(open_source, tmp_path):
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    (tmp_path / "index.js").write_text(INDEX)
    (tmp_path / "people.js").write_text("module.exports = [{ id: 1, name: 'Ada' }];\n")
    source = await open_source(tmp_path)
    await source.choose("people.js")
    await source.change("name: 'Ada' }", "name: 'Ada' ")
    await source.choose("index.js")
    await source.choose("people.js")
    await source.press("saveSourceButton")
    assert source.editor.signs() == {1: "error"}
    await source.choose("index.js")
    await source.change("'apiKey'", "'none'")
    await source.press("saveSourceButton")
    assert "people.js" in source.said()
    await source.press("goThereSourceButton")
    assert Path(source.view.front).name == "people.js"
    assert source.editor.hasFocus() or source.editor.textCursor().blockNumber() == 0
    await source.change("name: 'Ada' ", "name: 'Ada' }")
    await source.press("saveSourceButton")
    assert source.problems == []
    run = await source.desk.presenter.bench.find(ANNA.e164)
    assert [contact.name for contact in run.contacts] == ["Ada"]


async def close_with_edits(source, button):
    desk = source.desk
    await source.change("Insightly (proxy)", "Mine")
    closed = []
    desk.window.closed.connect(lambda: closed.append(True))
    desk.window.close()
    assert not closed
    dialog = desk.window.findChild(UnsavedDialog, "unsavedDialog")
    assert "proxy.json has changes" in dialog.text()
    dialog.button(button).click()
    await source.settle()
    return closed


@pytest.mark.parametrize(
    ("button", "closes", "saves"),
    [
        (QMessageBox.StandardButton.Save, True, True),
        (QMessageBox.StandardButton.Discard, True, False),
        (QMessageBox.StandardButton.Cancel, False, False),
    ],
)
async def test_closing_asks_while_there_are_edits(open_source, folder, button, closes, saves):
    source = await open_source(folder)
    assert bool(await close_with_edits(source, button)) == closes
    assert ("Mine" in (folder / "proxy.json").read_text()) == saves


async def test_a_window_that_cannot_save_stays_open(open_source, folder):
    source = await open_source(folder)
    (folder / "proxy.json").chmod(0o444)
    source.desk.presenter.source._watcher.blockSignals(True)
    assert not await close_with_edits(source, QMessageBox.StandardButton.Save)
    assert "not saved" in source.said()
    assert "Mine" in source.text


async def test_ctrl_enter_in_the_source_saves_and_runs(open_source, folder):
    source = await open_source(folder)
    await source.change("Insightly (proxy)", "Mine")
    source.desk.window.activateWindow()
    source.editor.setFocus()
    source.desk.qtbot.keyClick(
        source.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    await source.settle()
    assert "Mine" in (folder / "proxy.json").read_text()


async def test_a_large_config_is_typed_into_without_waiting_for_its_check(open_source, folder):
    path = folder / "proxy.json"
    many = ",\n".join(f'    "unknown{number}": {{"url": "x"}}' for number in range(20_000))
    text = path.read_text().replace('"operations": {', f'"operations": {{\n{many},')
    path.write_text(text)
    source = await open_source(folder)
    assert len(source.problems) == 501
    assert source.problems[-1] == "… and 19,500 more"
    assert len(path.read_bytes()) < MAX_BYTES
