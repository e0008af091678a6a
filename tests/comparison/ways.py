"""The same verbs, sent by the bench to a connector or by an extension to a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import msgspec

from app.bench import Bench, Run
from connectors.contract.model import CallContact, CallLog, to_wire


@dataclass(frozen=True)
class Told:
    """What a verb came back with.

    Attributes:
        answer: as the extension has it.
        more: what only the bench knows.
    """

    answer: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)


class Way(Protocol):
    """A way to work with the connector.

    Attributes:
        timeout_s: how long an answer is waited for.
    """

    timeout_s: float

    async def find(self, number: str, formats: Sequence[str], *, extension: bool) -> Told:
        """Look a number up."""

    async def search(self, name: str) -> Told:
        """Search by name."""

    async def create(self, number: str, name: str, kind: str) -> Told:
        """Create a contact."""

    async def log(self, call: CallLog, contact: CallContact, note: str) -> Told:
        """Log a call."""

    async def read_log(self, session_id: str) -> Told:
        """Read a logged call."""

    async def update_log(self, call: CallLog, note: str, subject: str) -> Told:
        """Change a logged call."""


class ThroughTheBench:
    """The bench drives the connector and does what core does around it."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    @property
    def timeout_s(self) -> float:
        return self._bench.connection.timeout_s

    @timeout_s.setter
    def timeout_s(self, seconds: float) -> None:
        changed = msgspec.structs.replace(self._bench.connection, timeout_s=seconds)
        self._bench.connection = changed

    async def find(self, number: str, formats: Sequence[str], *, extension: bool) -> Told:
        return _told(await self._bench.find(number, formats, is_extension=extension))

    async def search(self, name: str) -> Told:
        return _told(await self._bench.search(name))

    async def create(self, number: str, name: str, kind: str) -> Told:
        return _told(await self._bench.create(number, name, kind))

    async def log(self, call: CallLog, contact: CallContact, note: str) -> Told:
        return _told(await self._bench.log(call, contact, note))

    async def read_log(self, session_id: str) -> Told:
        return _told(await self._bench.read_log(session_id))

    async def update_log(self, call: CallLog, note: str, subject: str) -> Told:
        return _told(await self._bench.update_log(call, note, subject))


class ThroughAServer:
    """App Connect's HTTP routes, as the extension sends them; facts: app-connect-server.md 2."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._token = ""
        self.timeout_s = 20.0

    async def sign_in(self, platform: str, key: str) -> None:
        """Sign in with an API key; later requests carry the token."""
        given = {"platform": platform, "apiKey": key, "hostname": "", "additionalInfo": {}}
        answer = await self._http.post("/apiKeyLogin", json=given)
        assert answer.status_code == 200, answer.text
        self._token = answer.json()["jwtToken"]

    async def find(self, number: str, formats: Sequence[str], *, extension: bool) -> Told:
        return await self._ask(
            "GET",
            "/contact",
            phoneNumber=number,
            overridingFormat=",".join(formats),
            isExtension="true" if extension else "false",
        )

    async def search(self, name: str) -> Told:
        return await self._ask("GET", "/custom/contact/search", name=name)

    async def create(self, number: str, name: str, kind: str) -> Told:
        given = {"phoneNumber": number, "newContactName": name, "newContactType": kind}
        return await self._ask("POST", "/contact", given | {"additionalSubmission": {}})

    async def log(self, call: CallLog, contact: CallContact, note: str) -> Told:
        given = {
            "logInfo": {key: each for key, each in to_wire(call).items() if each is not None},
            "note": note,
            "additionalSubmission": {},
            "overridingFormat": [],
            "contactId": contact.id,
            "contactType": contact.type,
            "contactName": contact.name,
        }
        return await self._ask("POST", "/callLog", given)

    async def read_log(self, session_id: str) -> Told:
        return await self._ask("GET", "/callLog", sessionIds=session_id, requireDetails="true")

    async def update_log(self, call: CallLog, note: str, subject: str) -> Told:
        given = {
            "sessionId": call.session_id,
            "telephonySessionId": call.telephony_session_id,
            "note": note,
            "subject": subject,
            "startTime": call.start_time,
            "duration": call.duration,
            "result": call.result,
        }
        return await self._ask("PATCH", "/callLog", given)

    async def _ask(
        self, method: str, path: str, given: dict[str, Any] | None = None, **params: str
    ) -> Told:
        try:
            answer = await self._http.request(
                method,
                path,
                params=params | {"jwtToken": self._token},
                json=given,
                timeout=self.timeout_s,
            )
        except httpx.ReadTimeout:
            return Told({})
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return Told(answer.json())


def _told(run: Run) -> Told:
    error = run.outcome.error
    return Told(
        run.outcome.answer,
        {
            "failed": run.failed,
            "failure": {"status": error.status if error else None, "unknown": run.outcome.unknown},
        },
    )
