from __future__ import annotations

import json

from starlette.routing import Route

from connectors.server.application import TOPICS
from connectors.server.openapi import OpenApiRoute, document


def test_every_route_is_described_and_no_other():
    routes: list[Route] = [*OpenApiRoute().routes()]
    for topic in TOPICS:
        routes += topic(None).routes()
    served = {
        (route.path, method.lower()) for route in routes for method in route.methods - {"HEAD"}
    }
    described = {
        (path, method) for path, operations in document()["paths"].items() for method in operations
    }
    assert described == served


def test_every_reference_leads_somewhere():
    schemas = document()["components"]["schemas"]

    def references(node):
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"].rpartition("/")[2]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    assert set(references(document())) <= set(schemas)


def test_types_are_spelled_as_on_the_wire():
    schemas = document()["components"]["schemas"]
    assert schemas["NewContact"]["required"] == ["phoneNumber"]
    assert "newContactName" in schemas["NewContact"]["properties"]
    assert "additionalSubmission" in schemas["NewCallLog"]["properties"]


def test_the_server_gives_the_document(anybody):
    answer = anybody.get("/openapi.json")
    assert answer.json() == json.loads(json.dumps(document()))
