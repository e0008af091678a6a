"""A database of each kind, empty for every test."""

from __future__ import annotations

import pytest

from tests.postgresql import PostgresqlServer, binaries


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
