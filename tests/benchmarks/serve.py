"""Lookups per second of ``callbench serve`` beside App Connect's own server.

Both stand before one stub Insightly that answers at once, in a process of its own, as is the load.
A lookup asks for ``GET /contact`` with three formats. With no contact that is 12 requests on either
side: production asks for the formats alone, ours for the plain number first, so one of the formats
spells it plainly. A hit is answered by the account's cache. Each round of a phase runs for one side
right after the other, so that the machine's moods count for both; the ratio is the rounds' median.

Without ``@app-connect/core`` (``scripts/core.sh`` installs it) only our side runs. Run by
``make bench``; arguments are the seconds per phase and the rounds.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvloop

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.connectors.appconnect.real_core import missing, running_core
from tests.serving import running_server

SECONDS, ROUNDS = 2.0, 9
FORMATS = "##########,(###) ###-####,###-###-####"
NOBODY, KNOWN = "+14155550199", "+14155550100"
PERSON = {"CONTACT_ID": 1, "FIRST_NAME": "Ada", "LAST_NAME": "Lovelace", "PHONE": KNOWN[2:]}
ME = {"USER_ID": 7, "FIRST_NAME": "Me", "LAST_NAME": "Myself", "TIMEZONE_ID": ""}
FOUND_BY = f"{KNOWN[2:]}&brief=false".encode()
PHASES = (("miss, 12 requests", NOBODY, 1), ("miss, 12 requests", NOBODY, 32),
          ("hit", KNOWN, 1), ("hit", KNOWN, 32))  # fmt: skip
WANTED = {"miss, 12 requests": 1.5, "hit": 3.0}


def packed(answer: object) -> bytes:
    """Return a whole HTTP answer."""
    body = json.dumps(answer).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


class Stub(asyncio.Protocol):
    """Insightly for one person; counts nothing and waits for nothing."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Keep the connection."""
        self._transport = transport
        self._waiting = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        *heads, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for head in heads:
            target = head.split(b" ", 2)[1]
            if b"/users/me" in target:
                self._transport.write(packed(ME))
            elif target.endswith(b"contacts/search?field_name=PHONE&field_value=" + FOUND_BY):
                self._transport.write(packed([PERSON]))
            else:
                self._transport.write(packed([]))


async def be_the_stub() -> None:
    """Print the address, answer until the standard input ends."""
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


async def be_the_load(url: str, target: str, at_once: int, seconds: float) -> None:
    """Ask as fast as the answers come; print how many came, and the median in ms."""
    address = urlsplit(url)
    request = f"GET {target} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()
    times: list[float] = []
    ends_at = time.perf_counter() + seconds

    async def ask_on_and_on() -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        while (began := time.perf_counter()) < ends_at:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            assert b" 200 " in head.split(b"\r\n")[0], head
            assert b'"successful":true' in body, body
            times.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(ask_on_and_on())
    per_s = len(times) / (time.perf_counter() - began)
    print(json.dumps({"perS": per_s, "ms": statistics.median(times) * 1000}))


@contextlib.contextmanager
def running_stub() -> Iterator[str]:
    """Start the stub; it ends with its standard input."""
    command = [sys.executable, __file__, "stub"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def signed_in(url: str, api_url: str) -> str:
    """Connect a user; return the token."""
    body = {"platform": "insightly", "apiKey": "k", "additionalInfo": {"apiUrl": api_url}}
    answer = httpx.post(f"{url}/apiKeyLogin", json=body, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["jwtToken"])


def measured(url: str, token: str, number: str, at_once: int, seconds: float) -> dict[str, float]:
    """Run the load in a process of its own."""
    query = httpx.QueryParams(
        jwtToken=token, phoneNumber=number, overridingFormat=FORMATS, isExtension="false"
    )
    command = [
        sys.executable,
        __file__,
        "load",
        url,
        f"/contact?{query}",
        str(at_once),
        str(seconds),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main(seconds: float, rounds: int) -> None:
    """Measure both sides and print the table."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stub = stack.enter_context(running_stub())
        sides: dict[str, tuple[str, str]] = {}
        if reason := missing():
            print(f"App Connect's own server is left out: {reason}")
        else:
            (folder / "core").mkdir()
            connector = Path(__file__).with_name("insightly_js")
            production = {"NODE_ENV": "production", "LOG_LEVEL": "ERROR"}
            core = stack.enter_context(running_core([connector], folder / "core", env=production))
            sides["core"] = core.url, signed_in(core.url, stub)
            # Without an account core caches nothing, and only RingCentral could name one.
            with contextlib.closing(sqlite3.connect(core.database)) as database, database:
                database.execute("UPDATE users SET rcAccountId = '1'")
        allowed = {"ALLOWED_CRM_HOSTS": "127.0.0.1"}
        serve = stack.enter_context(running_server(folder / "serve", env=allowed))
        sides["serve"] = serve.url, signed_in(serve.url, stub)
        for url, token in sides.values():
            for number in (NOBODY, KNOWN):
                measured(url, token, number, 1, 1.0)
        print(
            f"{'phase':<20}{'at once':>8}{'core/s':>10}{'serve/s':>10}{'ratio':>8}{'rounds':>10}"
            f"{'wanted':>8}"
        )
        for name, number, at_once in PHASES:
            runs: dict[str, list[float]] = {side: [] for side in sides}
            for _ in range(rounds):
                for side, (url, token) in sides.items():
                    runs[side].append(measured(url, token, number, at_once, seconds)["perS"])
            per_s = {side: statistics.median(values) for side, values in runs.items()}
            core_s, ratio, spread = "-", "-", "-"
            if "core" in per_s:
                core_s = f"{per_s['core']:.0f}"
                pairs = zip(runs["serve"], runs["core"], strict=True)
                ratios = [ours / theirs for ours, theirs in pairs]
                ratio = f"{statistics.median(ratios):.2f}"
                spread = f"{min(ratios):.1f}-{max(ratios):.1f}"
            print(
                f"{name:<20}{at_once:>8}{core_s:>10}{per_s['serve']:>10.0f}{ratio:>8}{spread:>10}"
                f"{WANTED[name]:>8}"
            )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["stub"]:
            uvloop.run(be_the_stub())
        case ["load", url, target, at_once, seconds]:
            uvloop.run(be_the_load(url, target, int(at_once), float(seconds)))
        case given:
            main(float(given[0]) if given else SECONDS, int(given[1]) if given[1:] else ROUNDS)
