"""Remembers lookups and creates between commands: ``create`` ends before ``find`` begins.

One file of JSON lines in the state folder, readable by its owner only. A run is kept for a day and
without its requests; it is what the connector returned, from which secrets are gone already.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

from app.checks.reading import LOOKUPS
from app.evidence import Evidence
from app.journal import RunFinished, RunStarted
from connectors.contract.model import Wire

logger = logging.getLogger(__name__)

FILE_NAME = "latest-runs.jsonl"
MOST = 200
MAX_AGE_MS = 24 * 60 * 60 * 1000.0
MAX_BYTES = 256 * 1024
"""A longer result is not kept: hundreds of contacts say no more than the first ones."""


class _Kept(Wire, frozen=True, kw_only=True):
    started: RunStarted
    finished: RunFinished


class RunMemory:
    """The latest runs of earlier commands.

    Args:
        home: the state folder.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME

    def before(self, run: Evidence) -> tuple[Evidence, ...]:
        """Return the runs of the day before `run`, of any account, the oldest first."""
        began = run.started.at_ms
        return tuple(
            Evidence(kept.started, kept.finished)
            for kept in self._read()
            if began - MAX_AGE_MS < kept.started.at_ms < began
        )

    def keep(self, run: Evidence) -> None:
        """Remember a run; what is no lookup and no create is passed over."""
        if run.started.operation not in LOOKUPS | {"createContact"}:
            return
        kept = self._read()
        number = max((each.started.run_id for each in kept), default=0) + 1
        new = _Kept(
            started=msgspec.structs.replace(run.started, run_id=number),
            finished=msgspec.structs.replace(run.finished, run_id=number),
        )
        self._write([*kept, new][-MOST:])

    def forget(self, connection_prefix: str) -> None:
        """Forget the runs of these connections: their CRM's contacts are no longer the same."""
        kept = self._read()
        if kept:
            self._write(
                each for each in kept if not each.started.connection.startswith(connection_prefix)
            )

    def _read(self) -> list[_Kept]:
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return []
        kept = []
        for line in lines:
            # A line that a crash has cut says nothing.
            with contextlib.suppress(msgspec.MsgspecError, RecursionError):
                kept.append(msgspec.json.decode(line, type=_Kept))
        return kept

    def _write(self, kept: Iterable[_Kept]) -> None:
        lines = [msgspec.json.encode(each) for each in kept]
        draft = self._path.with_suffix(".new")
        try:
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            draft.write_bytes(b"".join(line + b"\n" for line in lines if len(line) <= MAX_BYTES))
            draft.replace(self._path)
        except OSError as error:
            # The command itself is not to fail for it.
            logger.warning("%s cannot be written: %s", self._path, error)
