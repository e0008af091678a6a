"""The Timeline tab: what a run looks like in time, and the real window after real lookups."""

import dataclasses
import time

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView, QTabWidget

from app.journal import ServerTraced
from app.presenter import timeline
from app.presenter.timeline import MOST_MARKS, timeline_state
from app.sandbox import seed
from connectors.contract.hosting import TraceStep
from tests.app.checks.conftest import runs

__all__ = ["runs"]


def of(runs, *exchanges, **more):
    return timeline_state(runs.lookup(exchanges=exchanges, at=990.0, **more))


def test_bars_stand_on_the_time_of_the_run(runs):
    state = of(
        runs,
        runs.exchange(1, "/s?phone=6505551234", wait_ms=40.0, answer=[{"id": 71}]),
        runs.exchange(2, "/deals?contact=71", at=60, status=429, reason="Slow down"),
        ms=200.0,
    )
    search, deals = state.bars
    assert (state.total_ms, search.start_ms, search.wait_ms, search.ms) == (200, 10, 40, 50)
    assert (search.label, search.spelling) == ("1  GET /s", "6505551234")
    assert (deals.source, deals.by_answer, deals.on_chain) == (1, True, True)
    assert (deals.tone, deals.trouble, search.trouble) == ("danger", "429", "")
    assert deals.tip == "GET https://crm.example/deals?contact=71\n429 Slow down"
    assert state.sentence == (
        "2 requests in 200 ms, 100 ms of it in the longest chain, 2 requests one after another: "
        "1 → 2."
    )


def test_one_slow_request_is_named(runs):
    state = of(runs, runs.exchange(4, "/a", ms=20), runs.exchange(5, "/b", ms=1500))
    assert state.sentence.endswith("1.5 s of it in request 5.")
    assert [bar.on_chain for bar in state.bars] == [False, True]


def test_a_long_chain_is_shortened(runs):
    chain = [runs.exchange(at, f"/s/{at}", at=at * 60) for at in range(1, 13)]
    assert (
        "12 requests one after another: 1 → 2 → 3 → … → 10 → 11 → 12" in of(runs, *chain).sentence
    )


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://crm.test/a/b?c=/d#e", "/a/b"),
        ("HTTPS://user@crm.test:1?x=/y", "user@crm.test:1"),
        ("https://crm.test", "crm.test"),
        ("data:,x", ",x"),
        ("/only/a/path", "/only/a/path"),
        ("http://[", "["),
        ("?", "?"),
        ("", ""),
    ],
)
def test_a_bar_is_called_by_its_path(runs, url, path):
    (bar,) = of(runs, msgspec.structs.replace(runs.exchange(1, "/"), url=url)).bars
    assert bar.label == f"1  GET {path}"


def test_where_no_number_was_asked_for_no_spelling_of_one_is_looked_for(runs, monkeypatch):
    asked = []
    monkeypatch.setattr(timeline, "searches_of", lambda *given: asked.append(given) or ())
    state = of(runs, runs.exchange(1, "/s?phone=6505551234"), given={})
    assert [bar.spelling for bar in state.bars] == [""]
    assert asked == []
    of(runs, runs.exchange(1, "/s?phone=6505551234"))
    assert len(asked) == 1


def test_a_failed_request_is_said_to_have_failed(runs):
    (bar,) = of(runs, runs.exchange(1, "/a", status=None, error="ReadTimeout: slow")).bars
    assert (bar.status, bar.tone) == ("failed", "danger")
    assert "ReadTimeout: slow" in bar.tip


def test_no_request_is_a_sentence(runs):
    assert of(runs, ms=3.0).sentence == "No request was sent in the 3 ms of this run."
    cached = of(runs, cached=True)
    assert cached.sentence == "No request was sent: the answer came from the account's cache."


def test_printed_lines_are_marks_and_many_are_left_to_the_console(runs):
    printed = ["before\nmore", "  ", *["x"] * 100]
    state = of(runs, runs.exchange(1, "/a"), printed=printed)
    marks = [bar for bar in state.bars if not bar.exchange_id]
    assert (marks[0].label, marks[0].tip) == ("printed: before", "before\nmore")
    assert len(marks) <= MOST_MARKS


def test_what_a_server_noted_stands_at_its_time(runs):
    steps = [
        ServerTraced(run_id=1, at_ms=1000.0 + at, step=TraceStep(name=name, elapsed_ms=at, data=at))
        for at, name in enumerate(["findContact:start", *["more"] * 50])
    ]
    evidence = runs.lookup(exchanges=[runs.exchange(1, "/contact")], at=990.0)
    state = timeline_state(dataclasses.replace(evidence, traced=tuple(steps)))
    marks = [bar for bar in state.bars if not bar.exchange_id]
    assert [(bar.label, bar.start_ms) for bar in marks[:2]] == [
        ("server: findContact:start", 10.0),
        ("server: more", 11.0),
    ]
    assert "by the server's clock" in marks[0].tip
    assert len(marks) == MOST_MARKS


@pytest.mark.parametrize("count", [1, 2000])
def test_any_number_of_requests(runs, count):
    state = of(runs, *(runs.exchange(n, f"/s/{n}", at=n * 51) for n in range(1, count + 1)))
    assert len(state.bars) == count


def test_forty_requests_take_a_moment(runs):
    answer = [{"id": n, "name": f"Person {n}", "phone": f"65055512{n:02}"} for n in range(20)]
    exchanges = [
        runs.exchange(n, f"/s?phone=6505551234&field={n}", at=n // 4 * 60, answer=answer)
        for n in range(40)
    ]
    evidence = runs.lookup(exchanges=exchanges)
    timeline_state(evidence)
    began = time.perf_counter()
    timeline_state(evidence)
    spent = time.perf_counter() - began
    began = time.perf_counter()
    runs.rules(evidence)
    assert spent < 3 * (time.perf_counter() - began) + 0.02


async def test_a_lookup_is_drawn_when_the_tab_is_seen(open_desk):
    desk = await open_desk()
    await desk.presenter.phone.match(seed.DEMO["plain"].e164)
    await desk.idle()
    rows = desk.child(QTableView, "timelineTable")
    assert rows.model().rowCount() == 0
    desk.window.show_tab("Timeline")
    await desk.idle()
    assert rows.model().rowCount() >= 4
    assert "requests in" in desk.child(QLabel, "timelineSentence").text()
    await desk.presenter.phone.match(seed.DEMO["nobody"].e164)
    before = desk.child(QLabel, "timelineSentence").text()
    await desk.until(lambda: desk.child(QLabel, "timelineSentence").text() != before)


async def test_a_bar_opens_its_request(open_desk):
    desk = await open_desk()
    await desk.presenter.phone.match(seed.DEMO["plain"].e164)
    await desk.idle()
    desk.window.show_tab("Timeline")
    await desk.idle()
    rows = desk.child(QTableView, "timelineTable")
    rows.clicked.emit(rows.model().index(2, 0))
    tabs = desk.child(QTabWidget, "inspectorTabs")
    assert tabs.tabText(tabs.currentIndex()) == "Network"
    (chosen,) = desk.child(QTableView, "networkTable").selectionModel().selectedRows(1)
    assert "/leads/search" in chosen.data(Qt.ItemDataRole.DisplayRole)
