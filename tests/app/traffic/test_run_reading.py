"""Runs of any size are read in the order in which their requests began."""

import asyncio

import pytest

from app.journal import ExchangeCaptured, Journal
from app.traffic.run_reading import PAUSE_BYTES, Pause, exchanges_in_order, size_of
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


async def test_others_get_their_turn_meanwhile(journal):
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
    assert len(turns) >= 2 * 40 * 20_000 // PAUSE_BYTES


def test_the_size_of_an_exchange_is_that_of_its_bodies(runs):
    assert size_of(runs.exchange(1, "/", body="abc")) == 5
    assert size_of(runs.exchange(1, "/", response_body=None)) == 0
