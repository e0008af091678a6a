"""Requests to a CRM: every way of failing becomes one of the contract's errors.

Only connectors import this module; the rest of the contract stays free of the HTTP client, so that
widgets can use it.
"""

from __future__ import annotations

import asyncio
import json as json_format
from collections.abc import Coroutine, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from connectors.contract.errors import (
    AuthenticationError,
    ConnectorError,
    CrmUnavailableError,
    InvalidInputError,
    PermissionDeniedError,
    RateLimitError,
    RecordNotFoundError,
    UnexpectedResponseError,
)

T = TypeVar("T")
Parameters = Mapping[str, str | int | float | bool | None]

_SAID_LENGTH = 160
_ERROR_KEYS = (
    "errorMessage",
    "error_description",
    "message",
    "Message",
    "detail",
    "title",
    "error",
    "errors",
)


async def send(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    what: str,
    params: Parameters | None = None,
    json: Any = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float | None = None,
) -> httpx.Response:
    """Send one request and read its whole answer, whatever its status.

    Args:
        http: the client handed in by the host.
        method: the HTTP method.
        url: the address, without the values in `params`.
        what: what is being done, to begin a sentence with ("Searching the contacts").
        params: query values; they are encoded here (``+`` as ``%2B``).
        json: the body, None for none.
        content: the body where it is not JSON, or JSON already.
        headers: further headers.
        timeout_s: how long each step may take; None leaves it to the client.

    Raises:
        CrmUnavailableError: no answer, or only a part of one.
        InvalidInputError: no request can be made of `url` or `headers`.
    """
    host = _host(url)
    try:
        return await http.request(
            method,
            url,
            params=params or None,
            json=json,
            content=content,
            headers=headers,
            timeout=httpx.USE_CLIENT_DEFAULT if timeout_s is None else timeout_s,
        )
    except httpx.TimeoutException as error:
        raise CrmUnavailableError(
            f"{what} failed: {host} did not answer in time, try again later."
        ) from error
    except httpx.TooManyRedirects as error:
        raise CrmUnavailableError(
            f"{what} failed: {host} redirects in a circle, check the connection's address."
        ) from error
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise CrmUnavailableError(
            f"{what} failed: {host} broke off its answer, try again later."
        ) from error
    except httpx.DecodingError as error:
        raise CrmUnavailableError(
            f"{what} failed: the answer of {host} cannot be decompressed, try again later."
        ) from error
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL) as error:
        raise InvalidInputError(
            f"{what} failed: no request can be made to {url[:_SAID_LENGTH]!r} ({error}), "
            "check the connection's address and key."
        ) from error
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            f"{what} failed: {error.object[error.start : error.end]!r} cannot be sent "
            f"({error.reason}), take it out of what was entered or of the connection's key."
        ) from error
    except httpx.TransportError as error:
        raise CrmUnavailableError(
            f"{what} failed: {host} cannot be reached ({_cause(error)}), "
            "check the network and the connection's address."
        ) from error


def check_status(response: httpx.Response, what: str) -> None:
    """Raise the error of an answer outside 2xx; for answers whose body does not matter.

    Raises:
        ConnectorError: as :func:`checked_json` does for the status.
    """
    if not response.is_success:
        raise _refusal(response, what)


def checked_json(response: httpx.Response, what: str) -> Any:
    """Return the JSON of a successful answer.

    Args:
        response: an answer that was read.
        what: what is being done, to begin a sentence with.

    Raises:
        AuthenticationError: 401.
        PermissionDeniedError: 403.
        RecordNotFoundError: 404.
        RateLimitError: 429; carries the CRM's ``Retry-After`` when it is readable.
        CrmUnavailableError: 5xx.
        UnexpectedResponseError: any other status outside 2xx, or an answer that is not JSON;
            the message names what came instead.
    """
    check_status(response, what)
    host = _host(str(response.url))
    content = response.content
    if not content.strip():
        raise UnexpectedResponseError(
            f"{what} failed: {host} answered {response.status_code} with an empty body "
            "where JSON was expected, check the connection's address.",
            status=response.status_code,
        )
    try:
        return json_format.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnexpectedResponseError(
            f"{what} failed: {host} answered {response.status_code} with {_kind(response)} "
            "where JSON was expected, check the connection's address.",
            status=response.status_code,
        ) from error


async def fetch_json(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    what: str,
    params: Parameters | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Send one request and return the JSON of its answer; see :func:`send`.

    Raises:
        ConnectorError: as :func:`send` and :func:`checked_json` do.
    """
    response = await send(http, method, url, what=what, params=params, json=json, headers=headers)
    return checked_json(response, what)


async def concurrently(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run independent requests at once and return their results in the order given.

    When one fails, the others are cancelled and awaited, and its own error is raised (not a group).
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in coroutines]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


def _refusal(response: httpx.Response, what: str) -> ConnectorError:
    """Return the error for a status outside 2xx."""
    status = response.status_code
    host = _host(str(response.url))
    said = _said(response)
    if status == 401:
        return AuthenticationError(
            f"{what} failed: {host} does not accept the key or session (401{said}), connect again.",
            status=status,
        )
    if status == 403:
        return PermissionDeniedError(
            f"{what} failed: {host} does not allow this user to do it (403{said}), "
            "ask the CRM's administrator for the right.",
            status=status,
        )
    if status == 404:
        return RecordNotFoundError(
            f"{what} failed: {host} has nothing at {response.url.path} (404{said}), "
            "check that the record still exists and that the connection's address is right.",
            status=status,
        )
    if status == 429:
        wait_s = _retry_after_s(response)
        advice = "try again in a minute" if wait_s is None else f"try again in {wait_s:.0f} s"
        return RateLimitError(
            f"{what} failed: {host} received too many requests (429{said}), {advice}.",
            status=status,
            retry_after_s=wait_s,
        )
    if status >= 500:
        return CrmUnavailableError(
            f"{what} failed: {host} has a problem of its own ({status}{said}), try again later.",
            status=status,
        )
    if status >= 400:
        return UnexpectedResponseError(
            f"{what} failed: {host} refused the request ({status}{said}), "
            "check the values and the connection's settings.",
            status=status,
        )
    return UnexpectedResponseError(
        f"{what} failed: {host} answered {status} where JSON was expected, "
        "check the connection's address.",
        status=status,
    )


def _said(response: httpx.Response) -> str:
    """Return the CRM's own words, shortened to one line and led by a colon, '' without any."""
    try:
        data: Any = json_format.loads(response.content)
    except (ValueError, RecursionError):
        return ""
    for _ in range(4):
        if isinstance(data, list) and data:
            data = data[0]
        elif isinstance(data, dict):
            data = next((data[key] for key in _ERROR_KEYS if data.get(key)), None)
        else:
            break
    if not isinstance(data, str):
        return ""
    words = " ".join(data.split()).rstrip(".")
    if len(words) > _SAID_LENGTH:
        words = words[: _SAID_LENGTH - 3] + "..."
    return f": {words}" if words else ""


def _kind(response: httpx.Response) -> str:
    """Name what came instead of JSON."""
    mime = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    start = response.content[:512].lstrip().lower()
    if mime == "text/html" or start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if start.startswith(b"<"):
        return "XML"
    if start.startswith((b"{", b"[")):
        return "broken JSON"
    return f"{mime or 'text'} that is no JSON"


def _retry_after_s(response: httpx.Response) -> float | None:
    """Read ``Retry-After``: seconds, or an HTTP date."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2] or url


def _cause(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
