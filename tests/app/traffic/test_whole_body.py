"""Large bodies are read whole from the journal, while others get their turn."""

import asyncio
import json

import pytest

from app.journal import ExchangeCaptured, Journal, LargeBody
from app.traffic import run_reading
from app.traffic.large_body import PIECE
from app.traffic.whole_body import MOST_AT_ONCE, entry_slices, whole_text, with_short_answer
from connectors.contract.exchange import Body
from connectors.contract.har import har_piece

TEXTS = ['{"a": "', "\n\u2028ë", '"}']


@pytest.fixture
def journal():
    journal = Journal()
    yield journal
    journal.close()


def keep(journal, exchange, side, texts, *, truncated=False):
    pieces = tuple(journal.keep_piece(text.encode()) for text in texts)
    large = LargeBody(pieces, truncated)
    journal.keep_large(1, exchange.id, side, large)
    journal.append(ExchangeCaptured(run_id=1, at_ms=0.0, exchange=exchange))
    return large


async def test_the_text_is_that_of_all_pieces(journal, runs):
    assert await whole_text(journal, keep(journal, runs.exchange(1, "/"), "request", TEXTS)) == (
        "".join(TEXTS)
    )


async def test_others_get_their_turn_meanwhile(journal, runs, monkeypatch):
    monkeypatch.setattr(run_reading, "WORK_S", 0.0)
    large = keep(journal, runs.exchange(1, "/"), "response", ["x" * 1000] * 20)
    turns = []

    async def other():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    task = asyncio.ensure_future(other())
    assert len(await whole_text(journal, large)) == 20_000
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(turns) >= 20


@pytest.mark.parametrize("truncated", [True, False])
def test_an_entry_holds_bodies_of_which_the_exchange_has_only_the_beginning(
    journal, runs, truncated
):
    cut = Body(text="{", size=900, truncated=True)
    exchange = runs.exchange(1, "/", response_body=cut)
    keep(journal, exchange, "response", TEXTS, truncated=truncated)
    (entry,) = json.loads(b"[" + b"".join(entry_slices(journal, 1, exchange, is_first=True)) + b"]")
    assert entry["response"]["content"]["text"] == "".join(TEXTS)
    assert entry.get("_truncatedResponse") == (900 if truncated else None)


def test_an_entry_without_large_bodies_is_as_it_always_is(journal, runs):
    exchange = runs.exchange(1, "/", body="a=1")
    written = b"".join(entry_slices(journal, 1, exchange, "run-1", is_first=False))
    assert written == har_piece(exchange, "run-1", is_first=False)


def test_an_answer_is_read_at_once_unless_it_is_too_long_for_that(journal, runs):
    exchange = runs.exchange(1, "/", response_body=Body(text="{", size=900, truncated=True))
    assert with_short_answer(journal, 1, exchange) is exchange
    keep(journal, exchange, "response", TEXTS)
    whole = Body(text="".join(TEXTS), size=900)
    assert with_short_answer(journal, 1, exchange).response_body == whole
    keep(journal, exchange, "response", ["x"] * (MOST_AT_ONCE // PIECE + 1))
    assert with_short_answer(journal, 1, exchange) is exchange
