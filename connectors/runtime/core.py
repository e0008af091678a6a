"""What App Connect's core does around a connector (contact-flow 1.6, 1.9 and 2.2 to 2.6).

Core knows neither processes nor HTTP: it is given one function that runs an operation.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from connectors.contract.hosting import Description, ErrorInfo, TraceStep
from connectors.contract.model import (
    CallContact,
    CallLog,
    ContactId,
    CreateCallLogInput,
    CreateContactInput,
    ExistingCallLog,
    FindContactInput,
    FindContactWithNameInput,
    GetCallLogInput,
    GetContactInput,
    UpdateCallLogInput,
    UpsertCallDispositionInput,
    User,
)
from connectors.runtime import messages
from connectors.runtime.call_log import COMPOSED_FORMATS, LogFacts, LogLines, compose, facts_of
from connectors.runtime.caller import Caller, Invoke
from connectors.runtime.results import (
    StopError,
    as_record,
    contacts_of,
    given,
    keys_of,
    log_id_of,
    text_of,
    unexpected,
    unreadable,
    what_of,
)
from connectors.runtime.store import AccountStore, CallLogRecord

CacheLayer = Literal["", "account", "local"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one operation.

    Attributes:
        operation: production's name.
        answer: what the extension would be told, in the HTTP route's wire shape.
        returned: the connector's raw result.
        error: the truth behind a failure, None when nothing failed. A message such as
            "Contact not found" is no failure.
        cached: whether a cache answered; the connector did not run.
        cache_layer: which one: the server's for the account, or the extension's own.
        cache_age_s: seconds since that answer was kept; None when the cache did not answer.
        unknown: a write whose end nobody knows: it may have happened.
        ms: wall time.
        steps: the debug trace of a running server.
    """

    operation: str
    answer: dict[str, Any]
    returned: Any = None
    error: ErrorInfo | None = None
    cached: bool = False
    cache_layer: CacheLayer = ""
    cache_age_s: float | None = None
    unknown: bool = False
    ms: float = 0.0
    steps: tuple[TraceStep, ...] = ()


