"""Core's verbs where core's work is done by a running server (contact-flow 1.6, 1.9, 2.1).

Each verb is one request. Messages, the account's cache, the records of logged calls and the bodies
of the logs are the server's; nothing of that is done here a second time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from connectors.appconnect.address import ServerAddress, read_address
from connectors.appconnect.answer import Answer, problem_of
from connectors.appconnect.connector import DOING, ROUTES
from connectors.contract.errors import AuthenticationError, ConnectorError, RateLimitError
from connectors.contract.hosting import ErrorInfo
from connectors.contract.model import (
    CallContact,
    CallLog,
    CreateCallLogInput,
    CreateContactInput,
    ExistingCallLog,
    FindContactInput,
    FindContactWithNameInput,
    GetCallLogInput,
    OperationInput,
    UpdateCallLogInput,
    UpsertCallDispositionInput,
    from_wire,
)
from connectors.contract.operations import OPERATIONS
from connectors.runtime import messages
from connectors.runtime.core import Core, Outcome
from connectors.runtime.results import StopError, is_open_ended

_ASKED = "handler.findContact:authType"
_NO_USER = "handler.findContact:noUser"
"""Steps of the framework's trace: the connector is about to run; the user has no key any more."""

_WITHOUT_REASON = {
    "createContact": "the connector made nothing, or the user has signed out of the CRM",
    "getCallLog": "the user has signed out of the CRM",
    "updateCallLog": "this server has not logged that call, or the user has signed out of the CRM",
}


