"""The model under the call history."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView

from widgets.call_list import ROW_ROLE, CallListModel, CallRowDelegate
from widgets.page_state import CallRow

ROW = CallRow("s1", "inbound", True, "Anna", "1", "00:04", "10:42", logged=True)


def test_model_follows_qt_rules(qapp, qtmodeltester):
    model = CallListModel()
    model.show_rows((ROW,))
    qtmodeltester.check(model)


def test_row_text_for_screen_readers(qapp):
    model = CallListModel()
    model.show_rows((ROW,))
    index = model.index(0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Missed call, Anna, 00:04, 10:42, logged"
    assert index.data(ROW_ROLE) is ROW
    assert model.place_of("s1") == 0
    assert model.place_of("s9") == -1


def test_same_calls_do_not_reset(qapp, qtbot):
    model = CallListModel()
    model.show_rows((ROW,))
    changed = CallRow("s1", "inbound", True, "Anna B", "1", "00:04", "10:42")
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.show_rows((changed,))


def test_rows_can_be_drawn(qtbot):
    view = QListView()
    qtbot.addWidget(view)
    model = CallListModel()
    model.show_rows((ROW, CallRow("s2", "outbound", False, "B" * 200, "2", "1:00:00", "now")))
    view.setModel(model)
    view.setItemDelegate(CallRowDelegate(view))
    view.show()
    assert not view.grab().isNull()
