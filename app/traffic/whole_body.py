"""Bodies of which an exchange has only the beginning, read whole from the journal in slices."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from app.journal import Journal, LargeBody, Side
from app.traffic.large_body import PIECE
from app.traffic.run_reading import Pause
from connectors.contract.exchange import Body, Exchange
from connectors.contract.har import har_slices

MOST_AT_ONCE = 8 * 1024 * 1024
"""Characters of an answer that are read at once by who must have it whole."""

_FIELDS: dict[Side, str] = {"request": "body", "response": "response_body"}


async def whole_text(journal: Journal, large: LargeBody) -> str:
    """Return all of a body's text, read while the window goes on."""
    pause = Pause()
    texts = []
    for text in journal.texts(large):
        texts.append(text)
        await pause.when_due()
    return "".join(texts)


def with_short_answer(journal: Journal, run_id: int, exchange: Exchange) -> Exchange:
    """Return an exchange with its whole answer, unless reading that would hold the window up."""
    body, large = exchange.response_body, journal.large(run_id, exchange.id, "response")
    if body is None or large is None or len(large.pieces) * PIECE > MOST_AT_ONCE:
        return exchange
    whole = msgspec.structs.replace(
        body, text="".join(journal.texts(large)), truncated=large.truncated
    )
    return msgspec.structs.replace(exchange, response_body=whole)


def entry_slices(
    journal: Journal, run_id: int, exchange: Exchange, page: str = "", *, is_first: bool
) -> Iterator[bytes]:
    """Yield an exchange as an entry of a HAR file, its bodies whole, in slices of any number."""
    texts: dict[str, Iterator[str]] = {}
    changes: dict[str, Body] = {}
    for side, field in _FIELDS.items():
        large = journal.large(run_id, exchange.id, side)
        body: Body | None = getattr(exchange, field)
        if large is not None and body is not None:
            texts[side] = journal.texts(large)
            changes[field] = msgspec.structs.replace(body, truncated=large.truncated)
    whole = msgspec.structs.replace(exchange, **changes)
    return har_slices(whole, page, is_first=is_first, **texts)
