"""A running server's debug trace as text."""

from __future__ import annotations

import json

from connectors.contract.hosting import TraceStep

LONGEST = 2000
"""Characters; the whole of it is in the answer's body."""


def data_text(step: TraceStep) -> str:
    """Return what a server noted at a step, on one line; empty when it noted nothing."""
    if step.data in (None, {}, []):
        return ""
    text = json.dumps(step.data, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def line_of(step: TraceStep) -> str:
    """Return a step as one line."""
    line = f"server +{step.elapsed_ms:.0f} ms  {step.name}"
    return f"{line}  {data_text(step)}".rstrip()
