"""A small strict Insightly: exact matching, real routes, nothing it does not know."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from connectors.contract import model
from tests.connectors.contract_suite import FakeCrm

AUTH_HEADER = "Basic a2V5Og=="
PATHS = {"contact": "contacts", "lead": "leads"}
ID_KEYS = {"contacts": "CONTACT_ID", "leads": "LEAD_ID"}
MOBILE = {"contacts": "PHONE_MOBILE", "leads": "MOBILE"}
LINKABLE = {
    "Organisation": "organisations",
    "Opportunity": "opportunities",
    "Project": "projects",
    "Contact": "contacts",
    "Lead": "leads",
}
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


class FakeInsightly(FakeCrm):
    """Insightly behind ``https://api.test/v3.1``."""

    def __init__(self) -> None:
        super().__init__()
        self.custom_fields = {"contacts": {"Direct__c"}, "leads": {"Direct__c"}}
        self.rows: dict[str, dict[int, dict[str, Any]]] = {
            name: {} for name in ("contacts", "leads", *LINKABLE.values(), "events")
        }
        self._last_id = 1000

    def add(self, path: str, row: dict[str, Any], id_key: str) -> int:
        self._last_id += 1
        self.rows[path][self._last_id] = {id_key: self._last_id, **row}
        return self._last_id

    def add_person(
        self, first: str, last: str, phone: str, kind: str, *, in_all_fields: bool = False
    ) -> model.ContactId:
        path = PATHS[kind]
        row: dict[str, Any] = {
            "FIRST_NAME": first,
            "LAST_NAME": last,
            "PHONE": phone,
            MOBILE[path]: phone if in_all_fields else None,
            "TITLE": "Countess",
            "DATE_CREATED_UTC": "2024-02-03 04:05:06",
            "DATE_UPDATED_UTC": "2025-02-03 04:05:06",
            "LAST_ACTIVITY_DATE_UTC": None,
            "CUSTOMFIELDS": [],
            "LINKS": [],
        }
        return self.add(path, row, ID_KEYS[path])

    def add_link(self, person: model.ContactId) -> None:
        self.link(person, "Organisation", "Analytical Engines")

    def link(self, person: model.ContactId, name: str, title: str, record: int = 0) -> int:
        """Link a person to a new record, or to an existing one."""
        upper = name.upper()
        record = record or self.add(LINKABLE[name], {f"{upper}_NAME": title}, f"{upper}_ID")
        entry = {"LINK_ID": record + 5000, "LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": record}
        self.person(person).setdefault("LINKS", []).append(entry)
        return record

    def person(self, person: model.ContactId) -> dict[str, Any]:
        return next(self.rows[path][person] for path in ID_KEYS if person in self.rows[path])

    def asked(self, suffix: str = "") -> list[str]:
        """Return ``METHOD path`` of each request whose path ends with `suffix`."""
        return [
            f"{each.method} {each.url.path.removeprefix('/v3.1')}"
            for each in self.requests
            if each.url.path.endswith(suffix)
        ]

    def searched(self) -> list[str]:
        values = [each.url.params.get("field_value") for each in self.requests]
        return list(dict.fromkeys(value for value in values if value is not None))

    def created(self) -> list[dict[str, Any]]:
        return [
            {"first": row["FIRST_NAME"], "last": row.get("LAST_NAME", ""), "phone": row["PHONE"]}
            | {"kind": kind}
            for kind, path in PATHS.items()
            for row in self.rows[path].values()
        ]

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == AUTH_HEADER
        assert request.url.host == "api.test"
        version, *parts = request.url.path.strip("/").split("/")
        assert version == "v3.1"
        body = json.loads(request.content) if request.content else None
        match request.method, parts:
            case "GET", ["users", "me"]:
                user = {"USER_ID": 77, "FIRST_NAME": "Grace", "LAST_NAME": "Hopper"}
                return httpx.Response(200, json=user | {"TIMEZONE_ID": "Etc/UTC"})
            case "GET", [("contacts" | "leads") as path, "search"]:
                return self._search(path, request.url.params)
            case "POST", [("contacts" | "leads") as path]:
                assert set(body) <= {"PHONE", "FIRST_NAME", "LAST_NAME"}
                if path == "leads" and not body.get("LAST_NAME"):
                    return httpx.Response(400, json=[{"Message": "LAST_NAME is required"}])
                row = body | {"DATE_CREATED_UTC": "2026-01-02 03:04:05", "LINKS": []}
                created = self.add(path, row, ID_KEYS[path])
                return httpx.Response(201, json=self.rows[path][created])
            case "POST", ["events"]:
                return httpx.Response(201, json=self._new_event(body))
            case "PUT", ["events"]:
                return self._change_event(body)
            case "POST", ["events", event, "links"]:
                return self._link_event(int(event), body)
            case "DELETE", ["events", event, "links", link]:
                row = self.rows["events"][int(event)]
                row["LINKS"] = [each for each in row["LINKS"] if str(each["LINK_ID"]) != link]
                return httpx.Response(202)
            case "GET", [path, record] if path in self.rows and record.isdigit():
                found = self.rows[path].get(int(record))
                return httpx.Response(200, json=found) if found else httpx.Response(404)
        raise AssertionError(f"unknown route {request.method} {request.url}")

    def _search(self, path: str, params: httpx.QueryParams) -> httpx.Response:
        assert set(params) == {"field_name", "field_value", "brief"}
        assert params["brief"] == "false"
        field = params["field_name"]
        known = {"PHONE", MOBILE[path], "FIRST_NAME", "LAST_NAME"} | self.custom_fields[path]
        if field not in known:
            return httpx.Response(400, json=[{"Message": f"Unknown field {field}"}])
        wanted = params["field_value"].casefold()
        return httpx.Response(
            200,
            json=[
                row
                for row in self.rows[path].values()
                if str(_value(row, field)).casefold() == wanted
            ],
        )

    def _new_event(self, body: dict[str, Any]) -> dict[str, Any]:
        assert set(body) == {"TITLE", "DETAILS", "START_DATE_UTC", "END_DATE_UTC"}
        assert UTC_TIME.fullmatch(body["START_DATE_UTC"])
        assert UTC_TIME.fullmatch(body["END_DATE_UTC"])
        return self.rows["events"][self.add("events", body | {"LINKS": []}, "EVENT_ID")]

    def _change_event(self, body: dict[str, Any]) -> httpx.Response:
        row = self.rows["events"].get(body["EVENT_ID"])
        if row is None:
            return httpx.Response(404)
        row.update(body)
        return httpx.Response(200, json=row)

    def _link_event(self, event: int, body: dict[str, Any]) -> httpx.Response:
        assert set(body) == {"LINK_OBJECT_NAME", "LINK_OBJECT_ID"}
        if body["LINK_OBJECT_ID"] not in self.rows[LINKABLE[body["LINK_OBJECT_NAME"]]]:
            return httpx.Response(400, json=[{"Message": "No such record"}])
        self._last_id += 1
        link = body | {"LINK_ID": self._last_id}
        self.rows["events"][event]["LINKS"].append(link)
        return httpx.Response(201, json=link)


def _value(row: dict[str, Any], field: str) -> Any:
    custom = {each["FIELD_NAME"]: each["FIELD_VALUE"] for each in row.get("CUSTOMFIELDS", [])}
    return row.get(field, custom.get(field))
