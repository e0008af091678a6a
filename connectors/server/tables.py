"""The tables of the server, and every statement that it sends.

SQLAlchemy spells them for SQLite and PostgreSQL, once, when the database is opened. The drivers
then run the finished text: the way through SQLAlchemy's own execution costs more than the query,
about 0.5 ms, and a cached lookup sends two.

All times are the database's, in seconds since 1970: workers on several machines do not agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import expression
from sqlalchemy.sql.compiler import SQLCompiler

SCHEMA_VERSION = 1

metadata = sa.MetaData()
"""Names begin with ``callbench_``: App Connect's own server has a table ``users``, and the two may
be pointed at one database."""

schema = sa.Table("callbench_schema", metadata, sa.Column("version", sa.Integer, primary_key=True))

users = sa.Table(
    "callbench_users",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("profile", sa.Text, nullable=False, comment="JSON: what is no secret"),
    sa.Column("access_token", sa.Text, nullable=False, comment="sealed"),
    sa.Column("refresh_token", sa.Text, nullable=False, comment="sealed"),
    sa.Column("platform_additional_info", sa.Text, nullable=False, comment="JSON, sealed"),
    sa.Column("updated_at", sa.Double, nullable=False),
)

contacts = sa.Table(
    "callbench_contacts",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False, comment="JSON: the list of contacts"),
    sa.Column("created_at", sa.Double, nullable=False, index=True),
)

account_data = sa.Table(
    "callbench_account_data",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, comment="the key in full"),
    sa.Column("value", sa.Text, nullable=False, comment="JSON"),
    sa.Column("created_at", sa.Double, nullable=False),
)

call_logs = sa.Table(
    "callbench_call_logs",
    metadata,
    sa.Column("session_id", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("third_party_log_id", sa.Text, nullable=False, comment="JSON: a text or a number"),
    sa.Column("contact_id", sa.Text, nullable=False, comment="JSON: a text or a number"),
    sa.Column("telephony_session_id", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
)

claims = sa.Table(
    "callbench_claims",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False, index=True),
)


class DatabaseTime(expression.ColumnElement[float]):
    """The database's clock, in seconds since 1970."""

    type = sa.Double()
    inherit_cache = True


@compiles(DatabaseTime, "sqlite")
def _sqlite_time(_element: DatabaseTime, _compiler: Any, **_options: Any) -> str:
    # unixepoch('subsec') would need SQLite 3.42.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(DatabaseTime, "postgresql")
def _postgresql_time(_element: DatabaseTime, _compiler: Any, **_options: Any) -> str:
    # Not now(): a statement that waited for a row would read the time from before the wait.
    return "extract(epoch FROM clock_timestamp())::double precision"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in the database's own words, and the names of its arguments in their order."""

    sql: str
    names: tuple[str, ...]

    def arguments(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return `values` as the statement wants them."""
        return tuple(values[name] for name in self.names)


class Statements:
    """Every statement of the server, spelled for one database.

    Args:
        dialect: SQLAlchemy's, of the database.
    """

    def __init__(self, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        now = DatabaseTime()
        argument = sa.bindparam

        self.ping = self._spell(sa.select(sa.literal_column("1")))
        self.now = self._spell(sa.select(now))
        self.user = self._select(
            users,
            users.c.profile,
            users.c.access_token,
            users.c.refresh_token,
            users.c.platform_additional_info,
        )
        self.put_user = self._put(users, updated_at=now)
        self.replace_user = self._put(
            users, only_where=users.c.access_token == argument("known"), updated_at=now
        )
        self.contacts = self._select(
            contacts,
            contacts.c.value,
            contacts.c.created_at,
            now - contacts.c.created_at,
        )
        self.put_contacts = self._put(contacts, created_at=now)
        self.forget_contacts = self._delete(contacts)
        self.forget_old_contacts = self._spell(
            sa.delete(contacts).where(
                contacts.c.created_at < now - argument("kept_s", type_=sa.Double())
            )
        )
        self.account_data = self._spell(
            sa.select(
                account_data.c.name, account_data.c.value, now - account_data.c.created_at
            ).where(
                account_data.c.account_id == argument("account_id"),
                account_data.c.platform == argument("platform"),
            )
        )
        self.put_account_data = self._put(account_data, created_at=now)
        self.call_log = self._select(
            call_logs,
            call_logs.c.third_party_log_id,
            call_logs.c.contact_id,
            call_logs.c.telephony_session_id,
            call_logs.c.created_at,
        )
        self.put_call_log = self._put(call_logs, created_at=now)
        self.claim = self._put(
            claims,
            only_where=claims.c.expires_at <= now,
            expires_at=now + argument("ttl_s", type_=sa.Double()),
        )
        self.release = self._spell(
            sa.delete(claims).where(
                claims.c.key == argument("key"), claims.c.owner == argument("owner")
            )
        )
        self.forget_expired_claims = self._spell(
            sa.delete(claims).where(claims.c.expires_at <= now)
        )

    def _select(self, table: sa.Table, *columns: sa.ColumnElement[Any]) -> Statement:
        return self._spell(sa.select(*columns).where(*_by_key(table)))

    def _delete(self, table: sa.Table) -> Statement:
        return self._spell(sa.delete(table).where(*_by_key(table)))

    def _put(
        self,
        table: sa.Table,
        *,
        only_where: sa.ColumnElement[bool] | None = None,
        **computed: sa.ColumnElement[Any],
    ) -> Statement:
        """Insert a row, or replace the one that has its key, both in one step."""
        insert = postgresql.insert if self._dialect.name == "postgresql" else sqlite.insert
        values: dict[str, sa.ColumnElement[Any]] = {
            column.name: sa.bindparam(column.name) for column in table.columns
        }
        statement = insert(table).values(values | computed)
        keys = [column.name for column in table.primary_key]
        return self._spell(
            statement.on_conflict_do_update(
                index_elements=keys,
                set_={name: statement.excluded[name] for name in values if name not in keys},
                where=only_where,
            )
        )

    def _spell(self, statement: sa.ClauseElement) -> Statement:
        spelled = statement.compile(dialect=self._dialect)
        assert isinstance(spelled, SQLCompiler)
        return Statement(str(spelled), tuple(spelled.positiontup or ()))


def _by_key(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    return [column == sa.bindparam(column.name) for column in table.primary_key]
