"""Core's store over the database, which loses nothing that a CRM has done already.

While the database is gone a lookup is refused, and so is a write before it is sent. What comes back
from a CRM after that is too late to refuse: the record of a logged call, a user's new tokens. They
wait in memory, count as if they were stored, and are stored once the database is back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from connectors.contract.model import User
from connectors.runtime.store import CachedContacts, CallLogRecord
from connectors.server.database import Database, DatabaseError

_log = logging.getLogger(__name__)


class Kept:
    """An :class:`connectors.runtime.store.AccountStore` for all users of the process."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._logs: dict[tuple[str, str, str], CallLogRecord] = {}
        self._users: dict[tuple[str, str], User] = {}

    @property
    def waiting(self) -> int:
        """How much waits for the database."""
        return len(self._logs) + len(self._users)

    async def cached_contacts(
        self, account_id: str, platform: str, number: str
    ) -> CachedContacts | None:
        """Return the cached answer whatever its age."""
        return await self.database.cached_contacts(account_id, platform, number)

    async def put_contacts(
        self, account_id: str, platform: str, number: str, contacts: list[Any]
    ) -> None:
        """Keep a lookup's list; without the database it is simply not kept."""
        try:
            await self.database.put_contacts(account_id, platform, number, contacts)
        except DatabaseError as error:
            _log.warning("the contacts of a lookup were not cached: %s", error)

    async def forget_contacts(self, account_id: str, platform: str, number: str) -> None:
        """Drop the cached answer for one number."""
        await self.database.forget_contacts(account_id, platform, number)

    async def call_log(self, session_id: str, platform: str, user_id: str) -> CallLogRecord | None:
        """Return the record of a logged call."""
        waiting = self._logs.get((session_id, platform, user_id))
        if waiting is not None:
            return waiting
        return await self.database.call_log(session_id, platform, user_id)

    async def put_call_log(self, record: CallLogRecord) -> None:
        """Keep the record of a call that the CRM has logged."""
        try:
            await self.database.put_call_log(record)
        except DatabaseError as error:
            _log.warning("the record of a logged call waits for the database: %s", error)
            self._logs[record.session_id, record.platform, record.user_id] = record

    async def user(self, user_id: str, platform: str) -> User | None:
        """Return a user with its secrets."""
        if self.waiting:
            await self.store_waiting()
        return self._users.get((user_id, platform)) or await self.database.user(user_id, platform)

    async def put_changes(self, before: User, after: User, platform: str) -> None:
        """Keep what a connector has changed of a user, beside what others have changed meanwhile.

        One who has signed out meanwhile stays signed out.

        Args:
            before: the user that the connector was given.
            after: the same one with the connector's changes.
            platform: where.
        """
        await self._put(after, platform, lambda stored: _with_changes(stored, before, after))

    async def sign_out(self, user: User, platform: str) -> None:
        """Keep nothing secret of a user any more."""
        await self._put(_signed_out(user), platform, _signed_out)

    async def _put(self, user: User, platform: str, change: Callable[[User], User]) -> None:
        key = user.id, platform
        if key in self._users:
            await self.store_waiting()
        if key in self._users:
            self._users[key] = user
            return
        try:
            await self.database.change_user(user.id, platform, change)
        except DatabaseError as error:
            _log.warning("the new tokens of a user wait for the database: %s", error)
            self._users[key] = user

    async def store_waiting(self) -> None:
        """Store what waits, now that the database may be back."""
        try:
            for log_key, record in list(self._logs.items()):
                await self.database.put_call_log(record)
                self._logs.pop(log_key, None)
            for user_key, user in list(self._users.items()):
                await self.database.put_user(user, user_key[1])
                if self._users.get(user_key) is user:
                    del self._users[user_key]
        except DatabaseError:
            _log.warning("the database is still gone; %d entries wait", self.waiting)


def _with_changes(stored: User, before: User, after: User) -> User:
    if before.access_token and not stored.access_token:
        return stored
    names = (each.name for each in msgspec.structs.fields(User))
    changed = {
        name: getattr(after, name)
        for name in names
        if getattr(after, name) != getattr(before, name)
    }
    return msgspec.structs.replace(stored, **changed)


def _signed_out(user: User) -> User:
    return msgspec.structs.replace(
        user, access_token="", refresh_token="", token_expiry=None, platform_additional_info={}
    )
