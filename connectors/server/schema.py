"""Makes the tables, once, however many workers start at the same time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from connectors.server.driver import DatabaseUrlError
from connectors.server.tables import SCHEMA_VERSION, metadata, schema

Run = Callable[[str], Awaitable[Sequence[Sequence[Any]]]]

_IS_THERE = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE name = '{name}'",
    "postgresql": "SELECT count(to_regclass('{name}'))",
}


async def make_tables(run: Run, dialect: sa.Dialect) -> None:
    """Make the tables where there are none, and refuse those of a newer version.

    Args:
        run: runs a statement in a transaction that keeps every other worker out.
        dialect: SQLAlchemy's, of the database.

    Raises:
        DatabaseUrlError: the tables are those of a newer version.
    """
    [[is_there]] = await run(_IS_THERE[dialect.name].format(name=schema.name))
    if is_there:
        [[version]] = await run(str(sa.select(sa.func.max(schema.c.version))))
        if version is not None and version > SCHEMA_VERSION:
            raise DatabaseUrlError(
                f"The database was made by a newer version of Callbench (its tables have version "
                f"{version}, this one knows {SCHEMA_VERSION}): update this server."
            )
        return
    for table in metadata.sorted_tables:
        await run(str(CreateTable(table).compile(dialect=dialect)))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            await run(str(CreateIndex(index).compile(dialect=dialect)))
    await run(f"INSERT INTO {schema.name} VALUES ({SCHEMA_VERSION})")  # noqa: S608
