from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QTableView

from app.journal import ExchangeCaptured, FindingReported, Journal, RunFinished
from app.presenter.inspector import (
    exchange_detail,
    exchange_row,
    outcome_of,
    real_contacts,
    summary,
)
from app.sandbox import seed
from connectors.contract.exchange import Body, Exchange
from connectors.contract.hosting import ErrorInfo

DOWN = ErrorInfo(type="CrmUnavailableError", message="No answer.")
THROWN = ErrorInfo(
    type="TypeError", message="no row", stack="TypeError: no row\n    at find (src/a.js:6:2)"
)
NEW = {"id": "createNewContact", "name": "Create new contact...", "isNewContact": True}


def people(*names):
    return {"contact": [*({"id": index, "name": n} for index, n in enumerate(names)), NEW]}


def finished(answer=None, **more):
    values = {
        "run_id": 1,
        "at_ms": 0.0,
        "answer": answer or {},
        "returned": None,
        "error": None,
        "unknown": False,
        "cancelled": False,
        "cached": False,
        "requests": 0,
        "ms": 1.0,
    }
    return RunFinished(**(values | more))


@pytest.mark.parametrize(
    ("run", "outcome", "said"),
    [
        (finished(people("Anna")), "found", "1 found: Anna"),
        (finished(people(*"ABCDE")), "found", "5 found: A, B, C and 2 more"),
        (finished(people()), "none", "no match"),
        (finished({"contact": []}), "none", "no match"),
        (finished({"contact": {"id": 7, "name": "Anna"}}), "done", "Anna - 7"),
        (finished({"logId": 5}), "done", "log 5"),
        (finished({"returnMessage": {"message": "Saved"}}), "done", "Saved"),
        (
            finished({"successful": False, "returnMessage": {"message": "No"}}),
            "none",
            "No",
        ),
        (finished(), "done", "done"),
        (finished(cancelled=True), "cancelled", "cancelled"),
        (finished(error=DOWN), "failed", "No answer."),
        (finished(error=THROWN), "failed", "no row (at src/a.js:6)"),
        (
            finished(error=DOWN, unknown=True),
            "failed",
            "not known whether it was done: No answer.",
        ),
    ],
)
def test_the_end_of_a_run_in_a_word_and_in_a_line(run, outcome, said):
    assert outcome_of(run) == outcome
    assert summary(run) == said


def test_a_run_without_an_end_is_running():
    assert outcome_of(None) == "running"


@pytest.mark.parametrize("contact", [None, "text", 5, {"id": 1}, [None, "x", 5, NEW]])
def test_whatever_a_connector_calls_contacts_is_read_without_harm(contact):
    assert real_contacts(finished({"contact": contact})) == []


def test_an_exchange_as_a_row_and_in_full():
    exchange = Exchange(
        id=2,
        invocation=1,
        started_ms=0,
        method="POST",
        url="https://crm.example/a",
        routed_to="http://127.0.0.1:4000/a",
        headers=(("Accept", "*/*"),),
        body=Body(text="a=1", size=3),
        status=200,
        reason="OK",
        response_headers=(("Retry-After", "3"),),
        response_body=Body(text='{"a":1}', size=7),
        ms=12.5,
    )
    row = exchange_row(7, 0, exchange)
    assert (row.run_id, row.exchange_id, row.status, row.size, row.ms) == (7, 2, 200, 7, 12.5)
    detail = exchange_detail(7, exchange)
    assert (detail.run_id, detail.exchange_id) == (7, 2)
    assert (detail.request_body, detail.response_body) == ("a=1", '{\n  "a": 1\n}')
    assert detail.routed_to == "http://127.0.0.1:4000/a"


def test_an_exchange_without_an_answer():
    exchange = Exchange(id=2, invocation=1, started_ms=0, method="GET", url="u", error="cut")
    row = exchange_row(7, 0, exchange)
    assert (row.run_id, row.status, row.size, row.error) == (7, None, 0, "cut")
    detail = exchange_detail(7, exchange)
    assert (detail.status, detail.response_body, detail.routed_to) == (None, "", "")


