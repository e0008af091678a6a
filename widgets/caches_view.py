"""The Caches tab: what each cache would answer for a number, how old that is, and who shares it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSignalBlocker,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.field_row import label
from widgets.inspector_state import CacheEntry, CachesState

COLUMNS = ("Cache", "", "Age", "Used for", "Answers", "Key")
STATES = {
    "hit": ("● hit", "success"),
    "miss": ("○ miss", "muted"),
    "expired": ("◌ expired", "warning"),
}
OF_NUMBER = "This number"
ALL = "Every entry"
NO_NUMBER = "Type a number, or choose a run: what each cache holds for it appears here."
NO_ENTRY = "No cache holds anything yet."
HINT = "Choose a row: what it means, and who else gets this answer, appears here."
ACTIONS = {
    "clear": ("Clear", "Remove this entry"),
    "stale": ("Make stale", "Date this entry back past its lifetime"),
    "nobody": ("Remember nobody", "Make the extension remember that nobody has this number"),
    "outdated": ("Make outdated", "Give its contacts names that the CRM does not know"),
}
_KEY = Qt.ItemDataRole.UserRole


class CachesView(QWidget):
    """Every cache between a call and the CRM.

    Signals:
        shown(): the tab has come to the front; what it shows may be out of date.
        entry_action_requested(str, str): do this (``clear``, ``stale``, ``nobody``,
            ``outdated``) to the entry with this key.
        clear_layer_requested(str): empty this cache for the connection in use.
        maintain_requested(): drop the account's answers that are older than 3 months.
        bypass_local_changed(bool), bypass_account_changed(bool): whether the next lookup goes past
            the extension's matches, or past the account's cache.
    """

    shown = Signal()
    entry_action_requested = Signal(str, str)
    clear_layer_requested = Signal(str)
    maintain_requested = Signal()
    bypass_local_changed = Signal(bool)
    bypass_account_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cachesView")
        self._scheme = theme.current()
        self._state = CachesState()
        self._listed: dict[str, CacheEntry] = {}
        self._which = QComboBox()
        self._which.setObjectName("cacheScopeCombo")
        self._which.setAccessibleName("Which entries")
        self._which.addItems([OF_NUMBER, ALL])
        self._which.currentIndexChanged.connect(self._fill)
        self._filter = QLineEdit()
        self._filter.setObjectName("cacheFilterField")
        self._filter.setAccessibleName("Find in the caches")
        self._filter.setPlaceholderText("Find a number, a name, a cache")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._fill)
        self._past_local = _check(
            "bypassLocalCheck",
            "Next call: online lookup",
            "The next call goes past the extension's match and asks the server.",
        )
        self._past_local.toggled.connect(self.bypass_local_changed)
        self._past_account = _check(
            "bypassAccountCheck",
            "Next lookup: forced refresh",
            "The next lookup goes past the account's cache and data and asks the CRM.",
        )
        self._past_account.toggled.connect(self.bypass_account_changed)
        self._table = _table()
        self._table.itemSelectionChanged.connect(self._on_selection_changed)
        self._table.customContextMenuRequested.connect(self._show_menu)
        self._empty = label(NO_NUMBER, "muted", wraps=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._meaning = QLabel(HINT)
        self._meaning.setObjectName("cacheMeaning")
        self._meaning.setAccessibleName("What the entry means")
        self._meaning.setWordWrap(True)
        self._meaning.setTextFormat(Qt.TextFormat.PlainText)
        self._meaning.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._meaning.setMinimumHeight(84)
        self._meaning.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._done = label("", "muted", wraps=True)
        self._done.setObjectName("cacheNote")
        self._done.setAccessibleName("What was done")
        self._buttons: dict[str, QPushButton] = {}
        self._lay_out()
        self._fill()

    def show_caches(self, state: CachesState) -> None:
        """Show the caches; the chosen row stays chosen."""
        self._state = state
        self._which.setItemText(0, f"{OF_NUMBER}: {state.number}" if state.number else OF_NUMBER)
        for check, on in (
            (self._past_local, state.past_local),
            (self._past_account, state.past_account),
        ):
            with QSignalBlocker(check):
                check.setChecked(on)
        self._fill()

    def show_done(self, sentence: str) -> None:
        """Say what the last action did."""
        self._done.setText(sentence)

    def focus_find(self) -> None:
        """Put the cursor into the find field."""
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the rows anew in the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._scheme != theme.current():
            self._scheme = theme.current()
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the present state."""
        super().showEvent(event)
        self.shown.emit()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._which)
        top.addWidget(self._filter, 1)
        passes = QHBoxLayout()
        passes.setSpacing(18)
        passes.addWidget(self._past_local)
        passes.addWidget(self._past_account)
        passes.addStretch(1)
        actions = QHBoxLayout()
        for name, (text, tip) in ACTIONS.items():
            button = QPushButton(text)
            button.setObjectName(f"{name}CacheEntryButton")
            button.setAccessibleName(f"{text}: {tip}")
            button.setToolTip(tip)
            button.setProperty("cacheAction", name)
            button.clicked.connect(self._on_action_clicked)
            actions.addWidget(button)
            self._buttons[name] = button
        self._clear_layer = QPushButton("Clear this cache")
        self._clear_layer.setObjectName("clearCacheLayerButton")
        self._clear_layer.setAccessibleName("Empty the chosen row's cache for this connection")
        self._clear_layer.setToolTip("Empty the chosen row's cache for this connection")
        self._clear_layer.clicked.connect(self._on_clear_layer)
        maintain = QPushButton("Run maintenance")
        maintain.setObjectName("maintainCachesButton")
        maintain.setAccessibleName("Drop the account's answers that are older than 3 months")
        maintain.setToolTip("Drop the account's answers that are older than 3 months")
        maintain.clicked.connect(self.maintain_requested)
        actions.addStretch(1)
        whole = QHBoxLayout()
        whole.addWidget(self._clear_layer)
        whole.addWidget(maintain)
        whole.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addLayout(passes)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._meaning)
        layout.addLayout(actions)
        layout.addLayout(whole)
        layout.addWidget(self._done)

    @Slot()
    def _fill(self) -> None:
        every = self._which.currentIndex() == 1
        wanted = self._filter.text().strip().casefold()
        rows = [
            entry
            for entry in (self._state.entries if every else self._state.of_number)
            if not wanted or wanted in _searched(entry)
        ]
        chosen = self._chosen_key()
        with QSignalBlocker(self._table):
            self._table.setRowCount(len(rows))
            for place, entry in enumerate(rows):
                _fill_row(self._table, place, entry)
            self._choose(chosen, rows)
        self._listed = {entry.key: entry for entry in rows}
        self._table.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._empty.setText(
            f"Nothing here contains “{self._filter.text().strip()}”."
            if wanted
            else (NO_ENTRY if every else NO_NUMBER)
        )
        self._on_selection_changed()

    def _choose(self, key: str, rows: Sequence[CacheEntry]) -> None:
        """Choose the row with this key again, or none."""
        place = next((at for at, entry in enumerate(rows) if entry.key == key), -1)
        if place < 0:
            self._table.clearSelection()
            self._table.setCurrentCell(-1, -1)
        elif place != self._table.currentRow():
            self._table.selectRow(place)

    def _chosen_key(self) -> str:
        items = self._table.selectedItems()
        return str(items[0].data(_KEY)) if items else ""

    def _chosen(self) -> CacheEntry | None:
        return self._listed.get(self._chosen_key())

    @Slot()
    def _on_selection_changed(self) -> None:
        entry = self._chosen()
        for name, button in self._buttons.items():
            button.setEnabled(entry is not None and name in entry.actions)
        self._clear_layer.setEnabled(entry is not None)
        self._meaning.setText(HINT if entry is None else _told(entry))

    @Slot()
    def _on_action_clicked(self) -> None:
        sender, entry = self.sender(), self._chosen()
        if sender is not None and entry is not None:
            self.entry_action_requested.emit(str(sender.property("cacheAction")), entry.key)

    @Slot()
    def _on_clear_layer(self) -> None:
        entry = self._chosen()
        if entry is not None:
            self.clear_layer_requested.emit(entry.layer)

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        entry = self._chosen()
        if entry is None or not entry.actions:
            return
        menu = QMenu(self)
        for name, (text, _tip) in ACTIONS.items():
            if name in entry.actions:
                menu.addAction(text).triggered.connect(self._buttons[name].click)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._table.viewport().mapToGlobal(position))


