"""One write at a time for one thing, over all workers: nothing is created or logged twice."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any

from connectors.runtime import messages
from connectors.server.database import Database, DatabaseError

POLL_S = (0.02, 0.5)
_log = logging.getLogger(__name__)


class StillBusyError(Exception):
    """Another request has been writing the same thing for longer than anybody can wait."""


class Alone:
    """Lets one holder of a key work at a time: within the worker by a lock, over all by a row.

    Args:
        database: where the claims of all workers are.
        wait_s: how long to wait for another holder.
        hold_s: how long a claim counts when its holder has died.
    """

    def __init__(self, database: Database, *, wait_s: float, hold_s: float) -> None:
        self._database = database
        self._wait_s = wait_s
        self._hold_s = hold_s
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._unreleased: dict[str, str] = {}

    @contextlib.asynccontextmanager
    async def __call__(self, *parts: str) -> AsyncIterator[None]:
        """Wait until nobody else holds the key that `parts` make, then hold it.

        Raises:
            StillBusyError: another holder takes too long.
            DatabaseError: the claim cannot be made; nothing has been written.
        """
        key = key_of(*parts)
        try:
            async with asyncio.timeout(self._wait_s) as limit:
                lock = await self._lock(key)
        except TimeoutError as error:
            assert limit.expired()
            raise StillBusyError from error
        try:
            owner = f"{os.getpid()}-{secrets.token_hex(8)}"
            await self._claim(key, owner)
            try:
                yield
            finally:
                await self._release(key, owner)
        finally:
            lock.release()
            self._forget(key)

    async def release_waiting(self) -> None:
        """Release the claims that could not be released while the database was gone."""
        for key, owner in list(self._unreleased.items()):
            await self._release(key, owner)

    async def _lock(self, key: str) -> asyncio.Lock:
        lock, users = self._locks.get(key) or (asyncio.Lock(), 0)
        self._locks[key] = lock, users + 1
        try:
            await lock.acquire()
        except BaseException:
            self._forget(key)
            raise
        return lock

    def _forget(self, key: str) -> None:
        lock, users = self._locks[key]
        if users > 1:
            self._locks[key] = lock, users - 1
        else:
            del self._locks[key]

    async def _claim(self, key: str, owner: str) -> None:
        if key in self._unreleased:
            await self._release(key, self._unreleased[key])
        ends_at = time.monotonic() + self._wait_s
        pause_s, longest_s = POLL_S
        while not await self._database.claim(key, owner, self._hold_s):
            if time.monotonic() > ends_at:
                raise StillBusyError
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, longest_s)

    async def _release(self, key: str, owner: str) -> None:
        try:
            await self._database.release(key, owner)
        except DatabaseError as error:
            # What was written must not be called a failure.
            _log.warning("a claim waits for the database, or ends by itself: %s", error)
            self._unreleased[key] = owner
        else:
            self._unreleased.pop(key, None)


def key_of(*parts: str) -> str:
    """Return a key of one length for several texts, which need not be told apart by a sign."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


def busy(what: str) -> dict[str, Any]:
    """Return the answer to who has waited too long for another request to write the same."""
    told = messages.message(
        f"Another request is still saving this {what}: look into the CRM before you save it again."
    )
    return {"successful": False, "returnMessage": told}
