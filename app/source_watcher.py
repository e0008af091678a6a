"""Tells when the files of a connector have changed.

Qt's own watcher: it needs no thread, nothing has to be ended when the window closes, and an idle
bench is not woken (``watchfiles`` looks 20 times a second from a thread of its own). It follows
files, and folders without what is below them, so that ``node_modules`` costs nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from connectors.host.sources import Sources

QUIET_MS = 150
"""Saving several files, or one by way of a temporary file, is one change: it ends in silence."""


class SourceWatcher(QObject):
    """Watches the files of one connector.

    Signals:
        changed(): something has changed, and nothing more for a moment.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._on_file_changed)
        self._watcher.directoryChanged.connect(self._on_folder_changed)
        self._touched: set[str] = set()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self.changed)

    def watch(self, sources: Sources) -> int:
        """Watch these files and folders and no others; again after each change.

        Returns:
            How many of them the system does not let watch.
        """
        wanted = {str(path) for path in (*sources.files, *sources.folders)}
        # An editor that saves by renaming leaves another file under the name: Qt goes on with the
        # one before.
        self._forget(self._touched | (self._paths() - wanted))
        self._touched.clear()
        new = wanted - self._paths()
        return len(self._watcher.addPaths(sorted(new))) if new else 0

    def stop(self) -> None:
        """Watch nothing."""
        self._quiet.stop()
        self._touched.clear()
        self._forget(self._paths())

    def _paths(self) -> set[str]:
        return {*self._watcher.files(), *self._watcher.directories()}

    def _forget(self, paths: set[str]) -> None:
        known = sorted(paths & self._paths())
        if known:
            self._watcher.removePaths(known)

    @Slot(str)
    def _on_file_changed(self, path: str) -> None:
        self._touched.add(path)
        self._quiet.start()

    @Slot(str)
    def _on_folder_changed(self, _path: str) -> None:
        self._quiet.start()
