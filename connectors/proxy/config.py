"""The types of a ``proxyConfig``, and what is wrong with one.

Production passes over what it does not know and runs the rest. So only what production cannot run
is refused here; everything else that will surprise the author is a :class:`Problem`, and the config
runs as it would for a customer.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from connectors.contract.model import Wire
from connectors.proxy.json_text import Place, lines, parse
from connectors.proxy.template import MAX_DEPTH, expressions
from connectors.proxy.variables import COMMON, INPUTS, USER_KEYS

MAX_CONFIG_BYTES = 1024 * 1024
MOST_COMPARED = 100
"""An object with more keys is data, no slip of the pen; each comparison takes a millisecond."""

EMBEDDED = "proxyConfig"
ENCODINGS = ("base64", "none")
LOG_FORMATS = ("text/plain", "text/html", "text/markdown", "custom")
_SCHEMA_KEY = "$schema"
_REQUIRED = {
    "auth": 'for example "auth": {"type": "apiKey"}',
    "operations": 'for example "operations": {"findContact": {"url": "..."}}',
}

Template = Annotated[str | None, Meta(description="A text with expressions such as {{user.id}}.")]
Path = Annotated[
    str | None, Meta(description="A dotted path; {body: the answer} is where it starts.")
]
ItemPath = Annotated[str | None, Meta(description="A dotted path inside one entry of the list.")]


class ProxyConfigError(Exception):
    """A config cannot be run; the message is one sentence.

    `line` and `column` count from 1 and are 0 where they are not known.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a config that production runs, but not as its author will expect.

    Attributes:
        code: upper-case name.
        place: dotted keys that lead to it.
        line: in the file, 0 where it is not known.
        operation: the operation that it concerns, empty for all.
        text: one sentence.
    """

    code: str
    place: str
    line: int
    operation: str
    text: str


class Part(Wire, frozen=True, kw_only=True):
    """An object of the config."""


class About(Part, frozen=True, kw_only=True):
    """What the connector is called, and how core composes its call logs."""

    name: str | None = None
    display_name: str | None = None
    log_format: Annotated[
        str | None,
        Meta(
            description="Without one, App Connect composes no text.",
            extra_json_schema={"enum": list(LOG_FORMATS)},
        ),
    ] = None


class Auth(Part, frozen=True, kw_only=True):
    """The credential of each request."""

    type: Annotated[str | None, Meta(description="apiKey (the default) or oauth.")] = None
    scheme: Annotated[str | None, Meta(description="Stands before the credential: Basic.")] = None
    header_name: Annotated[str | None, Meta(description="Authorization unless given.")] = None
    credential_template: Template = None
    encode: Annotated[
        str | None,
        Meta(
            description="Of the credentialTemplate, base64 unless given.",
            extra_json_schema={"enum": list(ENCODINGS)},
        ),
    ] = None
    client_id: str | None = None
    client_secret: str | None = None
    token_url: str | None = None
    redirect_uri: str | None = None


class RequestDefaults(Part, frozen=True, kw_only=True):
    """What all requests have in common."""

    base_url: Annotated[
        str | None, Meta(description="Stands before each url; its templates are not filled in.")
    ] = None
    timeout_seconds: Annotated[float, Meta(description="30 unless given.", ge=0)] | None = None
    default_headers: dict[str, Any] | None = None


class ItemMapping(Part, frozen=True, kw_only=True):
    """Where the parts of a contact stand in an entry of the list."""

    id_path: ItemPath = None
    name_path: ItemPath = None
    phone_path: ItemPath = None
    type_path: ItemPath = None
    title_path: ItemPath = None
    company_path: ItemPath = None
    created_date_path: ItemPath = None
    most_recent_activity_date_path: ItemPath = None
    additional_info_path: ItemPath = None


class ListMapping(Part, frozen=True, kw_only=True):
    """Where the contacts stand in an answer."""

    list_path: Path = None
    item: ItemMapping | None = None


class ContactMapping(Part, frozen=True, kw_only=True):
    """Where the created contact stands in an answer."""

    id_path: Path = None
    name_path: Path = None
    type_path: Path = None


class IdMapping(Part, frozen=True, kw_only=True):
    """Where the id of what was written stands in an answer."""

    id_path: Path = None


class LogMapping(Part, frozen=True, kw_only=True):
    """Where the parts of a call log stand in an answer."""

    subject_path: Path = None
    note_path: Path = None
    full_body_path: Path = None


class UserMapping(Part, frozen=True, kw_only=True):
    """Where the connected user stands in an answer."""

    id_path: Path = None
    name_path: Path = None
    timezone_name_path: Path = None
    overriding_api_key_path: Path = None
    platform_additional_info_paths: dict[str, str] | None = None
    message_path: Path = None


class UserListMapping(Part, frozen=True, kw_only=True):
    """Where the CRM's users stand in an answer."""

    list_path: Path = None
    id_path: ItemPath = None
    name_path: ItemPath = None
    email_path: ItemPath = None


