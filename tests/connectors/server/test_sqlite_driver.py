"""The file: its rights, other processes that hold it, and what happens when it goes away."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest

from connectors.server import sqlite_driver
from connectors.server.database import Database, DatabaseError, DatabaseUrlError
from connectors.server.sealing import Sealer

SEALER = Sealer(["the server's secret key, long enough"])

WRITE = """
import asyncio, itertools, sys
from connectors.server.database import Database
from connectors.server.sealing import Sealer

async def main():
    database = await Database.open(sys.argv[1], Sealer(["the server's secret key, long enough"]))
    for number in itertools.count():
        await database.put_contacts("acc", "x", str(number), [number])
        print(number, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "made by it" / "server.sqlite"


@pytest.fixture
def opening(path, at_end):
    async def open_database():
        database = await Database.open(f"sqlite:///{path}", SEALER)
        at_end.append(database.close)
        return database

    return open_database


async def test_a_new_file_is_for_its_owner_alone(opening, path):
    database = await opening()
    await database.put_contacts("acc", "x", "1", [])
    made = sorted(path.parent.iterdir())
    assert path in made
    assert [file.stat().st_mode & 0o077 for file in made] == [0] * len(made)


async def test_readers_go_on_while_a_writer_is_kept_waiting(opening, path, monkeypatch):
    monkeypatch.setattr(sqlite_driver, "BUSY_S", 0.05)
    database = await opening()
    await database.put_contacts("acc", "x", "1", ["kept"])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(DatabaseError, match=r"server\.sqlite stayed locked"):
            await database.put_contacts("acc", "x", "2", ["refused"])
        assert (await database.cached_contacts("acc", "x", "1")).contacts == ["kept"]
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert await database.cached_contacts("acc", "x", "2") is None
    await database.put_contacts("acc", "x", "2", ["now"])
    assert (await database.cached_contacts("acc", "x", "2")).contacts == ["now"]


async def test_a_file_that_goes_away_is_missed_and_found_again(opening, path):
    database = await opening()
    await database.put_contacts("acc", "x", "1", ["kept"])
    away = path.parent / "away"
    away.mkdir()
    moved = [file.rename(away / file.name) for file in path.parent.glob("server.sqlite*")]
    for attempt in (database.put_contacts("acc", "x", "2", []), database.ping()):
        with pytest.raises(DatabaseError, match="is gone"):
            await attempt
    for file in moved:
        file.rename(path.parent / file.name)
    assert (await database.cached_contacts("acc", "x", "1")).contacts == ["kept"]
    await database.put_contacts("acc", "x", "2", ["back"])
    assert (await database.cached_contacts("acc", "x", "2")).contacts == ["back"]


async def test_a_file_that_another_replaces_is_opened_anew(opening, path, tmp_path, at_end):
    database = await opening()
    await database.put_contacts("acc", "x", "1", ["of before"])
    backup = tmp_path / "backup.sqlite"
    restored = await Database.open(f"sqlite:///{backup}", SEALER)
    await restored.put_contacts("acc", "x", "1", ["of the backup"])
    await restored.close()
    for file in path.parent.glob("server.sqlite-*"):
        file.unlink()
    backup.rename(path)
    assert (await database.cached_contacts("acc", "x", "1")).contacts == ["of the backup"]


async def test_a_file_that_is_no_database_is_named(opening, path):
    path.parent.mkdir()
    path.write_text("no database, but long enough to be read as one" * 50)
    said = r"server\.sqlite is no usable database.*move it away"
    with pytest.raises(DatabaseUrlError, match=said):
        await opening()


async def test_a_folder_that_cannot_be_made_is_named(opening, path):
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(DatabaseUrlError, match=r"server\.sqlite cannot be opened"):
        await opening()


async def test_a_folder_in_the_place_of_the_file_is_named(opening, path):
    path.mkdir(parents=True)
    with pytest.raises(DatabaseUrlError, match=r"cannot be opened \(Is a directory\): name a file"):
        await opening()


async def test_what_a_killed_worker_had_written_is_there(opening, path):
    worker = subprocess.Popen(
        [sys.executable, "-c", WRITE, f"sqlite:///{path}"], stdout=subprocess.PIPE, text=True
    )
    written = [int(worker.stdout.readline()) for _ in range(20)]
    worker.kill()
    written += [int(line) for line in worker.stdout]
    worker.wait()
    worker.stdout.close()
    database = await opening()
    for number in written:
        assert (await database.cached_contacts("acc", "x", str(number))).contacts == [number]


async def test_what_was_answered_is_in_the_file(opening, path):
    database = await opening()
    await database.put_contacts("acc", "x", "1", ["kept"])
    with sqlite3.connect(path) as reader:
        assert reader.execute("SELECT value FROM callbench_contacts").fetchall() == [('["kept"]',)]
    reader.close()
    assert await database._driver.read(database._driver.statements.ping) == [(1,)]
