"""The dial pad: a number, the keys, and three things to do with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from widgets import icons, theme
from widgets.field_row import label, restyle
from widgets.text_direction import left_to_right

_KEYS = (
    ("1", ""),
    ("2", "ABC"),
    ("3", "DEF"),
    ("4", "GHI"),
    ("5", "JKL"),
    ("6", "MNO"),
    ("7", "PQRS"),
    ("8", "TUV"),
    ("9", "WXYZ"),
    ("*", ""),
    ("0", "+"),
    ("#", ""),
)
_KEY_NAMES = {"*": "star", "#": "hash"}
# Longer texts are no phone number in the making; grouping them would only cost time.
_LONGEST_GROUPED = 40
_HINT = "Type a number, then press Enter to look it up."


class DialKey(QPushButton):
    """A round key: digit over its letters."""

    def __init__(self, key: str, letters: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._letters = letters
        self.setObjectName(f"key_{_KEY_NAMES.get(key, key)}")
        self.setProperty("role", "key")
        self.setMinimumSize(QSize(84, 36))
        self.setMaximumSize(QSize(84, 54))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.setAccessibleName(f"{_KEY_NAMES.get(key, key)} {letters}".strip())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button's face, then digit and letters."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        font = QFont(self.font())
        font.setPixelSize(21)
        font.setWeight(QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        middle = int(Qt.AlignmentFlag.AlignCenter)
        lift = 14 if self._letters else 0
        painter.drawText(self.rect().adjusted(0, 0, 0, -lift), middle, self.key)
        if self._letters:
            font.setPixelSize(10)
            painter.setFont(font)
            painter.setPen(theme.color("muted"))
            painter.drawText(
                self.rect().adjusted(0, self.height() // 2 - 1, 0, 0), middle, self._letters
            )
        painter.end()


class DialpadPage(QWidget):
    """Take any text as a number; digits are grouped as they are typed.

    Signals:
        lookup_requested, incoming_requested, outgoing_requested: the text as it stands.
        create_contact_requested: the text for which the last look-up found nobody.
        number_changed: the text, at every change.
    """

    lookup_requested = Signal(str)
    incoming_requested = Signal(str)
    outgoing_requested = Signal(str)
    create_contact_requested = Signal(str)
    number_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialpadPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._region = "US"
        self._grouping = False
        self._shown = ""
        self._own_spelling = False
        self._in_call = False
        self._field = QLineEdit()
        self._field.setObjectName("phoneNumberField")
        self._field.setAccessibleName("Phone number")
        self._field.setToolTip("Phone number: Enter looks it up")
        self._field.setPlaceholderText("Enter a number")
        self._field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._field.setMinimumHeight(48)
        self._field.textChanged.connect(self._on_text_changed)
        self._field.returnPressed.connect(self._on_lookup_clicked)
        self._erase = QAction("Delete the last digit", self)
        icons.keep_tinted(self._erase, "backspace")
        self._erase.triggered.connect(self._on_erase_triggered)
        self._field.addAction(self._erase, QLineEdit.ActionPosition.TrailingPosition)
        self._erase.setVisible(False)
        self._match = label(_HINT, "muted", wraps=True)
        self._match.setObjectName("matchLabel")
        self._match.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._match.setMinimumHeight(22)
        self._create = QPushButton("Create contact…")
        self._create.setObjectName("createContactButton")
        self._create.setProperty("role", "text")
        self._create.setAccessibleName("Create contact")
        self._create.setToolTip("Create a contact for this number")
        self._create.clicked.connect(self._on_create_clicked)
        self._create.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 22, 28, 24)
        column.setSpacing(8)
        column.addWidget(self._field)
        column.addWidget(self._match)
        column.addWidget(self._create, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        column.addWidget(self._make_keys(), 8)
        column.addSpacing(10)
        column.addStretch(1)
        column.addLayout(self._make_buttons())
        self.setFocusProxy(self._field)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look whether there is room for the keys."""
        super().resizeEvent(event)
        self._fit_keys()

    def set_in_call(self, *, in_call: bool) -> None:
        """Let the keys give way during a call: its card needs their room in a low window."""
        self._in_call = in_call
        self._fit_keys()

    def _fit_keys(self) -> None:
        layout = self.layout()
        if layout is None or not self._in_call:
            self._keys.show()
            return
        needed = layout.totalMinimumHeightForWidth(self.width())
        if self._keys.isHidden():
            needed += self._keys.minimumSizeHint().height() + layout.spacing()
        self._keys.setVisible(self.height() >= needed)

    def _make_keys(self) -> QWidget:
        self._keys = QWidget()
        grid = QGridLayout(self._keys)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        for place, (key, letters) in enumerate(_KEYS):
            button = DialKey(key, letters, self)
            button.clicked.connect(self._on_key_clicked)
            grid.addWidget(button, place // 3, 1 + place % 3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(4, 1)
        return self._keys

    def _make_buttons(self) -> QVBoxLayout:
        self._lookup = QPushButton("Look up contact")
        self._lookup.setObjectName("lookupButton")
        self._lookup.setProperty("role", "primary")
        self._lookup.setToolTip("Look up who this is (Enter)")
        self._incoming = QPushButton("Incoming call")
        self._incoming.setObjectName("incomingCallButton")
        self._incoming.setToolTip("Simulate a call from this number (Ctrl+I)")
        self._incoming.setShortcut("Ctrl+I")
        self._outgoing = QPushButton("Outgoing call")
        self._outgoing.setObjectName("outgoingCallButton")
        self._outgoing.setToolTip("Simulate a call to this number (Ctrl+O)")
        self._outgoing.setShortcut("Ctrl+O")
        icons.keep_tinted(self._lookup, "search", "accent_text")
        icons.keep_tinted(self._incoming, "phone-in", "text")
        icons.keep_tinted(self._outgoing, "phone-out", "text")
        self._lookup.clicked.connect(self._on_lookup_clicked)
        self._incoming.clicked.connect(self._on_incoming_clicked)
        self._outgoing.clicked.connect(self._on_outgoing_clicked)
        calls = QHBoxLayout()
        calls.setSpacing(10)
        column = QVBoxLayout()
        column.setSpacing(10)
        for button in (self._lookup, self._incoming, self._outgoing):
            button.setMinimumHeight(38)
            button.setAccessibleName(button.text())
        column.addWidget(self._lookup)
        calls.addWidget(self._incoming)
        calls.addWidget(self._outgoing)
        column.addLayout(calls)
        return column

    @property
    def number(self) -> str:
        """The text of the number field, as the user sees it."""
        return self._field.text()

    @property
    def match_text(self) -> str:
        """The line that says who the number is."""
        return self._match.text()

    def set_region(self, region: str) -> None:
        """Group digits as phones in `region` (ISO letters) do, and so the number shown now."""
        self._region = region
        self._on_text_changed(self._field.text())

    def set_number(self, number_text: str) -> None:
        """Put `number_text` into the field."""
        self._own_spelling = False
        self._field.setText(number_text)

    def focus_number(self) -> None:
        """Put the cursor into the number field with its text selected."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def show_match(self, text: str, *, can_create: bool = False) -> None:
        """Show who the number is; `can_create` offers to create the contact."""
        self._show_line(text or _HINT, "muted")
        self._create.setVisible(can_create)

    def _show_line(self, text: str, role: str) -> None:
        self._match.setText(left_to_right(text))
        self._fit_keys()
        restyle(self._match, "role", role)

    def _number_or_hint(self) -> str:
        text = self._field.text().strip()
        if not text:
            self._show_line("Enter a number first.", "problem")
            self._field.setFocus()
        return text

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        if self._grouping:
            return
        # Who types punctuation of his own spells the number his way: leave it until it is gone.
        added = len(text) > len(self._shown) > 0 and _dialled(text) == _dialled(self._shown)
        self._own_spelling = bool(text) and (self._own_spelling or added)
        grouped = text if self._own_spelling else self._grouped(text)
        if grouped != text:
            before = sum(char.isdigit() for char in text[: self._field.cursorPosition()])
            self._grouping = True
            self._field.setText(grouped)
            self._grouping = False
            self._field.setCursorPosition(_after_digits(grouped, before))
        self._shown = grouped
        self._erase.setVisible(bool(grouped))
        self.show_match("")
        self.number_changed.emit(grouped)

    def _grouped(self, text: str) -> str:
        if len(text) > _LONGEST_GROUPED or any(char.isalpha() for char in text):
            return text
        from connectors.phone import format_as_you_type  # noqa: PLC0415  25 ms at start otherwise

        return format_as_you_type(text, self._region)

    @Slot()
    def _on_key_clicked(self) -> None:
        key = self.sender()
        if isinstance(key, DialKey):
            self._field.insert(key.key)

    @Slot()
    def _on_erase_triggered(self) -> None:
        self._field.end(False)
        self._field.backspace()
        self._field.setFocus()

    @Slot()
    def _on_lookup_clicked(self) -> None:
        if text := self._number_or_hint():
            self.lookup_requested.emit(text)

    @Slot()
    def _on_incoming_clicked(self) -> None:
        if text := self._number_or_hint():
            self.incoming_requested.emit(text)

    @Slot()
    def _on_outgoing_clicked(self) -> None:
        if text := self._number_or_hint():
            self.outgoing_requested.emit(text)

    @Slot()
    def _on_create_clicked(self) -> None:
        if text := self._number_or_hint():
            self.create_contact_requested.emit(text)


def _dialled(text: str) -> str:
    return "".join(char for char in text if char.isdigit() or char == "+")


def _after_digits(text: str, count: int) -> int:
    """Return the place behind the digit number `count`, so the cursor keeps its digit."""
    total = sum(char.isdigit() for char in text)
    if count >= total:
        return len(text)
    seen = 0
    for place, char in enumerate(text):
        if seen == count:
            return place
        seen += char.isdigit()
    return len(text)
