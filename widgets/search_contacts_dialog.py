"""Search a contact by name and take one into the log page (contact-flow 1.7)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets import icons
from widgets.contact_list import ContactList
from widgets.field_row import label
from widgets.page_state import SearchResult

_HINT = "Enter a name and press Search."


class SearchContactsDialog(QDialog):
    """Ask for a name, show the hits, hand back the one chosen. Opened with `open()`.

    Signals:
        search_requested: the name as typed.
        contact_chosen: the hit's key; the dialog closes itself.
    """

    search_requested = Signal(str)
    contact_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("searchContactsDialog")
        self.setWindowTitle("Search contacts")
        self.setMinimumSize(380, 420)
        self._busy = False
        self._name = QLineEdit()
        self._name.setObjectName("searchNameField")
        self._name.setAccessibleName("Contact name")
        self._name.setPlaceholderText("Enter contact name to search")
        self._name.returnPressed.connect(self._on_search_clicked)
        self._search = QPushButton("Search")
        self._search.setObjectName("searchButton")
        self._search.setProperty("role", "primary")
        self._search.setAccessibleName("Search")
        self._search.setToolTip("Search by name (Enter)")
        self._search.setAutoDefault(False)
        icons.keep_tinted(self._search, "search", "accent_text")
        self._search.clicked.connect(self._on_search_clicked)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(3)
        self._progress.setAccessibleName("Searching")
        self._progress.hide()
        self._message = label(_HINT, "muted", wraps=True)
        self._message.setObjectName("searchMessage")
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._results = ContactList("Search results")
        self._results.setObjectName("searchResults")
        self._results.itemSelectionChanged.connect(self._on_selection_changed)
        self._results.itemActivated.connect(self._on_select_clicked)
        self._select = QPushButton("Select contact")
        self._select.setObjectName("selectContactButton")
        self._select.setProperty("role", "primary")
        self._select.setAccessibleName("Select contact")
        self._select.setToolTip("Take this contact (Enter on the list)")
        self._select.setAutoDefault(False)
        self._select.setEnabled(False)
        self._select.clicked.connect(self._on_select_clicked)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.setToolTip("Close (Esc)")
        cancel.clicked.connect(self.reject)
        top = QHBoxLayout()
        top.addWidget(self._name, 1)
        top.addWidget(self._search)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(cancel)
        bottom.addWidget(self._select)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(10)
        column.addWidget(label("Contact search", "fieldLabel"))
        column.addLayout(top)
        column.addWidget(self._progress)
        column.addWidget(self._message)
        column.addWidget(self._results, 1)
        column.addLayout(bottom)

    def start(self, name: str = "") -> None:
        """Forget the last search, put `name` in the field and open."""
        self._name.setText(name)
        self._name.selectAll()
        self._results.clear()
        self.show_busy(False)
        self.show_message(_HINT)
        self._name.setFocus()
        self.open()

    def show_results(self, results: Sequence[SearchResult]) -> None:
        """Show the hits with the first one chosen."""
        self.show_busy(False)
        self._results.show_contacts(results)
        if results:
            count = len(results)
            self.show_message(f"{count} contact{'s' if count > 1 else ''} found.")
            self._results.setCurrentRow(0)
            self._results.setFocus()
        else:
            self.show_message("No contact found. Try part of the name.")

    def show_message(self, text: str) -> None:
        """Show one sentence over the list."""
        self._message.setText(text)

    def show_busy(self, busy: bool) -> None:
        """Show that a search runs; a second one cannot be started meanwhile."""
        self._busy = busy
        self._progress.setVisible(busy)
        self._search.setEnabled(not busy)
        if busy:
            self._results.clear()
            self.show_message("Searching…")

    @Slot()
    def _on_search_clicked(self) -> None:
        name = self._name.text().strip()
        if self._busy:
            return
        if not name:
            self.show_message("Enter a name first.")
            self._name.setFocus()
            return
        self.search_requested.emit(name)

    @Slot()
    def _on_selection_changed(self) -> None:
        self._select.setEnabled(bool(self._results.selectedItems()))

    @Slot()
    def _on_select_clicked(self) -> None:
        if key := self._results.chosen_key():
            self.accept()
            self.contact_chosen.emit(key)
