"""The same verbs, by the bench, for a connector of any kind or a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.bench import Bench, Run
from connectors.contract.model import CallContact, CallLog


@dataclass(frozen=True)
class Told:
    """What a verb came back with.

    Attributes:
        answer: as the extension has it.
        more: what only the bench knows.
    """

    answer: dict[str, Any]
    more: dict[str, Any]


class Way:
    """A bench as the window has it, and how long it waits for an answer."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    @property
    def timeout_s(self) -> float:
        return self._bench.connection.timeout_s

    @timeout_s.setter
    def timeout_s(self, seconds: float) -> None:
        changed = msgspec.structs.replace(self._bench.connection, timeout_s=seconds)
        self._bench.connection = changed

    async def find(self, number: str, formats: Sequence[str], *, extension: bool) -> Told:
        return _told(await self._bench.find(number, formats, is_extension=extension))

    async def search(self, name: str) -> Told:
        return _told(await self._bench.search(name))

    async def create(self, number: str, name: str, kind: str) -> Told:
        return _told(await self._bench.create(number, name, kind))

    async def log(self, call: CallLog, contact: CallContact, note: str) -> Told:
        return _told(await self._bench.log(call, contact, note))

    async def read_log(self, session_id: str) -> Told:
        return _told(await self._bench.read_log(session_id))

    async def update_log(self, call: CallLog, note: str, subject: str) -> Told:
        return _told(await self._bench.update_log(call, note, subject))


def _told(run: Run) -> Told:
    error = run.outcome.error
    return Told(
        run.outcome.answer,
        {
            "failed": run.failed,
            "failure": {"status": error.status if error else None, "unknown": run.outcome.unknown},
        },
    )
