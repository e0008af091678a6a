"""One request of a config, made byte for byte as production's HTTP client makes it.

Source: connectors.md 4.9, "Engine": query values are encoded, the URL is not; a body ``{}`` is sent
even with GET.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec
from msgspec import UNSET

from connectors.contract.errors import InvalidInputError
from connectors.proxy.config import Auth, Operation, ProxyConfig
from connectors.proxy.json_text import parse
from connectors.proxy.template import (
    OnMissing,
    is_nothing,
    is_true,
    js_text,
    plain,
    render,
    render_text,
)

DEFAULT_TIMEOUT_S = 30.0
ACCEPT = "application/json, text/plain, */*"
_FORM = "application/x-www-form-urlencoded"
_QUERY_SAFE = "!~*'():$,"
_WRITES = frozenset({"POST", "PUT", "PATCH"})
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """A request, ready to be sent; `content` is None when it has no body."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    timeout_s: float


def build_request(
    config: ProxyConfig,
    operation: Operation,
    variables: Mapping[str, Any],
    auth_header: str,
    missing: OnMissing,
) -> ProxyRequest:
    """Fill in the templates of an operation.

    Args:
        config: the whole config.
        operation: the one of its operations that runs.
        variables: what templates may name.
        auth_header: the header that core made, used when the config has no credential.
        missing: told each expression without value.

    Raises:
        InvalidInputError: a value cannot be sent where its template stands.
        TemplateError: a template is nested too deeply.
    """
    defaults = config.request_defaults
    url = join_url(defaults.base_url or "", _url(operation, variables, missing))
    query = render(operation.query or {}, variables, missing)
    if isinstance(query, list | dict) or not is_true(query):
        url = with_query(url, query if is_true(query) else {})
    else:
        raise InvalidInputError(
            f"The query is {js_text(query)!r} where an object is needed, check its template."
        )
    method = (operation.method or "GET").upper()
    headers = {"Accept": ACCEPT}
    for given in (defaults.default_headers, operation.headers):
        for name, value in render(given or {}, variables, missing).items():
            _set(headers, name, value)
    auth = operation.auth or config.auth
    if auth.credential_template or auth_header or auth.type == "oauth":
        credential = _credential(auth, variables, auth_header, missing)
        _set(headers, auth.header_name or "Authorization", credential)
    body = render(operation.body if is_true(operation.body) else {}, variables, missing)
    content = body_content(method, body, headers)
    return ProxyRequest(
        method, url, headers, content, float(defaults.timeout_seconds or DEFAULT_TIMEOUT_S)
    )


def join_url(base_url: str, path: str) -> str:
    """Put an operation's path behind the base URL, unless it is a whole URL itself."""
    if not base_url or not path:
        return base_url or path
    if path.startswith(_SCHEMES):
        return path
    return f"{base_url.removesuffix('/')}/{path.removeprefix('/')}"


def with_query(url: str, query: Any) -> str:
    """Add query values, encoded; a fragment is never sent.

    Raises:
        InvalidInputError: a value is no Unicode text.
    """
    encoded = "&".join(f"{_encoded(key)}={_encoded(value)}" for key, value in _pairs(query))
    address, mark, own = url.partition("#")[0].partition("?")
    # A quote in the URL's own query is encoded, one in a value is not.
    url = address + mark + own.replace("'", "%27")
    return f"{url}{'&' if mark else '?'}{encoded}" if encoded else url


