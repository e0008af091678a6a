"""Entries with a sub-label are taller, and both kinds can be drawn."""

from PySide6.QtWidgets import QListWidget, QListWidgetItem

from widgets.two_line_delegate import SUB_LABEL_ROLE, TwoLineDelegate


def test_two_lines_need_more_room(qtbot):
    view = QListWidget()
    qtbot.addWidget(view)
    view.setItemDelegate(TwoLineDelegate(view))
    QListWidgetItem("Create new contact...", view)
    QListWidgetItem("Anna", view).setData(SUB_LABEL_ROLE, "Lead - 7")
    view.show()
    assert view.visualItemRect(view.item(1)).height() > view.visualItemRect(view.item(0)).height()
    assert not view.grab().isNull()
