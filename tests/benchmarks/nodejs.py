"""A lookup through the Node host against the same connector in plain Node.

The connector asks three requests, one after another, of the stub CRM, which answers at once with a
page of contacts. Each side makes its lookups in one process; medians are compared. What the
host adds: the pipe, the capture of three exchanges, and their redaction. Run by ``make bench``; an
argument is the number of lookups.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.contract.hosting import HostEvent, InvokeOptions
from connectors.host.process import HostProcess
from tests.benchmarks.stub_crm import stub_crm

LOOKUPS = 200
CONNECTOR = """
exports.findContact = async ({ phoneNumber }) => {
  const matchedContactInfo = [];
  for (const field of ['phone', 'mobile', 'fax']) {
    const query = new URLSearchParams({ field, value: phoneNumber });
    const answer = await fetch(`${process.env.CRM_BASE}/contacts?${query}`);
    matchedContactInfo.push(...(await answer.json()).slice(0, 1));
  }
  return { successful: true, matchedContactInfo };
};
"""
PLAIN = """
const { findContact } = require(process.argv[2]);
(async () => {
  const times = [];
  for (let run = 0; run < Number(process.argv[3]); run += 1) {
    const began = performance.now();
    await findContact({ phoneNumber: '+16505550100' });
    times.push(performance.now() - began);
  }
  console.log(JSON.stringify(times));
  process.exit(0);
})();
"""


def plain(node: str, connector: Path, base: str, lookups: int) -> list[float]:
    """Return the milliseconds of the lookups in plain Node."""
    script = connector.with_name("plain.cjs")
    script.write_text(PLAIN)
    command = [node, str(script), str(connector), str(lookups)]
    said = subprocess.run(
        command, env={"CRM_BASE": base}, capture_output=True, text=True, check=True
    )
    times: list[float] = json.loads(said.stdout)
    return times


async def hosted(connector: Path, base: str, lookups: int) -> list[float]:
    """Return the milliseconds of the lookups through the host."""
    host = HostProcess(str(connector))
    times: list[float] = []
    try:
        await host.describe()
        for _ in range(lookups):
            events: list[HostEvent] = []
            began = time.perf_counter()
            reply = await host.invoke(
                "findContact",
                {"phoneNumber": "+16505550100"},
                options=InvokeOptions(config={"CRM_BASE": base}),
                timeout_s=30,
                on_event=events.append,
            )
            times.append((time.perf_counter() - began) * 1000)
            assert reply.error is None, reply.error
            assert len(events) == 3, events
    finally:
        await host.close()
    return times


async def measure() -> None:
    """Start the stub, measure, print."""
    node = shutil.which("node")
    if node is None:
        print("Node host: not measured, Node is not installed")
        return
    lookups = int(sys.argv[1]) if len(sys.argv) > 1 else LOOKUPS
    async with stub_crm() as base:
        with tempfile.TemporaryDirectory() as folder:
            connector = Path(folder) / "index.js"
            connector.write_text(CONNECTOR)
            bare = statistics.median(await asyncio.to_thread(plain, node, connector, base, lookups))
            through = statistics.median(await hosted(connector, base, lookups))
    print(f"lookup of three requests, median of {lookups}")
    print(f"  plain Node             {bare:6.2f} ms")
    print(f"  through the Node host  {through:6.2f} ms   ", end="")
    print(f"{through - bare:+.2f} ms, {through / bare:.2f} x")


if __name__ == "__main__":
    asyncio.run(measure())
