"""The dialog that learns formats: what it asks for, and what it shows."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QWidget,
)

from widgets.inspector_state import CoverageBar, LearnedState, UncoveredRow
from widgets.learn_formats_dialog import LearnFormatsDialog

STATE = LearnedState(
    sentence="1,000 numbers in 1,200 rows. These 2 formats cover 60.0% of them.",
    bars=(
        CoverageBar("(###) ###-####", 400, 0.4, 0.4),
        CoverageBar("##########", 200, 0.2, 0.6),
    ),
    left=400,
    left_share=0.4,
    uncovered=(
        UncoveredRow("###<U+00A0>####", 1300, "415<U+00A0>0132", "a no-break space"),
        UncoveredRow("###-####", 7, "555-0132", "too short"),
    ),
)


@pytest.fixture
def dialog(qtbot):
    dialog = LearnFormatsDialog()
    qtbot.addWidget(dialog)
    dialog.start()
    return dialog


def child(dialog, kind, name):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def click(qtbot, dialog, name):
    qtbot.mouseClick(child(dialog, QPushButton, name), Qt.MouseButton.LeftButton)


def test_a_new_dialog_shows_only_where_to_begin(dialog):
    assert child(dialog, QPushButton, "chooseCsvButton").isVisible()
    for kind, name in (
        (QWidget, "coverageChart"),
        (QTableWidget, "uncoveredTable"),
        (QProgressBar, "learnProgress"),
        (QComboBox, "phoneColumnCombo"),
        (QLabel, "learnProblem"),
    ):
        assert not child(dialog, kind, name).isVisible(), name
    assert not child(dialog, QPushButton, "useFormatsButton").isEnabled()


def test_a_chosen_file_is_told(qtbot, dialog):
    click(qtbot, dialog, "chooseCsvButton")
    chooser = dialog.findChild(QFileDialog)
    with qtbot.waitSignal(dialog.file_chosen) as caught:
        chooser.fileSelected.emit("contacts.csv")
    assert caught.args == ["contacts.csv"]
    chooser.reject()


def test_records_may_be_asked_for(qtbot, dialog):
    with qtbot.waitSignal(dialog.records_requested):
        click(qtbot, dialog, "learnFromRecordsButton")


def test_the_column_is_a_choice_when_there_are_several(qtbot, dialog):
    combo = child(dialog, QComboBox, "phoneColumnCombo")
    dialog.show_columns(("Name", "Mobile", "Phone"), 2)
    assert combo.isVisible()
    assert combo.currentText() == "Phone"
    with qtbot.waitSignal(dialog.column_chosen) as caught:
        qtbot.keyClick(combo, Qt.Key.Key_Up)
    assert caught.args == [1]
    dialog.show_columns(("phone",), 0)
    assert not combo.isVisible()


def test_a_column_of_two_with_one_name_is_told_by_its_place(qtbot, dialog):
    dialog.show_columns(("Phone", "Phone"), 0)
    with qtbot.waitSignal(dialog.column_chosen) as caught:
        qtbot.keyClick(child(dialog, QComboBox, "phoneColumnCombo"), Qt.Key.Key_Down)
    assert caught.args == [1]


def test_reading_shows_how_far_it_is_and_can_be_stopped(qtbot, dialog):
    dialog.show_progress(0.25, 12_345)
    assert child(dialog, QProgressBar, "learnProgress").value() == 250
    assert child(dialog, QLabel, "learnSummary").text() == "12,345 rows read …"
    with qtbot.waitSignal(dialog.cancel_requested):
        click(qtbot, dialog, "cancelLearningButton")
    assert not child(dialog, QProgressBar, "learnProgress").isVisible()
    assert not child(dialog, QLabel, "learnSummary").isVisible()


def test_what_was_learned(dialog):
    dialog.show_progress(1.0, 1200)
    dialog.show_learned(STATE)
    assert child(dialog, QLabel, "learnSummary").text() == STATE.sentence
    assert child(dialog, QWidget, "coverageChart").isVisible()
    assert not child(dialog, QProgressBar, "learnProgress").isVisible()
    table = child(dialog, QTableWidget, "uncoveredTable")
    shown = [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]
    assert shown == [
        ["###<U+00A0>####", "415<U+00A0>0132", "a no-break space", "1,300"],
        ["###-####", "555-0132", "too short", "7"],
    ]


def test_one_click_uses_the_formats(qtbot, dialog):
    dialog.show_learned(STATE)
    with qtbot.waitSignal(dialog.formats_chosen) as caught:
        click(qtbot, dialog, "useFormatsButton")
    assert caught.args == [["(###) ###-####", "##########"]]
    assert not dialog.isVisible()


def test_nothing_to_use_when_no_format_fits(dialog):
    dialog.show_learned(LearnedState("No format fits.", (), 2, 1.0, STATE.uncovered))
    assert not child(dialog, QPushButton, "useFormatsButton").isEnabled()


def test_a_table_without_rows_is_not_shown(dialog):
    dialog.show_learned(LearnedState("All.", STATE.bars, 0, 0.0, ()))
    assert not child(dialog, QTableWidget, "uncoveredTable").isVisible()


def test_a_problem_takes_the_place_of_the_result(dialog):
    dialog.show_learned(STATE)
    dialog.show_problem("cities.csv has no column that looks like phone numbers.")
    assert child(dialog, QLabel, "learnProblem").text().startswith("cities.csv")
    assert not child(dialog, QWidget, "coverageChart").isVisible()
    assert not child(dialog, QPushButton, "useFormatsButton").isEnabled()


def test_closing_stops_the_reading(qtbot, dialog):
    dialog.show_progress(0.1, 10)
    with qtbot.waitSignal(dialog.cancel_requested):
        click(qtbot, dialog, "closeLearningButton")


def test_it_opens_empty_again(dialog):
    dialog.show_learned(STATE)
    dialog.reject()
    dialog.start()
    assert not child(dialog, QWidget, "coverageChart").isVisible()
    assert child(dialog, QLabel, "learnSource").text() == ""
