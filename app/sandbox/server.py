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
from app.sandbox.errors import FaultRuleError, PortTakenError
from app.sandbox.faults import AsgiApp, FaultyApp, Receive, SandboxSettings, Scope, Send
from app.sandbox.insightly import InsightlyApi
from app.sandbox.page import page_routes
from app.sandbox.process import ADDRESS_FILE
from app.sandbox.schema import PLATFORMS
from app.sandbox.seed import fill_if_empty
from app.sandbox.store import FILE_NAME, Store


HOST_NAMES = ("127.0.0.1", "localhost")
MAX_INDEX_DELAY_S = 86_400.0


def build_app(store: Store, settings: SandboxSettings) -> AsgiApp:
    """Return the whole sandbox as one ASGI app over `store`; `settings` may change while it runs."""

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


def describe_control(store: Store, settings: SandboxSettings) -> dict[str, object]:
    """Return the settings in the shape that ``/control`` takes."""
    return {
        "delayMs": settings.delay_ms,
        "indexDelayS": store.index_delay_s,
        "faults": [rule.text for rule in settings.rules],
    }


def apply_control(store: Store, settings: SandboxSettings, change: dict[str, object]) -> None:
    """Change what `change` names: ``delayMs``, ``indexDelayS``, ``faults``. All of it or nothing.

    Raises:
        FaultRuleError: a rule or number cannot be used.
        ValueError: there is another key, or a value of another type.
    """
    if set(change) - {"delayMs", "indexDelayS", "faults"}:
        raise ValueError
    delay = change.get("delayMs", settings.delay_ms)
    index_delay = change.get("indexDelayS", store.index_delay_s)
    faults = change.get("faults")
    if isinstance(delay, bool) or not isinstance(delay, int):
        raise ValueError  # noqa: TRY004  one kind of refusal
    if isinstance(index_delay, bool) or not isinstance(index_delay, (int, float)):
        raise ValueError  # noqa: TRY004
    if faults is not None and not (
        isinstance(faults, list) and all(isinstance(rule, str) for rule in faults)
    ):
        raise ValueError
    if not 0 <= index_delay <= MAX_INDEX_DELAY_S:
        raise FaultRuleError(
            f"The index delay must be from 0 to {MAX_INDEX_DELAY_S:.0f} s, not {index_delay}."
        )
    new = SandboxSettings.of(delay, faults or ())
    settings.delay_ms = new.delay_ms
    if faults is not None:
        settings.rules = new.rules
    store.index_delay_s = index_delay


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
        asyncio.run(_serve(build_app(store, settings), listener, home, url, on_ready, stop_with_stdin))


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
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
        app,  # type: ignore[arg-type]  the same protocol under other names
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
