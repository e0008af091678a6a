"""The left side of the window: what the user of the extension sees."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets import icons
from widgets.call_card import CallCard
from widgets.dialpad_page import DialpadPage
from widgets.field_row import label, restyle
from widgets.notification import Notification

if TYPE_CHECKING:
    from widgets.call_history import CallHistoryPage
    from widgets.log_page import LogPage
    from widgets.page_state import CallCardState, LogPageState


class PhonePanel(QWidget):
    """Compose header, tabs, pages, call card and notification.

    The parts are public attributes (`dialpad`, `calls`, `log_page`, `call_card`, `notification`):
    connect to their signals.

    Signals:
        formats_requested, call_pop_requested: from the settings menu.
        page_changed: ``dialpad``, ``calls`` or ``log``.
    """

    formats_requested = Signal()
    call_pop_requested = Signal()
    page_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("phonePanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(360)
        self.dialpad = DialpadPage()
        self.call_card = CallCard()
        self._tab_pages = QStackedWidget()
        self._tab_pages.addWidget(self.dialpad)
        self._home = QWidget()
        home = QVBoxLayout(self._home)
        home.setContentsMargins(0, 0, 0, 0)
        home.setSpacing(0)
        home.addWidget(self._make_heading())
        home.addWidget(self._make_tabs())
        home.addWidget(self._tab_pages, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._home)
        self._card_row = QHBoxLayout()
        self._card_row.setContentsMargins(12, 0, 12, 0)
        self._card_row.addWidget(self.call_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_header())
        column.addLayout(self._card_row)
        column.addWidget(self._pages, 1)
        self.notification = Notification(self)
        self.notification.keep_below(self.call_card)
        self.dialpad.setFocus()

    @cached_property
    def calls(self) -> CallHistoryPage:
        """The call history; built when it is first wanted, after the window's first paint."""
        from widgets.call_history import CallHistoryPage  # noqa: PLC0415

        page = CallHistoryPage()
        self._tab_pages.addWidget(page)
        return page

    @cached_property
    def log_page(self) -> LogPage:
        """The log page; built when it is first wanted, after the window's first paint."""
        from widgets.log_page import LogPage  # noqa: PLC0415

        page = LogPage()
        self._pages.addWidget(page)
        return page

    def sizeHint(self) -> QSize:
        """Return the width of the extension's window."""
        return QSize(400, 760)

    def _make_header(self) -> QWidget:
        header = QFrame()
        header.setObjectName("phoneHeader")
        self._dot = QLabel()
        self._dot.setObjectName("statusDot")
        wordmark = label("Callbench", "wordmark")
        self._crm = label("", "muted")
        self._crm.setObjectName("crmName")
        grid = QGridLayout(header)
        grid.setContentsMargins(20, 12, 20, 12)
        grid.addWidget(self._dot, 0, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(wordmark, 0, 1, Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(self._crm, 0, 2, Qt.AlignmentFlag.AlignRight)
        for outer in (0, 2):
            grid.setColumnStretch(outer, 1)
            grid.setColumnMinimumWidth(outer, 90)
        self.show_connection("", connected=False)
        return header

    def _make_heading(self) -> QWidget:
        heading = QWidget()
        self._settings = QToolButton()
        self._settings.setObjectName("phoneSettingsButton")
        self._settings.setAccessibleName("Phone settings")
        self._settings.setToolTip("Phone formats and call pop")
        self._settings.setIconSize(QSize(22, 22))
        self._settings.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        icons.keep_tinted(self._settings, "settings")
        self._formats = QAction("Phone number formats…", self)
        self._call_pop = QAction("Call pop…", self)
        icons.keep_tinted(self._formats, "formats", "text")
        icons.keep_tinted(self._call_pop, "pop", "text")
        self._formats.triggered.connect(self._on_formats_triggered)
        self._call_pop.triggered.connect(self._on_call_pop_triggered)
        menu = QMenu(self._settings)
        menu.addAction(self._formats)
        menu.addAction(self._call_pop)
        self._settings.setMenu(menu)
        row = QHBoxLayout(heading)
        row.setContentsMargins(20, 14, 16, 4)
        row.addWidget(label("Phone", "heading"), 1)
        row.addWidget(self._settings)
        return heading

    def _make_tabs(self) -> QWidget:
        rule = QFrame()
        rule.setObjectName("tabRule")
        self._dialpad_tab = _tab("Dialpad", "dialpadTab")
        self._calls_tab = _tab("Calls", "callsTab")
        self._dialpad_tab.setChecked(True)
        self._tabs = QButtonGroup(self)
        row = QHBoxLayout(rule)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(6)
        for tab in (self._dialpad_tab, self._calls_tab):
            self._tabs.addButton(tab)
            row.addWidget(tab)
        row.addStretch(1)
        self._dialpad_tab.clicked.connect(self.show_dialpad)
        self._calls_tab.clicked.connect(self.show_calls)
        return rule

    def show_connection(self, crm: str, *, connected: bool) -> None:
        """Show the CRM's name and whether the user is connected to it."""
        restyle(self._dot, "connected", "true" if connected else "false")
        words = f"Connected to {crm}" if connected else "Not connected"
        self._dot.setToolTip(words)
        self._dot.setAccessibleName(words)
        self._crm.setText(crm)
        self._crm.setToolTip(words)

    @Slot()
    def show_dialpad(self) -> None:
        """Go to the dial pad."""
        self._dialpad_tab.setChecked(True)
        self._tab_pages.setCurrentWidget(self.dialpad)
        self._pages.setCurrentWidget(self._home)
        self.dialpad.setFocus()
        self.page_changed.emit("dialpad")

    @Slot()
    def show_calls(self) -> None:
        """Go to the call history."""
        self._calls_tab.setChecked(True)
        self._tab_pages.setCurrentWidget(self.calls)
        self._pages.setCurrentWidget(self._home)
        self.calls.setFocus()
        self.page_changed.emit("calls")

    def show_log_page(self, state: LogPageState) -> None:
        """Show `state` on the log page and go there if it is not shown yet."""
        self.log_page.show_state(state)
        if self._pages.currentWidget() is not self.log_page:
            self._pages.setCurrentWidget(self.log_page)
            self.log_page.focus_first()
            self.page_changed.emit("log")

    def show_call(self, state: CallCardState) -> None:
        """Show the call in progress on top."""
        self._card_row.setContentsMargins(12, 10, 12, 10)
        self.call_card.show_call(state)
        self.dialpad.set_in_call(in_call=True)

    def clear_call(self) -> None:
        """Take the call card away."""
        self._card_row.setContentsMargins(12, 0, 12, 0)
        self.call_card.clear()
        self.dialpad.set_in_call(in_call=False)

    @property
    def page(self) -> str:
        """The page shown: ``dialpad``, ``calls`` or ``log``."""
        if self._pages.currentWidget() is not self._home:
            return "log"
        return "dialpad" if self._tab_pages.currentWidget() is self.dialpad else "calls"

    @Slot()
    def _on_formats_triggered(self) -> None:
        self.formats_requested.emit()

    @Slot()
    def _on_call_pop_triggered(self) -> None:
        self.call_pop_requested.emit()


def _tab(text: str, name: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setProperty("role", "tab")
    made.setCheckable(True)
    made.setAccessibleName(f"{text} tab")
    return made
