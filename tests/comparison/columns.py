"""The ways in which the connector is run."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from app.bench import Bench
from app.connections import Connection
from app.journal import Journal
from connectors.contract.model import User
from connectors.host.process import HostProcess
from connectors.runtime.store import CoreStore
from tests.comparison.crm import HOST, KEY, TinyCrm

TINYCRM = Path(__file__).with_name("tinycrm")


@dataclass(frozen=True)
class Column:
    """One way.

    Attributes:
        name: as the table has it.
        open: opens a bench that reaches the CRM that way.
        missing: says what it lacks on this machine, empty when it can run.
    """

    name: str
    open: Callable[[TinyCrm], AbstractAsyncContextManager[Bench]]
    missing: Callable[[], str] = lambda: ""


def _by_path(kind):
    @asynccontextmanager
    async def opened(crm: TinyCrm) -> AsyncIterator[Bench]:
        path = str(TINYCRM / kind)
        connection = Connection(
            id="tinycrm",
            name="Tiny CRM",
            platform=path,
            user=User(id="u1-tinycrm", platform="tinycrm", access_token=KEY),
            routes={HOST: crm.url.removesuffix("/v1")},
        )
        with closing(CoreStore(":memory:")) as store:
            bench = Bench(connection, HostProcess(path), store, Journal())
            try:
                await bench.open()
                yield bench
            finally:
                await bench.close()

    return opened


def _without_node() -> str:
    return "" if shutil.which("node") else "Node is not installed"


REFERENCE = Column("Python", _by_path("python"))
OTHERS = (
    Column("JavaScript", _by_path("nodejs"), _without_node),
    Column("proxy config", _by_path("proxy")),
)
