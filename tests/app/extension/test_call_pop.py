from __future__ import annotations

import pytest

from app.extension.call_pop import PopSettings, contact_url, decide, fill
from connectors.contract.manifest import Manifest
from connectors.contract.model import Contact, User, new_contact_entry

MANIFEST = Manifest(
    name="insightly",
    contact_page_url="https://{hostname}/{contactType}/{contactId}?t={contactType}",
    call_pop_url="https://{hostname}/pop/{contactId}",
)
ADA = Contact(id=1, name="Ada", type="contact")
GRACE = Contact(id=2, name="Grace", type="lead")
RINGING = PopSettings(incoming="onFirstRing", outgoing="onAnswer")


def test_defaults_are_productions():
    settings = PopSettings()
    assert (settings.incoming, settings.outgoing) == ("disabled", "disabled")
    assert settings.multi_match == "openAllMatches"
    assert not settings.allow_extension_numbers


def test_settings_are_read_by_productions_ids():
    user = User(
        user_settings={
            "openContactPageFromIncomingCall": {"value": "onAnswer"},
            "openContactPageFromOutgoingCall": {"value": "nonsense"},
            "multiContactMatchBehavior": {"value": "promptToSelect"},
            "allowExtensionNumberLogging": {"value": True},
            "openContactPageAfterCreation": {"value": True},
        }
    )
    settings = PopSettings.of_user(user)
    assert settings == PopSettings("onAnswer", "disabled", "promptToSelect", True, False)


def pop(contacts, settings=RINGING, direction="inbound", event="onFirstRing", manifest=MANIFEST):
    return decide(settings, direction, event, contacts, manifest, "crm.example")


def test_one_match_opens_the_call_pop_page():
    assert pop([ADA, new_contact_entry()]).open == ("https://crm.example/pop/1",)


def test_the_setting_of_the_direction_and_the_moment_count():
    assert pop([ADA], PopSettings()).nothing == "Call pop is off for inbound calls."
    assert pop([ADA], event="onAnswer").nothing == "Call pop waits for onFirstRing."
    assert pop([ADA], direction="outbound").nothing == "Call pop waits for onAnswer."
    assert pop([ADA], direction="outbound", event="onAnswer").open


def test_a_failed_lookup_or_nobody_opens_nothing():
    assert pop(None).nothing == "The lookup failed."
    assert pop([new_contact_entry()]).nothing == "No contact matches the number."


def test_nobody_may_open_the_fallback():
    manifest = Manifest(
        name="x",
        enable_fallback_contact_page_url=True,
        fallback_contact_page_url="https://{hostname}/new?s={mySetting}",
    )
    decision = decide(
        RINGING, "inbound", "onFirstRing", [], manifest, "h", values={"mySetting": "7"}
    )
    assert decision.open == ("https://h/new?s=7",)


@pytest.mark.parametrize("behavior", ["disabled", "openAllMatches", "promptToSelect"])
def test_several_matches_follow_the_setting(behavior):
    decision = pop([ADA, GRACE], PopSettings("onFirstRing", "disabled", behavior))
    if behavior == "openAllMatches":
        assert decision.open == (
            "https://crm.example/contact/1?t=contact",
            "https://crm.example/lead/2?t=lead",
        )
    elif behavior == "promptToSelect":
        assert decision.prompt == (ADA, GRACE)
    else:
        assert decision.nothing


def test_without_a_template_nothing_opens():
    assert pop([ADA], manifest=Manifest(name="x")).nothing == "The manifest has no contactPageUrl."


def test_bullhorn_has_its_own_window():
    url = contact_url(
        Manifest(name="bullhorn"),
        "h",
        Contact(id=7, name="", type="Candidate"),
        ats_url="https://cls1.example/",
    )
    assert url == (
        "https://cls1.example/BullhornStaffing/OpenWindow.cfm?Entity=Candidate&id=7&view=Overview"
    )


def test_the_host_is_filled_once_and_built_in_tokens_win():
    text = "{hostname}/{hostname}/{contactId}{contactId}"
    assert fill(text, "h", ADA, {"contactId": "x"}) == "h/{hostname}/11"
