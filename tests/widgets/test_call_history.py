"""Rows of the call history and what can be done with one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListView, QPushButton, QToolButton

from widgets.call_history import FILTERS, CallHistoryPage
from widgets.page_state import CallRow

ROWS = (
    CallRow("s1", "inbound", False, "Anna Keller", "+15103097425", "06:28", "10:42", logged=True),
    CallRow("s2", "inbound", True, "(925) 215-0466", "+19252150466", "00:04", "11/8/2024"),
    CallRow("s3", "outbound", False, "(845) 866-8028", "+18458668028", "00:20", "11/6/2024"),
)


@pytest.fixture
def page(qtbot):
    page = CallHistoryPage()
    qtbot.addWidget(page)
    page.resize(400, 600)
    page.show_rows(ROWS)
    page.show()
    qtbot.waitExposed(page)
    return page


@pytest.fixture
def view(page):
    return page.findChild(QListView, "callHistory")


def action(page, name):
    return page.findChild(QAction, name)


def test_enter_logs_the_row_chosen(qtbot, page, view):
    page.select("s2")
    with qtbot.waitSignal(page.log_call_requested) as caught:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert caught.args == ["s2"]


@pytest.mark.parametrize(
    ("name", "signal", "payload"),
    [
        ("logCallAction", "log_call_requested", "s3"),
        ("refreshContactAction", "refresh_contact_requested", "s3"),
        ("viewContactAction", "view_contact_requested", "s3"),
        ("callAction", "call_requested", "+18458668028"),
    ],
)
def test_actions_mean_the_row_chosen(qtbot, page, name, signal, payload):
    page.select("s3")
    with qtbot.waitSignal(getattr(page, signal)) as caught:
        action(page, name).trigger()
    assert caught.args == [payload]


def test_without_a_row_actions_do_nothing(qtbot, page):
    with qtbot.assertNotEmitted(page.log_call_requested):
        action(page, "logCallAction").trigger()


def test_hover_button_logs_the_row_under_the_mouse(qtbot, page, view):
    page.select("s1")
    view.entered.emit(view.model().index(1))
    buttons = page.findChild(QFrame, "rowButtons")
    log = buttons.findChildren(QToolButton)[0]
    with qtbot.waitSignal(page.log_call_requested) as caught:
        qtbot.mouseClick(log, Qt.MouseButton.LeftButton)
    assert caught.args == ["s2"]


def test_logged_row_offers_edit(page):
    page.select("s1")
    assert action(page, "logCallAction").text() == "Edit log"
    page.select("s2")
    assert action(page, "logCallAction").text() == "Log call"


def test_choice_survives_new_rows(page, view):
    page.select("s2")
    newer = CallRow("s0", "inbound", False, "New", "1", "00:01", "now")
    page.show_rows((newer, *ROWS))
    assert view.currentIndex().row() == 2


def test_empty_list_says_what_to_do(qtbot, page):
    page.show_rows(())
    empty = page.findChild(QLabel, "callHistoryEmpty")
    assert empty.isVisible()
    assert "Dialpad" in empty.text()
    page.findChild(QLineEdit, "callSearchField").setText("zzz")
    page.show_rows(())
    assert "Clear the search" in empty.text()


@pytest.mark.parametrize("name", FILTERS[1:])
def test_filters(qtbot, page, name):
    with qtbot.waitSignal(page.filter_changed) as caught:
        qtbot.mouseClick(page.findChild(QPushButton, f"filter_{name}"), Qt.MouseButton.LeftButton)
    assert caught.args == [name]
    assert page.filter == name


def test_search_text_goes_out(qtbot, page):
    with qtbot.waitSignal(page.search_changed) as caught:
        qtbot.keyClicks(page.findChild(QLineEdit, "callSearchField"), "a")
    assert caught.args == ["a"]
