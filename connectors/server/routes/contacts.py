"""``/contact`` and ``/custom/contact/search`` (contact-flow 2.1)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.runtime import messages
from connectors.server.alone import StillBusyError, busy, key_of
from connectors.server.bodies import NewContact, query_text, read_body
from connectors.server.errors import Refusal, answered
from connectors.server.visit import Services, Visit

CREATED = "created:"
"""Before an account's id: the answers of its creates, apart from the answers of its lookups."""
SAME_CLICK_S = 1.0
"""A create that comes so soon after the answer to the same one was not meant as a second one."""
MAX_NUMBER = 255
_LISTED = ("successful", "returnMessage", "contact")


class ContactRoutes:
    """Finding and creating contacts."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/contact", answered(self._find), methods=["GET"]),
            Route("/contact", answered(self._create), methods=["POST"]),
            Route("/custom/contact/search", answered(self._search), methods=["GET"]),
        ]

    async def _find(self, request: Request) -> Response:
        visit = Visit(self._services, request, "findContact")
        number = query_text(request, "phoneNumber", longest=MAX_NUMBER)
        if not number.strip():
            raise Refusal("phoneNumber is missing.")
        session = await visit.session()
        force = query_text(request, "isForceRefreshAccountData") == "true"
        session.stale_account_data = force
        outcome = await session.core.find_contact(
            number,
            query_text(request, "overridingFormat").split(","),
            is_extension=query_text(request, "isExtension") == "true",
            force_refresh=force,
        )
        return await visit.told(session, outcome, *_LISTED)

    async def _search(self, request: Request) -> Response:
        visit = Visit(self._services, request, "findContactWithName")
        name = query_text(request, "name")
        if not name.strip():
            raise Refusal("name is missing.")
        session = await visit.session()
        outcome = await session.core.find_contact_with_name(name)
        return await visit.told(session, outcome, *_LISTED)

    async def _create(self, request: Request) -> Response:
        visit = Visit(self._services, request, "createContact")
        body = await read_body(request, NewContact)
        session = await visit.session()
        contact_type = body.new_contact_type or ""
        arrived_at = await self._services.database.now()
        account = session.account or visit.claims.user_id
        name = visit.platform.name
        same = key_of(body.phone_number, body.new_contact_name, contact_type.lower())
        try:
            async with self._services.alone("createContact", name, account, same):
                answer = await self._answer_since(arrived_at, account, name, same)
                if answer is not None:
                    return visit.answer(answer)
                outcome = await session.core.create_contact(
                    body.phone_number,
                    body.new_contact_name,
                    contact_type,
                    body.additional_submission,
                )
                if outcome.answer.get("successful") or outcome.unknown:
                    answer = {key: outcome.answer[key] for key in _LISTED if key in outcome.answer}
                    await self._services.kept.put_contacts(CREATED + account, name, same, [answer])
        except StillBusyError:
            return visit.answer(busy("contact"))
        if "successful" not in outcome.answer:
            # Nobody is connected; production sends the message bare, which no client shows.
            told = {"successful": False, "returnMessage": messages.message("Contact not found")}
            return visit.answer(told)
        return await visit.told(session, outcome, *_LISTED)

    async def _answer_since(
        self, arrived_at: float, account: str, platform: str, same: str
    ) -> dict[str, Any] | None:
        """Return the answer to the same create, when it came after this request had arrived."""
        kept = await self._services.database.cached_contacts(CREATED + account, platform, same)
        if kept is None or kept.created_at < arrived_at - SAME_CLICK_S:
            return None
        answer: dict[str, Any] = kept.contacts[0]
        return answer
