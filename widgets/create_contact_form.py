"""Create a contact for a number straight from the dial pad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.additional_fields import AdditionalFields
from widgets.field_row import FieldRow, label
from widgets.page_state import FieldState


class CreateContactForm(QDialog):
    """Ask for name, type and the connector's additional fields. Opened with `open()`.

    Signals:
        create_requested: name, type key and the additional fields by const.
        type_changed: the type key; the fields may depend on it.
    """

    create_requested = Signal(str, str, dict)
    type_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("createContactForm")
        self.setWindowTitle("Create contact")
        self.setMinimumWidth(380)
        self._showing = False
        self._name = QLineEdit()
        self._name.setObjectName("createNameField")
        self._name.setPlaceholderText("Enter name...")
        self._number = QLineEdit()
        self._number.setObjectName("createNumberField")
        self._number.setReadOnly(True)
        self._type = QComboBox()
        self._type.setObjectName("createTypeCombo")
        self._type.currentIndexChanged.connect(self._on_type_changed)
        self._name_row = FieldRow("Name", self._name)
        self._name_row.set_title("Name", required=True)
        self._number_row = FieldRow("Phone number", self._number)
        self._type_row = FieldRow("Contact type", self._type)
        self._fields = AdditionalFields(self._type)
        self._problem = label("", "problem", wraps=True)
        self._problem.setObjectName("createProblem")
        self._problem.hide()
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(3)
        self._progress.setAccessibleName("Creating the contact")
        self._progress.hide()
        self._create = QPushButton("Create contact")
        self._create.setObjectName("createButton")
        self._create.setDefault(True)
        self._create.setAccessibleName("Create contact")
        self._create.setToolTip("Create the contact in the CRM (Enter)")
        self._create.clicked.connect(self._on_create_clicked)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.setToolTip("Close (Esc)")
        cancel.clicked.connect(self.reject)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(cancel)
        bottom.addWidget(self._create)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(14)
        for part in (self._name_row, self._number_row, self._type_row, self._fields):
            column.addWidget(part)
        column.addWidget(self._problem)
        column.addStretch(1)
        column.addWidget(self._progress)
        column.addLayout(bottom)

    def start(
        self,
        number_text: str,
        types: Sequence[tuple[str, str]] = (),
        fields: Sequence[FieldState] = (),
        *,
        name: str = "",
        crm: str = "",
    ) -> None:
        """Open an empty form for the number.

        Args:
            number_text: the number as shown on the dial pad.
            types: key and label of each contact type; none hides the choice.
            fields: the additional fields of a new contact.
            name: what the name field starts with.
            crm: name of the CRM for the window's title.
        """
        self.setWindowTitle(f"Create contact in {crm}" if crm else "Create contact")
        self._name.setText(name)
        self._number.setText(number_text)
        self.show_types(types)
        self.show_fields(fields)
        self.show_busy(False)
        self.show_problem("")
        self._name.setFocus()
        self.open()

    def show_types(self, types: Sequence[tuple[str, str]], chosen: str = "") -> None:
        """Offer these types (key and label), with one of them chosen, else the first."""
        self._showing = True
        self._type.clear()
        for key, text in types:
            self._type.addItem(text, key)
        self._type.setCurrentIndex(max(self._type.findData(chosen), 0 if types else -1))
        self._showing = False
        self._type_row.setVisible(bool(types))

    def show_fields(self, fields: Sequence[FieldState]) -> None:
        """Show the additional fields, for example those of another type."""
        self._fields.show_fields(fields, {})

    def show_problem(self, text: str) -> None:
        """Show why the contact was not created; an empty text takes it away."""
        self._name_row.show_problem("")
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def show_busy(self, busy: bool) -> None:
        """Show that the contact is being created; it cannot be asked for twice."""
        self._progress.setVisible(busy)
        self._create.setEnabled(not busy)
        self._create.setText("Creating…" if busy else "Create contact")

    @property
    def field_values(self) -> dict[str, Any]:
        """The additional fields' present values by const."""
        return self._fields.values()

    @property
    def contact_type(self) -> str:
        """Key of the type chosen, empty when the CRM has no types."""
        key: Any = self._type.currentData()
        return "" if key is None else str(key)

    @Slot()
    def _on_type_changed(self) -> None:
        if not self._showing:
            self.type_changed.emit(self.contact_type)

    @Slot()
    def _on_create_clicked(self) -> None:
        self.show_problem("")
        name = self._name.text().strip()
        if not name:
            self._name_row.show_problem("Enter a name for the new contact.")
            self._name.setFocus()
            return
        self.create_requested.emit(name, self.contact_type, self._fields.values())
