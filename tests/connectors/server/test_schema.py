"""Tables are made once, by however many workers."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from connectors.server.database import Database, DatabaseUrlError
from connectors.server.sealing import Sealer
from connectors.server.tables import SCHEMA_VERSION, Statement

KEY = "the server's secret key, long enough"
WORKERS = 3

OPEN = """
import asyncio, sys
from connectors.server.database import Database
from connectors.server.sealing import Sealer

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    database = await Database.open(sys.argv[1], Sealer([sys.argv[2]]))
    await database.put_contacts("acc", "x", sys.argv[3], [])
    await database.close()

asyncio.run(main())
"""


def test_workers_that_start_together_make_the_tables_once(database_url):
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, database_url, KEY, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(WORKERS)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        _, errors = worker.communicate(timeout=60)
        assert worker.returncode == 0, errors

    async def kept():
        database = await Database.open(database_url, Sealer([KEY]))
        try:
            numbers = [str(number) for number in range(WORKERS)]
            return [await database.cached_contacts("acc", "x", number) for number in numbers]
        finally:
            await database.close()

    assert None not in asyncio.run(kept())


async def test_connections_that_open_together_make_the_tables_once(database_url, at_end):
    opened = await asyncio.gather(*(Database.open(database_url, Sealer([KEY])) for _ in range(5)))
    for database in opened:
        at_end.append(database.close)
        await database.ping()


async def test_tables_of_a_newer_version_are_refused_and_left_alone(database_url, at_end):
    database = await Database.open(database_url, Sealer([KEY]))
    at_end.append(database.close)
    newer = Statement(f"UPDATE callbench_schema SET version = {SCHEMA_VERSION + 1}", ())
    await database._driver.write(newer)
    with pytest.raises(DatabaseUrlError, match=r"newer version of Callbench.*update this server"):
        await Database.open(database_url, Sealer([KEY]))
    older = Statement(f"UPDATE callbench_schema SET version = {SCHEMA_VERSION}", ())
    assert await database._driver.write(older) == 1
    again = await Database.open(database_url, Sealer([KEY]))
    await again.close()
