"""The strip below the top bar: the connector's files cannot be loaded."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from widgets import icons

_MARGINS = 56
"""The icon and the room around the text."""


class LoadProblem(QPushButton):
    """One line that stays until the files can be loaded; a click asks for all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loadProblem")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setIconSize(QSize(16, 16))
        icons.keep_tinted(self, "warning", "warning")
        self.setAccessibleName("Why the connector's files cannot be loaded")
        self._sentence = ""
        self.hide()

    @property
    def sentence(self) -> str:
        """The whole sentence, empty while there is no problem."""
        return self._sentence

    def show_sentence(self, sentence: str) -> None:
        """Show `sentence`, cut to one line; an empty one takes the strip away."""
        self._sentence = sentence
        self.setToolTip(sentence)
        self.setAccessibleDescription(sentence)
        self._fit()
        self.setVisible(bool(sentence))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the sentence to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        line = " ".join(self._sentence.split())
        room = self.width() - _MARGINS
        shown = self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))
