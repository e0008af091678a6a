"""The child process: ``python -m connectors.host PLATFORM``, JSON-RPC lines on stdin and stdout.

The protocol keeps private copies of stdin and stdout. What the connector prints, through Python or
past it, cannot get in between.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from typing import IO, Any

import msgspec

from connectors.contract.hosting import (
    CacheEvent,
    ConsoleEvent,
    ExchangeEvent,
    FindingEvent,
    HostEvent,
    InvokeOptions,
    UserEvent,
)
from connectors.contract.model import to_wire
from connectors.host.console import ConsoleWriter
from connectors.host.load import ConnectorLoadError
from connectors.host.local import LocalHost

METHODS: dict[type[HostEvent], str] = {
    ConsoleEvent: "console",
    ExchangeEvent: "exchange",
    CacheEvent: "cache",
    UserEvent: "user",
    FindingEvent: "finding",
}


class Channel:
    """The protocol's own stdout; one lock, one line per message."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Write one message."""
        line = msgspec.json.encode({"jsonrpc": "2.0"} | message) + b"\n"
        with self._lock:
            self._stream.write(line)
            self._stream.flush()

    def notify(self, event: HostEvent) -> None:
        """Write one event as a notification."""
        params = to_wire(event.exchange if isinstance(event, ExchangeEvent) else event)
        self.send({"method": METHODS[type(event)], "params": params})


class Server:
    """Answers the requests that come in on stdin."""

    def __init__(self, platform: str, channel: Channel) -> None:
        self._host = LocalHost(platform, captures_console=False)
        self._channel = channel
        self._running: dict[Any, asyncio.Task[None]] = {}
        self._stopped = asyncio.Event()

    async def serve(self, requests: IO[bytes]) -> None:
        """Serve until ``shutdown`` or the end of stdin."""
        loop = asyncio.get_running_loop()
        reader = threading.Thread(target=self._read, args=(requests, loop), daemon=True)
        reader.start()
        await self._stopped.wait()
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        await self._host.close()

    def _read(self, requests: IO[bytes], loop: asyncio.AbstractEventLoop) -> None:
        for line in requests:
            try:
                loop.call_soon_threadsafe(self._take, line)
            except RuntimeError:
                return
        # Nobody drives us any more. A connector that blocks the loop must not outlive the bench.
        os._exit(0)

    def _take(self, line: bytes) -> None:
        try:
            request = json.loads(line)
            method, number = request["method"], request.get("id")
            params = request.get("params") or {}
        except (ValueError, KeyError, TypeError) as error:
            self._error(None, -32700, "ProtocolError", f"This line is no request: {error}.")
            return
        if not isinstance(params, dict):
            self._error(number, -32602, "ProtocolError", "The params are no JSON object.")
            return
        match method:
            case "invoke":
                self._start(number, self._invoke(number, params))
            case "describe":
                self._start(number, self._describe(number))
            case "cancel":
                task = self._running.get(params.get("id"))
                if task is not None:
                    task.cancel()
            case "shutdown":
                self._stopped.set()
            case _:
                self._error(number, -32601, "ProtocolError", f"There is no method {method}.")

    def _start(self, number: Any, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running[number] = task
        task.add_done_callback(lambda task: self._ended(number, task))

    def _ended(self, number: Any, task: asyncio.Task[None]) -> None:
        """Answer for what could not answer itself: also one cancelled before its first step."""
        self._running.pop(number, None)
        if task.cancelled():
            self._error(number, -32800, "OperationCancelledError", "The operation was cancelled.")
        elif (error := task.exception()) is not None:
            what = f"The params cannot be used: {error}."
            self._error(number, -32602, "ProtocolError", what)

    async def _describe(self, number: Any) -> None:
        try:
            description = await self._host.describe()
        except ConnectorLoadError as error:
            self._refuse_load(number, error)
            return
        self._channel.send({"id": number, "result": to_wire(description)})

    async def _invoke(self, number: Any, params: dict[str, Any]) -> None:
        try:
            options = msgspec.convert(params.get("options") or {}, InvokeOptions)
            reply = await self._host.invoke(
                str(params.get("operation")),
                params.get("input") or {},
                options=options,
                timeout_s=float(params.get("timeoutS") or 30),
                on_event=self._channel.notify,
                invocation=number,
            )
        except ConnectorLoadError as error:
            self._refuse_load(number, error)
            return
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
        self._channel.send({"id": number, "result": to_wire(reply)})

    def _refuse_load(self, number: Any, error: ConnectorLoadError) -> None:
        position = {"position": to_wire(error.position)} if error.position else {}
        self._error(number, -32001, "ConnectorLoadError", str(error), **position)

    def _error(self, number: Any, code: int, kind: str, message: str, **more: Any) -> None:
        error = {"code": code, "message": message, "data": {"type": kind} | more}
        self._channel.send({"id": number, "error": error})


def main() -> int:
    """Run the host for the connector named on the command line."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m connectors.host PLATFORM\n")
        return 2
    requests = os.fdopen(os.dup(0), "rb")
    channel = Channel(os.fdopen(os.dup(1), "wb"))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdout = ConsoleWriter(channel.notify, "stdout")
    sys.stderr = ConsoleWriter(channel.notify, "stderr")

    async def serve() -> None:
        await Server(sys.argv[1], channel).serve(requests)

    asyncio.run(serve())
    return 0


if __name__ == "__main__":
    code = main()
    # The reader thread still waits on stdin; nothing is left to do for it.
    os._exit(code)
