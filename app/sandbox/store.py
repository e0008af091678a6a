"""Everything the sandbox knows, in one SQLite file.

A record is visible at once; its values are found by a search only after the index delay, as in
CRMs that index in the background. After a change the old values are found until the new ones are.
Several processes may have the file open (write-ahead log).
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.sandbox.errors import SandboxError
from app.sandbox.schema import ENTITIES, Entity

__all__ = ["FILE_NAME", "Record", "SandboxError", "Store", "tokens"]

FILE_NAME = "sandbox.sqlite"
FOREVER = 1e18

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (
  platform TEXT, entity TEXT, last INTEGER NOT NULL, PRIMARY KEY (platform, entity));
CREATE TABLE IF NOT EXISTS records (
  platform TEXT, entity TEXT, id INTEGER, data TEXT NOT NULL, created REAL NOT NULL,
  PRIMARY KEY (platform, entity, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS terms (
  platform TEXT, entity TEXT, field TEXT, term TEXT COLLATE NOCASE, position INTEGER, id INTEGER,
  since REAL NOT NULL, until REAL NOT NULL);
CREATE INDEX IF NOT EXISTS terms_by_term ON terms (platform, entity, field, term, id);
CREATE INDEX IF NOT EXISTS terms_by_id ON terms (platform, entity, id);
"""
_TOKEN = re.compile(r"[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+)*")


def tokens(text: str) -> list[str]:
    """Split `text` as Lucene's standard tokenizer does, in lower case.

    Letters and digits make a token; a dot or comma between two digits stays inside it. Invisible
    format characters (direction marks) are dropped, as Unicode's word rules do (UAX 29 WB4).
    """
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return [match.group().lower() for match in _TOKEN.finditer(visible)]


@dataclass(frozen=True, slots=True)
class Record:
    """One stored record. `data` holds the CRM's own fields; `created` is in epoch seconds."""

    platform: str
    entity: str
    id: int
    data: dict[str, Any]
    created: float


