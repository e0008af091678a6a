"""One SQLite file, shared by every worker of this machine.

Each worker has two connections, each with a thread of its own: SQLite has one writer at a time, and
a reader does not wait for it. A statement costs one way to the thread and back.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import sqlalchemy as sa

from connectors.server.driver import DatabaseError, DatabaseUrlError, cause
from connectors.server.schema import make_tables
from connectors.server.tables import Statement, Statements

BUSY_S = 5.0
"""How long a writer waits for the other workers' writes."""

_RETRY_S = 0.02
_DIALECT = sa.make_url("sqlite+aiosqlite://").get_dialect()()


class SqliteDriver:
    """A :class:`connectors.server.driver.Driver` of one file.

    A file that was moved away or put back in the meantime is noticed: writing on into a file that
    has no name any more would lose what is written.
    """

    def __init__(self, path: Path) -> None:
        self.statements = Statements(_DIALECT)
        self._path = path
        self._opening = asyncio.Lock()
        self._file: tuple[int, int] | None = None
        self._reader: aiosqlite.Connection | None = None
        self._writer: aiosqlite.Connection | None = None
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> SqliteDriver:
        """Open the file, and make it and its tables if need be.

        Only its owner may read a file that is made here.

        Raises:
            DatabaseUrlError: it cannot be opened, or is no database of this version.
            DatabaseError: another process keeps it locked, or the disk is full.
        """
        driver = cls(path)
        with driver._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        await driver._connections()
        return driver

    async def read(self, statement: Statement, **values: Any) -> Sequence[Sequence[Any]]:
        """Return the rows that a statement finds."""
        with self._translated():
            reader, _ = await self._connections()
            rows = await reader.execute_fetchall(statement.sql, statement.arguments(values))
            return list(rows)

    async def write(self, statement: Statement, **values: Any) -> int:
        """Run a statement; return how many rows it made, changed or dropped."""
        with self._translated():
            _, writer = await self._connections()
            async with writer.execute(statement.sql, statement.arguments(values)) as cursor:
                return cursor.rowcount

    async def close(self) -> None:
        """End both connections; safe to call twice."""
        self._closed = True
        async with self._opening:
            await self._disconnect()

    async def _connections(self) -> tuple[aiosqlite.Connection, aiosqlite.Connection]:
        """Return the reader and the writer of the file that has the path now."""
        if self._closed:
            raise DatabaseError("The database was closed.")
        if self._reader is not None and self._writer is not None and self._file == self._found():
            return self._reader, self._writer
        async with self._opening:
            found = self._found()
            if self._reader is None or self._writer is None or self._file != found:
                await self._disconnect()
                with self._translated():
                    self._reader, self._writer = await self._connect()
                self._file = found
            return self._reader, self._writer

    def _found(self) -> tuple[int, int]:
        try:
            stat = self._path.stat()
        except OSError as error:
            raise DatabaseError(
                f"The database file {self._path} is gone ({error.strerror}): put it back, or start"
                " the server again to begin with an empty one."
            ) from error
        return stat.st_dev, stat.st_ino

    async def _connect(self) -> tuple[aiosqlite.Connection, aiosqlite.Connection]:
        writer = await self._connection()
        try:
            await self._prepare(writer)
            return await self._connection(), writer
        except BaseException:
            await writer.close()
            raise

    async def _connection(self) -> aiosqlite.Connection:
        # No isolation level: each statement is a transaction of its own. mode=rw makes no file.
        return await aiosqlite.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
        )

    async def _prepare(self, writer: aiosqlite.Connection) -> None:
        async def run(sql: str) -> Sequence[Sequence[Any]]:
            return list(await writer.execute_fetchall(sql))

        until = time.monotonic() + BUSY_S
        while True:
            try:
                # Two that switch a new file at once would wait for each other: SQLite refuses one.
                await run("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                await asyncio.sleep(_RETRY_S)
        # What was answered is on the disk, not only in the system's memory.
        await run("PRAGMA synchronous=FULL")
        await run("BEGIN IMMEDIATE")
        try:
            await make_tables(run, _DIALECT)
        except BaseException:
            await run("ROLLBACK")
            raise
        await run("COMMIT")

    async def _disconnect(self) -> None:
        connections = [self._reader, self._writer]
        self._reader = self._writer = self._file = None
        for connection in connections:
            if connection is not None:
                await connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise DatabaseError(
                    f"The database file {self._path} stayed locked for {BUSY_S:g} s: end what holds"
                    " it, or use PostgreSQL where many workers write."
                ) from error
            raise DatabaseError(
                f"The database file {self._path} cannot be used ({cause(error)}): see that the disk"
                " has room and that the server may write to the file and its folder."
            ) from error
        except sqlite3.DatabaseError as error:
            raise DatabaseUrlError(
                f"The file {self._path} is no usable database ({cause(error)}): move it away."
            ) from error
        except OSError as error:
            raise DatabaseUrlError(
                f"The database file {self._path} cannot be opened ({error.strerror or error}):"
                " name a file in a folder that is there and that the server may write to."
            ) from error
        except ValueError as error:  # aiosqlite's, of a connection that was closed meanwhile
            raise DatabaseError("The database was closed.") from error
