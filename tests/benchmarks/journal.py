"""What capturing and journalling add to a request that takes 5 ms.

The stub is a process of its own on 127.0.0.1. The same requests go in turn through httpx as it is
and through a connector's client, whose exchanges go into a journal; so a busy machine slows both.
Run by ``make bench``; an argument is the number of requests.
"""

from __future__ import annotations

import asyncio
import json
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
from connectors.runtime.redact import Redactor
from connectors.runtime.transport import Invocation, build_client

DELAY_S = 0.005
REQUESTS = 400
PEOPLE = (1, 20, 400)
"""An answer holds so many contacts: about 0.3, 5 and 100 KB."""
PERSON = {
    "CONTACT_ID": 1,
    "FIRST_NAME": "Ada",
    "LAST_NAME": "Lovelace",
    "PHONE": "6505550100",
    "EMAIL_ADDRESS": "ada@example.com",
    "LINKS": [{"LINK_ID": 9, "LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": 7}],
}
SECRET = "a-key-of-36-characters-as-CRMs-give-"


async def serve() -> None:
    """Be the stub: print the port, answer until the standard input ends."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                began = time.perf_counter()
                count = int(head.split(b" ", 2)[1].rsplit(b"/", 1)[1])
                body = json.dumps([PERSON] * count).encode()
                await asyncio.sleep(DELAY_S - (time.perf_counter() - began))
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(body) + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def measure(requests: int) -> None:
    """Start the stub, measure, print."""
    stub = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        "serve",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert stub.stdout is not None
        base = f"http://127.0.0.1:{int(await stub.stdout.readline())}"
        print(f"one request, median of {requests}")
        for count in PEOPLE:
            plain, captured, added, size = await compare(f"{base}/contacts/{count}", requests)
            print(f"  answer of {size / 1024:6.1f} KB   plain {plain:6.2f} ms   ", end="")
            print(f"captured {captured:6.2f} ms   {captured / plain:.3f} x   ", end="")
            print(f"processor {added:+.2f} ms")
    finally:
        assert stub.stdin is not None
        stub.stdin.close()
        await stub.wait()


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
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS))
