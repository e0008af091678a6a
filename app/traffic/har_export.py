"""Writes runs of the journal to a HAR file: one page per run."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import aclosing
from pathlib import Path

from app.journal import Journal, RunStarted
from app.traffic.run_reading import Pause, exchanges_in_order
from app.traffic.whole_body import entry_slices
from connectors.contract.har import HAR_END, Page, har_begin


async def export_har(path: Path, journal: Journal, run_ids: Iterable[int], version: str) -> int:
    """Write the exchanges of some runs; return how many there are.

    The file is whole or not there at all, and for its owner's eyes only.

    Args:
        path: what is there is replaced.
        journal: where the runs are read from.
        run_ids: the runs, in the order of their pages.
        version: of Callbench.

    Raises:
        OSError: it cannot be written.
    """
    started = [run for run in map(journal.started, run_ids) if run is not None]
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    count = 0
    pause = Pause()
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(har_begin(map(_page, started), version))
            for run in started:
                async with aclosing(exchanges_in_order(journal, run.run_id, pause)) as exchanges:
                    async for exchange in exchanges:
                        page = _page(run).id
                        entry = entry_slices(
                            journal, run.run_id, exchange, page, is_first=not count
                        )
                        for part in entry:
                            file.write(part)
                            await pause.when_due()
                        count += 1
            file.write(HAR_END)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _page(run: RunStarted) -> Page:
    title = f"{run.operation} {run.subject}".strip()
    return Page(f"run-{run.run_id}", title, run.at_ms)
