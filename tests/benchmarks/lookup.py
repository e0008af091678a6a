"""What the bench adds to a lookup, against an Insightly that takes 50 ms for each request.

The stub is a process of its own on 127.0.0.1. Two lookups: one that finds a contact with one link
at the first spelling, and one whose four spellings all miss. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.contract.hosting import ExchangeEvent, HostEvent, InvokeOptions
from connectors.contract.model import FindContactInput, User, to_wire
from connectors.host.local import LocalHost

DELAY_S = 0.05
RUNS = 15
KNOWN = "6505550100"
FORMATS = "(***) ***-****,***-***-****,***.***.****"
PERSON = {
    "CONTACT_ID": 1,
    "FIRST_NAME": "Ada",
    "LAST_NAME": "Lovelace",
    "PHONE": KNOWN,
    "LINKS": [{"LINK_ID": 9, "LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": 7}],
}
ORGANISATION = {"ORGANISATION_ID": 7, "ORGANISATION_NAME": "Analytical Engines"}


def answer(target: str) -> object:
    """Return what Insightly says to a GET of `target`."""
    url = urlsplit(target)
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    if url.path.endswith("/organisations/7"):
        return ORGANISATION
    if url.path.endswith("/contacts/search") and query == {
        "field_name": "PHONE",
        "field_value": KNOWN,
        "brief": "false",
    }:
        return [PERSON]
    return []


async def serve() -> None:
    """Be the stub: print the port, answer until the standard input ends."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(DELAY_S)
                body = json.dumps(answer(head.split(b" ", 2)[1].decode())).encode()
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


async def measure() -> None:
    """Start the stub, measure, print."""
    stub = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        "serve",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    host = LocalHost("insightly", captures_console=False)
    try:
        assert stub.stdout is not None
        base = f"http://127.0.0.1:{int(await stub.stdout.readline())}"
        async with httpx.AsyncClient() as client:
            one = await median_ms(lambda: client.get(f"{base}/v3.1/contacts/search"))
        found, _ = await lookup(host, base, "+1" + KNOWN, "", contacts=1)
        missed, waves = await lookup(host, base, "+16505550199", FORMATS, contacts=0)
    finally:
        await host.close()
        assert stub.stdin is not None
        stub.stdin.close()
        await stub.wait()
    all_waves = waves * DELAY_S * 1000
    print(f"lookup against {DELAY_S * 1000:.0f} ms a request, median of {RUNS}")
    print(f"  one request                {one:6.1f} ms")
    print(f"  found at once, one link    {found:6.1f} ms   {found / one:4.2f} x one request")
    print(f"  {waves} spellings that miss     {missed:6.1f} ms   ", end="")
    print(f"{missed / all_waves:4.2f} x {waves} waves of {DELAY_S * 1000:.0f} ms")


async def lookup(
    host: LocalHost, base: str, number: str, formats: str, *, contacts: int
) -> tuple[float, int]:
    """Return a lookup's milliseconds, and how many spellings it asked for."""
    user = User(platform="insightly", platform_additional_info={"apiUrl": base})
    asked: set[str] = set()

    def keep(event: HostEvent) -> None:
        if isinstance(event, ExchangeEvent):
            asked.update(parse_qs(urlsplit(event.exchange.url).query).get("field_value", []))

    async def find() -> None:
        reply = await host.invoke(
            "findContact",
            to_wire(
                FindContactInput(
                    user=user,
                    auth_header="Basic eA==",
                    phone_number=number,
                    overriding_format=formats,
                )
            ),
            options=InvokeOptions(),
            timeout_s=30,
            on_event=keep,
        )
        assert reply.error is None, reply.error
        matched = reply.result["matchedContactInfo"]
        assert len([each for each in matched if not each.get("isNewContact")]) == contacts, matched

    return await median_ms(find), len(asked)


async def median_ms(work: Callable[[], Awaitable[object]]) -> float:
    """Return the median of some runs, after one that opens the connections."""
    await work()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        await work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    asyncio.run(serve() if sys.argv[1:] == ["serve"] else measure())
