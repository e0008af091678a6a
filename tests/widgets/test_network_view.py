"""The Network tab: the table of requests and the chosen one in full."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QTabWidget,
)

from tests.widgets.texts import Texts
from widgets import network_model
from widgets.inspector_state import ExchangeDetailState, ExchangeRow
from widgets.network_filter import HELP
from widgets.network_view import EMPTY, NOTHING_FITS, NetworkView
from widgets.raw_view import MAX_CHARACTERS


def exchange(number=1, run_id=1, **changed):
    values = {
        "run_id": run_id,
        "exchange_id": number,
        "method": "GET",
        "url": f"https://crm.example/contacts/{number}",
        "status": 200,
        "reason": "OK",
        "ms": 42.0,
        "time_text": "14:02:01",
        "size": 9,
    }
    return ExchangeRow(**values | changed)


def detail(number=1, run_id=1, **changed):
    values = {
        "run_id": run_id,
        "exchange_id": number,
        "method": "GET",
        "url": f"https://crm.example/contacts/{number}",
        "routed_to": "",
        "status": 200,
        "reason": "OK",
        "ms": 42.0,
        "request_headers": (("Accept", "application/json"),),
        "request_body": "",
        "response_headers": (("Content-Type", "application/json"),),
        "response_body": f'{{"id": {number}}}',
    }
    return ExchangeDetailState(**values | changed)


class Kept:
    """Answers the view as the presenter does, and notes what it was asked."""

    def __init__(self, view):
        self.view = view
        self.changed = {}
        self.asked = []
        view.exchange_selected.connect(self.show)

    def show(self, run_id, exchange_id):
        self.asked.append((run_id, exchange_id))
        self.view.show_detail(detail(exchange_id, run_id, **self.changed))


@pytest.fixture
def view(qtbot):
    view = NetworkView()
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    return view


@pytest.fixture
def kept(view):
    return Kept(view)


def table_of(view):
    return view.findChild(QTableView, "networkTable")


def response_of(view):
    return view.findChild(QPlainTextEdit, "exchangeResponse").toPlainText()


def request_of(view):
    view.findChild(QTabWidget, "exchangeDetail").setCurrentIndex(1)
    return view.findChild(QPlainTextEdit, "exchangeRequest").toPlainText()


def empty_words(view):
    label = view.findChild(QLabel, "networkEmpty")
    return label.text() if label.isVisible() else None


def note_of(view):
    return view.findChild(QLabel, "networkNote").text()


def field_of(view):
    return view.findChild(QLineEdit, "networkFilter")


def addresses(view):
    model = table_of(view).model()
    return [model.index(row, 1).data().rsplit("/", 1)[1] for row in range(model.rowCount())]


def test_nothing_yet_is_said_in_words(view):
    assert empty_words(view) == EMPTY
    assert not table_of(view).isVisible()
    assert response_of(view) == note_of(view) == ""


def test_the_first_request_is_shown_at_once(view, kept):
    view.append_rows([exchange(1), exchange(2)])
    assert table_of(view).isVisible()
    assert empty_words(view) is None
    assert note_of(view) == "2 requests"
    assert response_of(view) == '200 OK   42 ms\nContent-Type: application/json\n\n{"id": 1}'
    assert request_of(view).startswith("GET https://crm.example/contacts/1\nAccept:")


def test_later_requests_leave_the_chosen_one_alone(view, kept):
    view.append_rows([exchange(1), exchange(2)])
    table_of(view).selectRow(1)
    view.append_rows([exchange(3)])
    assert '{"id": 2}' in response_of(view)
    assert kept.asked == [(1, 1), (1, 2)]


def test_a_click_shows_that_request(qtbot, view, kept):
    view.append_rows([exchange(1), exchange(2)])
    table = table_of(view)
    place = table.visualRect(table.model().index(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert '{"id": 2}' in response_of(view)


def test_arrow_keys_walk_through_the_requests(qtbot, view, kept):
    view.append_rows([exchange(1), exchange(2)])
    table_of(view).setFocus()
    qtbot.keyClick(table_of(view), Qt.Key.Key_Down)
    assert '{"id": 2}' in response_of(view)


def test_where_a_request_really_went_and_why_it_failed(view, kept):
    kept.changed = {
        "routed_to": "http://127.0.0.1:4000/crm",
        "status": None,
        "reason": "",
        "error": "timed out",
        "response_headers": (),
        "response_body": "",
    }
    view.append_rows([exchange()])
    assert response_of(view) == "failed   42 ms\n✕ timed out"
    assert "→ http://127.0.0.1:4000/crm" in request_of(view)


def test_a_detail_that_is_no_longer_wanted_is_ignored(view):
    view.append_rows([exchange(1), exchange(2)])
    table_of(view).selectRow(1)
    view.show_detail(detail(1))
    assert response_of(view) == ""
    view.show_detail(detail(2))
    assert '{"id": 2}' in response_of(view)


def test_a_request_whose_detail_does_not_come_shows_none(view, kept):
    view.append_rows([exchange(1), exchange(2)])
    view.exchange_selected.disconnect(kept.show)
    table_of(view).selectRow(1)
    assert response_of(view) == ""


def test_one_run_only(view, kept):
    view.append_rows([exchange(1, 1), exchange(2, 2), exchange(3, 2)])
    view.show_run(2)
    assert addresses(view) == ["2", "3"]
    assert note_of(view) == "2 of 3 requests"
    assert '{"id": 2}' in response_of(view)
    view.append_rows([exchange(4, 1), exchange(5, 2)])
    assert addresses(view) == ["2", "3", "5"]
    view.show_run(None)
    assert addresses(view) == ["1", "2", "3", "4", "5"]


def test_a_run_without_requests_clears_the_detail_and_says_so(view, kept):
    view.append_rows([exchange(1, 1)])
    view.show_run(9)
    assert empty_words(view) == NOTHING_FITS
    assert response_of(view) == request_of(view) == ""


def test_one_exchange_of_a_run_is_brought_up_whatever_was_filtered(qtbot, view, kept):
    view.append_rows([exchange(number, run_id) for run_id in (1, 2) for number in (1, 2, 3)])
    for before in ("nothing like it", "colour:red", ""):
        view.show_run(1)
        field_of(view).setText(before)
        view.show_exchange(2, 3)
        assert field_of(view).text() == ""
        assert addresses(view) == ["1", "2", "3"]
        assert kept.asked[-1] == (2, 3)
        assert table_of(view).currentIndex().row() == 2


def test_the_filter_narrows_while_typing(qtbot, view, kept):
    view.append_rows([exchange(1), exchange(2, method="POST")])
    view.focus_find()
    qtbot.keyClicks(field_of(view), "post")
    assert addresses(view) == ["2"]
    assert '{"id": 2}' in response_of(view)
    qtbot.keyClicks(field_of(view), "zzz")
    assert addresses(view) == []
    assert note_of(view) == "0 of 2 requests"
    field_of(view).clear()
    assert addresses(view) == ["1", "2"]


def test_the_chosen_request_stays_chosen_while_it_fits(qtbot, view, kept):
    view.append_rows([exchange(1), exchange(2, method="POST"), exchange(3, method="POST")])
    table_of(view).selectRow(2)
    for text, row in (("post", 1), ("", 2), ("status:404", -1), ("", 2)):
        field_of(view).setText(text)
        assert table_of(view).currentIndex().row() == row
    assert '{"id": 3}' in response_of(view)


def test_what_is_shown_already_is_not_fetched_again(view, kept):
    view.append_rows([exchange(1), exchange(2)])
    field_of(view).setText("get")
    assert kept.asked == [(1, 1)]


def test_a_wrong_filter_is_told_under_the_field_and_the_last_good_one_stays(qtbot, view):
    view.append_rows([exchange(1), exchange(2, method="POST")])
    field_of(view).setText("method:post")
    field_of(view).setText("method:post colour:red")
    assert note_of(view).startswith("'colour:' is not known: use status:, duration:,")
    assert field_of(view).property("wrong") is True
    assert addresses(view) == ["2"]
    view.append_rows([exchange(3, method="POST")])
    assert note_of(view).startswith("'colour:'")
    assert addresses(view) == ["2", "3"]
    field_of(view).setText("method:get")
    assert note_of(view) == "1 of 3 requests"
    assert field_of(view).property("wrong") is False


def test_the_keys_of_the_filter_are_listed_where_the_pointer_rests(view):
    assert field_of(view).toolTip() == HELP
    assert not GuiQt.mightBeRichText(HELP)


def test_a_search_through_bodies_says_how_far_it_is(qtbot, view, monkeypatch):
    monkeypatch.setattr(network_model, "SLICE_S", 0.0)
    monkeypatch.setattr(network_model, "ROWS_PER_LOOK", 1)
    view.use_text_source(Texts({2: ((), ("Anna Keller",))}))
    view.append_rows([exchange(number) for number in range(4)])
    field_of(view).setText("body:keller")
    assert note_of(view) == "0 found, searching … 0 of 4"
    assert empty_words(view) == "Searching …"
    qtbot.waitUntil(lambda: note_of(view) == "1 of 4 requests")
    assert addresses(view) == ["2"]


def test_the_chosen_request_is_waited_for_while_a_search_is_under_way(qtbot, view, monkeypatch):
    view.use_text_source(Texts(dict.fromkeys(range(4), ((), ("x",)))))
    view.append_rows([exchange(number) for number in range(4)])
    table_of(view).selectRow(2)
    monkeypatch.setattr(network_model, "SLICE_S", 0.0)
    monkeypatch.setattr(network_model, "ROWS_PER_LOOK", 1)
    field_of(view).setText("body:x")
    assert not table_of(view).selectionModel().hasSelection()
    qtbot.waitUntil(lambda: note_of(view) == "4 requests")
    assert table_of(view).currentIndex().row() == 2


def test_filter_and_run_hold_together(qtbot, view):
    view.append_rows([exchange(1, 1, method="PUT"), exchange(2, 2, method="PUT"), exchange(3, 2)])
    qtbot.keyClicks(field_of(view), "put")
    view.show_run(2)
    assert addresses(view) == ["2"]


def test_clear_forgets_everything(qtbot, view, kept):
    view.append_rows([exchange(1)])
    qtbot.mouseClick(view.findChild(QPushButton, "clearNetworkButton"), Qt.MouseButton.LeftButton)
    assert addresses(view) == []
    assert empty_words(view) == EMPTY
    assert response_of(view) == note_of(view) == ""
    view.append_rows([exchange(2)])
    assert '{"id": 2}' in response_of(view)


def test_a_huge_body_is_cut_in_the_view_and_copied_whole(qtbot, view, kept):
    body = "x" * (MAX_CHARACTERS + 500)
    kept.changed = {"response_body": body}
    view.append_rows([exchange()])
    assert "more characters; Copy takes them all." in response_of(view)
    qtbot.mouseClick(view.findChild(QPushButton, "exchangeResponseCopy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().endswith(body)


def test_a_side_is_drawn_when_it_comes_to_the_front(view, kept):
    view.append_rows([exchange(1), exchange(2)])
    request = view.findChild(QPlainTextEdit, "exchangeRequest")
    assert request.toPlainText() == ""
    assert request_of(view).startswith("GET https://crm.example/contacts/1")
    table_of(view).selectRow(1)
    assert request.toPlainText().startswith("GET https://crm.example/contacts/2")


def test_no_header_measures_the_rows(view):
    rows, columns = table_of(view).verticalHeader(), table_of(view).horizontalHeader()
    measuring = QHeaderView.ResizeMode.ResizeToContents
    view.append_rows([exchange()])
    assert rows.sectionResizeMode(0) == QHeaderView.ResizeMode.Fixed
    assert all(columns.sectionResizeMode(at) != measuring for at in range(columns.count()))


def test_neither_half_can_be_dragged_to_nothing(view):
    view.append_rows([exchange(1)])
    split = view.findChild(QSplitter)
    for sizes in ([0, 10_000], [10_000, 0]):
        split.setSizes(sizes)
        assert min(split.sizes()) > 0


def test_a_narrow_window_gives_the_room_of_the_time_to_the_url(view):
    table = view.findChild(QTableView, "networkTable")
    view.resize(900, 500)
    assert not table.isColumnHidden(5)
    view.resize(540, 500)
    assert table.isColumnHidden(5)
