"""Ctrl+K: every command of the menus, by a few letters of its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget


class CommandPalette(QDialog):
    """A list of actions, narrowed while typing; Enter runs the chosen one."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("commandPalette")
        self.setWindowTitle("Commands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(460, 380)
        self._actions = list(actions)
        self._field = QLineEdit()
        self._field.setObjectName("paletteField")
        self._field.setAccessibleName("Command")
        self._field.setPlaceholderText("Type a command")
        self._field.textChanged.connect(self._narrow)
        self._field.returnPressed.connect(self._run_current)
        self._list = QListWidget()
        self._list.setObjectName("paletteList")
        self._list.setAccessibleName("Commands")
        self._list.itemActivated.connect(self._run)
        layout = QVBoxLayout(self)
        layout.addWidget(self._field)
        layout.addWidget(self._list)
        self._narrow("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the arrow keys move in the list while the field has the cursor."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            count = self._list.count()
            self._list.setCurrentRow((self._list.currentRow() + step) % count if count else -1)
            return
        super().keyPressEvent(event)

    @Slot(str)
    def _narrow(self, text: str) -> None:
        self._list.clear()
        wanted = text.casefold().split()
        for number, action in enumerate(self._actions):
            name = action.text().replace("&", "")
            if action.isEnabled() and all(part in name.casefold() for part in wanted):
                keys = action.shortcut().toString()
                item = QListWidgetItem(f"{name}    {keys}" if keys else name)
                item.setData(Qt.ItemDataRole.UserRole, number)
                self._list.addItem(item)
        if not self._list.count():
            nothing = QListWidgetItem("No command fits")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(nothing)
            return
        self._list.setCurrentRow(0)

    @Slot()
    def _run_current(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._run(item)

    @Slot(QListWidgetItem)
    def _run(self, item: QListWidgetItem) -> None:
        number = item.data(Qt.ItemDataRole.UserRole)
        if number is None:
            return
        action = self._actions[number]
        self.accept()
        action.trigger()
