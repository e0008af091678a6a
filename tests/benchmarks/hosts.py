"""A lookup through the Python host against the same lookup in this process.

The connector asks three requests, one after another, of the stub CRM; ``nodejs.py`` measures the
same for JavaScript. Each pair is one lookup on either side, the first one by turns; the median
of the pairs' differences is what the child process costs: the pipe, and three exchanges sent
through it. The bench around it (core, journal) is the same on both sides. Run by
``make bench``; an argument is the number of pairs.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.bench import Bench
from app.connections import Connection
from app.journal import Journal
from connectors.contract.hosting import ConnectorHost
from connectors.host.local import LocalHost
from connectors.host.process import HostProcess
from connectors.runtime.store import CoreStore
from tests.benchmarks.stub_crm import stub_crm

PAIRS = 200
WARM_UPS = 5
CONNECTOR = """
from connectors.contract.connector import Connector
from connectors.contract.http import fetch_json


class Three(Connector):
    auth_type = "other"

    async def find_contact(self, request):
        found = []
        for field in ("phone", "mobile", "fax"):
            rows = await fetch_json(
                self.http,
                "GET",
                f"{self.context.config['CRM_BASE']}/contacts",
                what="Searching",
                params={"field": field, "value": request.phone_number},
            )
            found += rows[:1]
        return {"successful": True, "matchedContactInfo": found}
"""


async def lookup_ms(bench: Bench) -> float:
    """Return the milliseconds of one lookup."""
    began = time.perf_counter()
    run = await bench.find("+16505550100")
    took = (time.perf_counter() - began) * 1000
    assert run.outcome.error is None, run.outcome.error
    assert len(run.exchanges) == 3, run.exchanges
    return took


async def pairs(
    hosts: tuple[ConnectorHost, ConnectorHost], base: str, count: int
) -> list[tuple[float, ...]]:
    """Return (in this process, through the host) for each pair of lookups."""
    with closing(CoreStore(":memory:")) as store:
        connection = Connection(
            id="three", name="Three", platform="three", config={"CRM_BASE": base}
        )
        benches = [Bench(connection, host, store, Journal()) for host in hosts]
        try:
            for bench in benches:
                await bench.open()
                for _ in range(WARM_UPS):
                    await lookup_ms(bench)
            measured = []
            for number in range(count):
                order = benches if number % 2 else benches[::-1]
                times = {bench: await lookup_ms(bench) for bench in order}
                measured.append(tuple(times[bench] for bench in benches))
            return measured
        finally:
            for bench in benches:
                await bench.close()


async def measure() -> None:
    """Start the stub, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    async with stub_crm() as base:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "three.py"
            path.write_text(CONNECTOR)
            hosts = LocalHost(str(path), captures_console=False), HostProcess(str(path))
            measured = await pairs(hosts, base, count)
    inside, through = (statistics.median(times) for times in zip(*measured, strict=True))
    more = sorted(host - local for local, host in measured)
    print(f"lookup of three requests, median of {count} pairs")
    print(f"  in this process          {inside:6.2f} ms")
    print(f"  through the Python host  {through:6.2f} ms   ", end="")
    print(f"{statistics.median(more):+.2f} ms a pair, nine in ten below ", end="")
    print(f"{more[int(len(more) * 0.9)]:+.2f} ms")


if __name__ == "__main__":
    asyncio.run(measure())
