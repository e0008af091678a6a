"""Exchanges as a Qt table."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor

from widgets import theme
from widgets.network_model import COLUMNS, NetworkModel, size_text, status_text
from widgets.page_state import ExchangeRow

URL, STATUS, MS, SIZE = (COLUMNS.index(name) for name in ("URL", "Status", "ms", "Size"))


def exchange(number=1, run_id=1, **changed):
    values = {
        "run_id": run_id,
        "exchange_id": number,
        "method": "GET",
        "url": f"https://crm.example/contacts/{number}",
        "routed_to": "",
        "status": 200,
        "reason": "OK",
        "ms": 41.6,
        "time_text": "14:02:01",
        "request_headers": (),
        "request_body": "",
        "response_headers": (),
        "response_body": "",
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
    model.filter(2, "")
    with qtbot.assertNotEmitted(model.rowsInserted):
        model.append_rows([exchange(1, run_id=1)])
    model.append_rows([exchange(2, run_id=2)])
    assert shown(model) == [2]
    model.filter(None, "")
    assert shown(model) == [1, 2]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("POST", [2]),
        ("contacts/1", [1]),
        ("not found", [3]),
        ("404", [3]),
        ("keller", [1]),
        ("duration", [2]),
        ("failed", [4]),
        ("nothing like it", []),
        ("", [1, 2, 3, 4]),
    ],
)
def test_the_filter_looks_at_method_address_status_and_bodies(model, wanted, found):
    model.append_rows(
        [
            exchange(1, response_body='{"name": "Anna Keller"}'),
            exchange(2, method="POST", request_body='{"DURATION": 44}'),
            exchange(3, status=404, reason="Not Found"),
            exchange(4, status=None, reason="", error="timed out"),
        ]
    )
    model.filter(None, wanted)
    assert shown(model) == found


def test_run_and_text_must_both_fit(model):
    model.append_rows([exchange(1, 1, method="PUT"), exchange(2, 2, method="PUT"), exchange(3, 2)])
    model.filter(2, "put")
    assert shown(model) == [2]


def test_clear_forgets_the_hidden_rows_too(model):
    model.append_rows([exchange(1, 1), exchange(2, 2)])
    model.filter(2, "")
    model.clear()
    model.filter(None, "")
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


def test_numbers_are_right_aligned(model):
    model.append_rows([exchange()])
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for column in (MS, SIZE):
        assert cell(model, 0, column, Qt.ItemDataRole.TextAlignmentRole) == right
    assert cell(model, 0, URL, Qt.ItemDataRole.TextAlignmentRole) is None


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
