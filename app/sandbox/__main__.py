"""The sandbox as a child of the bench: one JSON line on standard output when it is ready."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from app.sandbox.errors import SandboxError
from app.sandbox.server import run


def main() -> int:
    """Serve until standard input ends; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.sandbox")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--contacts", type=int, default=300)
    parser.add_argument("--delay", type=int, default=0, help="milliseconds")
    parser.add_argument("--index-delay", type=float, default=0.0, help="seconds")
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--stdin-guard", action="store_true")
    given = parser.parse_args()

    def say(line: dict[str, str]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    try:
        run(
            given.home,
            given.port,
            given.contacts,
            given.delay,
            given.index_delay,
            given.fault,
            lambda url: say({"url": url}),
            stop_with_stdin=given.stdin_guard,
        )
    except SandboxError as problem:
        say({"error": str(problem)})
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
