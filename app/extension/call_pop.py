"""Which pages a call opens by itself (contact-flow 1.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.extension.matcher import real_contacts
from connectors.contract.manifest import Manifest
from connectors.contract.model import Contact, User
from widgets.page_state import Direction

PopMoment = Literal["disabled", "onFirstRing", "onAnswer"]
PopEvent = Literal["onFirstRing", "onAnswer"]
MultiMatch = Literal["disabled", "openAllMatches", "promptToSelect"]


@dataclass(frozen=True, slots=True)
class PopSettings:
    """The page "Call-pop" of the settings, with production's defaults."""

    incoming: PopMoment = "disabled"
    outgoing: PopMoment = "disabled"
    multi_match: MultiMatch = "openAllMatches"
    allow_extension_numbers: bool = False
    open_created_contact: bool = False

    @classmethod
    def of_user(cls, user: User) -> PopSettings:
        """Read the settings by production's ids; an unknown value counts as unset."""
        moments: dict[object, PopMoment] = {
            "disabled": "disabled",
            "onFirstRing": "onFirstRing",
            "onAnswer": "onAnswer",
        }
        matches: dict[object, MultiMatch] = {
            "disabled": "disabled",
            "openAllMatches": "openAllMatches",
            "promptToSelect": "promptToSelect",
        }

        def text(item_id: str) -> str:
            return str(user.setting(item_id, ""))

        return cls(
            incoming=moments.get(text("openContactPageFromIncomingCall"), "disabled"),
            outgoing=moments.get(text("openContactPageFromOutgoingCall"), "disabled"),
            multi_match=matches.get(text("multiContactMatchBehavior"), "openAllMatches"),
            allow_extension_numbers=user.setting("allowExtensionNumberLogging") is True,
            # The page stores openContactPageAfterCreation, but this id is the one read back.
            open_created_contact=user.setting("openContactAfterCreatingIt") is True,
        )


@dataclass(frozen=True, slots=True)
class PopDecision:
    """What to do: open pages, ask which contact, or nothing and why."""

    open: tuple[str, ...] = ()
    prompt: tuple[Contact, ...] = ()
    nothing: str = ""


def decide(
    settings: PopSettings,
    direction: Direction,
    event: PopEvent,
    contacts: Sequence[Contact] | None,
    manifest: Manifest,
    hostname: str,
    *,
    ats_url: str = "",
    values: Mapping[str, str] | None = None,
) -> PopDecision:
    """Decide what a call opens.

    Args:
        settings: the user's.
        direction: of the call.
        event: what has just happened to the call.
        contacts: the lookup's answer, None when it failed.
        manifest: holds the URL templates.
        hostname: the user's CRM host.
        ats_url: Bullhorn's own address of its pages.
        values: more tokens for the templates, such as settings by their id.
    """
    moment = settings.incoming if direction == "inbound" else settings.outgoing
    if moment == "disabled":
        return PopDecision(nothing=f"Call pop is off for {direction} calls.")
    if moment != event:
        return PopDecision(nothing=f"Call pop waits for {moment}.")
    if contacts is None:
        return PopDecision(nothing="The lookup failed.")
    real = real_contacts(contacts)
    if not real:
        if manifest.enable_fallback_contact_page_url and manifest.fallback_contact_page_url:
            fallback = fill(manifest.fallback_contact_page_url, hostname, None, values)
            return PopDecision(open=(fallback,))
        return PopDecision(nothing="No contact matches the number.")
    if len(real) > 1:
        if settings.multi_match == "disabled":
            return PopDecision(nothing="Several contacts match, and the setting says: do nothing.")
        if settings.multi_match == "promptToSelect":
            return PopDecision(prompt=real)
    urls = tuple(
        contact_url(
            manifest, hostname, contact, call_pop=len(real) == 1, ats_url=ats_url, values=values
        )
        for contact in real
    )
    if not all(urls):
        return PopDecision(nothing="The manifest has no contactPageUrl.")
    return PopDecision(open=urls)


def contact_url(
    manifest: Manifest,
    hostname: str,
    contact: Contact,
    *,
    call_pop: bool = False,
    ats_url: str = "",
    values: Mapping[str, str] | None = None,
) -> str:
    """Return the address of a contact's page, empty when the manifest names none.

    `call_pop` prefers ``callPopUrl``, which production does for a single match only.
    """
    if manifest.name == "bullhorn":
        base = (ats_url or f"https://{hostname}").rstrip("/")
        kind = contact.type or ""
        return f"{base}/BullhornStaffing/OpenWindow.cfm?Entity={kind}&id={contact.id}&view=Overview"
    template = (call_pop and manifest.call_pop_url) or manifest.contact_page_url
    return fill(template, hostname, contact, values)


def fill(
    template: str, hostname: str, contact: Contact | None, values: Mapping[str, str] | None = None
) -> str:
    """Fill a URL template: ``{hostname}`` once, other tokens everywhere; built-in ones win."""
    url = template.replace("{hostname}", hostname, 1)
    built_in: dict[str, str] = {}
    if contact is not None:
        built_in = {"contactId": str(contact.id), "contactType": contact.type or ""}
    for token, value in {**(values or {}), **built_in}.items():
        url = url.replace(f"{{{token}}}", value)
    return url
