"""Make or change a connection: a connector, an account, and where its requests go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from widgets.field_row import FieldRow, label
from widgets.page_state import AuthFieldState, ConnectionValues
from widgets.tab_order import follow

_UNCHANGED = "Unchanged"
_PATH_HINT = "A built-in connector, the path of one, or http://server#platform"
_PATH_TIP = (
    "A built-in connector; the path of a connector's folder or file (.py, .js, .json); or a "
    "running App Connect server with the platform's name, as in http://127.0.0.1:6066#myCRM"
)


class ConnectionDialog(QDialog):
    """Ask for all that a connection needs. Opened with `open()`.

    Signals:
        connector_chosen(str): show this connector's auth page with :meth:`show_auth`.
        connect_requested(ConnectionValues): check the account, then save.
        save_requested(ConnectionValues): save without a check.
        remove_requested(): forget the connection and its secrets; already confirmed.
        cancelled(): closed without saving.
    """

    connector_chosen = Signal(str)
    connect_requested = Signal(object)
    save_requested = Signal(object)
    remove_requested = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("connectionDialog")
        self.setMinimumSize(480, 480)
        self.resize(500, 700)
        self._shown_connector = ""
        self._suggested_name = ""
        self._auth: dict[str, FieldRow] = {}
        self._connector = QComboBox()
        self._connector.setObjectName("connectorCombo")
        self._connector.setEditable(True)
        self._connector.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._connector.activated.connect(self._on_connector_changed)
        self._connector_edit = QLineEdit()
        self._connector.setLineEdit(self._connector_edit)
        self._connector_edit.setPlaceholderText(_PATH_HINT)
        self._connector_edit.setToolTip(_PATH_TIP)
        self._connector_edit.editingFinished.connect(self._on_connector_changed)
        self._connector_row = FieldRow("Connector", self._connector)
        self._folder = self._button("Folder…", "chooseFolderButton", "Choose a connector's folder")
        self._folder.clicked.connect(self._choose_folder)
        self._file = self._button("File…", "chooseFileButton", "Choose a connector's file")
        self._file.clicked.connect(self._choose_file)
        self._name = QLineEdit()
        self._name.setObjectName("connectionNameField")
        self._name_row = FieldRow("Connection name", self._name)
        self._name_row.set_title("Connection name", required=True)
        self._description = label("", "muted", wraps=True)
        self._hostname = QLineEdit()
        self._hostname.setObjectName("hostnameField")
        self._hostname.setPlaceholderText("crm.example.com")
        self._hostname_row = FieldRow("Host name of the CRM", self._hostname)
        self._auth_column = QVBoxLayout()
        self._auth_column.setSpacing(14)
        self._account = self._lines("accountField", "NAME=VALUE")
        self._account_row = FieldRow("Account data, one NAME=VALUE per line", self._account)
        self._routes = self._lines("routesField", "api.crm.example=http://127.0.0.1:8080")
        self._routes_row = FieldRow("Routes, one HOST=URL per line", self._routes)
        self._config = self._lines("configField", "NAME=VALUE")
        self._config_row = FieldRow("Configuration, one NAME=VALUE per line", self._config)
        self._timeout = QSpinBox()
        self._timeout.setObjectName("timeoutField")
        self._timeout.setRange(1, 3600)
        self._timeout.setSuffix(" s")
        self._timeout_row = FieldRow("An operation may take", self._timeout)
        self._plain_rows = (
            self._hostname_row,
            self._account_row,
            self._routes_row,
            self._config_row,
            self._timeout_row,
        )
        self._note = label("", "muted", wraps=True)
        self._problem = label("", "problem", wraps=True)
        self._problem.setObjectName("connectionProblem")
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(3)
        self._progress.setAccessibleName("Checking the connection")
        self._connect = self._button(
            "Test and save", "testConnectionButton", "Ask the CRM whose account this is, then save"
        )
        self._connect.setDefault(True)
        self._connect.clicked.connect(self._on_connect_clicked)
        self._save = self._button("Save anyway", "saveConnectionButton", "Save without a check")
        self._save.clicked.connect(self._on_save_clicked)
        self._remove = self._button("Remove…", "removeConnectionButton", "Forget this connection")
        self._remove.clicked.connect(self._on_remove_clicked)
        cancel = self._button("Cancel", "cancelConnectionButton", "Close (Esc)")
        cancel.clicked.connect(self.reject)
        self.rejected.connect(self.cancelled)
        self._arrange(cancel)

    def start(
        self,
        connectors: Sequence[tuple[str, str]],
        values: ConnectionValues | None = None,
        note: str = "",
    ) -> None:
        """Open for a new connection, or to change the one with these `values`.

        Args:
            connectors: name and label of each built-in connector.
            values: what the fields start with; None for a new connection.
            note: what the user should know about where secrets are kept.
        """
        given = values or ConnectionValues(connector=connectors[0][0] if connectors else "")
        self.setWindowTitle("Edit connection" if values else "Add connection")
        self._connector.clear()
        for platform, text in connectors:
            self._connector.addItem(text, platform)
        known = self._connector.findData(given.connector)
        self._connector.setCurrentIndex(known)
        if known < 0:
            self._connector_edit.setText(given.connector)
        self._name.setText(given.name)
        self._suggested_name = ""
        self._hostname.setText(given.hostname)
        self._account.setPlainText(given.account)
        self._routes.setPlainText(given.routes)
        self._config.setPlainText(given.config)
        self._timeout.setValue(given.timeout_s)
        self._note.setText(note)
        self._remove.setVisible(values is not None)
        self.show_auth([])
        self.show_busy(False)
        self.show_problem("")
        self._shown_connector = self.connector
        self.open()
        self._name.setFocus()
        if self.connector:
            self.connector_chosen.emit(self.connector)

    @property
    def connector(self) -> str:
        """The built-in connector's name, or what was typed as a path."""
        text = self._connector.currentText().strip()
        index = self._connector.findText(text)
        return str(self._connector.itemData(index)) if text and index >= 0 else text

    def values(self) -> ConnectionValues:
        """Return what was entered."""
        return ConnectionValues(
            name=self._name.text().strip(),
            connector=self.connector,
            hostname=self._hostname.text().strip(),
            auth={const: _text(row) for const, row in self._auth.items()},
            account=self._account.toPlainText(),
            routes=self._routes.toPlainText(),
            config=self._config.toPlainText(),
            timeout_s=self._timeout.value(),
        )

    def show_auth(
        self,
        fields: Sequence[AuthFieldState],
        description: str = "",
        *,
        asks_hostname: bool = False,
        asks_account: bool = False,
        has_secrets: bool = False,
    ) -> None:
        """Show the connector's auth page; what was typed into fields of the same const stays.

        Args:
            fields: in the order of the page.
            description: what stands above them.
            asks_hostname: whether the CRM's host name differs between accounts.
            asks_account: whether the connector needs values that no field asks for.
            has_secrets: whether secrets are kept already, so that an empty field changes nothing.
        """
        typed = {const: _text(row) for const, row in self._auth.items()}
        for row in self._auth.values():
            self._auth_column.removeWidget(row)
            row.deleteLater()
        self._auth = {}
        for state in fields:
            edit = QLineEdit(typed.get(state.const) or state.value)
            edit.setObjectName(f"auth_{state.const}")
            edit.setPlaceholderText(
                _UNCHANGED if state.secret and has_secrets else state.placeholder
            )
            if state.secret:
                edit.setEchoMode(QLineEdit.EchoMode.Password)
            row = FieldRow(state.title, edit)
            row.set_title(state.title, required=state.required)
            self._auth[state.const] = row
            self._auth_column.addWidget(row)
        follow(self._name, [row.control for row in self._auth.values()])
        self._description.setText(description)
        self._description.setVisible(bool(description))
        self._hostname_row.setVisible(asks_hostname)
        self._account_row.setVisible(asks_account)
        self._connector_row.show_problem("")

    def suggest_name(self, name: str) -> None:
        """Fill a name in, unless the user has given one."""
        if self._name.text() == self._suggested_name:
            self._name.setText(name)
            self._name.selectAll()
            self._suggested_name = name

    def show_connector_problem(self, text: str) -> None:
        """Show why the connector cannot be loaded."""
        self.show_auth([])
        self._connector_row.show_problem(text)

    def show_field_problem(self, name: str, text: str) -> None:
        """Show what is wrong with one of the values' names, or with a const of the auth page."""
        rows = {
            "name": self._name_row,
            "hostname": self._hostname_row,
            "account": self._account_row,
            "routes": self._routes_row,
            "config": self._config_row,
        } | self._auth
        rows[name].show_problem(text)
        rows[name].control.setFocus()

    def show_problem(self, text: str, *, can_save: bool = False) -> None:
        """Show why nothing was saved; `can_save` offers to save all the same."""
        for row in (*self._plain_rows, self._name_row, *self._auth.values()):
            row.show_problem("")
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self._save.setVisible(can_save)

    def show_busy(self, busy: bool) -> None:
        """Show that the account is being checked; it cannot be asked for twice."""
        self._progress.setVisible(busy)
        self._connect.setEnabled(not busy)
        self._connect.setText("Checking…" if busy else "Test and save")

    def _arrange(self, cancel: QPushButton) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(20, 18, 20, 12)
        column.setSpacing(14)
        chosen = QHBoxLayout()
        chosen.addWidget(self._connector_row, 1)
        chosen.addWidget(self._folder)
        chosen.addWidget(self._file)
        column.addLayout(chosen)
        column.addWidget(self._name_row)
        column.addWidget(self._description)
        column.addLayout(self._auth_column)
        for row in self._plain_rows:
            column.addWidget(row)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(page)
        buttons = QHBoxLayout()
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        for button in (cancel, self._save, self._connect):
            buttons.addWidget(button)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(20, 0, 20, 18)
        bottom.setSpacing(8)
        for part in (self._note, self._problem, self._progress):
            bottom.addWidget(part)
        bottom.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area, 1)
        layout.addLayout(bottom)

    def _button(self, text: str, name: str, meaning: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setToolTip(meaning)
        button.setAccessibleName(meaning)
        button.setAutoDefault(False)
        return button

    def _lines(self, name: str, placeholder: str) -> QPlainTextEdit:
        edit = QPlainTextEdit()
        edit.setObjectName(name)
        edit.setPlaceholderText(placeholder)
        edit.setTabChangesFocus(True)
        edit.setFixedHeight(64)
        return edit

    @Slot()
    def _on_connector_changed(self) -> None:
        if self.connector and self.connector != self._shown_connector:
            self._shown_connector = self.connector
            self.connector_chosen.emit(self.connector)

    @Slot()
    def _choose_folder(self) -> None:
        self._choose(QFileDialog.FileMode.Directory)

    @Slot()
    def _choose_file(self) -> None:
        self._choose(QFileDialog.FileMode.ExistingFile)

    def _choose(self, mode: QFileDialog.FileMode) -> None:
        chooser = QFileDialog(self, "Choose a connector")
        chooser.setFileMode(mode)
        if mode == QFileDialog.FileMode.ExistingFile:
            chooser.setNameFilter("Connectors (*.py *.json *.js *.cjs *.mjs *.ts)")
        chooser.fileSelected.connect(self.choose_path)
        chooser.open()

    @Slot(str)
    def choose_path(self, path: str) -> None:
        """Take up the path of a connector."""
        self._connector_edit.setText(path)
        self._on_connector_changed()

    @Slot()
    def _on_connect_clicked(self) -> None:
        self.show_problem("")
        self.connect_requested.emit(self.values())

    @Slot()
    def _on_save_clicked(self) -> None:
        self.show_problem("")
        self.save_requested.emit(self.values())

    @Slot()
    def _on_remove_clicked(self) -> None:
        question = QMessageBox(self)
        question.setObjectName("removeConnectionQuestion")
        question.setIcon(QMessageBox.Icon.Question)
        question.setText(f"Remove the connection {self._name.text()} and its secrets?")
        remove = question.addButton("Remove", QMessageBox.ButtonRole.DestructiveRole)
        remove.setObjectName("confirmRemoveButton")
        question.addButton(QMessageBox.StandardButton.Cancel)
        remove.clicked.connect(self.remove_requested)
        question.open()


def _text(row: FieldRow) -> str:
    return row.control.text().strip() if isinstance(row.control, QLineEdit) else ""
