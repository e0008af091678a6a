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
from typing import Any

from app.bench import Bench
from app.connections import Connection
from app.journal import Journal
from connectors.contract.hosting import InvokeOptions, Reply
from connectors.contract.model import User
from connectors.host.process import HostProcess
from connectors.runtime.sign_in import sign_in
from connectors.runtime.store import CoreStore
from tests.comparison.cases import SLOW_S
from tests.comparison.crm import HOST, KEY, TinyCrm
from tests.comparison.differences import BEHIND_CORE, BEHIND_SERVE
from tests.comparison.ways import Way
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
        user = User(id="u1-tinycrm", platform="tinycrm", access_token=KEY)
        routes = {HOST: crm.url.removesuffix("/v1")}
        async with _bench(path, user, routes) as way:
            yield way

    return opened


@asynccontextmanager
async def _bench(platform: str, user: User, routes: dict[str, str]) -> AsyncIterator[Way]:
    connection = Connection(
        id="tinycrm", name="Tiny CRM", platform=platform, user=user, routes=routes
    )
    with closing(CoreStore(":memory:")) as store:
        bench = Bench(connection, HostProcess(platform), store, Journal())
        try:
            await bench.open()
            yield Way(bench)
        finally:
            await bench.close()


@asynccontextmanager
async def _signed_in(address: str) -> AsyncIterator[Way]:
    """Sign in to a server with the API key, as *Add connection* does, and open the bench on it."""
    host = HostProcess(address)

    async def invoke(operation: str, operation_input: dict[str, Any]) -> Reply:
        options = InvokeOptions(secrets=(KEY,))
        return await host.invoke(
            operation, operation_input, options=options, timeout_s=20, on_event=lambda _event: None
        )

    try:
        signed = await sign_in(invoke, await host.describe(), User(access_token=KEY))
    finally:
        await host.close()
    assert signed.user is not None, signed
    async with _bench(address, signed.user, {}) as way:
        yield way


def _behind_core(kind):
    @asynccontextmanager
    async def opened(crm: TinyCrm) -> AsyncIterator[Way]:
        env = {"TINYCRM_URL": crm.url}
        with (
            tempfile.TemporaryDirectory() as folder,
            real_core.running_core([TINYCRM / kind], Path(folder), env=env) as core,
        ):
            async with _signed_in(f"{core.url}#tinycrm") as way:
                yield way

    return opened


def _behind_serve(kind):
    @asynccontextmanager
    async def opened(crm: TinyCrm) -> AsyncIterator[Way]:
        with (
            tempfile.TemporaryDirectory() as folder,
            _serving(TINYCRM / kind, Path(folder), f"{HOST}={crm.url.removesuffix('/v1')}") as url,
        ):
            async with _signed_in(f"{url}#tinycrm") as way:
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
