"""``callbench serve`` as a user starts and stops it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys

import httpx
import pytest

from tests.serving import INSIGHTLY, ROOT, SECRET_KEY, ended, running_crm, running_server

SMALL = """
from connectors.contract.connector import Connector


class Small(Connector):
    auth_type = "other"

    async def find_contact(self, request):
        return {"successful": True, "matchedContactInfo": []}
"""


def run(tmp_path, *arguments, **env):
    environment = {
        **os.environ,
        "CALLBENCH_HOME": str(tmp_path),
        "APP_SERVER_SECRET_KEY": SECRET_KEY,
    }
    return subprocess.run(
        [sys.executable, "-m", "app", "serve", *arguments],
        cwd=ROOT,
        env=environment | env,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_says_where_it_is_and_stops_with_ctrl_c(tmp_path):
    with running_server(tmp_path) as server:
        assert httpx.get(f"{server.url}/isAlive").text == "OK"
        server.process.send_signal(signal.SIGINT)
        assert ended(server.process) == 130
    said = server.log.read_text()
    assert f"Serving bullhorn, insightly at {server.url} (Ctrl+C stops it)." in said
    assert "Traceback" not in said


def test_several_workers_share_the_work_and_stop_with_ctrl_c(tmp_path):
    crm_home = tmp_path / "crm"
    crm_home.mkdir()
    with (
        running_crm(crm_home) as crm,
        running_server(tmp_path, routes=crm.routes, arguments=["--workers", "2"]) as server,
    ):
        with server.client(INSIGHTLY) as http:
            for _ in range(10):
                found = http.get("/contact", params={"phoneNumber": "+14155550132"}).json()
                assert found["contact"][0]["name"] == "Anna Keller"
        server.process.send_signal(signal.SIGINT)
        assert ended(server.process) == 130
    assert "Traceback" not in server.log.read_text()


def test_a_connector_by_its_path(tmp_path):
    path = tmp_path / "small.py"
    path.write_text(SMALL)
    with running_server(tmp_path / "home", arguments=["--connector", str(path)]) as server:
        assert list(httpx.get(f"{server.url}/crmManifest").json()["platforms"])[-1] == "small"
        answer = httpx.get(f"{server.url}/implementedInterfaces?platform=small")
        assert answer.json()["findContact"] is True


def test_without_a_key_it_says_how_to_make_one(tmp_path):
    done = run(tmp_path, APP_SERVER_SECRET_KEY="")
    assert done.returncode == 2
    assert "APP_SERVER_SECRET_KEY is not set" in done.stderr
    assert "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "env", "code", "words"),
    [
        (["--port", "70000"], {}, 2, "must be from 0 to 65535"),
        (["--workers", "0"], {}, 2, "must be from 1 to 64"),
        (["--connector", "nowhere.py"], {}, 2, "There is no connector"),
        (["--connector", "tests/connectors/nodejs/data"], {}, 2, "connector.py"),
        (["--route", "nonsense"], {}, 2, "is not HOST=URL"),
        (["--host", "203.0.113.1"], {}, 2, "choose another --host"),
        ([], {"PORT": "x"}, 2, "PORT must be from 0 to 65535"),
        ([], {"DATABASE_URL": "mysql://x"}, 2, "names no database that this server knows"),
        ([], {"DATABASE_URL": "sqlite://"}, 2, "names no database that this server knows"),
        ([], {"DATABASE_URL": "postgresql://u:hunter2@[::1/x"}, 2, "DATABASE_URL is no URL"),
        ([], {"DATABASE_URL": "sqlite:///README.md"}, 2, "README.md is no usable database"),
        ([], {"DATABASE_URL": "sqlite:///docs"}, 2, "docs cannot be opened (Is a directory)"),
        ([], {"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x"}, 3, "127.0.0.1"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path, arguments, env, code, words):
    done = run(tmp_path, *arguments, **env)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_a_database_that_is_locked_is_no_wrong_usage(tmp_path):
    path = tmp_path / "held.sqlite"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("CREATE TABLE held (x)")
        done = run(tmp_path, DATABASE_URL=f"sqlite:///{path}")
    assert done.returncode == 3
    assert "held.sqlite stayed locked for 5 s" in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(tmp_path, "--port", str(port))
    assert done.returncode == 2
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert "choose another --port" in done.stderr
