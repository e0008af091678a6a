"""Runs of any size are read in the order in which their requests began."""

import asyncio

import pytest

from app.journal import ExchangeCaptured, Journal
from app.traffic import run_reading
from app.traffic.run_reading import Pause, exchanges_in_order
from connectors.contract.exchange import Body


@pytest.fixture
def journal(runs):
    journal = Journal()
    text = Body(text="x" * 20_000, size=20_000)
    for number in range(40, 0, -1):
        exchange = runs.exchange(number, f"/{number}", at=number, response_body=text)
        journal.append(ExchangeCaptured(run_id=1, at_ms=0.0, exchange=exchange))
    yield journal
    journal.close()


async def test_exchanges_come_in_the_order_in_which_they_began(journal):
    read = [exchange.id async for exchange in exchanges_in_order(journal, 1, Pause())]
    assert read == list(range(1, 41))


async def test_a_run_that_is_not_there_has_none(journal):
    assert [each async for each in exchanges_in_order(journal, 9, Pause())] == []


async def test_others_get_their_turn_meanwhile(journal, monkeypatch):
    monkeypatch.setattr(run_reading, "WORK_S", 0.0)
    turns = []

    async def other():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    task = asyncio.ensure_future(other())
    async for _exchange in exchanges_in_order(journal, 1, Pause()):
        pass
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(turns) >= 40


async def test_nobody_waits_before_the_time_has_come(monkeypatch):
    monkeypatch.setattr(run_reading, "WORK_S", 3600.0)
    turns = []
    task = asyncio.ensure_future(asyncio.sleep(0))
    task.add_done_callback(turns.append)
    pause = Pause()
    for _ in range(1000):
        await pause.when_due()
    assert turns == []
    await task


async def test_each_exchange_is_read_once(journal, monkeypatch):
    read = []
    whole = journal._whole
    monkeypatch.setattr(journal, "_whole", lambda kept: read.append(kept) or whole(kept))
    assert len([each async for each in exchanges_in_order(journal, 1, Pause())]) == 40
    assert len(read) == 40
