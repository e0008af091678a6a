"""The strip that says why the files cannot be loaded."""

import pytest
from PySide6.QtCore import Qt

from widgets.load_problem import LoadProblem

SENTENCE = "Version a1b2c3 goes on: small has a syntax error at /x/small.py:3:\ninvalid & bad."


@pytest.fixture
def strip(qtbot):
    strip = LoadProblem()
    qtbot.addWidget(strip)
    strip.resize(2000, 30)
    return strip


def test_it_is_there_while_there_is_a_problem(strip):
    assert strip.isHidden()
    strip.show_sentence(SENTENCE)
    assert strip.isVisible()
    assert (strip.toolTip(), strip.accessibleDescription(), strip.sentence) == (SENTENCE,) * 3
    strip.show_sentence("")
    assert strip.isHidden()


def test_it_is_one_line_as_long_as_there_is_room(strip):
    strip.show_sentence(SENTENCE)
    strip.resize(2000, 30)
    assert strip.text() == " ".join(SENTENCE.split()).replace("&", "&&")
    strip.resize(300, 30)
    assert strip.text().startswith("Version a1b2c3")
    assert strip.text().endswith("…")
    assert strip.minimumSizeHint().width() >= 0


def test_a_long_sentence_does_not_widen_the_window(qtbot, strip):
    from widgets.top_bar import TopBar

    bar = TopBar()
    qtbot.addWidget(bar)
    before = bar.minimumSizeHint().width()
    bar.show_load_problem(SENTENCE * 20)
    assert bar.minimumSizeHint().width() == before


def test_a_click_asks_for_more(qtbot, strip):
    strip.show_sentence(SENTENCE)
    with qtbot.waitSignal(strip.clicked):
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton)
