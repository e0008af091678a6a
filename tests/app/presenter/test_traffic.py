"""Copy, export and import, worked in the real window on the real sandbox."""

import json
import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QTableView,
)

from app.journal import ExchangeCaptured, RunFinished, RunStarted
from app.presenter.inspector import WHOLE_BY
from app.presenter.learn import phones_seen
from app.presenter.traffic import NO_RUNS, NONE_CHOSEN
from app.sandbox import seed
from app.sandbox.accounts import BULLHORN_SESSION, INSIGHTLY_API_KEY
from connectors.contract.exchange import Body, Exchange
from tests.app.traffic.hars import SECRETS, browser_entry, browser_har
from tests.connectors.contract.har_spec import problems
from widgets.raw_view import MAX_CHARACTERS


@pytest.fixture
def looked_up(open_desk):
    async def looked_up(connection="sandbox-insightly"):
        desk = await open_desk(connection)
        await desk.presenter.phone.match(seed.DEMO["plain"].e164, force_refresh=True)
        await desk.idle()
        return desk

    return looked_up


def clipboard():
    return QGuiApplication.clipboard().text()


def note(desk):
    return desk.window.statusBar().currentMessage()


def banner(desk):
    return desk.child(QFrame, "errorBanner").findChild(QLabel).text()


def chosen(desk):
    return desk.presenter.journal.exchange(*desk.window.network.chosen_exchange())


def trigger(desk, key, tab="networkTable"):
    desk.child(QTableView, tab).findChild(QAction, f"{key}Action").trigger()


async def test_a_request_is_copied_for_curl_without_its_secrets(looked_up):
    desk = await looked_up()
    trigger(desk, "curl")
    assert clipboard().startswith("# Set AUTHORIZATION first: secrets are not kept.\n")
    assert chosen(desk).routed_to in clipboard()
    assert INSIGHTLY_API_KEY not in clipboard()
    assert note(desk) == "Copied as cURL. Set AUTHORIZATION before you run it."


async def test_the_key_copies_the_chosen_request_of_the_tab_in_front(qtbot, looked_up):
    desk = await looked_up()
    desk.window.show_tab("Timeline")
    await desk.idle()
    rows = desk.child(QTableView, "timelineTable")
    rows.setCurrentIndex(rows.model().index(2, 0))
    desk.window.copy_curl_requested.emit()
    run, exchange = desk.window.timeline.chosen_exchange()
    assert desk.presenter.journal.exchange(run, exchange).routed_to in clipboard()
    assert exchange != desk.window.network.chosen_exchange()[1]


async def test_without_a_request_the_key_says_what_to_do(open_desk):
    desk = await open_desk()
    desk.window.copy_curl_requested.emit()
    assert note(desk) == NONE_CHOSEN


async def test_secrets_are_copied_only_after_a_yes(qtbot, looked_up):
    desk = await looked_up()
    QGuiApplication.clipboard().setText("before")
    trigger(desk, "curlWithSecrets")
    question = desk.child(QMessageBox, "copySecretsQuestion")
    assert question.text() == "Copy with the secrets of Insightly sandbox: Authorization?"
    assert clipboard() == "before"
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert clipboard() == "before"
    trigger(desk, "curlWithSecrets")
    questions = [each for each in desk.window.findChildren(QMessageBox) if each.isVisible()]
    qtbot.mouseClick(
        questions[-1].findChild(QPushButton, "copySecretsButton"), Qt.MouseButton.LeftButton
    )
    assert clipboard().startswith("# Holds secrets: share it with nobody.\n")
    assert re.search(r"--header 'Authorization: Basic [\w+/]+=*'", clipboard())
    assert "REDACTED" not in clipboard()
    hint = QGuiApplication.clipboard().mimeData().data("x-kde-passwordManagerHint")
    assert bytes(hint) == b"secret"
    desk.presenter.traffic.close()
    assert clipboard() == ""
    QGuiApplication.clipboard().setText("of somebody else")
    desk.presenter.traffic.close()
    assert clipboard() == "of somebody else"


