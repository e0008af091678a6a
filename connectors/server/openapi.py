"""The OpenAPI document of the routes, made from the types that they read and answer with."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.contract.model import ContactId, ReturnMessage, Wire
from connectors.server import bodies
from connectors.server.errors import answered, json_response
from connectors.server.platforms import INTERFACES
from connectors.server.routes.about import version

_REF = "#/components/schemas/{name}"


class Listed(Wire, frozen=True, kw_only=True):
    """Contacts; what a contact has beside its id and name is the connector's own."""

    successful: bool | None = None
    return_message: ReturnMessage | None = None
    contact: list[dict[str, Any]] | None = None


class Created(Wire, frozen=True, kw_only=True):
    """The created contact."""

    successful: bool
    return_message: ReturnMessage | None = None
    contact: dict[str, Any] | None = None


class Logged(Wire, frozen=True, kw_only=True):
    """The id of a logged call."""

    successful: bool
    log_id: ContactId | None = None
    updated_note: str | None = None
    return_message: ReturnMessage | None = None


class Log(Wire, frozen=True, kw_only=True):
    """Whether a call is logged, and how."""

    session_id: str
    matched: bool
    log_id: ContactId | None = None
    log_data: dict[str, Any] | None = None


class Logs(Wire, frozen=True, kw_only=True):
    """Calls that were asked for."""

    successful: bool
    logs: list[Log] | None = None
    return_message: ReturnMessage | None = None


class SignedIn(Wire, frozen=True, kw_only=True):
    """The token of a user who has connected."""

    jwt_token: str | None = None
    name: str | None = None
    successful: bool | None = None
    return_message: ReturnMessage | None = None


class Settings(Wire, frozen=True, kw_only=True):
    """The user's settings."""

    user_settings: dict[str, Any]


class Validity(Wire, frozen=True, kw_only=True):
    """Whether the CRM still takes the session."""

    successful: bool
    return_message: ReturnMessage | None = None


class Ended(Wire, frozen=True, kw_only=True):
    """The CRM takes neither the session nor its renewal."""

    successful: bool
    error_code: str
    return_message: ReturnMessage


_TYPES = (
    Listed, Created, Logged, Logs, SignedIn, Settings, Validity, Ended, ReturnMessage,
    bodies.ApiKeyLogin, bodies.NewContact, bodies.NewCallLog, bodies.ChangedCallLog,
    bodies.Disposition, bodies.ChangedSettings,
)  # fmt: skip
_SENTENCE = {"type": "string", "description": "One sentence, which the extension shows."}
_FREE = {"type": "object", "additionalProperties": True}
_ERRORS = {
    408: "The body took too long",
    413: "The body is too large",
    414: "The address is too long",
    431: "The headers are too large",
    500: "A problem of the server's own",
    503: "The database is gone, or there are too many requests",
}


class OpenApiRoute:
    """``/openapi.json``."""

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/openapi.json", answered(self._document), methods=["GET"])]

    async def _document(self, _request: Request) -> Response:
        return json_response(document())


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    _, components = msgspec.json.schema_components(_TYPES, ref_template=_REF)
    components["Sentence"] = _SENTENCE
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "App Connect's routes, served by Callbench",
            "version": version(),
            "description": "Business failures are 200 with successful: false, as the extension "
            "expects. Other failures are one sentence.",
        },
        "paths": {
            "/crmManifest": {"get": _open(_FREE, _text("platformName"), refuses=_SENTENCE)},
            "/implementedInterfaces": {
                "get": _open(
                    {
                        "type": "object",
                        "properties": {name: {"type": "boolean"} for name in INTERFACES},
                    },
                    _text("platform"),
                    refuses={"anyOf": [_ref("Sentence"), _FREE]},
                )
            },
            "/serverVersionInfo": {"get": _open(_FREE)},
            "/releaseNotes": {"get": _open(_FREE)},
            "/openapi.json": {"get": _open(_FREE)},
            "/isAlive": {"get": _alive()},
            "/userInfoHash": {"get": _open(_FREE, _text("extensionId"), _text("accountId"))},
            "/apiKeyLogin": {
                "post": _open(
                    _ref("SignedIn"),
                    body="ApiKeyLogin",
                    refuses={"anyOf": [_ref("Sentence"), _ref("SignedIn")]},
                )
            },
            "/oauth-callback": {
                "get": _open(
                    _ref("SignedIn"),
                    *(_text(name) for name in ("callbackUri", "hostname", "tokenUrl", "apiUrl")),
                    *(_text(name) for name in ("username", "code", "state", "rcAccessToken")),
                )
            },
            "/unAuthorize": {"post": _own(_ref("ReturnMessage"))},
            "/authValidation": {"get": _own(_ref("Validity"))},
            "/hostname": {"get": _own({"type": "string"})},
            "/user/settings": {
                "get": _own(_FREE),
                "post": _own(_ref("Settings"), body="ChangedSettings"),
            },
            "/contact": {
                "get": _own(
                    _ref("Listed"),
                    _text("phoneNumber", required=True, example="+14155550132"),
                    _text("overridingFormat"),
                    _text("isExtension"),
                    _text("isForceRefreshAccountData"),
                ),
                "post": _own(_ref("Created"), body="NewContact"),
            },
            "/custom/contact/search": {"get": _own(_ref("Listed"), _text("name", required=True))},
            "/callLog": {
                "get": _own(
                    _ref("Logs"), _text("sessionIds", required=True), _text("requireDetails")
                ),
                "post": _own(_ref("Logged"), body="NewCallLog"),
                "patch": _own(_ref("Logged"), body="ChangedCallLog"),
            },
            "/callDisposition": {"put": _own(_ref("Logged"), body="Disposition")},
        },
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "query": {"type": "apiKey", "in": "query", "name": "jwtToken"},
            },
        },
    }


def _open(
    answer: dict[str, Any],
    *parameters: dict[str, Any],
    body: str = "",
    refuses: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Describe an operation for anybody."""
    operation: dict[str, Any] = {
        "responses": {
            "200": _json("Done", answer),
            "400": _json("What is wrong with the request", refuses or _ref("Sentence")),
            **{str(status): _json(text, _ref("Sentence")) for status, text in _ERRORS.items()},
        }
    }
    if parameters:
        operation["parameters"] = list(parameters)
    if body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(body)}},
        }
    return operation


def _own(answer: dict[str, Any], *parameters: dict[str, Any], body: str = "") -> dict[str, Any]:
    """Describe an operation of a connected user."""
    operation = _open(answer, *parameters, body=body)
    operation["responses"]["401"] = _json("The CRM's session has ended", _ref("Ended"))
    return operation | {"security": [{"bearer": []}, {"query": []}]}


def _alive() -> dict[str, Any]:
    operation = _open({"type": "string"})
    operation["responses"]["200"]["content"] = {"text/plain": {"schema": {"const": "OK"}}}
    return operation


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _text(name: str, *, required: bool = False, example: str = "") -> dict[str, Any]:
    parameter = {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}
    return parameter | ({"example": example} if example else {})


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": _REF.format(name=name)}
