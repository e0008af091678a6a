"""The window as a whole: connections, formats, theme, state; owns the two other presenters."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from app.bench import Bench
from app.connections import (
    Connection,
    ConnectionFile,
    ConnectionUnusableError,
    sandbox_connection,
)
from app.documents import Document, section
from app.explain.matrix import SKIP_REASONS
from app.journal import Journal
from app.loop import TaskRunner
from app.presenter.caches import CachesPresenter
from app.presenter.compare import ComparePresenter
from app.presenter.connect import ConnectPresenter
from app.presenter.contacts import ContactsPresenter
from app.presenter.inspector import InspectorPresenter
from app.presenter.learn import LearnPresenter
from app.presenter.match import MatchPresenter
from app.presenter.phone import PhonePresenter, matches_text
from app.presenter.probe import ProbePresenter
from app.presenter.reload import ReloadPresenter
from app.presenter.source import SourcePresenter
from app.presenter.timeline import TimelinePresenter
from app.presenter.traffic import EXPORT, IMPORT, TrafficPresenter
from app.sandbox.process import SandboxHandle, start_or_join
from app.settings import MAX_FORMATS, Settings, save_settings
from app.traffic.har_import import OPERATION
from connectors import phone
from connectors.contract.manifest import Manifest
from connectors.host.load import ConnectorLoadError, builtin_platforms
from connectors.host.process import HostProcess
from connectors.runtime.store import CoreStore
from widgets import theme
from widgets.document_dialog import DocumentDialog
from widgets.formats_dialog import FormatsDialog
from widgets.main_window import MainWindow

CONNECT = "window.connect"
FIRST_CONNECTION = "sandbox-insightly"


class WindowPresenter(QObject):
    """Connects the window to a bench and keeps both in step.

    Args:
        home: the state folder.
        sandbox_options: how a sandbox of its own is started (delay_ms, index_delay_s, faults).
    """

    def __init__(
        self,
        window: MainWindow,
        home: Path,
        settings: Settings,
        connections: ConnectionFile,
        sandbox_options: Mapping[str, Any] | None = None,
        open_url: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(window)
        self.window = window
        self.settings = settings
        self.tasks = TaskRunner(self._on_task_error)
        self.bench: Bench | None = None
        self.journal = Journal(spill_folder=home)
        self.home = home
        self._connections = connections
        self._sandbox_options = dict(sandbox_options or {})
        self._sandbox: SandboxHandle | None = None
        self._store = CoreStore(home / "core.sqlite")
        self._formats_dialog: FormatsDialog | None = None
        self._wanted = ""
        """The connection that is open, or could not be opened."""
        self._load_error: ConnectorLoadError | None = None
        self.match = MatchPresenter(window.match, self.journal, self._manifest_of, self)
        self.inspector = InspectorPresenter(window, self.match, self)
        self.inspector.follow(self.journal)
        self.timeline = TimelinePresenter(window.timeline, self.journal, self.tasks, self)
        self.inspector.run_shown.connect(self.timeline.show_run)
        self.traffic = TrafficPresenter(window, self.journal, self.tasks, self._get_bench, self)
        self.traffic.imported.connect(self.inspector.choose_run)
        self.contacts = ContactsPresenter(window.contacts, self.journal, self)
        self.inspector.run_shown.connect(self.contacts.show_run)
        self.compare = ComparePresenter(window, self.journal, self)
        self.phone = PhonePresenter(
            window.phone,
            self.tasks,
            bench=self._get_bench,
            formats=self.formats,
            set_state=window.set_bench_state,
            open_url=open_url or open_in_browser,
            region=settings.region,
            store=self._store,
            parent=self,
        )
        self.caches = CachesPresenter(
            window.caches, self.phone, self.journal, settings.region, self
        )
        self.inspector.run_shown.connect(self.caches.show_run)
        window.phone.dialpad.number_changed.connect(self.caches.show_typed)
        self.learn = LearnPresenter(
            window, self.tasks, self.journal, self.set_formats, settings.region, self
        )
        self.probe = ProbePresenter(
            window,
            self.tasks,
            bench=self._get_bench,
            formats=self.formats,
            remembers_nobody=self.phone.remembers_nobody,
            parent=self,
        )
        window.match.probe_requested.connect(self._on_probe_requested)
        window.probe_requested.connect(self._on_probe_requested)
        window.match.page_requested.connect(self._on_page_requested)
        self.probe.page_requested.connect(self._on_page_requested)
        self.probe.formats_chosen.connect(self._on_formats_chosen)
        self.accounts = ConnectPresenter(window, connections, self.tasks, self)
        self.accounts.saved.connect(self._on_connection_saved)
        self.accounts.removed.connect(self._on_connection_removed)
        self.reload = ReloadPresenter(window, self.tasks, self)
        self.reload.reloaded.connect(self._on_reloaded)
        self.reload.reopen_requested.connect(self._on_reopen_requested)
        window.show_rerun_after_reload(on=settings.rerun_after_reload)
        window.rerun_after_reload_changed.connect(self._on_rerun_after_reload_changed)
        self.source = SourcePresenter(
            window,
            self.tasks,
            after_save=self._load_saved,
            look_up=self._look_up_again,
            parent=self,
        )
        self.phone.use_pop_settings(settings.call_pop)
        self.phone.pop_settings_changed.connect(self._on_pop_settings_changed)
        top = window.top_bar
        top.connection_selected.connect(self.connect_to)
        top.add_connection_requested.connect(self.accounts.add)
        window.edit_connection_requested.connect(self._on_edit_connection)
        window.learn_formats_requested.connect(self.learn.open)
        top.formats_requested.connect(self.edit_formats)
        window.phone.formats_requested.connect(self.edit_formats)
        top.open_crm_page_requested.connect(self._on_open_crm_page)
        window.scheme_requested.connect(self._on_scheme_requested)
        window.focus_number_requested.connect(self._on_focus_number)
        window.cancel_requested.connect(self._on_cancel)
        window.look_up_requested.connect(self._on_look_up)
        window.run_history.rerun_requested.connect(self._on_rerun)
        window.replay_requested.connect(self._on_replay)

    async def start(self) -> None:
        """Start the sandbox and connect to the connection used last."""
        self.window.set_bench_state("loading")
        self._sandbox = await start_or_join(self.home, **self._sandbox_options)
        await self._connect(self._list_connections())
        # What is alive now stays: walking it again in each full collection stalls the window.
        gc.collect()
        gc.freeze()

    @property
    def sandbox_urls(self) -> dict[str, str]:
        """Where the sandbox answers; empty before :meth:`start`."""
        return dict(self._sandbox.urls) if self._sandbox else {}

    def formats(self) -> list[str]:
        """Return the phone formats of the current connection."""
        return list(self.settings.formats.get(self.settings.connection, []))

    def set_formats(self, formats: list[str]) -> None:
        """Use these phone formats (at most three) for the current connection from now on."""
        kept = [text for text in formats if text.strip()][:MAX_FORMATS]
        self.settings.formats[self.settings.connection] = kept
        save_settings(self.home, self.settings)
        self.window.top_bar.show_formats(kept)

    @Slot(str)
    def connect_to(self, connection_id: str) -> None:
        """Leave the current connection and open another."""
        self.tasks.cancel(CONNECT)
        self.tasks.start(self._connect(connection_id), name=CONNECT)

    @Slot()
    def edit_formats(self) -> None:
        """Open the dialog with the three phone formats."""
        dialog = FormatsDialog(self.window)
        dialog.preview_requested.connect(self._on_preview_requested)
        dialog.formats_saved.connect(self.set_formats)
        dialog.learn_requested.connect(self.learn.open)
        self._formats_dialog = dialog
        dialog.start(self.formats(), self.window.phone.dialpad.number)

    async def close(self) -> None:
        """Leave the connection, end the host and an own sandbox, write the settings."""
        self.reload.stop()
        await self.tasks.close()
        self.inspector.close()
        self.timeline.close()
        self.traffic.close()
        self.contacts.close()
        self.caches.close()
        self.source.close()
        if self.bench is not None:
            await self.bench.close()
        if self._sandbox is not None:
            await self._sandbox.close()
        self._store.close()
        self.journal.close()
        self.settings.layout = self.window.save_layout().hex()
        save_settings(self.home, self.settings)

    async def _connect(self, connection_id: str) -> None:
        self._wanted, self._load_error = connection_id, None
        self.window.set_bench_state("loading")
        self.reload.stop()
        previous, self.bench = self.bench, None
        if previous is not None:
            await previous.close()
        try:
            connection = self._connection(connection_id)
            self.source.show_connector(connection.platform)
            bench = Bench(
                connection,
                HostProcess(connection.platform),
                self._store,
                self.journal,
                keep_user=self._connections.user_keeper(connection),
            )
            try:
                await bench.open()
            except BaseException:
                await bench.close()
                raise
        except (ConnectorLoadError, ConnectionUnusableError) as error:
            if isinstance(error, ConnectorLoadError):
                self.reload.wait_for(connection.platform)
            self.window.show_error(str(error))
            self.window.set_bench_state("error")
            self.window.phone.show_connection("", connected=False)
            if isinstance(error, ConnectorLoadError):
                self._load_error = error
                self.source.show_load_error(error)
            return
        self.bench = bench
        self.settings.connection = connection_id
        self.phone.reset()
        self.window.phone.show_connection(bench.display_name, connected=True)
        self.window.top_bar.show_mode(connection.mode)
        self.window.top_bar.show_formats(self.formats())
        self.reload.follow(bench)
        self.window.set_bench_state("ready")

    async def _load_saved(self) -> None:
        """Bring the connector in use up to what was saved; one that works stays until then.

        Raises:
            ConnectorLoadError: it cannot be loaded.
        """
        if self.bench is not None:
            await self.reload.settle()
            return
        self.connect_to(self._wanted)
        await self.tasks.join(CONNECT)
        if self._load_error is not None:
            raise self._load_error

    async def _look_up_again(self) -> str:
        """Look the last number up past the caches; say what came of it."""
        number = self.inspector.number or self.phone.dialled()
        if not number and self.bench is not None:
            number = self.inspector.last_number(self.bench.connection.id)
        if not number:
            return "Saved. Type a phone number, then Save and run looks it up."
        run = await self.phone.renewed(number)
        if run is None:
            return f"Saved. {number} was not looked up."
        error = run.outcome.error
        return f"{number}: {error.message if error else matches_text(run.contacts)}"

    def _list_connections(self) -> str:
        """Show the sandbox's connections and the saved ones; return the id of the one to use."""
        listed = [
            (f"sandbox-{platform}", f"{platform.capitalize()} sandbox")
            for platform in builtin_platforms()
            if platform in self.sandbox_urls
        ]
        try:
            listed += self._connections.names()
        except ConnectionUnusableError as error:
            self.window.show_error(str(error))
        known = [connection_id for connection_id, _name in listed]
        wanted = self.settings.connection
        chosen = wanted if wanted in known else FIRST_CONNECTION
        self.window.top_bar.show_connections(listed, chosen)
        return chosen

    @Slot(str)
    def _on_connection_saved(self, connection_id: str) -> None:
        self.settings.connection = connection_id
        self.connect_to(self._list_connections())

    @Slot(str)
    def _on_connection_removed(self, connection_id: str) -> None:
        self.settings.formats.pop(connection_id, None)
        self.settings.connection = ""
        self.connect_to(self._list_connections())

    @Slot()
    def _on_edit_connection(self) -> None:
        if self.settings.connection.startswith("sandbox-"):
            self.phone.notify(
                "A sandbox connection needs no changes: add a connection of your own instead.",
                "warning",
            )
            return
        try:
            self.accounts.edit(self._connections.read(self.settings.connection))
        except ConnectionUnusableError as error:
            self.window.show_error(str(error))

    def _connection(self, connection_id: str) -> Connection:
        if connection_id.startswith("sandbox-"):
            return sandbox_connection(connection_id.removeprefix("sandbox-"), self.sandbox_urls)
        return self._connections.read(connection_id)

    def _manifest_of(self, platform: str) -> Manifest:
        """Return a platform's manifest; an empty one for a connection that was left since."""
        bench = self.bench
        if bench is not None and bench.connection.platform == platform:
            return bench.manifest
        return Manifest(name=platform)

    def _get_bench(self) -> Bench | None:
        return self.bench

    @Slot(list)
    def _on_preview_requested(self, formats: list[str]) -> None:
        typed = self.window.phone.dialpad.number
        number = phone.parse(phone.dial(typed, self.settings.region))
        if self._formats_dialog is not None:
            self._formats_dialog.show_preview(
                [
                    (
                        candidate.text or "",
                        candidate.status == "ok",
                        SKIP_REASONS.get(candidate.reason or "", candidate.reason or ""),
                    )
                    for candidate in phone.candidates(number, formats)
                ]
            )

    @Slot()
    def _on_probe_requested(self) -> None:
        self.probe.open(self.inspector.number or self.phone.dialled())

    @Slot(list, str)
    def _on_formats_chosen(self, formats: list[str], number: str) -> None:
        self.set_formats(formats)
        self.tasks.start(self.phone.match(number, force_refresh=True), name="phone.lookup")

    @Slot(str, str)
    def _on_page_requested(self, document: Document, heading: str) -> None:
        DocumentDialog(heading, section(document, heading), self.window).open()

    @Slot(str)
    def _on_scheme_requested(self, scheme: str) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, "dark" if scheme == "dark" else "light")
        self.settings.scheme = scheme
        save_settings(self.home, self.settings)

    @Slot(dict)
    def _on_pop_settings_changed(self, values: dict[str, Any]) -> None:
        self.settings.call_pop = values
        save_settings(self.home, self.settings)

    @Slot()
    def _on_focus_number(self) -> None:
        self.window.phone.show_dialpad()
        self.window.phone.dialpad.focus_number()

    @Slot()
    def _on_look_up(self) -> None:
        self.phone.look_up(self.window.phone.dialpad.number)

    @Slot()
    def _on_cancel(self) -> None:
        for name in ("phone.lookup", "phone.refresh", "phone.ring", "log.search", IMPORT, EXPORT):
            self.tasks.cancel(name)

    @Slot()
    def _on_replay(self) -> None:
        self._on_rerun(0)

    @Slot(int)
    def _on_rerun(self, run_id: int) -> None:
        started = self.inspector.started(run_id)
        if started is None:
            return
        if started.operation == "findContact":
            self.tasks.start(self.phone.match(started.subject), name="phone.lookup")
        elif started.operation == "findContactWithName" and self.bench is not None:
            self.tasks.start(self.bench.search(started.subject), name="log.search")
        elif started.operation == OPERATION:
            self.window.show_note("A run out of a file cannot be run again: nothing made it here.")
        else:
            self.phone.notify(
                f"{started.operation} changes the CRM, so it is not run again from here.",
                "warning",
            )

    @Slot()
    def _on_reloaded(self) -> None:
        """Show what another version of the connector has changed; run the last lookup again.

        "Save and run" looks up by itself.
        """
        if self.bench is None:
            return
        self.window.phone.show_connection(self.bench.display_name, connected=True)
        self.phone.renew()
        if not self.settings.rerun_after_reload or self.source.run_follows:
            return
        last = self.inspector.last_lookup(self.bench.connection.id)
        if last is not None and last.operation == "findContact":
            self.phone.look_up_again(last.subject)
        elif last is not None:
            self._on_rerun(last.run_id)

    @Slot()
    def _on_reopen_requested(self) -> None:
        self.window.clear_error()
        self.connect_to(self._wanted)

    @Slot(bool)
    def _on_rerun_after_reload_changed(self, on: bool) -> None:
        self.settings.rerun_after_reload = on
        save_settings(self.home, self.settings)

    @Slot()
    def _on_open_crm_page(self) -> None:
        page = self.sandbox_urls.get("page")
        if page:
            open_in_browser(page)

    def _on_task_error(self, name: str, error: BaseException) -> None:
        self.window.show_error(
            f"{name} failed inside the bench: {type(error).__name__}: {error}. "
            "Nothing you entered is lost; please report this."
        )
        self.window.set_bench_state("error")


def open_in_browser(url: str) -> None:
    """Open a web page for the user; any other kind of address is refused."""
    address = QUrl(url)
    if address.scheme() in {"http", "https"}:
        QDesktopServices.openUrl(address)
