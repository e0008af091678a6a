"""Label, control, problem."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget

from widgets.field_row import FieldRow, elided_label, label


def test_required_and_problem_are_spoken(qtbot):
    row = FieldRow("Name", QLineEdit())
    qtbot.addWidget(row)
    row.set_title("Name", required=True)
    assert row.control.accessibleName() == "Name, required"
    row.show_problem("Enter a name.")
    assert row.problem == "Enter a name."
    assert row.control.accessibleDescription() == "Enter a name."
    row.show_problem("")
    assert row.problem == ""


@pytest.mark.parametrize(("focused", "chosen"), [(False, "a"), (True, "b")])
def test_the_wheel_changes_a_combo_box_only_while_it_has_the_focus(qtbot, focused, chosen):
    page, combo = QWidget(), QComboBox()
    qtbot.addWidget(page)
    combo.addItems(["a", "b"])
    row = FieldRow("Kind", combo, page)
    page.show()
    page.activateWindow()
    (combo if focused else page).setFocus()
    qtbot.waitUntil(lambda: combo.hasFocus() is focused)
    down = QWheelEvent(
        QPointF(3, 3),
        QPointF(combo.mapToGlobal(QPoint(3, 3))),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(combo, down)
    assert row.control.currentText() == chosen


def test_markup_in_a_label_stays_text():
    assert label("<b>Anna</b>", "muted").textFormat() == Qt.TextFormat.PlainText


def test_an_elided_label_is_cut_only_where_it_is_painted(qtbot):
    line = elided_label("title")
    qtbot.addWidget(line)
    line.setText("Anna " * 40)
    line.show()
    line.resize(80, 24)
    cut = line.grab().toImage()
    assert line.minimumSizeHint().width() == 0
    assert line.text() == "Anna " * 40
    room = line.contentsRect().width()
    line.setText(line.fontMetrics().elidedText("Anna " * 40, Qt.TextElideMode.ElideRight, room))
    assert line.grab().toImage() == cut
    line.setText("Anna")
    assert line.grab().toImage() != cut
