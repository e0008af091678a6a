"""Call pop: when the contact's page opens, and which one of several (contact-flow 1.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.contact_list import ContactList
from widgets.field_row import FieldRow, label
from widgets.page_state import ContactChoice

_WHEN = (
    ("disabled", "Disabled"),
    ("onFirstRing", "On first ring"),
    ("onAnswer", "On answer"),
)
_WHICH = (
    ("disabled", "Disabled"),
    ("openAllMatches", "Open all matches"),
    ("promptToSelect", "Prompt to select"),
)
_CHOICES = (
    ("openContactPageFromIncomingCall", "Incoming call pop", _WHEN),
    ("openContactPageFromOutgoingCall", "Outgoing call pop", _WHEN),
    ("multiContactMatchBehavior", "Multi-contact match behavior", _WHICH),
)
_DEFAULTS = {"multiContactMatchBehavior": "openAllMatches"}
_AFTER_CREATION = "openContactPageAfterCreation"
_EXTENSIONS = "allowExtensionNumberLogging"


class CallPopDialog(QDialog):
    """Edit the call pop settings under production's setting ids. Opened with `open()`.

    Signals:
        settings_saved: value by setting id; text, and a bool for a check box.
    """

    settings_saved = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("callPopDialog")
        self.setWindowTitle("Call pop")
        self.setMinimumWidth(380)
        self._combos: dict[str, QComboBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(14)
        column.addWidget(label("Open the contact's page when a call comes or goes.", "muted"))
        for setting, title, options in _CHOICES:
            combo = QComboBox()
            combo.setObjectName(setting)
            for key, text in options:
                combo.addItem(text, key)
            self._combos[setting] = combo
            column.addWidget(FieldRow(title, combo))
        self._after_creation = QCheckBox("Contact created call pop")
        self._after_creation.setObjectName(_AFTER_CREATION)
        self._after_creation.setAccessibleName("Contact created call pop")
        self._after_creation.setToolTip("Open the page of a contact that was just created")
        column.addWidget(self._after_creation)
        self._extensions = QCheckBox("Match and log extension numbers")
        self._extensions.setObjectName(_EXTENSIONS)
        self._extensions.setAccessibleName("Match and log extension numbers")
        self._extensions.setToolTip("Calls with a number that has no +, such as 101")
        column.addWidget(self._extensions)
        save = QPushButton("Save")
        save.setObjectName("saveCallPopButton")
        save.setDefault(True)
        save.setAccessibleName("Save call pop settings")
        save.clicked.connect(self._on_save_clicked)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.setToolTip("Close (Esc)")
        cancel.clicked.connect(self.reject)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(cancel)
        bottom.addWidget(save)
        column.addStretch(1)
        column.addLayout(bottom)

    def start(self, settings: Mapping[str, Any], *, offers_extensions: bool = False) -> None:
        """Open with these settings; a missing value shows production's default.

        Args:
            settings: value by setting id.
            offers_extensions: whether the CRM's manifest lets extension numbers be logged.
        """
        self._extensions.setChecked(bool(settings.get(_EXTENSIONS, False)))
        self._extensions.setVisible(offers_extensions)
        for setting, combo in self._combos.items():
            chosen = settings.get(setting, _DEFAULTS.get(setting))
            combo.setCurrentIndex(max(0, combo.findData(chosen)))
        self._after_creation.setChecked(bool(settings.get(_AFTER_CREATION, False)))
        self.open()

    def settings(self) -> dict[str, Any]:
        """Return what is chosen now, by setting id."""
        chosen: dict[str, Any] = {
            setting: combo.currentData() for setting, combo in self._combos.items()
        }
        for box in (self._after_creation, self._extensions):
            chosen[box.objectName()] = box.isChecked()
        return chosen

    @Slot()
    def _on_save_clicked(self) -> None:
        self.accept()
        self.settings_saved.emit(self.settings())


class MultiContactPrompt(QDialog):
    """Several contacts have the number: click the one to open. Opened with `open()`.

    Signals:
        contact_chosen: the key; the prompt closes itself.
    """

    contact_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("multiContactPrompt")
        self.setWindowTitle("Click contact to open")
        self.setMinimumSize(360, 380)
        self._contacts: tuple[ContactChoice, ...] = ()
        self._search = QLineEdit()
        self._search.setObjectName("promptSearchField")
        self._search.setAccessibleName("Search contacts")
        self._search.setPlaceholderText("Search")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._on_search_changed)
        self._list = ContactList("Contacts with this number")
        self._list.setObjectName("promptList")
        self._list.itemClicked.connect(self._on_contact_activated)
        self._list.itemActivated.connect(self._on_contact_activated)
        self._empty = label("No contact has this name or id.", "muted")
        self._empty.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(10)
        column.addWidget(label("Click contact to open", "title"))
        column.addWidget(self._search)
        column.addWidget(self._empty)
        column.addWidget(self._list, 1)

    def start(self, contacts: Sequence[ContactChoice]) -> None:
        """Open with these contacts."""
        self._contacts = tuple(contacts)
        self._search.clear()
        self._on_search_changed("")
        self._search.setFocus()
        self.open()

    @Slot(str)
    def _on_search_changed(self, text: str) -> None:
        wanted = text.strip().casefold()
        hits = [
            contact
            for contact in self._contacts
            if wanted in contact.name.casefold()
            or wanted in contact.sub_label.rpartition(" - ")[2].casefold()
        ]
        self._list.show_contacts(hits)
        self._empty.setVisible(not hits)

    @Slot()
    def _on_contact_activated(self) -> None:
        # A double click arrives as click and activation: the second finds the prompt closed.
        key = self._list.chosen_key()
        if key and self.isVisible():
            self.accept()
            self.contact_chosen.emit(key)
