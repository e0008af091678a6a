"""One owner at a time, over real processes."""

from __future__ import annotations

import subprocess
import sys

WORKERS = 3
TURNS = 8

WORK = """
import asyncio, os, sys
from connectors.server.database import Database
from connectors.server.sealing import Sealer

url, held, turns = sys.argv[1], sys.argv[2], int(sys.argv[3])

async def main():
    database = await Database.open(url, Sealer(["the server's secret key, long enough"]))
    print("ready", flush=True)
    sys.stdin.readline()
    for turn in range(turns):
        owner = f"{os.getpid()} {turn}"
        while not await database.claim("work", owner, 60):
            await asyncio.sleep(0)
        os.close(os.open(held, os.O_CREAT | os.O_EXCL))  # fails where another is at work
        await database.ping()
        os.unlink(held)
        await database.release("work", owner)
    await database.close()

asyncio.run(main())
"""

RACE = """
import asyncio, sys
from connectors.server.database import Database
from connectors.server.sealing import Sealer

async def main():
    database = await Database.open(sys.argv[1], Sealer(["the server's secret key, long enough"]))
    print("ready", flush=True)
    sys.stdin.readline()
    took = [key for key in range(50) if await database.claim(f"expired {key}", sys.argv[2], 60)]
    await database.close()
    print(*took)

asyncio.run(main())
"""


def start(program, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def let_go(workers):
    """Let all begin at once; return what each printed."""
    for worker in workers:
        assert worker.stdout.readline() == "ready\n", worker.stderr.read()
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    printed = []
    for worker in workers:
        output, errors = worker.communicate(timeout=60)
        assert worker.returncode == 0, errors
        printed.append(output)
    return printed


def test_two_processes_never_do_the_same_work_at_once(database_url, tmp_path):
    held = tmp_path / "held"
    let_go([start(WORK, database_url, str(held), str(TURNS)) for _ in range(WORKERS)])
    assert not held.exists()


async def test_an_expired_claim_is_taken_over_by_one_process(database_url):
    from connectors.server.database import Database
    from connectors.server.sealing import Sealer

    database = await Database.open(database_url, Sealer(["the server's secret key, long enough"]))
    for key in range(50):
        assert await database.claim(f"expired {key}", "a worker that died", 0)
    await database.close()
    printed = let_go([start(RACE, database_url, str(number)) for number in range(WORKERS)])
    taken = sorted(int(key) for output in printed for key in output.split())
    assert taken == list(range(50))
