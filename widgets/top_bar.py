"""The bar on top: connection, mode, formats, the loaded connector."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets import icons
from widgets.load_problem import LoadProblem

MODES = {
    "SANDBOX": ("success", "Requests go to the sandbox CRM on this machine."),
    "LIVE": ("danger", "Requests go to the real CRM account."),
    "RECORD": ("warning", "Requests go to the CRM and are recorded."),
    "REPLAY": ("accent", "Requests are answered from a recording."),
}


class TopBar(QFrame):
    """What the bench is connected to.

    Signals:
        connection_selected(str): the id of the connection to use.
        add_connection_requested(): make a new connection.
        formats_requested(): edit the phone formats.
        open_crm_page_requested(): show the sandbox's page in the browser.
        palette_requested(): open the command palette.
        load_problem_requested(): show all of why the connector's files cannot be loaded.
    """

    connection_selected = Signal(str)
    add_connection_requested = Signal()
    formats_requested = Signal()
    open_crm_page_requested = Signal()
    palette_requested = Signal()
    load_problem_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._connections = QComboBox()
        self._connections.setObjectName("connectionCombo")
        self._connections.setAccessibleName("Connection")
        self._connections.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._connections.setMinimumContentsLength(18)
        # Gives way in the smallest window, where the version has to stand as well.
        self._connections.setMinimumWidth(140)
        self._connections.activated.connect(self._on_activated)
        self._add = QPushButton("Add…")
        self._add.setObjectName("addConnectionButton")
        self._add.setAccessibleName("Add connection")
        self._add.setToolTip("Connect a CRM account, or a connector of your own")
        self._add.clicked.connect(self.add_connection_requested)
        self._mode = QLabel("")
        self._mode.setObjectName("modeBadge")
        self._mode.setAccessibleName("Mode")
        self._mode.hide()
        self._formats = QPushButton("Formats: none")
        self._formats.setObjectName("formatsButton")
        self._formats.setAccessibleName("Phone formats")
        self._formats.setToolTip("Up to three spellings that are tried after the CRM's own")
        self._formats.clicked.connect(self.formats_requested)
        self._loaded = QLabel("")
        self._loaded.setObjectName("loadedLabel")
        self._loaded.setProperty("role", "muted")
        self._problem = LoadProblem()
        self._problem.clicked.connect(self.load_problem_requested)
        self._page = QPushButton("CRM page")
        self._page.setObjectName("crmPageButton")
        self._page.setAccessibleName("Open the sandbox's page in the browser")
        self._page.setToolTip("Add and edit contacts on the CRM's side")
        self._page.clicked.connect(self.open_crm_page_requested)
        self._page.hide()
        self._palette = QPushButton("Commands  Ctrl+K")
        self._palette.setObjectName("paletteButton")
        self._palette.setAccessibleName("Search commands")
        icons.keep_tinted(self._palette, "search")
        self._palette.clicked.connect(self.palette_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        layout = QHBoxLayout()
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(10)
        column.addLayout(layout)
        column.addWidget(self._problem)
        for widget in (self._connections, self._add, self._mode, self._formats, self._page):
            layout.addWidget(widget)
        # As high as its words: it is no button.
        layout.setAlignment(self._mode, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        layout.addWidget(self._loaded)
        layout.addWidget(self._palette)

    def show_connections(self, connections: Sequence[tuple[str, str]], current: str) -> None:
        """Offer (id, name) pairs and show which one is in use."""
        self._connections.clear()
        for connection_id, name in connections:
            self._connections.addItem(name, connection_id)
        if not connections:
            self._connections.addItem("No connection", "")
        self._connections.setEnabled(bool(connections))
        self._connections.setCurrentIndex(max(0, self._connections.findData(current)))

    def show_mode(self, mode: str) -> None:
        """Show where requests go: ``SANDBOX``, ``LIVE``, ``RECORD`` or ``REPLAY``."""
        tone, meaning = MODES[mode]
        self._mode.setText(mode)
        self._mode.setToolTip(meaning)
        self._mode.setAccessibleName(f"Mode {mode}. {meaning}")
        self._mode.setProperty("tone", tone)
        self._mode.style().unpolish(self._mode)
        self._mode.style().polish(self._mode)
        self._mode.show()
        self._page.setVisible(mode == "SANDBOX")

    def show_formats(self, formats: Sequence[str]) -> None:
        """Show how many phone formats are set."""
        self._formats.setText(f"Formats: {len(formats)}" if formats else "Formats: none")
        self._formats.setToolTip("\n".join(formats) or "No formats: the CRM's own spelling only")

    def show_loaded(self, version: str) -> None:
        """Show which version of the connector runs."""
        self._loaded.setText(version)
        self._loaded.setToolTip("The connector's files, as a hash; saving one loads it anew")

    def show_load_problem(self, sentence: str) -> None:
        """Show why the files cannot be loaded as they are; an empty text takes it away."""
        self._problem.show_sentence(sentence)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self.connection_selected.emit(str(self._connections.itemData(index)))
