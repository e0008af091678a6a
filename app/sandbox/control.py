"""Changing the sandbox's delays and faults while it runs."""

from __future__ import annotations

from app.sandbox.errors import FaultRuleError
from app.sandbox.faults import SandboxSettings
from app.sandbox.store import Store

MAX_INDEX_DELAY_S = 86_400.0


def describe_control(store: Store, settings: SandboxSettings) -> dict[str, object]:
    """Return the settings in the shape that ``/control`` takes."""
    return {
        "delayMs": settings.delay_ms,
        "indexDelayS": store.index_delay_s,
        "faults": [rule.text for rule in settings.rules],
    }


def apply_control(store: Store, settings: SandboxSettings, change: dict[str, object]) -> None:
    """Change what `change` names: ``delayMs``, ``indexDelayS``, ``faults``. All of it or nothing.

    Raises:
        FaultRuleError: a rule or number cannot be used.
        ValueError: there is another key, or a value of another type.
    """
    if set(change) - {"delayMs", "indexDelayS", "faults"}:
        raise ValueError
    delay = change.get("delayMs", settings.delay_ms)
    index_delay = change.get("indexDelayS", store.index_delay_s)
    faults = change.get("faults")
    if isinstance(delay, bool) or not isinstance(delay, int):
        raise ValueError  # noqa: TRY004  one kind of refusal
    if isinstance(index_delay, bool) or not isinstance(index_delay, (int, float)):
        raise ValueError  # noqa: TRY004
    if faults is not None and not (
        isinstance(faults, list) and all(isinstance(rule, str) for rule in faults)
    ):
        raise ValueError
    if not 0 <= index_delay <= MAX_INDEX_DELAY_S:
        raise FaultRuleError(
            f"The index delay must be from 0 to {MAX_INDEX_DELAY_S:.0f} s, not {index_delay}."
        )
    new = SandboxSettings.of(delay, faults or ())
    settings.delay_ms = new.delay_ms
    if faults is not None:
        settings.rules = new.rules
    store.index_delay_s = index_delay