async def test_a_session_is_filled_in_by_its_name(qtbot, looked_up):
    desk = await looked_up("sandbox-bullhorn")
    trigger(desk, "curlWithSecrets")
    button = desk.child(QMessageBox, "copySecretsQuestion").findChild(
        QPushButton, "copySecretsButton"
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert f"bhresttoken: {BULLHORN_SESSION}".lower() in clipboard().lower()


async def test_a_request_of_another_connection_gets_no_secrets(looked_up):
    desk = await looked_up()
    desk.presenter.connect_to("sandbox-bullhorn")
    await desk.idle()
    QGuiApplication.clipboard().setText("before")
    trigger(desk, "curlWithSecrets")
    assert desk.window.findChild(QMessageBox, "copySecretsQuestion") is None
    assert "not made by the connection in use" in note(desk)
    assert clipboard() == "before"


async def test_url_answer_and_har_entry(looked_up):
    desk = await looked_up()
    trigger(desk, "url")
    assert clipboard() == chosen(desk).url
    trigger(desk, "answer")
    assert json.loads(clipboard()) == json.loads(chosen(desk).response_body.text)
    trigger(desk, "harEntry")
    entry = json.loads(clipboard())
    log = {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [entry]}
    assert problems({"log": log}) == []


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({}, "answer", "This request has no answer to copy."),
        (
            {"response_body": Body(text="/wA=", encoding="base64", size=2)},
            "answer",
            "The answer is 2 bytes that are no text: Copy as HAR entry has them.",
        ),
        (
            {"response_body": Body(text="ab", size=900, truncated=True)},
            "answer",
            "Copied the answer. Only its beginning: it had 900 bytes.",
        ),
        ({"url": "data:,x"}, "curl", "curl repeats http and https only; this is data:,x."),
        ({"url": "data:,x"}, "curlWithSecrets", "curl repeats http and https only; this is data:"),
        ({}, "curlWithSecrets", "No secret of this request is known by its name."),
    ],
)
async def test_what_cannot_be_copied_is_said(open_desk, changes, key, said):
    desk = await open_desk()
    journal = desk.presenter.journal
    journal.append(
        RunStarted(run_id=5, at_ms=0, operation="findContact", platform="insightly", subject="")
    )
    given = {"id": 9, "invocation": 1, "started_ms": 0.0, "method": "GET", "url": "http://c.test"}
    exchange = Exchange(**(given | changes))
    journal.append(ExchangeCaptured(run_id=5, at_ms=0, exchange=exchange))
    desk.presenter.traffic.act(key, 5, 9)
    assert note(desk).startswith(said)
    desk.presenter.traffic.act(key, 5, 10)
    assert note(desk) == (
        "This request is not in the journal any more: run it again to see it anew."
    )


async def test_the_chosen_runs_are_exported_else_all(looked_up, tmp_path):
    desk = await looked_up()
    await desk.presenter.bench.search("Keller")
    await desk.idle()
    desk.window.export_har_requested.emit()
    dialog = desk.child(QFileDialog, "exportHarDialog")
    assert dialog.windowTitle() == "Export HAR: 2 runs"
    dialog.fileSelected.emit(str(tmp_path / "all.har"))
    dialog.close()
    await desk.idle()
    har = json.loads((tmp_path / "all.har").read_bytes())
    assert problems(har) == []
    titles = [page["title"] for page in har["log"]["pages"]]
    assert titles == [
        f"findContact {seed.DEMO['plain'].e164}",
        "findContactWithName Keller",
    ]
    assert INSIGHTLY_API_KEY not in (tmp_path / "all.har").read_text()
    assert "written to all.har. Secrets are not in it; names and numbers are." in note(desk)
    desk.child(QTableView, "runHistory").selectRow(0)
    assert desk.presenter.traffic.runs_to_export() == [2]


async def test_with_no_run_there_is_nothing_to_export(open_desk):
    desk = await open_desk()
    desk.window.export_har_requested.emit()
    assert note(desk) == NO_RUNS


async def test_a_folder_that_takes_no_file_is_said(looked_up, tmp_path):
    desk = await looked_up()
    desk.presenter.traffic.export_runs(tmp_path / "missing" / "a.har", [1])
    await desk.idle()
    assert banner(desk).endswith("No such file or directory. Choose another folder.")


