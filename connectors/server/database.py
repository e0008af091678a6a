"""What a server keeps between requests, in SQLite or PostgreSQL, for any number of workers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import msgspec
import sqlalchemy as sa

from connectors.contract.hosting import AccountValue
from connectors.contract.model import User, to_wire
from connectors.runtime.store import (
    ACCOUNT_DATA_FRESH_S,
    CONTACTS_KEPT_S,
    CachedContacts,
    CallLogRecord,
)
from connectors.server.driver import DatabaseError, DatabaseUrlError, Driver, SecretsLostError
from connectors.server.postgresql_driver import PostgresqlDriver
from connectors.server.sealing import Sealer, SealError
from connectors.server.sqlite_driver import SqliteDriver
from connectors.server.stored_text import (
    read_json,
    read_text,
    stored_json,
    stored_key,
    stored_text,
)

__all__ = ["Database", "DatabaseError", "DatabaseUrlError", "SecretsLostError"]

_SEALED = ("access_token", "refresh_token", "platform_additional_info")
_PROFILE = {
    field.encode_name: field.name
    for field in msgspec.structs.fields(User)
    if field.name not in _SEALED
}
"""What else a user has, by its name in the stored profile."""
_log = logging.getLogger(__name__)


class Database:
    """Users, an account's answers and option lists, records of logged calls, and claims.

    An :class:`connectors.runtime.store.AccountStore` for core. Every method raises
    :class:`DatabaseError` while the database is away, and works again once it is back.

    Args:
        driver: runs the statements.
        sealer: keeps the users' secrets.
    """

    def __init__(self, driver: Driver, sealer: Sealer) -> None:
        self._driver = driver
        self._sealer = sealer
        self._sql = driver.statements

    @classmethod
    async def open(cls, url: str, sealer: Sealer) -> Database:
        """Open a database, and make its tables if need be.

        Args:
            url: ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``, the latter
                with libpq's options such as ``?sslmode=require``.
            sealer: keeps the users' secrets.

        Raises:
            DatabaseUrlError: the URL is of no use, its file is no database, or its tables are
                those of a newer version.
            DatabaseError: the database cannot be reached.
        """
        return cls(await _driver(url), sealer)

    async def close(self) -> None:
        """End every connection; safe to call twice."""
        await self._driver.close()

    async def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            DatabaseError: there is none.
        """
        await self._driver.read(self._sql.ping)

    async def now(self) -> float:
        """Return the database's time, in seconds since 1970: that of every `created_at`."""
        [[now]] = await self._driver.read(self._sql.now)
        return float(now)

    async def user(self, user_id: str, platform: str) -> User | None:
        """Return a connected user with its secrets, None when there is none.

        Secrets that a key sealed which is being retired are sealed with the current one.

        Raises:
            SecretsLostError: none of the server's keys opens the secrets.
        """
        row = await self._user_row(user_id, platform)
        if row is None:
            return None
        user = self._opened(row, user_id, platform)
        if not all(map(self._sealer.is_current, row[1:])):
            try:
                await self._replace(row, user, platform)
            except DatabaseError as error:
                _log.warning("a user's secrets were not sealed with the current key: %s", error)
        return user

    async def change_user(
        self, user_id: str, platform: str, change: Callable[[User], User]
    ) -> User | None:
        """Change a stored user; what another worker changes at the same time is not lost.

        Args:
            user_id: whose.
            platform: where.
            change: returns the user as it shall be, or the one that it was given to leave it;
                called again when another was faster.

        Returns:
            The user as it is stored now, None when there is none.

        Raises:
            SecretsLostError: none of the server's keys opens the secrets.
        """
        while (row := await self._user_row(user_id, platform)) is not None:
            user = self._opened(row, user_id, platform)
            changed = change(user)
            if changed is user or await self._replace(row, changed, platform):
                return changed
        return None

    async def put_user(self, user: User, platform: str) -> None:
        """Keep a connected user, in place of the one that has its id on this platform."""
        await self._driver.write(self._sql.put_user, **self._user_values(user, platform))

    async def _user_row(self, user_id: str, platform: str) -> Sequence[Any] | None:
        rows = await self._driver.read(
            self._sql.user, id=stored_key(user_id), platform=stored_key(platform)
        )
        return rows[0] if rows else None

    def _opened(self, row: Sequence[Any], user_id: str, platform: str) -> User:
        profile, *sealed = row
        user = User(
            **{
                _PROFILE[name]: value
                for name, value in read_json(profile).items()
                if name in _PROFILE
            }
        )
        try:
            access_token, refresh_token, info = (
                self._sealer.open(text, (user_id, platform, column))
                for column, text in zip(_SEALED, sealed, strict=True)
            )
        except SealError as error:
            raise SecretsLostError(
                f"The secrets of a user of {platform} cannot be opened. {error}", user
            ) from error
        return msgspec.structs.replace(
            user,
            access_token=access_token,
            refresh_token=refresh_token,
            platform_additional_info=read_json(info),
        )

    async def _replace(self, row: Sequence[Any], user: User, platform: str) -> bool:
        """Put a user in place of a row that was read, unless it was replaced meanwhile.

        No two sealed texts are the same, so that one of them tells the versions of a row apart.
        """
        values = self._user_values(user, platform)
        return await self._driver.write(self._sql.replace_user, **values, known=row[1]) > 0

    def _user_values(self, user: User, platform: str) -> dict[str, str]:
        wire = to_wire(user)
        secrets = {
            "access_token": user.access_token,
            "refresh_token": user.refresh_token,
            "platform_additional_info": stored_json(wire["platformAdditionalInfo"]),
        }
        return {
            "id": stored_key(user.id),
            "platform": stored_key(platform),
            "profile": stored_json({name: wire[name] for name in _PROFILE}),
        } | {
            column: self._sealer.seal(text, (user.id, platform, column))
            for column, text in secrets.items()
        }

    async def cached_contacts(
        self, account_id: str, platform: str, number: str
    ) -> CachedContacts | None:
        """Return the cached answer whatever its age, None when there is none."""
        rows = await self._driver.read(
            self._sql.contacts,
            account_id=stored_key(account_id),
            platform=stored_key(platform),
            number=stored_key(number),
        )
        if not rows:
            return None
        value, created_at, age_s = rows[0]
        return CachedContacts(read_json(value), created_at, age_s)

    async def put_contacts(
        self, account_id: str, platform: str, number: str, contacts: list[Any]
    ) -> None:
        """Keep a lookup's whole list, the new-contact entry included."""
        await self._driver.write(
            self._sql.put_contacts,
            account_id=stored_key(account_id),
            platform=stored_key(platform),
            number=stored_key(number),
            value=stored_json(contacts),
        )

    async def forget_contacts(self, account_id: str, platform: str, number: str) -> None:
        """Drop the cached answer for one number."""
        await self._driver.write(
            self._sql.forget_contacts,
            account_id=stored_key(account_id),
            platform=stored_key(platform),
            number=stored_key(number),
        )

    async def account_data(self, account_id: str, platform: str) -> dict[str, AccountValue]:
        """Return the account's option lists; one older than 24 h is not fresh."""
        rows = await self._driver.read(
            self._sql.account_data,
            account_id=stored_key(account_id),
            platform=stored_key(platform),
        )
        return {
            read_text(name): AccountValue(
                value=read_json(value), fresh=age_s < ACCOUNT_DATA_FRESH_S
            )
            for name, value, age_s in rows
        }

    async def put_account_data(self, account_id: str, platform: str, key: str, value: Any) -> None:
        """Keep an option list of the account."""
        await self._driver.write(
            self._sql.put_account_data,
            account_id=stored_key(account_id),
            platform=stored_key(platform),
            key=stored_key(key),
            name=stored_text(key),
            value=stored_json(value),
        )

    async def call_log(self, session_id: str, platform: str, user_id: str) -> CallLogRecord | None:
        """Return the record of a logged call, None when that call is not logged."""
        rows = await self._driver.read(
            self._sql.call_log,
            session_id=stored_key(session_id),
            platform=stored_key(platform),
            user_id=stored_key(user_id),
        )
        if not rows:
            return None
        log_id, contact_id, telephony_session_id, created_at = rows[0]
        return CallLogRecord(
            session_id=session_id,
            platform=platform,
            user_id=user_id,
            third_party_log_id=read_json(log_id),
            contact_id=read_json(contact_id),
            id=read_text(telephony_session_id),
            created_at=created_at,
        )

    async def put_call_log(self, record: CallLogRecord) -> None:
        """Keep the record of a logged call."""
        await self._driver.write(
            self._sql.put_call_log,
            session_id=stored_key(record.session_id),
            platform=stored_key(record.platform),
            user_id=stored_key(record.user_id),
            third_party_log_id=stored_json(record.third_party_log_id),
            contact_id=stored_json(record.contact_id),
            telephony_session_id=stored_text(record.id),
        )

    async def claim(self, key: str, owner: str, ttl_s: float) -> bool:
        """Take a piece of work, so that no other worker does it at the same time.

        Args:
            key: the piece of work.
            owner: who does it; unlike any other, because the same one cannot claim twice either.
            ttl_s: after how many seconds another may take it over, should it not be released.

        Returns:
            Whether it is the owner's now.
        """
        taken = await self._driver.write(
            self._sql.claim, key=stored_key(key), owner=stored_key(owner), ttl_s=float(ttl_s)
        )
        return taken > 0

    async def release(self, key: str, owner: str) -> None:
        """Give a piece of work back; one that another took over stays the other's."""
        await self._driver.write(self._sql.release, key=stored_key(key), owner=stored_key(owner))

    async def maintain(self) -> int:
        """Drop cached answers of more than three months, and expired claims.

        Returns:
            How many rows were dropped.
        """
        dropped = await self._driver.write(self._sql.forget_old_contacts, kept_s=CONTACTS_KEPT_S)
        return dropped + await self._driver.write(self._sql.forget_expired_claims)


def _is_file(name: str | None) -> TypeGuard[str]:
    return bool(name) and name != ":memory:" and "\0" not in str(name)


async def _driver(text: str) -> Driver:
    try:
        url = sa.make_url(text)
        url.port  # noqa: B018  a password with an unescaped : or @ shows here
    except (sa.exc.ArgumentError, ValueError):
        # Not chained, and nothing quoted: what does not parse may be a part of the password.
        raise DatabaseUrlError(
            "DATABASE_URL is no URL: write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME,"
            " and characters such as @ : / in a password as %40 %3A %2F."
        ) from None
    kind = url.drivername.partition("+")[0]
    if kind in {"postgresql", "postgres"}:
        return await PostgresqlDriver.open(url)
    if kind == "sqlite" and _is_file(url.database):
        return await SqliteDriver.open(Path(url.database))
    raise DatabaseUrlError(
        "DATABASE_URL names no database that this server knows: write sqlite:///FILE (four slashes"
        " for a path from the root) or postgresql://USER:PASSWORD@HOST/NAME."
    )
