"""A connection, its host and its journal, and the verbs: find, search, create, log.

The window, the command line and every other way in use these verbs; there is no second path.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from app.connections import Connection, secrets_of
from app.journal import (
    ConsolePrinted,
    Event,
    ExchangeCaptured,
    FindingReported,
    Journal,
    RunFinished,
    RunStarted,
    ServerTraced,
)
from connectors.appconnect.address import KIND as SERVER
from connectors.appconnect.core import ServerCore
from connectors.contract.exchange import Exchange
from connectors.contract.hosting import (
    CacheEvent,
    ConnectorHost,
    ConsoleEvent,
    Description,
    ExchangeEvent,
    FindingEvent,
    HostEvent,
    InvokeOptions,
    Reply,
    UserEvent,
)
from connectors.contract.manifest import Manifest
from connectors.contract.model import (
    CallContact,
    CallLog,
    Contact,
    ContactId,
    User,
    from_wire,
    to_wire,
)
from connectors.contract.operations import OPERATIONS
from connectors.host.manifest import manifest_of
from connectors.runtime.core import Core, Outcome
from connectors.runtime.store import CoreStore

_run_id: ContextVar[int] = ContextVar("run_id")
_hosted: ContextVar[_Hosted] = ContextVar("hosted")
_WRITING = frozenset({"POST", "PUT", "PATCH"})
_NOTHING_SENT = frozenset({"InvalidInputError", "UnknownOperationError"})


@dataclass(frozen=True, slots=True)
class Run:
    """One finished verb.

    Attributes:
        outcome: the connector's result and what the user would be told.
        exchanges: the HTTP exchanges in the order in which they ended.
        findings: (code, message) of what went wrong on the side.
    """

    run_id: int
    outcome: Outcome
    exchanges: tuple[Exchange, ...]
    findings: tuple[tuple[str, str], ...]
    ms: float

    @property
    def failed(self) -> bool:
        """Whether the connector or the CRM failed; no match is not a failure."""
        return self.outcome.error is not None

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The contacts of a lookup or search as typed values; unreadable entries are left out."""
        listed = self.outcome.answer.get("contact")
        entries = listed if isinstance(listed, list | tuple) else [listed]
        return tuple(
            _readable_contact(entry)
            for entry in entries
            if isinstance(entry, dict) and entry.get("id") not in (None, "")
        )

    @property
    def message(self) -> dict[str, Any] | None:
        """The message for the user, None when there is none."""
        message = self.outcome.answer.get("returnMessage")
        return message if isinstance(message, dict) and message.get("message") else None


class _Hosted:
    """A host, and how many runs are under way on it."""

    def __init__(self, host: ConnectorHost) -> None:
        self.host = host
        self._runs = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self) -> None:
        """A run is on this host to its end, also when another version comes meanwhile."""
        self._runs += 1
        self._idle.clear()

    def end(self) -> None:
        """A run has ended."""
        self._runs -= 1
        if not self._runs:
            self._idle.set()

    async def close_when_idle(self) -> None:
        """Close the host after its last run."""
        await self._idle.wait()
        await self.host.close()


