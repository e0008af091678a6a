from __future__ import annotations

import pytest

from connectors.contract.hosting import Description, ErrorInfo, Reply
from connectors.contract.model import CallContact, CallLog, CallParty, User
from connectors.runtime.core import Core
from connectors.runtime.store import CoreStore, Table

ADA = {"id": "11", "name": "Ada Lovelace", "phone": "+14155550100", "type": "Contact"}
NEW = {"id": "createNewContact", "name": "Create new contact...", "isNewContact": True}
NUMBER = "+14155550100"
BASE = ("getBasicAuth", "findContact", "createContact", "createCallLog", "getCallLog")
OPERATIONS = (*BASE, "updateCallLog", "findContactWithName", "upsertCallDisposition")
CALL = CallLog(
    session_id="s1",
    telephony_session_id="ts1",
    direction="Outbound",
    from_=CallParty(phone_number="+14155550111", name="Me"),
    to=CallParty(phone_number=NUMBER, name="Ada"),
    start_time=1767225600000,
    duration=65,
    result="Call connected",
)
TO_ADA = CallContact(id="11", type="Contact", name="Ada Lovelace")


class FakeConnector:
    """Answers with what a test has put in; remembers what it was asked."""

    def __init__(self):
        self.calls = []
        self.results = {"getBasicAuth": "SzE6"}

    async def __call__(self, operation, operation_input):
        self.calls.append((operation, operation_input))
        result = self.results.get(operation)
        if isinstance(result, list) and result and isinstance(result[0], Reply):
            result = result.pop(0)
        return result if isinstance(result, Reply) else Reply(result=result)

    def input_of(self, operation):
        return next(sent for name, sent in self.calls if name == operation)

    def names(self):
        return [name for name, _ in self.calls]


@pytest.fixture
def connector():
    return FakeConnector()


@pytest.fixture
def store():
    store = CoreStore(now=lambda: 1000.0)
    yield store
    store.close()


@pytest.fixture
def make_core(connector, store):
    def make(
        auth_type="apiKey",
        operations=OPERATIONS,
        log_format="text/plain",
        account="acc",
        token="K1",
    ):
        return Core(
            connector,
            store,
            platform="myCRM",
            display_name="My CRM",
            description=Description(
                platform="myCRM",
                display_name="My CRM",
                kind="python",
                auth_type=auth_type,
                log_format=log_format,
                operations=operations,
            ),
            user=User(id="u1-myCRM", platform="myCRM", access_token=token, rc_account_id=account),
        )

    return make


def failed(kind, status=None):
    return Reply(error=ErrorInfo(type=kind, message="broken", status=status))


async def test_a_lookup_gets_productions_input_and_passes_contacts_through(make_core, connector):
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": [ADA, NEW]}
    outcome = await make_core().find_contact(NUMBER, ["(###) ###-####", "", "1###"])
    assert outcome.answer == {"successful": True, "contact": [ADA, NEW]}
    assert outcome.error is None
    sent = connector.input_of("findContact")
    assert sent["authHeader"] == "Basic SzE6"
    assert sent["phoneNumber"] == NUMBER
    assert sent["overridingFormat"] == "(###) ###-####,1###"
    assert sent["isExtension"] == "false"
    assert sent["isForceRefreshAccountData"] is False
    assert sent["user"]["rcAccountId"] == "acc"


async def test_an_extension_is_marked_by_text(make_core, connector):
    connector.results["findContact"] = {"successful": False, "matchedContactInfo": []}
    await make_core().find_contact("101", is_extension=True)
    assert connector.input_of("findContact")["isExtension"] == "true"


async def test_a_leading_blank_is_a_plus_that_the_url_swallowed(make_core, connector):
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": [ADA]}
    await make_core().find_contact(" 14155550100")
    assert connector.input_of("findContact")["phoneNumber"] == NUMBER


@pytest.mark.parametrize(
    ("auth_type", "header"), [("apiKey", "Basic SzE6"), ("oauth", "Bearer K1"), ("other", "")]
)
async def test_the_kind_of_authentication_decides_the_header(
    make_core, connector, auth_type, header
):
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": [ADA]}
    core = make_core(auth_type=auth_type)
    await core.find_contact(NUMBER)
    assert connector.input_of("findContact")["authHeader"] == core.auth_header == header


@pytest.mark.parametrize("matched", [None, [], [NEW]])
async def test_nobody_found_without_a_message_gets_the_default_one(make_core, connector, matched):
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": matched}
    outcome = await make_core().find_contact(NUMBER)
    assert outcome.answer["returnMessage"]["message"] == "Contact not found"
    assert outcome.answer["successful"] is True
    assert outcome.answer["contact"] == matched
    assert outcome.error is None


