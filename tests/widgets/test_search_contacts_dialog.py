"""Search by name."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QPushButton

from widgets.page_state import SearchResult
from widgets.search_contacts_dialog import SearchContactsDialog


@pytest.fixture
def dialog(qtbot):
    dialog = SearchContactsDialog()
    qtbot.addWidget(dialog)
    dialog.start()
    return dialog


def test_enter_searches_with_the_name_as_typed(qtbot, dialog):
    field = dialog.findChild(QLineEdit, "searchNameField")
    field.setText("O'Neil & Söhne")
    with qtbot.waitSignal(dialog.search_requested) as caught:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert caught.args == ["O'Neil & Söhne"]
    assert dialog.isVisible()


def test_empty_name_or_running_search_asks_nothing(qtbot, dialog):
    search = dialog.findChild(QPushButton, "searchButton")
    with qtbot.assertNotEmitted(dialog.search_requested):
        qtbot.mouseClick(search, Qt.MouseButton.LeftButton)
        dialog.findChild(QLineEdit, "searchNameField").setText("a")
        dialog.show_busy(True)
        qtbot.mouseClick(search, Qt.MouseButton.LeftButton)


def test_choosing_a_hit_closes(qtbot, dialog):
    select = dialog.findChild(QPushButton, "selectContactButton")
    assert not select.isEnabled()
    dialog.show_results([SearchResult("1", "Anna"), SearchResult("2", "Annabel", "Lead - 2")])
    dialog.findChild(QListWidget, "searchResults").setCurrentRow(1)
    with qtbot.waitSignal(dialog.contact_chosen) as caught:
        qtbot.mouseClick(select, Qt.MouseButton.LeftButton)
    assert caught.args == ["2"]
    assert not dialog.isVisible()


def test_no_hits_say_so(dialog):
    dialog.show_results([])
    assert "No contact found" in dialog.findChild(QLabel, "searchMessage").text()
