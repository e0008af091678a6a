"""The real server with the connector of Desk, and Desk itself; tests skip without the framework."""

from pathlib import Path

import pytest

from tests.connectors.appconnect.desk import CONNECTOR, running_desk
from tests.connectors.appconnect.real_core import missing, running_core


@pytest.fixture(scope="session")
def core_folder(tmp_path_factory) -> Path:
    """Where the server's database and log are."""
    return tmp_path_factory.mktemp("core")


@pytest.fixture(scope="session")
def core(core_folder):
    """The real server, one for all tests of this process."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with running_core([CONNECTOR], core_folder) as server:
        yield server


@pytest.fixture
def desk():
    """The CRM behind the server, new for each test."""
    with running_desk() as crm:
        yield crm
