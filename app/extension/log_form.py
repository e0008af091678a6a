"""The rules of the log page (contact-flow 1.5 and 1.6 step 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.extension.calls import Call, clock_text, number_text, when_text
from app.extension.log_fields import (
    Choice,
    Options,
    field_state,
    first_value,
    is_shown,
    options_of,
    problem_of,
    setting_value,
    submitted,
)
from app.extension.matcher import same_contact
from connectors.contract.manifest import Field, Manifest
from connectors.contract.model import (
    NEW_CONTACT_ID,
    CallContact,
    Contact,
    ContactId,
    User,
)
from widgets.page_state import ContactChoice, LogPageState

SEARCH_KEY = "searchContact"
SEARCH_LABEL = "Search contacts"
MANY_CONTACTS = (
    "Multiple contacts found. Please select the contact to associate this activity with."
)
NO_CONTACT = "No contact found. Enter a name to have a placeholder contact made for you."


@dataclass(frozen=True, slots=True)
class ExistingLog:
    """A logged call that is edited. ``dispositions`` are by the fields' consts."""

    contact_id: ContactId
    subject: str = ""
    note: str = ""
    contact_name: str = ""
    contact_type: str = ""
    dispositions: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to be created before the call is logged to it. `type` may be empty."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class LogSubmission:
    """What Save sends: a call log for `contact`, or first a contact made from `new_contact`."""

    contact: Contact | None
    new_contact: NewContact | None
    title: str
    note: str
    additional_submission: dict[str, Any]

    def call_contact(self, number: str, created: Contact | None = None) -> CallContact:
        """Return the contact to log to.

        Type and name come from the new-contact fields when they are filled (1.6 step 3).

        Args:
            number: the far side of the call.
            created: the contact that the CRM has made of `new_contact`.

        Raises:
            ValueError: there is neither a chosen nor a created contact.
        """
        contact = created or self.contact
        if contact is None:
            raise ValueError("create the contact first")
        new = self.new_contact
        return CallContact(
            id=contact.id,
            phone_number=number,
            type=(new.type if new else "") or contact.type or None,
            name=(new.name if new else "") or contact.name,
        )


