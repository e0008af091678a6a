import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QTableView

from widgets import theme
from widgets.timeline_model import AXIS, TimelineBar, TimelineState
from widgets.timeline_view import EMPTY, TimelineView, axis_room, place

BARS = (
    TimelineBar(7, "7  GET /a", 0.0, 40.0, 50.0, spelling="5105550177", status="200"),
    TimelineBar(0, "printed: hello", 55.0, tip="hello"),
    TimelineBar(
        8, "8  GET /b", 60.0, 10.0, 40.0, status="500", tone="danger", trouble="500", source=7,
        by_answer=True, on_chain=True, tip="GET https://crm.test/b",
    ),
)  # fmt: skip
STATE = TimelineState(3, "2 requests in 100 ms.", 100.0, BARS)


@pytest.fixture
def view(qtbot):
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(900, 400)
    view.show()
    return view


def table(view):
    return view.findChild(QTableView, "timelineTable")


def pixel(view, row, at_ms, dy=0):
    """The colour in a row of the axis, at a moment."""
    rows = table(view)
    picture = rows.viewport().grab().toImage()
    x = rows.columnViewportPosition(AXIS) + place(at_ms, 100.0, rows.columnWidth(AXIS))
    y = rows.visualRect(rows.model().index(row, AXIS)).center().y() + dy
    return picture.pixelColor(round(x), y)


def test_an_empty_tab_says_what_to_do(view):
    assert view.findChild(QLabel, "timelineSentence").text() == EMPTY
    assert not table(view).isVisible()
    assert view.chosen_exchange() is None


def test_a_run_without_requests_is_a_sentence(view):
    view.show_timeline(TimelineState(3, "No request was sent."))
    assert view.findChild(QLabel, "timelineSentence").text() == "No request was sent."
    assert not table(view).isVisible()


def test_the_sentence_stands_over_a_row_for_each_request(view):
    view.show_timeline(STATE)
    assert view.findChild(QLabel, "timelineSentence").text() == STATE.sentence
    assert table(view).model().rowCount() == 3
    assert view.chosen_exchange() == (3, 7)


@pytest.fixture(params=["light", "dark"])
def dressed(qapp, request):
    theme.apply(qapp, request.param)
    yield
    theme.apply(qapp, "light")


def test_bars_stand_where_they_belong_and_waiting_is_pale(dressed, view):
    view.show_timeline(STATE)
    table(view).clearSelection()
    paper, full = theme.color("base"), theme.color("accent")
    assert pixel(view, 0, 45) == full
    assert pixel(view, 0, 20) not in (paper, full)
    assert pixel(view, 0, 52) == paper
    assert pixel(view, 2, 85) == theme.color("danger")
    assert pixel(view, 2, 30) == paper


def test_an_arrow_comes_from_what_was_waited_for(view):
    view.show_timeline(STATE)
    crossed = pixel(view, 1, 60)
    alone = TimelineState(3, "", 100.0, (*BARS[:2], TimelineBar(8, "8", 60.0, 10.0, 40.0)))
    view.show_timeline(alone)
    assert pixel(view, 1, 60) != crossed


def test_a_click_or_enter_opens_the_request(qtbot, view):
    view.show_timeline(STATE)
    rows = table(view)
    with qtbot.waitSignal(view.exchange_requested) as asked:
        place_of = rows.visualRect(rows.model().index(2, AXIS)).center()
        qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place_of)
    assert asked.args == [3, 8]
    rows.setFocus()
    for _step in range(2):
        qtbot.keyClick(rows, Qt.Key.Key_Up)
    with qtbot.waitSignal(view.exchange_requested) as asked:
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert asked.args == [3, 7]


def test_a_mark_opens_nothing(qtbot, view):
    view.show_timeline(STATE)
    with qtbot.assertNotEmitted(view.exchange_requested):
        table(view).clicked.emit(table(view).model().index(1, 0))
    table(view).setCurrentIndex(table(view).model().index(1, 0))
    assert view.chosen_exchange() is None


def test_a_run_without_spellings_has_no_column_for_them(view):
    view.show_timeline(STATE)
    assert not table(view).isColumnHidden(1)
    view.show_timeline(TimelineState(4, "", 1.0, (TimelineBar(1, "1", 0.0),)))
    assert table(view).isColumnHidden(1)


def test_two_thousand_requests_are_drawn_a_screen_at_a_time(view):
    bars = tuple(
        TimelineBar(n, f"{n}  GET /x", float(n), 1.0, 2.0, source=n - 1) for n in range(1, 2001)
    )
    view.show_timeline(TimelineState(3, "", 2002.0, bars))
    rows = table(view)
    rows.scrollToBottom()
    assert rows.rowAt(rows.viewport().height() - 5) == 1999
    assert QColor(rows.viewport().grab().toImage().pixelColor(5, 5)).isValid()


def test_it_tells_when_it_comes_to_the_front(qtbot, view):
    view.hide()
    with qtbot.waitSignal(view.shown):
        view.show()


def test_the_axis_keeps_its_room_in_a_narrow_window(view):
    view.show_timeline(STATE)
    rows = table(view)
    assert [rows.columnWidth(column) for column in (0, 1, 3)] == [230, 128, 56]
    view.resize(540, 400)
    assert rows.columnWidth(AXIS) >= 0.3 * rows.viewport().width()
    assert axis_room(rows.columnWidth(AXIS)) >= 100
