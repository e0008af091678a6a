"""Tiny CRM: people, and calls with them. It compares a phone by its text."""

import base64
from datetime import UTC, datetime
from urllib.parse import quote

from connectors import phone
from connectors.contract import model
from connectors.contract.connector import Connector
from connectors.contract.http import fetch_json


class TinyCrmConnector(Connector):
    """Finds, creates and logs by the REST API of Tiny CRM, version 1."""

    auth_type = "apiKey"
    log_format = "text/plain"

    def get_basic_auth(self, request: model.GetBasicAuthInput) -> str:
        return base64.b64encode(f"{request.api_key}:".encode()).decode()

    async def get_user_info(self, request: model.GetUserInfoInput) -> model.GetUserInfoResult:
        me = await self._ask(request, "GET", "me", "Reading the user")
        return model.GetUserInfoResult(
            successful=True,
            platform_user_info=model.UserInfo(id=f"{me['id']}-tinycrm", name=me["name"]),
            return_message=model.ReturnMessage(message="Connected to tinycrm.", ttl=1000),
        )

    async def find_contact(self, request: model.FindContactInput) -> model.FindContactResult:
        if request.extension:
            return model.FindContactResult(successful=False, matched_contact_info=())
        number = phone.parse(request.phone_number)
        spellings = [request.phone_number]
        spellings += [each.text for each in phone.candidates(number, request.formats) if each.text]
        people = []
        for spelling in dict.fromkeys(spellings):
            people = await self._people(request, phone=spelling)
            if people:
                break
        return model.FindContactResult(
            successful=True,
            matched_contact_info=(*map(contact, people), model.new_contact_entry()),
        )

    async def find_contact_with_name(
        self, request: model.FindContactWithNameInput
    ) -> model.FindContactResult:
        people = await self._people(request, name=request.name)
        return model.FindContactResult(
            successful=True, matched_contact_info=tuple(map(contact, people))
        )

    async def create_contact(self, request: model.CreateContactInput) -> model.CreateContactResult:
        body = {
            "name": request.new_contact_name,
            "phone": request.phone_number,
            "type": request.new_contact_type,
        }
        made = await self._ask(request, "POST", "people", "Creating the person", json=body)
        return model.CreateContactResult(
            contact_info=model.Contact(id=made["id"], name=made["name"], type=made["type"]),
            return_message=model.ReturnMessage(message="Contact created", ttl=2000),
        )

    async def create_call_log(self, request: model.CreateCallLogInput) -> model.CreateCallLogResult:
        call = request.call_log
        side = "to" if call.direction == "Outbound" else "from"
        body = {
            "person": request.contact_info.id,
            "subject": call.custom_subject
            or f"{call.direction} Call {side} {request.contact_info.name}",
            "note": request.note,
            "body": request.composed_log_details,
            "startedAt": iso_text(call.start_time),
        }
        made = await self._ask(request, "POST", "calls", "Logging the call", json=body)
        return model.CreateCallLogResult(
            log_id=str(made["id"]),
            return_message=model.ReturnMessage(message="Call logged", ttl=2000),
        )

    async def get_call_log(self, request: model.GetCallLogInput) -> model.GetCallLogResult:
        path = f"calls/{quote(str(request.call_log_id), safe='')}"
        call = await self._ask(request, "GET", path, "Reading the call")
        return model.GetCallLogResult(
            call_log_info=model.CallLogInfo(
                subject=call["subject"],
                note=call["note"],
                full_body=call["body"],
                full_log_response=call,
            ),
            return_message=model.ReturnMessage(message="Call log fetched.", ttl=3000),
        )

    async def update_call_log(self, request: model.UpdateCallLogInput) -> model.UpdateCallLogResult:
        path = f"calls/{quote(str(request.existing_call_log.third_party_log_id), safe='')}"
        changes = {
            "subject": request.subject,
            "note": request.note,
            "body": request.composed_log_details,
        }
        call = await self._ask(request, "PATCH", path, "Changing the call", json=changes)
        return model.UpdateCallLogResult(
            updated_note=call["body"],
            return_message=model.ReturnMessage(message="Call log updated.", ttl=3000),
        )

    async def _people(self, request, **params):
        answer = await self._ask(request, "GET", "people", "Searching people", params=params)
        return answer["people"]

    async def _ask(self, request, method, path, what, **more):
        base = self.context.config.get("TINYCRM_URL", "https://api.tinycrm.example/v1")
        return await fetch_json(
            self.http,
            method,
            f"{base}/{path}",
            what=what,
            headers={"Authorization": request.auth_header},
            **more,
        )


def contact(person):
    """Return a person as App Connect lists it."""
    return model.Contact(
        id=person["id"],
        name=person["name"],
        phone=person["phone"],
        type=person["type"],
        title=person["title"],
        company=person["company"],
        created_date=person["created"],
        additional_info=None,
    )


def iso_text(since_1970_ms):
    """Return a time as Tiny CRM takes it."""
    moment = datetime.fromtimestamp(since_1970_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
