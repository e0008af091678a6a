"""Which PySide6 goes with which Python."""

import sys

import pytest

from app import qt_version
from app.cli_result import CommandError


@pytest.mark.parametrize(
    ("qt", "python", "refused"),
    [
        ("6.11.3", (3, 11), False),
        ("6.12.0", (3, 11), True),
        ("7.0", (3, 11), True),
        ("6.12.0", (3, 12), False),
        ("6.12.0", (3, 13), False),
    ],
)
def test_qt_6_12_is_refused_below_python_3_12(qt, python, refused):
    assert qt_version.too_new(qt, python) is refused


def test_the_window_is_refused_with_the_reason_and_the_fix(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 11, 9, "final", 0))
    monkeypatch.setattr(qt_version, "qt_version", lambda: "6.12.0")
    with pytest.raises(CommandError, match=r"6\.12\.0 on Python .* aborts.*<6\.12"):
        qt_version.require_usable_python()


def test_this_python_and_this_qt_go_together():
    qt_version.require_usable_python()


def test_a_missing_qt_is_said(monkeypatch):
    monkeypatch.setattr(qt_version, "qt_version", lambda: None)
    qt_version.require_usable_python()
