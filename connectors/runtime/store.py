"""What App Connect's server keeps between requests (contact-flow 1.9), in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from connectors.contract.hosting import AccountValue

ACCOUNT_DATA_FRESH_S = 24 * 3600.0
CONTACTS_KEPT_S = 92 * 24 * 3600.0
"""Three months in any season; only maintenance looks at it, a lookup does not."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS contacts (
    account_id TEXT, platform TEXT, number TEXT, value TEXT NOT NULL, created_at REAL NOT NULL,
    PRIMARY KEY (account_id, platform, number));
CREATE TABLE IF NOT EXISTS account_data (
    account_id TEXT, platform TEXT, key TEXT, value TEXT NOT NULL, created_at REAL NOT NULL,
    PRIMARY KEY (account_id, platform, key));
CREATE TABLE IF NOT EXISTS call_logs (
    session_id TEXT, platform TEXT, user_id TEXT, value TEXT NOT NULL, created_at REAL NOT NULL,
    PRIMARY KEY (session_id, platform, user_id));
"""


class Table(StrEnum):
    """What is kept; each entry is found by three texts."""

    CONTACTS = "contacts"
    """By account, platform and number."""
    ACCOUNT_DATA = "account_data"
    """By account, platform and the data's key."""
    CALL_LOGS = "call_logs"
    """By session id, platform and user."""


_KEYS = {
    Table.CONTACTS: ("account_id", "platform", "number"),
    Table.ACCOUNT_DATA: ("account_id", "platform", "key"),
    Table.CALL_LOGS: ("session_id", "platform", "user_id"),
}

_OWNERS = {
    Table.CONTACTS: "account_id",
    Table.ACCOUNT_DATA: "account_id",
    Table.CALL_LOGS: "user_id",
}

EntryKey = tuple[str, str, str]


class StoreError(Exception):
    """The store's file cannot be used; the message names it and what to do."""


@dataclass(frozen=True, slots=True)
class CachedContacts:
    """The account's cached answer for one number.

    `created_at` is in seconds since 1970, `age_s` the seconds from then to now.
    """

    contacts: list[Any]
    created_at: float
    age_s: float


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One entry of a table as it stands there, whatever its age."""

    table: Table
    key: EntryKey
    value: Any
    created_at: float
    age_s: float


@dataclass(frozen=True, slots=True)
class CallLogRecord:
    """Core's record of a logged call. `created_at` is in seconds since 1970."""

    session_id: str
    platform: str
    user_id: str
    third_party_log_id: str | int
    contact_id: str | int
    id: str = ""
    created_at: float = 0.0


class AccountStore(Protocol):
    """What core asks of whatever keeps an account's answers and the records of logged calls."""

    async def cached_contacts(
        self, account_id: str, platform: str, number: str
    ) -> CachedContacts | None:
        """Return the cached answer whatever its age, None when there is none."""

    async def put_contacts(
        self, account_id: str, platform: str, number: str, contacts: list[Any]
    ) -> None:
        """Keep a lookup's whole list, the new-contact entry included."""

    async def forget_contacts(self, account_id: str, platform: str, number: str) -> None:
        """Drop the cached answer for one number."""

    async def call_log(self, session_id: str, platform: str, user_id: str) -> CallLogRecord | None:
        """Return the record of a logged call, None when that call is not logged."""

    async def put_call_log(self, record: CallLogRecord) -> None:
        """Keep the record of a logged call."""


