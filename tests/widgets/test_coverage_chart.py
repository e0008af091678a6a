"""The chart of what each format covers."""

import pytest
from PySide6.QtGui import QColor

from widgets import theme
from widgets.coverage_chart import CoverageChart, percent
from widgets.inspector_state import CoverageBar, LearnedState

STATE = LearnedState(
    sentence="",
    bars=(
        CoverageBar("(###) ###-####", 40, 0.4, 0.4),
        CoverageBar("##########", 20, 0.2, 0.6),
    ),
    left=40,
    left_share=0.4,
    uncovered=(),
)


@pytest.fixture
def chart(qtbot, qapp):
    theme.apply(qapp, "light")
    chart = CoverageChart()
    qtbot.addWidget(chart)
    chart.show_coverage(STATE)
    chart.resize(700, chart.sizeHint().height())
    chart.show()
    return chart


def colored(chart, row, name):
    """The first and the last x of a row's middle that has the theme's colour, in parts of all."""
    image = chart.grab().toImage()
    y = int((row + 0.5) * chart.height() / 3)
    wanted = QColor(theme.colors("light")[name])
    xs = [x for x in range(image.width()) if image.pixelColor(x, y) == wanted]
    return (xs[0], xs[-1]) if xs else None


def test_each_bar_begins_where_the_last_ended(chart):
    first, second = colored(chart, 0, "accent"), colored(chart, 1, "accent")
    left = colored(chart, 2, "warning")
    assert abs(first[1] - second[0]) <= 3
    assert abs(second[1] - left[0]) <= 3
    assert abs((first[1] - first[0]) - 2 * (second[1] - second[0])) <= 4


def test_it_can_be_read_aloud(chart):
    assert chart.accessibleName() == "Coverage"
    assert chart.accessibleDescription() == (
        "(###) ###-####: 40.0%, 40.0% so far; ##########: 20.0%, 60.0% so far; Not covered: 40.0%"
    )


def test_nothing_left_has_no_row(chart):
    height = chart.sizeHint().height()
    chart.show_coverage(LearnedState("", STATE.bars, 0, 0.0, ()))
    assert "Not covered" not in chart.accessibleDescription()
    assert chart.sizeHint().height() < height


def test_it_can_be_emptied(chart):
    chart.show_coverage(None)
    assert chart.accessibleDescription() == ""
    assert colored(chart, 0, "accent") is None


def test_it_follows_the_theme(qapp, chart):
    theme.apply(qapp, "dark")
    assert colored(chart, 0, "accent") is None
    theme.apply(qapp, "light")
    assert colored(chart, 0, "accent") is not None


def test_percent():
    assert percent(0.4213) == "42.1%"
