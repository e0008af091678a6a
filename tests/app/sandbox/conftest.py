from __future__ import annotations

import contextlib
import threading
import time

import pytest
import uvicorn

from app.sandbox.faults import SandboxSettings
from app.sandbox.seed import fill
from app.sandbox.server import _listen, build_app
from app.sandbox.store import Store


class Sandbox:
    """A sandbox on a real port, its store and a client for it."""

    def __init__(self, store, settings, url, http):
        self.store, self.settings, self.url, self.http = store, settings, url, http

    def insightly(self, method, path, **more):
        return self.http.request(method, f"/insightly/v3.1{path}", auth=("sandbox-key", ""), **more)

    def bullhorn(self, method, path, **more):
        more.setdefault("headers", {"BhRestToken": "sandbox-session"})
        return self.http.request(method, f"/bullhorn/rest/{path}", **more)

    def found(self, entity, query):
        answer = self.bullhorn(
            "POST", f"search/{entity}?fields=id,name&count=500", json={"query": query}
        )
        assert answer.status_code == 200, answer.text
        return [row["name"] for row in answer.json()["data"]]


@pytest.fixture
def store(tmp_path):
    with contextlib.closing(Store(tmp_path / "sandbox.sqlite")) as opened:
        yield opened


@pytest.fixture
def sandbox(store):
    import httpx

    fill(store, 40)
    settings = SandboxSettings()
    listener = _listen(0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(store, settings), log_config=None, log_level="critical", lifespan="off"
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.005)
    with httpx.Client(base_url=url, timeout=10) as http:
        yield Sandbox(store, settings, url, http)
    server.should_exit = True
    thread.join(10)
    listener.close()
    assert not thread.is_alive()
