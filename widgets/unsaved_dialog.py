"""Asks what to do with files that were edited and not saved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget


class UnsavedDialog(QMessageBox):
    """Save, discard, or go back; going back is what Esc does.

    Signals:
        save_chosen(), discard_chosen(): the user's answer.
    """

    save_chosen = Signal()
    discard_chosen = Signal()

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unsavedDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Warning)
        self.setWindowTitle("Unsaved changes")
        verb = "has" if len(names) == 1 else "have"
        self.setText(f"{', '.join(names)} {verb} changes that are not saved.")
        kind = QMessageBox.StandardButton
        self.setStandardButtons(kind.Save | kind.Discard | kind.Cancel)
        self.setDefaultButton(kind.Save)
        self.setEscapeButton(kind.Cancel)
        self.buttonClicked.connect(self._on_button_clicked)

    @Slot(QAbstractButton)
    def _on_button_clicked(self, button: QAbstractButton) -> None:
        chosen = self.standardButton(button)
        if chosen == QMessageBox.StandardButton.Save:
            self.save_chosen.emit()
        elif chosen == QMessageBox.StandardButton.Discard:
            self.discard_chosen.emit()
