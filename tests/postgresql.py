"""A PostgreSQL server of the tests' own, from the system's packages, on loopback."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import asyncpg

USER = "callbench"
PASSWORD = "canary-database-password"
START_S = 30.0


def binaries() -> Path | None:
    """Return the folder of `initdb` and `postgres`, the newest one, None when there is none."""
    found = [Path(path).resolve().parent for path in [shutil.which("initdb")] if path]
    found += sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: float(folder.parent.name),
        reverse=True,
    )
    return next((folder for folder in found if (folder / "postgres").exists()), None)


class PostgresqlServer:
    """One server and its cluster in a temporary folder.

    PostgreSQL refuses to run as root; there it runs as `nobody`.

    Args:
        programs: the folder of PostgreSQL's programs.
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="callbench-postgresql-"))
        self.data = self._folder / "data"
        self.log = self._folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._account = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        if self._account is not None:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        password_file = self._folder / "password"
        password_file.write_text(PASSWORD)
        password_file.chmod(0o644)
        self._run(
            "initdb",
            "--no-locale",
            "--encoding=UTF8",
            "--no-sync",
            "--auth=scram-sha-256",
            f"--username={USER}",
            f"--pwfile={password_file}",
            f"--pgdata={self.data}",
        )

    @property
    def process_id(self) -> int:
        """The running server's."""
        assert self._process is not None
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    str(self._programs / "postgres"),
                    "-D",
                    str(self.data),
                    f"--port={self.port}",
                    "--listen_addresses=127.0.0.1",
                    "--unix_socket_directories=",
                    "--fsync=off",
                    "--full_page_writes=off",
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **self._as_user(),
            )
        until = time.monotonic() + START_S
        while not self._is_ready():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """End it as a crash would: its connections break."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(START_S)
            self._process = None

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        self._made += 1
        name = f"test_{self._made}"
        asyncio.run(self._execute(f"CREATE DATABASE {name}"))
        return self.url(name)

    def new_schema(self) -> str:
        """Make an empty schema, much faster than a database, and return a URL that uses it."""
        self._made += 1
        name = f"test_{self._made}"
        asyncio.run(self._execute(f"CREATE SCHEMA {name}"))
        return f"{self.url()}?search_path={name}"

    def close(self) -> None:
        """End it and remove its files."""
        self.stop()
        shutil.rmtree(self._folder)

    def _is_ready(self) -> bool:
        """Return what the server's own file says; its line 8 is the state."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return lines[0] == str(self.process_id) and [line.strip() for line in lines[7:]] == [
            "ready"
        ]

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **self._as_user(),
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"

    def _as_user(self) -> dict:
        if self._account is None:
            return {"cwd": self._folder}
        return {
            "cwd": self._folder,
            "user": self._account.pw_uid,
            "group": self._account.pw_gid,
            "extra_groups": [],
        }
