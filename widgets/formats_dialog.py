"""Up to three phone formats the CRM may have numbers stored in, with a live preview."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.field_row import FieldRow, label, restyle

_COUNT = 3
_HELP = (
    "A lookup tries each spelling in this order. Put one # for every digit of the number "
    "without its country code, for example (###) ###-#### or +1-###-###-####."
)


class FormatsDialog(QDialog):
    """Edit the formats. Opened with `open()`.

    Signals:
        preview_requested: all formats as typed, for `show_preview`.
        formats_saved: the formats that are not empty, in order.
        learn_requested: find out instead which formats fit; the dialog is closed then.
    """

    preview_requested = Signal(list)
    formats_saved = Signal(list)
    learn_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formatsDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Phone number formats")
        self.setMinimumWidth(420)
        self._edits: list[QLineEdit] = []
        self._previews: list[QLabel] = []
        self._example = label("", "muted", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(4)
        column.addWidget(label(_HELP, "muted", wraps=True))
        column.addWidget(self._example)
        for place in range(1, _COUNT + 1):
            edit = QLineEdit()
            edit.setObjectName(f"formatField_{place}")
            edit.setPlaceholderText("(###) ###-####" if place == 1 else "Not used")
            edit.setToolTip("One # for every digit")
            edit.textChanged.connect(self._on_format_changed)
            preview = label("", "muted", wraps=True)
            preview.setObjectName(f"formatPreview_{place}")
            self._edits.append(edit)
            self._previews.append(preview)
            column.addSpacing(8)
            column.addWidget(FieldRow(f"Format {place}", edit))
            column.addWidget(preview)
        save = QPushButton("Save")
        save.setObjectName("saveFormatsButton")
        save.setDefault(True)
        save.setAccessibleName("Save formats")
        save.setToolTip("Use these formats (Enter)")
        save.clicked.connect(self._on_save_clicked)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.setToolTip("Close (Esc)")
        cancel.clicked.connect(self.reject)
        learn = QPushButton("Learn formats…")
        learn.setObjectName("learnFormatsButton")
        learn.setAccessibleName("Learn formats from stored numbers")
        learn.setToolTip("Find out which formats fit the numbers that the CRM has stored")
        learn.setAutoDefault(False)
        learn.clicked.connect(self._on_learn_clicked)
        bottom = QHBoxLayout()
        bottom.addWidget(learn)
        bottom.addStretch(1)
        bottom.addWidget(cancel)
        bottom.addWidget(save)
        column.addSpacing(12)
        column.addStretch(1)
        column.addLayout(bottom)

    def start(self, formats: Sequence[str], number_text: str = "") -> None:
        """Open with these formats; `number_text` is the number the previews are made of."""
        shown = f"Previews use {number_text}." if number_text else ""
        self._example.setText(shown)
        self._example.setVisible(bool(shown))
        padded = [*formats, *[""] * _COUNT][:_COUNT]
        for edit, text in zip(self._edits, padded, strict=True):
            edit.setText(text)
        self._edits[0].setFocus()
        self.open()
        self._on_format_changed()

    def formats(self) -> list[str]:
        """Return the three formats as typed, empty ones included."""
        return [edit.text().strip() for edit in self._edits]

    def show_preview(self, previews: Sequence[tuple[str, bool, str]]) -> None:
        """Show what each format makes of the number: text, whether it fits, and why not."""
        padded = [*previews, *[("", True, "")] * _COUNT][:_COUNT]
        for line, typed, (text, ok, reason) in zip(
            self._previews, self.formats(), padded, strict=True
        ):
            restyle(line, "role", "ok" if ok else "warning")
            shown = f"✓ {text}" if ok else f"Skipped: {reason}"
            line.setText(shown if typed else "")

    @Slot()
    def _on_format_changed(self) -> None:
        self.preview_requested.emit(self.formats())

    @Slot()
    def _on_learn_clicked(self) -> None:
        self.reject()
        self.learn_requested.emit()

    @Slot()
    def _on_save_clicked(self) -> None:
        self.accept()
        self.formats_saved.emit([text for text in self.formats() if text])
