"""A database of each kind, empty for every test; one CRM and one server for all of them."""

from __future__ import annotations

import pytest

from tests.postgresql import PostgresqlServer, binaries
from tests.serving import INSIGHTLY, running_crm, running_server


@pytest.fixture(scope="session")
def postgresql_server():
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL's server is not installed: on Debian, apt-get install postgresql")
    server = PostgresqlServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def postgresql_url(postgresql_server):
    return postgresql_server.new_schema()


@pytest.fixture
def own_database_url(postgresql_server):
    return postgresql_server.new_database()


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path / 'server.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(scope="session")
def crm(tmp_path_factory):
    with running_crm(tmp_path_factory.mktemp("crm")) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def server(crm, tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("server"), routes=crm.routes) as process:
        yield process


@pytest.fixture
def anybody(server):
    """A client without a token."""
    with server.client() as http:
        yield http


@pytest.fixture
def insightly(server):
    """A client of a user who is connected to Insightly."""
    with server.client(INSIGHTLY) as http:
        yield http
