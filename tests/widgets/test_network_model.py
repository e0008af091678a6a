"""Exchanges as a Qt table."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor

from tests.widgets.texts import Texts
from widgets import network_model, theme
from widgets.inspector_state import ExchangeRow
from widgets.network_filter import NetworkFilter, parse_filter
from widgets.network_model import COLUMNS, NetworkModel, size_text, status_text

ALL = NetworkFilter()
URL, STATUS, MS, SIZE = (COLUMNS.index(name) for name in ("URL", "Status", "ms", "Size"))


def exchange(number=1, run_id=1, **changed):
    values = {
        "run_id": run_id,
        "exchange_id": number,
        "method": "GET",
        "url": f"https://crm.example/contacts/{number}",
        "status": 200,
        "reason": "OK",
        "ms": 41.6,
        "time_text": "14:02:01",
        "size": 10,
    }
    return ExchangeRow(**values | changed)


@pytest.fixture
def model(qtmodeltester):
    model = NetworkModel()
    qtmodeltester.check(model)
    yield model
    qtmodeltester.check(model)


def shown(model):
    return [model.row(place).exchange_id for place in range(model.rowCount())]


def cell(model, row, column, role=Qt.ItemDataRole.DisplayRole):
    return model.data(model.index(row, column), role)


def test_a_row_in_words(model):
    model.append_rows([exchange(size=2048)])
    texts = [cell(model, 0, column) for column in range(len(COLUMNS))]
    assert texts == ["GET", "https://crm.example/contacts/1", "200 OK", "42", "2.0 kB", "14:02:01"]


def test_headings(model):
    titles = [
        model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())
    ]
    assert tuple(titles) == COLUMNS


def test_rows_are_added_at_the_end_without_a_reset(qtbot, model):
    model.append_rows([exchange(1)])
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.rowsInserted) as told:
        model.append_rows([exchange(2), exchange(3)])
    assert told.args[1:] == [1, 2]
    assert shown(model) == [1, 2, 3]


def test_a_row_that_does_not_fit_is_kept_but_not_announced(qtbot, model):
    model.filter(2, ALL)
    with qtbot.assertNotEmitted(model.rowsInserted):
        model.append_rows([exchange(1, run_id=1)])
    model.append_rows([exchange(2, run_id=2)])
    assert shown(model) == [2]
    model.filter(None, ALL)
    assert shown(model) == [1, 2]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("POST", [2]),
        ("contacts/1", [1]),
        ("not found", [3]),
        ("404", [3]),
        ("status:error", [3, 4]),
        ("failed", [4]),
        ("body:keller", [1]),
        ("body:keller | header:retry", [1, 3]),
        ("-body:keller", [2, 3, 4]),
        ("nothing like it", []),
        ("", [1, 2, 3, 4]),
    ],
)
def test_what_a_filter_shows(qtbot, model, wanted, found):
    texts = {0: ((), ("", '{"name": "Anna Keller"}')), 2: ((("Retry-After", "3"),), ())}
    model.use_text_source(Texts(texts))
    model.append_rows(
        [
            exchange(1),
            exchange(2, method="POST"),
            exchange(3, status=404, reason="Not Found"),
            exchange(4, status=None, reason="", error="timed out"),
        ]
    )
    model.filter(None, parse_filter(wanted))
    assert shown(model) == found


def test_bodies_are_not_looked_for_without_a_source(model):
    model.append_rows([exchange()])
    model.filter(None, parse_filter("body:x"))
    assert shown(model) == []


def test_run_and_filter_must_both_fit(model):
    model.append_rows([exchange(1, 1, method="PUT"), exchange(2, 2, method="PUT"), exchange(3, 2)])
    model.filter(2, parse_filter("put"))
    assert shown(model) == [2]


@pytest.fixture
def in_slices(model, monkeypatch):
    """A model that holds one exchange against its filter in each turn of the event loop."""
    monkeypatch.setattr(network_model, "SLICE_S", 0.0)
    monkeypatch.setattr(network_model, "ROWS_PER_LOOK", 1)
    monkeypatch.setattr(network_model, "TELL_S", 0.0)
    return model


def all_held(model):
    return lambda done, total: done == total


def test_a_long_filter_shows_its_first_hits_at_once_and_tells_how_far_it_is(qtbot, in_slices):
    model = in_slices
    with qtbot.waitSignal(model.filtered, check_params_cb=all_held(model)):
        model.append_rows([exchange(number) for number in range(5)])
    told = []
    model.filtered.connect(lambda *progress: told.append((*progress, model.rowCount())))
    with qtbot.waitSignal(model.filtered, check_params_cb=all_held(model)):
        model.filter(None, parse_filter("-url:/3"))
        assert shown(model) == [0]
    assert told == [(1, 5, 1), (2, 5, 2), (3, 5, 3), (4, 5, 3), (5, 5, 4)]
    assert shown(model) == [0, 1, 2, 4]


def test_a_search_does_not_tell_each_slice(qtbot, in_slices, monkeypatch):
    monkeypatch.setattr(network_model, "TELL_S", 3600.0)
    model = in_slices
    told = []
    model.filtered.connect(lambda *progress: told.append(progress))
    model.append_rows([exchange(number) for number in range(5)])
    model.filter(None, parse_filter("get"))
    qtbot.waitUntil(lambda: model.rowCount() == 5)
    assert told == [(1, 5), (1, 5), (5, 5)]


def test_a_new_filter_supersedes_the_one_under_way(qtbot, in_slices):
    model = in_slices
    model.append_rows([exchange(number) for number in range(6)])
    model.filter(None, parse_filter("url:/1"))
    with qtbot.waitSignal(model.filtered, check_params_cb=all_held(model)):
        model.filter(None, parse_filter("url:/5"))
    assert shown(model) == [5]


def test_exchanges_that_come_while_a_filter_is_under_way_are_held_against_it_too(qtbot, in_slices):
    model = in_slices
    model.append_rows([exchange(number) for number in range(3)])
    with qtbot.waitSignal(model.filtered, check_params_cb=all_held(model)):
        model.filter(None, parse_filter("get"))
        model.append_rows([exchange(3), exchange(4, method="PUT")])
    assert shown(model) == [0, 1, 2, 3]


def test_what_is_found_later_is_shown_at_once_when_nothing_was_before(
    qtbot, in_slices, monkeypatch
):
    monkeypatch.setattr(network_model, "TELL_S", 3600.0)
    model = in_slices
    model.append_rows([exchange(number) for number in range(6)])
    qtbot.waitUntil(lambda: model.rowCount() == 6)
    told = []
    model.filtered.connect(lambda *progress: told.append((*progress, model.rowCount())))
    model.filter(None, parse_filter("url:/2 | url:/3 | url:/5"))
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    assert told == [(1, 6, 0), (3, 6, 1), (6, 6, 3)]


def test_what_is_found_but_not_yet_shown_is_not_decided(in_slices, monkeypatch):
    monkeypatch.setattr(network_model, "TELL_S", 3600.0)
    model = in_slices
    model.append_rows([exchange(number) for number in range(6)])
    model._go_on()
    model._go_on()
    assert model._next == 3
    assert [model.is_decided(place) for place in range(3)] == [True, False, False]
    model.clear()


def test_a_search_through_one_exchange_may_take_several_slices(qtbot, in_slices):
    model = in_slices
    model.use_text_source(Texts({1: ((), ("Keller",))}))
    model.append_rows([exchange(number) for number in range(2)])
    with qtbot.waitSignal(model.filtered, check_params_cb=all_held(model)):
        model.filter(None, parse_filter("body:keller | header:x | body:y"))
        assert model._next == 0
    assert shown(model) == [1]


def test_clear_tells_who_has_the_texts(model):
    texts = Texts({})
    model.use_text_source(texts)
    model.append_rows([exchange(number) for number in range(3)])
    model.clear()
    assert texts.forgotten == [3]


def test_clear_ends_the_filter_under_way(qtbot, in_slices):
    model = in_slices
    model.append_rows([exchange(number) for number in range(3)])
    with qtbot.waitSignal(model.filtered) as told:
        model.clear()
    assert told.args == [0, 0]
    model.append_rows([exchange(7)])
    assert shown(model) == [7]


def test_an_exchange_keeps_its_place_whatever_is_shown(model):
    model.append_rows([exchange(1, 1), exchange(1, 2), exchange(2, 2)])
    place = model.find(2, 2)
    assert place == 2
    assert model.find(1, 2) is None
    model.filter(2, ALL)
    assert model.row_of(place) == 1
    assert model.place(1) == place
    model.filter(1, ALL)
    assert model.is_decided(place)
    assert model.row_of(place) is None


def test_clear_forgets_the_hidden_rows_too(model):
    model.append_rows([exchange(1, 1), exchange(2, 2)])
    model.filter(2, ALL)
    model.clear()
    model.filter(None, ALL)
    assert shown(model) == []


def test_rows_out_of_range_are_none(model):
    model.append_rows([exchange()])
    assert model.row(-1) is None
    assert model.row(1) is None
    assert model.data(QModelIndex()) is None


@pytest.mark.parametrize(
    ("changed", "tone"),
    [
        ({"status": 200}, "success"),
        ({"status": 302}, "warning"),
        ({"status": 404}, "danger"),
        ({"status": 500}, "danger"),
        ({"status": None}, "danger"),
        ({"status": 200, "error": "the answer is not whole"}, "danger"),
    ],
)
def test_the_status_is_coloured(model, changed, tone):
    model.append_rows([exchange(**changed)])
    wanted = QColor(theme.colors(theme.current())[tone])
    assert cell(model, 0, STATUS, Qt.ItemDataRole.ForegroundRole) == wanted
    assert cell(model, 0, URL, Qt.ItemDataRole.ForegroundRole) is None


def test_numbers_are_right_aligned_and_titles_stand_over_their_cells(model):
    model.append_rows([exchange()])
    role = Qt.ItemDataRole.TextAlignmentRole
    left, right = (
        int(side | Qt.AlignmentFlag.AlignVCenter)
        for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
    )
    for column in (MS, SIZE):
        assert cell(model, 0, column, role) == right
        assert model.headerData(column, Qt.Orientation.Horizontal, role) == right
    assert cell(model, 0, URL, role) is None
    assert model.headerData(URL, Qt.Orientation.Horizontal, role) == left


def test_tool_tips_hold_the_whole_address_and_the_error(model):
    model.append_rows([exchange(status=None, error="timed out")])
    assert cell(model, 0, URL, Qt.ItemDataRole.ToolTipRole) == "https://crm.example/contacts/1"
    assert cell(model, 0, STATUS, Qt.ItemDataRole.ToolTipRole) == "timed out"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 kB"), (1536, "1.5 kB"), (3 * 1024**2, "3.0 MB")],
)
def test_sizes_for_people(size, text):
    assert size_text(size) == text


def test_a_status_without_a_reason_is_the_number_alone():
    assert status_text(exchange(status=299, reason="")) == "299"
    assert status_text(exchange(status=None)) == "failed"


def test_a_model_with_rows_keeps_the_rules_of_qt(qtmodeltester):
    model = NetworkModel()
    model.append_rows([exchange(number) for number in range(5)])
    qtmodeltester.check(model)
