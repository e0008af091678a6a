"""The sandbox beside the bench: join the one that runs for this home, or start a child."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.sandbox.errors import SandboxError
from app.sandbox.schema import PLATFORMS

ADDRESS_FILE = "sandbox.json"
LOCK_FILE = "sandbox.lock"
LOCK_POLL_S = 0.02
START_TIMEOUT_S = 20.0
HEALTH_TIMEOUT_S = 2.0
STOP_TIMEOUT_S = 5.0
# Where the packages are, so that a child finds them from any folder.
_ROOT = str(Path(__file__).resolve().parents[2])


class SandboxHandle:
    """A running sandbox.

    Attributes:
        url: the page.
        urls: ``page`` and one base URL per CRM.
        owned: `close` ends it, as this process started it.
    """

    def __init__(self, url: str, process: Process | None = None) -> None:
        self.url = url
        self.urls = sandbox_urls(url)
        self._process = process

    @property
    def owned(self) -> bool:
        """Whether this process started it."""
        return self._process is not None

    async def close(self) -> None:
        """End an owned sandbox and wait for it; safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            await _end(process)


def sandbox_urls(url: str) -> dict[str, str]:
    """Return the page's URL and each CRM's base URL."""
    return {"page": url} | {name: f"{url}/{name}" for name in PLATFORMS}


async def running_sandbox(home: Path) -> str | None:
    """Return the URL of the sandbox that runs for `home`, None when there is none."""
    try:
        said = json.loads((home / ADDRESS_FILE).read_text(encoding="utf-8"))
        url, pid = str(said["url"]), int(said["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    try:
        async with asyncio.timeout(HEALTH_TIMEOUT_S):
            health = await _ask(url, "GET", "/health")
    except (OSError, ValueError, TimeoutError):
        return None
    # The port may belong to something else by now, or to another home's sandbox.
    return url if health.get("pid") == pid else None


async def running(home: Path) -> dict[str, str] | None:
    """Return the URLs of the sandbox that runs for `home`, None when there is none."""
    url = await running_sandbox(home)
    return None if url is None else sandbox_urls(url)


async def start_or_join(
    home: Path,
    *,
    delay_ms: int | None = None,
    index_delay_s: float | None = None,
    faults: Sequence[str] | None = None,
) -> SandboxHandle:
    """Return the sandbox of `home`. What is given is set on a joined one too, and nothing else.

    Raises:
        SandboxError: it did not start; the message is its own, or says where its output is.
    """
    async with _alone(home):
        url = await running_sandbox(home)
        if url is None:
            return await _start(home, delay_ms or 0, index_delay_s or 0.0, faults or ())
    wanted = {"delayMs": delay_ms, "indexDelayS": index_delay_s, "faults": faults}
    wanted = {key: value for key, value in wanted.items() if value is not None}
    if wanted:
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_S):
                said = await _ask(url, "POST", "/control", wanted)
        except (OSError, ValueError, TimeoutError) as problem:
            raise SandboxError(
                f"The sandbox at {url} stopped answering ({problem!r}): try again, which starts it "
                "anew when it is gone."
            ) from None
        if "error" in said:
            raise SandboxError(str(said["error"]))
    return SandboxHandle(url)


@contextlib.asynccontextmanager
async def _alone(home: Path) -> AsyncIterator[None]:
    """Let one process at a time look for a sandbox and start one: the others then join it."""
    home.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  a moment, once
    deadline = time.monotonic() + START_TIMEOUT_S
    with (home / LOCK_FILE).open("wb") as held:
        while not _locked(held.fileno()):
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"Another Callbench has been starting the sandbox for {START_TIMEOUT_S:.0f} s; "
                    f"end it, or remove {home / LOCK_FILE}."
                )
            await asyncio.sleep(LOCK_POLL_S)
        yield


def _locked(file: int) -> bool:
    """Take a lock that ends with the file; return whether it was free."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  each system has its own

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


async def _start(
    home: Path, delay_ms: int, index_delay_s: float, faults: Sequence[str]
) -> SandboxHandle:
    command = [sys.executable, "-m", "app.sandbox", "--home", str(home), "--port", "0"]
    command += ["--delay", str(delay_ms), "--index-delay", str(index_delay_s), "--stdin-guard"]
    command += [f"--fault={rule}" for rule in faults]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))
    log = home / "sandbox.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=output, env=environment
        )
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            line = await _first_line(process)
    except BaseException as problem:
        await _end(process)
        if isinstance(problem, TimeoutError):
            raise SandboxError(
                f"The sandbox did not start within {START_TIMEOUT_S:.0f} s; see {log}."
            ) from None
        raise
    said: dict[str, Any] = {}
    with contextlib.suppress(ValueError):
        said = json.loads(line)
    if "url" not in said:
        await _end(process)
        raise SandboxError(str(said.get("error", f"The sandbox did not start; see {log}.")))
    return SandboxHandle(str(said["url"]), process)


async def _first_line(process: Process) -> bytes:
    return b"" if process.stdout is None else await process.stdout.readline()


async def _end(process: Process) -> None:
    """End a child: close its input, which it watches, then ask, then force."""
    if process.stdin is not None:
        process.stdin.close()
    for force in (process.terminate, process.kill):
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                force()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                # Reads what is left, so that the pipes are closed with the process.
                await process.communicate()
                break


async def _ask(url: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Send one small request; plain sockets, as httpx takes longer to import than this to run."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        writer.write(head.encode() + content)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    said = json.loads(answer.partition(b"\r\n\r\n")[2])
    if not isinstance(said, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  callers expect bad data as this
    return said
