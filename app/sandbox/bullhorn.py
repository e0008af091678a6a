"""Bullhorn's OAuth, login and REST API, as far as connectors use them (connectors 4.1).

Searches are Lucene over analysed text (``app.sandbox.lucene``): ``phone:4155550132`` finds a stored
"4155550132" but not "(415) 555-0132", whose tokens are 415, 555 and 0132.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from app.sandbox.accounts import (
    BULLHORN_ACCESS_TOKEN,
    BULLHORN_CLIENT_ID,
    BULLHORN_CLIENT_SECRET,
    BULLHORN_REFRESH_TOKEN,
    BULLHORN_SESSION,
    BULLHORN_USER_ID,
    BULLHORN_USERNAME,
    USER_EMAIL,
    USER_NAME,
)
from app.sandbox.lucene import QuerySyntaxError, parse, search
from app.sandbox.schema import BULLHORN, Entity
from app.sandbox.store import Record, Store

SESSION_S = 600
DEFAULT_COUNT = 20
MAX_COUNT = 500
RATE_LIMIT = 1500

SETTINGS: dict[str, Any] = {
    "commentActionList": [
        "Inbound Call",
        "Outbound Call",
        "Left Message",
        "Interview Scheduled",
        "Reference Check",
    ],
    "userId": BULLHORN_USER_ID,
    "corporationName": "Callbench Sandbox",
}
STATUSES = {
    "ClientContact": ("Active", "New Lead", "Passive", "Archive"),
    "Candidate": ("New Lead", "Active", "Placed", "Archived"),
    "Lead": ("New Lead", "Follow up", "Qualified", "Converted"),
    "ClientCorporation": ("Prospect", "Active Account", "Archive"),
    "Note": (),
}
_SUBTYPES = {"Contact": "ClientContact", "ClientContact": "ClientContact"} | {
    name: name for name in ("Candidate", "Lead")
}
_NOTE_LISTS = {"ClientContact": "clientContacts", "Candidate": "candidates", "Lead": "leads"}
_USER: dict[str, Any] = {
    "id": BULLHORN_USER_ID,
    "username": BULLHORN_USERNAME,
    "name": USER_NAME,
    "email": USER_EMAIL,
    "masterUserID": BULLHORN_USER_ID,
    "timeZoneOffsetEST": 300,
}
_WHERE = re.compile(r"(?P<field>\w+)\s*=\s*(?:'(?P<text>(?:[^']|'')*)'|(?P<number>\d{1,18}))")
_NUMBERS = {"dateAdded", "dateLastModified", "dateLastVisit", "dateLastComment", "minutesSpent"}


class BullhornApi:
    """The wire API over the sandbox's store."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self._left = RATE_LIMIT

    def router(self) -> Router:
        """Return the ASGI app; it expects to be mounted under a prefix.

        A login answers with an absolute ``restUrl``. A caller that is routed here adds the mount's
        prefix to that again, so the REST paths also exist below ``/bullhorn``.
        """
        routes = [
            Route("/oauth/authorize", self._authorize, methods=["GET"]),
            Route("/oauth/token", self._token, methods=["POST", "GET"]),
        ]
        routes += [
            Route(path, self._login, methods=["POST", "GET"])
            for path in ("/login", "/rest-services/login")
        ]
        for prefix in ("/rest", "/bullhorn/rest", "/rest-services"):
            routes += [
                self._route(f"{prefix}/ping", self._ping, "GET"),
                self._route(f"{prefix}/settings/{{names}}", self._settings, "GET"),
                self._route(f"{prefix}/meta/{{entity}}", self._meta, "GET"),
                self._route(f"{prefix}/search/{{entity}}", self._search, "GET", "POST"),
                self._route(f"{prefix}/query/{{entity}}", self._query, "GET"),
                self._route(f"{prefix}/entity/{{entity}}", self._create, "PUT"),
                self._route(f"{prefix}/entity/{{entity}}/{{id:int}}", self._get, "GET"),
                self._route(f"{prefix}/entity/{{entity}}/{{id:int}}", self._update, "POST"),
                self._route(f"{prefix}/entity/{{entity}}/{{id:int}}", self._delete, "DELETE"),
            ]
        return Router(routes=routes, default=_no_route)

    def _route(
        self, path: str, handler: Callable[[Request], Awaitable[Response]], *methods: str
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            given = request.headers.get("bhresttoken") or request.query_params.get("BhRestToken")
            if given != BULLHORN_SESSION:
                return error(
                    401, "Bad 'BhRestToken' or timed-out.", "errors.authentication.invalidRestToken"
                )
            try:
                answer = await handler(request)
            except HTTPException as problem:
                return error(problem.status_code, problem.detail, "errors.badRequest")
            self._left = self._left - 1 if self._left > 1 else RATE_LIMIT
            answer.headers["ratelimit-limit"] = str(RATE_LIMIT)
            answer.headers["ratelimit-remaining"] = str(self._left)
            answer.headers["ratelimit-reset"] = "60"
            return answer

        return Route(path, endpoint, methods=list(methods))

    # Signing in.

    async def _authorize(self, request: Request) -> Response:
        target = request.query_params.get("redirect_uri", "")
        state = request.query_params.get("state", "")
        return JSONResponse({"code": "sandbox-code", "redirect_uri": target, "state": state})

    async def _token(self, request: Request) -> Response:
        given = dict(request.query_params)
        given |= dict(parse_qsl((await request.body()).decode(errors="replace")))
        if (given.get("client_id"), given.get("client_secret")) != (
            BULLHORN_CLIENT_ID,
            BULLHORN_CLIENT_SECRET,
        ):
            return _oauth_error(401, "invalid_client", "The client id or secret is wrong.")
        grant = given.get("grant_type")
        if grant == "refresh_token":
            fine = given.get("refresh_token") == BULLHORN_REFRESH_TOKEN
        elif grant == "authorization_code":
            fine = given.get("code") == "sandbox-code"
        else:
            return _oauth_error(400, "unsupported_grant_type", "The grant type is not known.")
        if not fine:
            return _oauth_error(400, "invalid_grant", "The code or refresh token is wrong.")
        return JSONResponse(
            {
                "access_token": BULLHORN_ACCESS_TOKEN,
                "token_type": "Bearer",
                "expires_in": SESSION_S,
                "refresh_token": BULLHORN_REFRESH_TOKEN,
            }
        )

    async def _login(self, request: Request) -> Response:
        if request.query_params.get("version") not in {"2.0", "*"}:
            return error(400, "version must be 2.0.", "errors.badRequest")
        if request.query_params.get("access_token") != BULLHORN_ACCESS_TOKEN:
            return error(
                401,
                "Invalid or expired OAuth access token.",
                "errors.authentication.invalidOAuthToken",
            )
        host = request.headers["host"]
        return JSONResponse(
            {"BhRestToken": BULLHORN_SESSION, "restUrl": f"http://{host}/bullhorn/rest/"}
        )

    async def _ping(self, _request: Request) -> Response:
        return JSONResponse({"sessionExpires": int((self._clock() + SESSION_S) * 1000)})

    # Account data.

    async def _settings(self, request: Request) -> Response:
        names = request.path_params["names"].split(",")
        unknown = [name for name in names if name not in SETTINGS]
        if unknown:
            raise HTTPException(400, f"There is no setting {', '.join(unknown)}.")
        return JSONResponse({name: SETTINGS[name] for name in names})

    async def _query(self, request: Request) -> Response:
        """Answer a SQL-like query; the sandbox keeps one CorporateUser, and compares one field."""
        if request.path_params["entity"] != "CorporateUser":
            raise HTTPException(400, "The sandbox answers queries about CorporateUser only.")
        names = [name for name in request.query_params.get("fields", "").split(",") if name]
        unknown = [name for name in names if name not in _USER]
        if unknown or not names:
            raise HTTPException(400, f"CorporateUser has no field {', '.join(unknown)}.")
        where = _WHERE.fullmatch(request.query_params.get("where", ""))
        if where is None or where["field"] not in _USER:
            raise HTTPException(400, "where must compare one field of CorporateUser.")
        text = where["text"]
        wanted = int(where["number"]) if text is None else text.replace("''", "'")
        found = [_USER] if _USER[where["field"]] == wanted else []
        data = [{"id": user["id"]} | {name: user[name] for name in names} for user in found]
        return JSONResponse({"start": 0, "count": len(data), "data": data})

    async def _meta(self, request: Request) -> Response:
        kind = _kind(request)
        fields = []
        for name in _fields(request, kind) or sorted(kind.fields):
            field: dict[str, Any] = {"name": name, "type": "SCALAR", "label": name.capitalize()}
            if name == "status":
                options = [{"value": status, "label": status} for status in STATUSES[kind.name]]
                field["options"] = options
            fields.append(field)
        return JSONResponse({"entity": kind.name, "label": kind.name, "fields": fields})

    # Records.

    async def _search(self, request: Request) -> Response:
        kind = _kind(request)
        given: dict[str, Any] = dict(request.query_params)
        if request.method == "POST":
            given |= await _body(request)
        given.pop("BhRestToken", None)
        known = {"query", "fields", "count", "start", "sort", "meta", "showTotalMatched"}
        unknown = set(given) - known
        if unknown:
            raise HTTPException(400, f"Unknown parameter {', '.join(sorted(unknown))}.")
        if not isinstance(given.get("query"), str):
            raise HTTPException(400, "query is required.")
        fields = _fields(request, kind, given.get("fields"))
        if not fields:
            raise HTTPException(400, "fields is required.")
        count, start = _number(given, "count", DEFAULT_COUNT), _number(given, "start", 0)
        if not 1 <= count <= MAX_COUNT:
            raise HTTPException(400, f"count must be from 1 to {MAX_COUNT}.")
        try:
            node = parse(given["query"], kind.fields)
        except QuerySyntaxError as broken:
            raise HTTPException(400, f"error parsing query: {broken}") from None
        ids = sorted(search(self._store, kind.name, node))
        found = self._store.get_many("bullhorn", kind.name, ids[start : start + count])
        data = [_show(record, fields) for record in found]
        return JSONResponse({"total": len(ids), "start": start, "count": len(data), "data": data})

    async def _get(self, request: Request) -> Response:
        kind = _kind(request)
        fields = _fields(request, kind)
        if not fields:
            raise HTTPException(400, "fields is required.")
        return JSONResponse({"data": _show(self._record(kind, request), fields)})

    async def _create(self, request: Request) -> Response:
        kind = _kind(request)
        data = self._checked(kind, await _body(request))
        if "id" in data:
            raise HTTPException(400, "id must not be given for a new record.")
        if kind.name == "Note":
            self._complete_note(data)
        elif not data.get("name"):
            name = f"{data.get('firstName', '')} {data.get('lastName', '')}".strip()
            if not name:
                raise HTTPException(400, "name is required.")
            data["name"] = name
        if kind.name == "ClientContact" and not isinstance(data.get("clientCorporation"), dict):
            raise HTTPException(400, "clientCorporation is required.")
        now = int(self._clock() * 1000)
        data = {"dateAdded": now, "isDeleted": False, **data, "dateLastModified": now}
        record = self._store.create("bullhorn", kind.name, data)
        return _changed(kind, record, "INSERT")

    async def _update(self, request: Request) -> Response:
        kind = _kind(request)
        old = self._record(kind, request)
        data = self._checked(kind, await _body(request))
        data.pop("id", None)
        data["dateLastModified"] = int(self._clock() * 1000)
        record = self._store.update("bullhorn", kind.name, old.id, {**old.data, **data})
        return _changed(kind, record, "UPDATE")

    async def _delete(self, request: Request) -> Response:
        kind = _kind(request)
        old = self._record(kind, request)
        record = self._store.update("bullhorn", kind.name, old.id, {**old.data, "isDeleted": True})
        return _changed(kind, record, "DELETE")

    def _record(self, kind: Entity, request: Request) -> Record:
        record = self._store.get("bullhorn", kind.name, request.path_params["id"])
        if record is None:
            raise HTTPException(404, f"There is no {kind.name} {request.path_params['id']}.")
        return record

    def _checked(self, kind: Entity, data: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(data) - (kind.fields - kind.read_only))
        if unknown:
            raise HTTPException(400, f"{kind.name} has no field {', '.join(unknown)} to write.")
        for name, value in data.items():
            if name in _NUMBERS:
                if not isinstance(value, (int, float)) or isinstance(value, bool):
                    raise HTTPException(400, f"{name} must be a number.")
            elif name == "isDeleted":
                if not isinstance(value, bool):
                    raise HTTPException(400, "isDeleted must be true or false.")
            elif (
                (name in kind.phones or name.lower().endswith("name") or name == "status")
                and value is not None
                and not isinstance(value, str)
            ):
                raise HTTPException(400, f"{name} must be text.")
        company = data.get("clientCorporation")
        if company is not None:
            self._check_company(company)
        return data

    def _check_company(self, value: Any) -> None:
        company_id = value.get("id") if isinstance(value, dict) else None
        if not isinstance(company_id, int):
            raise HTTPException(400, "clientCorporation needs an id.")
        if self._store.get("bullhorn", "ClientCorporation", company_id) is None:
            raise HTTPException(400, f"There is no ClientCorporation {company_id}.")

    def _complete_note(self, data: dict[str, Any]) -> None:
        person = data.get("personReference")
        if not isinstance(data.get("comments"), str):
            raise HTTPException(400, "comments is required for a Note.")
        if not isinstance(person, dict) or "id" not in person:
            raise HTTPException(400, "personReference with an id is required for a Note.")
        entity = _SUBTYPES.get(str(person.get("personSubtype", person.get("_subtype", ""))))
        if entity is None:
            raise HTTPException(400, "personReference needs a personSubtype.")
        try:
            found = self._store.get("bullhorn", entity, int(person["id"]))
        except (TypeError, ValueError):
            found = None
        if found is None:
            raise HTTPException(400, f"There is no {entity} {person['id']}.")
        entry = {name: found.data.get(name) for name in ("id", "firstName", "lastName")}
        for name, field in _NOTE_LISTS.items():
            people = [entry] if name == entity else []
            data[field] = {"total": len(people), "data": people}


def error(status: int, message: str, key: str) -> Response:
    """Return an answer with Bullhorn's error body."""
    body = {"errorMessage": message, "errorMessageKey": key, "errorCode": status}
    return JSONResponse(body, status_code=status)


def _oauth_error(status: int, code: str, text: str) -> Response:
    return JSONResponse({"error": code, "error_description": text}, status_code=status)


async def _no_route(scope: Any, receive: Any, send: Any) -> None:
    answer = error(404, f"There is nothing at {scope['path']}.", "errors.notFound")
    await answer(scope, receive, send)


def _changed(kind: Entity, record: Record, change: str) -> Response:
    return JSONResponse(
        {
            "changedEntityType": kind.name,
            "changedEntityId": record.id,
            "changeType": change,
            "data": record.data,
        }
    )


def _kind(request: Request) -> Entity:
    name = request.path_params["entity"]
    if name not in BULLHORN and name != "CorporateUser":
        raise HTTPException(404, f"There is no entity {name}.")
    if name == "CorporateUser":
        raise HTTPException(400, "CorporateUser records are not kept in the sandbox.")
    return BULLHORN[name]


def _fields(request: Request, kind: Entity, given: str | None = None) -> list[str]:
    text = given if given is not None else request.query_params.get("fields", "")
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names == ["*"]:
        return sorted(kind.fields)
    unknown = [name for name in names if name.partition("(")[0] not in kind.fields]
    if unknown:
        raise HTTPException(400, f"{kind.name} has no field {', '.join(unknown)}.")
    return [name.partition("(")[0] for name in names]


def _show(record: Record, fields: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": record.id}
    for name in fields:
        shown[name] = record.data.get(name)
    return shown


async def _body(request: Request) -> dict[str, Any]:
    try:
        data = json.loads(await request.body())
    except ValueError:
        raise HTTPException(400, "The request body is not JSON.") from None
    if not isinstance(data, dict):
        raise HTTPException(400, "The request body must be a JSON object.")
    return data


def _number(given: dict[str, Any], name: str, default: int) -> int:
    value = str(given.get(name, default))
    if not (value.isascii() and value.isdigit()):
        raise HTTPException(400, f"{name} must be a number.")
    return int(value)
