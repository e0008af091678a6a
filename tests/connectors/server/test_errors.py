from __future__ import annotations

import json

import pytest
from starlette.requests import Request
from starlette.responses import Response

from connectors.server.database import DatabaseError
from connectors.server.errors import DATABASE_GONE, INTERNAL, Refusal, answered, json_response

REQUEST = Request(
    {"type": "http", "method": "GET", "path": "/x", "headers": [], "query_string": b""}
)


async def answer_to(error):
    async def endpoint(_request):
        raise error

    response = await answered(endpoint)(REQUEST)
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    return response.status_code, json.loads(response.body)


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (Refusal("No."), 400, "No."),
        (Refusal("No.", 409), 409, "No."),
        (Refusal("No.", body={"error": "No."}), 400, {"error": "No."}),
        (DatabaseError("postgresql://u:p@db is gone"), 503, DATABASE_GONE),
        (RuntimeError("the key is hunter2"), 500, INTERNAL),
        (RecursionError(), 500, INTERNAL),
    ],
)
async def test_every_exception_is_a_sentence(error, status, body):
    assert await answer_to(error) == (status, body)


async def test_an_answer_passes():
    async def endpoint(_request):
        return Response("fine")

    assert (await answered(endpoint)(REQUEST)).body == b"fine"


def test_json_is_named_as_express_names_it():
    response = json_response({"é": None}, 201, {"X": "1"})
    assert response.body == '{"é":null}'.encode()
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert (response.status_code, response.headers["x"]) == (201, "1")


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/nope", 404, "This server has no such path."),
        ("GET", "/contact/", 404, "This server has no such path."),
        ("GET", "//contact", 404, "This server has no such path."),
        ("GET", "/..%2f..%2fetc/passwd", 404, "This server has no such path."),
        ("GET", "/contact%00", 404, "This server has no such path."),
        ("GET", "/%ff%fe", 404, "This server has no such path."),
        ("DELETE", "/contact", 405, "This path does not take that method."),
        ("POST", "/callDisposition", 405, "This path does not take that method."),
    ],
)
def test_what_is_not_served(anybody, method, path, status, body):
    answer = anybody.request(method, path)
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["access-control-allow-origin"] == "*"
