"""The Contacts tab: what a run brought, in its order, each field as it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.inspector_state import ContactRow, ContactsState

COLUMNS = (
    "#",
    "Name",
    "Type",
    "Id",
    "Phone",
    "Company",
    "Email",
    "Created",
    "New",
    "Additional info",
    "Seen by",
)
SEEN = {"both": "both", "connector": "connector only", "extension": "extension only"}
EMPTY = "Nothing yet. Look a number up, or search by name: whoever is found is listed here."
_SEEN_BY = COLUMNS.index("Seen by")
_WIDEST = 240


class ContactsView(QWidget):
    """The contacts of the shown run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scheme = theme.current()
        self._state: ContactsState | None = None
        self._sentence = QLabel(EMPTY)
        self._sentence.setObjectName("contactsSentence")
        self._sentence.setAccessibleName("Contacts of the shown run")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._table = QTableWidget(0, len(COLUMNS))
        self._table.setObjectName("contactsTable")
        self._table.setAccessibleName("Contacts")
        self._table.setHorizontalHeaderLabels(list(COLUMNS))
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setShowGrid(False)
        self._table.setTabKeyNavigation(False)
        self._table.setWordWrap(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(28)
        header = self._table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._sentence)
        layout.addWidget(self._table, 1)
        layout.addStretch()
        self.show_contacts(None)

    def show_contacts(self, state: ContactsState | None) -> None:
        """Show a run's contacts, or that there is no run yet."""
        self._state = state
        rows = state.rows if state else ()
        self._sentence.setText(state.sentence if state else EMPTY)
        self._table.setRowCount(len(rows))
        for place, row in enumerate(rows):
            self._fill(place, row)
        self._table.setVisible(bool(rows))
        self._table.setColumnHidden(_SEEN_BY, state is None or not state.differs)
        self._table.resizeColumnsToContents()
        for column in range(len(COLUMNS)):
            if self._table.columnWidth(column) > _WIDEST:
                self._table.setColumnWidth(column, _WIDEST)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the rows anew in the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._scheme != theme.current():
            self._scheme = theme.current()
            self.show_contacts(self._state)

    def _fill(self, place: int, row: ContactRow) -> None:
        cells = (
            str(row.place),
            row.name,
            row.type,
            row.id,
            row.phone,
            row.company,
            row.email,
            row.created,
            "yes" if row.is_new else "",
            row.info_keys,
            SEEN[row.seen],
        )
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            if row.is_new:
                item.setForeground(QColor(theme.colors(theme.current())["muted"]))
            elif row.seen != "both":
                item.setForeground(QColor(theme.colors(theme.current())["warning"]))
            self._table.setItem(place, column, item)