class ServerCore(Core):
    """Core's verbs for one user of one platform of a server; the caches are not touched."""

    async def find_contact(
        self,
        number: str,
        formats: Sequence[str] = (),
        *,
        is_extension: bool = False,
        force_refresh: bool = False,
        keep: bool = True,  # noqa: ARG002  the server alone decides what it keeps
    ) -> Outcome:
        """Find who has a phone number; the server's cache comes before the CRM."""
        asked = FindContactInput(
            phone_number=number,
            overriding_format=",".join(text for text in formats if text),
            is_extension="true" if is_extension else "false",
            is_force_refresh_account_data=force_refresh,
        )
        return await self._carry("findContact", asked)

    async def find_contact_with_name(self, name: str) -> Outcome:
        """Search contacts by name."""
        return await self._carry("findContactWithName", FindContactWithNameInput(name=name))

    async def create_contact(
        self,
        number: str,
        name: str,
        contact_type: str = "",
        additional_submission: dict[str, Any] | None = None,
    ) -> Outcome:
        """Create a contact."""
        asked = CreateContactInput(
            phone_number=number,
            new_contact_name=name,
            new_contact_type=contact_type,
            additional_submission=additional_submission or {},
        )
        return await self._carry("createContact", asked)

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
        """Log a call to a contact; the server refuses a session that it has logged before."""
        if title:
            call_log = msgspec.structs.replace(call_log, custom_subject=title)
        asked = CreateCallLogInput(
            contact_info=contact,
            call_log=call_log,
            note=note,
            additional_submission=additional_submission or {},
            ai_note=ai_note or None,
            transcript=transcript or None,
        )
        return await self._carry("createCallLog", asked)

    async def get_call_log(self, session_id: str) -> Outcome:
        """Read a logged call; one that the server has not logged is simply not matched."""
        return await self._carry("getCallLog", GetCallLogInput(call_log_id=session_id))

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
        """Change a logged call; the server composes its body."""
        asked = UpdateCallLogInput(
            existing_call_log=_session(session_id),
            note=note,
            subject=subject or None,
            start_time=start_time,
            duration=duration,
            result=result or None,
            additional_submission=additional_submission or {},
            recording_link=recording_link or None,
        )
        return await self._carry("updateCallLog", asked)

    async def upsert_disposition(self, session_id: str, dispositions: dict[str, Any]) -> Outcome:
        """Set the dispositions of a logged call."""
        asked = UpsertCallDispositionInput(
            existing_call_log=_session(session_id), dispositions=dispositions
        )
        return await self._carry("upsertCallDisposition", asked)

    async def _carry(self, operation: str, asked: OperationInput) -> Outcome:
        began = time.perf_counter()
        if not self.user.access_token:
            return self._not_connected(operation, {"successful": False}, began)
        token = self.user.access_token
        try:
            answer = from_wire(await self._caller.call(operation, asked), Answer)
        except StopError as stop:
            return self._outcome(operation, {"successful": False}, began, stop.error, stop.unknown)
        told = answer.body
        if told is None:
            # The extension shows a refusal in plain text as it is.
            told = {"successful": False}
            if answer.text:
                told["returnMessage"] = messages.message(answer.text)
        problem = problem_of(
            answer,
            what=DOING[operation],
            route=ROUTES[operation],
            address=self._address,
            token=token,
        ) or self._failure(operation, answer)
        if problem is None:
            return self._outcome(operation, told, began, answer=answer)
        error = ErrorInfo(type=type(problem).__name__, message=str(problem), status=problem.status)
        unknown = is_open_ended(error) or isinstance(problem, ServerFailedError | NoIdError)
        if isinstance(problem, ServerFailedError) and (error.status or 0) >= 400:
            # The trace has what the CRM answered: as good as having seen it.
            unknown = is_open_ended(error)
        return self._outcome(
            operation, told, began, error, unknown and OPERATIONS[operation].writes, answer
        )

    def _outcome(
        self,
        operation: str,
        told: dict[str, Any],
        began: float,
        error: ErrorInfo | None = None,
        unknown: bool = False,
        answer: Answer | None = None,
    ) -> Outcome:
        steps = answer.steps if answer else ()
        names = {step.name for step in steps}
        # Without a match in its cache the framework goes on to the connector, and notes that.
        cached = operation == "findContact" and bool(names) and _ASKED not in names
        cached = cached and error is None and bool(told.get("contact"))
        return Outcome(
            operation,
            told,
            error=error,
            cached=cached,
            cache_layer="account" if cached else "",
            unknown=unknown,
            ms=(time.perf_counter() - began) * 1000,
            steps=steps,
        )

    def _failure(self, operation: str, answer: Answer) -> ConnectorError | None:
        """Return what a business failure stands for: the framework sends it with status 200."""
        told = answer.body or {}
        what, host, said = DOING[operation], self._address.host, answer.said
        if told.get("successful") is not False:
            contact = told.get("contact")
            made = contact.get("id") if isinstance(contact, dict) else None
            if operation == "createContact" and made in (None, ""):
                return NoIdError(
                    f"{what} failed: {host} says that all went well but names no id of a contact, "
                    "look in the CRM whether there is one."
                )
            return None
        if any(step.name == _NO_USER for step in answer.steps):
            return AuthenticationError(
                f"{what} failed: {host} knows the token, but its user is signed out of the CRM "
                f"(it says: {said}), sign in again."
            )
        thrown, status = answer.fault
        says = f"the server says: {said}" + (f"; its trace: {thrown}" if thrown else "")
        if said == self._words(operation, 429):
            return RateLimitError(
                f"{what} failed: the CRM has received too many requests ({says}), "
                "try again in a minute."
            )
        if said == self._words(operation, 401):
            return RefusedError(
                f"{what} failed: the CRM refused the server's request with "
                f"{status or 'a status from 400 to 409'} ({says}), sign in again if it is the key.",
                status=status,
            )
        if said == self._words(operation, None):
            return ServerFailedError(
                f"{what} failed behind the server: the CRM or the connector gave an error ({says}),"
                " the server's log has more.",
                status=status,
            )
        if not said:
            why = _WITHOUT_REASON.get(operation, "it gave no reason")
            return RefusedError(f"{what} failed: {host} says that it was not successful; {why}.")
        return None

    def _words(self, operation: str, status: int | None) -> str:
        return str(messages.failure(operation, status, self.platform)["message"])

    @property
    def _address(self) -> ServerAddress:
        return read_address(self.description.source)


class ServerFailedError(ConnectorError):
    """The server reports a failure without its cause; a write may have been done."""


class NoIdError(ConnectorError):
    """The server says that a contact was made, and not which."""


class RefusedError(ConnectorError):
    """The server, or the CRM behind it, did not do what it was asked."""


def _session(session_id: str) -> ExistingCallLog:
    """Return what stands for a log: the server finds it by the call's session."""
    return ExistingCallLog(third_party_log_id="", session_id=session_id)
