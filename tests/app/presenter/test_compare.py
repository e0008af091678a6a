"""Two runs of the history, held against each other stage by stage."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtWidgets import QLabel, QTableWidget

from app.evidence import Evidence
from app.journal import RunFinished, RunStarted
from app.presenter.compare import compare_state
from app.sandbox import seed
from connectors.contract.exchange import Exchange
from widgets.compare_runs_dialog import CompareRunsDialog

NUMBER = "+16505551234"
ADA = {"id": 7, "name": "Ada", "type": "lead"}
BEN = {"id": 8, "name": "Ben", "type": "lead"}


def a_run(*contacts, urls=("/s?phone=6505551234",), ms=10.0, formats="", **finished):
    exchanges = tuple(
        Exchange(
            id=number,
            invocation=1,
            started_ms=number,
            method="GET",
            url=f"https://crm.example{url}",
            status=200,
        )
        for number, url in enumerate(urls)
    )
    return Evidence(
        RunStarted(
            run_id=1,
            at_ms=0.0,
            operation="findContact",
            platform="crm",
            subject=NUMBER,
            input={"phoneNumber": NUMBER, "overridingFormat": formats},
        ),
        RunFinished(
            run_id=1,
            at_ms=1.0,
            answer={"successful": True, "contact": list(contacts)},
            ms=ms,
            requests=len(urls),
            **finished,
        ),
        exchanges,
    )


def shown(state):
    return [(row.stage, row.what, row.kind, row.a, row.b) for row in state.rows]


def test_identical_runs_say_so_in_one_sentence():
    state = compare_state(a_run(ADA), a_run(ADA))
    assert state.sentence.startswith("The two runs do not differ")
    assert shown(state) == [
        ("Time", "the whole run", "same", "10 ms, 1 request", "10 ms, 1 request")
    ]


def test_what_differs_stands_under_its_stage():
    b = a_run(
        ADA | {"name": "Ada King"},
        BEN,
        urls=("/s?phone=6505551234", "/s?phone=%28650%29+555-1234"),
        formats="(###) ###-####",
    )
    state = compare_state(a_run(ADA), b)
    assert shown(state)[:-1] == [
        ("What was asked", "formats", "only B", "nothing", "(###) ###-####"),
        ("Spellings", "(650) 555-1234", "only B", "nothing", "(650) 555-1234"),
        ("Requests", "GET /s", "only B", "nothing", "phone=(650) 555-1234"),
        ("Contacts", "7", "changed", "Ada (lead)", "Ada King (lead)"),
        ("Contacts", "8", "only B", "nothing", "Ben (lead)"),
    ]
    assert state.sentence == (
        "The two runs differ in: what was asked, spellings, requests and contacts."
    )


def test_messages_and_success_are_one_stage():
    told = {"returnMessage": {"message": "No", "messageType": "warning"}, "successful": False}
    state = compare_state(a_run(), Evidence(a_run().started, _finished(told)))
    assert [(row.stage, row.what, row.kind) for row in state.rows if row.stage == "Message"] == [
        ("Message", "message", "only B"),
        ("Message", "successful", "changed"),
    ]


def _finished(answer):
    return RunFinished(run_id=1, at_ms=1.0, answer={"contact": []} | answer, ms=10.0)


def test_a_noticeable_time_alone():
    state = compare_state(a_run(ADA), a_run(ADA, ms=2000.0))
    assert state.sentence == "The two runs differ in their time alone."
    assert state.rows[0].kind == "changed"


def test_each_side_says_what_it_was_and_its_verdict():
    state = compare_state(a_run(ADA), a_run(ADA, cached=True, cache_layer="account", urls=()))
    assert state.a.title == f"findContact {NUMBER}"
    assert state.a.end == "1 found: Ada"
    assert state.a.verdict.startswith("FOUND: ")
    assert state.b.end == "1 found: Ada (cached)"
    assert state.b.verdict.startswith("CACHED: ")


def test_the_text_has_all_of_it():
    state = compare_state(a_run(ADA), a_run(BEN))
    for part in (state.sentence, state.a.verdict, "Contacts\n  7 (only A)\n    A: Ada (lead)"):
        assert part in state.text
    assert state.text.endswith("\n")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_two_runs_of_the_history_open_side_by_side(open_desk, order):
    desk = await open_desk()
    person = seed.DEMO["formatted"]
    for formats in ([], ["(###) ###-####"]):
        desk.presenter.set_formats(formats)
        desk.presenter.phone.look_up(person.e164)
        await desk.idle()
    history = desk.window.run_history
    table = history._table
    for row in order:
        table.selectionModel().select(
            table.model().index(row, 0),
            table.selectionModel().SelectionFlag.Select | table.selectionModel().SelectionFlag.Rows,
        )
    history._compare.click()
    dialog = desk.child(CompareRunsDialog, "compareRunsDialog")
    assert dialog.isVisible()
    sentence = dialog.findChild(QLabel, "compareSentence").text()
    assert sentence.startswith("The two runs differ in: what was asked, spellings, requests")
    table = dialog.findChild(QTableWidget, "comparisonTable")
    shown = [table.item(row, 0).text() for row in range(table.rowCount())]
    stages = ["What was asked", "Spellings", "Requests", "Contacts"]
    assert [text for text in shown if text in stages] == stages
    dialog.accept()


async def test_a_run_that_has_not_ended_is_said(open_desk):
    desk = await open_desk()
    desk.presenter.compare.compare(998, 999)
    assert desk.window.findChild(CompareRunsDialog) is None
    assert "998" in desk.window.statusBar().currentMessage()


def test_another_version_of_the_connector_is_told():
    sides = [
        msgspec.structs.replace(a_run(ADA).started, digest=digest)
        for digest in ("a1b2c3000000", "d4e5f6000000")
    ]
    a, b = (Evidence(started, a_run(ADA).finished, a_run(ADA).exchanges) for started in sides)
    rows = shown(compare_state(a, b))
    assert ("What was asked", "connector's version", "changed", "a1b2c3", "d4e5f6") in rows
