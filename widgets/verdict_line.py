"""A verdict: its code as a chip, whether it is proven, its sentence, and a way to its page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets.field_row import label, restyle
from widgets.inspector_state import Tone
from widgets.text_direction import left_to_right

NOT_PROVEN = "Not proven"
MEANING = "What does this mean?"


class VerdictLine(QWidget):
    """Shows one verdict.

    Args:
        name: object name of the sentence.

    Signals:
        meaning_requested(str): open the page of this code.
        evidence_requested(): show the request that the verdict stands on.
    """

    meaning_requested = Signal(str)
    evidence_requested = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code = label("", "chip")
        self._code.setObjectName(f"{name}Code")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._proof = label(NOT_PROVEN, "muted")
        self._meaning = _link(MEANING, f"{name}Meaning", "What the verdict means")
        self._meaning.clicked.connect(self._on_meaning)
        self._evidence = _link("", f"{name}Evidence", "Show what the verdict stands on")
        self._evidence.clicked.connect(self._on_evidence)
        self._sentence = QLabel()
        self._sentence.setObjectName(name)
        self._sentence.setProperty("role", "verdict")
        self._sentence.setAccessibleName("Verdict")
        self._sentence.setWordWrap(True)
        # The sentence quotes names and answers of the CRM: markup in them stays text.
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._chips = QHBoxLayout()
        for part in (self._code, self._proof):
            self._chips.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self._chips.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._chips)
        column.addWidget(self._sentence)
        links = QHBoxLayout()
        links.setSpacing(12)
        links.addWidget(self._meaning)
        links.addWidget(self._evidence)
        links.addStretch(1)
        column.addLayout(links)

    @property
    def last_link(self) -> QWidget:
        """The control that Tab comes to last."""
        return self._evidence

    def add_action(self, button: QWidget) -> None:
        """Put a control at the end of the chips' line."""
        self._chips.addWidget(button)

    def show_verdict(
        self, code: str, sentence: str, *, proven: bool, tone: Tone, requests: int = 0
    ) -> None:
        """Show a verdict that stands on so many `requests`; without a code only its sentence."""
        for part in (self._code, self._meaning):
            part.setVisible(bool(code))
        self._proof.setVisible(bool(code) and not proven)
        self._evidence.setVisible(bool(code) and requests > 0)
        first = f"Show the first of {requests} requests"
        self._evidence.setText(first if requests > 1 else "Show the request")
        self._code.setText(code)
        restyle(self._code, "tone", tone)
        self._sentence.setText(left_to_right(sentence))

    @Slot()
    def _on_meaning(self) -> None:
        self.meaning_requested.emit(self._code.text())

    @Slot()
    def _on_evidence(self) -> None:
        self.evidence_requested.emit()


def _link(words: str, name: str, spoken: str) -> QPushButton:
    made = QPushButton(words)
    made.setObjectName(name)
    made.setProperty("role", "link")
    made.setAccessibleName(spoken)
    made.setAutoDefault(False)
    return made
