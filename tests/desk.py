"""The real window, the real host process, the real sandbox: nothing stands in for anything."""

import asyncio
import json
import sqlite3

import pytest

from app.connections import ConnectionFile
from app.home import home
from app.presenter.window import WindowPresenter
from app.settings import Settings
from app.vault import SessionVault
from widgets.main_window import MainWindow
from widgets.phone_panel import PhonePanel


class Desk:
    """A window at work, with the few gestures that the tests make."""

    def __init__(self, qtbot, window, presenter, opened):
        self.qtbot = qtbot
        self.window = window
        self.presenter = presenter
        self.opened = opened

    def child(self, kind, name):
        found = self.window.findChild(kind, name)
        assert found is not None, f"the window has no {name}"
        return found

    async def close(self):
        await self.presenter.close()
        self.window.close()
        self.window.deleteLater()

    async def until(self, condition, timeout_s=20.0):
        async with asyncio.timeout(timeout_s):
            while not condition():
                await asyncio.sleep(0.01)

    async def idle(self):
        await asyncio.sleep(0)
        await self.until(lambda: self.presenter.tasks.idle)
        self.presenter.inspector.flush()

    def records(self, platform, entity):
        """Read the CRM's own store."""
        path = home() / "sandbox.sqlite"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            rows = database.execute(
                "SELECT id, data FROM records WHERE platform = ? AND entity = ?", (platform, entity)
            ).fetchall()
        database.close()
        return {row[0]: json.loads(row[1]) for row in rows}


@pytest.fixture
def open_desk(qtbot, qapp, at_end):
    """Return a coroutine function that opens a window on the sandbox."""

    async def open_it(connection="sandbox-insightly", **sandbox_options):
        window = MainWindow(PhonePanel())
        window.show()
        opened = []
        presenter = WindowPresenter(
            window,
            home(),
            Settings(connection=connection),
            ConnectionFile(home(), SessionVault()),
            sandbox_options=sandbox_options,
            open_url=opened.append,
        )
        desk = Desk(qtbot, window, presenter, opened)
        at_end.append(desk.close)
        await presenter.start()
        return desk

    return open_it
