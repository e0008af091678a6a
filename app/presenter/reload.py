"""Hot reload: a saved connector runs at once, a broken one leaves the last good version at work.

What runs is compared with what is on the disk by the hash of the files, so it does not matter which
of many saves was noticed, or how the editor writes.
"""

from __future__ import annotations

import asyncio
import re
import time
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from app.bench import Bench
from app.loop import TaskRunner
from app.presenter.inspector import clock
from app.source_watcher import SourceWatcher
from connectors.host.load import ConnectorLoadError, sources_of
from connectors.host.process import SHORT, HostProcess
from widgets.document_dialog import DocumentDialog
from widgets.inspector_state import ConsoleRow
from widgets.main_window import MainWindow

LOOK = "reload.look"
CLOSE = "reload.close_replaced"


class ReloadPresenter(QObject):
    """Keeps the bench on the connector's files as they are on the disk.

    Signals:
        reloaded(): the bench runs another version now.
        reopen_requested(): the connector could not be loaded at all, and its files have changed.
    """

    reloaded = Signal()
    reopen_requested = Signal()

    def __init__(
        self, window: MainWindow, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._tasks = tasks
        self._watcher = SourceWatcher(self)
        self._watcher.changed.connect(self._on_changed)
        self._platform = ""
        self._bench: Bench | None = None
        self._error: ConnectorLoadError | None = None
        self._tried: str | None = None
        """The digest of the files that were loaded last, or could not be."""
        self._looking: asyncio.Task[None] | None = None
        self._again = False
        self._by_hand = False
        window.reload_requested.connect(self.reload)
        window.top_bar.load_problem_requested.connect(self._on_problem_requested)

    @property
    def error(self) -> ConnectorLoadError | None:
        """Why the files cannot be loaded as they are now, None when they can."""
        return self._error

    def follow(self, bench: Bench) -> None:
        """Watch the connector of a bench that has just been opened."""
        self.stop()
        description = bench.description
        self._bench, self._platform = bench, bench.connection.platform
        self._tried = description.digest if description else None
        self._window.top_bar.show_loaded(description.digest[:SHORT] if description else "")
        self._window.show_connector(bench.display_name)
        self._look_soon()

    def wait_for(self, platform: str) -> None:
        """Watch a connector that could not be loaded when it was opened."""
        self.stop()
        self._platform = platform
        self._window.top_bar.show_loaded("")
        self._window.show_connector("")
        self._look_soon()

    def stop(self) -> None:
        """Watch nothing; a reload under way is given up."""
        self._watcher.stop()
        self._tasks.cancel(LOOK)
        self._bench, self._platform, self._tried = None, "", None
        self._looking, self._again, self._by_hand = None, False, False
        self._show_error(None)

    @Slot()
    def reload(self) -> None:
        """Load the connector anew, whether its files have changed or not."""
        if self._platform:
            self._by_hand = True
            self._look_soon()

    async def settle(self) -> None:
        """Load what is on the disk now, if it has changed, and wait for the end of that.

        Raises:
            ConnectorLoadError: it cannot be loaded.
        """
        self._look_soon()
        if self._looking is not None:
            await asyncio.wait({self._looking})
        if self._error is not None:
            raise self._error

    @Slot()
    def _on_changed(self) -> None:
        self._look_soon()

    def _look_soon(self) -> None:
        self._again = True
        if self._platform and (self._looking is None or self._looking.done()):
            self._looking = self._tasks.start(self._look(), name=LOOK)

    async def _look(self) -> None:
        """Load what is on the disk until nothing has changed while it was loaded."""
        while self._again:
            by_hand, self._again, self._by_hand = self._by_hand, False, False
            bench, first = self._bench, self._tried is None
            described = bench.description if bench else None
            sources = await asyncio.to_thread(sources_of, self._platform, described)
            # Before the files are read: what is saved from now on is noticed.
            self._tell_unwatched(self._watcher.watch(sources))
            digest = await asyncio.to_thread(sources.digest)
            if digest == self._tried and not by_hand:
                continue
            self._tried = digest
            if bench is not None:
                await self._load(bench)
            elif by_hand or not first:
                self.reopen_requested.emit()

    async def _load(self, bench: Bench) -> None:
        try:
            description = await bench.reload(HostProcess(self._platform))
        except ConnectorLoadError as error:
            self._show_error(error)
            return
        self._show_error(None)
        at = datetime.now().astimezone().strftime("%H:%M:%S")
        version = f"reloaded {at} {description.digest[:SHORT]}"
        self._window.top_bar.show_loaded(version)
        self._window.show_connector(bench.display_name, version)
        self._tasks.start(bench.close_replaced(), name=CLOSE)
        self.reloaded.emit()

    def _show_error(self, error: ConnectorLoadError | None) -> None:
        self._error = error
        if error is None:
            self._window.top_bar.show_load_problem("")
            return
        self._window.top_bar.show_load_problem(f"{self._goes_on()} {error}")
        row = ConsoleRow(0, clock(time.time() * 1000), "error", f"Not reloaded: {error}")
        self._window.console.append_rows([row])

    def _goes_on(self) -> str:
        description = self._bench.description if self._bench else None
        version = description.digest[:SHORT] if description else "before"
        return f"Version {version} goes on:"

    def _tell_unwatched(self, count: int) -> None:
        if count:
            self._window.show_note(
                f"The system does not let {count} of the connector's files be watched: reload by "
                "hand with Ctrl+Shift+R."
            )

    @Slot()
    def _on_problem_requested(self) -> None:
        error = self._error
        if error is None:
            return
        parts = [self._goes_on(), str(error)]
        position = error.position
        if position is not None:
            rows = ("line", position.line), ("column", position.column)
            place = "".join(f", {word} {number}" for word, number in rows if number)
            parts.append(f"In {position.file}{place}.")
        parts.append("It is loaded again as soon as one of its files is saved.")
        text = "\n\n".join(_plain(part) for part in parts)
        DocumentDialog("The connector cannot be loaded", text, self._window).open()


def _plain(text: str) -> str:
    """Return a text as Markdown that shows it as it is."""
    return re.sub(r"([^\w\s/])", r"\\\1", text).replace("\n", "  \n")
