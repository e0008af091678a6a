"""Whether this Python and this PySide6 go together. Imports next to nothing: every start asks."""

from __future__ import annotations

import sys

from app.cli_result import CommandError

TOO_NEW_QT = (
    "PySide6 {qt} on Python {python} aborts within a second: "
    "PySide6 6.12 and later need Python 3.12 or later."
)
TOO_NEW_QT_FIX = "pip install 'PySide6-Essentials>=6.11.3,<6.12', or use Python 3.12 or later"


def require_usable_python() -> None:
    """Refuse a PySide6 that would abort under this Python.

    Below Python 3.12, where None is counted, PySide6 6.12 drops a reference to it on nearly every
    call; the interpreter ends with ``none_dealloc`` and no window.

    Raises:
        CommandError: they do not go together; says what does.
    """
    if sys.version_info >= (3, 12):
        return
    qt = qt_version()
    if qt and too_new(qt, sys.version_info[:2]):
        text = TOO_NEW_QT.format(qt=qt, python=".".join(map(str, sys.version_info[:3])))
        raise CommandError(f"{text} Fix: {TOO_NEW_QT_FIX}.")


def too_new(qt: str, python: tuple[int, ...]) -> bool:
    """Tell whether PySide6 of version `qt` aborts on `python`."""
    major, minor = (int(part) for part in qt.split(".")[:2])
    return python < (3, 12) and (major, minor) >= (6, 12)


def qt_version() -> str | None:
    """Return PySide6's version, None when it is missing; this loads no library of Qt."""
    try:
        import PySide6  # noqa: PLC0415
    except ImportError:
        return None
    return PySide6.__version__
