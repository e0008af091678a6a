"""The Source tab: reads and writes the connector's files, checks them, and runs what was saved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Slot

from app.loop import TaskRunner
from app.source_check import check, is_slow, mark_at
from app.source_files import (
    ChangedOnDiskError,
    SourceFileError,
    SourceText,
    is_on_disk,
    main_file,
    read_source,
    source_files,
    write_source,
)
from connectors.contract.hosting import SourcePosition
from connectors.host.load import ConnectorLoadError, builtin_platforms
from widgets.inspector_state import SourceMark
from widgets.main_window import MainWindow
from widgets.unsaved_dialog import UnsavedDialog

CHECK = "source.check"
SAVE = "source.save"
CHECK_MS = 250
LOOK_MS = 100
RELOAD, KEEP, GO = "reload", "keep", "goThere"
BUILT_IN = (
    "Built-in connectors are not edited here.\n\nAdd a connection to a connector of your own, by "
    "the path of its folder or file: its proxy config, manifest, Python or JavaScript appears here."
)
NO_FILES = "There is nothing to edit at {}: no JSON, Python or JavaScript file."


@dataclass(slots=True)
class _Open:
    """A file in hand.

    Attributes:
        base: as it was read; says how its lines end.
        on_disk: what may be written over: what was read, or what the user has seen since.
        load_marks: where the connector could not be loaded, until the next save.
    """

    base: SourceText
    on_disk: bytes
    load_marks: list[SourceMark] = field(default_factory=list)


class SourcePresenter(QObject):
    """Works the Source tab.

    Args:
        after_save: brings the connector up to date with its files; raises ConnectorLoadError.
        look_up: looks the last number up again and says in a few words what came of it.
    """

    def __init__(
        self,
        window: MainWindow,
        tasks: TaskRunner,
        *,
        after_save: Callable[[], Awaitable[None]],
        look_up: Callable[[], Awaitable[str]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._view = window.source
        self._tasks = tasks
        self._after_save = after_save
        self._look_up = look_up
        self._platform = ""
        self._by_path = False
        self._main: Path | None = None
        self._listed: list[str] = []
        self._open: dict[str, _Open] = {}
        self._position: SourcePosition | None = None
        self._writing = asyncio.Lock()
        self._run_follows = False
        self._closed = False
        self._check_timer = self._timer(CHECK_MS, self._check)
        self._look_timer = self._timer(LOOK_MS, self.look_at_disk)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._on_disk_changed)
        self._watcher.directoryChanged.connect(self._on_disk_changed)
        self._view.file_chosen.connect(self.open_file)
        self._view.edited.connect(self._check_timer.start)
        self._view.save_requested.connect(self.save)
        self._view.run_requested.connect(self.save_and_run)
        self._view.action_chosen.connect(self._on_action_chosen)
        self._view.shown.connect(self.look_at_disk)
        window.ask_before_closing = self.may_close

    @property
    def run_follows(self) -> bool:
        """Whether "Save and run" is loading the connector and will look up by itself."""
        return self._run_follows

    def show_connector(self, platform: str) -> None:
        """Offer the files of another connector; edits of the one before stay in hand."""
        if platform == self._platform:
            self.look_at_disk()
            return
        self._platform = platform
        self._by_path = platform not in builtin_platforms()
        self._main = main_file(platform)
        self._listed = []
        self._view.show_strip("")
        self._view.show_result("")
        if self._by_path:
            self._list()
        else:
            self._view.show_nothing(BUILT_IN)
        for name in [each for each in self._open if each not in self._listed]:
            if not self._view.is_unsaved(name):
                del self._open[name]
                self._view.forget(name)
        self._watch()

    def show_load_error(self, error: ConnectorLoadError) -> None:
        """Put what keeps the connector from being loaded at its line, where that is known."""
        position = error.position
        name = str(Path(position.file)) if position else ""
        known = {str(Path(each).resolve()): each for each in self._listed}
        name = known.get(name, "")
        if position is None or not name:
            self._view.show_strip(str(error), "error")
            return
        if name not in self._open:
            self._read(name, bring=False)
        if name in self._open:
            rows = self._view.text_of(name).split("\n")
            mark = mark_at(rows, position.line, "error", str(error), column=position.column)
            self._open[name].load_marks = [mark]
        if name == self._view.front:
            self._check()
            self._view.show_strip("")
        else:
            self._position = SourcePosition(file=name, line=position.line, column=position.column)
            self._view.show_strip(str(error), "error", [(GO, "Go there")])

    @Slot(str)
    def open_file(self, name: str) -> None:
        """Put a file in front; one with unsaved edits as the user left it."""
        self._view.show_strip("")
        if self._view.holds(name) and name in self._open:
            self._view.bring(name)
        else:
            self._read(name)
        self.look_at_disk()
        self._check()
        self._watch()

    @Slot()
    def save(self) -> None:
        """Save the file in front."""
        front = self._view.front
        if front and self._view.is_unsaved(front):
            self._tasks.start(self._save_and_load([front]), name=SAVE)

    @Slot()
    def save_and_run(self) -> None:
        """Save every file of the connector, then look the last number up again."""
        if self._listed and not self._tasks.running(SAVE):
            edited = [name for name in self._listed if self._view.is_unsaved(name)]
            self._tasks.start(self._run(edited), name=SAVE)

    @Slot()
    def look_at_disk(self) -> None:
        """Take over what was written outside; ask where that would cost the user's edits."""
        if self._closed:
            return
        if self._by_path:
            self._list()
        for name, held in list(self._open.items()):
            if _is_as_shown(Path(name), held):
                continue
            if self._view.is_unsaved(name):
                if name == self._view.front:
                    self._ask(name)
            else:
                self._take_over(name)
        self._watch()

    def may_close(self) -> bool:
        """Tell whether the window may be closed; asks the user first where edits are not saved."""
        unsaved = self._view.unsaved()
        if not unsaved or self._closed:
            return True
        dialog = UnsavedDialog([Path(name).name for name in unsaved], self._window)
        dialog.save_chosen.connect(self._on_save_chosen)
        dialog.discard_chosen.connect(self._on_discard_chosen)
        dialog.open()
        return False

    def close(self) -> None:
        """Watch and check nothing any more."""
        self._closed = True
        self._window.ask_before_closing = None
        self._check_timer.stop()
        self._look_timer.stop()

    def _timer(self, ms: int, work: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(work)
        return timer

    def _list(self) -> None:
        """Offer the files that are there now; the one in front stays in front."""
        files = source_files(self._platform)
        # What was edited stays within reach after its file is gone.
        files += [
            Path(name)
            for name in self._listed
            if self._view.is_unsaved(name) and Path(name) not in files
        ]
        if not files:
            self._listed = []
            self._view.show_nothing(NO_FILES.format(self._platform))
            return
        names = [str(path) for path in files]
        if names == self._listed:
            return
        front = self._view.front
        self._listed = names
        folder = files[0].parent
        self._view.show_files(
            [
                (str(path), str(path.relative_to(folder)))
                if path.is_relative_to(folder)
                else (str(path), path.name)
                for path in files
            ]
        )
        self.open_file(front if front in names else names[0])

    def _read(self, name: str, *, bring: bool = True) -> None:
        path = Path(name)
        before = self._view.front
        try:
            source = read_source(path)
        except SourceFileError as error:
            self._open.pop(name, None)
            self._view.show_refusal(name, str(error))
            return
        self._open[name] = _Open(source, source.content)
        self._view.show_text(
            name, source.text, json=path.suffix == ".json", locked=bool(source.locked)
        )
        if not bring and before:
            self._view.bring(before)
        elif source.locked:
            self._view.show_strip(source.locked, "info")

    def _take_over(self, name: str) -> None:
        """Show what is on disk now in a file that has no edits."""
        path = Path(name)
        try:
            source = read_source(path)
        except SourceFileError as error:
            if name == self._view.front:
                self._view.show_strip(f"{error} The text is kept here.")
            return
        self._open[name] = _Open(source, source.content)
        self._view.replace_text(name, source.text, locked=bool(source.locked))
        if name == self._view.front:
            self._view.show_strip(source.locked, "info")

    def _ask(self, name: str) -> None:
        path = Path(name)
        if path.exists():
            self._view.show_strip(
                f"{path.name} was changed on disk, and you have edits that are not saved.",
                "warning",
                [(RELOAD, "Reload"), (KEEP, "Keep mine")],
            )
        else:
            self._view.show_strip(f"{path.name} is gone from the disk. Save writes it again.")

    async def _run(self, edited: list[str]) -> None:
        self._view.show_busy(True)
        self._run_follows = True
        try:
            loaded = await self._save_and_load(edited)
            self._run_follows = False
            if loaded:
                self._view.show_result(await self._look_up())
        finally:
            self._run_follows = False
            self._view.show_busy(False)

    async def _save_and_load(self, names: list[str]) -> bool:
        """Save files and load the connector anew; tell whether both worked."""
        self._view.show_result("")
        async with self._writing:
            for name in names:
                if not await self._write(name):
                    return False
        if not names or not set(names) & set(self._listed):
            return True
        try:
            await self._after_save()
        except ConnectorLoadError as error:
            self.show_load_error(error)
            self._view.show_result("Saved. The version before stays at work until this is mended.")
            return False
        for name in self._listed:
            if name in self._open:
                self._open[name].load_marks = []
        self._check()
        self._view.show_strip("")
        saved = ", ".join(Path(name).name for name in names)
        self._view.show_result(f"Saved {saved}.")
        return True

    async def _write(self, name: str) -> bool:
        held = self._open[name]
        text, revision = self._view.text_of(name), self._view.revision(name)
        try:
            source = await asyncio.to_thread(
                write_source, Path(name), held.base, text, held.on_disk
            )
        except SourceFileError as error:
            self._view.show_strip(str(error), "error")
            if name in self._listed:
                self._view.bring(name)
                if isinstance(error, ChangedOnDiskError):
                    self._ask(name)
            return False
        self._open[name] = _Open(source, source.content, held.load_marks)
        if self._view.revision(name) == revision:
            self._view.show_saved(name)
        return True

    @Slot()
    def _check(self) -> None:
        name = self._view.front
        if name in self._open and not self._closed:
            self._tasks.cancel(CHECK)
            self._tasks.start(self._show_marks(name), name=CHECK)

    async def _show_marks(self, name: str) -> None:
        text, revision = self._view.text_of(name), self._view.revision(name)
        path, is_main = Path(name), self._main == Path(name)
        if is_slow(path):
            marks = await asyncio.to_thread(check, path, text, main=is_main)
        else:
            marks = check(path, text, main=is_main)
        if not self._view.holds(name) or self._view.revision(name) != revision:
            return
        held = self._open.get(name)
        told = any(mark.severity == "error" for mark in marks)
        if held is not None and not told:
            marks = sorted([*marks, *held.load_marks], key=lambda mark: mark.line)
        self._view.show_marks(name, marks)

    def _watch(self) -> None:
        """Watch the files in hand and their folders: a file that is replaced is another one."""
        wanted = {name for name in self._open if Path(name).exists()}
        wanted |= {str(Path(name).parent) for name in self._open}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(sorted(wanted - watched))

    @Slot(str)
    def _on_disk_changed(self, _path: str) -> None:
        self._look_timer.start()

    @Slot(str)
    def _on_action_chosen(self, action: str) -> None:
        self._view.show_strip("")
        name = self._view.front
        if action == GO and self._position is not None:
            position, self._position = self._position, None
            self.open_file(position.file)
            if position.line:
                self._view.go_to(position.line, position.column)
        elif action == RELOAD and name in self._open:
            self._take_over(name)
        elif action == KEEP and name in self._open:
            try:
                self._open[name].on_disk = Path(name).read_bytes()
            except OSError as error:
                self._view.show_strip(f"Cannot read {name}: {error.strerror}.", "error")

    @Slot()
    def _on_save_chosen(self) -> None:
        self._tasks.start(self._save_and_close(), name=SAVE)

    async def _save_and_close(self) -> None:
        async with self._writing:
            for name in self._view.unsaved():
                if not await self._write(name):
                    return
        self._window.close()

    @Slot()
    def _on_discard_chosen(self) -> None:
        self._closed = True
        self._window.close()


def _is_as_shown(path: Path, held: _Open) -> bool:
    """Tell whether a file has the content that the user has seen, and is as locked as then."""
    if not is_on_disk(path, held.on_disk):
        return False
    if not held.base.locked:
        return True
    try:
        return read_source(path).locked == held.base.locked
    except SourceFileError:
        return False
