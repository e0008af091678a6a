"""Desk, a CRM for tests: people and calls behind HTTP, to be looked at afterwards."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

API_KEY = "desk-k3y-of-tess"
CONNECTOR = Path(__file__).with_name("data") / "desk"


class Desk(ThreadingHTTPServer):
    """The CRM.

    Attributes:
        people: id to name and phone.
        calls: id to subject, body and what else was sent.
        asked: method and path of each request.
        status: with which every request is refused, 0 for none.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.people = {11: {"name": "Ada Lovelace", "phone": "+14155550100"}}
        self.calls: dict[int, dict] = {}
        self.asked: list[tuple[str, str]] = []
        self.status = 0
        self.hostname = f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a server that ends resets its connections."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path))
        status, answer = self._answer(json.loads(body) if body else {})
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_PATCH = do_GET  # noqa: N815

    def _answer(self, sent: dict) -> tuple[int, dict]:
        desk = self.server
        key = base64.b64encode(f"{API_KEY}:".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {key}":
            return 401, {"error": "unknown key"}
        if desk.status:
            return desk.status, {"error": "out of order"}
        url = urlsplit(self.path)
        kind, _, number = url.path.strip("/").partition("/")
        if kind == "me":
            return 200, {"id": "tess", "name": "Tess"}
        rows = {"people": desk.people, "calls": desk.calls}[kind]
        if number:
            row = rows[int(number)]
            row.update(sent)
            return 200, {"id": int(number), **row}
        if self.command == "POST":
            made = max(rows, default=40) + 1
            rows[made] = sent
            return 201, {"id": made, **sent}
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        found = [
            {"id": each, **row}
            for each, row in rows.items()
            if row["phone"] == asked.get("phone") or asked.get("name", "\0") in row["name"]
        ]
        return 200, {"people": found}

    def log_message(self, *_arguments: object) -> None:
        pass


@contextlib.contextmanager
def running_desk() -> Iterator[Desk]:
    """Serve a new Desk from a thread of this process."""
    desk = Desk()
    thread = threading.Thread(target=desk.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield desk
    finally:
        desk.shutdown()
        thread.join()
        desk.server_close()
