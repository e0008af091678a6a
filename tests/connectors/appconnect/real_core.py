"""App Connect's own server as a child process: the real framework with a SQLite file of its own.

``scripts/core.sh`` installs it. Where it could not, :func:`missing` says why; tests skip with that.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("core")
SECRET_KEY = "the-servers-own-signing-key-0123456789"
START_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class RealCore:
    """A running server.

    Attributes:
        url: where it answers, without a slash at the end.
        database: its SQLite file.
        log: what it prints.
        process: the child; closing its standard input ends it.
    """

    url: str
    database: Path
    log: Path
    process: subprocess.Popen[str]


def installed() -> Path:
    """Return the folder in which the framework is, or would be, installed."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        digest.update((SOURCE / name).read_bytes())
    return cache / "callbench-tests" / f"core-{digest.hexdigest()[:16]}"


def missing() -> str:
    """Return why the framework cannot be started, empty when it can."""
    folder = installed()
    if shutil.which("node") is None:
        return "App Connect's framework needs Node, which is missing."
    if folder.is_dir():
        return ""
    try:
        return folder.with_name(f"{folder.name}.reason").read_text(encoding="utf-8").strip()
    except OSError:
        return "App Connect's framework is not installed: run scripts/core.sh."


@contextlib.contextmanager
def running_core(
    connectors: Sequence[Path],
    folder: Path,
    *,
    port: int = 0,
    env: Mapping[str, str] | None = None,
) -> Iterator[RealCore]:
    """Start the server, wait until it answers, and end it by its id.

    Args:
        connectors: folders with ``index.js`` and ``manifest.json``.
        folder: where its SQLite file and its log are put; started again there it knows its users.
        port: where to listen; 0 takes a free one.
        env: further settings, such as ``NODE_ENV`` and what the connectors read.
    """
    modules = installed()
    database, log = folder / "core.sqlite", folder / "core.log"
    command = [shutil.which("node"), SOURCE / "server.mjs", modules, str(port), *connectors]
    settings = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite://{database}",
        "APP_SERVER_SECRET_KEY": SECRET_KEY,
        "HASH_KEY": "hash-key",
        "NODE_PATH": str(modules / "node_modules"),
        **(env or {}),
    }
    with log.open("a") as printed:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=printed,
            text=True,
        )
    try:
        url = process.stdout.readline().strip()
        assert url, f"the server ended at once:\n{log.read_text()}"
        await_alive(url)
        yield RealCore(url, database, log, process)
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def await_alive(url: str) -> None:
    """Wait for the answer of ``/isAlive``: the server gives it when its tables are made."""
    connection = http.client.HTTPConnection(url.partition("://")[2], timeout=START_TIMEOUT_S)
    try:
        connection.request("GET", "/isAlive")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"OK")
    finally:
        connection.close()
