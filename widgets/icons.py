"""Line icons from ``resources/icons``, tinted for the colour scheme in use."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from widgets import theme

# Pixels; the larger ones serve the same places on dense screens.
_SIZES = (16, 24, 48)


def icon(name: str, color: str | None = None) -> QIcon:
    """Return the icon `name` in one colour.

    Args:
        name: the file's stem in ``resources/icons``.
        color: a name of `theme.colors`, or ``#rrggbb``; the muted text colour when absent.

    Raises:
        FileNotFoundError: no such icon.
    """
    tint = color or "muted"
    return _tinted(name, theme.colors(theme.current()).get(tint, tint))


def pixmap(name: str, size: int, color: str | None = None, ratio: float = 1.0) -> QPixmap:
    """Return the icon `name` as a picture of `size` logical pixels."""
    return icon(name, color).pixmap(QSize(size, size), ratio)


def keep_tinted(target: QAbstractButton | QAction, name: str, color: str | None = None) -> None:
    """Set the icon of a button or action and tint it again whenever the scheme changes."""
    target.setProperty("iconName", name)
    target.setProperty("iconColor", color or "")
    target.setIcon(icon(name, color))


@lru_cache(maxsize=512)
def _tinted(name: str, color: str) -> QIcon:
    renderer = QSvgRenderer(QByteArray(_source(name).replace("#000", color).encode()))
    result = QIcon()
    for size in _SIZES:
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        result.addPixmap(picture)
    return result


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return (theme.FOLDER / "icons" / f"{name}.svg").read_text(encoding="utf-8")