class _KeyDelegate(QStyledItemDelegate):
    """Leaves the end of a long key: the number stands there."""

    def initStyleOption(  # noqa: N802  Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Cut in the middle."""
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


def _check(name: str, text: str, tip: str) -> QCheckBox:
    check = QCheckBox(text)
    check.setObjectName(name)
    check.setAccessibleName(f"{text}. {tip}")
    check.setToolTip(tip)
    return check


def _table() -> QTableWidget:
    table = QTableWidget(0, len(COLUMNS))
    table.setObjectName("cachesTable")
    table.setAccessibleName("Entries of the caches")
    table.setHorizontalHeaderLabels(list(COLUMNS))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.setItemDelegateForColumn(COLUMNS.index("Key"), _KeyDelegate(table))
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(28)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, width in enumerate((134, 84, 116, 150, 0, 210)):
        table.setColumnWidth(column, width)
    header.setSectionResizeMode(COLUMNS.index("Answers"), QHeaderView.ResizeMode.Stretch)
    return table


def _fill_row(table: QTableWidget, place: int, entry: CacheEntry) -> None:
    word, tone = STATES[entry.state]
    cells = (entry.layer, word, entry.age, entry.lifetime, entry.answer, entry.name)
    for column, text in enumerate(cells):
        item = QTableWidgetItem(text)
        item.setData(_KEY, entry.key)
        item.setToolTip(text)
        if column == 1:
            item.setForeground(QColor(theme.colors(theme.current())[tone]))
        elif entry.state == "miss":
            item.setForeground(QColor(theme.colors(theme.current())["muted"]))
        table.setItem(place, column, item)


def _searched(entry: CacheEntry) -> str:
    return f"{entry.layer} {entry.name} {entry.answer} {entry.state}".casefold()


def _told(entry: CacheEntry) -> str:
    answers = f"Answers: {entry.answer}\n" if entry.answer else ""
    return f"{answers}{entry.meaning}\nWho gets it: {entry.shared}"