async def test_nobody_found_with_a_message_is_passed_as_given(make_core, connector):
    told = {"message": "Not supported", "messageType": "warning", "ttl": 3000}
    connector.results["findContact"] = {"matchedContactInfo": None, "returnMessage": told}
    outcome = await make_core().find_contact(NUMBER)
    assert outcome.answer == {"returnMessage": told, "contact": None}
    assert outcome.error is None


@pytest.mark.parametrize(
    "returned", [None, [], "text", 5, [ADA], {"matchedContactInfo": "x"}, {"contact": [ADA]}, {}]
)
async def test_whatever_a_connector_returns_core_says_what_it_was(make_core, connector, returned):
    connector.results["findContact"] = returned
    outcome = await make_core().find_contact(NUMBER)
    assert outcome.error.type == "UnexpectedResultError"
    assert outcome.returned == returned
    assert outcome.answer["returnMessage"]["message"]


async def test_an_error_becomes_productions_message_and_keeps_its_truth(make_core, connector):
    connector.results["findContact"] = failed("RecordNotFoundError", 404)
    outcome = await make_core().find_contact(NUMBER)
    assert outcome.answer["successful"] is False
    assert outcome.answer["returnMessage"]["message"] == "Authorization error"
    assert outcome.error.message == "broken"
    assert not outcome.unknown


async def test_without_a_token_the_connector_is_not_asked(make_core, connector):
    outcome = await make_core(token="").find_contact(NUMBER)
    assert outcome.answer["returnMessage"]["message"] == "Contact not found"
    assert outcome.error.type == "NotConnectedError"
    assert connector.calls == []


async def test_the_second_lookup_is_answered_by_the_account(make_core, connector):
    connector.results["findContact"] = {"successful": False, "matchedContactInfo": [ADA, NEW]}
    core = make_core(operations=(*OPERATIONS, "checkAndRefreshAccessToken"))
    await core.find_contact(NUMBER, ["###"])
    connector.calls.clear()
    connector.results["checkAndRefreshAccessToken"] = failed("AuthenticationError", 401)
    outcome = await core.find_contact(NUMBER, ["another format"])
    assert outcome.cached
    assert outcome.answer == {"successful": True, "returnMessage": None, "contact": [ADA, NEW]}
    assert connector.calls == []


async def test_a_cached_answer_says_how_old_it_is(make_core, connector, store):
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": [ADA]}
    core = make_core()
    fresh = await core.find_contact(NUMBER)
    store.set_age(Table.CONTACTS, ("acc", "myCRM", NUMBER), 86_400.0)
    cached = await core.find_contact(NUMBER)
    assert (fresh.cache_layer, fresh.cache_age_s) == ("", None)
    assert (cached.cache_layer, cached.cache_age_s) == ("account", 86_400.0)


async def test_nothing_is_kept_without_an_account_or_without_a_real_contact(
    make_core, connector, store
):
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": [ADA]}
    await make_core(account=None).find_contact(NUMBER)
    assert await store.cached_contacts("", "myCRM", NUMBER) is None
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": [NEW]}
    await make_core().find_contact(NUMBER)
    assert await store.cached_contacts("acc", "myCRM", NUMBER) is None


async def test_a_forced_refresh_asks_again_and_forgets_who_is_gone(make_core, connector, store):
    core = make_core()
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": [ADA, NEW]}
    await core.find_contact(NUMBER)
    connector.results["findContact"] = failed("CrmUnavailableError", 503)
    await core.find_contact(NUMBER, force_refresh=True)
    assert await store.cached_contacts("acc", "myCRM", NUMBER) is not None
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": [NEW]}
    outcome = await core.find_contact(NUMBER, force_refresh=True)
    assert not outcome.cached
    assert await store.cached_contacts("acc", "myCRM", NUMBER) is None


async def test_the_session_is_refreshed_before_the_operation(make_core, connector):
    connector.results["findContact"] = {"successful": True, "matchedContactInfo": [ADA]}
    connector.results["checkAndRefreshAccessToken"] = {"accessToken": "K2"}
    core = make_core(auth_type="oauth", operations=("findContact", "checkAndRefreshAccessToken"))
    await core.find_contact(NUMBER)
    assert connector.names() == ["checkAndRefreshAccessToken", "findContact"]
    assert connector.input_of("findContact")["authHeader"] == "Bearer K2"
    assert connector.input_of("findContact")["user"]["accessToken"] == "K2"


