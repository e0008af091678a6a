"""Learning formats in the real window: from a file, and from what lookups returned."""

import time

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTableWidget, QWidget

from app.explain.learn import learn
from app.presenter import learn as presenter_of_learn
from app.presenter.learn import NOTHING_SEEN, learned_state, phones_seen
from app.sandbox import seed
from widgets.learn_formats_dialog import LearnFormatsDialog

CONTACTS = (
    "Name,Phone,Mobile\n"
    "Ann,(415) 555-0132,+14155550101\n"
    "Ben,(415) 555-0133,+14155550102\n"
    "Cleo,415\u00a0555\u00a00134,+14155550103\n"
)


@pytest.fixture
def contacts(tmp_path):
    path = tmp_path / "contacts.csv"
    path.write_text(CONTACTS, encoding="utf-8")
    return path


async def opened(desk):
    """Open the dialog from the menu."""
    (action,) = [
        action for action in desk.window.findChildren(QAction) if action.text() == "Learn formats…"
    ]
    action.trigger()
    return desk.child(LearnFormatsDialog, "learnFormatsDialog")


def text(dialog, name):
    return dialog.findChild(QLabel, name).text()


async def test_a_file_teaches_formats_and_one_click_uses_them(open_desk, contacts):
    desk = await open_desk()
    dialog = await opened(desk)
    dialog.choose_path(str(contacts))
    await desk.idle()
    assert text(dialog, "learnSource") == "contacts.csv"
    assert text(dialog, "learnSummary") == (
        "3 numbers in 3 rows. This format covers 66.7% of them."
    )
    assert dialog.findChild(QTableWidget, "uncoveredTable").item(0, 1).text() == (
        "415<U+00A0>555<U+00A0>0134"
    )
    desk.qtbot.mouseClick(
        dialog.findChild(QPushButton, "useFormatsButton"), Qt.MouseButton.LeftButton
    )
    assert desk.presenter.formats() == ["(###) ###-####"]
    assert not dialog.isVisible()


async def test_another_column_is_read_when_it_is_chosen(open_desk, contacts):
    desk = await open_desk()
    dialog = await opened(desk)
    dialog.choose_path(str(contacts))
    await desk.idle()
    combo = dialog.findChild(QComboBox, "phoneColumnCombo")
    assert combo.currentText() == "Phone"
    desk.qtbot.keyClick(combo, Qt.Key.Key_Down)
    await desk.idle()
    assert combo.currentText() == "Mobile"
    assert "covers 100.0% of them" in text(dialog, "learnSummary")


async def test_a_file_without_a_phone_column_offers_all_its_columns(open_desk, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("Name,Contact\nAnn,4155\nBen,n/a\n")
    desk = await open_desk()
    dialog = await opened(desk)
    dialog.choose_path(str(path))
    await desk.idle()
    assert text(dialog, "learnProblem") == (
        "people.csv has no column that looks like phone numbers. Its columns are: Name, Contact. "
        "Choose the phone column above."
    )
    combo = dialog.findChild(QComboBox, "phoneColumnCombo")
    assert combo.currentIndex() == -1
    desk.qtbot.keyClick(combo, Qt.Key.Key_End)
    await desk.idle()
    assert text(dialog, "learnSummary") == "1 number in 2 rows. No format fits any of them."


async def test_a_file_that_cannot_be_read(open_desk, tmp_path):
    desk = await open_desk()
    dialog = await opened(desk)
    dialog.choose_path(str(tmp_path / "missing.csv"))
    await desk.idle()
    assert "No such file" in text(dialog, "learnProblem")


async def test_records_seen_so_far_teach_too_each_once(open_desk):
    desk = await open_desk()
    dialog = await opened(desk)
    records = dialog.findChild(QPushButton, "learnFromRecordsButton")
    desk.qtbot.mouseClick(records, Qt.MouseButton.LeftButton)
    await desk.idle()
    assert text(dialog, "learnProblem") == NOTHING_SEEN
    for _again in range(2):
        await desk.presenter.phone.match(seed.DEMO["plain"].e164, force_refresh=True)
    await desk.idle()
    assert list(phones_seen(desk.presenter.journal)).count("4155550132") == 1
    desk.qtbot.mouseClick(records, Qt.MouseButton.LeftButton)
    await desk.idle()
    chart = dialog.findChild(QWidget, "coverageChart")
    assert "##########: " in chart.accessibleDescription()


async def test_the_formats_dialog_leads_here(open_desk):
    desk = await open_desk()
    desk.presenter.edit_formats()
    desk.qtbot.mouseClick(desk.child(QPushButton, "learnFormatsButton"), Qt.MouseButton.LeftButton)
    assert desk.child(LearnFormatsDialog, "learnFormatsDialog").isVisible()


async def test_the_window_lives_while_a_large_file_is_read_and_cancel_stops_it(
    open_desk, tmp_path, monkeypatch
):
    path = tmp_path / "large.csv"
    path.write_text("phone\n" + "(415) 555-0132\n" * 400_000)
    desk = await open_desk()
    dialog = await opened(desk)
    ticks = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start(0)
    dialog.choose_path(str(path))
    await desk.until(lambda: len(ticks) > 20 and "rows read" in text(dialog, "learnSummary"))
    assert desk.presenter.tasks.running(presenter_of_learn.LEARN)
    stop = dialog.findChild(QPushButton, "cancelLearningButton")
    desk.qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    await desk.idle()
    timer.stop()
    assert not dialog.findChild(QLabel, "learnSummary").isVisible()
    assert dialog.isVisible()


async def test_closing_the_dialog_ends_the_reading(open_desk, tmp_path):
    path = tmp_path / "large.csv"
    path.write_text("phone\n" + "(415) 555-0132\n" * 400_000)
    desk = await open_desk()
    dialog = await opened(desk)
    dialog.choose_path(str(path))
    await desk.until(lambda: "rows read" in text(dialog, "learnSummary"))
    dialog.reject()
    await desk.idle()
    assert desk.presenter.formats() == []


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["", "n/a"], "2 rows, and no phone number in them."),
        (["4155550132"], "1 number in 1 row. This format covers 100.0% of them."),
        (["4155550132", "1-800-FLOWERS"], "2 numbers in 2 rows. This format covers 50.0% of them."),
        (
            ["4155550132", "(415) 555-0132"],
            "2 numbers in 2 rows. These 2 formats cover 100.0% of them.",
        ),
    ],
)
def test_the_sentence(texts, sentence):
    assert learned_state(learn(texts)).sentence == sentence
