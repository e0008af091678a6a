"""The Bullhorn connector: the contract, and what is Bullhorn's own (connectors 4.1)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import ClassVar

import httpx
import pytest

from connectors.bullhorn.connector import ACCOUNT_DATA_KEY, PLACEHOLDER_COMPANY, BullhornConnector
from connectors.contract import errors, model
from connectors.contract.manifest import Field
from tests.connectors.bullhorn_fake import CREATED_MS, NEW_TOKEN, TOKEN, FakeBullhorn
from tests.connectors.contract_suite import NEW_ONLY, NSN, ConnectorContract

SEARCHES = ["POST search/ClientContact", "POST search/Candidate", "POST search/Lead"]
OPTION_LISTS = [
    "GET settings/commentActionList",
    "GET meta/ClientContact",
    "GET meta/Candidate",
    "GET meta/Lead",
]
NOTE_ACTIONS = [{"const": each, "title": each} for each in ("Inbound Call", "Left Message")]
STALE = {"noteActions": [{"const": "Old", "title": "Old"}], "statuses": {}}


class TestBullhornConnector(ConnectorContract):
    connector_class = BullhornConnector
    platform = "bullhorn"
    kinds = ("Contact", "Candidate", "Lead")
    auth_header = "Bearer access-1"
    config: ClassVar[Mapping[str, str]] = {
        "BULLHORN_CLIENT_ID": "client",
        "BULLHORN_CLIENT_SECRET": "quiet",
    }

    def new_crm(self):
        return FakeBullhorn()

    def user(self, **info):
        known = {
            "restUrl": "https://rest.test/e1/",
            "bhRestToken": TOKEN,
            "tokenUrl": "https://auth.test/oauth/token",
            "loginUrl": "https://login.test/rest-services",
        }
        return model.User(
            id="77-bullhorn",
            platform="bullhorn",
            access_token="access-1",
            refresh_token="refresh-1",
            platform_additional_info=known | info,
        )

    def is_enrichment(self, request):
        return "/meta/" in request.url.path or "/settings/" in request.url.path

    def is_create(self, request):
        people = ("/entity/ClientContact", "/entity/Candidate", "/entity/Lead")
        return request.method == "PUT" and request.url.path.endswith(people)

    def submission(self, kind):
        return {"status": "Active"}

    # Where Bullhorn differs from the other connectors, as production does.

    @pytest.mark.parametrize(
        "number", ["4155550100", "+15550001234", "anonymous", "", "1" * 10_000]
    )
    async def test_a_number_that_is_not_valid_asks_nothing_and_says_so(self, number):
        async with self.connected() as (connector, crm, _):
            found = await connector.find_contact(self.find(number))
            assert (found.successful, found.matched_contact_info) == (False, ())
            assert found.return_message == model.ReturnMessage(
                message="Invalid phone number format", message_type="warning", ttl=3000
            )
            assert not crm.requests

    async def test_a_name_search_finds_by_all_words(self):
        for kind in self.kinds:
            async with self.connected() as (connector, crm, _):
                whole = crm.add_person("Ada", "King Lovelace", NSN, kind)
                first = crm.add_person("Ada", "Byron", "1", kind)
                last = crm.add_person("Mary", "Lovelace", "2", kind)
                crm.add_person("Mary", "Byron", "3", kind)
                found = await connector.find_contact_with_name(self.find_name("ada king lovelace"))
                assert self.ids(found) == (whole, first, last)

    # Connecting.

    async def test_the_user_is_read_with_a_new_session(self):
        async with self.connected() as (connector, _, _):
            result = await connector.get_user_info(
                model.GetUserInfoInput(
                    auth_header="Bearer access-2",
                    additional_info={
                        "tokenUrl": "https://auth.test/oauth/token",
                        "apiUrl": "https://login.test/rest-services/",
                    },
                )
            )
            info = result.platform_user_info
            assert (result.successful, info.id, info.name) == (True, "77-bullhorn", "Grace Hopper")
            assert info.timezone_offset == 60
            assert info.platform_additional_info == {
                "tokenUrl": "https://auth.test/oauth/token",
                "loginUrl": "https://login.test/rest-services/",
                "bhRestToken": NEW_TOKEN,
                "restUrl": "https://rest.test/e1/",
                "id": 31,
            }

    async def test_the_user_who_signed_in_is_asked_for_by_name(self):
        async with self.connected() as (connector, crm, _):
            given = {"username": "o'hopper", **self.user().platform_additional_info}
            del given["loginUrl"]
            request = model.GetUserInfoInput(auth_header=self.auth_header, additional_info=given)
            result = await connector.get_user_info(request)
            assert result.platform_user_info.id == "77-bullhorn"
            assert not any("settings" in each.url.path for each in crm.requests)

    async def test_a_user_whom_bullhorn_does_not_know_is_not_connected(self):
        async with self.connected() as (connector, _, _):
            given = {"username": "nobody", **self.user().platform_additional_info}
            del given["loginUrl"]
            request = model.GetUserInfoInput(auth_header=self.auth_header, additional_info=given)
            with pytest.raises(errors.UnexpectedResponseError, match="no user with username="):
                await connector.get_user_info(request)

    async def test_connecting_without_a_token_is_refused(self):
        async with self.connected() as (connector, crm, _):
            with pytest.raises(errors.InvalidInputError, match="Bearer"):
                await connector.get_user_info(model.GetUserInfoInput(auth_header="Basic x"))
            assert not crm.requests

    # Finding.

    async def test_the_first_wave_holds_the_searches_and_the_option_lists(self):
        everything = asyncio.Event()

        async with self.connected() as (connector, crm, _):
            handle = crm.handle

            async def hold(request):
                response = await handle(request)
                if len(crm.requests) == 7:
                    everything.set()
                await everything.wait()  # nothing is answered before everything was asked
                return response

            async with httpx.AsyncClient(transport=httpx.MockTransport(hold)) as http:
                connector.context.http = http
                await connector.find_contact(self.find())
            assert sorted(crm.asked()) == sorted(SEARCHES + OPTION_LISTS)

    async def test_the_queries_are_productions(self):
        async with self.connected() as (connector, crm, context):
            context.account_data.put(ACCOUNT_DATA_KEY, STALE)
            formats = "(###) ###-####"
            await connector.find_contact(self.find(overriding_format=formats))
            four = " OR ".join(f"{name}:{NSN}" for name in ("phone", "mobile", "phone2", "phone3"))
            assert {name: each[0] for name, each in crm.queries().items()} == {
                "ClientContact": f'({four}) AND isDeleted:false NOT status:"Archive"',
                "Candidate": f"({four} OR workPhone:{NSN}) AND isDeleted:false "
                'NOT status:"Archived"',
                "Lead": f'({four}) AND isDeleted:false NOT status:"Converted"',
            }
            assert 'phone:"(650) 555-1234"' in crm.queries()["Lead"][1]
            assert crm.asked() == SEARCHES * 2

    async def test_a_match_is_mapped_as_in_production(self):
        async with self.connected() as (connector, crm, _):
            ada = crm.add_person("Ada", "Lovelace", "other", "Candidate")
            crm.rows["Candidate"][ada] |= {"workPhone": NSN, "dateLastComment": CREATED_MS + 9}
            found = await connector.find_contact(self.find())
            assert found.matched_contact_info == (
                model.Contact(
                    id=ada,
                    name="Ada Lovelace",
                    phone=NSN,
                    type="Candidate",
                    created_date=CREATED_MS,
                    most_recent_activity_date=CREATED_MS + 9,
                    additional_info={"noteActions": NOTE_ACTIONS},
                ),
            )
            assert found.extra_data_tracking == {
                "ratelimitRemaining": "9",
                "ratelimitAmount": "10",
                "ratelimitReset": "60",
            }

    async def test_without_a_match_a_lead_is_offered_with_every_types_statuses(self):
        async with self.connected() as (connector, _, context):
            found = await connector.find_contact(self.find())
            (entry,) = found.matched_contact_info
            assert entry.is_new_contact
            assert entry.default_contact_type == "Lead"
            assert entry.additional_info == {
                "Lead": {"status": [{"const": "Open", "title": "Open!"}]},
                "Candidate": {"status": [{"const": "New", "title": "New!"}]},
                "Contact": {"status": [{"const": "Active", "title": "Active!"}]},
                "noteActions": NOTE_ACTIONS,
            }
            assert ACCOUNT_DATA_KEY in context.account_data.values

    async def test_stale_option_lists_are_served_when_they_cannot_be_read(self):
        async with self.connected() as (connector, crm, context):
            context.account_data.stale[ACCOUNT_DATA_KEY] = STALE
            crm.add_person("Ada", "Lovelace", NSN, "Lead")
            crm.fault = lambda each: httpx.Response(503) if self.is_enrichment(each) else None
            (person,) = self.people(await connector.find_contact(self.find()))
            assert person.additional_info == {"noteActions": STALE["noteActions"]}
            assert [code for code, _ in context.findings] == ["ENRICHMENT_FAILED"]
            assert ACCOUNT_DATA_KEY not in context.account_data.values

    async def test_no_note_actions_are_null(self):
        async with self.connected() as (connector, crm, context):
            context.account_data.put(ACCOUNT_DATA_KEY, {"noteActions": [], "statuses": {}})
            crm.add_person("Ada", "Lovelace", NSN, "Lead")
            (person,) = self.people(await connector.find_contact(self.find()))
            assert person.additional_info is None

    @pytest.mark.parametrize(
        ("kind", "changes"),
        [
            ("Contact", {"status": "Archive"}),
            ("Candidate", {"status": "Archived"}),
            ("Lead", {"status": "Converted"}),
            ("Lead", {"isDeleted": True}),
        ],
    )
    async def test_dead_people_are_not_found(self, kind, changes):
        async with self.connected() as (connector, crm, _):
            ada = crm.add_person("Ada", "Lovelace", NSN, kind)
            next(rows for rows in crm.rows.values() if ada in rows)[ada] |= changes
            assert self.ids(await connector.find_contact(self.find())) == NEW_ONLY
            found = await connector.find_contact_with_name(self.find_name("Ada Lovelace"))
            assert self.ids(found) == ()

    async def test_an_expired_session_is_renewed_once_for_all_requests(self):
        async with self.connected() as (connector, crm, context):
            crm.token = "elsewhere"
            ada = crm.add_person("Ada", "Lovelace", NSN, "Lead")
            handle, everything = crm.handle, asyncio.Event()

            async def hold(request):
                response = await handle(request)
                if len(crm.requests) == 7:
                    everything.set()
                await everything.wait()
                return response

            async with httpx.AsyncClient(transport=httpx.MockTransport(hold)) as http:
                context.http = http
                found = await connector.find_contact(self.find())
            assert self.ids(found) == (ada,)
            asked = crm.asked()
            assert asked.count("POST /oauth/token") == 1
            assert all(asked.count(each) == 2 for each in SEARCHES + OPTION_LISTS)
            assert context.user_changes == {
                "access_token": "access-2",
                "refresh_token": "refresh-2",
                "platform_additional_info": {
                    "bhRestToken": NEW_TOKEN,
                    "restUrl": "https://rest.test/e1/",
                },
            }
            assert not context.findings

    async def test_a_rest_url_without_its_slash_is_fine(self):
        async with self.connected() as (connector, crm, _):
            await connector.find_contact(
                model.FindContactInput(
                    user=self.user(restUrl="https://rest.test/e1"), phone_number=f"+1{NSN}"
                )
            )
            assert set(crm.asked()) == set(SEARCHES + OPTION_LISTS)

    async def test_a_blank_name_asks_nothing(self):
        async with self.connected() as (connector, crm, _):
            found = await connector.find_contact_with_name(self.find_name("  "))
            assert found.matched_contact_info == ()
            assert not crm.requests

    # Creating.

    async def test_a_contact_gets_the_placeholder_company_which_is_made_once(self):
        async with self.connected() as (connector, crm, _):
            crm.add("ClientCorporation", {"name": f"{PLACEHOLDER_COMPANY} of others"})
            for name in ("Ada Lovelace", "Mary Byron"):
                made = await connector.create_contact(self.create(name, "contact"))
                assert made.return_message.message == "Contact created."
                assert made.return_message.ttl == 2000
                assert made.contact_info.additional_info == {"noteActions": NOTE_ACTIONS}
            assert crm.asked().count("PUT entity/ClientCorporation") == 1
            (company,) = {
                each["clientCorporation"]["id"] for each in crm.rows["ClientContact"].values()
            }
            assert crm.rows["ClientCorporation"][company]["name"] == PLACEHOLDER_COMPANY

    async def test_the_chosen_status_is_stored_and_none_is_left_out(self):
        async with self.connected() as (connector, crm, _):
            await connector.create_contact(self.create("Ada Lovelace", "Lead"))
            await connector.create_contact(
                model.CreateContactInput(
                    user=self.user(), new_contact_name="Ada", new_contact_type="Lead"
                )
            )
            with_status, without = crm.rows["Lead"].values()
            assert with_status["status"] == "Active"
            assert "status" not in without

    async def test_a_number_that_is_not_valid_is_stored_as_it_is(self):
        async with self.connected() as (connector, crm, _):
            await connector.create_contact(self.create("Ada", "Lead", phone_number="+1555 0"))
            assert crm.created() == [
                {"first": "Ada", "last": "", "phone": "+1555 0", "kind": "Lead"}
            ]

    async def test_a_create_without_a_name_is_refused(self):
        async with self.connected() as (connector, crm, _):
            with pytest.raises(errors.InvalidInputError, match="name"):
                await connector.create_contact(self.create("  ", "lead"))
            assert not crm.requests

    async def test_a_create_survives_option_lists_that_cannot_be_read(self):
        async with self.connected() as (connector, crm, context):
            crm.fault = lambda each: httpx.Response(500) if self.is_enrichment(each) else None
            made = await connector.create_contact(self.create("Ada", "Lead"))
            assert made.contact_info.additional_info is None
            assert [code for code, _ in context.findings] == ["ENRICHMENT_FAILED"]

    # Logging.

    def contact(self, person, kind="Candidate"):
        return model.CallContact(id=str(person), type=kind, name="Ada Lovelace")

    async def test_a_log_is_a_note_about_the_person(self):
        async with self.connected() as (connector, crm, _):
            ada = crm.add_person("Ada", "Lovelace", NSN, "Candidate")
            crm.token = "elsewhere"
            logged = await connector.create_call_log(self.log(self.contact(ada)))
            sent = json.loads(crm.requests[-1].content)
            assert sent == {
                "comments": "- Note: spoke about <prices> & dates",
                "personReference": {"id": ada, "personSubtype": "Candidate"},
                "action": "pending note",
                "dateAdded": 1_761_134_400_000,
                "externalID": "8551",
                "minutesSpent": 1.5,
            }
            assert list(crm.rows["Note"]) == [logged.log_id]

    async def test_the_note_is_copied_to_the_comments_when_wanted(self):
        async with self.connected() as (connector, crm, _):
            ada = crm.add_person("Ada", "Lovelace", NSN, "Candidate")
            form = {"noteActions": "Left Message", "copyToContactComments": True}
            logged = await connector.create_call_log(
                self.log(self.contact(ada), additional_submission=form)
            )
            assert crm.rows["Note"][logged.log_id]["action"] == "Left Message"
            assert crm.rows["Candidate"][ada]["comments"] == "spoke about <prices> & dates"
            assert logged.return_message.message_type == "success"

    async def test_a_failed_copy_leaves_the_call_logged(self):
        async with self.connected() as (connector, crm, context):
            ada = crm.add_person("Ada", "Lovelace", NSN, "Candidate")
            crm.fault = lambda each: httpx.Response(403) if each.method == "POST" else None
            logged = await connector.create_call_log(
                self.log(self.contact(ada), additional_submission={"copyToContactComments": True})
            )
            assert logged.log_id in crm.rows["Note"]
            assert logged.return_message.message_type == "warning"
            assert [code for code, _ in context.findings] == ["COPY_FAILED"]

    async def test_a_log_to_an_unknown_type_is_refused(self):
        async with self.connected() as (connector, crm, _):
            with pytest.raises(errors.InvalidInputError, match="Candidate"):
                await connector.create_call_log(self.log(self.contact(1, "vendor")))
            assert not crm.requests

    async def test_a_log_is_read_with_its_note_and_action(self):
        body = "<b>Agent notes</b><br>a &lt; b<br>c<br><br><b>Call details</b><ul></ul>"
        async with self.connected() as (connector, crm, _):
            note = crm.add("Note", {"comments": body, "action": "Left Message"})
            info = (await self.read_log(connector, note)).call_log_info
            assert (info.note, info.full_body, info.contact_name) == ("a < b\nc", body, "")
            assert info.dispositions == {"noteActions": "Left Message"}

    async def test_an_update_sends_only_what_is_given(self):
        async with self.connected() as (connector, crm, _):
            note = crm.add("Note", {"comments": "old", "action": "x"})
            await connector.update_call_log(
                model.UpdateCallLogInput(
                    user=self.user(),
                    existing_call_log=model.ExistingCallLog(third_party_log_id=str(note)),
                    start_time=5,
                    duration=60,
                )
            )
            assert json.loads(crm.requests[-1].content) == {"dateAdded": 5, "minutesSpent": 1}

    def disposition(self, note, **chosen):
        return model.UpsertCallDispositionInput(
            user=self.user(),
            existing_call_log=model.ExistingCallLog(third_party_log_id=note),
            dispositions=chosen,
        )

    async def test_a_disposition_is_the_notes_action(self):
        async with self.connected() as (connector, crm, _):
            note = crm.add("Note", {"comments": "old"})
            done = await connector.upsert_call_disposition(
                self.disposition(note, noteActions="Left Message")
            )
            assert done.log_id == note
            assert crm.rows["Note"][note]["action"] == "Left Message"
            await connector.upsert_call_disposition(self.disposition(note))
            assert len(crm.requests) == 1

    async def test_a_refused_disposition_advises_one_time_logging(self):
        async with self.connected() as (connector, crm, context):
            crm.fault = lambda _: httpx.Response(403)
            done = await connector.upsert_call_disposition(self.disposition(1, noteActions="x"))
            assert done.log_id is None
            assert "one-time logging" in done.return_message.message
            assert [code for code, _ in context.findings] == ["DISPOSITION_REFUSED"]

    # The manifest.

    def test_option_lists_come_from_the_account(self):
        page = self.manifest().page
        (status,) = page.new_contact.additional_fields
        assert status.required
        assert status.contact_type_dependent
        fields = {each.const: each for each in page.call_log.additional_fields}
        assert set(fields) == {"noteActions", "copyToContactComments"}
        assert fields["noteActions"].allow_custom_value
        assert not fields["noteActions"].contact_dependent
        assert fields["copyToContactComments"].type == "checkbox"
        everything: list[Field] = [status, *fields.values()]
        assert not any(each.options for each in everything)
