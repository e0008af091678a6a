"""A control that is made later is reached where it stands."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from widgets.tab_order import follow


def test_tab_goes_through_later_controls_before_what_stands_under_them(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    first, last, *later = (QLineEdit() for _ in range(4))
    column.addWidget(first)
    column.addWidget(last)
    for place, control in enumerate(later, start=1):
        column.insertWidget(place, control)
    follow(first, later)
    page.show()
    first.setFocus()
    reached = []
    for _ in range(3):
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        reached.append(page.focusWidget())
    assert reached == [*later, last]
