"""Probe a known contact: why is this record not found, and which change would mend it?"""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.field_row import FieldRow, label
from widgets.inspector_state import AdviceRow, ProbeState, StoredRow
from widgets.tab_order import follow
from widgets.verdict_line import VerdictLine

WAYS = (
    ("name", "Name", "The contact's name, as the CRM finds it"),
    ("id", "Id", "The record's id in the CRM"),
    ("stored", "Stored phone", "Paste the phone exactly as the CRM has it"),
)
ANY_TYPE = "Any type"
_HELP = (
    "Name the record that should have been found. The number is looked up with your formats; "
    "nothing is changed, in the CRM or in a cache."
)
_LONGEST = 80


class ProbeDialog(QDialog):
    """Ask for a record and show why it is found or not. Opened with `open()`.

    Signals:
        probe_requested(str, str, str, str): number, way (``name``, ``id``, ``stored``), text, type.
        format_requested(str): use this format, then look up again.
        page_requested(str, str): open a page of the documents.
    """

    probe_requested = Signal(str, str, str, str)
    format_requested = Signal(str)
    page_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("probeDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Probe a known contact")
        self.resize(760, 640)
        self._number = QLineEdit()
        self._number.setObjectName("probeNumberField")
        self._ways = QButtonGroup(self)
        ways = QHBoxLayout()
        for at, (way, words, _tip) in enumerate(WAYS):
            button = QRadioButton(words)
            button.setObjectName(f"probeBy_{way}")
            button.setChecked(at == 0)
            self._ways.addButton(button, at)
            ways.addWidget(button)
        ways.addStretch(1)
        self._ways.idToggled.connect(self._on_way_toggled)
        self._text = QLineEdit()
        self._text.setObjectName("probeTextField")
        self._types = QComboBox()
        self._types.setObjectName("probeTypeCombo")
        self._text_row = FieldRow("Record", self._text)
        self._types_row = FieldRow("Type", self._types)
        self._run = QPushButton("Probe")
        self._run.setObjectName("runProbeButton")
        self._run.setProperty("role", "primary")
        self._run.setAccessibleName("Probe this record")
        self._run.setDefault(True)
        self._run.clicked.connect(self._on_run_clicked)
        fields = QHBoxLayout()
        fields.setSpacing(16)
        fields.addWidget(FieldRow("Number that called", self._number), 1)
        fields.addWidget(self._text_row, 2)
        fields.addWidget(self._types_row)
        fields.addWidget(self._run, 0, Qt.AlignmentFlag.AlignBottom)
        self._problem = label("", "problem", wraps=True)
        self._problem.setObjectName("probeProblem")
        self._problem.hide()
        self._verdict = VerdictLine("probeVerdict")
        self._verdict.meaning_requested.connect(self._on_meaning_requested)
        self._record = label("", "heading", wraps=True)
        self._record.setObjectName("probeRecord")
        self._stored = QLabel()
        self._stored.setObjectName("probeStored")
        self._stored.setAccessibleName("Stored phones")
        self._stored.setTextFormat(Qt.TextFormat.RichText)
        self._stored.setWordWrap(True)
        self._stored.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._advice = QVBoxLayout()
        self._advice.setSpacing(6)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 8, 12, 0)
        column.setSpacing(10)
        column.addWidget(self._record)
        column.addWidget(self._verdict)
        column.addWidget(label("What would make it match", "fieldLabel"))
        column.addLayout(self._advice)
        column.addWidget(label("Stored phones", "fieldLabel"))
        column.addWidget(self._stored)
        column.addStretch(1)
        self._result = QScrollArea()
        self._result.setWidgetResizable(True)
        self._result.setFrameShape(QScrollArea.Shape.NoFrame)
        self._result.setWidget(shown)
        self._result.hide()
        close = QPushButton("Close")
        close.setAutoDefault(False)
        close.setAccessibleName("Close")
        close.clicked.connect(self.reject)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(8)
        layout.addWidget(label(_HELP, "muted", wraps=True))
        layout.addLayout(ways)
        layout.addLayout(fields)
        layout.addWidget(self._problem)
        layout.addWidget(self._result, 1)
        layout.addStretch(0)
        layout.addLayout(bottom)
        self._on_way_toggled(0, True)

    def start(self, number: str, types: Sequence[tuple[str, str]]) -> None:
        """Open for a number; `types` are the manifest's contact types as (value, title)."""
        self._number.setText(number)
        self._types.clear()
        self._types.addItem(ANY_TYPE, "")
        for value, title in types:
            self._types.addItem(title, value)
        self.open()
        (self._text if number else self._number).setFocus()

    def show_busy(self, busy: bool) -> None:
        """Say that the probe runs; nothing can be asked meanwhile."""
        self._run.setEnabled(not busy)
        self._run.setText("Probing …" if busy else "Probe")
        if busy:
            self._problem.hide()

    def show_problem(self, sentence: str) -> None:
        """Show why there is no result."""
        self.show_busy(False)
        self._problem.setText(sentence)
        self._problem.show()
        self._result.hide()

    def show_probe(self, state: ProbeState) -> None:
        """Show a result."""
        self.show_busy(False)
        self._problem.hide()
        self._record.setText(state.record)
        self._record.setVisible(bool(state.record))
        self._verdict.show_verdict(state.code, state.sentence, proven=state.proven, tone=state.tone)
        self._stored.setText("".join(map(_stored_html, state.stored)) or "None.")
        while (item := self._advice.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for number, advice in enumerate(state.advice, start=1):
            self._advice.addWidget(self._advice_row(number, advice))
        follow(self._verdict.last_link, self._result.findChildren(QPushButton, "useFormatButton"))
        self._result.show()

    def _advice_row(self, number: int, advice: AdviceRow) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        text = QLabel(f"{number}. {advice.text}")
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setObjectName(f"probeAdvice_{number}")
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(text, 1)
        if advice.format:
            use = QPushButton("Use it and look up again")
            use.setObjectName("useFormatButton")
            use.setAccessibleName(f"Use the format {advice.format} and look up again")
            use.setAutoDefault(False)
            use.setProperty("format", advice.format)
            use.clicked.connect(self._on_use_clicked)
            line.addWidget(use)
        return row

    @Slot(int, bool)
    def _on_way_toggled(self, at: int, chosen: bool) -> None:
        if chosen:
            way, words, tip = WAYS[at]
            self._text_row.set_title(words, required=True)
            self._text.setPlaceholderText(tip)
            self._types_row.setVisible(way != "stored")

    @Slot()
    def _on_run_clicked(self) -> None:
        number, text = self._number.text().strip(), self._text.text()
        if not number or not text.strip():
            missing = "the number that called" if not number else "the record"
            self.show_problem(f"Enter {missing} first.")
            (self._text if number else self._number).setFocus()
            return
        way = WAYS[self._ways.checkedId()][0]
        self.show_busy(True)
        # A stored text is asked for as it was pasted: its blanks may be what is wrong.
        given = text if way == "stored" else text.strip()
        self.probe_requested.emit(number, way, given, str(self._types.currentData() or ""))

    @Slot()
    def _on_use_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.format_requested.emit(str(button.property("format")))

    @Slot(str)
    def _on_meaning_requested(self, code: str) -> None:
        self.page_requested.emit("verdicts", code)


def _stored_html(row: StoredRow) -> str:
    """Draw one stored phone: what it is, and beside it the nearest spelling."""
    colors = theme.colors(theme.current())
    parts = [
        f"<p style='margin:6px 0 2px 0'><b>{_text(row.field)}</b> &nbsp; "
        f"<span style='font-family:monospace'>{_text(row.shown)}</span> &nbsp; "
        f"<span style='color:{colors[row.tone]}'>{_text(row.match)}</span></p>"
    ]
    if row.steps and any(not same for _, _, same in row.steps):
        steps = row.steps[:_LONGEST]
        lines = (
            ("stored", [(stored, same) for stored, _, same in steps]),
            ("asked", [(spelling, same) for _, spelling, same in steps]),
        )
        cells = "".join(
            f"<tr><td style='color:{colors['muted']}; padding-right:10px'>{words}</td>"
            + "".join(_char(text, same=same) for text, same in line)
            + "</tr>"
            for words, line in lines
        )
        parts.append(
            f"<table cellspacing='0' cellpadding='2' style='font-family:monospace'>{cells}</table>"
        )
        parts.append(
            f"<p style='margin:0; color:{colors['muted']}'>{_text(', '.join(row.differences))}</p>"
        )
    return "".join(parts)


def _char(text: str, *, same: bool) -> str:
    colors = theme.colors(theme.current())
    shown = "␣" if text == " " and not same else text or "·"
    shown = _text(shown) if shown != " " else "&nbsp;"
    if same:
        return f"<td>{shown}</td>"
    return f"<td style='background:{colors['warning_bg']}; color:{colors['warning']}'>{shown}</td>"


def _text(text: str) -> str:
    return html.escape(text)