async def test_a_failing_refresh_is_the_operations_failure(make_core, connector):
    connector.results["checkAndRefreshAccessToken"] = failed("AuthenticationError", 401)
    core = make_core(auth_type="oauth", operations=(*OPERATIONS, "checkAndRefreshAccessToken"))
    outcome = await core.create_contact(NUMBER, "Ada")
    assert outcome.answer["returnMessage"]["message"] == "Authorization error"
    assert not outcome.unknown
    assert "createContact" not in connector.names()


async def test_changes_of_the_user_are_merged_and_wrong_ones_refused(make_core):
    core = make_core()
    core.apply_user_changes({"platformAdditionalInfo": {"a": 1}})
    refused = core.apply_user_changes(
        {"platformAdditionalInfo": {"b": 2}, "hostname": "h", "id": [], "unheardOf": 1}
    )
    assert core.user.platform_additional_info == {"a": 1, "b": 2}
    assert core.user.hostname == "h"
    assert core.user.id == "u1-myCRM"
    assert refused == ("id", "unheardOf")


async def test_a_name_that_nobody_has(make_core, connector):
    connector.results["findContactWithName"] = {"successful": True, "matchedContactInfo": []}
    outcome = await make_core().find_contact_with_name("Zed")
    assert outcome.answer["returnMessage"]["message"] == "No contact found with name Zed "
    assert outcome.answer["contact"] == []
    assert connector.input_of("findContactWithName")["name"] == "Zed"


async def test_an_operation_that_is_not_there(make_core):
    outcome = await make_core(operations=BASE).find_contact_with_name("Zed")
    assert outcome.answer["returnMessage"]["message"] == "Error searching contacts"
    assert outcome.error.type == "MissingOperationError"


async def test_a_created_contact_is_successful_even_with_id_0(make_core, connector, store):
    told = {"message": "Careful", "messageType": "warning", "ttl": 1}
    contact = {"id": 0, "name": ""}
    connector.results["createContact"] = {"contactInfo": contact, "returnMessage": told}
    outcome = await make_core().create_contact(NUMBER, "Ada Lovelace", "", {"a": "b"})
    assert outcome.answer == {"successful": True, "returnMessage": told, "contact": contact}
    sent = connector.input_of("createContact")
    assert (sent["newContactName"], sent["newContactType"]) == ("Ada Lovelace", "")
    assert sent["additionalSubmission"] == {"a": "b"}
    assert await store.cached_contacts("acc", "myCRM", NUMBER) is None


async def test_a_contact_that_was_not_created(make_core, connector):
    told = {"message": "No", "messageType": "warning", "ttl": 1}
    connector.results["createContact"] = {"contactInfo": None, "returnMessage": told}
    outcome = await make_core().create_contact(NUMBER, "Ada")
    assert outcome.answer == {"successful": False, "returnMessage": told, "contact": None}
    assert outcome.error is None


async def test_nothing_returned_from_create_is_an_error(make_core, connector):
    connector.results["createContact"] = None
    outcome = await make_core().create_contact(NUMBER, "Ada")
    assert outcome.answer["returnMessage"]["message"] == "Error creating contact"
    assert outcome.error.type == "UnexpectedResultError"
    assert not outcome.unknown


@pytest.mark.parametrize(
    "returned", [{"contact": {"id": 1}}, {"contactInfo": "12"}, {"contactInfo": {"name": "x"}}]
)
async def test_a_create_whose_result_cannot_be_read_may_have_happened(
    make_core, connector, returned
):
    connector.results["createContact"] = returned
    outcome = await make_core().create_contact(NUMBER, "Ada")
    assert outcome.error.type == "UnexpectedResultError"
    assert outcome.unknown


async def test_a_write_that_timed_out_is_unknown_and_sent_once(make_core, connector):
    connector.results["createContact"] = failed("ConnectorTimeoutError")
    outcome = await make_core().create_contact(NUMBER, "Ada")
    assert outcome.unknown
    assert connector.names().count("createContact") == 1


async def test_a_logged_call_is_kept_and_not_logged_twice(make_core, connector, store):
    core = make_core()
    connector.results["createCallLog"] = {"logId": "L1"}
    outcome = await core.create_call_log(CALL, TO_ADA, note="hello", title="My title")
    assert outcome.answer == {"successful": True, "logId": "L1"}
    sent = connector.input_of("createCallLog")
    assert sent["contactInfo"] == {
        "id": "11",
        "phoneNumber": NUMBER,
        "type": "Contact",
        "name": "Ada Lovelace",
    }
    assert sent["callLog"]["customSubject"] == "My title"
    assert sent["composedLogDetails"] == (
        "- Note: hello\n- Summary: My title\n- Date/Time: 2026-01-01 12:00:00 AM\n"
        "- Duration: 1 minute, 5 seconds\n- Result: Call connected\n"
    )
    assert (await store.call_log("s1", "myCRM", "u1-myCRM")).id == "ts1"
    again = await core.create_call_log(CALL, TO_ADA)
    assert again.answer["returnMessage"]["message"] == "Existing log for session s1"
    assert connector.names().count("createCallLog") == 1


