"""The order of the Tab key for controls that join a page later than their neighbours."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget


def follow(before: QWidget, controls: Iterable[QWidget]) -> None:
    """Let Tab go from `before` through `controls`; Qt puts what is made later at the very end."""
    for control in controls:
        QWidget.setTabOrder(before, control)
        before = control
