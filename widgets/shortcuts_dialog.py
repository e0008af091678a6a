"""F1: the keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

MORE = (
    ("Enter in the phone number", "Look up"),
    ("Enter on a call", "Log call"),
    ("Tab, Shift+Tab", "Next, previous control"),
    ("Ctrl+Return in the source", "Save and run"),
    ("Tab, Shift+Tab in the source", "Indent more, less"),
)


class ShortcutsDialog(QDialog):
    """Every action that has a key, and the keys that belong to a control."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form = QFormLayout()
        form.setHorizontalSpacing(28)
        rows = [
            (action.shortcut().toString(), action.text().replace("&", ""))
            for action in actions
            if not action.shortcut().isEmpty()
        ]
        for keys, name in [*rows, *MORE]:
            form.addRow(keys, QLabel(name))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)
