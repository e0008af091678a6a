"""Call pop settings and the prompt for several matches."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QPushButton

from widgets.call_pop_dialog import CallPopDialog, MultiContactPrompt
from widgets.page_state import ContactChoice


def test_defaults_are_those_of_production(qtbot):
    dialog = CallPopDialog()
    qtbot.addWidget(dialog)
    dialog.start({})
    assert dialog.settings() == {
        "openContactPageFromIncomingCall": "disabled",
        "openContactPageFromOutgoingCall": "disabled",
        "multiContactMatchBehavior": "openAllMatches",
        "openContactPageAfterCreation": False,
        "allowExtensionNumberLogging": False,
    }
    assert not dialog.findChild(QCheckBox, "allowExtensionNumberLogging").isVisible()


def test_extension_numbers_are_offered_where_the_manifest_says_so(qtbot):
    dialog = CallPopDialog()
    qtbot.addWidget(dialog)
    dialog.start({"allowExtensionNumberLogging": True}, offers_extensions=True)
    assert dialog.findChild(QCheckBox, "allowExtensionNumberLogging").isVisible()
    assert dialog.settings()["allowExtensionNumberLogging"] is True


def test_save_hands_over_the_choice(qtbot):
    dialog = CallPopDialog()
    qtbot.addWidget(dialog)
    dialog.start({"multiContactMatchBehavior": "promptToSelect"})
    dialog.findChild(QComboBox, "openContactPageFromIncomingCall").setCurrentIndex(1)
    with qtbot.waitSignal(dialog.settings_saved) as caught:
        qtbot.mouseClick(
            dialog.findChild(QPushButton, "saveCallPopButton"), Qt.MouseButton.LeftButton
        )
    assert caught.args[0]["openContactPageFromIncomingCall"] == "onFirstRing"
    assert caught.args[0]["multiContactMatchBehavior"] == "promptToSelect"


@pytest.fixture
def prompt(qtbot):
    prompt = MultiContactPrompt()
    qtbot.addWidget(prompt)
    prompt.start(
        [
            ContactChoice("a", "Anton Nikitin", "Candidate - 1619"),
            ContactChoice("b", "Byrne Reese", "Candidate - 1622"),
        ]
    )
    return prompt


@pytest.mark.parametrize(
    ("text", "names"),
    [("BYRNE", ["Byrne Reese"]), ("1619", ["Anton Nikitin"]), ("candidate", [])],
)
def test_prompt_filters_by_name_or_id(qtbot, prompt, text, names):
    qtbot.keyClicks(prompt.findChild(QLineEdit, "promptSearchField"), text)
    shown = prompt.findChild(QListWidget, "promptList")
    assert [shown.item(n).text() for n in range(shown.count())] == names


def test_one_click_opens_one_contact(qtbot, prompt):
    chosen = []
    prompt.contact_chosen.connect(chosen.append)
    shown = prompt.findChild(QListWidget, "promptList")
    place = shown.visualItemRect(shown.item(1)).center()
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen == ["b"]
    assert not prompt.isVisible()
