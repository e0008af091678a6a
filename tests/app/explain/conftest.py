"""Lookups through the real connectors against the real sandbox, in this process."""

from __future__ import annotations

import textwrap

import pytest

from app.bench import Bench
from app.connections import Connection, sandbox_connection
from app.evidence import evidence_of
from app.home import home
from app.journal import Journal
from app.sandbox.process import start_or_join
from connectors.host.local import LocalHost
from connectors.runtime.store import CoreStore


@pytest.fixture
def look_up(at_end):
    """Return a coroutine function that looks a number up and returns the evidence."""

    async def look_up(platform, number, formats=(), *, source=None, faults=None, **options):
        sandbox = await start_or_join(home(), faults=faults)
        at_end.append(sandbox.close)
        if source is None:
            connection = sandbox_connection(platform, sandbox.urls)
        else:
            path = home() / "own.py"
            path.write_text(textwrap.dedent(source))
            routes = {"*": sandbox.urls["insightly"]}
            connection = Connection(id="own", name="Own", platform=str(path), routes=routes)
        store = CoreStore(":memory:")
        bench = Bench(connection, LocalHost(connection.platform), store, Journal())
        await bench.open()
        try:
            run = await bench.find(number, formats, **options)
        finally:
            await bench.close()
            store.close()
        return evidence_of(bench.journal.events(run.run_id), run.run_id)

    return look_up
