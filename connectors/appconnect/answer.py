"""What a server's answer means: its parts, its debug trace, and what is wrong with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx

from connectors.appconnect.address import ServerAddress
from connectors.appconnect.token import why_refused
from connectors.contract.errors import (
    AuthenticationError,
    ConnectorError,
    CrmUnavailableError,
    RateLimitError,
    RecordNotFoundError,
    UnexpectedResponseError,
)
from connectors.contract.hosting import TraceStep
from connectors.contract.model import Wire

SESSION_REVOKED = "CRM_SESSION_REVOKED"
DEBUG = "_debug"
MAX_STEPS = 200
_TOKEN_REFUSALS = frozenset(
    {"Please go to Settings and authorize CRM platform", "Invalid JWT token", "User not found"}
)
_SAID_LENGTH = 160


class Answer(Wire, frozen=True, kw_only=True, omit_defaults=False):
    """One answer of a server.

    Attributes:
        body: its JSON object without the trace, None when it is none.
        text: the words of an answer in plain text; the server sends refusals like that.
        kind: what came where neither was: ``an HTML page``.
        steps: the debug trace in order.
    """

    status: int
    body: dict[str, Any] | None = None
    text: str = ""
    kind: str = ""
    steps: tuple[TraceStep, ...] = ()

    @property
    def said(self) -> str:
        """The server's own words, shortened; empty without any."""
        body = self.body or {}
        message = body.get("returnMessage")
        told = message.get("message") if isinstance(message, dict) else None
        given = (self.text, body.get("error"), told)
        words = next((each for each in given if isinstance(each, str) and each), "")
        words = " ".join(words.split()).rstrip(".")
        return words if len(words) <= _SAID_LENGTH else words[: _SAID_LENGTH - 3] + "..."

    @property
    def fault(self) -> tuple[str, int | None]:
        """What was thrown behind the server and the CRM's status, as far as the trace has it."""
        for step in reversed(self.steps):
            if step.level == "error" and isinstance(step.data, dict):
                status = step.data.get("statusCode")
                message = " ".join(str(step.data.get("message") or "").split())
                return message[:_SAID_LENGTH], status if isinstance(status, int) else None
        return "", None


def read_answer(response: httpx.Response) -> Answer:
    """Take an answer apart; never raises for what is in it."""
    status = response.status_code
    try:
        data = json.loads(response.content)
    except (ValueError, RecursionError):
        return _unreadable(response)
    if not isinstance(data, dict):
        text = data if isinstance(data, str) else ""
        return Answer(status=status, text=text, kind="" if text else "JSON that is no object")
    steps = _steps(data.pop(DEBUG, None))
    if data and steps and all(key == str(at) for at, key in enumerate(data)):
        # With the trace the framework spreads a text into {"0": "M", "1": "i", ...}.
        return Answer(status=status, text="".join(map(str, data.values())), steps=steps)
    return Answer(status=status, body=data, steps=steps)


def problem_of(
    answer: Answer, *, what: str, route: str, address: ServerAddress, token: str = ""
) -> ConnectorError | None:
    """Return what is wrong with an answer, None when the server has done its work.

    Args:
        answer: of any status.
        what: what was being done, to begin a sentence with ("Finding the contact").
        route: method and path.
        address: of the server.
        token: the one that was sent.
    """
    status, said, host = answer.status, answer.said, address.host
    told = f"{status}: {said}" if said else str(status)
    if answer.body is not None and answer.body.get("errorCode") == SESSION_REVOKED:
        return AuthenticationError(
            f"{what} failed: {host} has lost its session with the CRM ({SESSION_REVOKED}: {said}), "
            "sign in again.",
            status=status,
        )
    if 200 <= status < 300:
        if answer.body is not None:
            return None
        came = answer.kind or f"the text '{said}'"
        return UnexpectedResponseError(
            f"{what} failed: {host} answered {status} with {came} where App "
            "Connect answers JSON, check the server's address: something else answers there.",
            status=status,
        )
    if said in _TOKEN_REFUSALS or status == 401:
        why = why_refused(token, datetime.now(UTC))
        return AuthenticationError(
            f"{what} failed: {host} does not accept the token ({told}; {why}), sign in again.",
            status=status,
        )
    if status == 404:
        return RecordNotFoundError(
            f"{what} failed: {host} has no route {route}, it is another version of App Connect "
            "or no such server at all: check its address.",
            status=status,
        )
    if status == 429:
        return RateLimitError(
            f"{what} failed: {host} received too many requests ({told}), try again in a minute."
        )
    if status >= 500:
        return CrmUnavailableError(
            f"{what} failed: {host} has a problem of its own ({told}), look at its log.",
            status=status,
        )
    return UnexpectedResponseError(
        f"{what} failed: {host} refused the request ({told}), look at the trace and at the "
        "server's log.",
        status=status,
    )


def _unreadable(response: httpx.Response) -> Answer:
    text = response.text.strip()
    if text.startswith("<"):
        is_page = "html" in (text[:64] + response.headers.get("content-type", "")).lower()
        kind = "an HTML page" if is_page else "XML"
        return Answer(status=response.status_code, kind=kind)
    kind = "" if text else "an empty body"
    return Answer(status=response.status_code, text=text[:1000], kind=kind)


def _steps(debug: Any) -> tuple[TraceStep, ...]:
    traces = debug.get("traces") if isinstance(debug, dict) else None
    if not isinstance(traces, list):
        return ()
    steps = []
    for trace in traces[:MAX_STEPS]:
        if not isinstance(trace, dict):
            continue
        elapsed = trace.get("elapsed")
        steps.append(
            TraceStep(
                name=str(trace.get("methodName") or "a step without a name"),
                level=str(trace.get("level") or "info"),
                elapsed_ms=float(elapsed) if isinstance(elapsed, int | float) else 0.0,
                data=trace.get("data"),
            )
        )
    return tuple(steps)
