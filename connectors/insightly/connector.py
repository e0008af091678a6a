"""Insightly, REST API v3.1."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from connectors import phone
from connectors.contract import model
from connectors.contract.connector import Connector
from connectors.contract.errors import (
    ConnectorError,
    InvalidInputError,
    RecordNotFoundError,
    UnexpectedResponseError,
)
from connectors.contract.http import concurrently
from connectors.contract.ids import id_of, sent_id
from connectors.insightly import records
from connectors.insightly.api import Api, Search, base_url, segment
from connectors.insightly.records import CONTACT, KINDS, LEAD, LINKED, Kind, Person, Row

DEFAULT_API_VERSION = "v3.1"

_SHOWN_NUMBER_LENGTH = 40


class InsightlyConnector(Connector):
    """Finds, creates and logs to Insightly contacts and leads.

    Where it deviates from production (connectors 4.2), and why:

    - the national significant number is asked first, then the formats that can spell the number,
      and the search stops at the first spelling that finds someone; production asks all of the
      formats, half-filled ones too, and no natural spelling once there is a format;
    - a person is listed once, not once for each field and format;
    - the fields of one spelling are asked at once, and so are the links, each once;
    - values are encoded; production splices them into the URL, where ``+`` ``#`` ``&`` get lost;
    - an extra phone field that Insightly refuses is reported, and its other failures are errors;
      production swallows all of them;
    - a linked record that cannot be read is reported; in production it fails the lookup;
    - a number that is not valid is answered with a message that says so;
    - a name search asks leads as it asks contacts, and one word is tried as last name too;
    - a created person keeps all words of the name, and its phone is stored as the national
      significant number, so that the next lookup finds it;
    - a create without a type, or without an id in the reply, is an error;
    - types are ``contact`` and ``lead`` everywhere, in any case on input, so that a call logged to
      a new person is linked to it;
    - ``organisation`` and ``organization`` both link a call to an organisation;
    - a link that fails leaves a finding and a warning; the call stays logged under its id;
    - a log without links can be read.
    """

    auth_type = "apiKey"
    log_format = "text/plain"

    async def get_basic_auth(self, request: model.GetBasicAuthInput) -> str:
        """Return what follows ``Basic`` in the Authorization header: the key as user name."""
        return base64.b64encode(f"{request.api_key}:".encode()).decode("ascii")

    async def get_user_info(self, request: model.GetUserInfoInput) -> model.GetUserInfoResult:
        """Check the key and return the user whose key it is.

        Raises:
            InvalidInputError: no API URL was given.
            ConnectorError: Insightly does not answer or does not accept the key.
        """
        address = str((request.additional_info or {}).get("apiUrl") or "")
        api = Api(self.http, base_url(address, self._version), request.auth_header)
        what = "Reading the Insightly user"
        row = await api.read("users/me", what)
        user_id = id_of(row, "USER_ID", what, "Insightly")
        info = model.UserInfo(
            id=f"{user_id}-insightly",
            name=records.full_name(row),
            timezone_name=str(row.get("TIMEZONE_ID") or ""),
            platform_additional_info={"apiUrl": address.strip()},
        )
        message = model.ReturnMessage(
            message="Connected to Insightly.", message_type="success", ttl=1000
        )
        return model.GetUserInfoResult(
            successful=True, platform_user_info=info, return_message=message
        )

    async def find_contact(self, request: model.FindContactInput) -> model.FindContactResult:
        """Find the contacts and leads with a phone number; a new-contact entry ends the list.

        Raises:
            ConnectorError: a search failed. Failed links and refused extra fields are findings.
        """
        if request.extension:
            return model.FindContactResult(successful=False, matched_contact_info=())
        number = phone.parse(request.phone_number)
        if number.national_significant_number is None:
            return model.FindContactResult(
                successful=True,
                matched_contact_info=(model.new_contact_entry(),),
                return_message=_not_searched(request.phone_number),
            )
        spellings = [number.national_significant_number]
        for candidate in phone.candidates(number, request.formats):
            if candidate.text is not None and candidate.text not in spellings:
                spellings.append(candidate.text)
        api = self._api(request)
        searches = _phone_searches(request.user)
        people: list[Person] = []
        refused: set[Search] = set()
        for spelling in spellings:
            wave = [search for search in searches if search not in refused]
            people = await self._wave(api, wave, spelling, refused)
            if people:
                break
        contacts = await self._with_links(api, people)
        return model.FindContactResult(
            successful=True, matched_contact_info=(*contacts, model.new_contact_entry())
        )

    async def find_contact_with_name(
        self, request: model.FindContactWithNameInput
    ) -> model.FindContactResult:
        """Find the contacts and leads whose full name contains the text, whatever its case.

        Raises:
            ConnectorError: a search failed.
        """
        words = request.name.split()
        if not words:
            return model.FindContactResult(successful=True, matched_contact_info=())
        # "Mary Ann Smith", "Maria de la Cruz", "de la Cruz": a last name has any number of words.
        last_names = {" ".join(words[1:]), words[-1], " ".join(words)} - {""}
        asked = {"FIRST_NAME": [words[0]], "LAST_NAME": sorted(last_names)}
        api = self._api(request)
        searches = [
            (Search(kind, field), value)
            for kind in (CONTACT, LEAD)
            for field, values in asked.items()
            for value in values
        ]
        answers = await concurrently(api.search(each, value) for each, value in searches)
        wanted = " ".join(words).casefold()
        people = [
            Person(search.kind, row, records.first_phone(row, search.kind))
            for (search, _), rows in zip(searches, answers, strict=True)
            for row in rows
            if wanted in records.full_name(row).casefold()
        ]
        contacts = await self._with_links(api, records.once(people))
        return model.FindContactResult(successful=True, matched_contact_info=tuple(contacts))

    async def get_contact(self, request: model.GetContactInput) -> model.GetContactResult:
        """Read one contact or lead; without a type the contact with this id comes first.

        Raises:
            InvalidInputError: the type is neither contact nor lead.
            ConnectorError: it cannot be read.
        """
        wanted = records.base_type(request.contact_type)
        if request.contact_type and not wanted:
            raise InvalidInputError(
                f"Insightly has no {request.contact_type!r}: choose {' or '.join(KINDS)}."
            )
        api = self._api(request)
        for kind in [KINDS[wanted]] if wanted else KINDS.values():
            what = f"Reading the {kind.type} {request.contact_id} of Insightly"
            try:
                row = await api.read(f"{kind.path}/{segment(request.contact_id)}", what)
            except RecordNotFoundError:
                continue
            person = Person(kind, row, records.first_phone(row, kind))
            return model.GetContactResult(contact_info=records.to_contact(person, {}))
        return model.GetContactResult(contact_info=None)

    async def create_contact(self, request: model.CreateContactInput) -> model.CreateContactResult:
        """Create a contact or lead.

        Raises:
            InvalidInputError: no name, or a type that is neither contact nor lead.
            ConnectorError: Insightly refused, or its reply has no id: look before creating again.
        """
        kind = KINDS.get((request.new_contact_type or "").strip().lower())
        if kind is None:
            raise InvalidInputError(
                f"Creating a contact in Insightly needs a type, {request.new_contact_type!r} is "
                f"none: choose {' or '.join(KINDS)}."
            )
        words = request.new_contact_name.split()
        if not words:
            raise InvalidInputError(
                f"Creating a {kind.type} in Insightly needs a name: enter at least one word."
            )
        number = phone.parse(request.phone_number)
        body = {
            "PHONE": number.national_significant_number or request.phone_number.strip(),
            "FIRST_NAME": words[0],
            "LAST_NAME": " ".join(words[1:]),
        }
        if not body["LAST_NAME"]:
            if kind is LEAD:  # Insightly wants a last name of a lead
                body["LAST_NAME"] = "Lead"
            else:
                del body["LAST_NAME"]
        what = f"Creating a {kind.type} in Insightly"
        row = records.as_row(await self._api(request).json("POST", kind.path, what, body), what)
        contact = model.Contact(
            id=id_of(row, kind.id_key, what, "Insightly"),
            name=" ".join(words),
            phone=body["PHONE"],
            type=kind.type,
            additional_info={},
        )
        message = model.ReturnMessage(
            message=f"{kind.type.capitalize()} created.", message_type="success", ttl=2000
        )
        return model.CreateContactResult(contact_info=contact, return_message=message)

    async def create_call_log(self, request: model.CreateCallLogInput) -> model.CreateCallLogResult:
        """Log a call as an event, then link it to the person and to the chosen records.

        Raises:
            ConnectorError: the event was not created. A link that fails is a finding.
        """
        call = request.call_log
        duration_s = call.duration if isinstance(call.duration, int | float) else 0
        way = "to" if call.direction == "Outbound" else "from"
        title = f"{call.direction} Call {way} {request.contact_info.name or ''}".strip()
        body = {
            "TITLE": call.custom_subject or title,
            "DETAILS": request.composed_log_details or request.note or "",
            "START_DATE_UTC": records.utc_text(call.start_time),
            "END_DATE_UTC": records.utc_text(call.start_time + duration_s * 1000),
        }
        api = self._api(request)
        what = "Logging the call in Insightly"
        row = records.as_row(await api.json("POST", "events", what, body), what)
        event_id = id_of(row, "EVENT_ID", what, "Insightly")
        wanted = records.chosen_links(request.additional_submission)
        kind = KINDS.get(records.base_type(request.contact_info.type))
        if kind is not None:
            wanted.insert(0, (kind.link_name, request.contact_info.id))
        outcomes = await concurrently(
            self._linked(api, event_id, name, record_id) for name, record_id in wanted
        )
        if kind is None:
            self.context.report(
                "LINK_FAILED",
                f"The call is logged as event {event_id}, but linked to nobody: the contact's type "
                f"{request.contact_info.type!r} is neither {' nor '.join(KINDS)}.",
            )
        if kind is not None and all(outcomes):
            message = model.ReturnMessage(message="Call logged", message_type="success", ttl=2000)
        else:
            message = model.ReturnMessage(
                message="Call logged, but not linked to everything that was chosen.",
                message_type="warning",
                ttl=5000,
            )
        return model.CreateCallLogResult(log_id=event_id, return_message=message)

    async def get_call_log(self, request: model.GetCallLogInput) -> model.GetCallLogResult:
        """Read a logged call with the name of the person it is linked to.

        Raises:
            ConnectorError: the event cannot be read. An unreadable person is a finding.
        """
        api = self._api(request)
        event = await api.read(
            f"events/{segment(request.call_log_id)}", "Reading the call log in Insightly"
        )
        links = records.links(event)
        details = str(event.get("DETAILS") or "")
        info = model.CallLogInfo(
            subject=str(event.get("TITLE") or ""),
            note=records.note_of(details),
            full_body=details,
            full_log_response=event,
            contact_name=await self._linked_name(api, links),
            dispositions={
                LINKED[link.name].const: link.record_id for link in links if link.name in LINKED
            },
        )
        return model.GetCallLogResult(call_log_info=info)

    async def update_call_log(self, request: model.UpdateCallLogInput) -> model.UpdateCallLogResult:
        """Change what is given of a logged call; the rest stays.

        Raises:
            ConnectorError: Insightly refused.
        """
        body: dict[str, Any] = {"EVENT_ID": sent_id(request.existing_call_log.third_party_log_id)}
        details = request.composed_log_details or request.note
        if details is not None:
            body["DETAILS"] = details
        if request.subject:
            body["TITLE"] = request.subject
        if request.start_time is not None:
            body["START_DATE_UTC"] = records.utc_text(request.start_time)
            if request.duration is not None:
                end_ms = request.start_time + request.duration * 1000
                body["END_DATE_UTC"] = records.utc_text(end_ms)
        what = "Changing the call log in Insightly"
        records.as_row(await self._api(request).json("PUT", "events", what, body), what)
        message = model.ReturnMessage(message="Call log updated.", message_type="success", ttl=2000)
        return model.UpdateCallLogResult(updated_note=request.note or "", return_message=message)

    async def upsert_call_disposition(
        self, request: model.UpsertCallDispositionInput
    ) -> model.UpsertCallDispositionResult:
        """Link a logged call to the chosen organisation, opportunity and project.

        A link to another record of the same kind is removed first, as production does.

        Raises:
            ConnectorError: the event cannot be read, or a link cannot be changed.
        """
        event_id = request.existing_call_log.third_party_log_id
        wanted = records.chosen_links(request.dispositions)
        if wanted:
            api = self._api(request)
            event = await api.read(
                f"events/{segment(event_id)}", "Reading the call log in Insightly"
            )
            present = records.links(event)
            await concurrently(
                self._relinked(api, event_id, present, name, record_id)
                for name, record_id in wanted
            )
        return model.UpsertCallDispositionResult(log_id=event_id)

    @property
    def _version(self) -> str:
        return self.context.config.get("INSIGHTLY_API_VERSION") or DEFAULT_API_VERSION

    def _api(self, request: model.OperationInput) -> Api:
        address = str(request.user.info("apiUrl") or "")
        return Api(self.http, base_url(address, self._version), request.auth_header)

    async def _wave(
        self, api: Api, wave: list[Search], spelling: str, refused: set[Search]
    ) -> list[Person]:
        """Ask all fields for one spelling at once; refused extra fields are added to `refused`."""

        async def ask(search: Search) -> list[Row]:
            try:
                return await api.search(search, spelling)
            except UnexpectedResponseError as error:
                if not (search.extra and error.status == 400):
                    raise
                refused.add(search)
                self.context.report(
                    "EXTRA_FIELD_REFUSED",
                    f"Insightly cannot search {search.kind.path} by the extra phone field "
                    f"{search.field!r}, correct its name in the settings: {error}",
                )
                return []

        answers = await concurrently(ask(search) for search in wave)
        return records.once(
            Person(search.kind, row, records.field_value(row, search.field))
            for search, rows in zip(wave, answers, strict=True)
            for row in rows
        )

    async def _with_links(self, api: Api, people: list[Person]) -> list[model.Contact]:
        """Fetch every linked record once, and return the people with their option lists."""
        keys = dict.fromkeys(
            (link.name, str(link.record_id))
            for person in people
            for link in records.links(person.row)
            if link.name in LINKED
        )
        options = await concurrently(self._option(api, name, each) for name, each in keys)
        found = dict(zip(keys, options, strict=True))
        return [records.to_contact(person, found) for person in people]

    async def _option(self, api: Api, name: str, record_id: str) -> dict[str, Any] | None:
        """Return a linked record as an option, None when it cannot be read."""
        linked = LINKED[name]
        what = f"Reading {linked.const} {record_id} in Insightly"
        try:
            row = await api.read(f"{linked.path}/{segment(record_id)}", what)
            const = id_of(row, linked.id_key, what, "Insightly")
        except ConnectorError as error:
            self.context.report("ENRICHMENT_FAILED", str(error))
            return None
        return {"const": const, "title": str(row.get(linked.name_key) or "")}

    async def _linked(
        self, api: Api, event_id: model.ContactId, name: str, record_id: model.ContactId
    ) -> bool:
        """Link an event to a record; report and return False when Insightly refuses."""
        try:
            await api.link(event_id, name, record_id)
        except ConnectorError as error:
            self.context.report("LINK_FAILED", f"Event {event_id} exists, but: {error}")
            return False
        return True

    async def _relinked(
        self,
        api: Api,
        event_id: model.ContactId,
        present: list[records.Link],
        name: str,
        record_id: model.ContactId,
    ) -> None:
        same_kind = [link for link in present if link.name == name.lower()]
        for link in same_kind:
            if str(link.record_id) != str(record_id):
                await api.unlink(event_id, link.link_id)
        if all(str(link.record_id) != str(record_id) for link in same_kind):
            await api.link(event_id, name, record_id)

    async def _linked_name(self, api: Api, links: list[records.Link]) -> str:
        """Return the name of the first linked contact or lead, '' without one."""
        for link in links:
            kind = KINDS.get(link.name)
            if kind is None:
                continue
            what = f"Reading the {kind.type} of the call log in Insightly"
            try:
                return records.full_name(
                    await api.read(f"{kind.path}/{segment(link.record_id)}", what)
                )
            except ConnectorError as error:
                self.context.report("ENRICHMENT_FAILED", str(error))
        return ""


def _phone_searches(user: model.User) -> list[Search]:
    """Return the searched fields in the order in which their hits are listed."""
    return [search for kind in (CONTACT, LEAD) for search in _kind_searches(user, kind)]


def _kind_searches(user: model.User, kind: Kind) -> Iterable[Search]:
    setting = str(user.setting(kind.extra_setting) or "")
    extra = dict.fromkeys(name for part in setting.split(",") if (name := part.strip()))
    yield from (Search(kind, name) for name in kind.phone_keys)
    yield from (Search(kind, name, extra=True) for name in extra if name not in kind.phone_keys)


def _not_searched(number: str) -> model.ReturnMessage:
    shown = number[:_SHOWN_NUMBER_LENGTH] + ("..." if len(number) > _SHOWN_NUMBER_LENGTH else "")
    return model.ReturnMessage(
        message=(
            f'"{shown}" is not a valid international number, so nothing was searched: '
            "enter it with + and its country code."
        ),
        message_type="warning",
        ttl=5000,
    )
