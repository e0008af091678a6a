"""What capturing and journalling add to a request that takes 5 ms.

The stub CRM is a process of its own. The same requests go in turn through httpx as it is
and through a connector's client, whose exchanges go into a journal; so a busy machine slows both.
Run by ``make bench``; an argument is the number of requests.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.journal import ExchangeCaptured, Journal
from connectors.contract.exchange import Exchange
from connectors.runtime import transport
from connectors.runtime.client import build_client
from connectors.runtime.redact import Redactor
from connectors.runtime.transport import Invocation
from tests.benchmarks.stub_crm import stub_crm

DELAY_MS = 5
REQUESTS = 400
PEOPLE = (1, 20, 400)
"""An answer holds so many contacts: about 0.3, 5 and 100 KB."""
SECRET = "a-key-of-36-characters-as-CRMs-give-"


async def measure(requests: int) -> None:
    """Start the stub, measure, print."""
    async with stub_crm(DELAY_MS) as base:
        print(f"one request, median of {requests}")
        for count in PEOPLE:
            plain, captured, added, size = await compare(f"{base}/contacts/{count}", requests)
            print(f"  answer of {size / 1024:6.1f} KB   plain {plain:6.2f} ms   ", end="")
            print(f"captured {captured:6.2f} ms   {captured / plain:.3f} x   ", end="")
            print(f"processor {added:+.2f} ms")


async def compare(url: str, requests: int) -> tuple[float, float, float, int]:
    """Return the median milliseconds, plain and captured, and the size of the answer.

    Before the size: how much processor time a capture adds; other processes do not count in it.
    """
    headers = {"Authorization": f"Basic {SECRET}", "Accept": "application/json"}
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(spill_folder=Path(folder))

        def keep(exchange: Exchange) -> None:
            journal.append(ExchangeCaptured(run_id=1, at_ms=time.time() * 1000, exchange=exchange))

        transport.current.set(Invocation(id=1, redactor=Redactor([SECRET]), emit=keep))
        times: dict[str, list[float]] = {"plain": [], "captured": []}
        worked: dict[str, list[float]] = {"plain": [], "captured": []}
        async with httpx.AsyncClient() as plain, build_client() as captured:
            clients = {"plain": plain, "captured": captured}
            size = len((await plain.get(url)).content)
            await captured.get(url)
            for _ in range(requests):
                for name, client in clients.items():
                    began, busy = time.perf_counter(), time.process_time()
                    answer = await client.get(url, headers=headers)
                    times[name].append((time.perf_counter() - began) * 1000)
                    worked[name].append((time.process_time() - busy) * 1000)
                    assert answer.status_code == 200
        assert len(list(journal.events(1))) == requests + 1
        journal.close()
    plain_ms, captured_ms = (statistics.median(times[name]) for name in times)
    added = statistics.median(worked["captured"]) - statistics.median(worked["plain"])
    return plain_ms, captured_ms, added, size


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS))
