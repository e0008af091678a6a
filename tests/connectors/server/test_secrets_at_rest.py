"""What lies on the disk shows no secret, and opens only with a key, in the row it was put in."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.contract.model import User
from connectors.server.database import Database, DatabaseError, SecretsLostError
from connectors.server.sealing import Sealer
from connectors.server.tables import Statement

OLD = "the former secret key, long enough"
NEW = "the current secret key, long enough"
CANARY = "canary-5e2f"


def user_with_canaries(user_id="1-x"):
    return User(
        id=user_id,
        hostname="in-the-clear.example",
        access_token=f"{CANARY}-access",
        refresh_token=f"{CANARY}-refresh",
        platform_additional_info={
            "apiKey": f"{CANARY}-key",
            "nested": {"list": [f"{CANARY}-nested"]},
            f"{CANARY}-name": 1,
        },
    )


@pytest.fixture
def opening(database_url, at_end):
    async def open_database(*keys):
        database = await Database.open(database_url, Sealer(keys))
        at_end.append(database.close)
        return database

    return open_database


def on_disk(files):
    return b"".join(file.read_bytes() for file in files if file.is_file())


async def test_the_files_of_sqlite_show_no_secret(sqlite_url, at_end):
    database = await Database.open(sqlite_url, Sealer([NEW]))
    at_end.append(database.close)
    await database.put_user(user_with_canaries(), "x")
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    files = sorted(path.parent.glob(f"{path.name}*"))
    assert path.with_name(f"{path.name}-wal") in files
    assert b"in-the-clear.example" in on_disk(files)
    assert CANARY.encode() not in on_disk(files)


async def test_the_rows_and_files_of_postgresql_show_no_secret(
    own_database_url, postgresql_server, at_end
):
    database = await Database.open(own_database_url, Sealer([NEW]))
    at_end.append(database.close)
    await database.put_user(user_with_canaries(), "x")
    [[row]] = await database._driver.read(Statement("SELECT u::text FROM callbench_users u", ()))
    assert "in-the-clear.example" in row
    assert CANARY not in row
    of_this = "SELECT oid FROM pg_database WHERE datname = current_database()"
    [[number]] = await database._driver.read(Statement(of_this, ()))
    files = [
        *(postgresql_server.data / "base" / str(number)).iterdir(),
        *(postgresql_server.data / "pg_wal").iterdir(),
        postgresql_server.log,
    ]
    assert b"in-the-clear.example" in on_disk(files)
    assert CANARY.encode() not in on_disk(files)


@pytest.mark.parametrize("column", ["access_token", "refresh_token", "platform_additional_info"])
async def test_a_sealed_value_does_not_open_in_another_row(opening, column):
    database = await opening(NEW)
    await database.put_user(user_with_canaries("1-x"), "x")
    await database.put_user(user_with_canaries("2-x"), "x")
    await database._driver.write(
        Statement(
            f"UPDATE callbench_users SET {column} ="
            f" (SELECT {column} FROM callbench_users WHERE id = '1-x') WHERE id = '2-x'",
            (),
        )
    )
    assert await database.user("1-x", "x") == user_with_canaries("1-x")
    with pytest.raises(DatabaseError, match="another row") as failed:
        await database.user("2-x", "x")
    assert CANARY not in str(failed.value)


async def test_a_sealed_value_does_not_open_in_another_column(opening):
    database = await opening(NEW)
    await database.put_user(user_with_canaries(), "x")
    await database._driver.write(
        Statement("UPDATE callbench_users SET refresh_token = access_token", ())
    )
    with pytest.raises(DatabaseError, match="another row"):
        await database.user("1-x", "x")


async def test_keys_are_rotated(opening):
    before = await opening(OLD)
    await before.put_user(user_with_canaries(), "x")
    rotated = await opening(NEW, OLD)
    # Seen once with both keys is enough: the old one may go.
    assert await rotated.user("1-x", "x") == user_with_canaries()
    after = await opening(NEW)
    assert await after.user("1-x", "x") == user_with_canaries()


async def test_a_lost_key_is_said_and_signing_in_again_mends_it(opening):
    before = await opening(OLD)
    await before.put_user(user_with_canaries(), "x")
    after = await opening(NEW)
    with pytest.raises(SecretsLostError, match="sealed with another secret key") as failed:
        await after.user("1-x", "x")
    assert failed.value.user.id == "1-x"
    assert failed.value.user.access_token == ""
    assert CANARY not in str(failed.value)
    assert OLD not in str(failed.value)
    await after.put_user(user_with_canaries(), "x")
    assert await after.user("1-x", "x") == user_with_canaries()
