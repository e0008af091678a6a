"""The verbs through the real server, and what is in the CRM afterwards."""

import json
import sqlite3

import jwt
import pytest

from app.evidence import evidence_of
from app.explain.verdict import verdict_of
from app.journal import ServerTraced
from app.probe import Question, probe
from connectors.contract.model import CallContact, CallLog, CallParty, User
from connectors.host.process import HostProcess
from connectors.runtime.core import Outcome

ADA = "+14155550100"
CALL = CallLog(
    session_id="s1",
    telephony_session_id="ts1",
    id="c1",
    direction="Outbound",
    from_=CallParty(phone_number="+14155550111"),
    to=CallParty(phone_number=ADA, name="Ada"),
    start_time=1767225600000,
    duration=65,
    result="Call connected",
)


def verdict(bench, run):
    return verdict_of(evidence_of(bench.journal.events(run.run_id), run.run_id))


def traced(bench, run):
    return [each.step.name for each in evidence_of(bench.journal.events(), run.run_id).traced]


async def test_a_lookup_is_one_request_with_its_trace(connected, desk):
    bench = await connected(HostProcess)
    run = await bench.find(ADA, ["(***) ***-****", "+1 *"])
    assert [(each.id, each.name) for each in run.contacts] == [
        (11, "Ada Lovelace"),
        ("createNewContact", "Create new contact..."),
    ]
    assert (run.outcome.error, run.outcome.cached) == (None, False)
    (exchange,) = run.exchanges
    assert exchange.url.endswith(
        "/contact?jwtToken=[REDACTED]&phoneNumber=%2B14155550100"
        "&overridingFormat=%28%2A%2A%2A%29+%2A%2A%2A-%2A%2A%2A%2A%2C%2B1+%2A&isExtension=false"
    )
    assert desk.asked == [("GET", "/people?phone=%2B14155550100")]
    assert traced(bench, run)[:3] == [
        "findContact:start",
        "findContact:jwtDecoded",
        "handler.findContact:entered",
    ]
    evidence = evidence_of(bench.journal.events(), run.run_id)
    assert all(each.at_ms >= exchange.started_ms for each in evidence.traced)
    assert "_debug" not in json.dumps(run.outcome.answer)
    assert (verdict(bench, run).code, verdict(bench, run).text) == (
        "FOUND",
        "Ada Lovelace was found.",
    )


async def test_nobody_found_is_not_explained_with_what_cannot_be_seen(connected):
    bench = await connected()
    run = await bench.find("+14155550199")
    assert run.message["message"] == "Contact not found"
    assert run.outcome.error is None
    told = verdict(bench, run)
    assert (told.code, told.proven) == ("BEHIND_SERVER", False)
    assert "is not visible from here" in told.text
    assert told.exchanges == tuple(each.id for each in run.exchanges)


async def test_the_servers_cache_answers_and_a_refresh_goes_past_it(connected, core, desk):
    bench = await connected()
    database = sqlite3.connect(core.database)
    with database:
        # What a sign-in with a RingCentral token would have written.
        database.execute("update users set rcAccountId = 'rc-1' where id = 'tess-desk'")
    first = await bench.find(ADA)
    desk.people[11]["name"] = "Ada King"
    second = await bench.find(ADA)
    assert (first.outcome.cached, second.outcome.cached) == (False, True)
    assert second.outcome.cache_layer == "account"
    assert second.contacts[0].name == "Ada Lovelace"
    assert len(desk.asked) == 1
    assert verdict(bench, second).code == "CACHED"
    third = await bench.find(ADA, force_refresh=True)
    assert (third.outcome.cached, third.contacts[0].name) == (False, "Ada King")
    assert third.exchanges[0].url.endswith("&isForceRefreshAccountData=true")
    with database:
        database.execute("update users set rcAccountId = null")
        database.execute("delete from accountData")
    database.close()


