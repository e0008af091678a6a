"""The real server and the real sandbox CRM as processes, and a client that asks as the extension.

Both end with :func:`ended`, by their own id.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
SECRET_KEY = "the-key-of-the-server-under-test-0123456789"
INSIGHTLY = {
    "platform": "insightly",
    "apiKey": "sandbox-key",
    "hostname": "crm.na1.insightly.com",
    "additionalInfo": {"apiUrl": "https://api.na1.insightly.com"},
}
END_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Crm:
    """A running sandbox."""

    url: str
    home: Path
    process: subprocess.Popen

    @property
    def routes(self) -> list[str]:
        """What sends the connectors' requests here."""
        return [
            f"api.na1.insightly.com={self.url}/insightly",
            f"auth.bullhornstaffing.com={self.url}/bullhorn",
            f"rest.bullhornstaffing.com={self.url}/bullhorn",
        ]

    def records(self, platform: str, entity: str) -> dict[int, dict]:
        """Read the CRM's own store."""
        path = self.home / "sandbox.sqlite"
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            rows = database.execute(
                "SELECT id, data FROM records WHERE platform = ? AND entity = ?", (platform, entity)
            ).fetchall()
        return {row[0]: json.loads(row[1]) for row in rows}

    def control(self, **settings: object) -> None:
        """Change its delay or its faults."""
        httpx.post(f"{self.url}/control", json=settings).raise_for_status()

    def held(self) -> contextlib.AbstractContextManager[None]:
        """Let it answer nothing for the length of a block; what is asked meanwhile waits."""
        return stopped(self.process.pid)


@contextlib.contextmanager
def running_crm(home: Path) -> Iterator[Crm]:
    """Start the sandbox; it ends with its standard input."""
    command = [sys.executable, "-m", "app.sandbox", "--home", str(home), "--stdin-guard"]
    with (home / "crm.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        yield Crm(json.loads(process.stdout.readline())["url"], home, process)
    finally:
        process.stdin.close()
        ended(process)


@dataclass(frozen=True, slots=True)
class Server:
    """A running ``callbench serve``."""

    url: str
    process: subprocess.Popen
    log: Path

    def client(self, login: dict | None = None, **options: object) -> httpx.Client:
        """Return a client; with `login` it carries the token of that user."""
        headers = dict(options.pop("headers", {}))
        if login is not None:
            answer = httpx.post(f"{self.url}/apiKeyLogin", json=login, timeout=30)
            assert answer.status_code == 200, answer.text
            headers["Authorization"] = f"Bearer {answer.json()['jwtToken']}"
        return httpx.Client(base_url=self.url, timeout=30, headers=headers, **options)


@contextlib.contextmanager
def running_server(
    folder: Path,
    *,
    routes: list[str] = (),
    arguments: list[str] = (),
    env: dict[str, str] | None = None,
) -> Iterator[Server]:
    """Start the server and wait until it says where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--json", *arguments]
    for route in routes:
        command += ["--route", route]
    environment = {
        **os.environ,
        "CALLBENCH_HOME": str(folder),
        "APP_SERVER_SECRET_KEY": SECRET_KEY,
        "HASH_KEY": "salt",
        "BULLHORN_CLIENT_ID": "sandbox-client",
        "BULLHORN_CLIENT_SECRET": "sandbox-secret",
        **(env or {}),
    }
    log = folder / "server.log"
    with log.open("a") as printed:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=printed, text=True
        )
    try:
        said = process.stdout.read(1)
        assert said, f"the server ended at once:\n{log.read_text()}"
        while not said.endswith("}\n"):
            said += process.stdout.readline()
        yield Server(json.loads(said)["url"], process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        ended(process)


def incoming_call(session: str, contact_id: int, name: str, number: str) -> dict:
    """Return what the extension posts to ``/callLog`` for a call from a contact."""
    return {
        "logInfo": {
            "sessionId": session,
            "startTime": 1_767_225_600_000,
            "duration": 5,
            "direction": "Inbound",
            "from": {"phoneNumber": number},
        },
        "contactId": contact_id,
        "contactType": "contact",
        "contactName": name,
        "note": f"note of {session}",
    }


@contextlib.contextmanager
def stopped(process_id: int) -> Iterator[None]:
    """Stop a process for the length of a block; its listening sockets go on taking connections."""
    os.kill(process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process_id, signal.SIGCONT)


def ended(process: subprocess.Popen) -> int:
    """Wait for a process that was asked to end; force it when it does not."""
    try:
        code = process.wait(timeout=END_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    process.stdout.close()
    return code
