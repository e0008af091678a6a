"""Lengths of time in words, as a person says them."""

from __future__ import annotations

_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_UNITS = ((30.44 * _DAY, "month"), (_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"))
_FEW = 2
"""Below two of a unit the next smaller one says more: 90 minutes, not 1 hour."""


def span_text(seconds: float) -> str:
    """Return a length of time in its largest fitting unit: ``40 seconds``, ``3 days``."""
    seconds = max(0.0, seconds)
    for length, unit in _UNITS:
        if seconds >= _FEW * length:
            return f"{int(seconds // length)} {unit}s"
    whole = int(seconds)
    return "1 second" if whole == 1 else f"{whole} seconds"


def age_text(seconds: float) -> str:
    """Return an age: ``just now``, else ``3 days ago``."""
    return "just now" if seconds < 1 else f"{span_text(seconds)} ago"
