"""Colours, font and style sheet: Fusion with our palette, light or dark."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Literal

from PySide6.QtGui import QAction, QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication

import resources

FOLDER = Path(resources.__path__[0])
"""Not ``importlib.resources``: importing that costs a tenth of the time to the first paint."""

Scheme = Literal["light", "dark"]

_COLORS: dict[str, dict[str, str]] = {
    "light": {
        "window": "#f5f6f9",
        "base": "#ffffff",
        "alternate": "#f1f3f7",
        "text": "#14181f",
        "muted": "#5b6478",
        "border": "#dfe3ea",
        "accent": "#2559e4",
        "accent_text": "#ffffff",
        "success": "#1b7f3b",
        "warning": "#8a5a00",
        "warning_bg": "#fff3df",
        "danger": "#c2322d",
        "header_bg": "#eef0f5",
    },
    "dark": {
        "window": "#13161c",
        "base": "#1a1e26",
        "alternate": "#232833",
        "text": "#e8ebf1",
        "muted": "#9aa3b5",
        "border": "#343b49",
        "accent": "#6f98ff",
        "accent_text": "#0c1220",
        "success": "#5ccf86",
        "warning": "#f0bd66",
        "warning_bg": "#3a2e18",
        "danger": "#ff7b72",
        "header_bg": "#222732",
    },
}
_FONT_FILES = ("Inter_400Regular.ttf", "Inter_500Medium.ttf", "Inter_600SemiBold.ttf")
_FAMILY = "Inter"
_FONT_PIXELS = 14


class _Current:
    scheme: Scheme = "light"
    fonts_loaded: bool = False


def current() -> Scheme:
    """Return the scheme set by the last `apply`; light before that."""
    return _Current.scheme


def colors(scheme: str) -> dict[str, str]:
    """Return the named colours (``#rrggbb``) of the scheme ``light`` or ``dark``.

    Raises:
        KeyError: no such scheme.
    """
    return dict(_COLORS[scheme])


def color(name: str) -> QColor:
    """Return one named colour of the scheme in use, for painting."""
    return QColor(_COLORS[_Current.scheme][name])


def apply(app: QApplication, scheme: Scheme) -> None:
    """Dress the whole application in `scheme`, and tint again the icons already shown."""
    prepare(app, scheme)
    finish(app)
    _tint_again(app)


def finish(app: QApplication) -> None:
    """Apply the style sheet of the scheme in use.

    A window that is built first is polished once; one built under the style sheet is polished each
    time a widget joins its parent, which takes longer than everything else at the start.
    """
    app.setStyleSheet(_style_sheet(_Current.scheme))


def prepare(app: QApplication, scheme: Scheme) -> None:
    """Set font, palette and scheme; :func:`finish` follows when the first window is built."""
    _Current.scheme = scheme
    _load_fonts()
    app.setStyle("Fusion")
    font = QFont(_FAMILY)
    font.setPixelSize(_FONT_PIXELS)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    app.setFont(font)
    app.setPalette(_palette(_COLORS[scheme]))


def _load_fonts() -> None:
    if _Current.fonts_loaded:
        return
    for name in _FONT_FILES:
        # A missing font costs the look only: Qt then takes the system's own.
        QFontDatabase.addApplicationFontFromData((FOLDER / "fonts" / name).read_bytes())
    _Current.fonts_loaded = True


def _palette(named: dict[str, str]) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for key, name in {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "base",
        role.AlternateBase: "alternate",
        role.Text: "text",
        role.Button: "base",
        role.ButtonText: "text",
        role.BrightText: "danger",
        role.Highlight: "accent",
        role.HighlightedText: "accent_text",
        role.Accent: "accent",
        role.Link: "accent",
        role.PlaceholderText: "muted",
        role.ToolTipBase: "text",
        role.ToolTipText: "base",
        role.Mid: "border",
        role.Midlight: "border",
        role.Light: "base",
        role.Dark: "border",
    }.items():
        palette.setColor(key, QColor(named[name]))
    for key in (role.Text, role.WindowText, role.ButtonText):
        faded = QColor(named["muted"])
        faded.setAlpha(150)
        palette.setColor(QPalette.ColorGroup.Disabled, key, faded)
    return palette


def _style_sheet(scheme: str) -> str:
    folder = FOLDER
    sheet = (folder / "styles" / "callbench.qss").read_text(encoding="utf-8")
    icons = str(folder / "icons").replace("\\", "/")
    return Template(sheet).substitute(_COLORS[scheme], icons=icons, scheme=scheme)


def _tint_again(app: QApplication) -> None:
    from widgets import icons  # noqa: PLC0415  icons needs this module's colours

    for widget in app.allWidgets():
        targets: list[QAction | QAbstractButton] = list(widget.actions())
        if isinstance(widget, QAbstractButton):
            targets.append(widget)
        for target in targets:
            if name := target.property("iconName"):
                target.setIcon(icons.icon(name, target.property("iconColor") or None))
