"""The manifest's additional fields as controls (contact-flow 1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from widgets.field_row import FieldRow, label
from widgets.page_state import FieldState
from widgets.tab_order import follow

_Shape = tuple[object, ...]


class AdditionalFields(QWidget):
    """One control per field, named ``field_<const>``; rebuilt only when the set changes.

    Args:
        after: the control from which Tab comes to the first field.

    Signals:
        field_changed: const and new value, after the user changed it.
    """

    field_changed = Signal(str, object)

    def __init__(self, after: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._after = after
        self._shape: _Shape = ()
        self._controls: dict[str, QWidget] = {}
        self._rows: dict[str, FieldRow] = {}
        self._showing = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(14)

    def show_fields(self, fields: Sequence[FieldState], problems: Mapping[str, str]) -> None:
        """Show the fields, with the sentences of `problems` under those that have one."""
        self._showing = True
        try:
            shape = tuple(_shape(field) for field in fields)
            if shape != self._shape:
                self._rebuild(fields)
                self._shape = shape
            for field in fields:
                _show_value(self._controls[field.const], field)
                if row := self._rows.get(field.const):
                    row.show_problem(problems.get(field.const, ""))
        finally:
            self._showing = False
        self.setVisible(bool(fields))

    def values(self) -> dict[str, Any]:
        """Return every field's present value by const."""
        return {
            const: _value(control)
            for const, control in self._controls.items()
            if not isinstance(control, QLabel)
        }

    def _rebuild(self, fields: Sequence[FieldState]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                # The name must be free at once: deletion happens only on the next turn of the loop.
                for control in self._controls.values():
                    control.setObjectName("")
                widget.deleteLater()
        self._controls = {}
        self._rows = {}
        for field in fields:
            control = self._make(field)
            control.setObjectName(f"field_{field.const}")
            self._controls[field.const] = control
            if isinstance(control, QCheckBox | QLabel):
                self._column.addWidget(control)
                continue
            row = FieldRow(field.title, control)
            row.set_title(field.title, required=field.required)
            control.setToolTip(field.description)
            self._rows[field.const] = row
            self._column.addWidget(row)
        if self._after is not None:
            shown = self._controls.values()
            follow(self._after, [each for each in shown if not isinstance(each, QLabel)])

    def _make(self, field: FieldState) -> QWidget:
        if field.kind == "warning":
            return label(field.description or field.title, "banner", wraps=True)
        if field.kind == "checkbox":
            box = QCheckBox(field.title)
            box.setAccessibleName(field.title)
            box.setToolTip(field.description)
            box.toggled.connect(self._on_control_changed)
            return box
        if field.kind == "selection":
            combo = QComboBox()
            combo.setEditable(field.allow_custom_value)
            for key, text in field.options:
                combo.addItem(text, key)
            combo.currentIndexChanged.connect(self._on_control_changed)
            combo.editTextChanged.connect(self._on_control_changed)
            return combo
        edit = QLineEdit()
        edit.setPlaceholderText(field.placeholder)
        edit.textChanged.connect(self._on_control_changed)
        return edit

    @Slot()
    def _on_control_changed(self) -> None:
        control = self.sender()
        if not self._showing and isinstance(control, QWidget):
            const = control.objectName().removeprefix("field_")
            self.field_changed.emit(const, _value(control))


def _shape(field: FieldState) -> _Shape:
    return (
        field.const,
        field.title,
        field.kind,
        field.required,
        field.options,
        field.allow_custom_value,
        field.description,
        field.placeholder,
    )


def _value(control: QWidget) -> Any:
    if isinstance(control, QCheckBox):
        return control.isChecked()
    if isinstance(control, QComboBox):
        typed = control.currentText()
        index = control.findText(typed) if control.isEditable() else control.currentIndex()
        return control.itemData(index) if index >= 0 else typed
    return control.text() if isinstance(control, QLineEdit) else None


def _show_value(control: QWidget, field: FieldState) -> None:
    if isinstance(control, QLabel) or _value(control) == field.value:
        return
    if isinstance(control, QCheckBox):
        control.setChecked(bool(field.value))
    elif isinstance(control, QComboBox):
        index = control.findData(field.value)
        control.setCurrentIndex(index)
        if index < 0 and control.isEditable():
            control.setEditText(str(field.value))
    elif isinstance(control, QLineEdit):
        place = control.cursorPosition()
        control.setText("" if field.value is None else str(field.value))
        control.setCursorPosition(min(place, len(control.text())))
