"""The command line of the host that a connector needs: Python's own, or Node's."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

import connectors
from connectors.host.load import builtin_platforms
from connectors.nodejs.node import node_command
from connectors.nodejs.source import is_javascript


class HostCommand(NamedTuple):
    """How a host is started.

    Attributes:
        redacts: whether the host takes secrets out itself; the bench does it otherwise.
        replays: whether the host answers from a recording itself; likewise.
    """

    argv: tuple[str, ...]
    env: dict[str, str]
    redacts: bool
    replays: bool


async def host_command(platform: str) -> HostCommand:
    """Return what runs the connector of this name or path.

    Raises:
        ConnectorLoadError: it is JavaScript, and Node is missing or too old.
    """
    source = _javascript(platform)
    if source is not None:
        return HostCommand(
            await node_command(source), dict(os.environ), redacts=False, replays=False
        )
    root = str(Path(connectors.__path__[0]).parent)
    python_path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    return HostCommand(
        # -P: a file in the current folder must not stand in for a module.
        (sys.executable, "-P", "-m", "connectors.host", platform),
        {**os.environ, "PYTHONPATH": python_path, "PYTHONUNBUFFERED": "1"},
        redacts=True,
        replays=True,
    )


def _javascript(platform: str) -> Path | None:
    path = Path(platform).expanduser()
    if platform in builtin_platforms() or not is_javascript(path):
        return None
    return path.absolute()
