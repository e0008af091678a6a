"""Exchanges out of the bench and into it: copied one by one, exported and imported as HAR."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from app.bench import Bench
from app.journal import Journal, RunStarted, Side
from app.loop import TaskRunner
from app.traffic.curl import Command, CurlError, curl_command
from app.traffic.har_export import export_har
from app.traffic.har_import import OPERATION, import_har
from app.traffic.known_secrets import KnownSecrets
from app.traffic.run_reading import Pause
from app.traffic.whole_body import entry_slices, whole_text
from app.version import version
from connectors.contract.exchange import Exchange
from connectors.contract.har import har_entry
from widgets.exchange_menu import secrets_question
from widgets.har_dialog import har_to_read, har_to_write
from widgets.main_window import MainWindow

IMPORT = "traffic.import"
EXPORT = "traffic.export"
COPY = "traffic.copy"
NONE_CHOSEN = "No request is chosen: choose one in Network or in Timeline."
NO_RUNS = "There is nothing to export yet: look a number up first."
_PASSWORD_HINT = "x-kde-passwordManagerHint"  # noqa: S105  a name that clipboard managers know


class TrafficPresenter(QObject):
    """Does what the menus of Network, Timeline and File ask for.

    Args:
        journal: where exchanges are read from, and where imported ones go.
        bench: gives the bench in use, None while there is none.

    Signals:
        imported(int): a file has become this run, and perhaps others after it.
    """

    imported = Signal(int)

    def __init__(
        self,
        window: MainWindow,
        journal: Journal,
        tasks: TaskRunner,
        bench: Callable[[], Bench | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._journal = journal
        self._tasks = tasks
        self._bench = bench
        self._asked: tuple[int, int] = (0, 0)
        self._exported: list[int] = []
        window.network.menu.requested.connect(self.act)
        window.timeline.menu.requested.connect(self.act)
        window.copy_curl_requested.connect(self._on_copy_curl)
        window.import_har_requested.connect(self._on_import)
        window.export_har_requested.connect(self._on_export)

    @Slot(str, int, int)
    def act(self, key: str, run_id: int, exchange_id: int) -> None:
        """Do what a menu asks for with one exchange."""
        exchange = self._journal.exchange(run_id, exchange_id)
        if exchange is None:
            self._window.show_note(
                "This request is not in the journal any more: run it again to see it anew."
            )
            return
        match key:
            case "curl":
                self._copy_command(exchange)
            case "curlWithSecrets":
                self._ask(run_id, exchange)
            case "harEntry" if self._is_large(run_id, exchange):
                self._tasks.start(self._copy_large_entry(run_id, exchange), name=COPY)
            case "harEntry":
                entry = msgspec.json.format(msgspec.json.encode(har_entry(exchange)), indent=2)
                self._copy(entry.decode(), "Copied as HAR entry.")
            case "url":
                self._copy(exchange.url, "Copied the URL.")
            case "answer" if self._journal.large(run_id, exchange_id, "response"):
                self._tasks.start(self._copy_large_answer(run_id, exchange), name=COPY)
            case "answer":
                self._copy_answer(exchange)

    def close(self) -> None:
        """Take secrets off the clipboard.

        They would outlive the bench, and Qt frees what Python has put there only after Python has
        ended, which crashes.
        """
        clipboard = QGuiApplication.clipboard()
        held: QMimeData | None = clipboard.mimeData()
        if held is not None and held.hasFormat(_PASSWORD_HINT):
            clipboard.clear()

    @Slot(str)
    def import_file(self, path: str) -> None:
        """Read a HAR file into runs of their own."""
        if self._tasks.running(IMPORT):
            self._window.show_note("A file is being read already: wait for it, or cancel it.")
            return
        self._tasks.start(self._import(Path(path)), name=IMPORT)

    @Slot(str)
    def export_file(self, path: str) -> None:
        """Write the runs that the dialog was opened for to a HAR file."""
        self.export_runs(Path(path), self._exported)

    def export_runs(self, path: Path, run_ids: Sequence[int]) -> None:
        """Write these runs to a HAR file."""
        self._tasks.start(self._export(path, tuple(run_ids)), name=EXPORT)

    def runs_to_export(self) -> list[int]:
        """Return the runs chosen in the history, else all of them, as they were begun."""
        chosen = set(self._window.run_history.selected_runs())
        return [run_id for run_id in self._journal.run_ids if run_id in chosen or not chosen]

    @Slot()
    def _on_copy_curl(self) -> None:
        window = self._window
        view = window.timeline if window.current_tab() == "Timeline" else window.network
        chosen = view.chosen_exchange()
        if chosen is None:
            window.show_note(NONE_CHOSEN)
            return
        self.act("curl", *chosen)

    @Slot()
    def _on_import(self) -> None:
        dialog = har_to_read(self._window)
        dialog.fileSelected.connect(self.import_file)
        dialog.open()

    @Slot()
    def _on_export(self) -> None:
        self._exported = self.runs_to_export()
        if not self._exported:
            self._window.show_note(NO_RUNS)
            return
        count = len(self._exported)
        what = f"{count} runs" if count > 1 else f"run {self._exported[0]}"
        dialog = har_to_write(self._window, what, self._file_name())
        dialog.fileSelected.connect(self.export_file)
        dialog.open()

    def _copy_command(self, exchange: Exchange, known: KnownSecrets | None = None) -> None:
        try:
            command = curl_command(exchange, known)
        except CurlError as error:
            self._window.show_note(str(error))
            return
        self._copy(command.text, _copied(command), secret=bool(command.filled))

    def _ask(self, run_id: int, exchange: Exchange) -> None:
        """Ask before secrets go to the clipboard; say instead why there are none to fill in."""
        known = self._known_secrets(run_id)
        bench = self._bench()
        if known is None or bench is None:
            self._window.show_note(
                "The secrets of this request are not known: it was not made by the connection in "
                "use. Copy as cURL works."
            )
            return
        try:
            command = curl_command(exchange, known)
        except CurlError as error:
            self._window.show_note(str(error))
            return
        if not command.filled:
            self._window.show_note(
                "No secret of this request is known by its name. Copy as cURL works."
            )
            return
        self._asked = (run_id, exchange.id)
        names = ", ".join(command.filled)
        question = secrets_question(
            self._window, f"Copy with the secrets of {bench.connection.name}: {names}?"
        )
        question.buttonClicked.connect(self._on_answered)
        question.open()

    @Slot()
    def _on_answered(self) -> None:
        question = self.sender()
        run_id, exchange_id = self._asked
        exchange = self._journal.exchange(run_id, exchange_id)
        known = self._known_secrets(run_id)
        if not isinstance(question, QMessageBox) or exchange is None or known is None:
            return
        if question.buttonRole(question.clickedButton()) == QMessageBox.ButtonRole.AcceptRole:
            self._copy_command(exchange, known)

    def _known_secrets(self, run_id: int) -> KnownSecrets | None:
        """Return the secrets in use; None for a run of another connector or of a file."""
        bench = self._bench()
        started = next(
            (event for event in self._journal.events(run_id) if isinstance(event, RunStarted)), None
        )
        if bench is None or bench.description is None or started is None:
            return None
        if started.operation == OPERATION or started.platform != bench.connection.platform:
            return None
        return KnownSecrets(
            bench.core.user,
            bench.core.auth_header,
            bench.connection.config,
            key_based=bench.description.auth_type == "apiKey",
        )

    def _copy_answer(self, exchange: Exchange) -> None:
        body = exchange.response_body
        if body is None or not body.text:
            self._window.show_note("This request has no answer to copy.")
        elif body.encoding is not None:
            self._window.show_note(
                f"The answer is {body.size:,} bytes that are no text: Copy as HAR entry has them."
            )
        else:
            cut = f" Only its beginning: it had {body.size:,} bytes." if body.truncated else ""
            self._copy(body.text, f"Copied the answer.{cut}")

    def _is_large(self, run_id: int, exchange: Exchange) -> bool:
        sides: tuple[Side, ...] = ("request", "response")
        return any(self._journal.large(run_id, exchange.id, side) for side in sides)

    async def _copy_large_answer(self, run_id: int, exchange: Exchange) -> None:
        body, large = exchange.response_body, self._journal.large(run_id, exchange.id, "response")
        if body is None or large is None:
            return
        text = "" if body.encoding else await whole_text(self._journal, large)
        whole = msgspec.structs.replace(body, text=text or body.text, truncated=large.truncated)
        self._copy_answer(msgspec.structs.replace(exchange, response_body=whole))

    async def _copy_large_entry(self, run_id: int, exchange: Exchange) -> None:
        parts = []
        pause = Pause()
        for part in entry_slices(self._journal, run_id, exchange, is_first=True):
            # It stands alone here, not inside a file; a text in it holds no line break of its own.
            parts.append(part.replace(b"\n    ", b"\n").decode("utf-8", "replace"))
            await pause.when_due()
        self._copy("".join(parts).strip(), "Copied as HAR entry.")

    def _copy(self, text: str, note: str, *, secret: bool = False) -> None:
        clipboard = QGuiApplication.clipboard()
        if secret:
            data = QMimeData()
            data.setText(text)
            # Clipboard managers that know it keep no history of this.
            data.setData(_PASSWORD_HINT, b"secret")
            clipboard.setMimeData(data)
        else:
            clipboard.setText(text)
        self._window.show_note(note)

    async def _import(self, path: Path) -> None:
        self._window.show_note(f"Reading {path.name} … Ctrl+. cancels.")
        taken = await import_har(path, self._journal, self._on_progress)
        self._window.show_note(taken.sentence)
        if not taken.clean:
            self._window.show_error(taken.sentence)
        if taken.runs:
            self.imported.emit(taken.runs[0])

    def _on_progress(self, taken: int, of: int) -> None:
        self._window.show_note(f"Reading … {taken:,} of {of:,} requests. Ctrl+. cancels.")

    async def _export(self, path: Path, run_ids: Sequence[int]) -> None:
        try:
            count = await export_har(path, self._journal, run_ids, version())
        except OSError as error:
            self._window.show_error(
                f"{path} cannot be written: {error.strerror}. Choose another folder."
            )
            return
        requests = "1 request" if count == 1 else f"{count:,} requests"
        self._window.show_note(
            f"{requests} written to {path.name}. Secrets are not in it; names and numbers are."
        )

    def _file_name(self) -> str:
        if len(self._exported) != 1:
            return "callbench.har"
        started = next(iter(self._journal.events(self._exported[0])))
        subject = started.subject if isinstance(started, RunStarted) else ""
        words = re.sub(r"[^\w.-]+", "-", subject).strip("-.").removesuffix(".har")
        return f"{words[:60] or 'callbench'}.har"


def _copied(command: Command) -> str:
    if command.filled:
        return f"Copied as cURL with secrets: {', '.join(command.filled)}."
    if command.open:
        return f"Copied as cURL. Set {', '.join(command.open)} before you run it."
    return "Copied as cURL."
