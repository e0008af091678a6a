"""The Contacts tab: what the connector returned beside what the extension was told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Slot

from app.checks.reading import plain
from app.evidence import Evidence, RunIncompleteError, evidence_of
from app.journal import Journal
from widgets.contacts_view import ContactsView
from widgets.inspector_state import ContactRow, ContactsState

PAUSE_MS = 120
"""A burst of lookups is not listed one by one: the last of it is, after this pause."""
_OPERATIONS = frozenset({"findContact", "findContactWithName", "createContact", "getContact"})
Contact = Mapping[str, Any]
Seen = Literal["both", "connector", "extension"]


class ContactsPresenter(QObject):
    """Lists the contacts of the run that the inspector shows."""

    def __init__(self, view: ContactsView, journal: Journal, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._journal = journal
        self._wanted = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.list_contacts)

    @Slot(int)
    def show_run(self, run_id: int) -> None:
        """List this run's contacts after a pause; a run about none leaves what is shown."""
        self._wanted = run_id
        self._timer.start()

    @Slot()
    def list_contacts(self) -> None:
        """List the contacts of the wanted run now."""
        self._timer.stop()
        started = self._journal.started(self._wanted)
        if started is None or started.operation not in _OPERATIONS:
            return
        try:
            evidence = evidence_of(self._journal.events(self._wanted), self._wanted)
        except RunIncompleteError:
            return
        self._view.show_contacts(contacts_state(evidence))

    def close(self) -> None:
        """List nothing any more."""
        self._timer.stop()


def contacts_state(evidence: Evidence) -> ContactsState:
    """Return a run's contacts: those of the answer in order, then those that core left out."""
    told = _contacts(evidence.finished.answer, "contact")
    result = evidence.finished.returned
    returned = told
    if isinstance(result, dict):
        returned = _contacts(result, "matchedContactInfo", "contactInfo")
    if told == returned:
        return ContactsState(
            _sentence(evidence, told, differs=False),
            tuple(_row(place, contact, "both") for place, contact in enumerate(told, start=1)),
        )
    rows = [
        _row(place, contact, "both" if contact in returned else "extension")
        for place, contact in enumerate(told, start=1)
    ]
    rows += [
        _row(place, contact, "connector")
        for place, contact in enumerate(returned, start=1)
        if contact not in told
    ]
    return ContactsState(_sentence(evidence, told, differs=True), tuple(rows), differs=True)


def _contacts(holder: Mapping[Any, Any], *names: str) -> list[Contact]:
    listed = next((holder[name] for name in names if name in holder), None)
    entries = listed if isinstance(listed, list | tuple) else [listed]
    return [entry for entry in entries if isinstance(entry, dict)]


def _sentence(evidence: Evidence, told: list[Contact], *, differs: bool) -> str:
    real = [contact for contact in told if not contact.get("isNewContact")]
    count = {0: "No contact", 1: "1 contact"}.get(len(real), f"{len(real)} contacts")
    about = f"{count} for {evidence.started.operation} {evidence.started.subject}."
    if evidence.finished.cache_layer == "local":
        return f"{about} The extension's own match answered: of a contact it keeps four fields."
    if evidence.finished.cached:
        return f"{about} The account's cache answered: the connector was not asked."
    if evidence.finished.error is not None:
        return f"{about} It failed: {evidence.finished.error.message}"
    if differs:
        return f"{about} The connector returned other contacts than the extension was told."
    return about


def _row(place: int, contact: Contact, seen: Seen) -> ContactRow:
    info = contact.get("additionalInfo")
    keys = ", ".join(str(key) for key in info) if isinstance(info, dict) else _text(info)
    return ContactRow(
        place=place,
        name=_text(contact.get("name")),
        type=_text(contact.get("type")),
        id=_text(contact.get("id")),
        phone=_text(contact.get("phone")),
        company=_text(contact.get("company") or contact.get("organization")),
        email=_text(contact.get("email")),
        created=_text(contact.get("createdDate")),
        info_keys=keys,
        is_new=bool(contact.get("isNewContact")),
        seen=seen,
    )


def _text(value: object) -> str:
    return "" if value is None else plain(value)
