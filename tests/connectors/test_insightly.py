"""The Insightly connector: the contract, and what is Insightly's own (connectors 4.2)."""

from __future__ import annotations

import asyncio
import base64

import httpx
import pytest

from connectors.contract import errors, model
from connectors.insightly.connector import InsightlyConnector
from tests.connectors.contract_suite import NSN, NUMBER, ConnectorContract
from tests.connectors.insightly_fake import AUTH_HEADER, FakeInsightly

PHONE_SEARCHES = [
    ("/v3.1/contacts/search", "PHONE"),
    ("/v3.1/contacts/search", "PHONE_MOBILE"),
    ("/v3.1/leads/search", "PHONE"),
    ("/v3.1/leads/search", "MOBILE"),
]


class TestInsightlyConnector(ConnectorContract):
    connector_class = InsightlyConnector
    platform = "insightly"
    kinds = ("contact", "lead")
    auth_header = AUTH_HEADER

    def new_crm(self):
        return FakeInsightly()

    def user(self, **settings):
        return model.User(
            id="77-insightly",
            platform="insightly",
            platform_additional_info={"apiUrl": "https://api.test/v3.1"},
            user_settings={key: {"value": value} for key, value in settings.items()},
        )

    def is_enrichment(self, request):
        return "/organisations/" in request.url.path

    def is_create(self, request):
        return request.method == "POST" and request.url.path.endswith(("/contacts", "/leads"))

    def find_with_extra(self, contact="", lead="", **more):
        user = self.user(
            insightlyExtraPhoneFieldNameForContact=contact, insightlyExtraPhoneFieldNameForLead=lead
        )
        return model.FindContactInput(
            user=user, auth_header=AUTH_HEADER, phone_number=NUMBER, **more
        )

    # Connecting.

    async def test_the_key_is_the_user_name_of_basic_authentication(self):
        async with self.connected() as (connector, _, _):
            encoded = await connector.get_basic_auth(model.GetBasicAuthInput(api_key="kéy"))
            assert base64.b64decode(encoded).decode() == "kéy:"

    async def test_the_user_is_read_with_the_pasted_address(self):
        async with self.connected() as (connector, _, _):
            result = await connector.get_user_info(
                model.GetUserInfoInput(
                    auth_header=AUTH_HEADER,
                    additional_info={"apiUrl": " https://api.test/v3.1/Help "},
                )
            )
            assert result.successful
            assert result.platform_user_info.id == "77-insightly"
            assert result.platform_user_info.name == "Grace Hopper"
            assert result.platform_user_info.platform_additional_info == {
                "apiUrl": "https://api.test/v3.1/Help"
            }

    async def test_the_version_comes_from_the_configuration(self):
        async with self.connected() as (connector, crm, context):
            context.config = {"INSIGHTLY_API_VERSION": "v4"}
            crm.fault = lambda _: httpx.Response(200, json=[])
            await connector.find_contact(self.find())
            assert {each.url.path for each in crm.requests} == {
                "/v4/contacts/search",
                "/v4/leads/search",
            }

    async def test_a_connection_without_address_is_refused(self):
        async with self.connected() as (connector, crm, _):
            with pytest.raises(errors.InvalidInputError, match="API URL"):
                await connector.get_user_info(model.GetUserInfoInput(auth_header=AUTH_HEADER))
            assert not crm.requests

    # Finding.

    async def test_one_spelling_is_one_wave_over_all_fields(self):
        waiting = asyncio.Event()

        async with self.connected() as (connector, crm, _):
            handle = crm.handle

            async def hold(request):
                response = await handle(request)
                if len(crm.requests) == len(PHONE_SEARCHES):
                    waiting.set()
                await waiting.wait()  # nothing is answered before everything was asked
                return response

            async with httpx.AsyncClient(transport=httpx.MockTransport(hold)) as http:
                connector.context.http = http
                await connector.find_contact(self.find())
            asked = [(each.url.path, each.url.params["field_name"]) for each in crm.requests]
            assert asked == PHONE_SEARCHES

    async def test_hits_keep_the_order_of_the_fields(self):
        async with self.connected() as (connector, crm, _):
            lead = crm.add_person("Lead", "Phone", NSN, "lead")
            mobile = crm.add_person("Contact", "Mobile", "1", "contact")
            crm.person(mobile)["PHONE_MOBILE"] = NSN
            direct = crm.add_person("Contact", "Direct", "2", "contact")
            crm.person(direct)["CUSTOMFIELDS"] = [{"FIELD_NAME": "Direct__c", "FIELD_VALUE": NSN}]
            phone = crm.add_person("Contact", "Phone", NSN, "contact")
            found = await connector.find_contact(
                self.find_with_extra(contact="PHONE, Direct__c ,,Direct__c")
            )
            assert self.ids(found) == (phone, mobile, direct, lead, model.NEW_CONTACT_ID)
            assert [each.phone for each in self.people(found)] == [NSN] * 4
            assert len(crm.requests) == 5

    async def test_an_extra_field_that_insightly_refuses_is_a_finding(self):
        async with self.connected() as (connector, crm, context):
            expected = crm.add_person("Ada", "Lovelace", f"+1{NSN}", "lead")
            found = await connector.find_contact(
                self.find_with_extra(contact="Typo__c", overriding_format="+1##########")
            )
            assert self.ids(found) == (expected, model.NEW_CONTACT_ID)
            ((code, text),) = context.findings
            assert code == "EXTRA_FIELD_REFUSED"
            assert "Typo__c" in text
            assert sum("Typo__c" in str(each.url) for each in crm.requests) == 1

    @pytest.mark.parametrize("status", [401, 429, 500])
    async def test_any_other_failure_of_an_extra_field_is_an_error(self, status):
        async with self.connected() as (connector, crm, _):
            crm.fault = lambda request: (
                httpx.Response(status) if "Direct__c" in str(request.url) else None
            )
            with pytest.raises(errors.ConnectorError) as caught:
                await connector.find_contact(self.find_with_extra(lead="Direct__c"))
            assert caught.value.status == status

    async def test_links_become_options_and_each_record_is_read_once(self):
        async with self.connected() as (connector, crm, _):
            ada = crm.add_person("Ada", "Lovelace", NSN, "contact")
            bob = crm.add_person("Bob", "Lovelace", NSN, "lead")
            company = crm.link(ada, "Organisation", "Engines")
            crm.link(bob, "Organisation", "Engines", company)
            deal = crm.link(ada, "Opportunity", "Mill")
            project = crm.link(bob, "Project", "Notes")
            found = await connector.find_contact(self.find())
            first, second = self.people(found)
            organisation = [{"const": company, "title": "Engines"}]
            assert first.additional_info == {
                "organisation": organisation,
                "opportunity": [{"const": deal, "title": "Mill"}],
            }
            assert second.additional_info == {
                "organisation": organisation,
                "project": [{"const": project, "title": "Notes"}],
            }
            assert len(crm.asked(f"/organisations/{company}")) == 1

    async def test_a_failed_link_loses_only_its_option(self):
        async with self.connected() as (connector, crm, context):
            ada = crm.add_person("Ada", "Lovelace", NSN, "contact")
            gone = crm.link(ada, "Organisation", "Engines")
            deal = crm.link(ada, "Opportunity", "Mill")
            del crm.rows["organisations"][gone]
            (person,) = self.people(await connector.find_contact(self.find()))
            assert person.additional_info == {"opportunity": [{"const": deal, "title": "Mill"}]}
            assert [code for code, _ in context.findings] == ["ENRICHMENT_FAILED"]

    async def test_sparse_rows_are_people_too(self):
        async with self.connected() as (connector, crm, _):
            ada = crm.add_person("Ada", "", NSN, "contact")
            del crm.person(ada)["LINKS"]
            del crm.person(ada)["CUSTOMFIELDS"]
            crm.person(ada)["LAST_NAME"] = None
            (person,) = self.people(await connector.find_contact(self.find()))
            assert (person.name, person.additional_info) == ("Ada", {})

    async def test_the_latest_activity_wins_over_the_latest_change(self):
        async with self.connected() as (connector, crm, _):
            ada = crm.add_person("Ada", "Lovelace", NSN, "contact")
            (person,) = self.people(await connector.find_contact(self.find()))
            assert person.most_recent_activity_date == "2025-02-03 04:05:06"
            crm.person(ada)["LAST_ACTIVITY_DATE_UTC"] = "2026-02-03 04:05:06"
            (person,) = self.people(await connector.find_contact(self.find()))
            assert person.most_recent_activity_date == "2026-02-03 04:05:06"
            assert person.created_date == "2024-02-03 04:05:06"

    @pytest.mark.parametrize("rows", ["[1]", '[{"FIRST_NAME": "Ada"}]', "null"])
    async def test_rows_that_are_no_records_are_an_error(self, rows):
        async with self.connected() as (connector, crm, _):
            crm.fault = lambda _: httpx.Response(200, content=rows)
            with pytest.raises(errors.UnexpectedResponseError):
                await connector.find_contact(self.find())

    async def test_a_first_name_of_two_words_is_found(self):
        async with self.connected() as (connector, crm, _):
            expected = crm.add_person("Mary Ann", "Smith", NSN, "lead")
            found = await connector.find_contact_with_name(self.find_name(" mary  ann smith"))
            assert self.ids(found) == (expected,)

    async def test_a_blank_name_asks_nothing(self):
        async with self.connected() as (connector, crm, _):
            found = await connector.find_contact_with_name(self.find_name("  "))
            assert found.matched_contact_info == ()
            assert not crm.requests

    # Creating.

    @pytest.mark.parametrize(
        ("kind", "stored"),
        [("contact", {"first": "Ada", "last": ""}), ("lead", {"first": "Ada", "last": "Lead"})],
    )
    async def test_one_word_is_a_first_name(self, kind, stored):
        async with self.connected() as (connector, crm, _):
            await connector.create_contact(self.create("Ada", kind))
            assert crm.created() == [stored | {"phone": NSN, "kind": kind}]

    async def test_a_number_that_is_not_valid_is_stored_as_it_is(self):
        async with self.connected() as (connector, crm, _):
            await connector.create_contact(self.create("Ada", "contact", phone_number="+1555 0"))
            assert crm.created()[0]["phone"] == "+1555 0"

    async def test_a_create_without_a_name_is_refused(self):
        async with self.connected() as (connector, crm, _):
            with pytest.raises(errors.InvalidInputError, match="name"):
                await connector.create_contact(self.create("  ", "lead"))
            assert not crm.requests

    # Logging.

    @pytest.mark.parametrize(
        ("kind", "linked"),
        [("contactMobile", "Contact"), ("Contact", "Contact"), ("leadPhone", "Lead")],
    )
    @pytest.mark.parametrize("key", ["organisation", "organization"])
    async def test_a_log_is_linked_to_the_person_and_the_chosen_records(self, kind, linked, key):
        async with self.connected() as (connector, crm, context):
            ada = crm.add_person("Ada", "Lovelace", NSN, linked.lower())
            company = crm.link(ada, "Organisation", "Engines")
            contact = model.CallContact(id=str(ada), type=kind, name="Ada Lovelace")
            form = {key: str(company), "opportunity": "none", "project": ""}
            logged = await connector.create_call_log(self.log(contact, additional_submission=form))
            event = crm.rows["events"][logged.log_id]
            assert event["TITLE"] == "Inbound Call from Ada Lovelace"
            assert event["START_DATE_UTC"] == "2025-10-22 12:00:00"
            assert event["END_DATE_UTC"] == "2025-10-22 12:01:30"
            links = [(each["LINK_OBJECT_NAME"], each["LINK_OBJECT_ID"]) for each in event["LINKS"]]
            assert sorted(links) == sorted([(linked, ada), ("Organisation", company)])
            assert logged.return_message.message_type == "success"
            assert not context.findings

    @pytest.mark.parametrize("contact_type", ["contact", "vendor", None])
    async def test_a_log_that_cannot_be_linked_stays_logged(self, contact_type):
        async with self.connected() as (connector, crm, context):
            contact = model.CallContact(id="9", type=contact_type, name="Ada")
            logged = await connector.create_call_log(self.log(contact))
            assert logged.log_id in crm.rows["events"]
            assert logged.return_message.message_type == "warning"
            assert [code for code, _ in context.findings] == ["LINK_FAILED"]

    async def test_a_log_without_links_is_read(self):
        async with self.connected() as (connector, crm, _):
            event = crm.add("events", {"TITLE": "Call", "DETAILS": None, "LINKS": []}, "EVENT_ID")
            read = await self.read_log(connector, event)
            assert read.call_log_info.subject == "Call"
            assert (read.call_log_info.note, read.call_log_info.contact_name) == ("", "")

    async def test_the_note_is_taken_out_of_the_composed_details(self):
        details = "- Note: first\n- second: item\n\nthird\n- Session Id: 1\n- Result: ok"
        async with self.connected() as (connector, crm, _):
            event = crm.add("events", {"TITLE": "Call", "DETAILS": details}, "EVENT_ID")
            read = await self.read_log(connector, event)
            assert read.call_log_info.note == "first\n- second: item\n\nthird"
            assert read.call_log_info.full_body == details

    async def test_an_update_sends_only_what_is_given(self):
        async with self.connected() as (connector, crm, _):
            event = crm.add(
                "events", {"TITLE": "Call", "DETAILS": "old", "END_DATE_UTC": "x"}, "EVENT_ID"
            )
            existing = model.ExistingCallLog(third_party_log_id=str(event))
            await connector.update_call_log(
                model.UpdateCallLogInput(
                    user=self.user(),
                    auth_header=AUTH_HEADER,
                    existing_call_log=existing,
                    subject="Renamed",
                    start_time=1_761_134_400_000,
                    duration=60,
                )
            )
            assert crm.rows["events"][event] == {
                "EVENT_ID": event,
                "TITLE": "Renamed",
                "DETAILS": "old",
                "START_DATE_UTC": "2025-10-22 12:00:00",
                "END_DATE_UTC": "2025-10-22 12:01:00",
            }

    async def test_a_disposition_replaces_the_link_of_its_kind(self):
        async with self.connected() as (connector, crm, _):
            ada = crm.add_person("Ada", "Lovelace", NSN, "contact")
            old, new = (crm.link(ada, "Organisation", name) for name in ("Old", "New"))
            deal = crm.link(ada, "Opportunity", "Mill")
            contact = model.CallContact(id=ada, type="contact", name="Ada Lovelace")
            form = {"organisation": old, "opportunity": deal}
            logged = await connector.create_call_log(self.log(contact, additional_submission=form))
            before = len(crm.requests)
            request = model.UpsertCallDispositionInput(
                user=self.user(),
                auth_header=AUTH_HEADER,
                existing_call_log=model.ExistingCallLog(third_party_log_id=logged.log_id),
                dispositions={"organisation": new, "opportunity": deal},
            )
            assert (await connector.upsert_call_disposition(request)).log_id == logged.log_id
            links = {
                each["LINK_OBJECT_NAME"]: each["LINK_OBJECT_ID"]
                for each in crm.rows["events"][logged.log_id]["LINKS"]
            }
            assert links == {"Contact": ada, "Organisation": new, "Opportunity": deal}
            methods = [each.method for each in crm.requests[before:]]
            assert methods == ["GET", "DELETE", "POST"]
