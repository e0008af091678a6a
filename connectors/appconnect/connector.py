"""Carries each operation to a server's route, as the browser extension does (contact-flow 2.1).

What comes back is the server's answer as it is: :class:`connectors.appconnect.core.ServerCore`
reads it. Only a sign-in has the shape that connectors give it, since it ends in a user.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from connectors.appconnect.address import KIND, ServerAddress
from connectors.appconnect.answer import Answer, problem_of, read_answer
from connectors.appconnect.token import claims_of
from connectors.contract import model
from connectors.contract.connector import Connector
from connectors.contract.errors import UnexpectedResponseError
from connectors.contract.http import send
from connectors.contract.model import to_wire
from connectors.contract.operations import OPERATIONS

ROUTES = {
    "findContact": "GET /contact",
    "findContactWithName": "GET /custom/contact/search",
    "createContact": "POST /contact",
    "createCallLog": "POST /callLog",
    "getCallLog": "GET /callLog",
    "updateCallLog": "PATCH /callLog",
    "upsertCallDisposition": "PUT /callDisposition",
    "unAuthorize": "POST /unAuthorize",
}
"""Operation to method and path."""

DOING = {
    "findContact": "Finding the contact",
    "findContactWithName": "Searching contacts",
    "createContact": "Creating the contact",
    "createCallLog": "Logging the call",
    "getCallLog": "Reading the call log",
    "updateCallLog": "Changing the call log",
    "upsertCallDisposition": "Setting the disposition",
    "unAuthorize": "Signing out",
    "getUserInfo": "Signing in",
}
"""Operation to the words that begin a sentence about it."""


_OF_THE_CALL = (
    "voicemailLink",
    "voicemailMessageId",
    "ringSenseTranscript",
    "ringSenseSummary",
    "ringSenseAIScore",
    "ringSenseBulletedSummary",
    "ringSenseLink",
)
"""What the framework reads of a log beside its own fields, when it is made and when it changes."""


class AppConnectServer(Connector):
    """One platform of a running server; :func:`server_class` makes the class of an address.

    ``user.accessToken`` is the server's token, never a key of the CRM. A token that the server
    renews is kept.
    """

    auth_type: ClassVar[Literal["other"]] = "other"
    address: ClassVar[ServerAddress]
    implemented: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def operations(cls) -> list[str]:
        """Return those of the operations that the platform implements on this server."""
        own = ("getAuthType", "getLogFormatType", "getUserInfo")
        return [name for name in OPERATIONS if name in own or name in cls.implemented]

    async def get_user_info(self, request: model.GetUserInfoInput) -> dict[str, Any]:
        """Sign in with what the CRM's page asks for, or look whose token it is that was given.

        Raises:
            ConnectorError: there is no usable answer, or the server does not know the token.
        """
        if claims_of(request.api_key):
            return await self._owner(request.api_key)
        given = {
            "platform": self.address.platform,
            "apiKey": request.api_key,
            "hostname": request.hostname,
            "additionalInfo": request.additional_info or {},
        }
        answer = await self._send("getUserInfo", "POST /apiKeyLogin", body=given)
        said = answer.body or {}
        if answer.status == 400 and isinstance(said.get("returnMessage"), dict):
            return {"successful": False, "returnMessage": said["returnMessage"]}
        self._raise_problem(answer, "getUserInfo", "POST /apiKeyLogin")
        token = said.get("jwtToken")
        claims = claims_of(token) if isinstance(token, str) else {}
        if not claims.get("id"):
            raise UnexpectedResponseError(
                f"{DOING['getUserInfo']} failed: {self.address.host} says yes without a token, "
                "look at its answer and its version.",
                status=answer.status,
            )
        return {
            "successful": True,
            "returnMessage": said.get("returnMessage"),
            "platformUserInfo": {
                "id": str(claims["id"]),
                "name": said.get("name") or "",
                "overridingApiKey": token,
                "platformAdditionalInfo": request.additional_info or {},
            },
        }

    async def find_contact(self, request: model.FindContactInput) -> Answer:
        """Ask ``GET /contact``."""
        params = {
            "phoneNumber": request.phone_number,
            "overridingFormat": request.overriding_format or "",
            "isExtension": str(request.is_extension).lower(),
        }
        if request.is_force_refresh_account_data:
            params["isForceRefreshAccountData"] = "true"
        return await self._verb("findContact", request, params)

    async def find_contact_with_name(self, request: model.FindContactWithNameInput) -> Answer:
        """Ask ``GET /custom/contact/search``."""
        return await self._verb("findContactWithName", request, {"name": request.name})

    async def create_contact(self, request: model.CreateContactInput) -> Answer:
        """Send ``POST /contact``."""
        body = {
            "phoneNumber": request.phone_number,
            "newContactName": request.new_contact_name,
            "newContactType": request.new_contact_type or "",
            "additionalSubmission": request.additional_submission or {},
        }
        return await self._verb("createContact", request, body=body)

    async def create_call_log(self, request: model.CreateCallLogInput) -> Answer:
        """Send ``POST /callLog`` (contact-flow 1.6)."""
        contact = request.contact_info
        body: dict[str, Any] = {
            "logInfo": _given(to_wire(request.call_log)),
            "note": request.note or "",
            "aiNote": request.ai_note or "",
            "transcript": request.transcript or "",
            "additionalSubmission": request.additional_submission or {},
            # Here it is a list; in a lookup it is one text.
            "overridingFormat": [],
            "contactId": contact.id,
            "contactType": contact.type or "",
            "contactName": contact.name or "",
            **_given(_of(request, *_OF_THE_CALL)),
        }
        return await self._verb("createCallLog", request, body=body)

    async def get_call_log(self, request: model.GetCallLogInput) -> Answer:
        """Ask ``GET /callLog`` with its details; the server knows a log by its call's session."""
        params = {"sessionIds": str(request.call_log_id), "requireDetails": "true"}
        return await self._verb("getCallLog", request, params)

    async def update_call_log(self, request: model.UpdateCallLogInput) -> Answer:
        """Send ``PATCH /callLog``."""
        changed = _of(
            request,
            "note",
            "aiNote",
            "transcript",
            "subject",
            "startTime",
            "duration",
            "result",
            "legs",
            "recordingLink",
            "recordingDownloadLink",
            *_OF_THE_CALL,
        )
        body = {"sessionId": request.existing_call_log.session_id, **_given(changed)}
        body["additionalSubmission"] = request.additional_submission or {}
        return await self._verb("updateCallLog", request, body=body)

    async def upsert_call_disposition(self, request: model.UpsertCallDispositionInput) -> Answer:
        """Send ``PUT /callDisposition``."""
        body = {
            "sessionId": request.existing_call_log.session_id,
            "dispositions": request.dispositions or {},
        }
        return await self._verb("upsertCallDisposition", request, body=body)

    async def unauthorize(self, request: model.OperationInput) -> Answer:
        """Send ``POST /unAuthorize``: the server forgets the CRM's key."""
        return await self._verb("unAuthorize", request)

    async def _owner(self, token: str) -> dict[str, Any]:
        """Ask the server for the host name of a token's user: it knows the user, or says no."""
        claims = claims_of(token)
        platform = claims.get("platform")
        if platform not in (None, self.address.platform):
            return {
                "successful": False,
                "returnMessage": {
                    "message": f"This token is for {platform}, not for {self.address.platform}: "
                    "sign in to that platform, or change the name behind # in the address.",
                },
            }
        route = "GET /hostname"
        answer = await self._send("getUserInfo", route, token=token)
        if not (answer.status == 200 and answer.text):
            self._raise_problem(answer, "getUserInfo", route, token)
        else:
            self.context.save_user(hostname=answer.text)
        info = {"id": str(claims.get("id") or ""), "overridingApiKey": token}
        return {"successful": True, "platformUserInfo": info}

    async def _verb(
        self,
        operation: str,
        request: model.OperationInput,
        params: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Answer:
        token = request.user.access_token
        return await self._send(operation, ROUTES[operation], params, body, token)

    async def _send(
        self,
        operation: str,
        route: str,
        params: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        token: str = "",
    ) -> Answer:
        method, _, path = route.partition(" ")
        response = await send(
            self.http,
            method,
            f"{self.address.url}{path}",
            what=DOING[operation],
            # The token goes where every version of the framework reads it.
            params=({"jwtToken": token} if token else {}) | (params or {}),
            json=body,
            headers={"is-debug": "true", "Accept": "application/json"},
        )
        renewed = response.headers.get("x-refreshed-jwt-token", "")
        if renewed:
            self.context.save_user(access_token=renewed)
        return read_answer(response)

    def _raise_problem(self, answer: Answer, operation: str, route: str, token: str = "") -> None:
        problem = problem_of(
            answer, what=DOING[operation], route=route, address=self.address, token=token
        )
        if problem is not None:
            raise problem


def server_class(address: ServerAddress, implemented: tuple[str, ...]) -> type[AppConnectServer]:
    """Return the connector for a platform of a server.

    Args:
        address: with the platform's name.
        implemented: the operations that the server has for it.
    """
    contents = {"address": address, "implemented": implemented}
    return type(f"{KIND}:{address.platform}", (AppConnectServer,), contents)


def _of(request: model.OperationInput, *names: str) -> dict[str, Any]:
    """Return some of an input's fields by their names on the wire."""
    wire = to_wire(request)
    return {name: wire.get(name) for name in names}


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Return what has a value: the extension leaves the rest out."""
    return {
        key: _given(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if value is not None
    }
