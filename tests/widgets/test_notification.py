"""A message that goes by itself, unless someone reads it."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from widgets.notification import Notification


@pytest.fixture
def panel(qtbot):
    panel = QWidget()
    qtbot.addWidget(panel)
    panel.resize(400, 600)
    panel.show()
    return panel


@pytest.fixture
def notification(panel):
    return Notification(panel)


def test_goes_after_its_time(qtbot, notification):
    notification.show_notification("Saved", "success", 10)
    QApplication.sendEvent(notification, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(notification.isHidden)


def test_stays_while_hovered(qtbot, notification):
    notification.show_notification("Saved", "success", 50)
    QApplication.sendEvent(notification, QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert not notification._timer.isActive()
    QApplication.sendEvent(notification, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(notification.isHidden)


def test_zero_stays_until_dismissed(qtbot, notification):
    notification.show_notification("Failed", "error", 0)
    assert not notification._timer.isActive()
    close = notification.findChild(QToolButton, "notificationCloseButton")
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert notification.isHidden()


def test_details_open_on_demand(qtbot, notification):
    notification.show_notification("Failed", "warning", 0, [("Details", ["429", "later"])])
    assert "429" not in visible_texts(notification)
    more = notification.findChild(QToolButton, "notificationDetailsButton")
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert {"Details", "429", "later"} <= visible_texts(notification)


def test_markup_is_not_rendered(notification):
    notification.show_notification("<h1>Oops</h1>", "error", 0)
    text = notification.findChild(QLabel, "notificationText")
    assert text.textFormat() == Qt.TextFormat.PlainText


def test_unknown_kind_is_info_and_danger_is_error(notification):
    notification.show_notification("x", "strange", 0)
    assert notification.property("kind") == "info"
    notification.show_notification("x", "danger", 0)
    assert notification.property("kind") == "error"


def test_leaves_its_anchor_free(panel, notification):
    card = QWidget(panel)
    card.setGeometry(0, 40, 400, 100)
    card.show()
    notification.keep_below(card)
    notification.show_notification("x", "info", 0)
    assert notification.geometry().top() > card.geometry().bottom()


def visible_texts(notification):
    return {label.text() for label in notification.findChildren(QLabel) if label.isVisible()}


def test_a_frame_with_a_border_shows_its_last_line(panel, notification):
    panel.setStyleSheet("#notification { border: 6px solid black; }")
    notification.show_notification("A sentence that needs several lines. " * 5, "warning", 0)
    text = notification.findChild(QLabel, "notificationText")
    assert text.height() >= text.heightForWidth(text.width())
