from __future__ import annotations

import os
import subprocess
import sys

from tests.serving import ROOT, SECRET_KEY

IMPORT = [sys.executable, "-c", "from connectors.server.asgi import application"]


def run(env, command=IMPORT):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command, cwd=ROOT, env=kept | env, capture_output=True, text=True, timeout=60
    )


def test_any_asgi_server_can_import_the_application(tmp_path):
    done = run({"APP_SERVER_SECRET_KEY": SECRET_KEY, "CALLBENCH_HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_missing_is_one_sentence(tmp_path):
    done = run({"CALLBENCH_HOME": str(tmp_path)})
    assert done.returncode == 1
    assert done.stderr.startswith("APP_SERVER_SECRET_KEY is not set")
    assert "Traceback" not in done.stderr


def test_what_stops_the_start_is_one_sentence_under_another_server(tmp_path):
    command = [sys.executable, "-m", "uvicorn", "connectors.server.asgi:application", "--port", "0"]
    text = tmp_path / "no database"
    text.write_text("only text " * 100)
    env = {"APP_SERVER_SECRET_KEY": SECRET_KEY, "DATABASE_URL": f"sqlite:///{text}"}
    done = run(env, command)
    assert done.returncode == 3
    assert f"The file {text} is no usable database" in done.stderr
    assert "Traceback" not in done.stderr
