"""A small strict Bullhorn: real Lucene syntax, exact phones, nothing it does not know."""

from __future__ import annotations

import json
from typing import Any

import httpx

from app.sandbox.lucene import Group, Node, Term, parse
from connectors.contract import model
from tests.connectors.contract_suite import FakeCrm

TOKEN, NEW_TOKEN = "rest-1", "rest-2"
ENTITIES = {"Contact": "ClientContact", "Candidate": "Candidate", "Lead": "Lead"}
LISTS = {"Contact": "clientContacts", "Candidate": "candidates", "Lead": "leads"}
PHONES = ("phone", "mobile", "phone2", "phone3", "workPhone")
FIELDS = frozenset(
    [
        "id",
        "name",
        "firstName",
        "lastName",
        "email",
        "status",
        "isDeleted",
        "dateAdded",
        "dateLastModified",
        "dateLastVisit",
        "dateLastComment",
    ]
) | set(PHONES)
STATUSES = {"ClientContact": "Active", "Candidate": "New", "Lead": "Open"}
CREATED_MS = 1_700_000_000_000


class FakeBullhorn(FakeCrm):
    """Bullhorn behind ``https://rest.test/e1/``, ``auth.test`` and ``login.test``."""

    def __init__(self) -> None:
        super().__init__()
        self.token = TOKEN
        self.refresh_token = "refresh-1"
        self.session_expires_ms = 9_999_999_999_999
        self.rows: dict[str, dict[int, dict[str, Any]]] = {
            name: {} for name in (*ENTITIES.values(), "ClientCorporation", "Note")
        }
        self._made: list[dict[str, Any]] = []
        self._last_id = 1000

    def add(self, entity: str, row: dict[str, Any]) -> int:
        self._last_id += 1
        base = {"id": self._last_id, "isDeleted": False, "dateAdded": CREATED_MS}
        self.rows[entity][self._last_id] = base | row
        return self._last_id

    def add_person(
        self, first: str, last: str, phone: str, kind: str, *, in_all_fields: bool = False
    ) -> model.ContactId:
        entity = ENTITIES[kind]
        names = [name for name in PHONES if name != "workPhone" or entity == "Candidate"]
        row = {
            "firstName": first,
            "lastName": last,
            "name": f"{first} {last}".strip(),
            "email": "ada@example.org",
            "status": STATUSES[entity],
            "dateLastModified": CREATED_MS + 5,
        }
        numbers = dict.fromkeys(names if in_all_fields else ["phone"], phone)
        return self.add(entity, row | numbers)

    def asked(self) -> list[str]:
        """Return ``METHOD path`` of each request."""
        return [f"{each.method} {each.url.path.removeprefix('/e1/')}" for each in self.requests]

    def queries(self) -> dict[str, list[str]]:
        """Return the Lucene queries by entity."""
        found: dict[str, list[str]] = {}
        for each in self.requests:
            if "/search/" in each.url.path:
                query = json.loads(each.content)["query"]
                found.setdefault(each.url.path.rpartition("/")[2], []).append(query)
        return found

    def searched(self) -> list[str]:
        queries = (each for name in ENTITIES.values() for each in self.queries().get(name, ()))
        terms = (term for query in queries for term in _terms(parse(query, FIELDS)))
        return list(dict.fromkeys(term.text for term in terms if term.field == "phone"))

    def created(self) -> list[dict[str, Any]]:
        return self._made

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        url = request.url
        match request.method, url.host, url.path:
            case "POST", "auth.test", "/oauth/token":
                return self._renewed(url.params)
            case "POST", "login.test", "/rest-services/login":
                assert dict(url.params) == {"version": "2.0", "access_token": "access-2"}
                self.token = NEW_TOKEN
                return _ok({"BhRestToken": NEW_TOKEN, "restUrl": "https://rest.test/e1/"})
        assert (url.host, url.path[:4]) == ("rest.test", "/e1/"), f"unknown route {url}"
        if request.headers["BhRestToken"] != self.token:
            return httpx.Response(401, json={"errorMessage": "Bad 'BhRestToken' or timed-out."})
        match request.method, url.path.removeprefix("/e1/").split("/"):
            case "GET", ["ping"]:
                return _ok({"sessionExpires": self.session_expires_ms})
            case "GET", ["settings", "userId"]:
                return _ok({"userId": 31})
            case "GET", ["settings", "commentActionList"]:
                return _ok({"commentActionList": ["Inbound Call", "Left Message"]})
            case "GET", ["meta", entity]:
                assert dict(url.params) == {"fields": "status"}
                option = {"value": STATUSES[entity], "label": f"{STATUSES[entity]}!"}
                return _ok({"fields": [{"name": "id"}, {"name": "status", "options": [option]}]})
            case "GET", ["query", "CorporateUser"]:
                assert url.params["fields"] == "id,name,timeZoneOffsetEST,masterUserID"
                row = {"id": 31, "name": "Grace Hopper", "masterUserID": 77}
                row["timeZoneOffsetEST"] = 360
                known = {"id=31", "username='o''hopper'"}
                return _ok({"data": [row] if url.params["where"] in known else []})
            case "POST", ["search", entity]:
                return self._search(entity, url.params, body)
            case "PUT", ["entity", entity]:
                return self._create(entity, body)
            case "POST", ["entity", entity, record]:
                self.rows[entity][int(record)].update(body)
                return _ok({"changedEntityId": int(record), "changeType": "UPDATE"})
            case "GET", ["entity", entity, record]:
                row = self.rows[entity].get(int(record))
                names = url.params["fields"].split(",")
                shown = {name: row.get(name) for name in names} if row else None
                return _ok({"data": shown}) if row else httpx.Response(404)
        raise AssertionError(f"unknown route {request.method} {url}")

    def _renewed(self, params: httpx.QueryParams) -> httpx.Response:
        assert set(params) == {"grant_type", "refresh_token", "client_id", "client_secret"}
        assert (params["grant_type"], params["client_id"]) == ("refresh_token", "client")
        if params["refresh_token"] != self.refresh_token:
            return httpx.Response(400, json={"error": "invalid_grant"})
        self.refresh_token = "refresh-2"
        return _ok({"access_token": "access-2", "refresh_token": "refresh-2"})

    def _search(
        self, entity: str, params: httpx.QueryParams, body: dict[str, Any]
    ) -> httpx.Response:
        assert set(params) == {"fields"}
        assert set(body) == {"query"}
        names = params["fields"].split(",")
        assert set(names) <= FIELDS
        assert entity == "Candidate" or "workPhone" not in params["fields"] + body["query"]
        node = parse(body["query"], FIELDS)
        found = [row for row in self.rows[entity].values() if _fits(node, row)][:20]
        data = [{name: row.get(name) for name in names} for row in found]
        headers = {"ratelimit-remaining": "9", "ratelimit-limit": "10", "ratelimit-reset": "60"}
        if entity != "Candidate":
            headers["ratelimit-remaining"] = "1"
        return _ok({"total": len(data), "data": data}, headers)

    def _create(self, entity: str, body: dict[str, Any]) -> httpx.Response:
        row = dict(body)
        kind = next((each for each in ENTITIES if ENTITIES[each] == entity), None)
        if kind is not None:
            required = {"name", "firstName", "lastName", "phone"}
            assert required <= set(body) <= required | {"status", "clientCorporation"}
            assert ("clientCorporation" in body) == (kind == "Contact")
            if kind == "Contact":
                assert body["clientCorporation"]["id"] in self.rows["ClientCorporation"]
            made = {"first": row["firstName"], "last": row["lastName"], "phone": row["phone"]}
            self._made.append(made | {"kind": kind})
        elif entity == "ClientCorporation":
            assert set(body) == {"name", "companyDescription"}
        else:
            person = body["personReference"]
            about = self.rows[ENTITIES[person["personSubtype"]]][person["id"]]
            people = {"total": 1, "data": [about]}
            row |= {name: {"total": 0, "data": []} for name in LISTS.values()}
            row[LISTS[person["personSubtype"]]] = people
        return _ok({"changedEntityId": self.add(entity, row), "changeType": "INSERT"})


def _ok(body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(200, json=body, headers=headers)


def _terms(node: Node) -> list[Term]:
    if isinstance(node, Term):
        return [node]
    return [term for each in (*node.must, *node.should) for term in _terms(each)]


def _fits(node: Node, row: dict[str, Any]) -> bool:
    if isinstance(node, Group):
        wanted = all(_fits(each, row) for each in node.must)
        if not node.must:
            wanted = any(_fits(each, row) for each in node.should)
        return wanted and not any(_fits(each, row) for each in node.must_not)
    assert not node.pattern, "a wildcard was sent"
    value = str(row.get(node.field, "")).casefold()
    text = node.text.casefold()
    return text in value if node.field == "name" else text == value
