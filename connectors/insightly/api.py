"""Insightly's routes (connectors 4.2)."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from connectors.contract import model
from connectors.contract.errors import InvalidInputError
from connectors.contract.http import check_status, checked_json, send
from connectors.contract.ids import id_of, sent_id
from connectors.insightly import records
from connectors.insightly.records import Kind, Row


class Search(NamedTuple):
    """One question of a wave: which records of a kind have a value in a field."""

    kind: Kind
    field: str
    extra: bool = False


class Api:
    """Insightly's routes for one operation."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, auth_header: str) -> None:
        self._http = http
        self._base_url = base_url
        self._headers = {"Authorization": auth_header, "Accept": "application/json"}

    async def search(self, search: Search, value: str) -> list[Row]:
        """Return the records of a kind whose field has the value."""
        what = f"Searching the {search.kind.path} of Insightly by {search.field}"
        params = {"field_name": search.field, "field_value": value, "brief": "false"}
        response = await self._send("GET", f"{search.kind.path}/search", what, params=params)
        rows = records.as_rows(checked_json(response, what), what)
        for row in rows:
            id_of(row, search.kind.id_key, what, "Insightly")
        return rows

    async def read(self, path: str, what: str) -> Row:
        """Return one record."""
        return records.as_row(await self.json("GET", path, what), what)

    async def json(self, method: str, path: str, what: str, body: Any = None) -> Any:
        """Return the JSON of an answer."""
        return checked_json(await self._send(method, path, what, json=body), what)

    async def link(self, event_id: model.ContactId, name: str, record_id: model.ContactId) -> None:
        """Link an event to a record."""
        what = f"Linking the call log in Insightly to {name.lower()} {record_id}"
        body = {"LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": sent_id(record_id)}
        check_status(
            await self._send("POST", f"events/{segment(event_id)}/links", what, json=body), what
        )

    async def unlink(self, event_id: model.ContactId, link_id: model.ContactId) -> None:
        """Remove a link of an event."""
        what = f"Removing link {link_id} of the call log in Insightly"
        path = f"events/{segment(event_id)}/links/{segment(link_id)}"
        check_status(await self._send("DELETE", path, what), what)

    async def _send(
        self,
        method: str,
        path: str,
        what: str,
        *,
        params: dict[str, str] | None = None,
        json: Any = None,
    ) -> httpx.Response:
        return await send(
            self._http,
            method,
            f"{self._base_url}/{path}",
            what=what,
            params=params,
            json=json,
            headers=self._headers,
        )


def base_url(address: str, version: str) -> str:
    """Return the API's base: what the user pasted, cut before its version (connectors 4.2)."""
    base = re.split(r"/v\d", address.strip(), maxsplit=1)[0].rstrip("/")
    if not base:
        raise InvalidInputError(
            "The Insightly connection has no API URL: "
            "copy it from the user settings in Insightly and connect again."
        )
    if "://" not in base:
        base = f"https://{base}"
    return f"{base}/{version}"


def segment(value: model.ContactId) -> str:
    """Return an id as one segment of a path."""
    return quote(str(value), safe="")
