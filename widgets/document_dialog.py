"""A page of the documents in a dialog of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget


class DocumentDialog(QDialog):
    """Shows a text in Markdown. Opened with `open()`.

    Args:
        title: the window's title.
        markdown: the text. Links in it are shown and open nothing.
    """

    def __init__(self, title: str, markdown: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(560, 360)
        text = QTextBrowser()
        text.setObjectName("documentText")
        text.setAccessibleName(title)
        text.setOpenLinks(False)
        text.setMarkdown(markdown)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addWidget(buttons)
