"""Every drawing in resources can be shown in any colour."""

from importlib import resources

import pytest
from PySide6.QtGui import QColor

from widgets import icons

NAMES = sorted(
    path.name.removesuffix(".svg")
    for path in (resources.files("resources") / "icons").iterdir()
    if path.name.endswith(".svg")
)


@pytest.mark.parametrize("name", NAMES)
def test_icon_draws_something(qapp, name):
    picture = icons.pixmap(name, 24).toImage()
    painted = [picture.pixelColor(x, y).alpha() for x in range(24) for y in range(24)]
    assert max(painted) > 100


def test_tint_is_the_colour_asked_for(qapp):
    picture = icons.pixmap("stop", 48, "#ff0000").toImage()
    solid = [
        picture.pixelColor(x, y)
        for x in range(48)
        for y in range(48)
        if picture.pixelColor(x, y).alpha() == 255
    ]
    assert solid
    assert set(map(QColor.name, solid)) == {"#ff0000"}


def test_unknown_name_is_an_error(qapp):
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")
