"""Every cache between a call and the CRM, to look into and to spoil on purpose.

The lens reads the extension's own caches and the server's as production has them (contact-flow
1.9), and does to an entry what support needs to reproduce a stale answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from app.extension import cache_rows
from app.extension.cache_rows import CacheRow, Layer, State
from app.extension.calls import CallHistory
from app.extension.matcher import MATCH_TTL_S, LocalMatchCache
from connectors.contract.model import Contact
from connectors.runtime.store import (
    ACCOUNT_DATA_FRESH_S,
    CONTACTS_KEPT_S,
    CoreStore,
    EntryKey,
    Table,
)

OUTDATED = " (outdated)"
"""What a contact's name ends with after its entry was spoiled on purpose."""
LISTED = 500
_DAY_S = 24 * 3600.0
_TABLES = {
    Layer.ACCOUNT: Table.CONTACTS,
    Layer.OPTIONS: Table.ACCOUNT_DATA,
    Layer.RECORD: Table.CALL_LOGS,
}


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a refresh did to one entry. `after` is None when the entry is gone."""

    before: CacheRow
    after: CacheRow | None

    @property
    def text(self) -> str:
        """The change in one sentence."""
        was = f"{self.before.layer}: {self.before.answer}, kept {self.before.age},"
        if self.after is None:
            return f"{was} was removed."
        if self.after.answers == self.before.answers:
            return f"{was} was replaced by the same answer."
        return f"{was} was replaced by {self.after.answer}."


class CacheLens:
    """The caches of one connection.

    Args:
        matches: the extension's matches and contacts chosen by name.
        calls: the extension's calls with its notes of logged ones.
        store: the server's caches.
        account_id: the RingCentral account, empty when the user has none.
        platform: the connector's name, as core uses it.
        user_id: the connected user.
    """

    def __init__(
        self,
        matches: LocalMatchCache,
        calls: CallHistory,
        store: CoreStore,
        *,
        account_id: str,
        platform: str,
        user_id: str,
    ) -> None:
        self._matches = matches
        self._calls = calls
        self._store = store
        self._account = account_id
        self._platform = platform
        self._user = user_id

    def of_number(self, number: str) -> tuple[CacheRow, ...]:
        """Return every cache as a call of `number` would meet it, the empty ones included."""
        key = (self._account, self._platform, number)
        kept = self._store.entry(Table.CONTACTS, key) if self._account else None
        return (
            self._match_row(number),
            cache_rows.pin_row(number, self._matches.pins(number)),
            cache_rows.task_row(number),
            cache_rows.account_row(key, kept),
            *(tuple(self._own_options()) or (self._no_options(),)),
            *(tuple(self._logged(number)) or (cache_rows.not_logged_row(number),)),
        )

    def entries(self) -> tuple[CacheRow, ...]:
        """Return the entries of every number and account: of each cache the latest 500."""
        kept = self._store.entries
        matched = list(self._matches.entries())[: -LISTED - 1 : -1]
        pinned = list(self._matches.pinned().items())[: -LISTED - 1 : -1]
        return (
            *(self._match_row(number) for number in matched),
            *(cache_rows.pin_row(*pins) for pins in pinned),
            *(cache_rows.account_row(each.key, each) for each in kept(Table.CONTACTS, LISTED)),
            *(cache_rows.options_row(each.key, each) for each in kept(Table.ACCOUNT_DATA, LISTED)),
            *islice(self._notes(), LISTED),
            *(cache_rows.record_row(each) for each in kept(Table.CALL_LOGS, LISTED)),
        )

    def clear(self, row: CacheRow) -> None:
        """Drop one entry."""
        match row.layer:
            case Layer.MATCH:
                self._matches.forget(row.key[0])
            case Layer.PIN:
                self._matches.unpin(row.key[0])
            case Layer.LOGGED:
                self._calls.forget_logged(row.key[0])
            case Layer.ACCOUNT | Layer.OPTIONS | Layer.RECORD:
                self._store.remove(_TABLES[row.layer], _stored_key(row))

    def clear_layer(self, layer: Layer) -> None:
        """Drop what one cache holds for this connection; that of other accounts stays."""
        if layer in _TABLES:
            owner = self._user if layer is Layer.RECORD else self._account
            self._store.clear(_TABLES[layer], owner, self._platform)
            return
        match layer:
            case Layer.MATCH:
                for number in self._matches.entries():
                    self._matches.forget(number)
            case Layer.PIN:
                for number in self._matches.pinned():
                    self._matches.unpin(number)
            case Layer.LOGGED:
                for call in self._calls:
                    self._calls.forget_logged(call.session_id)

    def make_stale(self, row: CacheRow) -> None:
        """Date an entry back past its lifetime; one without a lifetime stays as it is."""
        match row.layer:
            case Layer.MATCH:
                self._matches.set_age(row.key[0], MATCH_TTL_S)
            case Layer.ACCOUNT:
                self._store.set_age(Table.CONTACTS, _stored_key(row), CONTACTS_KEPT_S + _DAY_S)
            case Layer.OPTIONS:
                self._store.set_age(Table.ACCOUNT_DATA, _stored_key(row), ACCOUNT_DATA_FRESH_S)

    def remember_nobody(self, row: CacheRow) -> None:
        """Make the extension remember that nobody has this number; the server never does."""
        if row.layer is Layer.MATCH:
            self._matches.remember(row.key[0], ())

    def make_outdated(self, row: CacheRow) -> None:
        """Give an entry's contacts names that the CRM does not know, as after a renaming."""
        match row.layer:
            case Layer.MATCH:
                kept = self._matches.entries().get(row.key[0])
                if kept is not None:
                    self._matches.replace(row.key[0], _outdated(kept.contacts))
            case Layer.PIN:
                self._matches.replace_pins(row.key[0], _outdated(self._matches.pins(row.key[0])))
            case Layer.ACCOUNT:
                entry = self._store.entry(Table.CONTACTS, _stored_key(row))
                if entry is not None:
                    self._store.replace(Table.CONTACTS, entry.key, _outdated_wire(entry.value))

    def maintain(self) -> int:
        """Run the server's maintenance; return how many cached answers it dropped."""
        return self._store.maintain()

    def _match_row(self, number: str) -> CacheRow:
        match = self._matches.entries().get(number)
        age_s = self._matches.age_s(match) if match else 0.0
        return cache_rows.match_row(number, self._platform, match, age_s)

    def _own_options(self) -> Iterator[CacheRow]:
        for entry in self._store.entries(Table.ACCOUNT_DATA):
            if entry.key[:2] == (self._account, self._platform):
                yield cache_rows.options_row(entry.key, entry)

    def _no_options(self) -> CacheRow:
        return cache_rows.options_row((self._account, self._platform, "<data key>"), None)

    def _logged(self, number: str) -> Iterator[CacheRow]:
        for call in self._calls:
            if call.number != number:
                continue
            note = self._calls.logged(call.session_id)
            if note is not None:
                yield cache_rows.logged_row(call.session_id, note)
            key = (call.session_id, self._platform, self._user)
            entry = self._store.entry(Table.CALL_LOGS, key)
            if entry is not None:
                yield cache_rows.record_row(entry)

    def _notes(self) -> Iterator[CacheRow]:
        for call in self._calls:
            note = self._calls.logged(call.session_id)
            if note is not None:
                yield cache_rows.logged_row(call.session_id, note)


