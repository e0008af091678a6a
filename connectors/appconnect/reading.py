"""Asks a running server what it is: its manifest, and what the platform implements."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx
import msgspec

from connectors.appconnect.address import KIND, AddressError, ServerAddress, read_address
from connectors.appconnect.answer import Answer, problem_of, read_answer
from connectors.appconnect.connector import ROUTES, server_class
from connectors.contract.errors import ConnectorError
from connectors.contract.http import send
from connectors.contract.manifest import Manifest
from connectors.contract.model import from_wire
from connectors.host.load import ConnectorLoadError, LoadedConnector

TIMEOUT_S = 10.0


async def read_server(text: str, http: httpx.AsyncClient) -> LoadedConnector:
    """Return the connector for a platform of a running server.

    Args:
        text: the address, with the platform's name behind ``#``.
        http: sends the requests; none of them needs a token.

    Raises:
        ConnectorLoadError: the server is down, is none, or does not have the platform.
    """
    try:
        address = read_address(text)
        platform, entry = await _platform(address, http)
        address = ServerAddress(address.url, platform)
        implemented = await _implemented(address, http)
    except (AddressError, ConnectorError) as error:
        raise ConnectorLoadError(str(error)) from error
    told = json.dumps([entry, implemented], sort_keys=True).encode()
    return LoadedConnector(
        platform,
        server_class(address, implemented),
        {"name": platform, **entry},
        f"{address.url}#{platform}",
        hashlib.sha256(told).hexdigest()[:12],
        language=KIND,
    )


async def _platform(address: ServerAddress, http: httpx.AsyncClient) -> tuple[str, dict[str, Any]]:
    """Return the platform's name and its entry in the manifest.

    A server may have one manifest for all, one for each platform, or both.
    """
    found = await _manifest(address, http, own=True) if address.platform else None
    if found is None or address.platform not in found:
        found = await _manifest(address, http, own=False) or found or {}
    names = ", ".join(sorted(found)) or "none"
    platform = address.platform or (next(iter(found)) if len(found) == 1 else "")
    if not platform:
        raise ConnectorLoadError(
            f"{address.host} has these platforms: {names}. Name one behind #, as in "
            f"{address.url}#{next(iter(found), 'myCRM')}."
        )
    if platform not in found:
        raise ConnectorLoadError(
            f"{address.host} has no platform {platform}; its manifest has {names}."
        )
    entry = {"name": platform, **found[platform]}
    try:
        from_wire(entry, Manifest)
    except msgspec.ValidationError as error:
        raise ConnectorLoadError(
            f"The manifest of {address.host} has a wrong shape for {platform}: {error}."
        ) from error
    return platform, entry


async def _manifest(
    address: ServerAddress, http: httpx.AsyncClient, *, own: bool
) -> dict[str, dict[str, Any]] | None:
    """Return the platforms of the manifest, None when the server has no such manifest."""
    params = {"platformName": address.platform} if own else {}
    what = "Reading the server's manifest"
    answer = await _asked(address, http, "/crmManifest", params, what)
    if answer.status == 400:
        return None
    problem = problem_of(answer, what=what, route="GET /crmManifest", address=address)
    if problem is not None:
        raise problem
    platforms = (answer.body or {}).get("platforms")
    if not isinstance(platforms, dict):
        raise ConnectorLoadError(
            f"{address.host} is no App Connect server: what it has at /crmManifest names no "
            "platforms. Check the address."
        )
    return {name: entry for name, entry in platforms.items() if isinstance(entry, dict)}


async def _implemented(address: ServerAddress, http: httpx.AsyncClient) -> tuple[str, ...]:
    what = "Asking what the server implements"
    params = {"platform": address.platform}
    answer = await _asked(address, http, "/implementedInterfaces", params, what)
    problem = problem_of(answer, what=what, route="GET /implementedInterfaces", address=address)
    if problem is not None:
        raise problem
    return tuple(name for name in ROUTES if (answer.body or {}).get(name) is True)


async def _asked(
    address: ServerAddress,
    http: httpx.AsyncClient,
    path: str,
    params: dict[str, str],
    what: str,
) -> Answer:
    url = f"{address.url}{path}"
    return read_answer(await send(http, "GET", url, what=what, params=params, timeout_s=TIMEOUT_S))
