"""Ids of CRM records: read from answers, written into bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.contract.errors import UnexpectedResponseError
from connectors.contract.model import ContactId

MAX_DIGITS = 19
"""Longer digits are no number of any CRM (and slow to read): they stay text."""


def id_of(row: Mapping[str, Any], key: str, what: str, crm: str) -> ContactId:
    """Return the id that an answer carries.

    Args:
        row: a record, or the answer to a write.
        key: where the id is.
        what: what was being done, to begin a sentence with.
        crm: the CRM's name for people.

    Raises:
        UnexpectedResponseError: there is none; a write may have happened all the same.
    """
    value = row.get(key)
    if isinstance(value, int | str) and not isinstance(value, bool) and value:
        return value
    raise UnexpectedResponseError(
        f"{what} failed: the answer of {crm} has no {key} where one was expected, "
        f"look into {crm} before trying again."
    )


def sent_id(value: ContactId) -> ContactId:
    """Return an id as a JSON body carries it: a number when it is one."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else value
