"""A server that is stopped and started, refuses, or was never there."""

from __future__ import annotations

import asyncio
import socket

import pytest

from connectors.server.database import Database, DatabaseError
from connectors.server.sealing import Sealer
from tests.postgresql import PASSWORD

SEALER = Sealer(["the server's secret key, long enough"])


@pytest.fixture
def opening(at_end):
    async def open_database(url):
        database = await Database.open(url, SEALER)
        at_end.append(database.close)
        return database

    return open_database


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
async def test_every_usual_spelling_of_the_url_is_taken(opening, postgresql_url, scheme):
    url = postgresql_url.replace("postgresql", scheme, 1) + "&sslmode=prefer&application_name=calls"
    database = await opening(url)
    await database.ping()


async def test_the_same_database_works_again_after_the_server_was_away(
    opening, postgresql_url, postgresql_server
):
    database = await opening(postgresql_url)
    await asyncio.gather(*(database.put_contacts("acc", "x", str(n), [n]) for n in range(20)))
    postgresql_server.stop()
    try:
        attempts = [
            *(database.put_contacts("acc", "x", f"away {n}", [n]) for n in range(20)),
            database.cached_contacts("acc", "x", "1"),
            database.claim("work", "a", 60),
            database.ping(),
        ]
        done = await asyncio.gather(*attempts, return_exceptions=True)
        assert {type(error) for error in done} == {DatabaseError}
        for error in done:
            assert "cannot be reached" in str(error)
            assert PASSWORD not in str(error)
    finally:
        postgresql_server.start()
    kept = await asyncio.gather(*(database.cached_contacts("acc", "x", str(n)) for n in range(20)))
    assert [answer.contacts for answer in kept] == [[n] for n in range(20)]
    assert await database.cached_contacts("acc", "x", "away 1") is None
    await database.put_contacts("acc", "x", "back", [])
    assert await database.claim("work", "a", 60)


async def test_a_write_that_returned_survives_a_crash(opening, postgresql_url, postgresql_server):
    """Many writers at work while the server breaks: each write either raised or is there."""
    database = await opening(postgresql_url)
    written = []
    first_written = asyncio.Event()

    async def write(writer):
        number = 0
        while True:
            key = f"{writer}-{number}"
            await database.put_contacts("acc", "x", key, [number])
            written.append((key, number))
            first_written.set()
            number += 1

    async def break_it():
        await first_written.wait()
        postgresql_server.stop()

    try:
        done = await asyncio.gather(
            *(write(writer) for writer in range(8)), break_it(), return_exceptions=True
        )
        assert {type(error) for error in done[:-1]} == {DatabaseError}
        assert done[-1] is None
    finally:
        postgresql_server.start()
    assert written
    for key, number in written:
        assert (await database.cached_contacts("acc", "x", key)).contacts == [number]


async def test_a_broken_connection_is_not_the_end_of_a_read(
    opening, postgresql_url, postgresql_server
):
    database = await opening(postgresql_url)
    await database.put_contacts("acc", "x", "1", ["kept"])
    other = await opening(postgresql_url)
    await other._driver._pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert (await database.cached_contacts("acc", "x", "1")).contacts == ["kept"]


async def test_a_server_that_is_not_there_is_named_without_the_password(opening):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(DatabaseError, match=f"127.0.0.1:{port}/calls cannot be reached") as failed:
        await opening(f"postgresql://me:{PASSWORD}@127.0.0.1:{port}/calls")
    assert PASSWORD not in str(failed.value)


async def test_a_wrong_password_is_refused_without_being_shown(opening, postgresql_url):
    wrong = postgresql_url.replace(PASSWORD, "canary-wrong")
    with pytest.raises(DatabaseError, match=r"refuses .*password auth.*the right user") as failed:
        await opening(wrong)
    assert "canary-wrong" not in str(failed.value)


async def test_too_many_workers_are_told_what_to_do(opening, own_database_url):
    first = await opening(own_database_url)
    await first._driver._pool.execute(
        "CREATE ROLE crowded LOGIN PASSWORD 'canary' CONNECTION LIMIT 1"
    )
    await first._driver._pool.execute("GRANT ALL ON SCHEMA public TO crowded")
    await first._driver._pool.execute("GRANT SELECT ON callbench_schema TO crowded")
    url = own_database_url.replace(f"callbench:{PASSWORD}", "crowded:canary")
    await opening(url)
    with pytest.raises(DatabaseError, match="start fewer workers") as failed:
        await opening(url)
    assert "canary" not in str(failed.value)


async def test_a_user_without_rights_is_refused(opening, own_database_url):
    first = await opening(own_database_url)
    await first._driver._pool.execute("CREATE ROLE guest LOGIN PASSWORD 'canary'")
    with pytest.raises(DatabaseError, match=r"permission denied.*may make tables"):
        await opening(own_database_url.replace(f"callbench:{PASSWORD}", "guest:canary"))


async def test_a_database_that_is_not_there_is_named(opening, postgresql_server):
    with pytest.raises(DatabaseError, match=r"refuses .*does not exist"):
        await opening(postgresql_server.url("missing"))
