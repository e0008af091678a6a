"""Builds the window and everything behind it, in this order, and takes it down in reverse.

1. QApplication, theme, MainWindow: shown and painted before anything else is imported.
2. The loop, settings, connections, presenters.
3. The sandbox, the connector's host process, the first description.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.home import home
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.presenter.window import WindowPresenter
    from widgets.main_window import MainWindow

EXIT_AFTER_PAINT = "CALLBENCH_EXIT_AFTER_PAINT"


def open_window() -> int:
    """Open the window and run until it is closed; return the exit code."""
    folder = home()
    application = build_application()
    settings = load_settings(folder)
    window = build_window(application, settings)
    if os.environ.get(EXIT_AFTER_PAINT):
        return 0

    import asyncio  # noqa: PLC0415  all below comes after the first paint

    from app.loop import run_with_qt  # noqa: PLC0415

    async def work() -> int:
        presenter = build_presenter(window, folder, settings)
        closed = asyncio.Event()
        window.closed.connect(closed.set)
        presenter.tasks.start(presenter.start(), name="window.start")
        try:
            await closed.wait()
        finally:
            await presenter.close()
        return 0

    return run_with_qt(work)


def play_tour(out: Path | None) -> dict[str, Any]:
    """Play the guided demo in the real window; return ``tour.json``'s content.

    The tour has a state folder and a sandbox of its own, so that it always starts from the sample
    contacts and leaves the user's data alone.

    Args:
        out: a folder for the pictures and ``tour.json``, played as fast as it can; None plays at a
            watchable speed and keeps nothing.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import tempfile  # noqa: PLC0415  the window does not need it

    application = build_application()
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="callbench-tour-") as folder:
        settings = Settings()
        window = build_window(application, settings)

        from app.loop import run_with_qt  # noqa: PLC0415
        from app.tour import Tour  # noqa: PLC0415

        async def work() -> int:
            presenter = build_presenter(window, Path(folder), settings)
            try:
                await presenter.start()
                report.update(await Tour(window, presenter, out).play())
            finally:
                await presenter.close()
                window.close()
            return 0

        run_with_qt(work)
    return report


def build_application() -> QApplication:
    """Return the QApplication; refuse a Python and a Qt that do not go together.

    Raises:
        CommandError: this PySide6 would abort on this Python.
    """
    from app.qt_version import require_usable_python  # noqa: PLC0415

    require_usable_python()
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("callbench")
    application.setApplicationDisplayName("Callbench")
    application.setQuitOnLastWindowClosed(False)
    return application


def build_window(application: QApplication, settings: Settings) -> MainWindow:
    """Return the main window, shown and painted."""
    from widgets import theme  # noqa: PLC0415
    from widgets.main_window import MainWindow  # noqa: PLC0415
    from widgets.phone_panel import PhonePanel  # noqa: PLC0415

    theme.prepare(application, "dark" if settings.scheme == "dark" else "light")
    window = MainWindow(PhonePanel(), complete=False)
    theme.finish(application)
    if settings.layout:
        window.restore_layout(bytes.fromhex(settings.layout))
    window.show()
    application.processEvents()
    if not os.environ.get(EXIT_AFTER_PAINT):
        window.complete()
    return window


def build_presenter(window: MainWindow, folder: Path, settings: Settings) -> WindowPresenter:
    """Return the presenter of `window`, with the connections saved in `folder`."""
    from app.connections import ConnectionFile  # noqa: PLC0415
    from app.presenter.window import WindowPresenter  # noqa: PLC0415
    from app.vault import open_vault  # noqa: PLC0415

    return WindowPresenter(window, folder, settings, ConnectionFile(folder, open_vault()))
