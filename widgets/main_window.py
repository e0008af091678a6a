"""The frame: top bar, phone, inspector, run history, menus and keys. No decisions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets import icons, theme
from widgets.phone_panel import PhonePanel
from widgets.top_bar import TopBar

if TYPE_CHECKING:
    from widgets.caches_view import CachesView
    from widgets.console_view import ConsoleView
    from widgets.contacts_view import ContactsView
    from widgets.match_view import MatchView
    from widgets.network_view import NetworkView
    from widgets.raw_view import RawView
    from widgets.run_history import RunHistory
    from widgets.source_view import SourceView
    from widgets.timeline_view import TimelineView

PHONE_WIDTH = 404
NOTE_MS = 8000
TABS = ("Match", "Contacts", "Network", "Timeline", "Console", "Caches", "Raw", "Source")
STATES = {
    "idle": "Idle",
    "loading": "Working …",
    "ready": "Ready",
    "error": "The last operation failed",
}


class MainWindow(QMainWindow):
    """The bench's window.

    Args:
        phone: the left side.
        complete: whether to build the inspector and the run history at once; without it
            :meth:`complete` does so after the first paint, which comes a third sooner.

    Its property ``benchState`` is ``idle``, ``loading``, ``ready`` or ``error``.

    Signals:
        closed(): the user has closed the window.
        scheme_requested(str): ``light`` or ``dark``.
        focus_number_requested(), look_up_requested(), replay_requested(), cancel_requested():
            keys that work from anywhere.
        edit_connection_requested(): change or remove the connection in use.
        learn_formats_requested(): find out which phone formats fit the stored numbers.
        import_har_requested(), export_har_requested(): traffic in from a file, and out to one.
        copy_curl_requested(): the chosen request as a command for curl.
        reload_requested(): load the connector's files anew.
        rerun_after_reload_changed(bool): whether a reload runs the last lookup again.
    """

    closed = Signal()
    scheme_requested = Signal(str)
    focus_number_requested = Signal()
    look_up_requested = Signal()
    replay_requested = Signal()
    cancel_requested = Signal()
    edit_connection_requested = Signal()
    probe_requested = Signal()
    learn_formats_requested = Signal()
    import_har_requested = Signal()
    export_har_requested = Signal()
    copy_curl_requested = Signal()
    reload_requested = Signal()
    rerun_after_reload_changed = Signal(bool)

    match: MatchView
    contacts: ContactsView
    caches: CachesView
    console: ConsoleView
    network: NetworkView
    raw: RawView
    source: SourceView
    timeline: TimelineView
    run_history: RunHistory

    def __init__(
        self, phone: PhonePanel, parent: QWidget | None = None, *, complete: bool = True
    ) -> None:
        super().__init__(parent)
        self.phone = phone
        self.top_bar = TopBar()
        self.setWindowTitle("Callbench")
        # What the dial pad and the history need: fixed, since tabs are added after the first paint.
        self.setMinimumSize(960, 744)
        self._tabs = QTabWidget()
        self._tabs.setObjectName("inspectorTabs")
        self._tabs.setAccessibleName("Inspector")
        self._tabs.setDocumentMode(True)
        # More tabs than a narrow window has room for: Qt then shows arrows, and the tab in front.
        self._tabs.setUsesScrollButtons(True)
        self._banner = _Banner()
        inspector = QWidget()
        inspector_layout = QVBoxLayout(inspector)
        inspector_layout.setContentsMargins(0, 0, 0, 0)
        inspector_layout.setSpacing(0)
        inspector_layout.addWidget(self._banner)
        inspector_layout.addWidget(self._tabs)
        inspector.setMinimumWidth(360)
        phone.setMinimumWidth(340)
        self._history_pane = QWidget()
        self._history_pane.setMinimumHeight(110)
        history_layout = QVBoxLayout(self._history_pane)
        history_layout.setContentsMargins(0, 0, 0, 0)
        self._sides = QSplitter(Qt.Orientation.Horizontal)
        self._sides.addWidget(phone)
        self._sides.addWidget(inspector)
        self._floors = QSplitter(Qt.Orientation.Vertical)
        self._floors.addWidget(self._sides)
        self._floors.addWidget(self._history_pane)
        for splitter in (self._sides, self._floors):
            splitter.setChildrenCollapsible(False)
            splitter.setStretchFactor(0, 0 if splitter is self._sides else 1)
            splitter.setStretchFactor(1, 1 if splitter is self._sides else 0)
        self._inspector = inspector
        center = QWidget()
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addWidget(self._floors)
        self.setCentralWidget(center)
        self._state = QLabel(STATES["idle"])
        self._state.setObjectName("stateLabel")
        self.statusBar().addWidget(self._state)
        self.statusBar().setSizeGripEnabled(False)
        self._actions: list[QAction] = []
        self._layout_before: bytes | None = None
        self.ask_before_closing: Callable[[], bool] | None = None
        self._build_menus()
        self.top_bar.palette_requested.connect(self.open_palette)
        self.setProperty("benchState", "idle")
        self.resize(1360, 860)
        self.reset_layout()
        if complete:
            self.complete()

    def complete(self) -> None:
        """Build the inspector's tabs and the run history; once."""
        from widgets.caches_view import CachesView  # noqa: PLC0415  after the first paint
        from widgets.console_view import ConsoleView  # noqa: PLC0415
        from widgets.contacts_view import ContactsView  # noqa: PLC0415
        from widgets.match_view import MatchView  # noqa: PLC0415
        from widgets.network_view import NetworkView  # noqa: PLC0415
        from widgets.raw_view import RawView  # noqa: PLC0415
        from widgets.run_history import RunHistory  # noqa: PLC0415
        from widgets.source_view import SourceView  # noqa: PLC0415
        from widgets.timeline_view import TimelineView  # noqa: PLC0415

        self.match, self.console = MatchView(), ConsoleView()
        self.network, self.raw = NetworkView(), RawView()
        self.timeline = TimelineView()
        self.contacts, self.caches = ContactsView(), CachesView()
        self.source = SourceView()
        views = (
            self.match,
            self.contacts,
            self.network,
            self.timeline,
            self.console,
            self.caches,
            self.raw,
            self.source,
        )
        for name, view in zip(TABS, views, strict=True):
            self.add_tab(name, view)
        self.run_history = RunHistory()
        pane = self._history_pane.layout()
        if pane is not None:
            pane.addWidget(self.run_history)

    def add_tab(self, name: str, view: QWidget) -> None:
        """Add a tab to the inspector."""
        self._tabs.addTab(view, name)

    def show_tab(self, name: str) -> None:
        """Bring a tab of the inspector to the front."""
        for index in range(self._tabs.count()):
            if self._tabs.tabText(index) == name:
                self._tabs.setCurrentIndex(index)

    def set_bench_state(self, state: str) -> None:
        """Show ``idle``, ``loading``, ``ready`` or ``error``; also the property ``benchState``."""
        self._state.setText(STATES[state])
        self.setProperty("benchState", state)

    def show_connector(self, name: str, version: str = "") -> None:
        """Name the connector, and which version of it runs, in the title."""
        self.setWindowTitle(" - ".join(part for part in (name, version, "Callbench") if part))

    def show_rerun_after_reload(self, *, on: bool) -> None:
        """Show whether a reload runs the last lookup again."""
        self._rerun_after_reload.setChecked(on)

    def current_tab(self) -> str:
        """Return the name of the inspector's tab in front."""
        return self._tabs.tabText(self._tabs.currentIndex())

    def show_note(self, sentence: str) -> None:
        """Show for a few seconds what was done."""
        self.statusBar().showMessage(sentence, NOTE_MS)

    def show_error(self, sentence: str) -> None:
        """Show what failed over the inspector, until it is dismissed."""
        self._banner.show_sentence(sentence)

    def clear_error(self) -> None:
        """Take away what :meth:`show_error` shows: it holds no more."""
        self._banner.hide()

    def save_layout(self) -> bytes:
        """Return geometry and pane sizes; those from before presentation mode while it lasts."""
        if self._layout_before is not None:
            return self._layout_before
        both = [bytes(s.saveState().data()) for s in (self._sides, self._floors)]
        sized = b"".join(len(part).to_bytes(4) + part for part in both)
        return sized + bytes(self.saveGeometry().data())

    def restore_layout(self, layout: bytes) -> None:
        """Take up a layout of :meth:`save_layout`; anything else is ignored."""
        parts = []
        for _splitter in range(2):
            size = int.from_bytes(layout[:4])
            parts.append(layout[4 : 4 + size])
            layout = layout[4 + size :]
        # The window first: a later change of its size would divide the panes anew.
        self.restoreGeometry(QByteArray(layout))
        for splitter, part in zip((self._sides, self._floors), parts, strict=True):
            splitter.restoreState(QByteArray(part))

    @Slot()
    def reset_layout(self) -> None:
        """Give every pane its first size."""
        self._layout_before = None
        self._inspector.show()
        self._history_pane.show()
        self._sides.setSizes([PHONE_WIDTH, max(400, self.width() - PHONE_WIDTH)])
        self._floors.setSizes([max(400, self.height() - 240), 190])

    @Slot()
    def open_palette(self) -> None:
        """Open the command palette."""
        from widgets.command_palette import CommandPalette  # noqa: PLC0415  only when wanted

        CommandPalette(self._actions, self).open()

    @Slot()
    def open_shortcuts(self) -> None:
        """Open the list of keys."""
        from widgets.shortcuts_dialog import ShortcutsDialog  # noqa: PLC0415  only when wanted

        ShortcutsDialog(self._actions, self).open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window has been closed, unless something has to be asked first."""
        if self.ask_before_closing is not None and not self.ask_before_closing():
            event.ignore()
            return
        super().closeEvent(event)
        self.closed.emit()

    def _build_menus(self) -> None:
        file, run = self.menuBar().addMenu("&File"), self.menuBar().addMenu("&Run")
        view, help_menu = self.menuBar().addMenu("&View"), self.menuBar().addMenu("&Help")
        self._add(file, "Add connection", "Ctrl+N", self.top_bar.add_connection_requested)
        self._add(file, "Edit connection", "", self.edit_connection_requested)
        self._add(file, "Phone formats", "Ctrl+,", self.top_bar.formats_requested)
        self._add(file, "Learn formats…", "", self.learn_formats_requested)
        self._add(file, "Open CRM page", "", self.top_bar.open_crm_page_requested)
        self._add(file, "Save source", "Ctrl+S", self._save_source)
        self._add(file, "Import HAR", "Ctrl+Shift+O", self.import_har_requested)
        self._add(file, "Export HAR", "Ctrl+Shift+E", self.export_har_requested)
        self._add(file, "Quit", "Ctrl+Q", self.close)
        self._add(run, "Look up", "Ctrl+Return", self._look_up)
        self._add(run, "Save source and run", "", self._run_source)
        self._add(run, "Run again", "Ctrl+R", self.replay_requested)
        self._add(run, "Reload the connector", "Ctrl+Shift+R", self.reload_requested)
        self._rerun_after_reload = self._add(
            run, "Run the last lookup again after a reload", "", None
        )
        self._rerun_after_reload.setCheckable(True)
        self._rerun_after_reload.toggled.connect(self.rerun_after_reload_changed)
        self._add(run, "Cancel", "Ctrl+.", self.cancel_requested)
        self._add(run, "Probe a known contact", "Ctrl+P", self.probe_requested)
        self._add(run, "Copy request as cURL", "Ctrl+Shift+C", self.copy_curl_requested)
        self._add(run, "Go to phone number", "Ctrl+L", self.focus_number_requested)
        for name in TABS:
            action = self._add(view, f"Show {name}", "", None)
            action.triggered.connect(partial(MainWindow.show_tab, self, name))
        self._add(view, "Find in this tab", "Ctrl+F", self._focus_find)
        self._add(view, "Next problem in the source", "F8", self._next_problem)
        self._add(view, "Previous problem in the source", "Shift+F8", self._previous_problem)
        self._add(view, "Next pane", "F6", self._next_pane)
        self._add(view, "Previous pane", "Shift+F6", self._previous_pane)
        self._add(view, "Light or dark", "Ctrl+Shift+L", self._toggle_scheme)
        self._add(view, "Presentation mode", "F11", self._toggle_presentation)
        self._add(view, "Reset layout", "", self.reset_layout)
        self._add(help_menu, "Search commands", "Ctrl+K", self.open_palette)
        self._add(help_menu, "Keyboard shortcuts", "F1", self.open_shortcuts)

    def _add(self, menu: QMenu, name: str, keys: str, target: object) -> QAction:
        action = menu.addAction(name)
        if keys:
            action.setShortcut(QKeySequence(keys))
        if isinstance(target, Signal) or hasattr(target, "emit"):
            action.triggered.connect(partial(_emit, target))
        elif target is not None:
            action.triggered.connect(target)
        self._actions.append(action)
        return action

    @Slot()
    def _focus_find(self) -> None:
        view = self._tabs.currentWidget()
        for known in (self.console, self.network, self.caches, self.raw, self.source):
            if view is known:
                known.focus_find()

    @Slot()
    def _look_up(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self.source.isAncestorOf(focused):
            self.source.run_requested.emit()
        else:
            self.look_up_requested.emit()

    @Slot()
    def _save_source(self) -> None:
        self.source.save_requested.emit()

    @Slot()
    def _run_source(self) -> None:
        self.source.run_requested.emit()

    @Slot()
    def _next_problem(self) -> None:
        self.show_tab("Source")
        self.source.next_problem()

    @Slot()
    def _previous_problem(self) -> None:
        self.show_tab("Source")
        self.source.previous_problem()

    @Slot()
    def _next_pane(self) -> None:
        self._move_pane(1)

    @Slot()
    def _previous_pane(self) -> None:
        self._move_pane(-1)

    def _move_pane(self, step: int) -> None:
        panes = (self.top_bar, self.phone, self._tabs, self.run_history)
        focused = QApplication.focusWidget()
        now = next(
            (i for i, pane in enumerate(panes) if focused and pane.isAncestorOf(focused)), -step
        )
        pane = panes[(now + step) % len(panes)]
        target = pane.nextInFocusChain()
        while target is not None and target is not pane and pane.isAncestorOf(target):
            tab = target.focusPolicy() & Qt.FocusPolicy.TabFocus
            if tab and target.isVisible() and target.isEnabled():
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return
            target = target.nextInFocusChain()

    @Slot()
    def _toggle_scheme(self) -> None:
        self.scheme_requested.emit("light" if theme.current() == "dark" else "dark")

    @Slot()
    def _toggle_presentation(self) -> None:
        shown = not self._inspector.isHidden()
        # Hidden panes would be saved with no size at all.
        self._layout_before = self.save_layout() if shown else None
        self._inspector.setVisible(not shown)
        self._history_pane.setVisible(not shown)


class _Banner(QFrame):
    """A sentence that stays until it is dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorBanner")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setAccessibleName("Error")
        dismiss = QToolButton()
        icons.keep_tinted(dismiss, "close")
        dismiss.setAccessibleName("Dismiss")
        dismiss.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.addWidget(self._text, 1)
        layout.addWidget(dismiss)
        self.hide()

    def show_sentence(self, sentence: str) -> None:
        """Show `sentence`."""
        self._text.setText(sentence)
        self.show()


def _emit(signal: object, *_checked: object) -> None:
    """Emit a signal of ours without the `checked` that actions send along."""
    signal.emit()  # type: ignore[attr-defined]
