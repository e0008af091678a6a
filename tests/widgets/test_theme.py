"""Light and dark come from one list of names."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QToolButton

from widgets import icons, theme


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    theme.apply(qapp, "light")


def test_both_schemes_name_the_same_colours():
    assert theme.colors("light").keys() == theme.colors("dark").keys()
    assert {"window", "base", "accent", "warning_bg", "header_bg"} <= theme.colors("light").keys()


def test_apply_sets_palette_font_and_current(qapp):
    theme.apply(qapp, "dark")
    assert theme.current() == "dark"
    assert qapp.font().family() == "Inter"
    window = qapp.palette().color(QPalette.ColorRole.Window).name()
    assert window == theme.colors("dark")["window"]
    assert "$" not in qapp.styleSheet().replace("$name", "")


def _contrast(one, other):
    def light(name):
        parts = [int(name[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("text", "base"),
        ("muted", "base"),
        ("muted", "header_bg"),
        ("accent", "base"),
        ("accent_text", "accent"),
        ("danger", "base"),
        ("success", "base"),
        ("warning", "warning_bg"),
    ],
)
def test_text_is_readable(scheme, front, back):
    named = theme.colors(scheme)
    assert _contrast(named[front], named[back]) >= 4.5


def test_icons_shown_follow_the_scheme(qapp, qtbot):
    theme.apply(qapp, "light")
    button = QToolButton()
    qtbot.addWidget(button)
    icons.keep_tinted(button, "phone", "text")
    before = button.icon().cacheKey()
    theme.apply(qapp, "dark")
    assert button.icon().cacheKey() != before
