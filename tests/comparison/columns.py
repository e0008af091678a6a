"""The ways in which the connector is run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.bench import Bench
from app.connections import Connection
from app.journal import Journal
from connectors.contract.model import User
from connectors.host.process import HostProcess
from connectors.runtime.store import CoreStore
from tests.comparison.cases import SLOW_S
from tests.comparison.crm import HOST, KEY, TinyCrm
from tests.comparison.differences import BEHIND_CORE, BEHIND_SERVE
from tests.comparison.ways import ThroughAServer, ThroughTheBench, Way
from tests.connectors.appconnect import real_core

ROOT = Path(__file__).parents[2]
TINYCRM = Path(__file__).with_name("tinycrm")


@dataclass(frozen=True)
class Column:
    """One way.

    Attributes:
        name: as the page has it.
        open: makes the way ready, with that CRM behind it.
        base: the name of the column that it is held against, empty for the first.
        missing: says what it lacks on this machine, empty when it can run.
    """

    name: str
    open: Callable[[TinyCrm], AbstractAsyncContextManager[Way]]
    base: str = ""
    missing: Callable[[], str] = lambda: ""


def _by_path(kind):
    @asynccontextmanager
    async def opened(crm: TinyCrm) -> AsyncIterator[Way]:
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
                yield ThroughTheBench(bench)
            finally:
                await bench.close()

    return opened


def _behind_core(kind):
    @asynccontextmanager
    async def opened(crm: TinyCrm) -> AsyncIterator[Way]:
        env = {"TINYCRM_URL": crm.url}
        with (
            tempfile.TemporaryDirectory() as folder,
            real_core.running_core([TINYCRM / kind], Path(folder), env=env) as core,
        ):
            async with httpx.AsyncClient(base_url=core.url) as http:
                way = ThroughAServer(http)
                await way.sign_in("tinycrm", KEY)
                yield way

    return opened


def _behind_serve(kind):
    @asynccontextmanager
    async def opened(crm: TinyCrm) -> AsyncIterator[Way]:
        with (
            tempfile.TemporaryDirectory() as folder,
            _serving(TINYCRM / kind, Path(folder), f"{HOST}={crm.url.removesuffix('/v1')}") as url,
        ):
            async with httpx.AsyncClient(base_url=url) as http:
                way = ThroughAServer(http)
                await way.sign_in("tinycrm", KEY)
                yield way

    return opened


@contextmanager
def _serving(connector: Path, folder: Path, route: str) -> Iterator[str]:
    """Run ``callbench serve`` with one more connector; give its address."""
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--json"]
    settings = {
        "PATH": os.environ["PATH"],
        "APP_SERVER_SECRET_KEY": "the-signing-key-of-the-comparison-0123456789",
        "CALLBENCH_HOME": str(folder),
        "OPERATION_TIMEOUT_S": str(SLOW_S / 2),
    }
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--connector", str(connector), "--route", route],
            cwd=ROOT,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        told = ""
        for line in process.stdout:
            told += line
            if line == "}\n":
                break
        assert told, (folder / "serve.log").read_text()
        url = json.loads(told)["url"]
        real_core.await_alive(url)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _without_node() -> str:
    return "" if shutil.which("node") else "Node is not installed"


COLUMNS = (
    Column("Python", _by_path("python")),
    Column("JavaScript", _by_path("nodejs"), "Python", _without_node),
    Column("proxy config", _by_path("proxy"), "Python"),
    Column(
        BEHIND_CORE[0],
        _behind_core("nodejs"),
        "JavaScript",
        real_core.missing,
    ),
    Column(
        BEHIND_CORE[1],
        _behind_core("core_proxy"),
        "proxy config",
        real_core.missing,
    ),
    Column(BEHIND_SERVE[0], _behind_serve("python"), "Python"),
    Column(BEHIND_SERVE[1], _behind_serve("proxy"), "proxy config"),
)
