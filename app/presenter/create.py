"""The create-contact form, opened from the dial pad for a number that nobody has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from app.extension.log_fields import Choice, field_state, first_value, is_shown, options_of
from app.extension.matcher import real_contacts
from app.loop import TaskRunner
from connectors import phone
from connectors.contract.manifest import Manifest
from connectors.contract.model import Contact
from widgets.create_contact_form import CreateContactForm
from widgets.page_state import FieldState
from widgets.phone_panel import PhonePanel

if TYPE_CHECKING:
    from app.presenter.phone import PhonePresenter

CREATE = "phone.create"


class CreatePresenter(QObject):
    """Creates a contact without logging a call."""

    def __init__(
        self,
        extension: PhonePresenter,
        panel: PhonePanel,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._extension = extension
        self._tasks = tasks
        self._number = ""
        self._unknown = False
        """Whether the last create may have reached the CRM without an answer."""
        self._form = CreateContactForm(panel)
        self._form.create_requested.connect(self.create)
        self._form.type_changed.connect(self._on_type_changed)

    @Slot(str)
    def open(self, text: str) -> None:
        """Open the form for a typed number."""
        bench = self._extension.bench
        if bench is None:
            self._extension.notify("Choose a connection first.", "warning")
            return
        self._number = phone.dial(text, self._extension.region)
        self._unknown = False
        types = _types(bench.manifest)
        self._form.start(
            phone.display(self._number, self._extension.region),
            types,
            self._fields(types[0][0] if types else ""),
            crm=bench.manifest.display_name or bench.manifest.name,
        )

    def renew(self) -> None:
        """Take up the manifest of another version of the connector while the form is open."""
        bench = self._extension.bench
        if bench is None or not self._form.isVisible():
            return
        kept = self._form.field_values
        self._form.show_types(_types(bench.manifest), self._form.contact_type)
        self._form.show_fields(self._fields(self._form.contact_type, kept))

    @Slot(str, str, dict)
    def create(self, name: str, contact_type: str, fields: dict[str, Any]) -> None:
        """Create the contact; one request at a time."""
        if not self._tasks.running(CREATE):
            self._tasks.start(self._create(name, contact_type, fields), name=CREATE)

    @Slot(str)
    def _on_type_changed(self, contact_type: str) -> None:
        self._form.show_fields(self._fields(contact_type))

    def _fields(self, contact_type: str, kept: Mapping[str, Any] | None = None) -> list[FieldState]:
        """Return a new contact's additional fields; options come from the last lookup.

        Args:
            contact_type: the chosen type.
            kept: values that the user has filled in, by const.
        """
        bench = self._extension.bench
        if bench is None:
            return []
        choice = Choice(self._extension.new_entry, contact_type)
        states = []
        for field in bench.manifest.page.new_contact.additional_fields:
            if is_shown(field, choice):
                options = options_of(field, choice) or ()
                value = first_value(field, options, None)
                filled = (kept or {}).get(field.const)
                # A field of another kind than before starts anew.
                if filled is not None and type(filled) is type(value):
                    value = filled
                states.append(field_state(field, options, value))
        return states

    async def _create(self, name: str, contact_type: str, fields: dict[str, Any]) -> None:
        bench = self._extension.bench
        if bench is None:
            return
        self._form.show_busy(True)
        try:
            if self._unknown and await self._found_after_all():
                return
            run = await bench.create(self._number, name, contact_type, fields)
        finally:
            self._form.show_busy(False)
        if run.failed or not run.contacts:
            error = run.outcome.error
            self._unknown = run.outcome.unknown
            unknown = "It is not known whether the contact was created: look first. "
            said = error.message if error else str((run.message or {}).get("message", ""))
            self._form.show_problem((unknown if run.outcome.unknown else "") + said)
            return
        created = run.contacts[0]
        self._extension.matches.remember(
            self._number,
            [Contact(id=created.id, name=created.name or name, type=created.type or contact_type)],
        )
        self._form.accept()
        self._extension.notify_run(run, "Contact created")
        self._extension.show_history()

    async def _found_after_all(self) -> bool:
        """Look before creating again: the create before may have reached the CRM."""
        run = await self._extension.match(self._number, force_refresh=True)
        if run is None or run.failed:
            error = run.outcome.error if run else None
            self._form.show_problem(
                "It is still not known whether the contact was created, as the CRM does not "
                f"answer: {error.message if error else 'the number cannot be looked up.'}"
            )
            return True
        self._unknown = False
        found = real_contacts(run.contacts)
        if not found:
            return False
        self._form.accept()
        self._extension.notify(
            f"{found[0].name} is there after all, so no second contact was created.",
            "warning",
            10_000,
        )
        return True


def _types(manifest: Manifest) -> list[tuple[str, str]]:
    return [(kind.value, kind.display or kind.value) for kind in manifest.contact_types]
