"""The whole server, by its process: limits, slow clients, a database that goes and comes back."""

from __future__ import annotations

import contextlib
import json
import socket
import time

import httpx
import pytest

from connectors.server.application import HOLD_MARGIN_S, open_services
from connectors.server.settings import Settings
from tests.postgresql import PostgresqlServer, binaries
from tests.serving import INSIGHTLY, SECRET_KEY, incoming_call, running_server

ANNA = {"phoneNumber": "+14155550132"}


@pytest.fixture
def own_postgresql():
    """A database server that this test may stop."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL's server is not installed: on Debian, apt-get install postgresql")
    server = PostgresqlServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.close()


async def test_a_write_is_held_for_as_long_as_the_slowest_connector_may_take(tmp_path, sqlite_url):
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "manifest.json").write_text('{"name": "slow", "requestConfig": {"timeout": 60}}')
    (slow / "connector.py").write_text(
        "from connectors.contract.connector import Connector\n\n"
        "class Slow(Connector):\n    auth_type = 'other'\n"
    )
    settings = Settings(secret_keys=(SECRET_KEY,), database_url=sqlite_url, connectors=(str(slow),))
    async with open_services(settings) as services:
        assert services.alone._hold_s == 4 * 60 + HOLD_MARGIN_S


def until(ready, timeout_s=30.0):
    ends_at = time.monotonic() + timeout_s
    while not ready():
        assert time.monotonic() < ends_at
        time.sleep(0.05)


def log_body(session):
    return incoming_call(session, 312400001, "Anna Keller", ANNA["phoneNumber"])


def notes(crm, session):
    rows = crm.records("insightly", "events").values()
    return [row for row in rows if f"note of {session}" in (row.get("DETAILS") or "")]


def test_a_database_that_goes_and_comes_back(tmp_path, crm, own_postgresql):
    url = {"DATABASE_URL": own_postgresql.new_database()}
    with (
        running_server(tmp_path, routes=crm.routes, env=url) as server,
        server.client(INSIGHTLY) as http,
    ):
        assert http.get("/contact", params=ANNA).json()["successful"] is True
        own_postgresql.stop()
        for method, path, body in (
            ("GET", "/contact?phoneNumber=%2B14155550132", None),
            ("POST", "/contact", {"phoneNumber": "+16285550190", "newContactName": "Lost Person"}),
            ("POST", "/callLog", log_body("lost")),
        ):
            answer = http.request(method, path, json=body)
            assert answer.status_code == 503
            assert answer.json().startswith("The server cannot reach its database")
            assert answer.headers["retry-after"] == "30"
        callback = "https://ringcentral.github.io/?code=c&state=platform=bullhorn"
        token_url = "https://auth.bullhornstaffing.com/oauth/token"
        oauth = {"callbackUri": callback, "tokenUrl": token_url}
        with crm.held():  # who asked it would wait
            assert http.post("/apiKeyLogin", json=INSIGHTLY).status_code == 503
            assert http.get("/oauth-callback", params=oauth).status_code == 503
        assert http.get("/isAlive").status_code == 200
        assert notes(crm, "lost") == []
        own_postgresql.start()
        until(lambda: http.get("/contact", params=ANNA).status_code == 200)
        assert http.post("/callLog", json=log_body("found")).json()["successful"] is True
        assert len(notes(crm, "found")) == 1


def test_a_database_that_goes_while_the_crm_writes_loses_and_doubles_nothing(
    tmp_path, crm, own_postgresql
):
    url = {"DATABASE_URL": own_postgresql.new_database()}
    with (
        running_server(tmp_path, routes=crm.routes, env=url) as server,
        server.client(INSIGHTLY) as http,
    ):
        crm.control(faults=["insightly/events=slow:4000x1"])
        try:
            with contextlib.ExitStack() as stack:
                asking = stack.enter_context(socket.create_connection(address_of(server)))
                body = json.dumps(log_body("late")).encode()
                asking.sendall(
                    b"POST /callLog HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                    + http.headers["Authorization"].encode()
                    + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
                    + body
                )
                until(lambda: notes(crm, "late"))
                own_postgresql.stop()
                answer = read_all(asking)
        finally:
            crm.control(faults=[])
        assert b'"successful":true' in answer
        own_postgresql.start()
        until(lambda: http.get("/contact", params=ANNA).status_code == 200)
        until(lambda: http.get("/callLog?sessionIds=late").json()["logs"][0]["matched"])
        again = http.post("/callLog", json=log_body("late")).json()
        assert again["successful"] is False
        assert len(notes(crm, "late")) == 1


def address_of(server):
    url = httpx.URL(server.url)
    return url.host, url.port


def read_all(connection):
    connection.settimeout(30)
    answer = b""
    while piece := connection.recv(65536):
        answer += piece
    return answer


def test_ten_megabytes_are_refused(insightly):
    answer = insightly.post("/contact", content=b"x" * 10_000_000)
    assert (answer.status_code, answer.json()) == (413, "The body is larger than 1 MB.")
    assert insightly.get("/user/settings").status_code == 200


def test_a_body_without_an_end_is_refused(insightly):
    def endless():
        for _ in range(300):
            yield b"x" * 65536

    answer = None
    with contextlib.suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        answer = insightly.post("/contact", content=endless())
    assert answer is None or answer.status_code == 413
    assert insightly.get("/user/settings").status_code == 200


def test_headers_and_addresses_that_are_too_large_are_refused(anybody):
    assert anybody.get("/isAlive", headers={"X": "y" * 34_000}).status_code == 431
    assert anybody.get("/isAlive?x=" + "y" * 9000).status_code == 414


def test_headers_without_an_end_end_the_connection(server):
    with socket.create_connection(address_of(server)) as connection:
        connection.sendall(b"GET /isAlive HTTP/1.1\r\n")
        with contextlib.suppress(OSError):
            for place in range(10_000):
                connection.sendall(b"X-%d: %s\r\n" % (place, b"y" * 100))
        with contextlib.suppress(ConnectionError):
            assert b"200" not in read_all(connection)


@pytest.mark.parametrize(
    "raw",
    [
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /contact HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_is_refused(server, anybody, raw):
    with socket.create_connection(address_of(server)) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            answer = read_all(connection)
            assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
            assert b"Traceback" not in answer
    assert anybody.get("/isAlive").status_code == 200


def test_slow_clients_are_given_up(tmp_path, crm):
    with (
        running_server(tmp_path, routes=crm.routes, env={"BODY_TIMEOUT_S": "0.3"}) as server,
        socket.create_connection(address_of(server)) as slow,
    ):
        slow.sendall(b"POST /contact HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        answer = read_all(slow)
        assert answer.startswith(b"HTTP/1.1 408")
        assert b'"The body did not come within 0.3 s."' in answer


def test_a_preflight_is_answered(anybody):
    answer = anybody.options(
        "/contact", headers={"Access-Control-Request-Headers": "authorization"}
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-methods"] == "GET,POST,PATCH,PUT,DELETE"
    assert answer.headers["access-control-allow-headers"] == "authorization"