def renewals(before: Iterable[CacheRow], after: Iterable[CacheRow]) -> tuple[Renewal, ...]:
    """Return what a refresh removed or replaced, from a number's rows before and after it."""
    later = {(row.layer, row.key): row for row in after}
    changed = []
    for row in before:
        if row.layer not in {Layer.MATCH, Layer.ACCOUNT} or row.state is State.MISS:
            continue
        now = later.get((row.layer, row.key))
        if now is None or now.state is State.MISS:
            changed.append(Renewal(row, None))
        elif (now.age_s or 0.0) < (row.age_s or 0.0):
            changed.append(Renewal(row, now))
    return tuple(changed)


def _stored_key(row: CacheRow) -> EntryKey:
    first, second, third = row.key
    return first, second, third


def _outdated(contacts: Sequence[Contact]) -> list[Contact]:
    return [msgspec.structs.replace(each, name=_outdated_name(each.name)) for each in contacts]


def _outdated_wire(value: object) -> list[Any]:
    real = cache_rows.real_entries(value)
    return [
        {**each, "name": _outdated_name(str(each.get("name") or ""))} if each in real else each
        for each in (value if isinstance(value, list) else [])
    ]


def _outdated_name(name: str) -> str:
    return name.removesuffix(OUTDATED) + OUTDATED
