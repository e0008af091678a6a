"""The tiny CRM that the comparison asks: people found by the exact text of their phone, and calls.

It is a real HTTP server on loopback. It keeps its records as plain JSON data, writes down what it
was asked, and can be told to answer badly.
"""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from contextlib import contextmanager
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

KEY = "tiny-key-7f3a"
HOST = "api.tinycrm.example"
BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
HEADERS = ("accept", "authorization", "content-type")
FAULTS = {
    "401": (401, {"message": "unknown key"}),
    "429": (429, {"message": "too many requests"}),
    "500": (500, {"message": "the database is away"}),
}


def _person(number, name, phone, *, title="", company=""):
    made = {"id": number, "name": name, "phone": phone, "type": "Person"}
    return made | {"title": title, "company": company, "created": "2026-01-05T09:30:00.000Z"}


PEOPLE = (
    _person(1, "Ada Lovelace", "+14155550132", title="Analyst", company="Engines Ltd"),
    _person(2, "Jon Bell", "+14155550148", company="Bell & Sons"),
    _person(3, "Joan Bell", "+14155550148"),
    _person(4, "Omar Haddad", "(510) 555-0177"),
    _person(5, "Zoë Łukasz-Müller", "+442079460958"),
)


class TinyCrm:
    """The records, what was asked, and how to answer.

    Attributes:
        people: by id; `calls` too.
        asked: one dict for each request, as it came over the wire.
        fault: a key of :data:`FAULTS`, ``html`` or ``slow``; empty for none. A slow CRM answers
            when the other side has gone.
        url: where it is served.
    """

    def __init__(self):
        self.url = ""
        self.reset()

    def reset(self):
        self.people = {row["id"]: dict(row) for row in PEOPLE}
        self.calls = {}
        self.asked = []
        self.fault = ""

    def records(self):
        """Return a copy of all records."""
        return json.loads(json.dumps({"people": self.people, "calls": self.calls}))

    async def __call__(self, scope, receive, send):
        """Serve the CRM's API under ``/v1``."""
        routes = [
            Route("/me", self._answering(self._me)),
            Route("/people", self._answering(self._people), methods=["GET"]),
            Route("/people", self._answering(self._add_person), methods=["POST"]),
            Route("/calls", self._answering(self._add_call), methods=["POST"]),
            Route("/calls/{id:int}", self._answering(self._call), methods=["GET", "PATCH"]),
        ]
        await Starlette(routes=[Mount("/v1", routes=routes)])(scope, receive, send)

    def _answering(self, answer):
        async def endpoint(request):
            body = (await request.body()).decode()
            self.asked.append(
                {
                    "target": f"{request.method} {request.scope['raw_path'].decode()}",
                    "query": request.scope["query_string"].decode(),
                    "body": body,
                }
                | {name: request.headers.get(name) for name in HEADERS}
            )
            if self.fault == "slow":
                while (await request.receive())["type"] != "http.disconnect":
                    pass
                return Response()
            if self.fault == "html":
                return HTMLResponse("<!doctype html><title>Sign in</title>")
            if self.fault:
                status, said = FAULTS[self.fault]
                return JSONResponse(said, status)
            if request.headers.get("authorization") != BASIC:
                return JSONResponse({"message": "unknown key"}, 401)
            return answer(request, json.loads(body) if body else {})

        return endpoint

    def _me(self, _request, _given):
        return JSONResponse({"id": "u1", "name": "Tess Tester"})

    def _people(self, request, _given):
        asked = parse_qs(request.scope["query_string"].decode())
        rows = list(self.people.values())
        for phone in asked.get("phone", ()):
            rows = [row for row in rows if row["phone"] == phone]
        for name in asked.get("name", ()):
            rows = [row for row in rows if name.casefold() in row["name"].casefold()]
        return JSONResponse({"people": rows})

    def _add_person(self, _request, given):
        if not given.get("name"):
            return JSONResponse({"message": "a person needs a name"}, 422)
        row = _person(max(self.people) + 1, given["name"], given.get("phone", ""))
        self.people[row["id"]] = row | {"type": given.get("type") or "Person"}
        return JSONResponse(self.people[row["id"]], 201)

    def _add_call(self, _request, given):
        if given.get("person") not in self.people:
            return JSONResponse({"message": "there is no such person"}, 422)
        row = {"id": len(self.calls) + 701} | given
        self.calls[row["id"]] = row
        return JSONResponse(row, 201)

    def _call(self, request, given):
        row = self.calls.get(request.path_params["id"])
        if row is None:
            return JSONResponse({"message": "there is no such call"}, 404)
        if request.method == "PATCH":
            row |= given
        return JSONResponse(row)


@contextmanager
def served():
    """Serve a tiny CRM on a port of its own for the length of the block."""
    crm = TinyCrm()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        crm.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        config = uvicorn.Config(crm, log_config=None, log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield crm
        finally:
            server.should_exit = server.force_exit = True
            thread.join(10)
    assert not thread.is_alive()
