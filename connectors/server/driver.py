"""What the database asks of whatever runs its statements; one error for all that can go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from connectors.contract.model import User
from connectors.server.tables import Statement, Statements


class DatabaseError(Exception):
    """The database cannot be reached or used.

    The message has the cause and the next step of an operator, and nothing secret of the URL.
    """


class DatabaseUrlError(DatabaseError):
    """What ``DATABASE_URL`` names is no database that can be used, and waiting does not help."""


class SecretsLostError(DatabaseError):
    """A user is there, but none of the server's keys opens the secrets: only a new sign-in helps.

    Attributes:
        user: what is no secret of the user.
    """

    def __init__(self, message: str, user: User) -> None:
        super().__init__(message)
        self.user = user


class Driver(Protocol):
    """Connections to one database, whose tables are there."""

    statements: Statements

    async def read(self, statement: Statement, **values: Any) -> Sequence[Sequence[Any]]:
        """Return the rows that a statement finds.

        Raises:
            DatabaseError: the database cannot be reached or used.
        """

    async def write(self, statement: Statement, **values: Any) -> int:
        """Run a statement; return how many rows it made, changed or dropped.

        Returned means kept: a statement is a transaction of its own, and this waits for its end.

        Raises:
            DatabaseError: the database cannot be reached or used. A connection that broke while
                the answer was on its way leaves open whether the statement was run.
        """

    async def close(self) -> None:
        """End every connection; safe to call twice."""


def cause(error: BaseException) -> str:
    """Return what a driver's error says, in one line: PostgreSQL adds the row's values below it."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
