from __future__ import annotations

import pytest

from app.journal import FindingReported, RunFinished
from app.presenter.inspector import exchange_row, outcome_of, readable, real_contacts, summary
from app.sandbox import seed
from connectors.contract.exchange import Body, Exchange
from connectors.contract.hosting import ErrorInfo

DOWN = ErrorInfo(type="CrmUnavailableError", message="No answer.")
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


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (None, ""),
        (Body(text=""), ""),
        (Body(text='{"a":"é"}', size=10), '{\n  "a": "é"\n}'),
        (Body(text="<p>", size=3), "<p>"),
        (Body(text="{oops", size=5), "{oops"),
        (
            Body(text="AAE=", size=2048, encoding="base64", mime_type="image/png"),
            "2,048 bytes of image/png, not text.",
        ),
        (Body(text="AAE=", size=2, encoding="base64"), "2 bytes of unknown type, not text."),
        (Body(text="[1", size=5000, truncated=True), "[1\n... cut here: 5,000 bytes in all."),
    ],
)
def test_a_body_for_reading(body, text):
    assert readable(body) == text


def test_a_body_nested_too_deep_is_shown_as_it_came():
    text = "[" * 100_000
    assert readable(Body(text=text, size=len(text))) == text


def test_an_exchange_without_an_answer():
    exchange = Exchange(id=2, invocation=1, started_ms=0, method="GET", url="u", error="cut")
    row = exchange_row(7, 0, exchange)
    assert (row.run_id, row.status, row.error) == (7, None, "cut")
    assert (row.response_body, row.size, row.routed_to) == ("", 0, "")


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
