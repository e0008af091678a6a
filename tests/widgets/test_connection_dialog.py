import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
)

from widgets.connection_dialog import ConnectionDialog
from widgets.page_state import AuthFieldState, ConnectionValues

BUILT_IN = [("bullhorn", "Bullhorn"), ("insightly", "Insightly")]
KEY = AuthFieldState("apiKey", "API key", required=True, secret=True)
ADDRESS = AuthFieldState("apiUrl", "API URL", placeholder="https://", value="https://crm.test")


@pytest.fixture
def dialog(qtbot):
    dialog = ConnectionDialog()
    qtbot.addWidget(dialog)
    return dialog


def field(dialog, name, kind=QLineEdit):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def test_a_new_connection_asks_for_the_auth_page_of_the_first_connector(qtbot, dialog):
    with qtbot.waitSignal(dialog.connector_chosen) as chosen:
        dialog.start(BUILT_IN)
    assert chosen.args == ["bullhorn"]
    assert dialog.windowTitle() == "Add connection"
    assert not field(dialog, "removeConnectionButton", QPushButton).isVisible()


def test_all_that_was_entered_is_handed_over(qtbot, dialog):
    dialog.start(BUILT_IN)
    dialog.show_auth([KEY, ADDRESS], "Both stand in the CRM.", asks_hostname=True)
    field(dialog, "connectionNameField").setText("  Demo  ")
    field(dialog, "hostnameField").setText("crm.test")
    field(dialog, "auth_apiKey").setText("key-1")
    field(dialog, "routesField", QPlainTextEdit).setPlainText("*=http://127.0.0.1:1")
    field(dialog, "configField", QPlainTextEdit).setPlainText("A=1")
    with qtbot.waitSignal(dialog.connect_requested) as asked:
        qtbot.mouseClick(
            field(dialog, "testConnectionButton", QPushButton), Qt.MouseButton.LeftButton
        )
    assert asked.args == [
        ConnectionValues(
            name="Demo",
            connector="bullhorn",
            hostname="crm.test",
            auth={"apiKey": "key-1", "apiUrl": "https://crm.test"},
            routes="*=http://127.0.0.1:1",
            config="A=1",
        )
    ]


def test_a_secret_is_not_shown_while_it_is_typed(dialog):
    dialog.start(BUILT_IN)
    dialog.show_auth([KEY, ADDRESS])
    assert field(dialog, "auth_apiKey").echoMode() == QLineEdit.EchoMode.Password
    assert field(dialog, "auth_apiUrl").echoMode() == QLineEdit.EchoMode.Normal
    assert field(dialog, "auth_apiKey").accessibleName() == "API key, required"


def test_another_connector_keeps_what_fits_its_page(qtbot, dialog):
    dialog.start(BUILT_IN)
    dialog.show_auth([KEY])
    field(dialog, "auth_apiKey").setText("key-1")
    combo = field(dialog, "connectorCombo", QComboBox)
    with qtbot.waitSignal(dialog.connector_chosen) as chosen:
        combo.setCurrentIndex(1)
        combo.activated.emit(1)
    assert chosen.args == ["insightly"]
    dialog.show_auth([ADDRESS, KEY])
    assert dialog.values().auth == {"apiUrl": "https://crm.test", "apiKey": "key-1"}


def test_a_path_is_a_connector_too_and_is_asked_for_once(qtbot, dialog):
    dialog.start(BUILT_IN)
    with qtbot.waitSignal(dialog.connector_chosen) as chosen:
        dialog.choose_path("/crms/my_crm")
    assert chosen.args == ["/crms/my_crm"]
    assert dialog.values().connector == "/crms/my_crm"
    with qtbot.assertNotEmitted(dialog.connector_chosen):
        field(dialog, "connectorCombo", QComboBox).lineEdit().editingFinished.emit()


