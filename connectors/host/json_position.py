"""Finds the place at which a file stops being JSON."""

from __future__ import annotations

import json
from pathlib import Path

from connectors.contract.hosting import SourcePosition


def json_position(path: Path) -> SourcePosition:
    """Return where `path` stops being JSON; only the file where that cannot be told."""
    line = column = 0
    try:
        json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
    except (OSError, ValueError, RecursionError):
        pass  # Not readable, no text, or nested too deeply: no line is to blame.
    return SourcePosition(file=str(path.resolve()), line=line, column=column)
