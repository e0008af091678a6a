"""How a command ends: its exit code, its error, and what it prints.

Exit codes: 0 done (no match is a result), 1 an expectation failed, 2 wrong usage or unreadable
input, 3 the connector or the CRM failed, 130 stopped with Ctrl+C.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

DONE, EXPECTATION_FAILED, WRONG_USAGE, CONNECTOR_FAILED, INTERRUPTED = 0, 1, 2, 3, 130


class CommandError(Exception):
    """A command cannot be done. `code` is the exit code; the message is for the user."""

    def __init__(self, message: str, code: int = WRONG_USAGE) -> None:
        super().__init__(message)
        self.code = code


def print_result(options: argparse.Namespace, document: Any, text: str) -> None:
    """Print `document` as JSON when asked for, else `text` for a person."""
    if options.json:
        import json  # noqa: PLC0415  the window does not need it

        json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
        sys.stdout.write("\n")
    elif text:
        print(text)
    sys.stdout.flush()