async def test_search_by_name(connected):
    bench = await connected()
    found = await bench.search("Ada")
    assert [each.id for each in found.contacts] == [11]
    nobody = await bench.search("Zed & Sons #1")
    assert nobody.message["message"] == "No contact found with name Zed & Sons #1 "
    assert nobody.exchanges[0].url.endswith("&name=Zed+%26+Sons+%231")


async def test_a_probe_invents_nothing_about_the_servers_requests(connected, desk):
    desk.people[12] = {"name": "Omar Diaz", "phone": "(415) 555-0166"}
    bench = await connected()
    probed = await probe(bench, "+14155550166", [], Question(name="Omar Diaz"))
    assert (probed.verdict.code, probed.verdict.proven) == ("BEHIND_SERVER", False)
    # The format was tried, and this connector did not find the record with it either.
    assert [advice.code for advice in probed.advice] == ["NONE"]
    assert ("GET", "/people?phone=%2B14155550166") in desk.asked


async def test_a_contact_and_a_log_arrive_in_the_crm(connected, desk):
    bench = await connected()
    made = await bench.create("+14155550177", "Grace Hopper", "person")
    assert made.message["message"] == "Contact created."
    assert desk.people[12] == {"name": "Grace Hopper", "phone": "+14155550177", "type": "person"}

    session = f"s-{desk.server_port}"
    call = CallLog(**{**fields(CALL), "session_id": session, "custom_subject": "Hello"})
    contact = CallContact(id=12, name="Grace Hopper", type="person")
    logged = await bench.log(call, contact, "first note", {"deal": "7"})
    assert (logged.outcome.answer["logId"], logged.outcome.error) == ("41", None)
    row = desk.calls[41]
    assert (row["person"], row["subject"], row["fields"]) == (12, "Hello", {"deal": "7"})
    # The body is the server's: nothing is composed on this side, and nothing twice.
    assert row["body"].count("- Note: first note") == 1

    again = await bench.log(call, contact, "first note")
    assert again.message["message"] == f"Existing log for session {session}"
    assert (again.outcome.error, again.outcome.unknown) == (None, False)
    assert len(desk.calls) == 1

    read = await bench.read_log(session)
    (log,) = read.outcome.answer["logs"]
    assert (log["matched"], log["logId"], log["logData"]["subject"]) == (True, "41", "Hello")
    changed = await bench.update_log(call, "second note", "Changed")
    assert changed.message["message"] == "Call log updated."
    assert desk.calls[41]["subject"] == "Changed"
    assert "second note" in desk.calls[41]["body"]
    disposed = await bench.dispose(session, {"outcome": "sold", "note": "n"})
    assert disposed.message["message"] == "Disposition set."
    assert desk.calls[41]["disposition"] == {"outcome": "sold", "note": "n"}


async def test_a_call_that_this_server_has_not_logged(connected):
    bench = await connected()
    read = await bench.read_log("never")
    assert read.outcome.answer["logs"] == [{"sessionId": "never", "matched": False}]
    unknown = CallLog(session_id="never")
    changed = await bench.update_log(unknown, "n", "s")
    assert "has not logged that call" in changed.outcome.error.message
    assert not changed.outcome.unknown
    disposed = await bench.dispose("never", {"a": 1})
    assert (disposed.message["message"], disposed.outcome.error) == ("Cannot find log", None)


@pytest.mark.parametrize(
    ("status", "kind", "code", "words"),
    [
        (500, "ServerFailedError", "HTTP_ERROR", "status code 500"),
        (429, "RateLimitError", "RATE_LIMIT", "try again in a minute"),
        (403, "RefusedError", "AUTH", "refused the server's request with 403"),
    ],
)
async def test_a_failing_crm_is_told_with_its_status(connected, desk, status, kind, code, words):
    bench = await connected()
    desk.status = status
    run = await bench.find(ADA)
    error = run.outcome.error
    assert (error.type, error.status) == (kind, status)
    assert words in error.message
    assert verdict(bench, run).code == code
    assert run.message  # what the extension shows stays beside it


