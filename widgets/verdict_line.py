"""A verdict: its code as a chip, whether it is proven, its sentence, and a way to its page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets.field_row import label, restyle
from widgets.inspector_state import Tone

NOT_PROVEN = "Not proven"
MEANING = "What does this mean?"


class VerdictLine(QWidget):
    """Shows one verdict.

    Args:
        name: object name of the sentence.

    Signals:
        meaning_requested(str): open the page of this code.
    """

    meaning_requested = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code = label("", "chip")
        self._code.setObjectName(f"{name}Code")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._proof = label(NOT_PROVEN, "muted")
        self._meaning = QPushButton(MEANING)
        self._meaning.setObjectName(f"{name}Meaning")
        self._meaning.setProperty("role", "link")
        self._meaning.setAccessibleName("What the verdict means")
        self._meaning.setAutoDefault(False)
        self._meaning.clicked.connect(self._on_meaning)
        self._sentence = QLabel()
        self._sentence.setObjectName(name)
        self._sentence.setProperty("role", "verdict")
        self._sentence.setAccessibleName("Verdict")
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._chips = QHBoxLayout()
        for part in (self._code, self._proof, self._meaning):
            self._chips.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self._chips.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._chips)
        column.addWidget(self._sentence)

    def add_action(self, button: QWidget) -> None:
        """Put a control at the end of the chips' line."""
        self._chips.addWidget(button)

    def show_verdict(self, code: str, sentence: str, *, proven: bool, tone: Tone) -> None:
        """Show a verdict; without a code only the sentence."""
        for part in (self._code, self._meaning):
            part.setVisible(bool(code))
        self._proof.setVisible(bool(code) and not proven)
        self._code.setText(code)
        restyle(self._code, "tone", tone)
        self._sentence.setText(sentence)

    @Slot()
    def _on_meaning(self) -> None:
        self.meaning_requested.emit(self._code.text())
