"""The sandbox's HTTP server: both CRM APIs, the page and the controls, on 127.0.0.1 only."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from app.sandbox.bullhorn import BullhornApi
from app.sandbox.control import apply_control, describe_control
from app.sandbox.edit import add, reset
from app.sandbox.errors import FaultRuleError, PortTakenError
from app.sandbox.faults import AsgiApp, FaultyApp, Receive, SandboxSettings, Scope, Send
from app.sandbox.insightly import InsightlyApi
from app.sandbox.page import page_routes
from app.sandbox.process import ADDRESS_FILE
from app.sandbox.process import sandbox_urls as urls
from app.sandbox.schema import PLATFORMS
from app.sandbox.seed import fill_if_empty
from app.sandbox.store import FILE_NAME, Store

__all__ = ["FaultRuleError", "PortTakenError", "add", "build_app", "reset", "run", "urls"]

HOST_NAMES = ("127.0.0.1", "localhost")


def build_app(store: Store, settings: SandboxSettings) -> AsgiApp:
    """Return the whole sandbox as one ASGI app; `settings` may change while it runs."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"ok": True, "platforms": list(PLATFORMS), "pid": os.getpid()})

    async def control(request: Request) -> Response:
        try:
            apply_control(store, settings, json.loads(await request.body()))
        except (ValueError, TypeError, AttributeError):
            return JSONResponse({"error": "The body must be {delayMs, indexDelayS, faults}."}, 400)
        except FaultRuleError as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return JSONResponse(describe_control(store, settings))

    async def show_control(_request: Request) -> Response:
        return JSONResponse(describe_control(store, settings))

    apis: dict[str, AsgiApp] = {
        "insightly": InsightlyApi(store).router(),
        "bullhorn": BullhornApi(store).router(),
    }
    routes = [
        Route("/health", health, methods=["GET"]),
        Route("/control", control, methods=["POST"]),
        Route("/control", show_control, methods=["GET"]),
        *page_routes(store, settings),
        *(Mount(f"/{name}", FaultyApp(apis[name], name, settings)) for name in PLATFORMS),
    ]
    return Doorkeeper(Starlette(routes=routes))


class Doorkeeper:
    """ASGI wrapper that keeps other web sites out.

    A page on the internet can make the user's browser send requests here. It cannot choose the
    ``Host`` header unless it rebinds its own name, and cannot hide that it is another origin.
    """

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] == "http":
            headers = {name.decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
            why = _refusal(str(scope["method"]), headers)
            if why:
                answer = JSONResponse({"error": why}, status_code=403)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _refusal(method: str, headers: dict[str, str]) -> str:
    host = headers.get("host", "")
    if host.partition(":")[0] not in HOST_NAMES:
        return "The sandbox answers only as 127.0.0.1 or localhost."
    if method in {"GET", "HEAD"}:
        return ""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return "The request comes from another web site."
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return "The request comes from another web site."
    return ""


class _QuietServer(uvicorn.Server):
    """uvicorn with its signals handled by `run`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(
    home: Path,
    port: int = 0,
    contacts: int = 300,
    delay_ms: int = 0,
    index_delay_s: float = 0.0,
    faults: Sequence[str] = (),
    on_ready: Callable[[str], None] = lambda _url: None,
    *,
    stop_with_stdin: bool = False,
) -> None:
    """Serve the sandbox of `home` until SIGINT or SIGTERM.

    Args:
        home: the bench's state folder; the data stays there between runs.
        port: 0 lets the system choose.
        contacts: how many people an empty sandbox is filled with, per CRM.
        delay_ms: added to every CRM request.
        index_delay_s: seconds until what was written is found by a search.
        faults: rules, see ``app.sandbox.faults``.
        on_ready: called with the URL once the server answers.
        stop_with_stdin: also stop when standard input ends, so as to end with the parent process.

    Raises:
        FaultRuleError: a rule cannot be used.
        PortTakenError: another program uses the port.
    """
    settings = SandboxSettings.of(delay_ms, faults)
    home.mkdir(parents=True, exist_ok=True)
    with _listen(port) as listener, contextlib.closing(Store(home / FILE_NAME)) as store:
        apply_control(store, settings, {"indexDelayS": index_delay_s})
        fill_if_empty(store, contacts)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        asyncio.run(
            _serve(build_app(store, settings), listener, home, url, on_ready, stop_with_stdin)
        )


def _listen(port: int) -> socket.socket:
    # The protocol is named because asyncio switches Nagle's algorithm off for TCP sockets only, and
    # with it each answer of two packets takes 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        # bind alone does not notice a listener on every system
        listener.listen(128)
    except (OSError, OverflowError) as problem:
        listener.close()
        raise PortTakenError(
            f"Port {port} on 127.0.0.1 cannot be used ({problem}); choose another one or 0."
        ) from None
    return listener


async def _serve(
    app: AsgiApp,
    listener: socket.socket,
    home: Path,
    url: str,
    on_ready: Callable[[str], None],
    stop_with_stdin: bool,
) -> None:
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
    )
    server = _QuietServer(config)
    address = home / ADDRESS_FILE

    def stop() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            with contextlib.suppress(ValueError):
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))

    async def announce() -> None:
        while not server.started:
            if server.should_exit:
                return
            await asyncio.sleep(0.005)
        address.write_text(json.dumps({"pid": os.getpid(), "url": url}), encoding="utf-8")
        on_ready(url)

    if stop_with_stdin:
        _watch_stdin(loop, stop)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listener]))
            group.create_task(announce())
    finally:
        with contextlib.suppress(OSError, ValueError):
            if json.loads(address.read_text(encoding="utf-8")).get("pid") == os.getpid():
                address.unlink()


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Call `stop` once standard input ends. A thread, as pipes cannot be watched on Windows."""
    import threading  # noqa: PLC0415  only for children

    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(sys.stdin.fileno(), 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop may have ended first
            loop.call_soon_threadsafe(stop)

    threading.Thread(target=watch, name="sandbox.stdin", daemon=True).start()
