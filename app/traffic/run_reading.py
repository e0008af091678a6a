"""Reads the exchanges of runs of any size while the window goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

from app.journal import Journal
from connectors.contract.exchange import Exchange

WORK_S = 0.008
"""After so long the window gets its turn: half a frame of the screen."""

PAUSE_S = 0.001
"""Not nothing: the window's timers would wait behind the loop's own."""


class Pause:
    """Lets the window work after so much time."""

    def __init__(self) -> None:
        self._due = time.perf_counter() + WORK_S

    async def when_due(self) -> None:
        """Wait a moment when it is time for that."""
        if time.perf_counter() >= self._due:
            await asyncio.sleep(PAUSE_S)
            self._due = time.perf_counter() + WORK_S


async def exchanges_in_order(
    journal: Journal, run_id: int, pause: Pause
) -> AsyncGenerator[Exchange, None]:
    """Yield the exchanges of a run in the order in which they began.

    No more than one of them is in memory, however many there are.
    """
    for exchange_id in journal.exchange_ids(run_id):
        exchange = journal.exchange(run_id, exchange_id)
        if exchange is not None:
            yield exchange
            await pause.when_due()