def body_content(method: str, body: Any, headers: dict[str, str]) -> bytes | None:
    """Return the bytes of a body; the content type is added to `headers` where it is not given.

    Raises:
        InvalidInputError: the value cannot be a body of that type.
    """
    kind = headers.get(_spelled(headers, "Content-Type"), "").lower()
    structured = isinstance(body, list | dict)
    try:
        if structured and "multipart/form-data" in kind:
            raise InvalidInputError(
                "The body is to be multipart/form-data, which Callbench cannot send for a proxy "
                "connector, use JSON or application/x-www-form-urlencoded."
            )
        if structured and _FORM in kind:
            return "&".join(f"{_form(key)}={_form(value)}" for key, value in _pairs(body)).encode()
        if structured or "application/json" in kind:
            headers.setdefault(_spelled(headers, "Content-Type"), "application/json")
            return None if body is UNSET else _json(body)
        if method in _WRITES:
            headers.setdefault(_spelled(headers, "Content-Type"), _FORM)
        if not is_true(body):
            return None
        if isinstance(body, str):
            return body.encode()
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            f"The body has {error.object[error.start : error.end]!r}, which is no Unicode text."
        ) from error
    raise InvalidInputError(
        f"The body is {js_text(body)!r}, neither a text nor an object, check its template."
    )


def _url(operation: Operation, variables: Mapping[str, Any], missing: OnMissing) -> str:
    url = render_text(operation.url or "", variables, missing)
    if url is UNSET or url is None:
        return ""
    if not isinstance(url, str):
        raise InvalidInputError(
            f"The url {operation.url!r} becomes {js_text(url)!r}, which is no text: write it with "
            "a path around the expression."
        )
    return url


def _credential(
    auth: Auth, variables: Mapping[str, Any], auth_header: str, missing: OnMissing
) -> Any:
    if auth.credential_template:
        credential = render_text(auth.credential_template, variables, missing)
        if auth.encode != "none":
            if not isinstance(credential, str):
                raise InvalidInputError(
                    f"The credentialTemplate {auth.credential_template!r} becomes "
                    f"{js_text(credential)}, which cannot be encoded: give the connection that "
                    "value."
                )
            credential = base64.b64encode(credential.encode("utf-8", "replace")).decode()
        return f"{auth.scheme} {js_text(credential)}" if auth.scheme else credential
    if auth_header:
        return auth_header
    token = variables["user"].get("accessToken", UNSET)
    return f"{auth.scheme or 'Bearer'} {js_text(token)}"


def _set(headers: dict[str, str], name: str, value: Any) -> None:
    """Set a header whatever the case of its name; nothing and false take it away."""
    spelled = _spelled(headers, name)
    if is_nothing(value) or value is False:
        headers.pop(spelled, None)
    elif isinstance(value, list):
        headers[spelled] = ", ".join(js_text(each) for each in value)
    else:
        headers[spelled] = js_text(value)


def _spelled(headers: Mapping[str, str], name: str) -> str:
    return next((known for known in headers if known.lower() == name.lower()), name)


def _json(body: Any) -> bytes:
    if isinstance(body, str):
        try:
            parse(body)
        except (ValueError, RecursionError):
            pass
        else:
            return body.strip().encode()
    try:
        return msgspec.json.encode(plain(body))
    except RecursionError as error:
        raise InvalidInputError("The body is nested too deeply to be sent.") from error


def _pairs(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield names and values: ``a[]`` for a plain list, ``a[b]`` for what is nested."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in members:
        name = str(key).strip()
        if is_nothing(each):
            continue
        if not path and isinstance(each, list | dict) and name.endswith("{}"):
            yield name, msgspec.json.encode(plain(each)).decode()
        elif not path and isinstance(each, list) and (name.endswith("[]") or _is_flat(each)):
            bare = name.removesuffix("[]")
            yield from ((f"{bare}[]", js_text(inner)) for inner in each if not is_nothing(inner))
        elif isinstance(each, list | dict):
            yield from _pairs(each, (*path, str(key)))
        elif path:
            first, *rest = (token.removesuffix("[]") for token in (*path, name))
            yield first + "".join(f"[{token}]" for token in rest), js_text(each)
        else:
            yield name, js_text(each)


def _is_flat(values: list[Any]) -> bool:
    return not any(isinstance(each, list | dict) for each in values)


def _encoded(text: str) -> str:
    try:
        return quote(text, safe=_QUERY_SAFE).replace("%20", "+")
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            f"The query has {error.object[error.start : error.end]!r}, which is no Unicode text."
        ) from error


def _form(text: str) -> str:
    return quote_plus(text, safe="*").replace("~", "%7E")