class Bench:
    """Drives one connection.

    Args:
        connection: what to work for.
        host: the loaded connector, in this process or in a child.
        store: the account's caches and call log records.
        journal: where every event goes.
        keep_user: told of a user that the connector has changed, after the verb that did it. A
            refresh token may be good for one use: whoever saves the connection must keep the next.
    """

    def __init__(
        self,
        connection: Connection,
        host: ConnectorHost,
        store: CoreStore,
        journal: Journal,
        *,
        keep_user: Callable[[User], None] | None = None,
    ) -> None:
        self.connection = connection
        self.journal = journal
        self._hosted = _Hosted(host)
        self._replaced: list[_Hosted] = []
        self._store = store
        self._core: Core | None = None
        self._keep_user = keep_user
        self._kept_user = connection.user
        self.description: Description | None = None
        self.manifest = Manifest(name=connection.platform)

    async def open(self) -> Description:
        """Load the connector.

        Raises:
            ConnectorLoadError: it cannot be loaded; the message says why.
        """
        description = await self._hosted.host.describe()
        self.manifest = manifest_of(description)
        self.description = description
        kind = ServerCore if description.kind == SERVER else Core
        self._core = kind(
            self._invoke,
            self._store,
            platform=description.platform,
            display_name=self.display_name,
            description=description,
            user=self.connection.user,
        )
        return description

    async def reload(self, host: ConnectorHost) -> Description:
        """Go on with another version of the connector, on a host of its own.

        The runs under way end on the host that they began on; :meth:`close_replaced` closes it
        then. User, caches and journal stay.

        Raises:
            ConnectorLoadError: it cannot be loaded. The host is closed, and everything goes on as
                it was.
        """
        try:
            description = await host.describe()
            manifest = manifest_of(description)
        except BaseException:
            await host.close()
            raise
        self._replaced.append(self._hosted)
        self._hosted = _Hosted(host)
        self.manifest, self.description = manifest, description
        self.core.renew(
            platform=description.platform,
            display_name=self.display_name,
            description=description,
        )
        return description

    async def close_replaced(self) -> None:
        """Close each host that was replaced, as soon as its last run has ended."""
        while self._replaced:
            await self._replaced[0].close_when_idle()
            del self._replaced[:1]

    @property
    def display_name(self) -> str:
        """The CRM's name for people."""
        described = self.description.display_name if self.description else ""
        return self.manifest.display_name or described

    @property
    def core(self) -> Core:
        """What App Connect's core does around the connector; only after :meth:`open`."""
        if self._core is None:
            raise RuntimeError("open() comes first")
        return self._core

    @property
    def timeout_s(self) -> float:
        """Seconds an operation may take: the manifest's limit, else the connection's."""
        return self.manifest.request_config.timeout or self.connection.timeout_s

    async def find(
        self,
        number: str,
        formats: Sequence[str] = (),
        *,
        is_extension: bool = False,
        force_refresh: bool = False,
        keep: bool = True,
    ) -> Run:
        """Ask who is calling, by phone number; without `keep` no cache is changed."""
        return await self._run(
            "findContact",
            number,
            {
                "phoneNumber": number,
                "overridingFormat": ",".join(text for text in formats if text),
                "isExtension": "true" if is_extension else "false",
                "isForceRefreshAccountData": force_refresh,
            },
            lambda: self.core.find_contact(
                number,
                formats,
                is_extension=is_extension,
                force_refresh=force_refresh,
                keep=keep,
            ),
        )

    async def recall(self, number: str, contacts: Sequence[Contact], age_s: float) -> Run:
        """Note that the extension's own match answered for a number; nobody is asked."""

        async def answer() -> Outcome:
            listed = [to_wire(contact) for contact in contacts]
            return Outcome(
                "findContact",
                {"successful": True, "returnMessage": None, "contact": listed},
                cached=True,
                cache_layer="local",
                cache_age_s=age_s,
            )

        asked = {"phoneNumber": number, "isForceRefreshAccountData": False}
        return await self._run("findContact", number, asked, answer)

    async def search(self, name: str) -> Run:
        """Search contacts by name."""
        return await self._run(
            "findContactWithName",
            name,
            {"name": name},
            lambda: self.core.find_contact_with_name(name),
        )

    async def read_contact(self, contact_id: ContactId, contact_type: str = "") -> Run:
        """Read one record by its id, where the connector can."""
        return await self._run(
            "getContact",
            f"{contact_type} {contact_id}".strip(),
            {"contactId": contact_id, "contactType": contact_type},
            lambda: self.core.get_contact(contact_id, contact_type),
        )

    async def create(
        self,
        number: str,
        name: str,
        contact_type: str = "",
        additional_submission: dict[str, Any] | None = None,
    ) -> Run:
        """Create a contact."""
        return await self._run(
            "createContact",
            f"{name} {number}".strip(),
            {
                "phoneNumber": number,
                "newContactName": name,
                "newContactType": contact_type,
                "additionalSubmission": additional_submission or {},
            },
            lambda: self.core.create_contact(
                number, name, contact_type, additional_submission or {}
            ),
        )

    async def log(
        self,
        call_log: CallLog,
        contact: CallContact,
        note: str = "",
        additional_submission: dict[str, Any] | None = None,
    ) -> Run:
        """Log a call to a contact."""
        return await self._run(
            "createCallLog",
            contact.name or str(contact.id),
            {
                "contactInfo": to_wire(contact),
                "callLog": to_wire(call_log),
                "note": note,
                "additionalSubmission": additional_submission or {},
            },
            lambda: self.core.create_call_log(
                call_log, contact, note=note, additional_submission=additional_submission or {}
            ),
        )

    async def read_log(self, session_id: str) -> Run:
        """Read a logged call back from the CRM."""
        return await self._run(
            "getCallLog",
            session_id,
            {"sessionId": session_id},
            lambda: self.core.get_call_log(session_id),
        )

    async def update_log(
        self,
        call_log: CallLog,
        note: str,
        subject: str,
        additional_submission: dict[str, Any] | None = None,
    ) -> Run:
        """Change a logged call."""
        duration = call_log.duration if isinstance(call_log.duration, int | float) else None
        return await self._run(
            "updateCallLog",
            subject or call_log.session_id,
            {
                "sessionId": call_log.session_id,
                "subject": subject,
                "note": note,
                "additionalSubmission": additional_submission or {},
            },
            lambda: self.core.update_call_log(
                call_log.session_id,
                note=note,
                subject=subject,
                start_time=call_log.start_time,
                duration=duration,
                result=call_log.result,
                additional_submission=additional_submission or {},
            ),
        )

    async def dispose(self, session_id: str, dispositions: dict[str, Any]) -> Run:
        """Set the dispositions of a logged call."""
        return await self._run(
            "upsertCallDisposition",
            session_id,
            {"sessionId": session_id, "dispositions": dispositions},
            lambda: self.core.upsert_disposition(session_id, dispositions),
        )

    async def close(self) -> None:
        """End the connector's host, and those of earlier versions."""
        for hosted in (self._hosted, *self._replaced):
            await hosted.host.close()

    async def _run(
        self,
        operation: str,
        subject: str,
        asked: dict[str, Any],
        work: Callable[[], Awaitable[Outcome]],
    ) -> Run:
        run_id = self.journal.last_run_id + 1
        _run_id.set(run_id)
        hosted = self._hosted
        _hosted.set(hosted)
        exchanges: list[Exchange] = []
        findings: list[tuple[str, str]] = []

        def collect(event: Event) -> None:
            if event.run_id != run_id:
                return
            if isinstance(event, ExchangeCaptured):
                exchanges.append(event.exchange)
            elif isinstance(event, FindingReported):
                findings.append((event.code, event.message))

        stop_collecting = self.journal.subscribe(collect)
        self.journal.append(
            RunStarted(
                run_id=run_id,
                at_ms=_now_ms(),
                operation=operation,
                platform=self.connection.platform,
                connection=self.connection.id,
                digest=self.description.digest if self.description else "",
                subject=subject,
                input=asked,
            )
        )
        began = time.perf_counter()
        hosted.begin()
        try:
            outcome = await work()
            if not isinstance(self._core, ServerCore):  # A server says itself what it has written.
                outcome = _with_doubt(outcome, exchanges)
        except BaseException:
            self._finish(run_id, None, len(exchanges), began)
            raise
        finally:
            hosted.end()
            stop_collecting()
            if self._keep_user is not None and self.core.user != self._kept_user:
                self._kept_user = self.core.user
                self._keep_user(self._kept_user)
        # The last one: a redirect makes two of a request.
        arrived_ms = exchanges[-1].started_ms if exchanges else _now_ms()
        for step in outcome.steps:
            self.journal.append(
                ServerTraced(run_id=run_id, at_ms=arrived_ms + step.elapsed_ms, step=step)
            )
        ms = self._finish(run_id, outcome, len(exchanges), began)
        return Run(run_id, outcome, tuple(exchanges), tuple(findings), ms)

    def _finish(self, run_id: int, outcome: Outcome | None, requests: int, began: float) -> float:
        ms = (time.perf_counter() - began) * 1000
        self.journal.append(
            RunFinished(
                run_id=run_id,
                at_ms=_now_ms(),
                answer=outcome.answer if outcome else {},
                returned=outcome.returned if outcome else None,
                error=outcome.error if outcome else None,
                cached=outcome.cached if outcome else False,
                cache_layer=outcome.cache_layer if outcome else "",
                cache_age_s=outcome.cache_age_s if outcome else None,
                unknown=outcome.unknown if outcome else False,
                cancelled=outcome is None,
                requests=requests,
                ms=round(ms, 1),
            )
        )
        return ms

    async def _invoke(self, operation: str, operation_input: dict[str, Any]) -> Reply:
        run_id = _run_id.get()
        account = self.connection.user.rc_account_id or ""
        options = InvokeOptions(
            routes=dict(self.connection.routes),
            config=dict(self.connection.config),
            account_data=self._store.account_data(account, self.core.platform) if account else {},
            secrets=secrets_of(self.connection)
            + tuple(
                value
                for value in (self.core.user.access_token, self.core.user.info("bhRestToken"))
                if value
            ),
        )
        return await _hosted.get().host.invoke(
            operation,
            operation_input,
            options=options,
            timeout_s=self.timeout_s,
            on_event=lambda event: self._on_event(run_id, event),
        )

    def _on_event(self, run_id: int, event: HostEvent) -> None:
        at_ms = _now_ms()
        match event:
            case ConsoleEvent():
                self.journal.append(
                    ConsolePrinted(run_id=run_id, at_ms=at_ms, stream=event.stream, text=event.text)
                )
            case ExchangeEvent():
                self.journal.append(
                    ExchangeCaptured(run_id=run_id, at_ms=at_ms, exchange=event.exchange)
                )
            case FindingEvent():
                self.journal.append(
                    FindingReported(
                        run_id=run_id, at_ms=at_ms, code=event.code, message=event.message
                    )
                )
            case CacheEvent():
                account = self.connection.user.rc_account_id
                if account:
                    self._store.put_account_data(
                        account, self.core.platform, event.key, event.value
                    )
            case UserEvent():
                self.core.apply_user_changes(event.changes)