async def test_a_browsers_file_is_imported_and_its_requests_are_seen(open_desk, tmp_path):
    desk = await open_desk()
    path = tmp_path / "browser.har"
    path.write_bytes(browser_har(3))
    desk.window.import_har_requested.emit()
    desk.child(QFileDialog, "importHarDialog").fileSelected.emit(str(path))
    desk.child(QFileDialog, "importHarDialog").close()
    await desk.idle()
    assert note(desk) == "3 requests of browser.har read as 1 run."
    assert desk.window.run_history.selected_run() == 1
    assert not desk.child(QFrame, "errorBanner").isVisible()
    history = desk.child(QTableView, "runHistory")
    shown = [history.model().index(0, column).data() for column in range(2, 6)]
    assert shown == [
        "har",
        "browser.har: https://app.test/",
        "3 requests, recorded by WebInspector 537.36",
        "3",
    ]
    requests = desk.child(QTableView, "networkTable").model()
    assert "phoneNumber=%2B14155550000" in requests.index(0, 1).data()
    trigger(desk, "curl")
    assert not [secret for secret in SECRETS if secret in clipboard()]
    trigger(desk, "curlWithSecrets")
    assert desk.window.findChild(QMessageBox, "copySecretsQuestion") is None


@pytest.fixture
def large_answer(open_desk, tmp_path):
    """Return a coroutine function that imports a file with an answer of 3 MB."""

    async def large_answer():
        entry = browser_entry(1)
        people = [{"id": n, "name": f"Zoë {n}", "phone": f"415555{n:04}"} for n in range(60_000)]
        text = json.dumps(people, ensure_ascii=False)
        entry["response"]["content"] = {"mimeType": "application/json", "text": text}
        path = tmp_path / "large.har"
        path.write_bytes(browser_har(entries=[entry]))
        desk = await open_desk()
        desk.presenter.traffic.import_file(str(path))
        await desk.idle()
        return desk, text

    return large_answer


async def test_a_large_answer_is_shown_by_its_beginning_with_how_to_get_it_all(large_answer):
    desk, text = await large_answer()
    shown = desk.child(QPlainTextEdit, "exchangeResponse").toPlainText()
    assert text[:90_000] in shown
    assert len(shown) < MAX_CHARACTERS
    assert shown.endswith(f"bytes in all. {WHOLE_BY['response']}")


async def test_a_large_answer_is_copied_whole(large_answer):
    desk, text = await large_answer()
    trigger(desk, "answer")
    await desk.idle()
    assert clipboard() == text
    assert note(desk) == "Copied the answer."
    trigger(desk, "harEntry")
    await desk.idle()
    entry = json.loads(clipboard())
    assert entry["response"]["content"]["text"] == text
    log = {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [entry]}
    assert problems({"log": log}) == []
    assert clipboard().startswith('{\n  "startedDateTime"')


async def test_a_filter_looks_through_a_large_answer_to_its_end(large_answer):
    desk, _text = await large_answer()
    model = desk.child(QTableView, "networkTable").model()
    for wanted, count in (("zoë 59999", 1), ("zoë 60000", 0)):
        desk.child(QLineEdit, "networkFilter").setText(f'body:"{wanted}"')
        words = "1 request" if count else "0 of 1 request"
        label = desk.child(QLabel, "networkNote")
        await desk.until(lambda label=label, words=words: label.text() == words)
        assert model.rowCount() == count


async def test_formats_are_learnt_from_a_large_answer_too(large_answer):
    desk, _text = await large_answer()
    assert sum(1 for _phone in phones_seen(desk.presenter.journal)) == 60_000


async def test_an_imported_run_is_not_run_again(open_desk, tmp_path):
    desk = await open_desk()
    path = tmp_path / "browser.har"
    path.write_bytes(browser_har(1))
    desk.presenter.traffic.import_file(str(path))
    await desk.idle()
    desk.window.run_history.rerun_requested.emit(1)
    assert note(desk) == "A run out of a file cannot be run again: nothing made it here."


async def test_a_file_that_is_not_right_stays_in_the_banner(open_desk, tmp_path):
    desk = await open_desk()
    path = tmp_path / "cut.har"
    path.write_bytes(browser_har(3)[:-900])
    desk.presenter.traffic.import_file(str(path))
    await desk.idle()
    assert banner(desk) == "cut.har is cut off; up to the cut 2 requests could be read."


async def test_one_file_at_a_time_and_cancel_ends_it(open_desk, tmp_path):
    desk = await open_desk()
    path = tmp_path / "large.har"
    path.write_bytes(browser_har(3000))
    desk.presenter.traffic.import_file(str(path))
    desk.presenter.traffic.import_file(str(path))
    assert note(desk).startswith("A file is being read already")
    await desk.until(lambda: desk.presenter.journal.run_ids)
    desk.window.cancel_requested.emit()
    await desk.idle()
    (finished,) = [
        event for event in desk.presenter.journal.events() if isinstance(event, RunFinished)
    ]
    assert finished.cancelled
