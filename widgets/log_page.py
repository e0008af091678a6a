"""The log page: which contact, what to write down, Save (contact-flow 1.5)."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets import icons
from widgets.additional_fields import AdditionalFields
from widgets.field_row import FieldRow, label
from widgets.page_state import LogPageState
from widgets.two_line_delegate import SUB_LABEL_ROLE, TwoLineDelegate

_SEARCH_KEY = "searchContact"
_ICONS = {"inbound": "phone-in", "outbound": "phone-out"}


class LogPage(QWidget):
    """Draw a `LogPageState` and tell what the user changes; nothing is decided here.

    Signals:
        contact_selected: key of the entry chosen.
        new_name_changed, new_type_changed, title_edited, note_changed: the new text.
        field_changed: const and value of an additional field.
        save_requested, back_requested: the buttons.
    """

    contact_selected = Signal(str)
    new_name_changed = Signal(str)
    new_type_changed = Signal(str)
    title_edited = Signal(str)
    note_changed = Signal(str)
    field_changed = Signal(str, object)
    save_requested = Signal()
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._showing = False
        self._contacts: tuple[object, ...] = ()
        self._types: tuple[tuple[str, str], ...] = ()
        self._last_emitted = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_header())
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(3)
        self._progress.setAccessibleName("Saving")
        kept = self._progress.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(kept)
        self._progress.hide()
        column.addWidget(self._progress)
        column.addWidget(self._make_strip())
        column.addWidget(self._make_form(), 1)
        for keys in ("Ctrl+S", "Ctrl+Return"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._save.click)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self._back.click)

    def _make_header(self) -> QWidget:
        header = QFrame()
        header.setObjectName("logHeader")
        self._back = QToolButton()
        self._back.setObjectName("backButton")
        self._back.setAccessibleName("Back to calls")
        self._back.setToolTip("Back to calls (Esc)")
        self._back.setIconSize(QSize(22, 22))
        icons.keep_tinted(self._back, "back")
        self._back.clicked.connect(self._on_back_clicked)
        self._heading = label("", "title")
        self._heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._save = QPushButton("Save")
        self._save.setObjectName("saveLogButton")
        self._save.setProperty("role", "text")
        self._save.setAccessibleName("Save")
        self._save.setToolTip("Save (Ctrl+S)")
        self._save.clicked.connect(self._on_save_clicked)
        grid = QGridLayout(header)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.addWidget(self._back, 0, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self._heading, 0, 1)
        grid.addWidget(self._save, 0, 2, Qt.AlignmentFlag.AlignRight)
        for outer in (0, 2):
            grid.setColumnMinimumWidth(outer, 74)
        grid.setColumnStretch(1, 1)
        return header

    def _make_strip(self) -> QWidget:
        strip = QFrame()
        strip.setObjectName("callStrip")
        self._direction = QToolButton()
        self._direction.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._direction.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._direction.setIconSize(QSize(26, 26))
        self._number = label("", "title")
        self._number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._result = label("", "muted")
        self._duration = label("", "muted")
        self._time = label("", "muted")
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self._number)
        left.addWidget(self._result)
        right = QVBoxLayout()
        right.setSpacing(2)
        for part in (self._duration, self._time):
            part.setAlignment(Qt.AlignmentFlag.AlignRight)
            right.addWidget(part)
        row = QHBoxLayout(strip)
        row.setContentsMargins(14, 10, 20, 10)
        row.addWidget(self._direction)
        row.addLayout(left, 1)
        row.addLayout(right)
        return strip

    def _make_form(self) -> QWidget:
        self._banner = label("", "banner", wraps=True)
        self._banner.setObjectName("warningBanner")
        self._banner.setAccessibleName("Warning")
        self._combo = QComboBox()
        self._combo.setObjectName("contactCombo")
        self._combo.setItemDelegate(TwoLineDelegate(self._combo))
        self._combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._combo.currentIndexChanged.connect(self._on_contact_changed)
        self._combo.activated.connect(self._on_contact_activated)
        self._sub_label = label("", "muted")
        self._name = QLineEdit()
        self._name.setObjectName("newContactNameField")
        self._name.setPlaceholderText("Enter name...")
        self._name.textChanged.connect(self._on_name_changed)
        self._type = QComboBox()
        self._type.setObjectName("newContactTypeCombo")
        self._type.setPlaceholderText("Choose a type")
        self._type.currentIndexChanged.connect(self._on_type_changed)
        self._title = QLineEdit()
        self._title.setObjectName("activityTitleField")
        self._title.textChanged.connect(self._on_title_changed)
        self._note = QPlainTextEdit()
        self._note.setObjectName("noteField")
        self._note.setPlaceholderText("Enter note...")
        self._note.setTabChangesFocus(True)
        self._note.setMinimumHeight(84)
        self._note.setMaximumHeight(150)
        self._note.textChanged.connect(self._on_note_changed)
        self._contact_row = FieldRow("Contact", self._combo)
        self._contact_row.add_note(self._sub_label)
        self._name_row = FieldRow("New contact name", self._name)
        self._type_row = FieldRow("Contact type", self._type)
        self._title_row = FieldRow("Activity title", self._title)
        self._note_row = FieldRow("Note", self._note)
        self._fields = AdditionalFields(self._note)
        self._fields.field_changed.connect(self.field_changed)
        form = QWidget()
        form.setObjectName("logForm")
        column = QVBoxLayout(form)
        column.setContentsMargins(20, 14, 20, 20)
        column.setSpacing(14)
        column.addWidget(self._banner)
        column.addWidget(self._contact_row)
        for row in (self._name_row, self._type_row, self._title_row, self._note_row):
            column.addWidget(row)
        column.addWidget(self._fields)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(form)
        return area

    def focus_first(self) -> None:
        """Put the focus where the user goes on: the new contact's name, else the contact."""
        (self._combo if self._name_row.isHidden() else self._name).setFocus()

    def show_state(self, state: LogPageState) -> None:
        """Show `state`, touching only what differs: focus and cursor stay, no signal is sent."""
        self._showing = True
        try:
            self._show_call(state)
            self._show_contacts(state)
            self._show_new_contact(state)
            problems = dict(state.problems)
            _set_text(self._title, state.title)
            if self._note.toPlainText() != state.note:
                self._note.setPlainText(state.note)
            self._fields.show_fields(state.fields, problems)
            for name, row in (
                ("contact", self._contact_row),
                ("newContactName", self._name_row),
                ("newContactType", self._type_row),
                ("activityTitle", self._title_row),
                ("note", self._note_row),
            ):
                row.show_problem(problems.get(name, ""))
        finally:
            self._showing = False

    def _show_call(self, state: LogPageState) -> None:
        _set_label(self._heading, state.heading)
        self._save.setText("Saving…" if state.busy else state.save_label)
        self._save.setAccessibleName(state.save_label)
        self._save.setEnabled(not state.busy)
        self._progress.setVisible(state.busy)
        if state.missed:
            icons.keep_tinted(self._direction, "phone-missed", "danger")
        else:
            icons.keep_tinted(self._direction, _ICONS[state.direction])
        word = "Missed" if state.missed else state.direction.capitalize()
        self._direction.setAccessibleName(f"{word} call")
        _set_label(self._number, state.number_text)
        _set_label(self._result, state.result_text)
        _set_label(self._duration, state.duration_text)
        _set_label(self._time, state.time_text)
        _set_label(self._banner, state.banner)
        self._banner.setVisible(bool(state.banner))

    def _show_contacts(self, state: LogPageState) -> None:
        if self._contacts != state.contacts:
            self._contacts = state.contacts
            self._combo.clear()
            for choice in state.contacts:
                self._combo.addItem(choice.name, choice.key)
                last = self._combo.count() - 1
                self._combo.setItemData(last, choice.sub_label, SUB_LABEL_ROLE)
        index = self._combo.findData(state.selected)
        if self._combo.currentIndex() != index:
            self._combo.setCurrentIndex(index)
        self._combo.setEnabled(not state.contact_locked)
        sub_label = str(self._combo.currentData(SUB_LABEL_ROLE) or "")
        _set_label(self._sub_label, sub_label)
        self._sub_label.setVisible(bool(sub_label))

    def _show_new_contact(self, state: LogPageState) -> None:
        self._name_row.setVisible(state.shows_new_contact)
        self._name_row.set_title("New contact name", required=state.new_name_required)
        self._type_row.setVisible(state.shows_new_contact and bool(state.new_types))
        _set_text(self._name, state.new_name)
        if self._types != state.new_types:
            self._types = state.new_types
            self._type.clear()
            for key, text in state.new_types:
                self._type.addItem(text, key)
        index = self._type.findData(state.new_type)
        if self._type.currentIndex() != index:
            self._type.setCurrentIndex(index)

    @Slot()
    def _on_contact_changed(self) -> None:
        if not self._showing and self._combo.currentIndex() >= 0:
            self._last_emitted = str(self._combo.currentData())
            self.contact_selected.emit(self._last_emitted)

    @Slot(int)
    def _on_contact_activated(self, _index: int) -> None:
        # "Search contacts" must work again when it is the entry already shown.
        emitted, self._last_emitted = self._last_emitted, ""
        if not emitted and self._combo.currentData() == _SEARCH_KEY:
            self.contact_selected.emit(_SEARCH_KEY)

    @Slot(str)
    def _on_name_changed(self, text: str) -> None:
        if not self._showing:
            self.new_name_changed.emit(text)

    @Slot()
    def _on_type_changed(self) -> None:
        if not self._showing and self._type.currentIndex() >= 0:
            self.new_type_changed.emit(str(self._type.currentData()))

    @Slot(str)
    def _on_title_changed(self, text: str) -> None:
        if not self._showing:
            self.title_edited.emit(text)

    @Slot()
    def _on_note_changed(self) -> None:
        if not self._showing:
            self.note_changed.emit(self._note.toPlainText())

    @Slot()
    def _on_save_clicked(self) -> None:
        self.save_requested.emit()

    @Slot()
    def _on_back_clicked(self) -> None:
        self.back_requested.emit()


def _set_text(edit: QLineEdit, text: str) -> None:
    if edit.text() != text:
        place = edit.cursorPosition()
        edit.setText(text)
        edit.setCursorPosition(min(place, len(text)) if edit.hasFocus() else 0)


def _set_label(shown: QLabel, text: str) -> None:
    if shown.text() != text:
        shown.setText(text)
