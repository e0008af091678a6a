"""Which dates production accepts as ``createdDate`` (contact-flow 1.8, earliest created)."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_tz
from typing import Any

_UNIX = re.compile(r"\d{9,10}|\d{12,13}|\d{15,16}|\d{18,19}")
_MICROSOFT = re.compile(r"/Date\(-?\d{1,16}([+-]\d{4})?\)/")
_PLAIN = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "%Y-%m-%d %H:%M:%S"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "%Y-%m-%d"),
    (re.compile(r"\d{8}"), "%Y%m%d"),
    (re.compile(r"\d{14}"), "%Y%m%d%H%M%S"),
)
_MONTH = re.compile(r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b")


def is_accepted(value: Any) -> bool:
    """Tell whether production reads `value` as a date.

    Accepted are ISO 8601 with a zone, Unix seconds to nanoseconds as number or text,
    ``YYYY-MM-DD`` with or without `` HH:mm:ss``, ``YYYYMMDD``, ``YYYYMMDDHHmmss``, dates with a
    month's name and a time as e-mail has them, and ``/Date(ms)/``. Never raises.
    """
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        # Seconds since 1973 up to nanoseconds; NaN and infinity fail both comparisons or one.
        return 10**8 <= value < 10**19
    # Python takes the digits of any script, production those of ASCII only.
    if not isinstance(value, str) or len(value) > 100 or not value.isascii():
        return False
    text = value.strip()
    for pattern, spelled in _PLAIN:
        if pattern.fullmatch(text):
            return _is_date(text, spelled)
    if _UNIX.fullmatch(text) or _MICROSOFT.fullmatch(text):
        return True
    return _is_zoned_iso(text) or _is_named(text)


def _is_date(text: str, spelled: str) -> bool:
    try:
        datetime.strptime(text, spelled)  # noqa: DTZ007  only whether it is a date
    except ValueError:
        return False
    return True


def _is_zoned_iso(text: str) -> bool:
    if "T" not in text:
        return False
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_named(text: str) -> bool:
    if "/" in text or not _MONTH.search(text):
        return False
    try:
        parts = parsedate_tz(text)
        if parts is None:
            return False
        datetime(*parts[:6])  # noqa: DTZ001  only whether there is such a day
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    return True
