"""The Calls tab: search, filters, rows and what can be done with a row (contact-flow 1.3)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets import icons
from widgets.call_list import ROW_ROLE, CallListModel, CallRowDelegate
from widgets.field_row import label
from widgets.page_state import CallRow

FILTERS = ("ALL", "UNLOGGED", "MISSED", "INBOUND", "OUTBOUND")
_NO_CALLS = "No calls yet.\nEnter a number on the Dialpad and press Incoming or Outgoing call."
_NO_HITS = "No call matches.\nClear the search or choose ALL."


class CallHistoryPage(QWidget):
    """Show call rows; every action works by mouse, by menu and by keyboard.

    Signals:
        log_call_requested, refresh_contact_requested, view_contact_requested: session id.
        call_requested: the row's number.
        filter_changed: one of `FILTERS`. search_changed: the text.
    """

    log_call_requested = Signal(str)
    refresh_contact_requested = Signal(str)
    view_contact_requested = Signal(str)
    call_requested = Signal(str)
    filter_changed = Signal(str)
    search_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("callHistoryPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._make_list()
        self._make_actions()
        self._make_row_buttons()
        self._empty = label(_NO_CALLS, "muted", wraps=True)
        self._empty.setObjectName("callHistoryEmpty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(36)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._list)
        self.setFocusProxy(self._list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_search_row())
        column.addWidget(self._stack, 1)

    def _make_search_row(self) -> QWidget:
        row = QFrame()
        row.setObjectName("searchRow")
        self._search = QLineEdit()
        self._search.setObjectName("callSearchField")
        self._search.setProperty("role", "quiet")
        self._search.setPlaceholderText("Search…")
        self._search.setAccessibleName("Search calls")
        self._search.setToolTip("Search by name or number")
        self._search.setClearButtonEnabled(True)
        self._magnifier = QAction(self)
        icons.keep_tinted(self._magnifier, "search")
        self._search.addAction(self._magnifier, QLineEdit.ActionPosition.LeadingPosition)
        self._search.textChanged.connect(self._on_search_changed)
        filters = QHBoxLayout()
        filters.setSpacing(4)
        self._filters = QButtonGroup(self)
        for name in FILTERS:
            button = QPushButton(name)
            button.setObjectName(f"filter_{name}")
            button.setProperty("role", "filter")
            button.setCheckable(True)
            button.setChecked(name == "ALL")
            button.setAccessibleName(f"Show {name.lower()} calls")
            button.setToolTip(f"Show {name.lower()} calls")
            self._filters.addButton(button)
            filters.addWidget(button)
        filters.addStretch(1)
        self._filters.buttonClicked.connect(self._on_filter_clicked)
        column = QVBoxLayout(row)
        column.setContentsMargins(12, 6, 16, 6)
        column.setSpacing(2)
        column.addWidget(self._search)
        column.addLayout(filters)
        return row

    def _make_list(self) -> None:
        self._model = CallListModel()
        self._list = QListView()
        self._list.setObjectName("callHistory")
        self._list.setAccessibleName("Call history")
        self._list.setModel(self._model)
        self._list.setItemDelegate(CallRowDelegate(self._list))
        self._list.setMouseTracking(True)
        self._list.setUniformItemSizes(True)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._on_menu_requested)
        self._list.doubleClicked.connect(self._on_row_double_clicked)
        self._list.entered.connect(self._put_buttons_on)
        self._list.selectionModel().currentChanged.connect(self._put_buttons_on)
        self._list.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._model.modelReset.connect(self._on_model_reset)
        self._list.installEventFilter(self)
        self._list.viewport().installEventFilter(self)

    def _make_actions(self) -> None:
        self._log = self._action("Log call", "logCallAction", "plus")
        self._log.setToolTip("Log call (Enter)")
        self._call = self._action("Call", "callAction", "phone")
        self._view = self._action("View contact details", "viewContactAction", "user")
        self._refresh = self._action("Refresh contact", "refreshContactAction", "refresh")
        self._refresh.setShortcut("F5")
        self._refresh.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._log.triggered.connect(self._on_log_triggered)
        self._call.triggered.connect(self._on_call_triggered)
        self._view.triggered.connect(self._on_view_triggered)
        self._refresh.triggered.connect(self._on_refresh_triggered)
        self._menu = QMenu(self)
        for action in (self._log, self._call, self._view, self._refresh):
            self._list.addAction(action)
            self._menu.addAction(action)

    def _action(self, text: str, name: str, icon_name: str) -> QAction:
        action = QAction(text, self._list)
        action.setObjectName(name)
        icons.keep_tinted(action, icon_name, "text")
        return action

    def _make_row_buttons(self) -> None:
        self._buttons = QFrame(self._list.viewport())
        self._buttons.setObjectName("rowButtons")
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._more = QAction("More", self._buttons)
        icons.keep_tinted(self._more, "dots", "text")
        self._more.triggered.connect(self._on_more_triggered)
        for action in (self._log, self._call, self._more):
            button = QToolButton()
            button.setProperty("role", "round")
            button.setDefaultAction(action)
            button.setIconSize(QSize(20, 20))
            button.setFixedSize(QSize(36, 36))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAccessibleName(action.text())
            button.pressed.connect(self._on_row_button_pressed)
            row.addWidget(button)
        self._hovered = ""
        self._buttons.hide()

    def show_rows(self, rows: Sequence[CallRow]) -> None:
        """Show these calls, newest first as given; the call chosen stays chosen."""
        chosen = self._current()
        self._model.show_rows(rows)
        if chosen is not None and (place := self._model.place_of(chosen.session_id)) >= 0:
            self._list.setCurrentIndex(self._model.index(place))
        narrowed = bool(self._search.text()) or self.filter != "ALL"
        self._empty.setText(_NO_HITS if narrowed else _NO_CALLS)
        self._stack.setCurrentWidget(self._list if rows else self._empty)
        self._name_log_action()

    def rows(self) -> tuple[CallRow, ...]:
        """Return the calls that are shown, newest first."""
        return self._model.shown_rows()

    def trigger(self, action: str, row: int) -> None:
        """Run a row's action (``logCallAction`` ...) as a click would."""
        self._list.setCurrentIndex(self._model.index(row))
        for known in (self._log, self._call, self._view, self._refresh):
            if known.objectName() == action:
                known.trigger()

    @property
    def filter(self) -> str:
        """The filter in force, one of `FILTERS`."""
        checked = self._filters.checkedButton()
        return checked.text() if checked is not None else "ALL"

    def select(self, session_id: str) -> None:
        """Choose the call, so that the actions mean it."""
        if (place := self._model.place_of(session_id)) >= 0:
            self._list.setCurrentIndex(self._model.index(place))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Log on Enter; hide the row's buttons when the mouse leaves; open the menu by key."""
        return self._handled(watched, event) or super().eventFilter(watched, event)

    def _handled(self, watched: QObject, event: QEvent) -> bool:
        moves = {QEvent.Type.Leave, QEvent.Type.Resize}
        if watched is self._list.viewport() and event.type() in moves:
            self._put_buttons_on(self._list.currentIndex())
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._log.trigger()
                return True
            if event.key() == Qt.Key.Key_Menu:
                self._open_menu()
                return True
        return False

    def _current(self) -> CallRow | None:
        row: CallRow | None = self._list.currentIndex().data(ROW_ROLE)
        return row

    def _name_log_action(self) -> None:
        place = self._model.place_of(self._hovered)
        row: CallRow | None = self._model.index(place).data(ROW_ROLE) if place >= 0 else None
        logged = row is not None and row.logged
        self._log.setText("Edit log" if logged else "Log call")
        self._log.setToolTip(f"{self._log.text()} (Enter)")
        icons.keep_tinted(self._log, "pencil" if logged else "plus", "text")

    @Slot(QModelIndex)
    def _put_buttons_on(self, index: QModelIndex) -> None:
        if not index.isValid():
            self._buttons.hide()
            return
        self._hovered = index.data(ROW_ROLE).session_id
        self._name_log_action()
        rect = self._list.visualRect(index)
        size = self._buttons.sizeHint()
        self._buttons.setGeometry(
            rect.right() - size.width() - 16,
            rect.center().y() - size.height() // 2,
            size.width(),
            size.height(),
        )
        self._buttons.show()
        self._buttons.raise_()

    @Slot()
    def _on_scrolled(self) -> None:
        place = self._model.place_of(self._hovered)
        self._put_buttons_on(self._model.index(place) if place >= 0 else QModelIndex())

    @Slot()
    def _on_model_reset(self) -> None:
        self._buttons.hide()

    @Slot()
    def _on_row_button_pressed(self) -> None:
        self.select(self._hovered)

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        index = self._list.indexAt(place)
        if index.isValid():
            self._list.setCurrentIndex(index)
            self._menu.popup(self._list.viewport().mapToGlobal(place))

    @Slot()
    def _on_more_triggered(self) -> None:
        self._open_menu()

    def _open_menu(self) -> None:
        if self._current() is None:
            return
        corner = self._list.visualRect(self._list.currentIndex()).bottomRight()
        corner -= QPoint(self._menu.sizeHint().width() + 8, 8)
        self._menu.popup(self._list.viewport().mapToGlobal(corner))

    @Slot(QModelIndex)
    def _on_row_double_clicked(self, _index: QModelIndex) -> None:
        self._log.trigger()

    @Slot()
    def _on_log_triggered(self) -> None:
        if row := self._current():
            self.log_call_requested.emit(row.session_id)

    @Slot()
    def _on_refresh_triggered(self) -> None:
        if row := self._current():
            self.refresh_contact_requested.emit(row.session_id)

    @Slot()
    def _on_view_triggered(self) -> None:
        if row := self._current():
            self.view_contact_requested.emit(row.session_id)

    @Slot()
    def _on_call_triggered(self) -> None:
        if row := self._current():
            self.call_requested.emit(row.number)

    @Slot()
    def _on_filter_clicked(self) -> None:
        self.filter_changed.emit(self.filter)

    @Slot(str)
    def _on_search_changed(self, text: str) -> None:
        self.search_changed.emit(text)
