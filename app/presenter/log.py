"""The log page: opening it, searching by name, saving (contact-flow 1.4 to 1.7)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from app.bench import Bench, Run
from app.extension.calls import Call, LoggedRecord, to_call_log
from app.extension.log_form import SEARCH_KEY, ExistingLog, LogForm, LogSubmission
from app.extension.matcher import real_contacts
from app.loop import TaskRunner
from connectors.contract.model import Contact
from widgets.page_state import SearchResult
from widgets.phone_panel import PhonePanel
from widgets.search_contacts_dialog import SearchContactsDialog

if TYPE_CHECKING:
    from app.presenter.phone import PhonePresenter

SAVE = "log.save"
SEARCH = "log.search"


class LogPresenter(QObject):
    """Holds the form of the call that is being logged."""

    def __init__(
        self,
        extension: PhonePresenter,
        panel: PhonePanel,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._extension = extension
        self._panel = panel
        self._tasks = tasks
        self._form: LogForm | None = None
        self._call: Call | None = None
        self._create_unknown = False
        self._editing = False
        self._found: dict[str, Contact] = {}
        self._dialog = SearchContactsDialog(panel)
        page, search = panel.log_page, self._dialog
        page.contact_selected.connect(self._on_contact_selected)
        page.new_name_changed.connect(self._on_new_name_changed)
        page.new_type_changed.connect(self._on_new_type_changed)
        page.title_edited.connect(self._on_title_edited)
        page.note_changed.connect(self._on_note_changed)
        page.field_changed.connect(self._on_field_changed)
        page.save_requested.connect(self.save)
        page.back_requested.connect(self._on_back)
        search.search_requested.connect(self.search)
        search.contact_chosen.connect(self._on_contact_chosen)

    @Slot(str)
    def open(self, session_id: str) -> None:
        """Open the log page for a call of the history: new, or as an edit when it is logged."""
        call = self._extension.calls.call(session_id)
        if call is not None:
            self._tasks.start(self._open(call), name="log.open")

    @Slot()
    def save(self) -> None:
        """Create the contact if one is wanted, then log the call to it. Never twice at a time."""
        if self._form is None or self._tasks.running(SAVE):
            return
        if self._form.problems():
            self._form.show_problems()
            self._show()
            return
        self._tasks.start(self._save(), name=SAVE)

    @Slot(str)
    def search(self, name: str) -> None:
        """Search contacts by name for the dialog."""
        self._tasks.cancel(SEARCH)
        self._tasks.start(self._search(name), name=SEARCH)

    def renew(self) -> None:
        """Take up the manifest of another version of the connector in the form that is open."""
        bench = self._extension.bench
        if self._form is not None and bench is not None:
            self._form.use_manifest(bench.manifest)
            self._show()

    async def _open(self, call: Call) -> None:
        extension, bench = self._extension, self._extension.bench
        if bench is None:
            extension.notify(
                "Please go to Settings and connect to the CRM: choose a connection.", "warning"
            )
            return
        if not extension.is_looked_up(call.number):
            extension.notify("Extension numbers cannot be logged", "warning", 3000)
            return
        if extension.calls.logged(call.session_id) is not None:
            await self._open_edit(call, bench)
            return
        if extension.remembered(call.number) is None:
            run = await extension.match(call.number)
            if run is None:
                return
            if run.failed:
                # Production stops here without a word (contact-flow 1.4 step 8).
                extension.notify_run(run)
                return
            # Only an online lookup brings the entry "Create new contact..." (1.5).
            contacts = extension.matches.with_pins(call.number, run.contacts)
        else:
            contacts = extension.contacts(call.number)
            if not contacts:
                run = await extension.match(call.number)
                if run is None or run.failed:
                    if run is not None:
                        extension.notify_run(run)
                    return
                contacts = extension.matches.with_pins(call.number, run.contacts)
        self._editing = False
        self._begin(
            call,
            LogForm(bench.manifest, contacts, call, now=time.time(), user=bench.connection.user),
        )

    async def _open_edit(self, call: Call, bench: Bench) -> None:
        extension = self._extension
        run = await bench.read_log(call.session_id)
        if run.failed:
            extension.notify_run(run)
            return
        logs = run.outcome.answer.get("logs") or [{}]
        data = logs[0].get("logData")
        data = data if isinstance(data, dict) else {}
        record = extension.calls.logged(call.session_id)
        if record is None:
            return
        contact = Contact(
            id=record.contact_id,
            name=record.contact_name or str(data.get("contactName") or ""),
            type=record.contact_type or None,
        )
        existing = ExistingLog(
            contact_id=record.contact_id,
            subject=str(data.get("subject") or ""),
            note=str(data.get("note") or ""),
            contact_name=contact.name,
            contact_type=record.contact_type,
            dispositions=data.get("dispositions") or {},
        )
        self._editing = True
        self._begin(
            call,
            LogForm(bench.manifest, [contact], call, now=time.time(), existing=existing),
        )

    def _begin(self, call: Call, form: LogForm) -> None:
        self._call, self._form = call, form
        self._create_unknown = False
        self._panel.show_log_page(form.state())

    async def _save(self) -> None:
        form, call, bench = self._form, self._call, self._extension.bench
        if form is None or call is None or bench is None:
            return
        form.set_busy(True)
        self._show()
        try:
            submission = form.submission()
            if self._editing:
                saved = await self._update(bench, call, submission)
            else:
                saved = await self._create_and_log(bench, call, form, submission)
        finally:
            form.set_busy(False)
            if self._form is form:
                self._show()
        if saved and self._form is form:
            self._form = None
            self._panel.show_calls()
        self._extension.show_history()

    async def _create_and_log(
        self, bench: Bench, call: Call, form: LogForm, submission: LogSubmission
    ) -> bool:
        extension = self._extension
        created: Contact | None = None
        new = submission.new_contact
        if new is not None:
            if self._create_unknown and await self._found_after_all(call, form):
                return False
            run = await bench.create(
                call.number, new.name, new.type, submission.additional_submission
            )
            created = run.contacts[0] if run.contacts and not run.failed else None
            if created is None:
                self._create_unknown = run.outcome.unknown
                self._tell_failure(run, "The contact was not created")
                return False
            form.contact_created(created)
            extension.matches.remember(call.number, [_with_type(created, new.type)])
            extension.notify_run(run)
        target = submission.call_contact(call.number, created)
        run = await bench.log(
            to_call_log(call, title=submission.title),
            target,
            submission.note,
            submission.additional_submission,
        )
        log_id = run.outcome.answer.get("logId")
        if run.failed or not log_id:
            self._tell_failure(run, "Failed to save call log")
            return False
        extension.calls.set_logged(
            call.session_id,
            LoggedRecord(
                contact_id=target.id,
                log_id=log_id,
                contact_name=target.name or "",
                contact_type=target.type or "",
            ),
        )
        extension.notify_run(run, "Call log added")
        await self._dispose(bench, call, submission)
        return True

    async def _update(self, bench: Bench, call: Call, submission: LogSubmission) -> bool:
        run = await bench.update_log(
            to_call_log(call, title=submission.title),
            submission.note,
            submission.title,
            submission.additional_submission,
        )
        if run.failed or run.outcome.answer.get("successful") is False:
            self._extension.notify_run(run, "Failed to save call log")
            return False
        self._extension.notify_run(run, "Call log updated")
        await self._dispose(bench, call, submission)
        return True

    async def _dispose(self, bench: Bench, call: Call, submission: LogSubmission) -> None:
        """Send the chosen fields once more as the call's disposition (contact-flow 1.6 step 5).

        The call is logged by then, so what fails here is told and changes nothing else.
        """
        operations = bench.description.operations if bench.description else ()
        if (
            not submission.additional_submission
            or bench.manifest.disable_disposition
            or "upsertCallDisposition" not in operations
        ):
            return
        run = await bench.dispose(
            call.session_id, submission.additional_submission | {"note": submission.note}
        )
        if run.failed or run.outcome.answer.get("successful") is False:
            self._extension.notify_run(run)

    async def _found_after_all(self, call: Call, form: LogForm) -> bool:
        """Look before creating again: the create before may have reached the CRM."""
        run = await self._extension.match(call.number, force_refresh=True)
        real = real_contacts(run.contacts) if run else ()
        self._create_unknown = run is None or run.failed
        if not real:
            return self._create_unknown
        for contact in real:
            form.add_searched_contact(contact)
        self._extension.notify(
            "The contact is there after all: it is selected now. Press Save to log the call to it.",
            "warning",
            10_000,
        )
        return True

    def _tell_failure(self, run: Run, fallback: str) -> None:
        if run.outcome.unknown:
            self._extension.notify(
                "No answer came in time, so it is not known whether this was saved. "
                "Look in the CRM before saving again; nothing you entered is lost.",
                "error",
                15_000,
                [("What happened", [run.outcome.error.message if run.outcome.error else ""])],
            )
        elif run.message is None and run.outcome.error is None:
            self._extension.notify(fallback, "warning", 3000)
        else:
            self._extension.notify_run(run)

    async def _search(self, name: str) -> None:
        bench, dialog = self._extension.bench, self._dialog
        if bench is None:
            dialog.show_message("Choose a connection first.")
            return
        if not name.strip():
            dialog.show_message("Enter a name to search for.")
            return
        dialog.show_busy(True)
        try:
            run = await bench.search(name.strip())
        finally:
            dialog.show_busy(False)
        real = real_contacts(run.contacts)
        self._found = {f"{index}": contact for index, contact in enumerate(real)}
        if real:
            dialog.show_results([_result(key, contact) for key, contact in self._found.items()])
            return
        dialog.show_results([])
        message: dict[str, Any] = run.message or {"message": "No contact found"}
        text = str(message["message"])
        dialog.show_message(f"{text}: {run.outcome.error.message}" if run.outcome.error else text)

    @Slot(str)
    def _on_contact_chosen(self, key: str) -> None:
        contact = self._found.get(key)
        if contact is None or self._form is None or self._call is None:
            return
        self._extension.matches.pin(self._call.number, contact)
        self._form.add_searched_contact(contact)
        self._show()

    @Slot(str)
    def _on_contact_selected(self, key: str) -> None:
        if self._form is None:
            return
        if key == SEARCH_KEY:
            self._show()
            self._dialog.start()
            return
        self._form.select_contact(key)
        self._show()

    @Slot(str)
    def _on_new_name_changed(self, text: str) -> None:
        if self._form is not None:
            self._form.set_new_name(text)
            self._show()

    @Slot(str)
    def _on_new_type_changed(self, value: str) -> None:
        if self._form is not None:
            self._form.set_new_type(value)
            self._show()

    @Slot(str)
    def _on_title_edited(self, text: str) -> None:
        if self._form is not None:
            self._form.edit_title(text)

    @Slot(str)
    def _on_note_changed(self, text: str) -> None:
        if self._form is not None:
            self._form.set_note(text)

    @Slot(str, object)
    def _on_field_changed(self, const: str, value: object) -> None:
        if self._form is not None:
            self._form.set_field(const, value)
            self._show()

    @Slot()
    def _on_back(self) -> None:
        self._form = None
        self._panel.show_calls()

    def _show(self) -> None:
        if self._form is not None:
            self._panel.log_page.show_state(self._form.state())


def _result(key: str, contact: Contact) -> SearchResult:
    kind = contact.type if isinstance(contact.type, str) else ""
    return SearchResult(
        key=key,
        name=contact.name,
        sub_label=f"{kind} - {contact.id}" if kind else "",
        phone=contact.phone if isinstance(contact.phone, str) else "",
    )


def _with_type(contact: Contact, kind: str) -> Contact:
    """Return a created contact with the type that it was created with."""
    return Contact(
        id=contact.id,
        name=contact.name,
        type=contact.type or kind or None,
        additional_info=contact.additional_info,
    )
