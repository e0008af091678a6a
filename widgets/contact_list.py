"""A list of contacts to choose one from: name over ``<type> - <id>``."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from widgets.page_state import ContactChoice, SearchResult
from widgets.two_line_delegate import KEY_ROLE, SUB_LABEL_ROLE, TwoLineDelegate


class ContactList(QListWidget):
    """Show contacts; `itemActivated` (Enter, double click) means one was chosen."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(TwoLineDelegate(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)

    def show_contacts(self, contacts: Sequence[ContactChoice | SearchResult]) -> None:
        """Replace the entries."""
        self.clear()
        for contact in contacts:
            phone = contact.phone if isinstance(contact, SearchResult) else ""
            sub_label = " · ".join(part for part in (contact.sub_label, phone) if part)
            item = QListWidgetItem(contact.name, self)
            item.setData(KEY_ROLE, contact.key)
            item.setData(SUB_LABEL_ROLE, sub_label)
            item.setToolTip(f"{contact.name}\n{sub_label}".strip())

    def chosen_key(self) -> str:
        """Return the current entry's key, empty when there is none."""
        item = self.currentItem()
        return str(item.data(KEY_ROLE)) if item is not None else ""
