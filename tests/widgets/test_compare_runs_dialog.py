"""The dialog that shows two runs side by side."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QTableWidget

from widgets.compare_runs_dialog import CompareRunsDialog
from widgets.inspector_state import ComparedRow, ComparedRun, CompareState

STATE = CompareState(
    a=ComparedRun("findContact +1415", "14:02:11", "1 found: <b>Ada</b>", "FOUND: Ada was found."),
    b=ComparedRun("findContact +1415", "14:03:00", "no match"),
    sentence="The two runs differ in: requests and contacts.",
    rows=(
        ComparedRow("Requests", "GET /s", "changed", "a=1\na=2", "a=3"),
        ComparedRow("Requests", "GET /t", "only B", "nothing", "no parameters"),
        ComparedRow("Contacts", "7", "only A", "Ada (lead)", "nothing"),
    ),
    text="A: findContact +1415\n",
)


@pytest.fixture
def dialog(qtbot):
    dialog = CompareRunsDialog()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.start(STATE)
    return dialog


def rows(dialog):
    table = dialog.findChild(QTableWidget, "comparisonTable")
    found = []
    for row in range(table.rowCount()):
        items = [table.item(row, column) for column in range(table.columnCount())]
        found.append([item.text() for item in items if item is not None])
    return found


def test_it_opens_with_the_outcome_in_a_sentence(dialog):
    assert dialog.isVisible()
    assert dialog.findChild(QLabel, "compareSentence").text() == STATE.sentence


def test_each_run_has_a_card(dialog):
    shown = {
        letter: [
            line.text()
            for line in dialog.findChild(QFrame, f"comparedRun{letter}").findChildren(QLabel)
        ]
        for letter in "AB"
    }
    assert shown["A"] == [
        "A   findContact +1415",
        "14:02:11   1 found: <b>Ada</b>",
        "FOUND: Ada was found.",
    ]
    assert shown["B"] == ["B   findContact +1415", "14:03:00   no match"]


def test_a_name_with_markup_stays_text(dialog):
    lines = dialog.findChild(QFrame, "comparedRunA").findChildren(QLabel)
    assert {line.textFormat() for line in lines} == {Qt.TextFormat.PlainText}


def test_rows_stand_under_their_stage(dialog):
    assert rows(dialog) == [
        ["Requests"],
        ["GET /s", "changed", "a=1\na=2", "a=3"],
        ["GET /t", "only B", "nothing", "no parameters"],
        ["Contacts"],
        ["7", "only A", "Ada (lead)", "nothing"],
    ]


def test_a_long_text_is_shown_to_its_end(qtbot):
    dialog = CompareRunsDialog()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    long = ComparedRow("Requests", "GET /s", "only A", "field = value & " * 40, "nothing")
    short = ComparedRow("Requests", "GET /t", "only A", "field", "nothing")
    dialog.start(CompareState(STATE.a, STATE.b, "", (long, short), ""))
    table = dialog.findChild(QTableWidget, "comparisonTable")
    qtbot.waitUntil(lambda: table.rowHeight(1) > 4 * table.rowHeight(2))
    narrow = table.rowHeight(1)
    dialog.resize(dialog.width() * 2, dialog.height())
    qtbot.waitUntil(lambda: table.rowHeight(1) < narrow)
    wide = table.rowHeight(1)
    table.resizeRowsToContents()
    assert table.rowHeight(1) == wide


def test_all_of_it_is_copied_as_text(qtbot, dialog):
    button = dialog.findChild(QPushButton, "copyComparisonButton")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == STATE.text


def test_it_closes(qtbot, dialog):
    button = dialog.findChild(QPushButton, "closeComparisonButton")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
