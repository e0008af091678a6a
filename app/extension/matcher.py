"""What the extension remembers of earlier matches (contact-flow 1.1, 1.7 and 1.9)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.contract.model import Contact

MATCH_TTL_S = 7 * 24 * 3600.0


def is_external(number: str) -> bool:
    """Return whether a number is no internal extension: it starts with a plus."""
    return number.startswith("+")


def is_looked_up(number: str, *, allow_extensions: bool = False) -> bool:
    """Return whether the extension asks for this number at all (contact-flow 1.1 step 3)."""
    return is_external(number) or (allow_extensions and bool(number))


def real_contacts(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """Return the contacts without the entry "Create new contact..."."""
    return tuple(contact for contact in contacts if not contact.is_new_contact)


def same_contact(one: Contact, other: Contact) -> bool:
    """Return whether two entries are one contact; kinds with the same id are different ones."""
    return str(one.id) == str(other.id) and (one.type or "") == (other.type or "")


@dataclass(frozen=True, slots=True)
class Match:
    """What is remembered for a number; no contacts means that nobody was found.

    `created_at` is in seconds since 1970.
    """

    contacts: tuple[Contact, ...]
    created_at: float


@dataclass(slots=True)
class Bypass:
    """The caches that the next lookup goes past; each is used up by one lookup.

    Attributes:
        local: the extension's matches; the server is asked (an online lookup).
        account: the account's cache; the CRM is asked (a forced refresh).
    """

    local: bool = False
    account: bool = False

    def take_local(self) -> bool:
        """Return whether to go past the extension's matches, and use that up."""
        taken, self.local = self.local, False
        return taken

    def take_account(self) -> bool:
        """Return whether to go past the account's cache, and use that up."""
        taken, self.account = self.account, False
        return taken


class LocalMatchCache:
    """The widget's matches, 7 days each, and the contacts chosen by name, kept for ever.

    Args:
        now: seconds since 1970.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._matches: dict[str, Match] = {}
        self._pins: dict[str, tuple[Contact, ...]] = {}

    def match(self, number: str) -> Match | None:
        """Return what is remembered and not older than 7 days, None when a lookup is due."""
        match = self._matches.get(number)
        if match is None or self._now() - match.created_at >= MATCH_TTL_S:
            return None
        return match

    def remember(self, number: str, contacts: Sequence[Contact]) -> None:
        """Keep a lookup's real contacts, or that there are none.

        Of a contact only id, name, type and additional info survive (contact-flow 1.1 step 5). A
        refresh that finds nobody removes a stale match in this way. A failed lookup is never
        remembered.
        """
        kept = tuple(
            Contact(
                id=contact.id,
                name=contact.name,
                type=contact.type,
                additional_info=contact.additional_info,
            )
            for contact in real_contacts(contacts)
        )
        self._matches[number] = Match(kept, self._now())

    def forget(self, number: str) -> None:
        """Drop the match of a number; contacts chosen by name stay."""
        self._matches.pop(number, None)

    def pin(self, number: str, contact: Contact) -> None:
        """Put a contact chosen by name in front of every later match of this number."""
        others = (other for other in self._pins.get(number, ()) if not same_contact(other, contact))
        self._pins[number] = (*others, _without_flag(contact))

    def pins(self, number: str) -> tuple[Contact, ...]:
        """Return the contacts chosen by name for this number."""
        return self._pins.get(number, ())

    def unpin(self, number: str) -> None:
        """Drop the contacts chosen by name for this number."""
        self._pins.pop(number, None)

    def with_pins(self, number: str, contacts: Sequence[Contact]) -> tuple[Contact, ...]:
        """Return the contacts chosen by name, then the others, each once."""
        pins = self.pins(number)
        rest = (
            contact
            for contact in contacts
            if contact.is_new_contact or not any(same_contact(contact, pin) for pin in pins)
        )
        return (*pins, *rest)

    def entries(self) -> dict[str, Match]:
        """Return every match that is there by its number, also those past their 7 days."""
        return dict(self._matches)

    def pinned(self) -> dict[str, tuple[Contact, ...]]:
        """Return every contact chosen by name, by number."""
        return dict(self._pins)

    def age_s(self, match: Match) -> float:
        """Return how many seconds ago a match was made."""
        return self._now() - match.created_at

    def set_age(self, number: str, age_s: float) -> None:
        """Date a match back, so that it is `age_s` seconds old from now on."""
        match = self._matches.get(number)
        if match is not None:
            self._matches[number] = Match(match.contacts, self._now() - age_s)

    def replace(self, number: str, contacts: Sequence[Contact]) -> None:
        """Give a match other contacts; its age stays. Without a match, it is a new one."""
        match = self._matches.get(number)
        self._matches[number] = Match(tuple(contacts), match.created_at if match else self._now())

    def replace_pins(self, number: str, contacts: Sequence[Contact]) -> None:
        """Give a number other contacts chosen by name."""
        self._pins[number] = tuple(contacts)

    def clear(self) -> None:
        """Forget everything, the contacts chosen by name included (factory reset)."""
        self._matches.clear()
        self._pins.clear()


def _without_flag(contact: Contact) -> Contact:
    return Contact(
        id=contact.id,
        name=contact.name,
        phone=contact.phone,
        type=contact.type,
        title=contact.title,
        company=contact.company,
        email=contact.email,
        organization=contact.organization,
        created_date=contact.created_date,
        most_recent_activity_date=contact.most_recent_activity_date,
        additional_info=contact.additional_info,
    )
