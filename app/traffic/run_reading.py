"""Reads the exchanges of runs of any size while the window goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from app.journal import ExchangeCaptured, Journal
from connectors.contract.exchange import Exchange

PAUSE_BYTES = 256 * 1024
"""After so much the window gets its turn."""

PAUSE_S = 0.001
"""Not nothing: the window's timers would wait behind the loop's own."""

EACH_BYTES = 2048
"""What an exchange costs besides its bodies."""


class Pause:
    """Lets the window work after so many bytes."""

    def __init__(self) -> None:
        self._bytes = 0

    async def after(self, size: int) -> None:
        """Count some bytes, and wait a moment when it is time for that."""
        self._bytes += size + EACH_BYTES
        if self._bytes >= PAUSE_BYTES:
            self._bytes = 0
            await asyncio.sleep(PAUSE_S)


async def exchanges_in_order(
    journal: Journal, run_id: int, pause: Pause
) -> AsyncGenerator[Exchange, None]:
    """Yield the exchanges of a run in the order in which they began.

    No more than one of them is in memory, however many there are.
    """
    began: list[tuple[float, int]] = []
    for event in journal.events(run_id):
        if isinstance(event, ExchangeCaptured):
            began.append((event.exchange.started_ms, event.exchange.id))
            await pause.after(size_of(event.exchange))
    for _started, exchange_id in sorted(began):
        exchange = journal.exchange(run_id, exchange_id)
        if exchange is not None:
            yield exchange
            await pause.after(size_of(exchange))


def size_of(exchange: Exchange) -> int:
    """Return about how many bytes an exchange holds."""
    return sum(len(body.text) for body in (exchange.body, exchange.response_body) if body)
