"""A connector in a child process of its own: it can block, crash or print what it likes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from connectors.contract.exchange import Exchange
from connectors.contract.hosting import (
    CacheEvent,
    ConsoleEvent,
    Description,
    ErrorInfo,
    ExchangeEvent,
    FindingEvent,
    HostEvent,
    InvokeOptions,
    OnEvent,
    Reply,
    SourcePosition,
    UserEvent,
)
from connectors.contract.model import from_wire, to_wire
from connectors.host.command import HostCommand, host_command
from connectors.host.console import MAX_PRINT
from connectors.host.json_position import json_position
from connectors.host.load import ConnectorLoadError, sources_of
from connectors.nodejs.redaction import HostRedaction
from connectors.nodejs.replay import run_from_recording
from connectors.runtime.redact import Redactor, secrets_in

GRACE_S = 0.3
"""How long a cancelled operation may take to end before its process is killed."""
SHUTDOWN_S = 1.0
START_S = 30.0
MAX_LINE = 16 * 1024 * 1024
SHORT = 6
"""How many digits of a version are shown."""
LARGE_LINE = 256 * 1024
MAX_UNHEARD = 100
LATE = "After its operation had ended: "
EVENTS: dict[str, type[ConsoleEvent | CacheEvent | UserEvent | FindingEvent]] = {
    "console": ConsoleEvent,
    "cache": CacheEvent,
    "user": UserEvent,
    "finding": FindingEvent,
}


class HostProcess:
    """One connector in a child process, replaced when it hangs or dies.

    Args:
        platform: a built-in connector's name, or the path of one.
    """

    def __init__(self, platform: str) -> None:
        self._platform = platform
        self._child: _Child | None = None
        self._starting = asyncio.Lock()
        self._replacing: asyncio.Task[None] | None = None
        self._version = ""

    @property
    def pid(self) -> int | None:
        """The child's process id, None while none runs."""
        return self._child.pid if self._child is not None and self._child.alive else None

    @property
    def replacing(self) -> bool:
        """Whether a new process is being started in place of one that ended."""
        return self._replacing is not None and not self._replacing.done()

    async def describe(self) -> Description:
        """Load the connector and describe it.

        Raises:
            ConnectorLoadError: it cannot be loaded, or its process ended while loading.
        """
        child = await self._running()
        try:
            async with asyncio.timeout(START_S):
                answer = await child.request("describe", {}, None)
        except TimeoutError:
            await child.kill()
            raise ConnectorLoadError(
                f"{self._platform} did not finish loading within {START_S:.0f} s: "
                "its module does something slow while it is imported."
            ) from None
        if isinstance(answer, ErrorInfo):
            raise ConnectorLoadError(answer.message, answer.position)
        description = from_wire(answer, Description)
        if not description.digest:
            sources = await asyncio.to_thread(sources_of, self._platform, description)
            digest = await asyncio.to_thread(sources.digest)
            description = msgspec.structs.replace(description, digest=digest)
        self._version = description.digest
        return description

    async def invoke(
        self,
        operation: str,
        input: dict[str, Any],  # noqa: A002  production's word
        *,
        options: InvokeOptions,
        timeout_s: float,
        on_event: OnEvent,
    ) -> Reply:
        """Run one operation; see :class:`connectors.contract.hosting.ConnectorHost`."""
        began = time.perf_counter()
        try:
            child = await self._running()
        except ConnectorLoadError as error:
            refused = ErrorInfo(
                type="ConnectorLoadError", message=str(error), position=error.position
            )
            return Reply(error=self._with_version(refused))

        async def run(options: InvokeOptions, on_event: OnEvent) -> Reply:
            return await self._invoke(child, operation, input, options, timeout_s, on_event)

        if options.cassette and not child.replays:
            reply = await run_from_recording(run, options, on_event)
        else:
            reply = await run(options, on_event)
        return msgspec.structs.replace(reply, ms=reply.ms or (time.perf_counter() - began) * 1000)

    async def _invoke(
        self,
        child: _Child,
        operation: str,
        operation_input: dict[str, Any],
        options: InvokeOptions,
        timeout_s: float,
        on_event: OnEvent,
    ) -> Reply:
        params = {
            "operation": operation,
            "input": operation_input,
            "options": to_wire(options),
            "timeoutS": timeout_s,
        }
        answer: Any
        try:
            async with asyncio.timeout(timeout_s + GRACE_S):
                answer = await child.request("invoke", params, on_event, options.secrets)
        except TimeoutError:
            await child.kill()
            answer = ErrorInfo(
                type="ConnectorTimeoutError",
                message=f"{operation} did not answer within {timeout_s:g} s and did not let itself "
                "be stopped; the connector's process was replaced.",
            )
        except asyncio.CancelledError:
            await child.kill()
            raise
        finally:
            if not child.alive:
                self._replace()
        if isinstance(answer, ErrorInfo):
            return Reply(error=self._with_version(answer))
        return from_wire(answer, Reply)

    async def close(self) -> None:
        """End the child; safe to call twice."""
        replacing, self._replacing = self._replacing, None
        if replacing is not None:
            replacing.cancel()
            await asyncio.gather(replacing, return_exceptions=True)
        # Kept until it has ended: a close that is cancelled can be made up for.
        if self._child is not None:
            await self._child.close()
            self._child = None

    def _with_version(self, error: ErrorInfo) -> ErrorInfo:
        """Say of a connector that was loaded once and cannot be any more what has become of it."""
        if error.type != "ConnectorLoadError" or not self._version:
            return error
        return msgspec.structs.replace(
            error,
            message=f"The process that ran version {self._version[:SHORT]} has ended, and the "
            f"files as they are now cannot be loaded: {error.message}",
        )

    def _replace(self) -> None:
        """Start a new process ahead of the next operation; one that cannot load is not retried."""
        if not self.replacing:
            self._replacing = asyncio.get_running_loop().create_task(
                self._warm_up(), name="host.replace"
            )

    async def _warm_up(self) -> None:
        # What goes wrong here goes wrong again, and is said, when an operation wants the process.
        with contextlib.suppress(ConnectorLoadError, OSError, TimeoutError):
            child = await self._running()
            async with asyncio.timeout(START_S):
                await child.request("describe", {}, None)

    async def _running(self) -> _Child:
        async with self._starting:
            if self._child is None or not self._child.alive:
                if self._child is not None:
                    await self._child.close()
                self._child = await _Child.start(self._platform)
            return self._child


