"""The Network tab: the table of requests and the chosen one in full."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QSplitter, QTableView

from widgets.network_view import EMPTY, NetworkView
from widgets.page_state import ExchangeRow
from widgets.raw_view import MAX_CHARACTERS


def exchange(number=1, run_id=1, **changed):
    values = {
        "run_id": run_id,
        "exchange_id": number,
        "method": "GET",
        "url": f"https://crm.example/contacts/{number}",
        "routed_to": "",
        "status": 200,
        "reason": "OK",
        "ms": 42.0,
        "time_text": "14:02:01",
        "request_headers": (("Accept", "application/json"),),
        "request_body": "",
        "response_headers": (("Content-Type", "application/json"),),
        "response_body": f'{{"id": {number}}}',
        "size": 9,
    }
    return ExchangeRow(**values | changed)


@pytest.fixture
def view(qtbot):
    view = NetworkView()
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    return view


def table_of(view):
    return view.findChild(QTableView, "networkTable")


def response_of(view):
    return view.findChild(QPlainTextEdit, "exchangeResponse").toPlainText()


def request_of(view):
    return view.findChild(QPlainTextEdit, "exchangeRequest").toPlainText()


def empty_words(view):
    return [label.text() for label in view.findChildren(QLabel) if label.isVisible()]


def addresses(view):
    model = table_of(view).model()
    return [model.index(row, 1).data().rsplit("/", 1)[1] for row in range(model.rowCount())]


def test_nothing_yet_is_said_in_words(view):
    assert empty_words(view) == [EMPTY]
    assert not table_of(view).isVisible()
    assert response_of(view) == ""


def test_the_first_request_is_shown_at_once(view):
    view.append_rows([exchange(1), exchange(2)])
    assert table_of(view).isVisible()
    assert empty_words(view) == []
    assert response_of(view) == '200 OK   42 ms\nContent-Type: application/json\n\n{"id": 1}'
    assert request_of(view).startswith("GET https://crm.example/contacts/1\nAccept:")


def test_later_requests_leave_the_chosen_one_alone(view):
    view.append_rows([exchange(1), exchange(2)])
    table_of(view).selectRow(1)
    view.append_rows([exchange(3)])
    assert '{"id": 2}' in response_of(view)


def test_a_click_shows_that_request(qtbot, view):
    view.append_rows([exchange(1), exchange(2)])
    table = table_of(view)
    place = table.visualRect(table.model().index(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert '{"id": 2}' in response_of(view)


def test_arrow_keys_walk_through_the_requests(qtbot, view):
    view.append_rows([exchange(1), exchange(2)])
    table_of(view).setFocus()
    qtbot.keyClick(table_of(view), Qt.Key.Key_Down)
    assert '{"id": 2}' in response_of(view)


def test_where_a_request_really_went_and_why_it_failed(view):
    view.append_rows(
        [
            exchange(
                routed_to="http://127.0.0.1:4000/crm",
                status=None,
                reason="",
                error="timed out",
                response_headers=(),
                response_body="",
            )
        ]
    )
    assert "→ http://127.0.0.1:4000/crm" in request_of(view)
    assert response_of(view) == "failed   42 ms\n✕ timed out"


def test_one_run_only(view):
    view.append_rows([exchange(1, 1), exchange(2, 2), exchange(3, 2)])
    view.show_run(2)
    assert addresses(view) == ["2", "3"]
    assert '{"id": 2}' in response_of(view)
    view.append_rows([exchange(4, 1), exchange(5, 2)])
    assert addresses(view) == ["2", "3", "5"]
    view.show_run(None)
    assert addresses(view) == ["1", "2", "3", "4", "5"]


def test_a_run_without_requests_clears_the_detail_and_says_so(view):
    view.append_rows([exchange(1, 1)])
    view.show_run(9)
    assert empty_words(view) == ["No request fits: choose another run or clear the filter."]
    assert response_of(view) == request_of(view) == ""


def test_the_filter_narrows_while_typing(qtbot, view):
    view.append_rows([exchange(1), exchange(2, method="POST")])
    view.focus_find()
    field = view.findChild(QLineEdit, "networkFilter")
    qtbot.keyClicks(field, "post")
    assert addresses(view) == ["2"]
    assert request_of(view).startswith("POST")
    qtbot.keyClicks(field, "zzz")
    assert addresses(view) == []
    field.clear()
    assert addresses(view) == ["1", "2"]


def test_filter_and_run_hold_together(qtbot, view):
    view.append_rows([exchange(1, 1, method="PUT"), exchange(2, 2, method="PUT"), exchange(3, 2)])
    qtbot.keyClicks(view.findChild(QLineEdit, "networkFilter"), "put")
    view.show_run(2)
    assert addresses(view) == ["2"]


def test_clear_forgets_everything(qtbot, view):
    view.append_rows([exchange(1)])
    qtbot.mouseClick(view.findChild(QPushButton, "clearNetworkButton"), Qt.MouseButton.LeftButton)
    assert addresses(view) == []
    assert empty_words(view) == [EMPTY]
    assert response_of(view) == ""


def test_a_huge_body_is_cut_in_the_view_and_copied_whole(qtbot, view):
    body = "x" * (MAX_CHARACTERS + 500)
    view.append_rows([exchange(response_body=body)])
    assert "more characters; Copy takes them all." in response_of(view)
    qtbot.mouseClick(view.findChild(QPushButton, "exchangeResponseCopy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().endswith(body)


def test_neither_half_can_be_dragged_to_nothing(view):
    view.append_rows([exchange(1)])
    split = view.findChild(QSplitter)
    for sizes in ([0, 10_000], [10_000, 0]):
        split.setSizes(sizes)
        assert min(split.sizes()) > 0