def _readable_contact(entry: dict[str, Any]) -> Contact:
    """Read an entry as production's client would: loosely."""
    fields = {key: value for key, value in entry.items() if value is not None}
    fields["name"] = str(entry.get("name") or "")
    fields["id"] = entry["id"] if isinstance(entry["id"], int | str) else str(entry["id"])
    if not isinstance(fields.get("additionalInfo"), dict):
        fields.pop("additionalInfo", None)
    for key in ("phone", "type", "title", "company", "email", "organization"):
        if key in fields:
            fields[key] = str(fields[key])
    for key in ("createdDate", "mostRecentActivityDate"):
        if key in fields and not isinstance(fields[key], int | float | str):
            fields.pop(key)
    fields["isNewContact"] = bool(entry.get("isNewContact"))
    return from_wire(fields, Contact)


def _with_doubt(outcome: Outcome, exchanges: Sequence[Exchange]) -> Outcome:
    """Return a failed write as unknown when the CRM accepted the last thing that it was sent.

    A connector whose ``JSON.parse`` fails on that answer throws an error that says nothing of it:
    only the exchange shows that the record may be there.
    """
    error = outcome.error
    if error is None or error.status is not None or error.type in _NOTHING_SENT:
        return outcome
    if outcome.unknown or not OPERATIONS[outcome.operation].writes:
        return outcome
    sent = [each for each in exchanges if each.method in _WRITING]
    accepted = bool(sent) and 200 <= (sent[-1].status or 0) < 300
    return dataclasses.replace(outcome, unknown=accepted)


def _now_ms() -> float:
    return time.time() * 1000
