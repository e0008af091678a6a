"""The connectors that are served: one host per connector and process, for all its users."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from connectors.contract.hosting import Description
from connectors.contract.manifest import Manifest
from connectors.contract.model import from_wire
from connectors.host.load import ConnectorLoadError, builtin_platforms
from connectors.host.local import LocalHost
from connectors.nodejs.source import is_javascript
from connectors.runtime.client import build_client
from connectors.runtime.direct_network import DirectNetwork
from connectors.server.settings import SettingsError

INTERFACES = (
    "getAuthType",
    "getOauthInfo",
    "getBasicAuth",
    "getUserInfo",
    "createCallLog",
    "updateCallLog",
    "getCallLog",
    "createMessageLog",
    "updateMessageLog",
    "createContact",
    "findContact",
    "listAppointments",
    "createAppointment",
    "updateAppointment",
    "refreshAppointment",
    "confirmAppointment",
    "cancelAppointment",
    "unAuthorize",
    "upsertCallDisposition",
    "findContactWithName",
    "getUserList",
    "getLicenseStatus",
    "getLogFormatType",
    "refreshUserInfo",
    "cacheCallNote",
)
"""Production's keys in its order (measured); two of them stand for one kind of authentication."""
_ONLY_FOR = {"getOauthInfo": "oauth", "getBasicAuth": "apiKey"}


@dataclass(frozen=True, slots=True)
class Platform:
    """One connector that is served."""

    name: str
    host: LocalHost
    description: Description
    manifest: Manifest

    @property
    def display_name(self) -> str:
        """The CRM's name for people."""
        return self.manifest.display_name or self.description.display_name

    def timeout_s(self, default_s: float) -> float:
        """Return how many seconds an operation may take: the manifest's word, else the default."""
        return self.manifest.request_config.timeout or default_s

    def interfaces(self) -> dict[str, bool]:
        """Return what ``/implementedInterfaces`` says of the connector."""
        auth_type = self.description.auth_type
        has = set(self.description.operations)
        if auth_type == "oauth":
            has.add("getOauthInfo")  # the server itself makes the exchange for every connector
        # Signing out is the server's own work; a connector may add to it.
        has.add("unAuthorize")
        return {
            name: name in has for name in INTERFACES if _ONLY_FOR.get(name, auth_type) == auth_type
        }


async def load_platforms(paths: Iterable[str] = ()) -> dict[str, Platform]:
    """Load the built-in connectors and those at `paths`, which win over a built-in of their name.

    Raises:
        SettingsError: one cannot be loaded or its manifest cannot be used.
    """
    paths = tuple(paths)
    platforms: dict[str, Platform] = {}
    given: Mapping[str, str] = {}
    for place in (*builtin_platforms(), *paths):
        if place in paths and is_javascript(Path(place)):
            raise SettingsError(
                f"{place} is JavaScript: App Connect's own server runs it, this one serves Python "
                "and JSON connectors."
            )
        host = LocalHost(place, captures_console=False, client=_client)
        try:
            description = await host.describe()
            manifest = from_wire({"name": description.platform} | description.manifest, Manifest)
        except ConnectorLoadError as error:
            raise SettingsError(str(error)) from error
        except msgspec.ValidationError as error:
            raise SettingsError(f"The manifest of {place} has a wrong shape: {error}.") from error
        name = description.platform
        if name in given:
            raise SettingsError(f"{given[name]} and {place} are both named {name}: rename one.")
        if place in paths:
            given = {**given, name: place}
        platforms[name] = Platform(name, host, description, manifest)
    return platforms


def _client() -> httpx.AsyncClient:
    return build_client(network=DirectNetwork())