class LicenseMapping(Part, frozen=True, kw_only=True):
    """Where the licence stands in an answer."""

    is_license_valid_path: Path = None
    license_status_path: Path = None
    license_status_description_path: Path = None


class Operation(Part, frozen=True, kw_only=True):
    """One request."""

    method: Annotated[str | None, Meta(description="GET unless given.")] = None
    url: Template = None
    headers: dict[str, Any] | None = None
    query: dict[str, Any] | str | None = None
    body: Any = None
    auth: Auth | None = None


class PlainOperation(Operation, frozen=True, kw_only=True):
    """A request of whose answer nothing is read."""

    response_mapping: dict[str, Any] | None = None


class ListOperation(Operation, frozen=True, kw_only=True):
    """A request that finds contacts."""

    response_mapping: ListMapping | None = None


class ContactOperation(Operation, frozen=True, kw_only=True):
    """A request that creates a contact."""

    response_mapping: ContactMapping | None = None


class IdOperation(Operation, frozen=True, kw_only=True):
    """A request that writes something with an id."""

    response_mapping: IdMapping | None = None


class LogOperation(Operation, frozen=True, kw_only=True):
    """A request that reads a call log."""

    response_mapping: LogMapping | None = None


class UserOperation(Operation, frozen=True, kw_only=True):
    """A request that says who is connected."""

    response_mapping: UserMapping | None = None


class UserListOperation(Operation, frozen=True, kw_only=True):
    """A request that lists the CRM's users."""

    response_mapping: UserListMapping | None = None


class LicenseOperation(Operation, frozen=True, kw_only=True):
    """A request that reads the licence."""

    response_mapping: LicenseMapping | None = None


class Operations(Part, frozen=True, kw_only=True):
    """What the connector can do; an operation that is missing is answered without a request."""

    get_user_info: UserOperation | None = None
    get_user_list: UserListOperation | None = None
    un_authorize: PlainOperation | None = None
    find_contact: ListOperation | None = None
    find_contact_with_name: ListOperation | None = None
    create_contact: ContactOperation | None = None
    create_call_log: IdOperation | None = None
    get_call_log: LogOperation | None = None
    update_call_log: PlainOperation | None = None
    upsert_call_disposition: PlainOperation | None = None
    create_message_log: IdOperation | None = None
    update_message_log: PlainOperation | None = None
    get_license_status: LicenseOperation | None = None


class ProxyConfig(Part, frozen=True, kw_only=True):
    """A connector written as JSON."""

    auth: Auth
    operations: Operations
    meta: About | None = None
    secret_key: Annotated[str | None, Meta(description="The variable {{secretKey}}.")] = None
    request_defaults: RequestDefaults = msgspec.field(default_factory=RequestDefaults)