class Core:
    """App Connect's core for one user of one connector.

    Args:
        invoke: runs an operation of the connector.
        store: the account's caches and the records of logged calls.
        platform: the connector's name; messages use it, as production's do.
        display_name: the CRM's name for people.
        description: authentication, log format and operations of the connector.
        user: the connected user.
    """

    def __init__(
        self,
        invoke: Invoke,
        store: AccountStore,
        *,
        platform: str,
        display_name: str,
        description: Description,
        user: User,
    ) -> None:
        self._caller = Caller(invoke, platform, description, user)
        self._store = store
        self.platform = platform
        self.display_name = display_name
        self.description = description

    @property
    def user(self) -> User:
        """The connected user, with what the connector has changed."""
        return self._caller.user

    @property
    def auth_header(self) -> str:
        """The Authorization header that the connector was last given, empty before the first."""
        return self._caller.header

    def renew(self, *, platform: str, display_name: str, description: Description) -> None:
        """Go on with another version of the connector, for the same user."""
        self._caller.renew(platform, description)
        self.platform = platform
        self.display_name = display_name
        self.description = description

    def apply_user_changes(self, changes: dict[str, Any]) -> tuple[str, ...]:
        """Take over changed fields of the user; see :meth:`Caller.apply_user_changes`."""
        return self._caller.apply_user_changes(changes)

    async def find_contact(
        self,
        number: str,
        formats: Sequence[str] = (),
        *,
        is_extension: bool = False,
        force_refresh: bool = False,
        keep: bool = True,
    ) -> Outcome:
        """Find who has a phone number; the account's cache comes before anything else.

        A leading blank stands for a plus that a URL has swallowed. Without `keep` the account's
        cache stays as it is, whatever is found: for a look from aside.
        """
        began = time.perf_counter()
        if number.startswith(" "):
            number = "+" + number[1:]
        if not self._caller.connected:
            answer = {
                "successful": False,
                "returnMessage": messages.contact_not_found(number, self.platform),
            }
            return self._not_connected("findContact", answer, began)
        account = self.user.rc_account_id
        if account and not force_refresh:
            cached = await self._store.cached_contacts(account, self.platform, number)
            if cached:
                answer = {"successful": True, "returnMessage": None, "contact": cached.contacts}
                return Outcome(
                    "findContact",
                    answer,
                    cached=True,
                    cache_layer="account",
                    cache_age_s=cached.age_s,
                    ms=_ms(began),
                )
        operation_input = FindContactInput(
            phone_number=number,
            overriding_format=",".join(text for text in formats if text),
            is_extension="true" if is_extension else "false",
            is_force_refresh_account_data=force_refresh,
        )
        try:
            result = as_record(await self._caller.call("findContact", operation_input))
            contacts = contacts_of(result)
        except StopError as stop:
            return self._failed("findContact", stop, began)
        if account and keep:
            if any(not contact.get("isNewContact") for contact in contacts):
                await self._store.put_contacts(account, self.platform, number, contacts)
            elif force_refresh:
                await self._store.forget_contacts(account, self.platform, number)
        nobody = messages.contact_not_found(number, self.platform)
        return _listed("findContact", result, contacts, nobody, began)

    async def find_contact_with_name(self, name: str) -> Outcome:
        """Search contacts by name."""
        began = time.perf_counter()
        nobody = messages.name_not_found(name)
        if not self._caller.connected:
            answer = {
                "successful": False,
                "returnMessage": messages.message(f"No contact found with name {name}"),
            }
            return self._not_connected("findContactWithName", answer, began)
        try:
            result = as_record(
                await self._caller.call("findContactWithName", FindContactWithNameInput(name=name))
            )
            contacts = contacts_of(result)
        except StopError as stop:
            return self._failed("findContactWithName", stop, began)
        return _listed("findContactWithName", result, contacts, nobody, began)

    async def get_contact(self, contact_id: ContactId, contact_type: str = "") -> Outcome:
        """Read one record by its id; an operation of ours that production does not have."""
        began = time.perf_counter()
        if not self._caller.connected:
            return self._not_connected("getContact", {"successful": False, "contact": None}, began)
        operation_input = GetContactInput(contact_id=contact_id, contact_type=contact_type)
        try:
            result = as_record(await self._caller.call("getContact", operation_input))
        except StopError as stop:
            return self._failed("getContact", stop, began)
        contact = result.get("contactInfo")
        answer = {"successful": contact is not None, "contact": contact}
        return Outcome("getContact", answer, result, ms=_ms(began))

    async def create_contact(
        self,
        number: str,
        name: str,
        contact_type: str = "",
        additional_submission: dict[str, Any] | None = None,
    ) -> Outcome:
        """Create a contact. The account's cache is neither written nor cleared (1.9)."""
        began = time.perf_counter()
        if not self._caller.connected:
            # Production sends this one without the returnMessage around it.
            return self._not_connected("createContact", {"message": "Contact not found"}, began)
        operation_input = CreateContactInput(
            phone_number=number,
            new_contact_name=name,
            new_contact_type=contact_type,
            additional_submission=additional_submission or {},
        )
        returned: Any = None
        try:
            returned = await self._caller.call("createContact", operation_input)
            result = as_record(returned, writes=True)
            contact = result.get("contactInfo")
            if contact is not None and not isinstance(contact, dict):
                raise unexpected(
                    f"contactInfo is {what_of(contact)} instead of an object", returned, writes=True
                )
        except StopError as stop:
            return self._failed("createContact", stop, began)
        answer = {"successful": contact is not None} | given(result, "returnMessage")
        answer["contact"] = contact
        error, unknown = None, False
        if contact is not None and contact.get("id") in (None, ""):
            error, unknown = unreadable("contactInfo has no id"), True
        elif contact is None and "contactInfo" not in result and not result.get("returnMessage"):
            error, unknown = unreadable(f"no contactInfo among {keys_of(result)}"), True
        return Outcome("createContact", answer, result, error, unknown=unknown, ms=_ms(began))

    async def create_call_log(
        self,
        call_log: CallLog,
        contact: CallContact,
        *,
        note: str = "",
        additional_submission: dict[str, Any] | None = None,
        ai_note: str = "",
        transcript: str = "",
        title: str = "",
    ) -> Outcome:
        """Log a call to a contact, once per session id (contact-flow 1.6).

        `title` is the activity's title, sent as ``customSubject``.
        """
        began = time.perf_counter()
        if title:
            call_log = msgspec.structs.replace(call_log, custom_subject=title)
        session_id = call_log.session_id
        if await self._store.call_log(session_id, self.platform, self.user.id):
            answer = {"successful": False, "returnMessage": messages.existing_log(session_id)}
            return Outcome("createCallLog", answer, ms=_ms(began))
        if not self._caller.connected:
            answer = {"successful": False, "returnMessage": messages.message("User not found")}
            return self._not_connected("createCallLog", answer, began)
        far = call_log.from_ if call_log.direction == "Inbound" else call_log.to
        if contact.id in (0, "", "0"):
            told = messages.no_contact_to_log(far.phone_number or "undefined")
            answer = {"successful": False, "returnMessage": told}
            return Outcome("createCallLog", answer, ms=_ms(began))
        contact = msgspec.structs.replace(
            contact, phone_number=contact.phone_number or far.phone_number
        )
        facts = facts_of(
            call_log,
            contact_number=contact.phone_number or "",
            note=note,
            ai_note=ai_note,
            transcript=transcript,
        )
        operation_input = CreateCallLogInput(
            contact_info=contact,
            call_log=call_log,
            note=note,
            additional_submission=additional_submission or {},
            ai_note=ai_note or None,
            transcript=transcript or None,
            composed_log_details=self._compose(facts),
        )
        try:
            returned = await self._caller.call("createCallLog", operation_input)
            result = as_record(returned, writes=True)
            log_id = log_id_of(result)
        except StopError as stop:
            return self._failed("createCallLog", stop, began)
        answer = given(result, "returnMessage")
        answer |= {"successful": bool(log_id), "logId": log_id}
        if not log_id:
            silent = not result.get("returnMessage")
            error = None if not silent else unreadable(f"no logId among {keys_of(result)}")
            return Outcome("createCallLog", answer, result, error, unknown=silent, ms=_ms(began))
        await self._store.put_call_log(
            CallLogRecord(
                session_id=session_id,
                platform=self.platform,
                user_id=self.user.id,
                third_party_log_id=log_id,
                contact_id=contact.id,
                id=call_log.telephony_session_id or call_log.id or session_id,
            )
        )
        return Outcome("createCallLog", answer, result, ms=_ms(began))

    async def get_call_log(self, session_id: str) -> Outcome:
        """Read a logged call from the CRM; a call without a record is simply not matched."""
        began = time.perf_counter()
        record = await self._store.call_log(session_id, self.platform, self.user.id)
        if record is None:
            answer = {
                "successful": True,
                "logs": [{"sessionId": session_id, "matched": False}],
                "returnMessage": None,
            }
            return Outcome("getCallLog", answer, ms=_ms(began))
        if not self._caller.connected:
            answer = {"successful": False, "returnMessage": messages.message("User not found")}
            return self._not_connected("getCallLog", answer, began)
        try:
            result = as_record(await self._caller.call("getCallLog", _reading(record)))
        except StopError as stop:
            return self._failed("getCallLog", stop, began)
        log = {"sessionId": session_id, "matched": True, "logId": record.third_party_log_id}
        log |= {"logData": result.get("callLogInfo")}
        answer = {"successful": True, "logs": [log]} | given(result, "returnMessage")
        error = None
        if "callLogInfo" not in result:
            error = unreadable(f"no callLogInfo among {keys_of(result)}")
        return Outcome("getCallLog", answer, result, error, ms=_ms(began))

    async def update_call_log(
        self,
        session_id: str,
        *,
        note: str = "",
        subject: str = "",
        start_time: int | None = None,
        duration: float | None = None,
        result: str = "",
        additional_submission: dict[str, Any] | None = None,
        recording_link: str = "",
    ) -> Outcome:
        """Change a logged call. The body is recomposed from what the CRM has (contact-flow 2.5).

        `start_time` is in ms since 1970, `duration` in seconds.
        """
        began = time.perf_counter()
        record = await self._store.call_log(session_id, self.platform, self.user.id)
        if record is None:
            return Outcome(
                "updateCallLog",
                {"successful": False},
                error=ErrorInfo(
                    type="CallLogNotFoundError",
                    message=f"The call {session_id} is not logged here: log it first.",
                ),
                ms=_ms(began),
            )
        if not self._caller.connected:
            return self._not_connected("updateCallLog", {"successful": False}, began)
        existing = await self._existing(record)
        facts = LogFacts(
            note=note,
            subject=subject,
            session_id=record.id,
            start_ms=start_time,
            duration=duration,
            result=result,
            recording_link=recording_link,
        )
        details = existing.get("fullLogResponse")
        operation_input = UpdateCallLogInput(
            existing_call_log=_existing_log(record),
            existing_call_log_details=details if isinstance(details, dict) else None,
            recording_link=recording_link or None,
            subject=subject or None,
            note=note,
            start_time=start_time,
            duration=duration,
            result=result or None,
            additional_submission=additional_submission or {},
            composed_log_details=self._compose(
                facts, text_of(existing.get("fullBody")) or text_of(existing.get("note"))
            ),
        )
        try:
            answered = as_record(
                await self._caller.call("updateCallLog", operation_input), writes=True
            )
        except StopError as stop:
            return self._failed("updateCallLog", stop, began)
        answer = {"successful": True, "logId": record.third_party_log_id}
        answer |= given(answered, "updatedNote", "returnMessage")
        return Outcome("updateCallLog", answer, answered, ms=_ms(began))

    async def upsert_disposition(self, session_id: str, dispositions: dict[str, Any]) -> Outcome:
        """Set the dispositions of a logged call."""
        began = time.perf_counter()
        operation = "upsertCallDisposition"
        record = await self._store.call_log(session_id, self.platform, self.user.id)
        if record is None:
            answer = {
                "successful": False,
                "returnMessage": messages.message("Cannot find log", ttl=3000),
            }
            return Outcome(operation, answer, ms=_ms(began))
        if not self._caller.connected:
            answer = {"successful": False, "returnMessage": messages.message("User not found")}
            return self._not_connected(operation, answer, began)
        operation_input = UpsertCallDispositionInput(
            existing_call_log=_existing_log(record), dispositions=dispositions
        )
        try:
            result = as_record(await self._caller.call(operation, operation_input), writes=True)
            log_id = log_id_of(result)
        except StopError as stop:
            return self._failed(operation, stop, began)
        answer = {"successful": bool(log_id), "logId": log_id} | given(result, "returnMessage")
        return Outcome(operation, answer, result, ms=_ms(began))

    def _not_connected(self, operation: str, answer: dict[str, Any], began: float) -> Outcome:
        error = ErrorInfo(
            type="NotConnectedError",
            message=f"Nobody is connected to {self.platform}: give the connection a key or token.",
        )
        return Outcome(operation, answer, error=error, ms=_ms(began))

    def _failed(self, operation: str, stop: StopError, began: float) -> Outcome:
        told = messages.failure(operation, stop.error.status, self.platform)
        return Outcome(
            operation,
            {"successful": False, "returnMessage": told},
            stop.returned,
            stop.error,
            unknown=stop.unknown,
            ms=_ms(began),
        )

    def _compose(self, facts: LogFacts, body: str = "") -> str:
        return compose(
            self.description.log_format,
            facts,
            lines=LogLines.of_user(self.user),
            timezone_offset=self.user.timezone_offset,
            body=body,
        )

    async def _existing(self, record: CallLogRecord) -> dict[str, Any]:
        """Return the call log as the CRM has it; production ignores why it cannot be read."""
        if "getCallLog" not in self.description.operations:
            return {}
        if self.description.log_format not in COMPOSED_FORMATS:
            return {}
        try:
            result = as_record(await self._caller.call("getCallLog", _reading(record)))
        except StopError:
            return {}
        info = result.get("callLogInfo")
        return info if isinstance(info, dict) else {}


