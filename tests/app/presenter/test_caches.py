"""The Caches tab over the real window: what is kept, and a stale answer made on purpose."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QTableWidget

from app.evidence import evidence_of
from app.extension.cache_rows import Layer
from app.sandbox import seed

ANNA = seed.DEMO["plain"]


@pytest.fixture
def open_tab(open_desk):
    async def open_it():
        desk = await open_desk()
        desk.window.show_tab("Caches")
        desk.presenter.phone.look_up(ANNA.e164)
        await desk.idle()
        desk.presenter.caches.refresh()
        return desk

    return open_it


def rows(desk):
    table = desk.child(QTableWidget, "cachesTable")
    return {
        table.item(row, 0).text(): [table.item(row, column).text() for column in (1, 4)]
        for row in range(table.rowCount())
    }


def choose(desk, layer):
    table = desk.child(QTableWidget, "cachesTable")
    (row,) = [row for row in range(table.rowCount()) if table.item(row, 0).text() == layer]
    table.selectRow(row)


def click(desk, name):
    button = desk.child(QPushButton, name)
    assert button.isEnabled()
    button.click()


async def look_up(desk):
    desk.presenter.phone.look_up(ANNA.e164)
    await desk.idle()
    journal = desk.presenter.journal
    desk.presenter.caches.refresh()
    return evidence_of(journal.events(journal.last_run_id))


def done(desk):
    return desk.child(QLabel, "cacheNote").text()


async def test_a_lookup_fills_the_extensions_match_and_the_accounts_cache(open_tab):
    desk = await open_tab()
    shown = rows(desk)
    assert list(shown)[:3] == [Layer.MATCH, Layer.PIN, Layer.TASK]
    for layer in (Layer.MATCH, Layer.ACCOUNT):
        state, answer = shown[layer]
        assert state == "● hit"
        assert answer.startswith("Anna Keller · contact - ")
    assert shown[Layer.PIN] == ["○ miss", ""]
    scope = desk.child(QComboBox, "cacheScopeCombo")
    assert scope.itemText(0) == "This number: (415) 555-0132"


async def test_an_outdated_answer_is_given_until_a_forced_refresh(open_tab):
    desk = await open_tab()
    choose(desk, Layer.ACCOUNT)
    click(desk, "outdatedCacheEntryButton")
    assert "has outdated names now" in done(desk)
    stale = await look_up(desk)
    assert stale.contacts[0]["name"] == "Anna Keller (outdated)"
    assert stale.finished.cached
    desk.child(QCheckBox, "bypassAccountCheck").click()
    fresh = await look_up(desk)
    assert fresh.contacts[0]["name"] == "Anna Keller"
    assert not desk.child(QCheckBox, "bypassAccountCheck").isChecked()


async def test_an_answer_made_stale_is_still_given_and_its_age_is_in_the_journal(open_tab):
    desk = await open_tab()
    choose(desk, Layer.ACCOUNT)
    click(desk, "staleCacheEntryButton")
    stale = await look_up(desk)
    assert stale.finished.cache_layer == "account"
    assert stale.finished.cache_age_s > 90 * 86_400
    click(desk, "maintainCachesButton")
    assert done(desk).startswith("Maintenance removed 1 answer")
    assert not (await look_up(desk)).finished.cached


async def test_a_cleared_answer_makes_the_next_lookup_ask(open_tab):
    desk = await open_tab()
    choose(desk, Layer.ACCOUNT)
    click(desk, "clearCacheEntryButton")
    assert "Anna Keller" in done(desk)
    assert rows(desk)[Layer.ACCOUNT] == ["○ miss", ""]
    assert not (await look_up(desk)).finished.cached


async def test_nobody_is_remembered_on_purpose_and_a_call_believes_it(open_tab):
    desk = await open_tab()
    choose(desk, Layer.MATCH)
    click(desk, "nobodyCacheEntryButton")
    assert rows(desk)[Layer.MATCH] == ["● hit", "nobody"]
    phone = desk.presenter.phone
    phone.ring_in(ANNA.e164)
    await desk.idle()
    journal = desk.presenter.journal
    assert evidence_of(journal.events(journal.last_run_id)).finished.cache_layer == "local"
    phone.hang_up()
    assert phone.calls.rows(0.0)[0].matched is False
    desk.child(QCheckBox, "bypassLocalCheck").click()
    phone.ring_in(ANNA.e164)
    await desk.idle()
    phone.hang_up()
    assert phone.contacts(ANNA.e164)[0].name == "Anna Keller"


async def test_a_whole_cache_is_cleared(open_tab):
    desk = await open_tab()
    choose(desk, Layer.MATCH)
    click(desk, "clearCacheLayerButton")
    assert rows(desk)[Layer.MATCH] == ["○ miss", ""]
    assert rows(desk)[Layer.ACCOUNT][0] == "● hit"


async def test_the_number_is_the_shown_runs_or_the_one_that_is_typed(open_tab):
    desk = await open_tab()
    scope = desk.child(QComboBox, "cacheScopeCombo")
    desk.presenter.caches.show_typed("628 555 0174")
    desk.presenter.caches.refresh()
    assert scope.itemText(0) == "This number: (628) 555-0174"
    desk.presenter.caches.show_run(1)
    desk.presenter.caches.refresh()
    assert scope.itemText(0) == "This number: (415) 555-0132"
    desk.presenter.caches.show_run(999)
    desk.presenter.caches.show_typed("")
    desk.presenter.caches.refresh()
    assert scope.itemText(0) == "This number: (415) 555-0132"


async def test_nothing_is_read_while_the_tab_is_not_seen(open_tab, monkeypatch):
    desk = await open_tab()
    desk.window.show_tab("Match")
    read = []
    monkeypatch.setattr(desk.window.caches, "show_caches", read.append)
    await look_up(desk)
    assert read == []
    desk.window.show_tab("Caches")
    assert len(read) == 1


async def test_without_a_connection_there_is_no_accounts_cache(open_tab):
    desk = await open_tab()
    desk.presenter.connect_to("nobody-knows")
    await desk.idle()
    desk.presenter.caches.refresh()
    assert rows(desk)[Layer.ACCOUNT] == ["○ miss", ""]