@dataclass(frozen=True, slots=True)
class ConfigReading:
    """A config that can be run.

    Attributes:
        problems: in the order of their lines.
        manifest: the rest of a file that holds the config under ``proxyConfig``.
    """

    config: ProxyConfig
    problems: tuple[Problem, ...]
    manifest: dict[str, Any]

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that stand in the config itself."""
        own = [auth.client_secret for auth in self._auths()]
        return tuple(each for each in (self.config.secret_key, *own) if each)

    def _auths(self) -> Iterator[Auth]:
        yield self.config.auth
        for field in msgspec.structs.fields(Operations):
            operation = getattr(self.config.operations, field.name)
            if operation is not None and operation.auth is not None:
                yield operation.auth


def read_config(text: str) -> ConfigReading:
    """Read a config, or an object that holds one under ``proxyConfig``.

    Raises:
        ProxyConfigError: it cannot be run.
    """
    if len(text) > MAX_CONFIG_BYTES:
        raise ProxyConfigError(
            f"The config is larger than {MAX_CONFIG_BYTES // 1024} KB, take out what is no config."
        )
    try:
        data = parse(text)
    except json.JSONDecodeError as error:
        raise ProxyConfigError(
            f"The config is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            error.lineno,
            error.colno,
        ) from error
    except ValueError as error:
        raise ProxyConfigError(f"The config is not JSON: {error}.") from error
    except RecursionError as error:
        raise ProxyConfigError("The config is nested too deeply.") from error
    where = lines(text)
    root: Place = ()
    manifest: dict[str, Any] = {}
    if isinstance(data, dict) and EMBEDDED in data:
        root = (EMBEDDED,)
        manifest = {key: value for key, value in data.items() if key != EMBEDDED}
        data = data[EMBEDDED]
    if not isinstance(data, dict):
        raise ProxyConfigError("The config is no JSON object.", _line(where, root))
    if _depth(data) > MAX_DEPTH:
        raise ProxyConfigError(f"The config is nested more than {MAX_DEPTH} levels deep.")
    try:
        config = msgspec.convert(data, ProxyConfig)
    except msgspec.ValidationError as error:
        raise _wrong_shape(str(error), where, root) from error
    found = [
        Problem(
            code=code,
            place=dotted(place),
            line=_line(where, (*root, *place)),
            operation=_operation_of(place),
            text=sentence,
        )
        for code, place, sentence in _problems(data, config)
    ]
    return ConfigReading(config, tuple(sorted(found, key=lambda each: each.line)), manifest)


def dotted(place: Place) -> str:
    """Write a place as the author would: ``operations.findContact.query.q``."""
    text = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in place)
    return text.removeprefix(".")


def _line(where: Mapping[Place, int], place: Place) -> int:
    """Return the line of a place, or of the nearest thing around it."""
    while place and place not in where:
        place = place[:-1]
    return where.get(place, 0)


def _operation_of(place: Place) -> str:
    known = len(place) > 1 and place[0] == "operations" and place[1] in INPUTS
    return str(place[1]) if known else ""


def _wrong_shape(said: str, where: Mapping[Place, int], root: Place) -> ProxyConfigError:
    reason, _, path = said.partition(" - at ")
    steps = re.findall(r"[^.\[\]`$]+|\[[^\]]*\]", path)
    place = tuple("*" if step == "[...]" else _step(step) for step in steps)
    line = _line(where, (*root, *place))
    missing = re.search("missing required field `(.+?)`", reason)
    if missing:
        return ProxyConfigError(
            f"The config has no {missing[1]}, without which App Connect can do nothing: "
            f"add {_REQUIRED.get(missing[1], 'it')}.",
            line,
        )
    kinds = re.fullmatch("Expected `(.+?)`, got `(.+?)`", reason)
    what = (
        f"is of type {kinds[2]} where {kinds[1].replace(' | null', '')} is needed"
        if kinds
        else f"cannot be used ({reason})"
    )
    return ProxyConfigError(f"{dotted(place)} (line {line}) {what}.", line)


def _step(text: str) -> str | int:
    return int(text[1:-1]) if text.startswith("[") else text


Found = Iterator[tuple[str, Place, str]]
"""A code, a place and a sentence."""


def _problems(data: dict[str, Any], config: ProxyConfig) -> Found:
    yield from _unknown_keys(data, config, ())
    yield from _missing_mappings(config.operations)
    yield from _odd_values(config)
    operations = data.get("operations") or {}
    for name, inputs in INPUTS.items():
        operation = operations.get(name)
        for part in ("url", "headers", "query", "body", "auth"):
            for place, text in _texts((operation or {}).get(part), ("operations", name, part)):
                if "auth" not in place or place[-1] == "credentialTemplate":
                    yield from _template_problems(text, place, {*COMMON, *inputs}, name)
    every = {*COMMON, *(each for inputs in INPUTS.values() for each in inputs)}
    defaults = data.get("requestDefaults") or {}
    for place, text in (
        *_texts(defaults.get("defaultHeaders"), ("requestDefaults", "defaultHeaders")),
        *_texts(config.auth.credential_template, ("auth", "credentialTemplate")),
    ):
        yield from _template_problems(text, place, every, "any operation")


def _unknown_keys(data: Mapping[str, Any], part: Part, place: Place) -> Found:
    known = {field.encode_name: getattr(part, field.name) for field in msgspec.structs.fields(part)}
    for key, value in data.items():
        if key not in known:
            if key == _SCHEMA_KEY and not place:
                continue
            near = difflib.get_close_matches(key, known, 1) if len(data) < MOST_COMPARED else []
            meant = f", did you mean {near[0]}" if near else ""
            yield (
                "UNKNOWN_KEY",
                (*place, key),
                f"App Connect passes over {dotted((*place, key))}: it has no such key{meant}.",
            )
        elif isinstance(known[key], Part):
            yield from _unknown_keys(value, known[key], (*place, key))


def _missing_mappings(operations: Operations) -> Found:
    def missing(name: str, what: str, result: str) -> tuple[str, Place, str]:
        place = ("operations", name)
        return "MISSING_MAPPING", place, f"{dotted(place)} has no {what}, so {result}."

    nobody = "App Connect reads no contact from any answer"
    if operations.find_contact and operations.find_contact.response_mapping is None:
        yield missing("findContact", "responseMapping", nobody)
    by_name = operations.find_contact_with_name
    if by_name and by_name.response_mapping is None:
        yield missing("findContactWithName", "responseMapping", nobody)
    created = operations.create_contact
    if created and not (created.response_mapping and created.response_mapping.id_path):
        result = "App Connect creates the contact and then says that it failed"
        yield missing("createContact", "responseMapping.idPath", result)
    if operations.create_call_log and operations.create_call_log.response_mapping is None:
        result = "App Connect writes the log and then says that it failed"
        yield missing("createCallLog", "responseMapping", result)
    user = operations.get_user_info
    if user and not (user.response_mapping and user.response_mapping.id_path):
        result = "all users get the same id and replace one another"
        yield missing("getUserInfo", "responseMapping.idPath", result)


def _odd_values(config: ProxyConfig) -> Found:
    base_url = config.request_defaults.base_url or ""
    if "{{" in base_url:
        yield (
            "TEMPLATE_NOT_FILLED_IN",
            ("requestDefaults", "baseUrl"),
            "App Connect fills in no template in requestDefaults.baseUrl: move it to the url of "
            "each operation.",
        )
    if config.meta and config.meta.log_format not in LOG_FORMATS:
        yield (
            "UNKNOWN_LOG_FORMAT",
            ("meta", "logFormat"),
            f"meta.logFormat is {config.meta.log_format or 'missing'}, so composedLogDetails is "
            f"empty: choose one of {', '.join(LOG_FORMATS[:3])}.",
        )
    encode = config.auth.encode
    if encode is not None and encode not in ENCODINGS:
        yield (
            "UNKNOWN_ENCODING",
            ("auth", "encode"),
            f"auth.encode is {encode}, which App Connect takes for base64: write base64 or none.",
        )


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list | dict):
        members = enumerate(value) if isinstance(value, list) else value.items()
        for key, each in members:
            yield from _texts(each, (*place, key))


def _template_problems(text: str, place: Place, names: set[str], operation: str) -> Found:
    paths = expressions(text)
    if text.count("{{") > len(paths):
        yield (
            "BROKEN_TEMPLATE",
            place,
            f"{dotted(place)} has {{{{ that no }}}} ends, so it is sent as it stands.",
        )
    for path in paths:
        first, _, rest = path.partition(".")
        known = sorted(names)
        if first == "user" and rest:
            first, known = f"user.{rest.partition('.')[0]}", [f"user.{key}" for key in USER_KEYS]
        if first not in known:
            yield (
                "UNKNOWN_VARIABLE",
                place,
                f"{dotted(place)} names {{{{{path}}}}}, which {operation} never has, so it is "
                f"sent empty; there are {', '.join(known)}.",
            )


def _depth(value: Any) -> int:
    """Return how many levels of lists and objects are in each other."""
    level, depth = [value], 0
    while level:
        level = [
            inner
            for each in level
            if isinstance(each, list | dict)
            for inner in (each if isinstance(each, list) else each.values())
        ]
        depth += 1
    return depth
