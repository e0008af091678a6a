from __future__ import annotations

import asyncio

import pytest

from connectors.server.alone import Alone, StillBusyError, busy, key_of
from connectors.server.database import Database, DatabaseError
from connectors.server.sealing import Sealer


async def opened(url, at_end):
    database = await Database.open(url, Sealer(["k" * 32]))
    at_end.append(database.close)
    return database


def alone(database, **changes):
    return Alone(database, **({"wait_s": 5.0, "hold_s": 30.0} | changes))


class Count:
    """How many are inside at once, and how many were."""

    def __init__(self):
        self.inside = self.most = self.times = 0

    async def work(self, alone, *key):
        async with alone(*key):
            self.inside += 1
            self.times += 1
            self.most = max(self.most, self.inside)
            for _ in range(5):
                await asyncio.sleep(0)
            self.inside -= 1


@pytest.mark.parametrize("workers", [1, 2])
async def test_one_at_a_time_within_a_worker_and_over_all(sqlite_url, at_end, workers):
    database = await opened(sqlite_url, at_end)
    holders = [alone(database) for _ in range(workers)]
    count = Count()
    async with asyncio.TaskGroup() as group:
        for each in range(6):
            group.create_task(count.work(holders[each % workers], "contact", "Ada"))
    assert (count.times, count.most) == (6, 1)
    assert all(not holder._locks for holder in holders)


async def test_different_things_do_not_wait_for_each_other(sqlite_url, at_end):
    held = alone(await opened(sqlite_url, at_end))
    async with held("a", "bc"), held("ab", "c"):
        pass


@pytest.mark.parametrize("same_worker", [True, False])
async def test_who_waits_too_long_is_told(sqlite_url, at_end, same_worker):
    database = await opened(sqlite_url, at_end)
    first = alone(database, wait_s=0.05)
    second = first if same_worker else alone(database, wait_s=0.05)
    async with first("x"):
        with pytest.raises(StillBusyError):
            async with second("x"):
                pass
    async with second("x"):
        pass


async def test_a_claim_whose_holder_died_ends(sqlite_url, at_end):
    database = await opened(sqlite_url, at_end)
    assert await database.claim(key_of("x"), "a worker that died", 0.05)
    async with alone(database)("x"):
        pass


async def test_a_failure_inside_frees_the_key(sqlite_url, at_end):
    held = alone(await opened(sqlite_url, at_end))
    for _ in range(2):
        with pytest.raises(RuntimeError):
            async with held("x"):
                raise RuntimeError
    assert not held._locks


class Leaving:
    """A database that is gone when a claim is released."""

    def __init__(self, database):
        self.database = database
        self.gone = True

    async def claim(self, key, owner, ttl_s):
        return await self.database.claim(key, owner, ttl_s)

    async def release(self, key, owner):
        if self.gone:
            raise DatabaseError("gone")
        await self.database.release(key, owner)


@pytest.mark.parametrize("tidied", [True, False])
async def test_a_claim_that_could_not_be_released_is_released_later(sqlite_url, at_end, tidied):
    database = Leaving(await opened(sqlite_url, at_end))
    held, other = alone(database), alone(database, wait_s=0.05)
    done = []
    async with held("x"):
        done.append("what was written is no failure")
    assert done
    with pytest.raises(StillBusyError):
        async with other("x"):
            pass
    database.gone = False
    if tidied:
        await held.release_waiting()
        async with other("x"):
            pass
    async with held("x"):
        pass


def test_a_key_tells_its_parts_apart():
    assert key_of("a", "bc") != key_of("ab", "c")
    assert key_of("a") == key_of("a")
    assert len(key_of("\ud800" * 1000)) == 64


def test_what_who_waits_too_long_is_told():
    answer = busy("contact")
    assert answer["successful"] is False
    assert "before you save it again" in answer["returnMessage"]["message"]
