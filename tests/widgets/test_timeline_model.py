"""The requests of a run in time, as a table and in words."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from widgets.timeline_model import (
    COLUMNS,
    TICK_GAP,
    TimelineBar,
    TimelineModel,
    TimelineState,
    spoken,
    ticks,
    time_text,
    tip_of,
)

SEARCH = TimelineBar(
    exchange_id=7,
    label="7  GET /contacts",
    start_ms=0.0,
    wait_ms=40.0,
    ms=52.4,
    spelling="5105550177",
    status="200 OK",
    tone="success",
    tip="GET https://crm.test/contacts",
)
DEALS = TimelineBar(
    8, "8  GET /deals", 60.0, 10.0, 20.0, status="429 Too Many", source=7, by_answer=True,
    on_chain=True, tip="GET https://crm.test/deals",
)  # fmt: skip
PRINTED = TimelineBar(0, "printed: hello", 55.0, tip="hello")


@pytest.fixture
def model():
    model = TimelineModel()
    model.show_state(TimelineState(3, "Two requests.", 100.0, (SEARCH, PRINTED, DEALS)))
    return model


def cells(model, role=Qt.ItemDataRole.DisplayRole):
    return [
        [model.index(row, column).data(role) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_it_is_a_sound_model(model, qtbot):
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_state(TimelineState(0, ""))
    assert model.rowCount() == 0


def test_a_row_for_each_request_and_each_mark(model):
    assert cells(model) == [
        ["7  GET /contacts", "5105550177", "", "52"],
        ["printed: hello", "", "", ""],
        ["8  GET /deals", "", "", "20"],
    ]
    titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(len(COLUMNS))]
    assert titles == list(COLUMNS)


def test_the_tip_tells_the_times_and_what_was_waited_for(model):
    role = Qt.ItemDataRole.ToolTipRole
    assert [model.index(row, 0).data(role) for row in range(3)] == [
        "GET https://crm.test/contacts\nBegins at 0 ms, waits 40 ms, receives 12 ms.",
        "hello",
        "GET https://crm.test/deals\nBegins at 60 ms, waits 10 ms, receives 10 ms.\n"
        "Uses the answer to request 7.",
    ]
    after = tip_of(TimelineBar(9, "9", 1.0, source=8, tip="GET x"))
    assert after.splitlines()[-1] == "Came right after request 8."


def test_a_request_is_found_by_its_id_and_a_mark_has_none(model):
    assert (model.row_of(8), model.row_of(0), model.row_of(99)) == (2, None, None)


def test_a_run_without_a_number_has_no_spellings(model):
    assert model.spelled
    model.show_state(TimelineState(3, "", 1.0, (DEALS,)))
    assert not model.spelled


def test_every_row_is_told_in_words(model):
    assert cells(model, Qt.ItemDataRole.AccessibleTextRole)[0][0] == (
        "7  GET /contacts, for 5105550177, 200 OK, begins at 0 ms, takes 52 ms"
    )
    assert spoken(PRINTED) == "printed: hello, at 55 ms"
    assert spoken(DEALS) == (
        "8  GET /deals, 429 Too Many, begins at 60 ms, takes 20 ms, "
        "uses the answer to request 7, on the longest chain"
    )
    after = TimelineBar(9, "9  GET /x", 90.0, source=8)
    assert "came after request 8" in spoken(after)


@pytest.mark.parametrize("total", [0.3, 1, 7, 52, 228, 999, 12_345, 3_600_000])
@pytest.mark.parametrize("width", [90, 300, 2000])
def test_the_axis_has_round_times_with_room_between(total, width):
    found = ticks(total, width)
    assert found[0] == 0
    assert found[-1] <= total
    gaps = {round(b - a, 9) for a, b in pairwise(found)}
    assert all(gap / total * width >= TICK_GAP * 0.99 for gap in gaps)
    assert all(f"{gap:.0e}"[0] in "125" for gap in gaps)
    assert len(found) <= width // TICK_GAP + 1


def test_an_axis_without_time_or_room_begins_at_nothing():
    assert ticks(0, 500) == ticks(100, 0) == (0.0,)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0 ms"),
        (0.25, "0.2 ms"),
        (5, "5 ms"),
        (52.4, "52 ms"),
        (1500, "1.5 s"),
        (61_000, "61 s"),
    ],
)
def test_times_are_short(ms, text):
    assert time_text(ms) == text
