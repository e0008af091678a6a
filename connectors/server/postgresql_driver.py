"""PostgreSQL through a pool of asyncpg's connections."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
import sqlalchemy as sa

from connectors.server.driver import DatabaseError, cause
from connectors.server.schema import make_tables
from connectors.server.tables import Statement, Statements

CONNECT_S = 5.0
ANSWER_S = 10.0
MAX_CONNECTIONS = 10
"""Of each worker: PostgreSQL allows 100 in all unless it is told otherwise."""

_LOCK = 0x43_41_4C_4C_42_45_4E_43
"""The advisory lock under which tables are made: ``CALLBENC``. CREATE TABLE IF NOT EXISTS alone
fails when two run it at once."""

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
)

_DENIED = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)

_DIALECT = sa.make_url("postgresql+asyncpg://").get_dialect()()
_log = logging.getLogger(__name__)


async def _as_it_is(_connection: Any) -> None:
    """Leave a connection as it is: no statement here sets, listens to or locks anything."""


class PostgresqlDriver:
    """A :class:`connectors.server.driver.Driver` of one PostgreSQL database.

    Args:
        pool: connects by itself again once the server is back.
        where: host, port and database, for messages.
    """

    def __init__(self, pool: asyncpg.Pool, where: str) -> None:
        self.statements = Statements(_DIALECT)
        self._pool = pool
        self._where = where

    @classmethod
    async def open(cls, url: sa.URL) -> PostgresqlDriver:
        """Connect, and make the tables if need be.

        Raises:
            DatabaseError: the server does not answer or refuses.
            DatabaseUrlError: the tables are those of a newer version.
        """
        where = f"{url.host or 'localhost'}:{url.port or 5432}/{url.database or ''}"
        # asyncpg reads libpq's options (sslmode, sslrootcert, host=/folder) from the URL itself.
        pool = asyncpg.create_pool(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            min_size=0,
            max_size=MAX_CONNECTIONS,
            timeout=CONNECT_S,
            command_timeout=ANSWER_S,
            reset=_as_it_is,
        )
        driver = cls(pool, where)
        try:
            with driver._translated():
                await pool
                async with pool.acquire() as connection, connection.transaction():
                    await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
                    await make_tables(connection.fetch, _DIALECT)
        except BaseException:
            pool.terminate()
            raise
        return driver

    async def read(self, statement: Statement, **values: Any) -> Sequence[Sequence[Any]]:
        """Return the rows that a statement finds.

        A connection that turns out to be broken is not the end: it is asked once more on another.
        """
        arguments = statement.arguments(values)
        with self._translated():
            try:
                return await self._fetch(statement.sql, arguments)
            except _LOST as error:
                _log.warning("A connection to PostgreSQL broke (%s).", cause(error))
            return await self._fetch(statement.sql, arguments)

    async def write(self, statement: Statement, **values: Any) -> int:
        """Run a statement; return how many rows it made, changed or dropped."""
        with self._translated():
            async with self._connection() as connection:
                status = await connection.execute(statement.sql, *statement.arguments(values))
        return int(status.rpartition(" ")[2])  # "INSERT 0 1", "DELETE 3"

    async def close(self) -> None:
        """End every connection; safe to call twice."""
        try:
            await self._pool.close()
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
            self._pool.terminate()

    async def _fetch(self, sql: str, arguments: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
        async with self._connection() as connection:
            rows: Sequence[Sequence[Any]] = await connection.fetch(sql, *arguments)
        return rows

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """Lend a connection; one that breaks is given up, with all that were made before it."""
        async with self._pool.acquire() as connection:
            try:
                yield connection
            except _LOST:
                connection.terminate()
                await self._pool.expire_connections()
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (TimeoutError, *_LOST) as error:
            raise DatabaseError(
                f"PostgreSQL at {self._where} cannot be reached ({cause(error)}): see that it runs"
                " and that DATABASE_URL names it."
            ) from error
        except asyncpg.PostgresError as error:
            raise DatabaseError(
                f"PostgreSQL at {self._where} refuses ({cause(error)}): {_next_step(error)}."
            ) from error


def _next_step(error: asyncpg.PostgresError) -> str:
    if isinstance(error, asyncpg.TooManyConnectionsError):
        return (
            f"each worker opens up to {MAX_CONNECTIONS} connections, so start fewer workers or"
            " raise max_connections"
        )
    if isinstance(error, _DENIED):
        return (
            "see that DATABASE_URL has the right user, password and database, and that this user"
            " may make tables"
        )
    return "the log of PostgreSQL has more"
