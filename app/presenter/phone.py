"""The left side of the window: calls, lookups and the call history (contact-flow 1.1 to 1.4)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bench import Bench, Run
from app.extension.cache_lens import CacheLens, Renewal, renewals
from app.extension.call_pop import PopDecision, PopEvent, PopSettings, contact_url, decide
from app.extension.calls import Call, CallFilter, CallHistory, clock_text
from app.extension.matcher import (
    Bypass,
    LocalMatchCache,
    Match,
    is_external,
    is_looked_up,
    real_contacts,
)
from app.failure import failure_text
from app.journal import CacheRenewed
from app.loop import TaskRunner
from app.presenter.create import CreatePresenter
from app.presenter.log import LogPresenter
from connectors import phone
from connectors.contract.model import Contact, User
from connectors.runtime.store import CoreStore
from widgets.call_pop_dialog import CallPopDialog, MultiContactPrompt
from widgets.page_state import CallCardState, ContactChoice, Direction
from widgets.phone_panel import PhonePanel

GetBench = Callable[[], Bench | None]
GetFormats = Callable[[], list[str]]
LOOKUP = "phone.lookup"


class PhonePresenter(QObject):
    """Plays the extension: what a call, a click in the history or the dial pad sets off.

    Args:
        bench: returns the connected bench, None while there is none.
        formats: returns the user's phone formats.
        set_state: tells the window ``loading``, ``ready`` or ``error``.
        open_url: opens a contact page for the user.
        region: the region in which typed numbers are dialled.
        store: the server's caches, for the lens.

    Signals:
        pop_settings_changed(dict): the user has saved the page "Call-pop".
        caches_changed(): a lookup, or another connection, has changed what is remembered.
    """

    pop_settings_changed = Signal(dict)
    caches_changed = Signal()

    def __init__(
        self,
        panel: PhonePanel,
        tasks: TaskRunner,
        *,
        bench: GetBench,
        formats: GetFormats,
        set_state: Callable[[str], None],
        open_url: Callable[[str], None],
        region: str,
        store: CoreStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._tasks = tasks
        self._bench = bench
        self._formats = formats
        self._set_state = set_state
        self._open_url = open_url
        self._region = region
        self._store = store
        self.pop_settings = PopSettings()
        self._pop_values: dict[str, Any] = {}
        self.matches = LocalMatchCache()
        self.bypass = Bypass()
        self.calls = CallHistory()
        self.new_entry: Contact | None = None
        """The last lookup's "Create new contact..."; it carries the options of new contacts."""
        self._current: Call | None = None
        self._filter = CallFilter.ALL
        self._search = ""
        self._prompted: tuple[Contact, ...] = ()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._show_card)
        self._prompt = MultiContactPrompt(panel)
        self._prompt.contact_chosen.connect(self._on_prompt_chosen)
        self._call_pop = CallPopDialog(panel)
        self._call_pop.settings_saved.connect(self._on_call_pop_saved)
        self.log = LogPresenter(self, panel, tasks, parent=self)
        self.create = CreatePresenter(self, panel, tasks, parent=self)

        dialpad, history, card = panel.dialpad, panel.calls, panel.call_card
        dialpad.lookup_requested.connect(self.look_up)
        dialpad.incoming_requested.connect(self.ring_in)
        dialpad.outgoing_requested.connect(self.ring_out)
        card.answer_requested.connect(self.answer)
        card.hang_up_requested.connect(self.hang_up)
        history.log_call_requested.connect(self.log.open)
        history.refresh_contact_requested.connect(self.refresh_contact)
        history.view_contact_requested.connect(self.view_contact)
        history.call_requested.connect(self.ring_out)
        history.filter_changed.connect(self._on_filter_changed)
        history.search_changed.connect(self._on_search_changed)
        dialpad.create_contact_requested.connect(self.create.open)
        panel.call_pop_requested.connect(self._on_call_pop_requested)

    @property
    def bench(self) -> Bench | None:
        """The connected bench."""
        return self._bench()

    @property
    def region(self) -> str:
        """The region in which typed numbers are dialled."""
        return self._region

    def reset(self) -> None:
        """Forget what belongs to the connection before: matches, calls, the page on top."""
        self.matches = LocalMatchCache()
        self.calls = CallHistory()
        self._current = None
        self._clock.stop()
        self._panel.clear_call()
        self._panel.show_dialpad()
        self.show_history()
        self.caches_changed.emit()

    @Slot(str)
    def look_up(self, text: str) -> None:
        """Look a typed number up as production would, and show the answer on the dial pad."""
        number = self._dialled(text)
        if number:
            self._tasks.cancel(LOOKUP)
            self._tasks.start(self._look_up(number), name=LOOKUP)

    def look_up_again(self, number: str) -> None:
        """Start :meth:`renewed`."""
        self._tasks.start(self.renewed(number), name=LOOKUP)

    async def renewed(self, number: str) -> Run | None:
        """Look a number up past the caches, and show the answer where it was asked for.

        Returns:
            As :meth:`match`.
        """
        if number == self.dialled():
            return await self._look_up(number, force_refresh=True)
        return await self.match(number, force_refresh=True)

    def renew(self) -> None:
        """Take up another version of the connector; what the user has typed stays.

        The account's cache has answers of the version before: the next lookup goes past it.
        """
        self.bypass.account = True
        self.log.renew()
        self.create.renew()
        self.show_history()
        self.caches_changed.emit()

    @Slot(str)
    def ring_in(self, text: str) -> None:
        """An incoming call rings."""
        self._start_call(text, "inbound")

    @Slot(str)
    def ring_out(self, text: str) -> None:
        """An outgoing call rings at the other end."""
        self._start_call(text, "outbound")

    @Slot()
    def answer(self) -> None:
        """The ringing call is answered."""
        if self._current is None:
            return
        self._current = self._current.answered(time.time())
        self._clock.start()
        self._show_card()
        self._tasks.start(self._pop(self._current, "onAnswer"), name="phone.call_pop")

    @Slot()
    def hang_up(self) -> None:
        """The call ends and goes to the history."""
        if self._current is None:
            return
        ended, self._current = self._current.ended(time.time()), None
        self._clock.stop()
        self.calls.put(ended)
        self._panel.clear_call()
        self._panel.show_calls()
        self.show_history()

    @Slot(str)
    def refresh_contact(self, session_id: str) -> None:
        """Look the call's number up again, past every cache."""
        call = self.calls.call(session_id)
        if call is not None:
            self._tasks.start(self._refresh(call), name="phone.refresh")

    @Slot(str)
    def view_contact(self, session_id: str) -> None:
        """Open the page of the call's contact."""
        call = self.calls.call(session_id)
        if call is not None:
            self._tasks.start(self._view(call), name="phone.view")

    async def match(self, number: str, *, force_refresh: bool = False) -> Run | None:
        """Ask the connector who `number` is, and keep the answer as the extension does.

        Returns:
            The run, None when there is no bench or the number is an extension (not looked up).
        """
        bench = self.bench
        if bench is None:
            self.notify("Choose a connection first.", "warning")
            return None
        if not self.is_looked_up(number):
            self.notify(
                f"“{shorten(number)}” is an extension or not an international number: App Connect "
                "does not look it up. Type the number with + and its country code.",
                "warning",
            )
            return None
        self._set_state("loading")
        past_account = self.bypass.take_account() or bench.manifest.page.disable_contact_cache
        try:
            run = await bench.find(
                number,
                self._formats(),
                is_extension=not is_external(number),
                force_refresh=force_refresh or past_account,
            )
        except BaseException:
            self._set_state("ready")
            raise
        self._set_state("error" if run.failed else "ready")
        if not run.failed:
            self.matches.remember(number, run.contacts)
            self.new_entry = next((c for c in run.contacts if c.is_new_contact), None)
            self.show_history()
        self.caches_changed.emit()
        return run

    def remembered(self, number: str) -> Match | None:
        """Return the extension's match of a number, unless this lookup is to go past it."""
        if self.bypass.take_local():
            self.caches_changed.emit()
            return None
        return self.matches.match(number)

    def remembers_nobody(self, number: str) -> bool:
        """Whether the extension's own cache answers that nobody has this number."""
        match = self.matches.match(number)
        return match is not None and not match.contacts

    def dialled(self) -> str:
        """Return the dial pad's number as App Connect would receive it."""
        return phone.dial(self._panel.dialpad.number, self._region)

    def lens(self) -> CacheLens:
        """Return the caches of the connection in use."""
        bench = self.bench
        user = bench.core.user if bench else User()
        return CacheLens(
            self.matches,
            self.calls,
            self._store,
            account_id=user.rc_account_id or "",
            platform=bench.core.platform if bench else "",
            user_id=user.id,
        )

    def is_looked_up(self, number: str) -> bool:
        """Whether a number is matched and logged; an extension only where that is switched on."""
        bench = self.bench
        allows = (
            self.pop_settings.allow_extension_numbers
            and bench is not None
            and bench.manifest.enable_extension_number_logging_setting
        )
        return is_looked_up(number, allow_extensions=allows)

    def notify(
        self,
        message: str,
        kind: str = "info",
        ttl_ms: int = 5000,
        details: list[tuple[str, list[str]]] | None = None,
    ) -> None:
        """Show a notification."""
        self._panel.notification.show_notification(message, kind, ttl_ms, details or [])

    def notify_run(self, run: Run, fallback: str = "", renewed: Sequence[str] = ()) -> None:
        """Show a run's message as the extension would, and what really happened beside it.

        Args:
            run: the run.
            fallback: what to say when the run has no message.
            renewed: what it did to the caches.
        """
        message = run.message
        error = run.outcome.error
        caches = [("Caches", list(renewed))] if renewed else []
        if message is None and error is None:
            if fallback:
                self.notify(fallback, "success", 3000, caches)
            return
        text = str(message["message"]) if message else "The connector failed"
        kind = str(message.get("messageType", "info")) if message else "error"
        details = [
            (
                str(block.get("title", "Details")),
                [str(item.get("text", "")) for item in block.get("items") or []],
            )
            for block in (message or {}).get("details") or []
            if isinstance(block, dict)
        ]
        if error is not None:
            details.insert(0, ("What happened", [failure_text(error)]))
        details += caches
        ttl = message.get("ttl", 5000) if message else 5000
        self.notify(text, kind, int(ttl) if isinstance(ttl, int | float) else 5000, details)

    def show_history(self) -> None:
        """Draw the call history."""
        self._panel.calls.show_rows(
            self.calls.rows(time.time(), self._filter, self._search, self._name_of)
        )

    def contacts(self, number: str) -> tuple[Contact, ...]:
        """Return what the extension knows of a number: contacts chosen by name, then matches."""
        match = self.matches.match(number)
        return self.matches.with_pins(number, match.contacts if match else ())

    def _dialled(self, text: str) -> str:
        number = phone.dial(text, self._region)
        if not number:
            self.notify("Type a phone number first.", "warning", 3000)
        return number

    def _start_call(self, text: str, direction: Direction) -> None:
        number = self._dialled(text)
        if not number:
            return
        if self._current is not None:
            self.notify("Hang up the current call first.", "warning", 3000)
            return
        session = uuid.uuid4().hex
        self._current = Call(
            session_id=session,
            telephony_session_id=session,
            direction=direction,
            number=number,
            started_at=time.time(),
        )
        self._show_card()
        self._tasks.start(self._ring(self._current), name="phone.ring")

    async def _look_up(self, number: str, *, force_refresh: bool = False) -> Run | None:
        self._panel.dialpad.show_match("Looking up …")
        text, nobody = "", False
        try:
            run = await self.match(number, force_refresh=force_refresh)
            if run is None:
                return None
            if run.failed:
                text = "The lookup failed"
                self.notify_run(run)
            else:
                text = matches_text(run.contacts)
                nobody = not real_contacts(run.contacts)
            return run
        finally:
            self._panel.dialpad.show_match(text, can_create=nobody)

    async def _ring(self, call: Call) -> None:
        if self.is_looked_up(call.number):
            kept, bench = self.remembered(call.number), self.bench
            if kept is None:
                await self.match(call.number)
            elif bench is not None:
                await bench.recall(call.number, kept.contacts, self.matches.age_s(kept))
            self._show_card()
        await self._pop(call, "onFirstRing")

    async def _pop(self, call: Call, event: PopEvent) -> None:
        decision = self._decide(call, event)
        if decision.prompt:
            self._prompted = decision.prompt
            self._prompt.start(
                [
                    ContactChoice(str(index), contact.name, sub_label(contact))
                    for index, contact in enumerate(decision.prompt)
                ]
            )
        if decision.open:
            self.notify("Trying to find and open contact page...", "success", 5000)
            for url in decision.open:
                self._open_url(url)

    def _decide(self, call: Call, event: PopEvent) -> PopDecision:
        bench = self.bench
        if bench is None or not self.is_looked_up(call.number):
            return PopDecision(nothing="There is nobody to look up.")
        match = self.matches.match(call.number)
        return decide(
            self.pop_settings,
            call.direction,
            event,
            self.contacts(call.number) if match else None,
            bench.manifest,
            bench.connection.user.hostname,
        )

    @Slot()
    def _on_call_pop_requested(self) -> None:
        manifest = self.bench.manifest if self.bench else None
        self._call_pop.start(
            self._pop_values,
            offers_extensions=manifest is not None
            and manifest.enable_extension_number_logging_setting,
        )

    @Slot(dict)
    def _on_call_pop_saved(self, values: dict[str, Any]) -> None:
        self.pop_settings_changed.emit(values)
        self.use_pop_settings(values)

    def use_pop_settings(self, values: dict[str, Any]) -> None:
        """Take up call-pop settings by production's ids."""
        self._pop_values = values
        wire = {key: {"value": value} for key, value in values.items()}
        self.pop_settings = PopSettings.of_user(User(user_settings=wire))

    @Slot(str)
    def _on_prompt_chosen(self, key: str) -> None:
        bench = self.bench
        if bench is not None and key.isdecimal() and int(key) < len(self._prompted):
            self._open_contact(bench, self._prompted[int(key)])

    async def _refresh(self, call: Call) -> None:
        before = self.lens().of_number(call.number)
        run = await self.match(call.number, force_refresh=True)
        if run is None:
            return
        renewed = renewals(before, self.lens().of_number(call.number))
        self._note_renewals(run, renewed)
        found = real_contacts(run.contacts)
        if run.failed or not found:
            self.notify_run(run, "No contact found", [each.text for each in renewed])
        else:
            details = [("Caches", [each.text for each in renewed])] if renewed else []
            self.notify(matches_text(found), "success", 5000, details)

    def _note_renewals(self, run: Run, renewed: Sequence[Renewal]) -> None:
        """Put what a refresh did to the caches into the journal, after its run."""
        bench = self.bench
        if bench is None:
            return
        for each in renewed:
            bench.journal.append(
                CacheRenewed(
                    run_id=run.run_id,
                    at_ms=time.time() * 1000,
                    layer=each.before.layer,
                    key=each.before.name,
                    age_s=each.before.age_s,
                    before=each.before.answers,
                    after=each.after.answers if each.after else None,
                    text=each.text,
                )
            )

    async def _view(self, call: Call) -> None:
        bench = self.bench
        if bench is None:
            return
        if self.remembered(call.number) is None:
            await self.match(call.number)
        contacts = self.contacts(call.number)
        if contacts:
            self._open_contact(bench, contacts[0])
        else:
            self.notify("No contact found", "warning", 3000)

    def _open_contact(self, bench: Bench, contact: Contact) -> None:
        url = contact_url(bench.manifest, bench.connection.user.hostname, contact)
        if url:
            self._open_url(url)
        else:
            self.notify(
                f"The manifest of {bench.manifest.display_name or bench.manifest.name} has no "
                "contactPageUrl, so there is no page to open.",
                "warning",
            )

    @Slot()
    def _show_card(self) -> None:
        call = self._current
        if call is None:
            return
        now = time.time()
        name = self._name(call.number)
        number_text = phone.display(call.number, self._region)
        status = "Connected"
        if call.state == "ringing":
            status = "Incoming call" if call.direction == "inbound" else "Calling"
        self._panel.show_call(
            CallCardState(
                direction=call.direction,
                title=name or number_text,
                number_text=number_text if name else "",
                status_text=status,
                duration_text=clock_text(now - call.answered_at) if call.answered_at else "",
                ringing=call.state == "ringing",
            )
        )

    def _name(self, number: str) -> str:
        contacts = self.contacts(number)
        return contacts[0].name if contacts else ""

    def _name_of(self, call: Call) -> str:
        return self._name(call.number)

    @Slot(str)
    def _on_filter_changed(self, name: str) -> None:
        self._filter = CallFilter(name)
        self.show_history()

    @Slot(str)
    def _on_search_changed(self, text: str) -> None:
        self._search = text
        self.show_history()


def matches_text(contacts: Sequence[Contact]) -> str:
    """Return the found contacts in one line."""
    real = real_contacts(contacts)
    if not real:
        return "No contact found"
    if len(real) == 1:
        parts = (shorten(real[0].name, 60), sub_label(real[0]))
        return " · ".join(part for part in parts if part)
    return f"{len(real)} contacts: " + ", ".join(shorten(contact.name) for contact in real[:3])


def sub_label(contact: Contact) -> str:
    """Return ``<type> - <id>``, blank when the contact has no type."""
    return f"{contact.type} - {contact.id}" if isinstance(contact.type, str) else ""


def shorten(text: str, length: int = 40) -> str:
    """Return `text` short enough for one line of a message."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