class _Child:
    def __init__(
        self, platform: str, process: asyncio.subprocess.Process, command: HostCommand
    ) -> None:
        self._platform = platform
        self.replays = command.replays
        self._process = process
        self._ids = itertools.count(1)
        self._waiting: dict[int, tuple[asyncio.Future[Any], OnEvent | None]] = {}
        self._last_words: deque[str] = deque(maxlen=5)
        self._unheard: deque[ConsoleEvent] = deque(maxlen=MAX_UNHEARD)
        self._redactor = Redactor()
        self._redaction = None if command.redacts else HostRedaction(self._redactor)
        self._ended = False
        self._broken = ""
        loop = asyncio.get_running_loop()
        self._readers = [
            loop.create_task(self._read_messages(), name="host.messages"),
            loop.create_task(self._read_stderr(), name="host.stderr"),
        ]

    @classmethod
    async def start(cls, platform: str) -> _Child:
        command = await host_command(platform)
        process = await asyncio.create_subprocess_exec(
            *command.argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=command.env,
            limit=MAX_LINE,
        )
        return cls(platform, process, command)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self._ended and self._process.returncode is None

    async def request(
        self,
        method: str,
        params: dict[str, Any],
        on_event: OnEvent | None,
        secrets: Iterable[str] = (),
    ) -> Any:
        """Send a request and wait; an error comes back as an ErrorInfo.

        From now on `secrets` are taken out of what the process prints past its console.
        """
        self._redactor.learn(secrets)
        number = next(self._ids)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = (future, on_event)
        while on_event is not None and self._unheard:
            on_event(msgspec.structs.replace(self._unheard.popleft(), invocation=number))
        if self._redaction is not None:
            self._redaction.begin(number, str(params.get("operation", "")), secrets)
        try:
            await self._send({"id": number, "method": method, "params": params})
            return await future
        except asyncio.CancelledError:
            await self._cancel(number)
            raise
        except (BrokenPipeError, ConnectionResetError):
            await self._process.wait()
            return self._exited(loading=on_event is None)
        finally:
            self._waiting.pop(number, None)
            if self._redaction is not None:
                self._redaction.end(number)

    async def kill(self) -> None:
        """Kill the process unless it has settled everything it was asked to cancel."""
        if self._busy and self.alive:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self.close()

    async def close(self) -> None:
        if self.alive:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError, RuntimeError):
                await self._send({"method": "shutdown"})
            try:
                async with asyncio.timeout(SHUTDOWN_S):
                    await self._process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
        await self._process.wait()
        await asyncio.gather(*self._readers, return_exceptions=True)
        if self._process.stdin is not None:
            self._process.stdin.close()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                await self._process.stdin.wait_closed()

    _busy = False

    async def _cancel(self, number: int) -> None:
        """Ask the child to cancel; whether it did is noted for :meth:`kill`."""
        settled: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = (settled, None)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await self._send({"method": "cancel", "params": {"id": number}})
        # Not asyncio.timeout(): in a cancelled task Python 3.11.2 loses its TimeoutError.
        await asyncio.wait({settled}, timeout=GRACE_S)
        if not settled.done():
            self._busy = True

    async def _send(self, message: dict[str, Any]) -> None:
        stdin = self._process.stdin
        if stdin is None:
            raise BrokenPipeError
        stdin.write(msgspec.json.encode({"jsonrpc": "2.0"} | message) + b"\n")
        await stdin.drain()

    async def _read_messages(self) -> None:
        stream = self._process.stdout
        try:
            while stream is not None:
                line = await stream.readline()
                if not line:
                    break
                await self._take(line)
        except ValueError:
            self._broken = (
                f"{self._platform} sent a line of more than {MAX_LINE // (1024 * 1024)} MB; "
                "its process was ended."
            )
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            while stream is not None and await stream.read(1 << 20):
                pass
        await self._process.wait()
        self._ended = True
        for future, on_event in list(self._waiting.values()):
            if not future.done():
                future.set_result(self._exited(loading=on_event is None))

    async def _read_stderr(self) -> None:
        """Read what is printed past the console, line by line: a value may be cut between reads."""
        stream, pending = self._process.stderr, b""
        while stream is not None:
            chunk = await stream.read(64 * 1024)
            lines = (pending + chunk).splitlines(keepends=True)
            unfinished = bool(chunk) and bool(lines) and not lines[-1].endswith(b"\n")
            pending = lines.pop() if unfinished and len(lines[-1]) < MAX_PRINT else b""
            if lines:
                whole = b"".join(lines).decode("utf-8", errors="replace")
                for line in self._redactor.prose(whole).splitlines():
                    self._last_words.append(line)
                    self._tell(ConsoleEvent(text=line, stream="stderr"))
            if not chunk:
                return

    async def _take(self, line: bytes) -> None:
        try:
            if len(line) > LARGE_LINE:
                message, event = await asyncio.to_thread(self._decoded, line)
            else:
                message, event = self._decoded(line)
        except msgspec.DecodeError:
            text = self._redactor.prose(line.decode("utf-8", errors="replace").rstrip("\n"))
            self._tell(ConsoleEvent(text=text, stream="stdout"))
            return
        if "method" in message:
            if isinstance(event, UserEvent):
                self._redactor.learn(secrets_in(event.changes))
            elif isinstance(event, ConsoleEvent) and not event.invocation:
                event = msgspec.structs.replace(event, text=self._redactor.prose(event.text))
            if event is not None:
                self._tell(event)
            return
        entry = self._waiting.get(message.get("id") or 0)
        future = entry[0] if entry is not None else None
        if future is not None and not future.done():
            error = message.get("error")
            if isinstance(error, dict):
                future.set_result(_error_info(error))
            else:
                future.set_result(message.get("result"))

    def _decoded(self, line: bytes) -> tuple[dict[str, Any], HostEvent | None]:
        """Return a message and the event in it, without secrets.

        Raises:
            msgspec.DecodeError: the line is no message.
        """
        message = msgspec.json.decode(line)
        if not isinstance(message, dict):
            return {}, None
        event = _event(message) if "method" in message else None
        if self._redaction is None:
            return message, event
        return self._redaction.clean(message, event)

    def _tell(self, event: HostEvent) -> None:
        """Give an event to the operation it belongs to, or to the first when it names none.

        What is printed while none runs (a module's code when it is loaded, a promise that is
        rejected late) is kept for the next one.
        """
        _future, on_event = self._waiting.get(event.invocation, (None, None))
        if on_event is None and not event.invocation:
            listeners = (listener for _future, listener in self._waiting.values())
            on_event = next((listener for listener in listeners if listener is not None), None)
        if on_event is not None:
            on_event(event)
        elif isinstance(event, ConsoleEvent):
            late = f"{LATE}{event.text}" if event.invocation else event.text
            self._unheard.append(msgspec.structs.replace(event, text=late))

    def _exited(self, *, loading: bool) -> ErrorInfo:
        if self._broken:
            return ErrorInfo(type="ResultTooLargeError", message=self._broken)
        code = self._process.returncode or 0
        how = f"ended with exit code {code}"
        if code < 0:
            how = f"was ended by {signal.Signals(-code).name}"
        when = "in the middle of its work; the next operation gets a new one."
        if loading:
            when = "while it was loaded."
        words = f" Its last words: {' / '.join(self._last_words)}" if self._last_words else ""
        return ErrorInfo(
            type="ConnectorExitedError",
            message=f"The process of {self._platform} {how} {when}{words}",
        )


def _error_info(error: dict[str, Any]) -> ErrorInfo:
    """Read an error of the protocol."""
    data = error.get("data") or {}
    position = None
    with contextlib.suppress(msgspec.ValidationError):
        position = from_wire(data.get("position"), SourcePosition)
    if position is not None and not position.line and position.file.endswith(".json"):
        # What Node says of broken JSON often has no line.
        position = json_position(Path(position.file))
    return ErrorInfo(
        type=data.get("type", "HostError"),
        message=str(error.get("message", "")),
        position=position,
    )


def _event(message: dict[str, Any]) -> HostEvent | None:
    params = message.get("params")
    try:
        if message["method"] == "exchange":
            return ExchangeEvent(exchange=from_wire(params, Exchange))
        return from_wire(params, EVENTS[message["method"]])
    except (KeyError, msgspec.ValidationError):
        return None