async def test_a_write_that_failed_behind_the_server_may_have_been_done(connected, desk):
    bench = await connected()
    desk.status = 500
    run = await bench.create("+14155550178", "Who Knows", "person")
    assert (run.outcome.error.type, run.outcome.unknown) == ("ServerFailedError", True)
    desk.status = 422
    refused = await bench.log(CALL, CallContact(id=11))
    assert refused.outcome.unknown


async def test_a_user_who_has_signed_out_is_told_apart_from_nobody_found(connected, core, invoked):
    bench = await connected()
    token = bench.core.user.access_token
    reply, exchange = await invoked(f"{core.url}#desk", token, "unAuthorize", {})
    assert reply.result["body"]["message"] == "Signed out of Desk."
    assert (exchange.method, exchange.url) == (
        "POST",
        f"{core.url}/unAuthorize?jwtToken=[REDACTED]",
    )
    run = await bench.find(ADA)
    assert run.message["message"] == "Contact not found"
    assert run.outcome.error.type == "AuthenticationError"
    assert "signed out of the CRM" in run.outcome.error.message
    assert verdict(bench, run).code == "AUTH"
    made = await bench.create("+14155550177", "Grace Hopper")
    assert "signed out of the CRM" in made.outcome.error.message


async def test_a_session_that_the_crm_has_ended(core, signed, opened):
    user, _signing, _events = await signed(f"{core.url}#lapsed", access_token="any")
    bench = await opened(f"{core.url}#lapsed", access_token=user.access_token)
    run = await bench.find(ADA)
    assert (run.outcome.error.type, run.outcome.error.status) == ("AuthenticationError", 401)
    assert "CRM_SESSION_REVOKED" in run.outcome.error.message
    assert run.message["message"] == "User session expired. Please connect again."
    made = await bench.create("+14155550177", "Grace Hopper")
    assert (made.outcome.error.status, made.outcome.unknown) == (401, False)
    missing = await bench.search("Ada")
    assert missing.outcome.error.type == "MissingOperationError"
    assert missing.exchanges == ()


async def test_a_token_of_another_server(core, opened):
    token = jwt.encode({"id": "u-desk"}, "of-another-server-0123456789-01234567", "HS256")
    bench = await opened(f"{core.url}#desk", access_token=token)
    run = await bench.find(ADA)
    assert run.outcome.error.type == "AuthenticationError"
    assert "Please go to Settings and authorize CRM platform" in run.outcome.error.message
    assert run.message["message"] == "Please go to Settings and authorize CRM platform"
    assert "findContact:invalidToken" in traced(bench, run)
    assert token not in str(run.exchanges)


async def test_without_a_token_nothing_is_sent(core, opened):
    bench = await opened(f"{core.url}#desk")
    run = await bench.find(ADA)
    assert (run.outcome.error.type, run.exchanges) == ("NotConnectedError", ())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html>Please sign in</html>", "text/html"),
        ('{"successful": true, "contact": {"id', "application/json"),
        ("[]", "application/json"),
    ],
)
async def test_a_write_with_an_unreadable_yes_is_unknown(scripted, opened, body, kind):
    scripted.says_what_it_is("createContact", "findContact")
    bench = await opened(f"{scripted.url}#desk", access_token="a-t0ken-of-the-server")
    scripted.says("/contact", 200, body, kind)
    made = await bench.create("+14155550177", "Grace Hopper")
    assert (made.outcome.error.type, made.outcome.unknown) == ("UnexpectedResponseError", True)
    found = await bench.find(ADA)
    assert (found.outcome.error.type, found.outcome.unknown) == ("UnexpectedResponseError", False)


@pytest.mark.parametrize("contact", [{"type": "person"}, {"id": ""}, None])
async def test_a_contact_that_is_made_without_an_id_is_unknown(scripted, opened, contact):
    """What a proxy config makes of an HTML page: production shows "Contact created"."""
    scripted.says_what_it_is("createContact")
    scripted.says("/contact", 200, {"successful": True, "contact": contact})
    bench = await opened(f"{scripted.url}#desk", access_token="a-t0ken-of-the-server")
    made = await bench.create("+14155550177", "Grace Hopper")
    assert (made.outcome.error.type, made.outcome.unknown) == ("NoIdError", True)
    assert "look in the CRM" in made.outcome.error.message


