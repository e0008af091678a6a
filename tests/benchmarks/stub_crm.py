"""A CRM for benchmarks: a process of its own on 127.0.0.1 that answers with a page of contacts.

``/contacts/400`` answers with 400 contacts, any other path with 20; a wait before each answer is
the script's argument, in milliseconds. It prints its port and runs until its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

CONTACTS = 20
PERSON = {
    "CONTACT_ID": 1,
    "FIRST_NAME": "Ada",
    "LAST_NAME": "Lovelace",
    "PHONE": "6505550100",
    "EMAIL_ADDRESS": "ada@example.com",
    "LINKS": [{"LINK_ID": 9, "LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": 7}],
}


@asynccontextmanager
async def stub_crm(delay_ms: float = 0) -> AsyncIterator[str]:
    """Run the CRM and give its address; each answer comes after `delay_ms`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        str(delay_ms),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(await process.stdout.readline())}"
    finally:
        process.stdin.close()
        await process.wait()


@cache
def _answer(count: int) -> bytes:
    body = json.dumps([PERSON] * count).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


async def serve(delay_s: float) -> None:
    """Be the CRM: print the port, answer until the standard input ends."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                began = time.perf_counter()
                last = head.split(b" ", 2)[1].rsplit(b"/", 1)[1]
                answer = _answer(int(last) if last.isdigit() else CONTACTS)
                if delay_s:
                    await asyncio.sleep(delay_s - (time.perf_counter() - began))
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000))
