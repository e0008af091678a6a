import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from widgets.har_dialog import har_to_read, har_to_write


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    return window


def test_a_file_to_read_has_to_be_there(window):
    dialog = har_to_read(window)
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFile
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptOpen
    assert dialog.nameFilters()[0] == "HAR files (*.har)"


def test_a_file_to_write_begins_with_a_name_and_is_called_har(window):
    dialog = har_to_write(window, "3 runs", "callbench.har")
    assert dialog.windowTitle() == "Export HAR: 3 runs"
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == "har"
    assert [name.rpartition("/")[2] for name in dialog.selectedFiles()] == ["callbench.har"]
