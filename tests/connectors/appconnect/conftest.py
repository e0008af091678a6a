"""The real server with two connectors, the CRM of one of them, and what drives the server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from app.bench import Bench
from app.connections import Connection
from app.journal import Journal
from connectors.contract.hosting import ExchangeEvent, InvokeOptions, UserEvent
from connectors.contract.model import User, from_wire, to_wire
from connectors.host.local import LocalHost
from connectors.runtime.sign_in import sign_in
from connectors.runtime.store import CoreStore
from tests.connectors.appconnect.desk import API_KEY, CONNECTOR, running_desk
from tests.connectors.appconnect.real_core import missing, running_core

LAPSED = CONNECTOR.with_name("lapsed")


@pytest.fixture(scope="session")
def core(tmp_path_factory):
    """The real server, one for all tests of this process; they skip where it is not installed."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with running_core([CONNECTOR, LAPSED], tmp_path_factory.mktemp("core")) as server:
        yield server


@pytest.fixture
def desk():
    """The CRM behind the server, new for each test."""
    with running_desk() as crm:
        yield crm


class Scripted(ThreadingHTTPServer):
    """A server that is none of App Connect's, or another version: it says what it is told to.

    Attributes:
        answers: path to (status, content type, body); a path without one is Express's 404 page.
            Without a status the connection is cut.
        asked: method, path with query, and headers of each request.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.answers = {}
        self.asked = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def says(self, path, status, body, kind="application/json; charset=utf-8"):
        text = body if isinstance(body, str) else json.dumps(body)
        self.answers[path] = (status, kind, text)

    def says_what_it_is(self, *operations, platform="desk", **entry):
        """Have a manifest with one platform, which implements these operations."""
        self.says("/crmManifest", 200, {"platforms": {platform: {"name": platform, **entry}}})
        self.says("/implementedInterfaces", 200, dict.fromkeys(operations, True))


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        path = urlsplit(self.path).path
        page = f"<!DOCTYPE html>\n<html><pre>Cannot {self.command} {path}</pre></html>"
        status, kind, text = self.server.answers.get(path) or (404, "text/html", page)
        if status is None:
            self.close_connection = True
            return
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_PATCH = do_PUT = do_GET  # noqa: N815

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def scripted():
    """A server for what the real one does not do."""
    server = Scripted()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def signed(at_end):
    """Return what signs in at a server's address: the outcome, and the events on the way."""

    async def sign(address, **given):
        host = LocalHost(address, captures_console=False)
        at_end.append(host.close)
        events = []

        async def invoke(operation, operation_input):
            options = InvokeOptions(secrets=(API_KEY,))
            return await host.invoke(
                operation, operation_input, options=options, timeout_s=20, on_event=events.append
            )

        signed = await sign_in(invoke, await host.describe(), User(**given))
        if signed.user is not None:
            changes = {}
            for event in events:
                if isinstance(event, UserEvent):
                    changes |= event.changes
            return from_wire(to_wire(signed.user) | changes, User), signed, events
        return None, signed, events

    return sign


@pytest.fixture
def invoked(at_end):
    """Return what runs one operation, as ``callbench invoke`` does: the reply, the exchange."""

    async def invoke(address, token, operation, given):
        host = LocalHost(address, captures_console=False)
        at_end.append(host.close)
        events = []
        reply = await host.invoke(
            operation,
            {"user": {"accessToken": token}, **given},
            options=InvokeOptions(secrets=(token,)),
            timeout_s=20,
            on_event=events.append,
        )
        (exchange,) = [event.exchange for event in events if isinstance(event, ExchangeEvent)]
        return reply, exchange

    return invoke


@pytest.fixture
def opened(at_end, tmp_path):
    """Return what opens a bench on a server's address."""

    async def open_bench(address, kind=LocalHost, **user):
        store = CoreStore(tmp_path / "store.sqlite")
        kept = []
        connection = Connection(
            id="server", name="Server", platform=address, user=User(**user), timeout_s=20
        )
        bench = Bench(connection, kind(address), store, Journal(), keep_user=kept.append)

        async def close():
            await bench.close()
            store.close()

        at_end.append(close)
        bench.kept_users = kept
        await bench.open()
        return bench

    return open_bench


@pytest.fixture
def connected(core, desk, signed, opened):
    """Return what opens a bench for a user who has signed in to Desk through the real server."""

    async def connect(kind=LocalHost):
        user, signing, _events = await signed(
            f"{core.url}#desk", hostname=desk.hostname, access_token=API_KEY
        )
        assert user is not None, signing
        desk.asked.clear()
        return await opened(f"{core.url}#desk", kind, **fields_of(user))

    return connect


def fields_of(user):
    """Return the fields of a user that :func:`opened` takes."""
    return {
        "id": user.id,
        "hostname": user.hostname,
        "access_token": user.access_token,
        "rc_account_id": "an-account-of-the-bench",
    }