class Store:
    """The sandbox's records and the index that its searches use."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Open the file, made on first use; `clock` gives epoch seconds."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._clock = clock
        # One event loop uses it, but a test client runs that loop in a thread of its own.
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        self._depth = 0

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything inside the block or nothing of it; blocks may be nested."""
        if self._depth:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        else:
            self._db.execute("COMMIT")
        finally:
            self._depth -= 1

    # Settings that every process which has the file open must know.

    def meta(self, key: str, default: str = "") -> str:
        """Return a kept setting."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Keep a setting."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    @property
    def index_delay_s(self) -> float:
        """Seconds until a written value is found by a search."""
        return float(self.meta("index_delay_s", "0"))

    @index_delay_s.setter
    def index_delay_s(self, seconds: float) -> None:
        self.set_meta("index_delay_s", repr(float(seconds)))

    # Records.

    def create(
        self,
        platform: str,
        entity: str,
        data: dict[str, Any],
        *,
        created: float | None = None,
        at_once: bool = False,
    ) -> Record:
        """Add a record under the next id, which is also written into its id field.

        Args:
            platform: the CRM.
            entity: the kind, as in ``app.sandbox.schema``.
            data: the CRM's own fields.
            created: epoch seconds; now when left out.
            at_once: the record is found without index delay (sample data).
        """
        kind = ENTITIES[platform][entity]
        now = self._clock()
        with self.transaction():
            row = self._db.execute(
                "INSERT INTO counters VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
                (platform, entity, kind.first_id),
            ).fetchone()
            record = Record(
                platform,
                entity,
                int(row[0]),
                {**data, kind.id_field: int(row[0])},
                now if created is None else created,
            )
            self._db.execute(
                "INSERT INTO records VALUES (?, ?, ?, ?, ?)",
                (platform, entity, record.id, _dump(record.data), record.created),
            )
            self._index(record, since=0.0 if at_once else now + self.index_delay_s)
        return record

    def get(self, platform: str, entity: str, record_id: int) -> Record | None:
        """Return a record, None when there is none."""
        row = self._db.execute(
            "SELECT data, created FROM records WHERE platform = ? AND entity = ? AND id = ?",
            (platform, entity, record_id),
        ).fetchone()
        if row is None:
            return None
        return Record(platform, entity, record_id, json.loads(row[0]), float(row[1]))

    def get_many(self, platform: str, entity: str, ids: Iterable[int]) -> list[Record]:
        """Return the records of `ids` that exist, in that order."""
        found = (self.get(platform, entity, record_id) for record_id in ids)
        return [record for record in found if record is not None]

    def update(self, platform: str, entity: str, record_id: int, data: dict[str, Any]) -> Record:
        """Replace the fields of a record.

        Raises:
            KeyError: there is no such record.
        """
        with self.transaction():
            old = self.get(platform, entity, record_id)
            if old is None:
                raise KeyError(record_id)
            id_field = ENTITIES[platform][entity].id_field
            record = Record(platform, entity, record_id, {**data, id_field: record_id}, old.created)
            self._db.execute(
                "UPDATE records SET data = ? WHERE platform = ? AND entity = ? AND id = ?",
                (_dump(record.data), platform, entity, record_id),
            )
            moment = self._clock() + self.index_delay_s
            self._db.execute(
                "UPDATE terms SET until = min(until, ?) "
                "WHERE platform = ? AND entity = ? AND id = ?",
                (moment, platform, entity, record_id),
            )
            self._index(record, since=moment)
        return record

    def delete(self, platform: str, entity: str, record_id: int) -> bool:
        """Remove a record; answer whether there was one."""
        key = (platform, entity, record_id)
        with self.transaction():
            self._db.execute("DELETE FROM terms WHERE platform=? AND entity=? AND id=?", key)
            gone = self._db.execute(
                "DELETE FROM records WHERE platform=? AND entity=? AND id=?", key
            )
        return gone.rowcount > 0

    def count(self, platform: str, entity: str) -> int:
        """Return how many records there are."""
        row = self._db.execute(
            "SELECT count(*) FROM records WHERE platform = ? AND entity = ?", (platform, entity)
        ).fetchone()
        return int(row[0])

    def page(
        self,
        platform: str,
        entities: Iterable[str],
        *,
        text: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[list[Record], int]:
        """Return one page of the newest records that contain `text`, and how many there are."""
        names = list(entities)
        marks = ",".join("?" * len(names))
        where = f"platform = ? AND entity IN ({marks})"
        values: list[Any] = [platform, *names]
        if text:
            where += " AND data LIKE ? ESCAPE '\\'"
            escaped = _dump(text)[1:-1]
            for sign in ("\\", "%", "_"):
                escaped = escaped.replace(sign, "\\" + sign)
            values.append(f"%{escaped}%")
        total = self._db.execute(
            f"SELECT count(*) FROM records WHERE {where}",  # noqa: S608  only marks are put in
            values,
        ).fetchone()
        rows = self._db.execute(
            f"SELECT entity, id, data, created FROM records WHERE {where} "  # noqa: S608
            "ORDER BY created DESC, id DESC LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
        found = [Record(platform, row[0], row[1], json.loads(row[2]), row[3]) for row in rows]
        return found, int(total[0])

    def reset(self) -> None:
        """Remove all records. Settings stay."""
        with self.transaction():
            for table in ("records", "terms", "counters"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608  names from this line

    # The index.

    def ids_with_value(self, platform: str, entity: str, field: str, value: str) -> list[int]:
        """Return the ids whose `field` is `value`, ASCII case aside, that a search finds now."""
        return sorted(self.positions(platform, entity, field, value))

    def positions(
        self, platform: str, entity: str, field: str, term: str, within: set[int] | None = None
    ) -> dict[int, set[int]]:
        """Return id -> positions of `term` in `field`, as a search finds them now.

        A small set `within` limits the answer to those ids.
        """
        now = self._clock()
        wanted = "term = ?"
        return self._select(platform, entity, field, wanted, term, now, within)

    def positions_like(
        self, platform: str, entity: str, field: str, pattern: str, within: set[int] | None = None
    ) -> dict[int, set[int]]:
        """Return id -> positions of the terms that fit a GLOB `pattern`."""
        return self._select(platform, entity, field, "term GLOB ?", pattern, self._clock(), within)

    def all_ids(self, platform: str, entity: str) -> set[int]:
        """Return every id that a search finds now."""
        now = self._clock()
        rows = self._db.execute(
            "SELECT DISTINCT id FROM terms "
            "WHERE platform = ? AND entity = ? AND since <= ? AND until > ?",
            (platform, entity, now, now),
        )
        return {row[0] for row in rows}

    def _select(
        self,
        platform: str,
        entity: str,
        field: str,
        wanted: str,
        value: str,
        now: float,
        within: set[int] | None,
    ) -> dict[int, set[int]]:
        query = (
            f"SELECT id, position FROM terms WHERE platform = ? AND entity = ? AND field = ? "  # noqa: S608  `wanted` is one of the two conditions above
            f"AND {wanted} AND since <= ? AND until > ?"
        )
        values: list[Any] = [platform, entity, field, value, now, now]
        if within is not None and len(within) <= 200:
            query += f" AND id IN ({','.join('?' * len(within))})"
            values += within
        found: dict[int, set[int]] = {}
        for record_id, position in self._db.execute(query, values):
            if within is None or record_id in within:
                found.setdefault(record_id, set()).add(position)
        return found

    def _index(self, record: Record, *, since: float) -> None:
        kind = ENTITIES[record.platform][record.entity]
        rows = [
            (record.platform, record.entity, field, term, position, record.id, since, FOREVER)
            for field, term, position in _terms(record.platform, kind, record.data)
        ]
        self._db.executemany("INSERT INTO terms VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _terms(platform: str, kind: Entity, data: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Yield (field, term, position): whole values for Insightly, words for Bullhorn."""
    for field, value in _texts(data):
        if platform != "bullhorn" or field == kind.id_field:
            yield field, value, 0
        else:
            for position, token in enumerate(tokens(value)):
                yield field, token, position


def _texts(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field, value in data.items():
        if field == "CUSTOMFIELDS":
            for custom in value:
                yield str(custom["FIELD_NAME"]), str(custom["FIELD_VALUE"])
        elif isinstance(value, bool):
            yield field, "true" if value else "false"
        elif isinstance(value, (str, int, float)):
            yield field, str(value)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