@pytest.mark.parametrize("contact_id", [0, "0", ""])
async def test_a_call_needs_a_contact(make_core, connector, contact_id):
    outcome = await make_core().create_call_log(CALL, CallContact(id=contact_id))
    assert outcome.answer["returnMessage"]["message"] == f"Contact not found for number {NUMBER}"
    assert connector.calls == []


async def test_a_log_without_an_id_is_a_failure(make_core, connector, store):
    told = {"message": "No", "messageType": "warning", "ttl": 1}
    connector.results["createCallLog"] = {"logId": None, "returnMessage": told}
    outcome = await make_core().create_call_log(CALL, TO_ADA)
    assert outcome.answer == {"successful": False, "logId": None, "returnMessage": told}
    assert outcome.error is None
    connector.results["createCallLog"] = {"id": 5}
    outcome = await make_core().create_call_log(CALL, TO_ADA)
    assert outcome.error.type == "UnexpectedResultError"
    assert outcome.unknown
    assert await store.call_log("s1", "myCRM", "u1-myCRM") is None


async def logged(core, connector):
    connector.results["createCallLog"] = {"logId": "L1"}
    await core.create_call_log(CALL, TO_ADA, note="hello")
    connector.calls.clear()


async def test_a_logged_call_is_read_back(make_core, connector):
    core = make_core()
    await logged(core, connector)
    info = {"subject": "s", "note": "hello", "fullBody": "- Note: hello\n"}
    connector.results["getCallLog"] = {"callLogInfo": info}
    outcome = await core.get_call_log("s1")
    assert outcome.answer["logs"] == [
        {"sessionId": "s1", "matched": True, "logId": "L1", "logData": info}
    ]
    sent = connector.input_of("getCallLog")
    assert (sent["callLogId"], sent["telephonySessionId"], sent["contactId"]) == ("L1", "ts1", "11")


async def test_a_call_that_is_not_logged_is_not_matched(make_core, connector):
    outcome = await make_core().get_call_log("s9")
    assert outcome.answer["logs"] == [{"sessionId": "s9", "matched": False}]
    assert connector.calls == []


async def test_an_update_recomposes_the_body_that_the_crm_has(make_core, connector):
    core = make_core()
    await logged(core, connector)
    connector.results["getCallLog"] = {
        "callLogInfo": {
            "subject": "s",
            "note": "hello",
            "fullBody": "- Note: hello\n- Duration: 65 seconds\nmine",
            "fullLogResponse": {"id": 1},
        }
    }
    connector.results["updateCallLog"] = {"updatedNote": "x", "returnMessage": None}
    outcome = await core.update_call_log("s1", note="hello2", subject="new", duration=70)
    assert outcome.answer == {
        "successful": True,
        "logId": "L1",
        "updatedNote": "x",
        "returnMessage": None,
    }
    sent = connector.input_of("updateCallLog")
    assert sent["existingCallLog"]["thirdPartyLogId"] == "L1"
    assert sent["existingCallLogDetails"] == {"id": 1}
    assert sent["composedLogDetails"] == (
        "- Note: hello2\n- Duration: 1 minute, 10 seconds\nmine\n- Summary: new\n"
    )


async def test_an_update_goes_on_when_the_log_cannot_be_read(make_core, connector):
    core = make_core()
    await logged(core, connector)
    connector.results["getCallLog"] = failed("CrmUnavailableError", 500)
    connector.results["updateCallLog"] = {"updatedNote": "x"}
    outcome = await core.update_call_log("s1", note="hello2")
    assert outcome.answer["successful"] is True
    assert connector.input_of("updateCallLog")["composedLogDetails"] == "- Note: hello2\n"


async def test_only_a_logged_call_can_be_changed(make_core, connector):
    outcome = await make_core().update_call_log("s9", note="x")
    assert outcome.answer == {"successful": False}
    assert outcome.error.type == "CallLogNotFoundError"
    assert connector.calls == []


async def test_dispositions_go_to_the_logged_call(make_core, connector):
    core = make_core()
    await logged(core, connector)
    connector.results["upsertCallDisposition"] = {"logId": "L1"}
    outcome = await core.upsert_disposition("s1", {"note": "x"})
    assert outcome.answer == {"successful": True, "logId": "L1"}
    assert connector.input_of("upsertCallDisposition")["dispositions"] == {"note": "x"}
    missing = await core.upsert_disposition("s9", {})
    assert missing.answer["successful"] is False
