"""``callbench serve``: the connectors behind App Connect's HTTP routes, by uvicorn."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from app.cli_result import CONNECTOR_FAILED, DONE, INTERRUPTED, CommandError, print_result
from app.home import home

DEFAULT_PORT = 6066
"""Production's, in its own documentation."""
APPLICATION = "connectors.server.asgi:application"
_ROOT = str(Path(__file__).resolve().parents[1])


def serve(options: argparse.Namespace) -> int:
    """``callbench serve``: serve until Ctrl+C.

    Raises:
        CommandError: something that is needed is missing or cannot be used.
    """
    from connectors.server.database import (  # noqa: PLC0415  slow to import
        DatabaseError,
        DatabaseUrlError,
    )
    from connectors.server.settings import Settings, SettingsError  # noqa: PLC0415

    _set_environment(options)
    try:
        settings = Settings.from_environment()
        platforms = asyncio.run(_checked(settings))
    except (SettingsError, DatabaseUrlError) as error:
        raise CommandError(str(error)) from error
    except DatabaseError as error:
        raise CommandError(str(error), CONNECTOR_FAILED) from error
    port = _port(options)
    with _listen(options.host, port) as listener:
        url = f"http://{_shown(options.host)}:{listener.getsockname()[1]}"
        print(f"Serving {', '.join(platforms)} at {url} (Ctrl+C stops it).", file=sys.stderr)
        print_result(options, {"url": url, "platforms": platforms}, "")
        return _run(options, listener)


async def _checked(settings: object) -> list[str]:
    """Open once everything that a worker opens, so that what is wrong is said once and here."""
    from connectors.server.application import open_services  # noqa: PLC0415
    from connectors.server.settings import Settings  # noqa: PLC0415

    assert isinstance(settings, Settings)
    async with open_services(settings) as services:
        return list(services.platforms)


def _set_environment(options: argparse.Namespace) -> None:
    """Hand the options to the workers, which read the environment like any ASGI server's."""
    os.environ["CALLBENCH_HOME"] = str(home())
    if options.connector:
        paths = [str(Path(path).expanduser().resolve()) for path in options.connector]
        os.environ["CALLBENCH_CONNECTORS"] = os.pathsep.join(paths)
    if options.route:
        os.environ["CALLBENCH_ROUTES"] = " ".join(options.route)
    known = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (_ROOT, known)))


def _port(options: argparse.Namespace) -> int:
    if options.port is not None:
        return int(options.port)
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise CommandError(f"PORT must be from 0 to 65535, not {text!r}.")
    return int(text)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CommandError(
            f"{host} is no address of this machine ({error.strerror}): choose another --host."
        ) from error
    try:
        if os.name != "nt":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except OSError as error:
        listener.close()
        option = "--host" if error.errno == errno.EADDRNOTAVAIL else "--port"
        raise CommandError(
            f"Port {port} on {host} cannot be used ({error.strerror}): choose another {option}."
        ) from error
    listener.set_inheritable(True)
    return listener


def _run(options: argparse.Namespace, listener: socket.socket) -> int:
    import uvicorn  # noqa: PLC0415  slow to import

    config = uvicorn.Config(
        APPLICATION,
        http="connectors.server.protocol:GuardedProtocol",
        ws="none",
        lifespan="on",
        log_config=_log_config(debug=options.debug),
        access_log=False,
        server_header=False,
        proxy_headers=False,
        workers=options.workers,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=30,
    )
    if options.workers > 1:
        supervisor = _supervisor_kind()(config, [listener])
        supervisor.run()
        return INTERRUPTED if supervisor.interrupted else DONE
    server = _server_kind()(config)
    server.run(sockets=[listener])
    if server.interrupted:
        return INTERRUPTED
    return DONE if server.started else CONNECTOR_FAILED


def _server_kind() -> type[Any]:
    import uvicorn  # noqa: PLC0415  slow to import

    class Server(uvicorn.Server):
        """uvicorn's own, which also remembers that it was Ctrl+C."""

        interrupted = False

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            self.interrupted = sig == signal.SIGINT
            super().handle_exit(sig, frame)

    return Server


def _supervisor_kind() -> type[Any]:
    from uvicorn.supervisors import Multiprocess  # noqa: PLC0415

    class Supervisor(Multiprocess):
        """uvicorn's own, which also remembers that it was Ctrl+C."""

        interrupted = False

        def handle_int(self) -> None:
            self.interrupted = True
            super().handle_int()

    return Supervisor


def _log_config(*, debug: bool) -> dict[str, object]:
    level = "DEBUG" if debug else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"level": level, "handlers": ["stderr"]},
    }


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
