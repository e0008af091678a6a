"""How often per second the server's database answers what a cached lookup asks, and keeps a miss.

A cached lookup reads the user, whose secrets are opened, and the account's answer. SQLite is a file
in a temporary folder; PostgreSQL is started from the system's packages, and left out where there is
none. It shares the machine's processors with this program. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.contract.model import User
from connectors.server.database import Database
from connectors.server.sealing import Sealer
from tests.postgresql import PostgresqlServer, binaries

TIMES = 4000
USER = User(
    id="1-insightly",
    platform="insightly",
    access_token="an access token",
    refresh_token="a refresh token",
    rc_account_id="account",
    platform_additional_info={"apiKey": "a key", "apiUrl": "https://api.insightly.example"},
    user_settings={"formats": {"value": "(###) ###-####", "customizable": True}},
)
STAGES = [{"const": str(number), "title": f"Stage {number}"} for number in range(10)]
CONTACTS = [
    {"id": number, "name": "Ada Lovelace", "type": "Contact", "additionalInfo": {"stage": STAGES}}
    for number in range(3)
]


async def rate(work: Callable[[], Awaitable[object]], at_once: int) -> float:
    """Return how often per second `work` is done."""

    async def worker() -> None:
        for _ in range(TIMES // at_once):
            await work()

    await work()
    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return TIMES // at_once * at_once / (time.perf_counter() - began)


async def measure(name: str, url: str) -> None:
    """Print the rates of one database."""
    database = await Database.open(url, Sealer(["a secret key of the server, long enough"]))
    await database.put_user(USER, "insightly")
    await database.put_contacts("account", "insightly", "+14155550100", CONTACTS)

    async def hit() -> None:
        await database.user(USER.id, "insightly")
        await database.cached_contacts("account", "insightly", "+14155550100")

    async def keep() -> None:
        await database.put_contacts("account", "insightly", "+14155550177", CONTACTS)

    for what, work in (("read a user and an answer", hit), ("keep an answer", keep)):
        for at_once in (1, 32):
            print(f"{name:10}  {what:25}  {at_once:2} at once  {await rate(work, at_once):6.0f}/s")
    await database.close()


def main() -> None:
    """Measure both databases."""
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(measure("SQLite", f"sqlite:///{folder}/server.sqlite"))
    programs = binaries()
    if programs is None:
        print("PostgreSQL is not installed.")
        return
    server = PostgresqlServer(programs)
    try:
        server.start()
        uvloop.run(measure("PostgreSQL", server.url()))
    finally:
        server.close()


if __name__ == "__main__":
    main()