async def test_the_chosen_request_is_read_back_from_the_journal(open_desk):
    desk = await open_desk()
    desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
    await desk.idle()
    answer = desk.child(QPlainTextEdit, "exchangeResponse").toPlainText()
    assert answer.startswith("200 OK")
    assert '"FIRST_NAME": "Anna"' in answer


async def test_a_filter_looks_through_the_bodies_in_the_journal(open_desk):
    desk = await open_desk()
    desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
    await desk.idle()
    model = desk.child(QTableView, "networkTable").model()
    every = model.rowCount()
    desk.child(QLineEdit, "networkFilter").setText('body:"last_name": header:content-type=json')
    await desk.until(lambda: 0 < model.rowCount() < every)
    shown = [model.index(row, 1).data() for row in range(model.rowCount())]
    assert any("/contacts/search" in url for url in shown)


async def test_after_a_clear_the_filter_looks_through_what_comes_then(open_desk):
    desk = await open_desk()
    desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
    await desk.idle()
    desk.qtbot.mouseClick(desk.child(QPushButton, "clearNetworkButton"), Qt.MouseButton.LeftButton)
    await desk.presenter.phone.match(seed.DEMO["plain"].e164, force_refresh=True)
    await desk.idle()
    model = desk.child(QTableView, "networkTable").model()
    journal = desk.presenter.journal
    rows = map(model.row, range(model.rowCount()))
    wanted = [
        row.exchange_id
        for row in rows
        if '"FIRST_NAME"' in journal.exchange(row.run_id, row.exchange_id).response_body.text
    ]
    desk.child(QLineEdit, "networkFilter").setText("body:first_name")
    await desk.until(lambda: model.rowCount() == len(wanted))
    assert [model.row(at).exchange_id for at in range(model.rowCount())] == wanted


async def test_another_journal_takes_the_place_of_the_first(open_desk):
    desk = await open_desk()
    desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
    await desk.idle()
    model = desk.child(QTableView, "networkTable").model()
    assert model.rowCount()
    other = Journal()
    desk.presenter.inspector.follow(other)
    assert model.rowCount() == 0
    exchange = Exchange(
        id=2, invocation=1, started_ms=0, method="GET", url="u", body=Body(text="Keller", size=6)
    )
    other.append(ExchangeCaptured(run_id=1, at_ms=0.0, exchange=exchange))
    desk.presenter.inspector.flush()
    desk.child(QLineEdit, "networkFilter").setText("body:keller")
    assert model.rowCount() == 1
    other.close()


async def test_rows_are_drawn_in_batches(open_desk, monkeypatch):
    desk = await open_desk()
    await desk.idle()
    batches = []
    monkeypatch.setattr(desk.window.console, "append_rows", batches.append)
    inspector = desk.presenter.inspector
    for index in range(50):
        inspector._on_event(
            FindingReported(run_id=1, at_ms=0.0, code="C", message=f"finding {index}")
        )
    assert batches == []
    inspector.flush()
    assert [len(batch) for batch in batches] == [50]
    inspector.flush()
    assert len(batches) == 1


async def test_a_lookup_shows_in_console_and_history(open_desk):
    desk = await open_desk()
    desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
    await desk.idle()
    assert "findContact" in desk.window.console.text()
    assert "1 found: Anna Keller" in desk.window.console.text()
    started = desk.presenter.inspector.started(0)
    assert (started.operation, started.subject) == ("findContact", seed.DEMO["plain"].e164)
    assert desk.presenter.inspector.started(999) is None


async def test_after_close_nothing_is_followed(open_desk):
    desk = await open_desk()
    inspector = desk.presenter.inspector
    inspector.close()
    before = desk.presenter.inspector.started(0)
    desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
    await desk.idle()
    assert inspector.started(0) is before


async def test_the_last_lookup_of_a_connection_is_known(open_desk):
    desk = await open_desk()
    bench, inspector = desk.presenter.bench, desk.presenter.inspector
    assert inspector.last_lookup(bench.connection.id) is None
    await bench.find(seed.DEMO["plain"].e164)
    await bench.search("Keller")
    await bench.read_contact(1)
    assert inspector.last_lookup(bench.connection.id).subject == "Keller"
    assert inspector.last_lookup("another") is None
