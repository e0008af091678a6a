"""Choose a HAR file to read or to write. Opened with `open()`; `fileSelected` names the file."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

KINDS = "HAR files (*.har);;JSON files (*.json);;All files (*)"


def har_to_read(parent: QWidget) -> QFileDialog:
    """Return the dialog that asks for a file to import."""
    dialog = _dialog(parent, "importHarDialog", "Import HAR")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return dialog


def har_to_write(parent: QWidget, what: str, name: str) -> QFileDialog:
    """Return the dialog that asks where to export.

    Args:
        parent: the window.
        what: what is written, for the title.
        name: the file's name to begin with.
    """
    dialog = _dialog(parent, "exportHarDialog", f"Export HAR: {what}")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("har")
    dialog.selectFile(name)
    return dialog


def _dialog(parent: QWidget, object_name: str, title: str) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setObjectName(object_name)
    dialog.setNameFilter(KINDS)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
