"""Bullhorn, REST API with OAuth."""

from __future__ import annotations

import html
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar
from urllib.parse import quote

from connectors import phone
from connectors.bullhorn import lucene, records
from connectors.bullhorn.records import CANDIDATE, CONTACT, KINDS, Kind, Options, Person, Row
from connectors.bullhorn.session import Session, access_token_of
from connectors.contract import model
from connectors.contract.connector import Connector
from connectors.contract.errors import (
    ConnectorError,
    InvalidInputError,
    PermissionDeniedError,
    RecordNotFoundError,
    UnexpectedResponseError,
)
from connectors.contract.http import checked_json, concurrently
from connectors.contract.ids import id_of, sent_id

T = TypeVar("T")

ACCOUNT_DATA_KEY = "bullhornData"
PLACEHOLDER_COMPANY = "RingCentral_CRM_Extension_Placeholder_Company"
DEFAULT_ACTION = "pending note"

_STATUS = {"fields": "status"}
_KEPT = ("tokenUrl", "loginUrl", "restUrl", "bhRestToken")
_COMPANY_DESCRIPTION = (
    "<strong>Stands in for the company of contacts that were created during a call.</strong>"
)


class BullhornConnector(Connector):
    """Finds, creates and logs to Bullhorn contacts, candidates and leads.

    Where it deviates from production (connectors 4.1), and why:

    - the national significant number is asked first, then the formats that can spell the number,
      and the search stops at the first spelling that finds someone; production ignores formats;
    - the three searches run at once, and so do the option lists; production asks one by one;
    - the user is the one who signed in; production fails without a user name in the callback;
    - an extension asks nothing; production searches it like any number;
    - text in a query is a quoted, escaped phrase; production splices it into Lucene's syntax;
    - a match shows the phone that was found, for which the other phone fields are read as well;
    - a name search leaves converted leads out, as the number search does, and offers note actions;
    - a created person keeps all words of the name, and its phone is stored as the national
      significant number, so that the next lookup finds it; production stores E.164;
    - a create without a type, or without an id in the reply, is an error;
    - option lists that cannot be read are a finding, in a create too; production fails it;
    - types are ``Contact``, ``Candidate`` and ``Lead`` everywhere, in any case on input;
    - a call log names a lead too, because leads are asked for;
    - an update changes what is given only; the author of a note is the session's user;
    - a copy of the note that fails leaves a finding and a warning; the call stays logged;
    - a session is renewed with the refresh token alone, never with a user's name and password.
    """

    auth_type = "oauth"
    log_format = "text/html"

    async def get_user_info(self, request: model.GetUserInfoInput) -> model.GetUserInfoResult:
        """Open a session with the access token and return whose it is.

        Raises:
            InvalidInputError: no access token was given.
            ConnectorError: Bullhorn does not answer or does not accept the token.
        """
        given = {**(request.query or {}), **(request.additional_info or {})}
        if "loginUrl" not in given and given.get("apiUrl"):
            given["loginUrl"] = given["apiUrl"]
        user = model.User(
            access_token=access_token_of(request.auth_header), platform_additional_info=given
        )
        session = Session(self.context, user)
        opened = await session.login() if given.get("loginUrl") else {}
        row = await self._corporate_user(session, str(given.get("username") or ""))
        user_id = id_of(row, "id", "Reading the Bullhorn user", "Bullhorn")
        kept = {key: given[key] for key in _KEPT if given.get(key)}
        info = model.UserInfo(
            id=f"{row.get('masterUserID') or user_id}-bullhorn",
            name=str(row.get("name") or ""),
            timezone_offset=records.utc_offset_of(row),
            platform_additional_info=kept | opened | {"id": user_id},
        )
        return model.GetUserInfoResult(
            successful=True,
            platform_user_info=info,
            return_message=_message("Connected to Bullhorn.", ttl=1000),
        )

    async def refresh_session(self, request: model.OperationInput) -> None:
        """Renew the session unless it lasts two more minutes; the new one is kept with the user.

        Raises:
            AuthenticationError: it cannot be renewed; the message names what is missing.
            ConnectorError: Bullhorn does not answer as it promises.
        """
        session = Session(self.context, request.user)
        if not await session.is_valid():
            await session.renew()

    async def find_contact(self, request: model.FindContactInput) -> model.FindContactResult:
        """Find the contacts, candidates and leads with a phone number.

        Without any, the only entry is the new contact.

        Raises:
            ConnectorError: a search failed. Option lists that cannot be read are a finding.
        """
        if request.extension:
            return model.FindContactResult(successful=False, matched_contact_info=())
        number = phone.parse(request.phone_number)
        if number.national_significant_number is None:
            message = _message("Invalid phone number format", kind="warning", ttl=3000)
            return model.FindContactResult(
                successful=False, matched_contact_info=(), return_message=message
            )
        first = number.national_significant_number
        formats = phone.candidates(number, request.formats)
        others = [each.text for each in formats if each.text not in {None, first}]
        session = Session(self.context, request.user)
        rate: dict[str, Any] = {}
        options, found = await self._with_options(
            session, [self._by_phone(session, kind, first, rate) for kind in KINDS.values()]
        )
        people = _once(found)
        for spelling in dict.fromkeys(each for each in others if each):
            if people:
                break
            found = await concurrently(
                self._by_phone(session, kind, spelling, rate) for kind in KINDS.values()
            )
            people = _once(found)
        contacts = tuple(records.to_contact(each, options) for each in people)
        if not contacts:
            contacts = (model.new_contact_entry(options.of_new_contact(), "Lead"),)
        return model.FindContactResult(
            successful=True, matched_contact_info=contacts, extra_data_tracking=rate
        )

    async def find_contact_with_name(
        self, request: model.FindContactWithNameInput
    ) -> model.FindContactResult:
        """Find people by the whole name, its first or its last word; any of them is enough.

        Raises:
            ConnectorError: a search failed. Option lists that cannot be read are a finding.
        """
        if not request.name.split():
            return model.FindContactResult(successful=True, matched_contact_info=())
        session = Session(self.context, request.user)
        rate: dict[str, Any] = {}
        options, found = await self._with_options(
            session, [self._by_name(session, kind, request.name, rate) for kind in KINDS.values()]
        )
        contacts = tuple(records.to_contact(each, options) for each in _once(found))
        return model.FindContactResult(
            successful=True, matched_contact_info=contacts, extra_data_tracking=rate
        )

    async def get_contact(self, request: model.GetContactInput) -> model.GetContactResult:
        """Read one person; without a type the kinds are tried in order.

        Raises:
            InvalidInputError: the type is none of the three.
            ConnectorError: it cannot be read.
        """
        wanted = request.contact_type
        what = "Reading a person of Bullhorn"
        kinds = [records.kind_of(wanted, what)] if wanted else list(KINDS.values())
        session = Session(self.context, request.user)
        for kind in kinds:
            path = f"entity/{kind.entity}/{_segment(request.contact_id)}"
            params = {"fields": f"{kind.fields},status"}
            try:
                answer = await session.json("GET", path, what, params=params)
            except RecordNotFoundError:
                continue
            row = records.row_of(answer, what)
            person = Person(kind, row, records.text_of(row.get("phone")))
            return model.GetContactResult(contact_info=records.to_contact(person, Options.of(None)))
        return model.GetContactResult(contact_info=None)

    async def create_contact(self, request: model.CreateContactInput) -> model.CreateContactResult:
        """Create a contact, candidate or lead.

        Raises:
            InvalidInputError: no name, or a type that is none of the three.
            ConnectorError: Bullhorn refused, or its reply has no id: look before creating again.
        """
        kind = records.kind_of(request.new_contact_type, "Creating a contact in Bullhorn")
        words = request.new_contact_name.split()
        if not words:
            raise InvalidInputError(
                f"Creating a {kind.type} in Bullhorn needs a name: enter at least one word."
            )
        number = phone.parse(request.phone_number)
        body: Row = {
            "name": " ".join(words),
            "firstName": words[0],
            "lastName": " ".join(words[1:]),
            "phone": number.national_significant_number or request.phone_number.strip(),
        }
        status = (request.additional_submission or {}).get("status")
        if status:
            body["status"] = status
        session = Session(self.context, request.user)
        options, (made,) = await self._with_options(
            session, [self._create(session, kind, body)], renew=False
        )
        contact = model.Contact(
            id=made,
            name=body["name"],
            phone=body["phone"],
            type=kind.type,
            additional_info=options.of_person(),
        )
        message = _message(f"{kind.type} created.", ttl=2000)
        return model.CreateContactResult(contact_info=contact, return_message=message)

    async def create_call_log(self, request: model.CreateCallLogInput) -> model.CreateCallLogResult:
        """Log a call as a note about the person.

        Raises:
            InvalidInputError: the person's type is none of the three.
            ConnectorError: the note was not created. A copy that fails is a finding.
        """
        what = "Logging the call in Bullhorn"
        call, person = request.call_log, request.contact_info
        kind = records.kind_of(person.type, what)
        form = request.additional_submission or {}
        body = {
            "comments": request.composed_log_details or html.escape(request.note or ""),
            "personReference": {"id": sent_id(person.id), "personSubtype": kind.type},
            "action": form.get("noteActions") or DEFAULT_ACTION,
            "dateAdded": call.start_time,
            "externalID": call.session_id,
            "minutesSpent": _minutes(call.duration),
        }
        session = Session(self.context, request.user)
        answer = await session.json("PUT", "entity/Note", what, json=body)
        note_id = id_of(answer, "changedEntityId", what, "Bullhorn")
        message = _message("Call logged", ttl=2000)
        wants_copy = form.get("copyToContactComments") in (True, "true")
        if wants_copy and not await self._copied(session, kind, person.id, note_id, request.note):
            message = _message(
                "Call logged, but the note could not be copied to the contact's comments.",
                kind="warning",
                ttl=5000,
            )
        return model.CreateCallLogResult(log_id=note_id, return_message=message)

    async def get_call_log(self, request: model.GetCallLogInput) -> model.GetCallLogResult:
        """Read a logged call with the name of the person it is about.

        Raises:
            ConnectorError: the note cannot be read.
        """
        what = "Reading the call log in Bullhorn"
        fields = "comments,candidates,clientContacts,leads,action"
        session = Session(self.context, request.user)
        path = f"entity/Note/{_segment(request.call_log_id)}"
        answer = await session.json("GET", path, what, params={"fields": fields})
        note = records.row_of(answer, what)
        comments = str(note.get("comments") or "")
        action = note.get("action")
        info = model.CallLogInfo(
            subject=records.summary_of(comments),
            note=records.note_of(comments),
            full_body=comments,
            full_log_response=answer,
            contact_name=records.listed_name(note),
            dispositions={"noteActions": action} if action else {},
        )
        return model.GetCallLogResult(call_log_info=info)

    async def update_call_log(self, request: model.UpdateCallLogInput) -> model.UpdateCallLogResult:
        """Change what is given of a logged call; the rest stays.

        Raises:
            ConnectorError: Bullhorn refused.
        """
        body: Row = {}
        note = html.escape(request.note) if request.note is not None else None
        comments = request.composed_log_details or note
        if comments is not None:
            body["comments"] = comments
        if request.start_time is not None:
            body["dateAdded"] = request.start_time
        if request.duration is not None:
            body["minutesSpent"] = _minutes(request.duration)
        if body:
            await self._change_note(
                request.user,
                request.existing_call_log.third_party_log_id,
                body,
                "Changing the call log in Bullhorn",
            )
        message = _message("Call log updated.", ttl=2000)
        return model.UpdateCallLogResult(updated_note=request.note or "", return_message=message)

    async def upsert_call_disposition(
        self, request: model.UpsertCallDispositionInput
    ) -> model.UpsertCallDispositionResult:
        """Set the note action of a logged call.

        Raises:
            ConnectorError: Bullhorn refused. A user who may not change notes gets a message.
        """
        note_id = request.existing_call_log.third_party_log_id
        action = (request.dispositions or {}).get("noteActions")
        if not action:
            return model.UpsertCallDispositionResult(log_id=note_id)
        what = "Setting the note action in Bullhorn"
        try:
            await self._change_note(request.user, note_id, {"action": action}, what)
        except PermissionDeniedError as error:
            self.context.report("DISPOSITION_REFUSED", str(error))
            message = _message(
                "Bullhorn does not let this user change a note: turn on one-time logging, "
                "so that the note is written once with its action.",
                kind="warning",
                ttl=5000,
            )
            return model.UpsertCallDispositionResult(log_id=None, return_message=message)
        return model.UpsertCallDispositionResult(log_id=note_id)

    async def _corporate_user(self, session: Session, username: str) -> Row:
        """Return the record of the user who signed in; of the session's user without a name.

        Raises:
            UnexpectedResponseError: Bullhorn knows no such user.
        """
        what = "Reading the Bullhorn user"
        if username:
            where = f"username={_sql_text(username)}"
        else:
            settings = await session.json("GET", "settings/userId", what, renew=False)
            where = f"id={id_of(settings, 'userId', what, 'Bullhorn')}"
        params = {"fields": "id,name,timeZoneOffsetEST,masterUserID", "where": where}
        answer = await session.json("GET", "query/CorporateUser", what, params=params, renew=False)
        rows = records.rows_of(answer, what)
        if not rows:
            raise UnexpectedResponseError(
                f"{what} failed: Bullhorn has no user with {where}, sign in again."
            )
        return rows[0]

    async def _by_phone(
        self, session: Session, kind: Kind, spelling: str, rate: dict[str, Any]
    ) -> list[Person]:
        query = lucene.by_phone(kind.phones, spelling, kind.excluded_status)
        rows = await self._search(session, kind, kind.fields, query, rate)
        return [Person(kind, row, records.matched_phone(row, kind, spelling)) for row in rows]

    async def _by_name(
        self, session: Session, kind: Kind, name: str, rate: dict[str, Any]
    ) -> list[Person]:
        query = lucene.by_name(name, kind.excluded_status)
        rows = await self._search(session, kind, kind.named, query, rate)
        return [Person(kind, row, records.text_of(row.get("phone"))) for row in rows]

    async def _search(
        self, session: Session, kind: Kind, fields: str, query: str, rate: dict[str, Any]
    ) -> list[Row]:
        """Search one kind of person; `rate` receives the limits told with the candidates."""
        what = f"Searching the {kind.type.lower()}s of Bullhorn"
        response = await session.call(
            "POST",
            f"search/{kind.entity}",
            what,
            params={"fields": fields},
            json={"query": query},
        )
        rows = records.rows_of(records.as_row(checked_json(response, what), what), what)
        if kind is CANDIDATE:
            rate.update(records.rate_of(response))
        return rows

    async def _with_options(
        self, session: Session, work: list[Coroutine[Any, Any, T]], *, renew: bool = True
    ) -> tuple[Options, list[T]]:
        """Do the work, and read the option lists meanwhile unless they are kept and fresh."""
        options = Options.of(None)
        results: list[T] = []

        async def read() -> None:
            nonlocal options
            options = await self._options(session, renew=renew)

        async def do() -> None:
            results.extend(await concurrently(work))

        await concurrently([do(), read()])
        return options, results

    async def _options(self, session: Session, *, renew: bool) -> Options:
        """Return the option lists; stale or empty ones, and a finding, when they cannot be read."""
        fresh = self.context.account_data.get(ACCOUNT_DATA_KEY)
        if fresh is not None:
            return Options.of(fresh)

        async def actions() -> records.Choices:
            what = "Reading the note actions of Bullhorn"
            path = "settings/commentActionList"
            return records.note_actions_of(await session.json("GET", path, what, renew=renew), what)

        async def statuses(kind: Kind) -> records.Choices:
            what = f"Reading the statuses of a {kind.type.lower()} in Bullhorn"
            path = f"meta/{kind.entity}"
            answer = await session.json("GET", path, what, params=_STATUS, renew=renew)
            return records.statuses_of(answer, what)

        try:
            note_actions, *lists = await concurrently(
                [actions(), *(statuses(kind) for kind in KINDS.values())]
            )
        except ConnectorError as error:
            self.context.report("ENRICHMENT_FAILED", str(error))
            return Options.of(self.context.account_data.get_stale(ACCOUNT_DATA_KEY))
        options = Options(note_actions, dict(zip(KINDS, lists, strict=True)))
        self.context.account_data.put(ACCOUNT_DATA_KEY, options.to_keep())
        return options

    async def _create(self, session: Session, kind: Kind, body: Row) -> model.ContactId:
        """Create a person; a contact belongs to a company, so it gets the placeholder's."""
        if kind is CONTACT:
            body = body | {"clientCorporation": {"id": await self._company(session)}}
        what = f"Creating a {kind.type.lower()} in Bullhorn"
        answer = await session.json("PUT", f"entity/{kind.entity}", what, json=body, renew=False)
        return id_of(answer, "changedEntityId", what, "Bullhorn")

    async def _company(self, session: Session) -> model.ContactId:
        """Return the placeholder company, created on first use."""
        what = "Searching the placeholder company in Bullhorn"
        answer = await session.json(
            "POST",
            "search/ClientCorporation",
            what,
            params={"fields": "id,name"},
            json={"query": lucene.by_exact_name(PLACEHOLDER_COMPANY)},
        )
        for row in records.rows_of(answer, what):
            if row.get("name") == PLACEHOLDER_COMPANY:
                return id_of(row, "id", what, "Bullhorn")
        what = "Creating the placeholder company in Bullhorn"
        body = {"name": PLACEHOLDER_COMPANY, "companyDescription": _COMPANY_DESCRIPTION}
        answer = await session.json("PUT", "entity/ClientCorporation", what, json=body, renew=False)
        return id_of(answer, "changedEntityId", what, "Bullhorn")

    async def _copied(
        self,
        session: Session,
        kind: Kind,
        person_id: model.ContactId,
        note_id: model.ContactId,
        note: str | None,
    ) -> bool:
        """Copy the note to the person's comments; report and return False when that fails."""
        what = f"Copying the note to the {kind.type.lower()} in Bullhorn"
        path = f"entity/{kind.entity}/{_segment(person_id)}"
        try:
            answer = await session.json("POST", path, what, json={"comments": note or ""})
            id_of(answer, "changedEntityId", what, "Bullhorn")
        except ConnectorError as error:
            self.context.report("COPY_FAILED", f"Note {note_id} exists, but: {error}")
            return False
        return True

    async def _change_note(
        self, user: model.User, note_id: model.ContactId, body: Row, what: str
    ) -> None:
        session = Session(self.context, user)
        await session.json("POST", f"entity/Note/{_segment(note_id)}", what, json=body)


def _once(found: Iterable[list[Person]]) -> list[Person]:
    return records.once(person for part in found for person in part)


def _message(
    text: str, *, kind: model.MessageType = "success", ttl: int = 3000
) -> model.ReturnMessage:
    return model.ReturnMessage(message=text, message_type=kind, ttl=ttl)


def _sql_text(text: str) -> str:
    """Return a literal of Bullhorn's SQL-like query language; a quote in it is doubled."""
    return "'" + text.replace("'", "''") + "'"


def _minutes(duration_s: float | str) -> float:
    """Return a call's minutes; a call that has not ended has none yet."""
    return 0 if isinstance(duration_s, str) else duration_s / 60


def _segment(value: model.ContactId) -> str:
    return quote(str(value), safe="")
