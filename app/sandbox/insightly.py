"""Insightly's API v3.1, as far as connectors use it (connectors 4.2).

Searches compare the whole stored text, upper and lower case aside; nothing is normalised, so a
number is found only by the spelling that is stored. Converted leads are left out of searches
unless ``include_converted=true``. ``LINKS`` come only with ``brief=false``.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from app.sandbox.accounts import (
    INSIGHTLY_API_KEY,
    INSIGHTLY_USER_ID,
    USER_EMAIL,
    USER_NAME,
)
from app.sandbox.schema import INSIGHTLY, INSIGHTLY_CUSTOM_FIELDS, INSIGHTLY_LINKS, Entity
from app.sandbox.store import Record, Store

PREFIX = "/v3.1"
MAX_TOP = 500
_DETAILS = ("LINKS", "TAGS", "DATES", "CUSTOMFIELDS")
_DATE_FIELDS = ("START_DATE_UTC", "END_DATE_UTC", "REMINDER_DATE_UTC")

Handler = Callable[[Request], Awaitable[Response]]


def stamp(moment_s: float) -> str:
    """Return epoch seconds as Insightly writes dates, in UTC."""
    return dt.datetime.fromtimestamp(moment_s, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


class InsightlyApi:
    """The wire API over the sandbox's store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def router(self) -> Router:
        """Return the ASGI app; it expects to be mounted under a prefix."""
        routes: list[Route] = [self._route("/users/me", self._users_me, "GET")]
        for name in ("contacts", "leads"):
            routes += [
                self._route(f"/{name}/search", self._search, "GET", name),
                self._route(f"/{name}", self._list, "GET", name),
                self._route(f"/{name}", self._create, "POST", name),
                self._route(f"/{name}", self._update, "PUT", name),
            ]
        for name in INSIGHTLY:
            routes.append(self._route(f"/{name}/{{id:int}}", self._get, "GET", name))
        routes += [
            self._route("/events", self._list, "GET", "events"),
            self._route("/events", self._create, "POST", "events"),
            self._route("/events", self._update, "PUT", "events"),
            self._route("/events/{id:int}/links", self._links, "GET", "events"),
            self._route("/events/{id:int}/links", self._add_link, "POST", "events"),
            self._route("/events/{id:int}/links/{link:int}", self._drop_link, "DELETE", "events"),
        ]
        return Router(routes=routes, default=_no_route)

    def _route(
        self, path: str, handler: Callable[..., Awaitable[Response]], method: str, name: str = ""
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                if not _is_signed_in(request):
                    return error(401, "Authorization has been denied for this request.")
                if name:
                    return await handler(request, INSIGHTLY[name])
                return await handler(request)
            except HTTPException as problem:
                return error(problem.status_code, problem.detail)

        return Route(PREFIX + path, endpoint, methods=[method])

    async def _users_me(self, _request: Request) -> Response:
        first, last = USER_NAME.split()
        return JSONResponse(
            {
                "USER_ID": INSIGHTLY_USER_ID,
                "CONTACT_ID": None,
                "FIRST_NAME": first,
                "LAST_NAME": last,
                "EMAIL_ADDRESS": USER_EMAIL,
                "TIMEZONE_ID": "UTC",
                "ACTIVE": True,
                "ACCOUNT_OWNER": True,
                "ADMINISTRATOR": True,
                "DATE_CREATED_UTC": "2024-01-08 09:00:00",
                "DATE_UPDATED_UTC": "2024-01-08 09:00:00",
                "INSTANCE_NAME": "Callbench sandbox",
                "INSTANCE_SUBDOMAIN": None,
            }
        )

    async def _search(self, request: Request, kind: Entity) -> Response:
        query = request.query_params
        _only(
            query.keys(),
            {
                "field_name",
                "field_value",
                "brief",
                "top",
                "skip",
                "count_total",
                "updated_after_utc",
                "include_converted",
            },
        )
        field = query.get("field_name")
        value = query.get("field_value")
        if not field or value is None:
            raise HTTPException(400, "field_name and field_value are required.")
        searchable = (kind.fields - set(_DETAILS)) | set(INSIGHTLY_CUSTOM_FIELDS)
        if field not in searchable:
            raise HTTPException(400, f"The field_name '{field}' is not a field of {kind.name}.")
        ids = self._store.ids_with_value("insightly", kind.name, field, value)
        return self._answer_list(request, kind, self._store.get_many("insightly", kind.name, ids))

    async def _list(self, request: Request, kind: Entity) -> Response:
        known = {"brief", "top", "skip", "count_total", "updated_after_utc", "include_converted"}
        _only(request.query_params.keys(), known)
        ids = sorted(self._store.all_ids("insightly", kind.name))
        return self._answer_list(request, kind, self._store.get_many("insightly", kind.name, ids))

    def _answer_list(self, request: Request, kind: Entity, records: list[Record]) -> Response:
        query = request.query_params
        top, skip = _number(query.get("top"), 100, "top"), _number(query.get("skip"), 0, "skip")
        if not 1 <= top <= MAX_TOP:
            raise HTTPException(400, f"top must be from 1 to {MAX_TOP}.")
        if kind.name == "leads" and not _flag(query.get("include_converted"), "include_converted"):
            records = [record for record in records if not record.data.get("CONVERTED")]
        after = query.get("updated_after_utc")
        if after:
            since = _date(after, "updated_after_utc")
            records = [r for r in records if str(r.data.get("DATE_UPDATED_UTC", "")) >= since]
        brief = _flag(query.get("brief"), "brief", default=True)
        headers = {}
        if _flag(query.get("count_total"), "count_total"):
            headers["X-Total-Count"] = str(len(records))
        rows = [show(kind, record, brief=brief) for record in records[skip : skip + top]]
        return JSONResponse(rows, headers=headers)

    async def _get(self, request: Request, kind: Entity) -> Response:
        return JSONResponse(show(kind, self._record(kind, request.path_params["id"])))

    async def _create(self, request: Request, kind: Entity) -> Response:
        data = await _body(request)
        if kind.id_field in data:
            raise HTTPException(400, f"{kind.id_field} must not be given for a new record.")
        data = _checked(kind, data)
        _complete(kind, data)
        now = stamp(dt.datetime.now(dt.UTC).timestamp())
        record = self._store.create(
            "insightly", kind.name, {**data, "DATE_CREATED_UTC": now, "DATE_UPDATED_UTC": now}
        )
        return JSONResponse(show(kind, record), status_code=201)

    async def _update(self, request: Request, kind: Entity) -> Response:
        data = await _body(request)
        record_id = data.pop(kind.id_field, None)
        if not isinstance(record_id, int) or isinstance(record_id, bool):
            raise HTTPException(400, f"{kind.id_field} is required and must be a number.")
        data = _checked(kind, data)
        merged = {**self._record(kind, record_id).data, **data}
        _complete(kind, merged)
        merged["DATE_UPDATED_UTC"] = stamp(dt.datetime.now(dt.UTC).timestamp())
        record = self._store.update("insightly", kind.name, record_id, merged)
        return JSONResponse(show(kind, record))

    async def _links(self, request: Request, kind: Entity) -> Response:
        record = self._record(kind, request.path_params["id"])
        return JSONResponse(show(kind, record)["LINKS"])

    async def _add_link(self, request: Request, kind: Entity) -> Response:
        record = self._record(kind, request.path_params["id"])
        data = await _body(request)
        allowed = {"LINK_OBJECT_NAME", "LINK_OBJECT_ID", "ROLE", "DETAILS", "RELATIONSHIP_ID"}
        _only(data.keys(), allowed | {"IS_FORWARD", "OBJECT_NAME", "OBJECT_ID"})
        name, target = data.get("LINK_OBJECT_NAME"), data.get("LINK_OBJECT_ID")
        if name not in INSIGHTLY_LINKS:
            known = ", ".join(INSIGHTLY_LINKS)
            raise HTTPException(400, f"LINK_OBJECT_NAME must be one of {known}.")
        if isinstance(target, str) and target.isascii() and target.isdigit():
            target = int(target)
        if not isinstance(target, int) or isinstance(target, bool):
            raise HTTPException(400, "LINK_OBJECT_ID must be a number.")
        if self._store.get("insightly", INSIGHTLY_LINKS[name], target) is None:
            raise HTTPException(400, f"There is no {name} {target} to link to.")
        links = list(record.data.get("LINKS") or [])
        link = make_link(record.id, name, target, links)
        self._store.update(
            "insightly", kind.name, record.id, {**record.data, "LINKS": [*links, link]}
        )
        return JSONResponse(link, status_code=201)

    async def _drop_link(self, request: Request, kind: Entity) -> Response:
        record = self._record(kind, request.path_params["id"])
        links = list(record.data.get("LINKS") or [])
        kept = [link for link in links if link["LINK_ID"] != request.path_params["link"]]
        if len(kept) == len(links):
            raise HTTPException(404, "The event has no such link.")
        self._store.update("insightly", kind.name, record.id, {**record.data, "LINKS": kept})
        return Response(status_code=202)

    def _record(self, kind: Entity, record_id: int) -> Record:
        record = self._store.get("insightly", kind.name, record_id)
        if record is None:
            raise HTTPException(404, f"There is no {kind.id_field} {record_id}.")
        return record


def error(status: int, message: str) -> Response:
    """Return an answer with Insightly's error body."""
    headers = {"WWW-Authenticate": "Basic"} if status == 401 else {}
    return JSONResponse({"Message": message}, status_code=status, headers=headers)


def show(kind: Entity, record: Record, *, brief: bool = False) -> dict[str, Any]:
    """Return a record as the API does: every field, null when it is empty."""
    lists = dict.fromkeys(set(_DETAILS) & kind.fields, ())
    row: dict[str, Any] = dict.fromkeys(sorted(kind.fields)) | lists | record.data
    if brief:
        for name in _DETAILS:
            row.pop(name, None)
    return row


def make_link(
    record_id: int, name: str, target: int, links: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return a new entry for a record's ``LINKS``."""
    last = max((link["LINK_ID"] for link in links), default=record_id * 100)
    return {
        "LINK_ID": last + 1,
        "ROLE": None,
        "DETAILS": None,
        "RELATIONSHIP_ID": None,
        "IS_FORWARD": None,
        "LINK_OBJECT_NAME": name,
        "LINK_OBJECT_ID": target,
    }


async def _no_route(scope: Any, receive: Any, send: Any) -> None:
    answer = error(404, f"No HTTP resource was found that matches {scope['path']}.")
    await answer(scope, receive, send)


def _is_signed_in(request: Request) -> bool:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        text = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return text.partition(":")[0] == INSIGHTLY_API_KEY


async def _body(request: Request) -> dict[str, Any]:
    try:
        data = json.loads(await request.body())
    except ValueError:
        raise HTTPException(400, "The request body is not JSON.") from None
    if not isinstance(data, dict):
        raise HTTPException(400, "The request body must be a JSON object.")
    return data


def _only(given: Any, known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise HTTPException(400, f"Unknown: {', '.join(unknown)}.")


def _checked(kind: Entity, data: dict[str, Any]) -> dict[str, Any]:
    _only(data.keys(), set(kind.fields - kind.read_only))
    for name, value in data.items():
        if name == "CUSTOMFIELDS":
            _check_custom_fields(value)
        elif name == "TAGS":
            if not isinstance(value, list):
                raise HTTPException(400, "TAGS must be a list.")
        elif name.endswith("_ID"):
            if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
                raise HTTPException(400, f"{name} must be a number.")
        elif name in _DATE_FIELDS:
            data[name] = None if value is None else _date(value, name)
        elif isinstance(value, (dict, list)):
            raise HTTPException(400, f"{name} must be a single value.")
        elif (
            name in kind.phones or name.endswith("NAME") or name in {"TITLE", "DETAILS"}
        ) and not (value is None or isinstance(value, str)):
            raise HTTPException(400, f"{name} must be text.")
    return data


def _check_custom_fields(value: Any) -> None:
    if not isinstance(value, list) or not all(
        isinstance(item, dict) and {"FIELD_NAME", "FIELD_VALUE"} <= set(item) for item in value
    ):
        raise HTTPException(400, "CUSTOMFIELDS must be a list of FIELD_NAME and FIELD_VALUE.")
    _only((item["FIELD_NAME"] for item in value), set(INSIGHTLY_CUSTOM_FIELDS))


def _complete(kind: Entity, data: dict[str, Any]) -> None:
    if kind.contact_type and not (data.get("FIRST_NAME") or data.get("LAST_NAME")):
        raise HTTPException(400, "FIRST_NAME or LAST_NAME is required.")
    if kind.name == "leads" and not data.get("LAST_NAME"):
        raise HTTPException(400, "LAST_NAME is required for a lead.")
    if kind.name == "events":
        missing = [n for n in ("TITLE", "START_DATE_UTC", "END_DATE_UTC") if not data.get(n)]
        if missing:
            raise HTTPException(400, f"{', '.join(missing)} must be given for an event.")
        if data["END_DATE_UTC"] < data["START_DATE_UTC"]:
            raise HTTPException(400, "END_DATE_UTC is before START_DATE_UTC.")


def _date(value: Any, name: str) -> str:
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise HTTPException(400, f"{name} is not a date and time.") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def _number(value: str | None, default: int, name: str) -> int:
    if value is None:
        return default
    if not (value.isascii() and value.isdigit()):
        raise HTTPException(400, f"{name} must be a number.")
    return int(value)


def _flag(value: str | None, name: str, *, default: bool = False) -> bool:
    if value is None:
        return default
    if value.lower() not in {"true", "false"}:
        raise HTTPException(400, f"{name} must be true or false.")
    return value.lower() == "true"