@pytest.mark.parametrize(
    ("status", "unknown"), [(422, False), (500, False), (502, True), (200, True), (None, True)]
)
async def test_the_traced_status_tells_whether_a_failed_write_was_done(
    scripted, opened, status, unknown
):
    thrown = {"methodName": "createContact:error", "elapsed": 1, "level": "error"}
    thrown["data"] = {"message": "it went wrong", "statusCode": status}
    said = {"message": "Error creating contact", "messageType": "warning", "ttl": 5000}
    answer = {"successful": False, "returnMessage": said, "_debug": {"traces": [thrown]}}
    scripted.says_what_it_is("createContact")
    scripted.says("/contact", 200, answer)
    bench = await opened(f"{scripted.url}#desk", access_token="a-t0ken-of-the-server")
    made = await bench.create("+14155550177", "Grace Hopper")
    assert (made.outcome.error.status, made.outcome.unknown) == (status, unknown)


async def test_a_write_without_an_answer_is_unknown_and_a_refused_one_is_not(scripted, opened):
    scripted.says_what_it_is("createContact", "createCallLog")
    bench = await opened(f"{scripted.url}#desk", access_token="a-t0ken-of-the-server")
    scripted.answers["/contact"] = (None, "", "")
    made = await bench.create("+14155550177", "Grace Hopper")
    assert (made.outcome.error.type, made.outcome.unknown) == ("CrmUnavailableError", True)
    scripted.answers.pop("/contact")
    gone = await bench.create("+14155550177", "Grace Hopper")
    assert (gone.outcome.error.type, gone.outcome.unknown) == ("RecordNotFoundError", False)
    assert "has no route POST /contact" in gone.outcome.error.message


async def test_secrets_in_a_trace_reach_neither_journal_nor_screen(scripted, opened):
    """A server of another version may redact less than the real one does."""
    token, key = "a-t0ken-of-the-server", "a-k3y-that-nobody-told"
    dumped = {
        "user": {"accessToken": key, "platformAdditionalInfo": {"apiKey": key, "note": token}},
        "query": {"jwtToken": token},
        "header": f"Bearer {token}",
        "url": f"https://crm.example/people?access_token={key}",
    }
    trace = {"methodName": "findContact:start", "elapsed": 1, "level": "info", "data": dumped}
    scripted.says_what_it_is("findContact")
    answer = {"successful": True, "contact": [], "_debug": {"traces": [trace]}}
    scripted.says("/contact", 200, answer)
    bench = await opened(f"{scripted.url}#desk", access_token=token)
    run = await bench.find(ADA)
    events = list(bench.journal.events(run.run_id))
    assert [event.step.name for event in events if isinstance(event, ServerTraced)] == [
        "findContact:start"
    ]
    assert scripted.asked[-1][1].startswith(f"/contact?jwtToken={token}&")
    assert token not in str(events)
    assert key not in str(events)
    assert "[REDACTED]" in str(events)


async def test_core_makes_no_messages_of_its_own(scripted, opened):
    """A server of another version may be silent; what it did not say is not put in its mouth."""
    scripted.says_what_it_is("findContact")
    scripted.says("/contact", 200, {"successful": True, "contact": []})
    bench = await opened(f"{scripted.url}#desk", access_token="a-t0ken-of-the-server")
    run = await bench.find(ADA)
    assert run.outcome.answer == {"successful": True, "contact": []}
    assert isinstance(run.outcome, Outcome)
    assert not run.outcome.cached
    assert bench.core.user == User(access_token="a-t0ken-of-the-server")


def fields(struct):
    return {name: getattr(struct, name) for name in struct.__struct_fields__}