@pytest.mark.parametrize("button", ["chooseFolderButton", "chooseFileButton"])
def test_a_path_can_be_chosen(qtbot, dialog, button):
    dialog.start(BUILT_IN)
    qtbot.mouseClick(field(dialog, button, QPushButton), Qt.MouseButton.LeftButton)
    chooser = dialog.findChild(QFileDialog)
    chooser.fileSelected.emit("/crms/other_crm")
    chooser.close()
    assert dialog.connector == "/crms/other_crm"


def test_a_saved_connection_is_shown_and_can_be_removed_after_a_question(qtbot, dialog):
    values = ConnectionValues(name="Demo", connector="/crms/my_crm", routes="*=http://127.0.0.1:1")
    dialog.start(BUILT_IN, values)
    dialog.show_auth([KEY], has_secrets=True)
    assert dialog.windowTitle() == "Edit connection"
    assert field(dialog, "auth_apiKey").placeholderText() == "Unchanged"
    assert dialog.values() == ConnectionValues(
        name="Demo", connector="/crms/my_crm", auth={"apiKey": ""}, routes="*=http://127.0.0.1:1"
    )
    with qtbot.assertNotEmitted(dialog.remove_requested):
        qtbot.mouseClick(
            field(dialog, "removeConnectionButton", QPushButton), Qt.MouseButton.LeftButton
        )
    question = dialog.findChild(QMessageBox)
    assert "Remove the connection Demo" in question.text()
    with qtbot.waitSignal(dialog.remove_requested):
        qtbot.mouseClick(
            question.findChild(QPushButton, "confirmRemoveButton"), Qt.MouseButton.LeftButton
        )


def test_a_problem_stands_at_its_field_and_goes_with_the_next_try(qtbot, dialog):
    dialog.start(BUILT_IN)
    dialog.show_auth([KEY])
    for name, control in (("name", "connectionNameField"), ("apiKey", "auth_apiKey")):
        dialog.show_field_problem(name, "It is missing.")
        assert field(dialog, control).accessibleDescription() == "It is missing."
    dialog.show_problem("The CRM is down.", can_save=True)
    assert field(dialog, "connectionNameField").accessibleDescription() == ""
    assert field(dialog, "connectionProblem", QLabel).text() == "The CRM is down."
    with qtbot.waitSignal(dialog.save_requested):
        qtbot.mouseClick(
            field(dialog, "saveConnectionButton", QPushButton), Qt.MouseButton.LeftButton
        )
    assert not field(dialog, "connectionProblem", QLabel).isVisible()
    assert not field(dialog, "saveConnectionButton", QPushButton).isVisible()


def test_it_cannot_be_asked_twice_while_it_checks(qtbot, dialog):
    dialog.start(BUILT_IN)
    dialog.show_busy(True)
    with qtbot.assertNotEmitted(dialog.connect_requested):
        qtbot.mouseClick(
            field(dialog, "testConnectionButton", QPushButton), Qt.MouseButton.LeftButton
        )
    with qtbot.waitSignal(dialog.cancelled):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_name_is_suggested_until_the_user_gives_one(dialog):
    dialog.start(BUILT_IN)
    dialog.suggest_name("Bullhorn")
    dialog.suggest_name("My CRM")
    assert dialog.values().name == "My CRM"
    field(dialog, "connectionNameField").setText("Mine")
    dialog.suggest_name("Insightly")
    assert dialog.values().name == "Mine"
    dialog.start(BUILT_IN)
    assert dialog.values().name == ""


def test_tab_comes_to_the_auth_page_before_the_buttons(qtbot, dialog):
    dialog.start(BUILT_IN)
    dialog.show_auth([KEY, ADDRESS])
    qtbot.waitUntil(field(dialog, "auth_apiUrl").isVisible)
    field(dialog, "connectionNameField").setFocus()
    for expected in ("auth_apiKey", "auth_apiUrl"):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        assert dialog.focusWidget().objectName() == expected
