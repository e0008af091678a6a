"""``/callLog`` and ``/callDisposition`` (contact-flow 1.6 and 2.5)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.contract.http import concurrently
from connectors.contract.model import CallContact, CallLog
from connectors.runtime import messages
from connectors.runtime.core import Outcome
from connectors.server.alone import StillBusyError, busy
from connectors.server.bodies import (
    ChangedCallLog,
    Disposition,
    LogInfo,
    NewCallLog,
    query_text,
    read_body,
)
from connectors.server.errors import Refusal, answered
from connectors.server.session import Session
from connectors.server.visit import Services, Visit

MAX_SESSIONS = 5
"""Production reads no more of them per request."""
_LOGGED = ("successful", "logId", "returnMessage")


class CallLogRoutes:
    """Logging calls, and changing what was logged."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/callLog", answered(self._read), methods=["GET"]),
            Route("/callLog", answered(self._create), methods=["POST"]),
            Route("/callLog", answered(self._update), methods=["PATCH"]),
            Route("/callDisposition", answered(self._dispose), methods=["PUT"]),
        ]

    async def _read(self, request: Request) -> Response:
        visit = Visit(self._services, request, "getCallLog")
        given = query_text(request, "sessionIds").split(",")
        session_ids = [each for each in given if each][:MAX_SESSIONS]
        if not session_ids:
            raise Refusal("sessionIds is missing.")
        session = await visit.session()
        if query_text(request, "requireDetails") != "true":
            logs = [await self._matched(visit, session, each) for each in session_ids]
            return visit.answer({"successful": True, "logs": logs, "returnMessage": None})
        outcomes = await concurrently(session.core.get_call_log(each) for each in session_ids)
        failed = next((each for each in outcomes if not each.answer.get("successful")), None)
        if failed is not None:
            return await visit.told(session, failed, "successful", "logs", "returnMessage")
        answer = outcomes[-1].answer | {
            "logs": [log for each in outcomes for log in each.answer["logs"]]
        }
        for outcome in outcomes[:-1]:
            await session.finish(outcome)
        told = Outcome("getCallLog", answer, error=outcomes[-1].error)
        return await visit.told(session, told, "successful", "logs", "returnMessage")

    async def _matched(self, visit: Visit, session: Session, session_id: str) -> dict[str, Any]:
        """Say whether a call is logged, from the record alone; the CRM is not asked."""
        record = await self._services.kept.call_log(
            session_id, visit.platform.name, session.core.user.id
        )
        if record is None:
            return {"sessionId": session_id, "matched": False}
        return {"sessionId": session_id, "matched": True, "logId": record.third_party_log_id}

    async def _create(self, request: Request) -> Response:
        visit = Visit(self._services, request, "createCallLog")
        body = await read_body(request, NewCallLog)
        session = await visit.session()
        contact = CallContact(
            id="" if body.contact_id is None else body.contact_id,
            type=body.contact_type,
            name=body.contact_name,
        )
        try:
            async with self._alone(visit, body.log_info.session_id):
                outcome = await session.core.create_call_log(
                    _call_log(body.log_info),
                    contact,
                    note=body.note or "",
                    additional_submission=body.additional_submission,
                    ai_note=body.ai_note or "",
                    transcript=body.transcript or "",
                )
        except StillBusyError:
            return visit.answer(busy("call"))
        return await visit.told(session, outcome, *_LOGGED)

    async def _update(self, request: Request) -> Response:
        visit = Visit(self._services, request, "updateCallLog")
        body = await read_body(request, ChangedCallLog)
        session = await visit.session()
        duration = body.duration if isinstance(body.duration, int | float) else None
        try:
            async with self._alone(visit, body.session_id):
                outcome = await session.core.update_call_log(
                    body.session_id,
                    note=body.note or "",
                    subject=body.subject or "",
                    start_time=body.start_time,
                    duration=duration,
                    result=body.result or "",
                    additional_submission=body.additional_submission,
                    recording_link=body.recording_link or "",
                )
        except StillBusyError:
            return visit.answer(busy("call"))
        if "returnMessage" not in outcome.answer and outcome.error is not None:
            # Production says nothing, and so does the extension.
            told = messages.message(outcome.error.message)
            return visit.answer({"successful": False, "returnMessage": told})
        return await visit.told(
            session, outcome, "successful", "logId", "updatedNote", "returnMessage"
        )

    async def _dispose(self, request: Request) -> Response:
        visit = Visit(self._services, request, "upsertCallDisposition")
        body = await read_body(request, Disposition)
        session = await visit.session()
        try:
            async with self._alone(visit, body.session_id):
                outcome = await session.core.upsert_disposition(
                    body.session_id, body.dispositions or {}
                )
        except StillBusyError:
            return visit.answer(busy("call"))
        return await visit.told(session, outcome, *_LOGGED)

    def _alone(self, visit: Visit, session_id: str) -> Any:
        """Hold the call: its log is made once, and changed by one request at a time."""
        return self._services.alone(
            "callLog", visit.platform.name, visit.claims.user_id, session_id
        )


def _call_log(info: LogInfo) -> CallLog:
    return CallLog(
        session_id=info.session_id,
        telephony_session_id=info.telephony_session_id,
        id=info.id,
        direction=info.direction,
        from_=info.from_,
        to=info.to,
        start_time=info.start_time,
        duration=0 if info.duration is None else info.duration,
        result=info.result or "",
        recording=info.recording,
        custom_subject=info.custom_subject,
        account_id=None if info.account_id is None else str(info.account_id),
    )
