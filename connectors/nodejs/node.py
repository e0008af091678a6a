"""Finds Node and makes the command line of the host that it runs."""

from __future__ import annotations

import asyncio
import re
import shutil
from functools import cache
from importlib import resources
from pathlib import Path

from connectors.host.load import ConnectorLoadError

OLDEST = (18, 2)
"""Before, what sends the requests of ``fetch`` could not be reached: no capture, no routes."""
_FIX = "install Node 18.2 or later ('sudo apt-get install -y nodejs', or from nodejs.org)"
_SHELL = 'exec "$0" "$@" 3>&1 1>&2'
"""Node cannot duplicate a descriptor. So the protocol gets one of its own, and what is written past
the console (a program that the connector starts, for example) goes to standard error."""


async def node_command(path: Path) -> tuple[str, ...]:
    """Return the command line of the host for the connector at an absolute path.

    Raises:
        ConnectorLoadError: Node is missing or too old; says what to do.
    """
    node = shutil.which("node")
    if node is None:
        raise ConnectorLoadError(f"{path} needs Node, which is not on the PATH: {_FIX}.")
    version = await _version(node)
    if version < OLDEST:
        raise ConnectorLoadError(
            f"{path} needs Node 18.2 or later, and {node} is {'.'.join(map(str, version))}: {_FIX}."
        )
    host = str(_host())
    return ("/bin/sh", "-c", _SHELL, node, *_flags(version), host, str(path), "3")


async def _version(node: str) -> tuple[int, int]:
    """Ask Node for its version.

    Raises:
        ConnectorLoadError: it does not say.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            node, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        said, _ = await process.communicate()
    except OSError as error:
        raise ConnectorLoadError(f"{node} cannot be run: {error.strerror}; {_FIX}.") from error
    found = re.match(rb"v(\d+)\.(\d+)", said)
    if found is None:
        raise ConnectorLoadError(f"{node} does not say its version: {_FIX}.")
    return int(found[1]), int(found[2])


def _flags(version: tuple[int, int]) -> tuple[str, ...]:
    """Return the flags that let Node run TypeScript where it can but does not by itself.

    Node warns of the flag; a warning that is ours must not stand in the connector's console.
    """
    if (22, 10) <= version < (22, 18) or (23, 0) <= version < (23, 6):
        return (
            "--enable-source-maps",
            "--experimental-strip-types",
            "--disable-warning=ExperimentalWarning",
        )
    return ("--enable-source-maps",)


@cache
def _host() -> Path:
    return Path(str(resources.files("resources"))) / "nodejs" / "host.mjs"
