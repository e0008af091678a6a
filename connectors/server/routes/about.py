"""What the server is and can do; needs no user."""

from __future__ import annotations

import hashlib
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.server.bodies import query_text
from connectors.server.errors import Refusal, answered, json_response
from connectors.server.visit import Services

AUTHOR = "Callbench"
_PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


class AboutRoutes:
    """``/crmManifest``, ``/implementedInterfaces``, ``/serverVersionInfo`` and the like."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/crmManifest", answered(self._manifest), methods=["GET"]),
            Route("/implementedInterfaces", answered(self._interfaces), methods=["GET"]),
            Route("/serverVersionInfo", answered(self._version), methods=["GET"]),
            Route("/isAlive", answered(self._alive), methods=["GET"]),
            Route("/userInfoHash", answered(self._hash), methods=["GET"]),
            Route("/releaseNotes", answered(self._release_notes), methods=["GET"]),
        ]

    async def _manifest(self, request: Request) -> Response:
        platforms = self._services.platforms
        wanted = query_text(request, "platformName") or "default"
        if wanted != "default" and wanted not in platforms:
            raise Refusal("Platform not found")
        shown = platforms if wanted == "default" else {wanted: platforms[wanted]}
        manifest: dict[str, Any] = {
            "author": {"name": AUTHOR},
            "version": version(),
            "serverUrl": self._services.settings.server_url or str(request.base_url).rstrip("/"),
            "platforms": {
                name: {"name": name} | each.description.manifest for name, each in shown.items()
            },
        }
        return json_response(manifest)

    async def _interfaces(self, request: Request) -> Response:
        wanted = query_text(request, "platform")
        if not wanted:
            raise Refusal("Please provide platform.")
        platform = self._services.platforms.get(wanted)
        if platform is None:
            sentence = f"Connector not found for platform: {wanted}"
            raise Refusal(sentence, body={"error": sentence})
        return json_response(platform.interfaces())

    async def _version(self, _request: Request) -> Response:
        return json_response({"version": version()})

    async def _alive(self, _request: Request) -> Response:
        return PlainTextResponse("OK")

    async def _hash(self, request: Request) -> Response:
        return json_response(
            {name: self._hashed(query_text(request, name)) for name in ("extensionId", "accountId")}
        )

    async def _release_notes(self, _request: Request) -> Response:
        return json_response({})

    def _hashed(self, value: str) -> str:
        salted = f"{value or 'undefined'}:{self._services.settings.hash_key}"
        return hashlib.sha256(salted.encode("utf-8", "surrogatepass")).hexdigest()


def version() -> str:
    """Return the version of the package, in a checkout the one that it would be packed as."""
    try:
        return metadata.version("callbench")
    except metadata.PackageNotFoundError:
        pass
    try:
        project = _PROJECT.read_text(encoding="utf-8")
    except OSError:
        return "unknown"  # the folders were copied without the project's file
    return str(tomllib.loads(project)["project"]["version"])