class LogForm:
    """The log page of one call.

    Two kinds of contact with the same id have different keys (``<type>:<id>``). Where production
    freezes (1.5, failure modes) a field keeps its options or is left out.

    Args:
        manifest: the CRM's fields and contact types.
        contacts: in the order of the lookup, chosen-by-name ones first.
        call: what is logged.
        now: seconds since 1970, for the time's text.
        existing: the log to edit, None for a new one.
        dialled_id: the contact that the user has dialled from; it is selected at first.
        user: whose settings give defaults.
    """

    def __init__(
        self,
        manifest: Manifest,
        contacts: Sequence[Contact],
        call: Call,
        *,
        now: float,
        existing: ExistingLog | None = None,
        dialled_id: ContactId | None = None,
        user: User | None = None,
    ) -> None:
        self._manifest = manifest
        self._call = call
        self._now = now
        self._existing = existing
        self._user = user
        self._contacts: dict[str, Contact] = {}
        for contact in contacts:
            self._add(contact)
        self._selected = self._first_key(dialled_id)
        self._new_name = ""
        self._new_type = self._contact_type_at_first()
        self._new_name_required = len(self._keys()) == 1
        self._title_is_own = existing is not None
        self._title = existing.subject if existing else self._title_at_first()
        self._note = existing.note if existing else ""
        self._values: dict[str, Any] = {}
        self._options: dict[str, Options] = {}
        self._shown: list[Field] = []
        self._from_creation: dict[str, Any] = {}
        self._shows_problems = False
        self._busy = False
        self._build(keep=lambda _: False)

    def use_manifest(self, manifest: Manifest) -> None:
        """Go on with another manifest; what was filled in stays wherever its field does."""
        kinds = {item.const: item.type for item in self._shown}
        self._manifest = manifest
        if self._selected == SEARCH_KEY and not self._searches:
            self._selected = next(iter(self._contacts), "")
        types = [kind.value for kind in manifest.contact_types]
        if self._is_new and self._new_type not in types:
            self._new_type = types[0] if types else ""
        self._build(keep=lambda item: kinds.get(item.const) == item.type)

    def select_contact(self, key: str) -> None:
        """Choose an entry of the drop-down.

        Raises:
            KeyError: there is no such entry.
        """
        if key not in self._keys():
            raise KeyError(key)
        self._from_creation = {}
        self._selected = key
        if self._is_new:
            self._new_name_required = True
            types = self._manifest.contact_types
            self._new_type = types[0].value if types else ""
        self._retitle()
        self._build(keep=lambda item: not item.contact_dependent)

    def set_new_name(self, name: str) -> None:
        """Name the new contact; an unedited title follows."""
        self._new_name = name
        self._retitle()

    def set_new_type(self, contact_type: str) -> None:
        """Choose the new contact's type; fields that depend on it are rebuilt."""
        self._new_type = contact_type
        self._build(keep=lambda item: not item.contact_type_dependent)

    def edit_title(self, title: str) -> None:
        """Take over a title typed by hand; from now on nothing else changes it."""
        self._title = title
        self._title_is_own = True

    def set_note(self, note: str) -> None:
        """Take over the note."""
        self._note = note

    def set_field(self, const: str, value: Any) -> None:
        """Take over an additional field's value; a field that is not shown is ignored."""
        if any(item.const == const for item in self._shown):
            self._values[const] = value

    def add_searched_contact(self, contact: Contact) -> None:
        """Append a contact found by name and choose it; one that is listed is only chosen."""
        known = next(
            (key for key, other in self._contacts.items() if same_contact(other, contact)), None
        )
        self.select_contact(known or self._add(contact))

    def contact_created(self, contact: Contact) -> None:
        """Put the created contact in the place of the new-contact entry and choose it.

        What the user has filled in stays, so that Save can be pressed again without creating the
        contact twice.
        """
        old = self._contact
        sent = self._submitted_fields()
        made = Contact(
            id=contact.id,
            name=contact.name or self._new_name,
            phone=contact.phone,
            type=contact.type or self._new_type or None,
            additional_info=contact.additional_info
            or (old.additional_info if old is not None else None),
        )
        key = _key(made)
        entries = list(self._contacts.items())
        self._contacts = {}
        for other_key, other in entries:
            if other.is_new_contact:
                self._contacts[key] = made
            elif other_key != key:
                self._contacts[other_key] = other
        self._contacts.setdefault(key, made)
        self._selected = key
        self._build(keep=lambda _: True)
        shown = {item.const for item in self._shown}
        self._from_creation = {key: value for key, value in sent.items() if key not in shown}

    def show_problems(self) -> None:
        """Show from now on what keeps the form from being saved."""
        self._shows_problems = True

    def set_busy(self, busy: bool) -> None:
        """Say whether the form is being saved."""
        self._busy = busy

    def problems(self) -> tuple[tuple[str, str], ...]:
        """Return (field, sentence) for everything that keeps the form from being saved."""
        found: list[tuple[str, str]] = []
        if self._selected == SEARCH_KEY or self._contact is None:
            found.append(("contact", "Choose a contact."))
        if self._is_new and self._new_name_required and not self._new_name.strip():
            found.append(("newContactName", "Enter a name for the new contact."))
        for item in self._shown:
            sentence = problem_of(
                item, self._options.get(item.const, ()), self._values.get(item.const)
            )
            if sentence:
                found.append((item.const, sentence))
        return tuple(found)

    def submission(self) -> LogSubmission:
        """Return what Save sends; ask :meth:`problems` first."""
        new = NewContact(self._new_name, self._new_type) if self._is_new else None
        return LogSubmission(
            contact=None if new else self._contact,
            new_contact=new,
            title=self._title,
            note=self._note,
            additional_submission={**self._from_creation, **self._submitted_fields()},
        )

    def state(self) -> LogPageState:
        """Return the page as it is drawn."""
        name = self._manifest.display_name or self._manifest.name
        call = self._call
        types = tuple((kind.value, kind.display or kind.value) for kind in self._types)
        return LogPageState(
            heading="Edit log" if self._existing else f"Save to {name}",
            save_label="Update" if self._existing else "Save",
            direction=call.direction,
            missed=call.missed,
            number_text=number_text(call.number),
            result_text=call.result_text,
            duration_text=clock_text(call.duration_s),
            time_text=when_text(call.started_at, self._now),
            contacts=self._choices(),
            selected=self._selected,
            contact_locked=self._existing is not None,
            banner=self._banner(),
            shows_new_contact=self._is_new,
            new_name=self._new_name,
            new_name_required=self._new_name_required,
            new_type=self._new_type,
            new_types=types if self._is_new else (),
            title=self._title,
            note=self._note,
            fields=tuple(
                field_state(item, self._options.get(item.const, ()), self._values.get(item.const))
                for item in self._shown
            ),
            problems=self.problems() if self._shows_problems else (),
            busy=self._busy,
        )

    @property
    def _contact(self) -> Contact | None:
        return self._contacts.get(self._selected)

    @property
    def _is_new(self) -> bool:
        return self._contact is not None and self._contact.is_new_contact

    @property
    def _types(self) -> tuple[Any, ...]:
        return self._manifest.contact_types

    @property
    def _searches(self) -> bool:
        return self._manifest.page.use_contact_search and self._existing is None

    def _keys(self) -> list[str]:
        return [*self._contacts, *([SEARCH_KEY] if self._searches else [])]

    def _add(self, contact: Contact) -> str:
        key = base = _key(contact)
        count = 1
        while key in self._contacts:
            count += 1
            key = f"{base}#{count}"
        self._contacts[key] = contact
        return key

    def _first_key(self, dialled_id: ContactId | None) -> str:
        wanted = self._existing.contact_id if self._existing else dialled_id
        if wanted is not None:
            # Production compares the dialled id loosely: 7 and "7" are the same.
            found = [key for key, one in self._contacts.items() if str(one.id) == str(wanted)]
            if self._existing and self._existing.contact_type:
                kind = self._existing.contact_type
                found = [key for key in found if self._contacts[key].type == kind] or found
            if found:
                return found[0]
        if self._existing:
            return self._add(
                Contact(
                    id=self._existing.contact_id,
                    name=self._existing.contact_name or str(self._existing.contact_id),
                    type=self._existing.contact_type or None,
                )
            )
        return next(iter(self._keys()), "")

    def _contact_type_at_first(self) -> str:
        entry = next((one for one in self._contacts.values() if one.is_new_contact), None)
        return (entry.default_contact_type or "") if entry else ""

    def _choices(self) -> tuple[ContactChoice, ...]:
        choices = [
            ContactChoice(
                key,
                contact.name,
                f"{contact.type} - {contact.id}"
                if contact.type and not contact.is_new_contact
                else "",
            )
            for key, contact in self._contacts.items()
        ]
        if self._searches:
            choices.append(ContactChoice(SEARCH_KEY, SEARCH_LABEL))
        return tuple(choices)

    def _banner(self) -> str:
        wrong = next((text for _, text in self.problems() if text.startswith("Wrong format")), "")
        if wrong or self._existing:
            return wrong
        count = len(self._keys())
        has_new = any(contact.is_new_contact for contact in self._contacts.values())
        if count == 3 and has_new and self._searches:
            return ""
        if count > 2:
            return MANY_CONTACTS
        return NO_CONTACT if count == 1 and has_new else ""

    def _title_at_first(self) -> str:
        start = "Inbound Call from" if self._call.direction == "inbound" else "Outbound Call to"
        return f"{start} {self._label()}"

    def _label(self) -> str:
        if self._selected == SEARCH_KEY:
            return SEARCH_LABEL
        return self._contact.name if self._contact else ""

    def _retitle(self) -> None:
        """Follow the contact, with production's small c and its look at the present title."""
        if self._title_is_own:
            return
        start = "Inbound call from" if self._title.startswith("Inbound") else "Outbound call to"
        self._title = f"{start} {self._new_name if self._is_new else self._label()}"

    def _build(self, keep: Callable[[Field], bool]) -> None:
        """Rebuild the fields for the selected contact; `keep` tells whose value stays."""
        choice = Choice(self._contact, self._new_type)
        page = self._manifest.page
        wanted = list(page.call_log.additional_fields)
        if self._is_new:
            known = {item.const for item in wanted}
            extra = page.new_contact.additional_fields
            wanted += [item for item in extra if item.const not in known]
        before = {item.const for item in self._shown}
        shown, values, all_options = [], {}, {}
        for item in wanted:
            stays = item.const in before and keep(item)
            options = options_of(item, choice) if item.type == "selection" else ()
            if not is_shown(item, choice):
                if not (stays and item.type == "selection"):
                    continue
                # Production throws here and the form freezes; the field stays as it was.
                options = self._options.get(item.const, ())
            all_options[item.const] = options or ()
            if stays:
                values[item.const] = self._values.get(item.const)
            else:
                values[item.const] = self._start_value(item, all_options)
            shown.append(item)
        self._shown, self._values, self._options = shown, values, all_options

    def _start_value(self, item: Field, all_options: dict[str, Options]) -> Any:
        options = all_options[item.const]
        stored = self._existing.dispositions.get(item.const) if self._existing else None
        value = first_value(item, options, stored)
        if self._existing or item.type != "selection":
            return value
        case = "inboundCall" if self._call.direction == "inbound" else "outboundCall"
        default = setting_value(item, case, self._user)
        if default in (None, ""):
            return value
        if any(key == default for key, _ in options):
            return default
        return str(default) if item.allow_custom_value and self._takes_custom_default else value

    @property
    def _takes_custom_default(self) -> bool:
        if self._manifest.name != "bullhorn":
            return True
        return bool(self._user and self._user.setting("allowBullhornCustomNoteAction"))

    def _submitted_fields(self) -> dict[str, Any]:
        return {
            item.const: self._values[item.const]
            for item in self._shown
            if submitted(item, self._values.get(item.const))
        }


def _key(contact: Contact) -> str:
    if contact.is_new_contact:
        return NEW_CONTACT_ID
    return f"{contact.type or ''}:{contact.id}"