def _listed(
    operation: str,
    result: dict[str, Any],
    contacts: list[dict[str, Any]],
    nobody: dict[str, Any],
    began: float,
) -> Outcome:
    """Answer with a list of contacts; an empty one gets the message `nobody` (contact-flow 2.3)."""
    answer = given(result, "successful", "returnMessage")
    if "matchedContactInfo" in result:
        answer["contact"] = result["matchedContactInfo"]
    if operation == "findContact":
        empty = all(contact.get("isNewContact") for contact in contacts)
    else:
        empty = not contacts
    if empty and not result.get("returnMessage"):
        answer["returnMessage"] = nobody
    error = None
    if "matchedContactInfo" not in result and not result.get("returnMessage"):
        error = unreadable(f"no matchedContactInfo among {keys_of(result)}")
    return Outcome(operation, answer, result, error, ms=_ms(began))


def _reading(record: CallLogRecord) -> GetCallLogInput:
    return GetCallLogInput(
        call_log_id=record.third_party_log_id,
        telephony_session_id=record.id,
        contact_id=record.contact_id,
    )


def _existing_log(record: CallLogRecord) -> ExistingCallLog:
    return ExistingCallLog(
        third_party_log_id=record.third_party_log_id,
        id=record.id,
        session_id=record.session_id,
        contact_id=record.contact_id,
    )


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000
