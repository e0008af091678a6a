"""A tiny CRM on loopback, and the Node host driven against it."""

import asyncio
import contextlib
import gzip
import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.contract.hosting import InvokeOptions
from connectors.host.process import HostProcess
from connectors.nodejs.node import node_command
from tests.certificate import self_signed

DATA = Path(__file__).with_name("data")
ADA = {"id": 7, "name": "Ada Lovelace", "phone": "+16505550100"}


class Crm(ThreadingHTTPServer):
    """Answers as the tiny CRM does, and keeps what it was asked.

    Attributes:
        asked: (method, path, headers, body) of each request.
        answers: path to (status, headers, body) that stands in for the usual answer; without a
            status the connection is closed.
    """

    daemon_threads = True

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.answers = {}
        self.base = f"http://127.0.0.1:{self.server_port}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.base = self.base.replace("http:", "https:")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        path = urlsplit(self.path).path
        status, headers, answer = self.server.answers.get(path) or self.usual(path)
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        try:
            self.wfile.write(answer)
        except ConnectionError:
            self.close_connection = True

    do_POST = do_GET  # noqa: N815

    def usual(self, path):
        query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        if path == "/v2/me":
            return 200, {}, json.dumps({"id": "u1", "name": "Tess"}).encode()
        if path == "/v2/people" and self.command == "GET":
            found = [ADA] if ADA["phone"] == query.get("phone") else []
            packed = gzip.compress(json.dumps({"people": found}).encode())
            return 200, {"Content-Encoding": "gzip"}, packed
        if self.command == "POST" and path in {"/v2/people", "/v2/calls"}:
            return 201, {}, b'{"id": 11}'
        return 404, {}, b'{"error": "there is no such thing"}'

    def log_message(self, *_args):
        pass


@contextlib.contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def crm():
    with running(Crm()) as server:
        yield server


@pytest.fixture
def secure_crm(tmp_path_factory, monkeypatch):
    """The tiny CRM behind TLS; Node trusts its certificate."""
    certificate = self_signed(tmp_path_factory.mktemp("tls") / "own.pem")
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(certificate))
    with running(Crm(certificate)) as server:
        yield server


@pytest.fixture
def drive(at_end):
    """Return what starts a host for a path, and one that calls its operations."""

    def start(path):
        host = HostProcess(str(path))
        at_end.append(host.close)

        async def call(operation, given=None, *, events=None, timeout_s=20.0, **options):
            return await host.invoke(
                operation,
                given or {},
                options=InvokeOptions(**options),
                timeout_s=timeout_s,
                on_event=(events if events is not None else []).append,
            )

        return host, call

    return start


@pytest.fixture
def written(tmp_path, drive):
    """Return what starts a host for a connector whose findContact has this body."""

    def start(body, name="small.js"):
        path = tmp_path / name
        path.write_text(f"module.exports = {{ async findContact(given) {{ {body} }} }};\n")
        return drive(path)

    return start


@pytest.fixture
def node_strips_types(tmp_path):
    """Tell whether Node, as the host is started, runs TypeScript by itself."""
    _sh, _c, _redirection, node, *flags, _host, _path, _fd = asyncio.run(node_command(tmp_path))
    asked = [node, *flags, "-p", "process.features.typescript"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True)
    return said.stdout.strip() in {"strip", "transform"}