class CoreStore:
    """An :class:`AccountStore` of one person, in a file beside the bench.

    It also keeps the account's option lists, and lets its entries be read and spoilt.

    Args:
        path: an SQLite file, or ``":memory:"``.
        now: seconds since 1970; tests hand in their own clock.

    Raises:
        StoreError: the file is no database or cannot be opened.
    """

    def __init__(self, path: Path | str = ":memory:", now: Callable[[], float] = time.time) -> None:
        self._now = now
        try:
            self._db = sqlite3.connect(path)
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA busy_timeout=5000")
                self._db.executescript(_SCHEMA)
            except BaseException:
                self._db.close()
                raise
        except sqlite3.Error as error:
            raise StoreError(
                f"The store {path} cannot be opened ({error}): move it away."
            ) from error

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._db.close()

    async def cached_contacts(
        self, account_id: str, platform: str, number: str
    ) -> CachedContacts | None:
        """Return the cached answer whatever its age, None when there is none."""
        row = self._db.execute(
            "SELECT value, created_at FROM contacts"
            " WHERE account_id = ? AND platform = ? AND number = ?",
            (account_id, platform, number),
        ).fetchone()
        if row is None:
            return None
        return CachedContacts(json.loads(row[0]), row[1], self._now() - row[1])

    async def put_contacts(
        self, account_id: str, platform: str, number: str, contacts: list[Any]
    ) -> None:
        """Keep a lookup's whole list, the new-contact entry included."""
        self._put("contacts", (account_id, platform, number), contacts)

    async def forget_contacts(self, account_id: str, platform: str, number: str) -> None:
        """Drop the cached answer for one number."""
        with self._db:
            self._db.execute(
                "DELETE FROM contacts WHERE account_id = ? AND platform = ? AND number = ?",
                (account_id, platform, number),
            )

    def account_data(self, account_id: str, platform: str) -> dict[str, AccountValue]:
        """Return the account's option lists; one older than 24 h is not fresh."""
        rows = self._db.execute(
            "SELECT key, value, created_at FROM account_data WHERE account_id = ? AND platform = ?",
            (account_id, platform),
        ).fetchall()
        now = self._now()
        return {
            key: AccountValue(
                value=json.loads(value), fresh=now - created_at < ACCOUNT_DATA_FRESH_S
            )
            for key, value, created_at in rows
        }

    def account_data_created_at(self, account_id: str, platform: str, key: str) -> float | None:
        """Return when an option list was kept, in seconds since 1970."""
        row = self._db.execute(
            "SELECT created_at FROM account_data WHERE account_id = ? AND platform = ? AND key = ?",
            (account_id, platform, key),
        ).fetchone()
        return float(row[0]) if row else None

    def put_account_data(self, account_id: str, platform: str, key: str, value: Any) -> None:
        """Keep an option list of the account."""
        self._put("account_data", (account_id, platform, key), value)

    async def call_log(self, session_id: str, platform: str, user_id: str) -> CallLogRecord | None:
        """Return the record of a logged call, None when that call is not logged."""
        row = self._db.execute(
            "SELECT value, created_at FROM call_logs"
            " WHERE session_id = ? AND platform = ? AND user_id = ?",
            (session_id, platform, user_id),
        ).fetchone()
        if row is None:
            return None
        value = json.loads(row[0])
        return CallLogRecord(
            session_id=session_id,
            platform=platform,
            user_id=user_id,
            third_party_log_id=value["thirdPartyLogId"],
            contact_id=value["contactId"],
            id=value["id"],
            created_at=row[1],
        )

    async def put_call_log(self, record: CallLogRecord) -> None:
        """Keep the record of a logged call."""
        value = {
            "thirdPartyLogId": record.third_party_log_id,
            "contactId": record.contact_id,
            "id": record.id,
        }
        self._put("call_logs", (record.session_id, record.platform, record.user_id), value)

    def clear_account(self, account_id: str, platform: str) -> None:
        """Drop the account's cached contacts and option lists; records of logged calls stay."""
        for table in (Table.CONTACTS, Table.ACCOUNT_DATA):
            self.clear(table, account_id, platform)

    def clear(self, table: Table, owner: str, platform: str) -> int:
        """Drop what a table holds for one owner on one platform; return how many entries.

        Args:
            table: which table.
            owner: an account's id; for the records of logged calls, the user's.
            platform: the connector's name.
        """
        statement = f"DELETE FROM {table} WHERE {_OWNERS[table]} = ? AND platform = ?"  # noqa: S608
        with self._db:
            return self._db.execute(statement, (owner, platform)).rowcount

    def entries(self, table: Table, limit: int = 500) -> tuple[StoredEntry, ...]:
        """Return a table's entries, those of every account and platform, the latest first."""
        rows = self._db.execute(
            f"SELECT * FROM {table} ORDER BY created_at DESC LIMIT ?",  # noqa: S608
            (limit,),
        ).fetchall()
        return tuple(self._entry(table, row) for row in rows)

    def entry(self, table: Table, key: EntryKey) -> StoredEntry | None:
        """Return one entry, None when there is none."""
        row = self._db.execute(
            f"SELECT * FROM {table} WHERE {_where(table)}",  # noqa: S608
            key,
        ).fetchone()
        return self._entry(table, row) if row else None

    def remove(self, table: Table, key: EntryKey) -> bool:
        """Drop one entry; return whether there was one."""
        statement = f"DELETE FROM {table} WHERE {_where(table)}"  # noqa: S608
        with self._db:
            return self._db.execute(statement, key).rowcount > 0

    def set_age(self, table: Table, key: EntryKey, age_s: float) -> None:
        """Date an entry back, so that it is `age_s` seconds old from now on."""
        statement = f"UPDATE {table} SET created_at = ? WHERE {_where(table)}"  # noqa: S608
        with self._db:
            self._db.execute(statement, (self._now() - age_s, *key))

    def replace(self, table: Table, key: EntryKey, value: Any) -> None:
        """Give an entry another value; its age stays."""
        statement = f"UPDATE {table} SET value = ? WHERE {_where(table)}"  # noqa: S608
        with self._db:
            self._db.execute(statement, (json.dumps(value), *key))

    def maintain(self) -> int:
        """Do what production's maintenance does: drop cached answers of more than three months.

        Returns:
            How many were dropped.
        """
        oldest = self._now() - CONTACTS_KEPT_S
        with self._db:
            return self._db.execute("DELETE FROM contacts WHERE created_at < ?", (oldest,)).rowcount

    def _entry(self, table: Table, row: tuple[Any, ...]) -> StoredEntry:
        *key, value, created_at = row
        return StoredEntry(
            table,
            (key[0], key[1], key[2]),
            json.loads(value),
            created_at,
            self._now() - created_at,
        )

    def _put(self, table: str, key: tuple[str, str, str], value: Any) -> None:
        with self._db:
            self._db.execute(
                f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?, ?)",  # noqa: S608
                (*key, json.dumps(value), self._now()),
            )


def _where(table: Table) -> str:
    return " AND ".join(f"{column} = ?" for column in _KEYS[table])
