import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from widgets.inspector_state import AdviceRow, ProbeState, StoredRow
from widgets.probe_dialog import ProbeDialog

STATE = ProbeState(
    record="Omar Haddad · contact - 4",
    code="COMPARE_EXACT_NOT_SUFFIX",
    sentence="Omar is stored as '(510) 555'.",
    proven=True,
    tone="warning",
    stored=(
        StoredRow(
            "PHONE",
            "(510)<U+00A0>5",
            "the same national number",
            "success",
            "5105",
            (("(", "", False), ("5", "5", True), ("<U+00A0>", "", False)),
            ("a no-break space (U+00A0) too many",),
        ),
        StoredRow("FAX", "<b>none</b>", "no number", "danger"),
    ),
    advice=(AdviceRow("Use the phone format (###) ###.", "(###) ###"), AdviceRow("Or mend it.")),
)


@pytest.fixture
def dialog(qtbot):
    dialog = ProbeDialog()
    qtbot.addWidget(dialog)
    dialog.start("+15105550177", [("contact", "Contact"), ("lead", "Lead")])
    return dialog


def edit(dialog, name):
    return dialog.findChild(QLineEdit, name)


def press(dialog, name="runProbeButton"):
    dialog.findChild(QPushButton, name).click()


def text(dialog, name):
    return dialog.findChild(QLabel, name).text()


def test_a_record_is_asked_for_by_name(qtbot, dialog):
    edit(dialog, "probeTextField").setText("  Omar Haddad ")
    with qtbot.waitSignal(dialog.probe_requested) as asked:
        press(dialog)
    assert asked.args == ["+15105550177", "name", "Omar Haddad", ""]
    assert not dialog.findChild(QPushButton, "runProbeButton").isEnabled()


def test_by_id_the_type_counts(qtbot, dialog):
    dialog.findChild(QRadioButton, "probeBy_id").click()
    types = dialog.findChild(QComboBox, "probeTypeCombo")
    types.setCurrentIndex(types.findData("lead"))
    edit(dialog, "probeTextField").setText("81")
    with qtbot.waitSignal(dialog.probe_requested) as asked:
        press(dialog)
    assert asked.args == ["+15105550177", "id", "81", "lead"]


def test_a_stored_text_is_taken_as_it_was_pasted(qtbot, dialog):
    dialog.findChild(QRadioButton, "probeBy_stored").click()
    assert not dialog.findChild(QComboBox, "probeTypeCombo").isVisible()
    edit(dialog, "probeTextField").setText(" 510\u00a0555 ")
    with qtbot.waitSignal(dialog.probe_requested) as asked:
        press(dialog)
    assert asked.args[2] == " 510\u00a0555 "


@pytest.mark.parametrize(
    ("number", "record", "said"),
    [("", "Omar", "the number that called"), ("+1510", "   ", "the record")],
)
def test_what_is_missing_is_said_and_nothing_is_asked(qtbot, dialog, number, record, said):
    edit(dialog, "probeNumberField").setText(number)
    edit(dialog, "probeTextField").setText(record)
    with qtbot.assertNotEmitted(dialog.probe_requested):
        press(dialog)
    assert said in text(dialog, "probeProblem")


def test_a_result_shows_verdict_advice_and_the_texts_side_by_side(dialog):
    dialog.show_probe(STATE)
    assert text(dialog, "probeRecord") == STATE.record
    assert text(dialog, "probeVerdictCode") == STATE.code
    assert text(dialog, "probeAdvice_1") == "1. Use the phone format (###) ###."
    stored = text(dialog, "probeStored")
    assert "&lt;U+00A0&gt;" in stored
    assert "&lt;b&gt;none&lt;/b&gt;" in stored
    assert "a no-break space (U+00A0) too many" in stored
    assert dialog.findChild(QPushButton, "runProbeButton").isEnabled()


def test_one_click_uses_a_format(qtbot, dialog):
    dialog.show_probe(STATE)
    with qtbot.waitSignal(dialog.format_requested) as asked:
        press(dialog, "useFormatButton")
    assert asked.args == ["(###) ###"]
    assert len(dialog.findChildren(QPushButton, "useFormatButton")) == 1


def test_a_second_result_replaces_the_first(qtbot, dialog):
    dialog.show_probe(STATE)
    dialog.show_probe(ProbeState("", "FOUND", "Found.", True, "success", (), (AdviceRow("None."),)))
    qtbot.waitUntil(lambda: dialog.findChild(QPushButton, "useFormatButton") is None)
    assert text(dialog, "probeStored") == "None."
    dialog.show_problem("The CRM is down.")
    assert text(dialog, "probeProblem") == "The CRM is down."


def test_a_closed_dialog_is_not_kept(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    dialog = ProbeDialog(owner)
    dialog.open()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    assert owner.findChild(ProbeDialog) is None


def test_tab_comes_to_the_advice_before_close(qtbot, dialog):
    dialog.show_probe(STATE)
    dialog.findChild(QPushButton, "probeVerdictMeaning").setFocus()
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.focusWidget().objectName() == "useFormatButton"
