from __future__ import annotations

from contextlib import closing
from urllib.parse import urlsplit

import msgspec
import pytest
from PySide6.QtWidgets import QLabel, QWidget

from app.evidence import evidence_of
from app.extension.call_pop import PopSettings
from app.home import home
from app.journal import CacheRenewed
from app.presenter.phone import matches_text, shorten, sub_label
from app.sandbox import edit, seed
from app.sandbox.store import Store
from connectors.contract.model import Contact, new_contact_entry

ANNA = Contact(id=7, name="Anna", type="Lead")


@pytest.mark.parametrize(
    ("contacts", "text"),
    [
        ([], "No contact found"),
        ([new_contact_entry()], "No contact found"),
        ([ANNA, new_contact_entry()], "Anna · Lead - 7"),
        ([Contact(id=7, name="Anna")], "Anna"),
        ([ANNA] * 5, "5 contacts: Anna, Anna, Anna"),
    ],
)
def test_a_lookup_in_one_line(contacts, text):
    assert matches_text(contacts) == text


def test_small_texts():
    assert sub_label(Contact(id=1, name="A")) == ""
    assert shorten("x" * 41) == "x" * 39 + "…"
    assert shorten("x" * 40) == "x" * 40


async def pop(desk, number, **settings):
    desk.presenter.phone.pop_settings = PopSettings(**settings)
    desk.presenter.phone.ring_in(number)
    await desk.idle()
    on_ring = list(desk.opened)
    desk.presenter.phone.answer()
    await desk.idle()
    desk.presenter.phone.hang_up()
    return on_ring


async def test_a_call_opens_nothing_unless_it_is_set(open_desk):
    desk = await open_desk()
    await pop(desk, seed.DEMO["plain"].e164)
    assert desk.opened == []


@pytest.mark.parametrize(
    ("moment", "rung", "answered"), [("onFirstRing", 1, 1), ("onAnswer", 0, 1)]
)
async def test_the_page_opens_at_the_moment_that_was_chosen(open_desk, moment, rung, answered):
    desk = await open_desk()
    on_ring = await pop(desk, seed.DEMO["plain"].e164, incoming=moment)
    assert (len(on_ring), len(desk.opened)) == (rung, answered)
    assert all(urlsplit(url).scheme in {"http", "https"} for url in desk.opened)


async def test_several_matches_are_asked_about(open_desk):
    desk = await open_desk()
    await pop(desk, seed.DEMO["shared"].e164, incoming="onFirstRing", multi_match="promptToSelect")
    assert desk.opened == []
    desk.presenter.phone._on_prompt_chosen("0")
    assert len(desk.opened) == 1
    desk.presenter.phone._on_prompt_chosen("99")
    assert len(desk.opened) == 1


async def test_one_call_at_a_time(open_desk):
    desk = await open_desk()
    phone = desk.presenter.phone
    phone.ring_in(seed.DEMO["plain"].e164)
    phone.ring_in(seed.DEMO["shared"].e164)
    await desk.idle()
    phone.hang_up()
    phone.hang_up()
    assert len(list(phone.calls)) == 1


async def test_without_a_connection_a_lookup_says_so(open_desk):
    desk = await open_desk()
    desk.presenter.connect_to("nobody-knows")
    await desk.idle()
    desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
    await desk.idle()
    assert desk.child(QWidget, "notification").isVisible()


async def test_refresh_asks_the_crm_again_and_view_opens_the_page(open_desk):
    desk = await open_desk()
    await pop(desk, seed.DEMO["plain"].e164)
    session = next(iter(desk.presenter.phone.calls)).session_id
    before = desk.presenter.inspector.started(0).run_id
    desk.presenter.phone.refresh_contact(session)
    await desk.idle()
    assert desk.presenter.inspector.started(0).run_id > before
    desk.presenter.phone.view_contact(session)
    await desk.idle()
    (url,) = desk.opened
    assert url.startswith("https://")


async def test_a_call_that_the_extension_remembers_asks_nobody_and_is_journaled(open_desk):
    desk = await open_desk()
    number = seed.DEMO["plain"].e164
    await pop(desk, number)
    desk.presenter.phone.matches.set_age(number, 3600.0)
    await pop(desk, number)
    evidence = latest(desk)
    assert evidence.finished.cache_layer == "local"
    assert evidence.finished.cache_age_s >= 3600.0
    assert [contact["name"] for contact in evidence.contacts] == ["Anna Keller"]
    assert evidence.exchanges == ()


async def test_a_remembered_nobody_hides_a_contact_until_the_next_call_goes_past_it(open_desk):
    desk = await open_desk()
    phone, number = desk.presenter.phone, seed.DEMO["plain"].e164
    phone.matches.remember(number, [])
    await pop(desk, number)
    assert latest(desk).contacts == ()
    assert latest(desk).finished.cache_layer == "local"
    phone.bypass.local = True
    await pop(desk, number)
    assert latest(desk).contacts[0]["name"] == "Anna Keller"
    assert not phone.bypass.local


async def test_a_lookup_goes_past_the_accounts_cache_once(open_desk):
    desk = await open_desk()
    phone, number = desk.presenter.phone, seed.DEMO["plain"].e164
    cached = []
    for bypass in (False, False, True, False):
        phone.bypass.account = bypass
        phone.look_up(number)
        await desk.idle()
        cached.append(latest(desk).finished.cached)
    assert cached == [False, True, False, True]


async def test_a_manifest_that_wants_no_cache_gets_a_forced_refresh(open_desk):
    desk = await open_desk()
    page = msgspec.structs.replace(desk.presenter.bench.manifest.page, disable_contact_cache=True)
    desk.presenter.bench.manifest = msgspec.structs.replace(
        desk.presenter.bench.manifest, page=page
    )
    for _twice in range(2):
        desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
        await desk.idle()
        assert latest(desk).started.input["isForceRefreshAccountData"] is True


async def test_refresh_says_what_it_removed_from_the_caches(open_desk):
    desk = await open_desk()
    phone, number = desk.presenter.phone, "+16285550174"
    added = edit.add(home(), "insightly", "Nora Lindqvist", number[2:], type="contact")["id"]
    await pop(desk, number)
    with closing(Store(home() / "sandbox.sqlite")) as store:
        assert store.delete("insightly", "contacts", added)
    phone.refresh_contact(next(iter(phone.calls)).session_id)
    await desk.idle()
    renewed = [
        event for event in desk.presenter.journal.events() if isinstance(event, CacheRenewed)
    ]
    assert [(event.layer, event.after) for event in renewed] == [
        ("Extension's match", ()),
        ("Account cache", None),
    ]
    assert all(f"Nora Lindqvist · contact - {added}" in event.text for event in renewed)
    assert renewed[1].text in desk.window.console.text()
    notes = desk.child(QWidget, "notification").findChildren(QLabel)
    assert renewed[1].text in [note.text() for note in notes]


def latest(desk):
    journal = desk.presenter.journal
    return evidence_of(journal.events(journal.last_run_id))
