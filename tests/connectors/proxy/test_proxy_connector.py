"""Each operation of a proxy connector: what is asked, what comes back, what is reported."""

import asyncio
import json

import httpx
import pytest

from connectors.contract import errors, model
from connectors.contract.hosting import InvokeOptions
from connectors.contract.model import from_wire
from connectors.contract.operations import OPERATIONS
from connectors.host.local import LocalHost
from connectors.proxy.config import read_config
from connectors.proxy.connector import connector_of
from tests.connectors.bench_context import RecordingContext

USER = {"id": "7-crm", "accessToken": "key", "platformAdditionalInfo": {"owner": 5}}
CONTACT = {"id": 1, "name": "Ada", "phoneNumber": "+1"}
CALL = {"sessionId": "s", "direction": "Outbound", "startTime": 0, "duration": 65}
SAVED = {"thirdPartyLogId": "31", "sessionId": "s"}


class Crm:
    """A CRM that answers all with one answer, and remembers what it was asked."""

    def __init__(self, status=200, body=None, **more):
        self.answer = {"status_code": status, "json": body} | more
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        return httpx.Response(**self.answer)

    @property
    def sent(self):
        return json.loads(self.requests[-1].content)


class Desk:
    """One config, driven by the input of each operation."""

    def __init__(self, crm, **operations):
        data = {
            "meta": {"name": "crm", "logFormat": "text/plain"},
            "auth": {"type": "apiKey"},
            "requestDefaults": {"baseUrl": "https://crm.example"},
            "operations": operations,
        }
        self.context = RecordingContext(httpx.AsyncClient(transport=httpx.MockTransport(crm)))
        self.connector = connector_of(read_config(json.dumps(data)))(self.context)

    async def run(self, operation, **given):
        known = OPERATIONS[operation]
        given = {"user": USER} | given if operation != "getUserInfo" else given
        method = getattr(self.connector, known.method)
        return await method(from_wire(given, known.input))

    @property
    def reported(self):
        return [code for code, _text in self.context.findings]


def test_the_kind_of_authentication_and_of_the_log():
    desk = Desk(Crm())
    assert desk.connector.get_auth_type() == "apiKey"
    assert desk.connector.get_log_format_type() == "text/plain"
    assert desk.connector.get_basic_auth(model.GetBasicAuthInput(api_key="key")) == "a2V5Og=="
    bare = connector_of(read_config('{"auth": {}, "operations": {}}'))(desk.context)
    assert (bare.get_auth_type(), bare.get_log_format_type()) == ("apiKey", "")
    oauth = connector_of(read_config('{"auth": {"type": "oauth"}, "operations": {}}'))
    assert oauth(desk.context).get_auth_type() == "oauth"


async def test_find_contact():
    crm = Crm(body=[{"id": 1, "name": "Ada"}, {"id": 1, "name": "Ada"}])
    url = "p/{{phoneNumber}}"
    query = {"q": "{{parsedPhoneNumber.number.national}}", "f": "{{overridingFormat}}",
             "e": "{{isExtension}}"}  # fmt: skip
    desk = Desk(crm, findContact={"url": url, "query": query, "responseMapping": {}})
    result = await desk.run("findContact", phoneNumber="+14155550132", authHeader="Basic core")
    assert str(crm.requests[0].url) == (
        "https://crm.example/p/+14155550132?q=(415)+555-0132&f=&e=false"
    )
    assert crm.requests[0].headers["authorization"] == "Basic core"
    assert crm.requests[0].content == b"{}"
    assert result["successful"] is True
    assert [each["id"] for each in result["matchedContactInfo"]] == [1, 1]
    assert result["returnMessage"] == {
        "messageType": "success",
        "message": "Found 2 contacts",
        "ttl": 3000,
    }
    assert desk.reported == []


async def test_a_value_that_is_not_there_is_reported_and_sent_empty():
    crm = Crm(body=[])
    query = {"a": "{{parsedPhoneNumber.number.e164}}", "o": "<{{user.platformAdditionalInfo.org}}>"}
    desk = Desk(crm, findContact={"query": query, "responseMapping": {}})
    result = await desk.run("findContact", phoneNumber="101")
    assert crm.requests[0].url.query == b"o=%3C%3E"
    assert result["returnMessage"]["message"] == "Found 0 contacts"
    assert [text for _code, text in desk.context.findings] == [
        "{{parsedPhoneNumber.number.e164}} in findContact has no value in this call, so it was "
        "sent empty.",
        "{{user.platformAdditionalInfo.org}} in findContact has no value in this call, so it was "
        "sent empty.",
    ]


async def test_find_contact_with_name():
    crm = Crm(body={"rows": [{"id": "a"}]})
    mapping = {"listPath": "body.rows"}
    operation = {"query": {"n": "{{name}}"}, "responseMapping": mapping}
    desk = Desk(crm, findContactWithName=operation)
    result = await desk.run("findContactWithName", name="Ada & Co")
    assert crm.requests[0].url.query == b"n=Ada+%26+Co"
    assert [each["id"] for each in result["matchedContactInfo"]] == ["a"]


async def test_create_contact():
    crm = Crm(201, {"id": 9, "name": "Ada"})
    operation = {
        "method": "post",
        "body": {"n": "{{newContactName}}", "more": "{{additionalSubmission}}", "x": "{{apiKey}}"},
        "responseMapping": {"idPath": "body.id"},
    }
    desk = Desk(crm, createContact=operation)
    given = {"phoneNumber": "+1", "newContactName": "Ada", "additionalSubmission": {"a": [1]}}
    result = await desk.run("createContact", **given)
    assert crm.requests[0].method == "POST"
    assert crm.sent == {"n": "Ada", "more": {"a": [1]}, "x": "key"}
    assert result["contactInfo"] == {"id": 9, "name": "Ada", "type": "Contact"}
    await desk.run("createContact", newContactName="Ada")
    assert "more" not in crm.sent
    assert desk.reported == []


async def test_a_create_without_a_path_of_the_id_fails_after_the_write():
    crm = Crm(201, {"id": 9})
    desk = Desk(crm, createContact={"method": "POST"})
    result = await desk.run("createContact", newContactName="Ada")
    assert len(crm.requests) == 1
    assert result["contactInfo"] is None
    assert result["returnMessage"]["message"] == "Contact created"
    assert desk.reported == ["MISSING_MAPPING"]


async def test_create_call_log():
    crm = Crm(201, {"id": 31})
    body = {
        "t": "{{subject}}", "s": "{{startTime}}", "e": "{{endTime}}", "n": "{{note}}",
        "b": "{{composedLogDetails}}", "c": "{{callLog}}", "who": "{{contactInfo}}",
        "r": "{{ringSenseAIScore}}", "v": "{{voicemailLink}}", "a": "{{aiNote}}",
    }  # fmt: skip
    desk = Desk(crm, createCallLog={"method": "POST", "body": body, "responseMapping": {}})
    given = {"contactInfo": CONTACT, "callLog": CALL, "note": "N", "composedLogDetails": "D"}
    result = await desk.run("createCallLog", **given, voicemailLink="v")
    assert result["logId"] == "31"
    assert crm.sent == {
        "t": "Outbound Call to Ada",
        "s": "1970-01-01T00:00:00.000Z",
        "e": "1970-01-01T00:01:05.000Z",
        "n": "N",
        "b": "D",
        "c": CALL | {"from": {}, "to": {}, "result": ""},
        "who": CONTACT,
        "r": "",
        "v": "v",
    }
    assert desk.reported == []


async def test_a_log_without_an_id_or_mapping_has_none():
    desk = Desk(Crm(201, {}), createCallLog={"method": "POST", "responseMapping": {}})
    result = await desk.run("createCallLog", contactInfo=CONTACT, callLog=CALL)
    assert "logId" not in result


async def test_get_call_log():
    crm = Crm(body={"subject": "S", "note": "N"})
    desk = Desk(crm, getCallLog={"url": "logs/{{thirdPartyLogId}}"})
    result = await desk.run("getCallLog", callLogId="31")
    assert str(crm.requests[0].url) == "https://crm.example/logs/31"
    assert result["callLogInfo"]["fullBody"] == "N"
    assert result["returnMessage"]["message"] == "Call log fetched."


async def test_update_call_log():
    crm = Crm(body="")
    body = {"s": "{{startTime}}", "e": "{{endTime}}", "d": "{{existingCallLogDetails.x}}"}
    operation = {"method": "PATCH", "url": "logs/{{existingCallLog.thirdPartyLogId}}", "body": body}
    desk = Desk(crm, updateCallLog=operation)
    given = {"existingCallLog": SAVED, "startTime": 1000, "duration": 1}
    result = await desk.run("updateCallLog", **given, existingCallLogDetails={"x": 5})
    assert str(crm.requests[0].url) == "https://crm.example/logs/31"
    assert crm.sent == {
        "s": "1970-01-01T00:00:01.000Z",
        "e": "1970-01-01T00:00:02.000Z",
        "d": 5,
    }
    assert result["updatedNote"] is None


async def test_upsert_call_disposition():
    crm = Crm(204, content=b"", json=None)
    crm.answer.pop("json")
    desk = Desk(crm, upsertCallDisposition={"method": "POST", "body": {"d": "{{dispositions.a}}"}})
    given = {"existingCallLog": SAVED, "dispositions": {"a": "x"}}
    result = await desk.run("upsertCallDisposition", **given)
    assert (crm.sent, result["logId"]) == ({"d": "x"}, "31")


async def test_get_user_info():
    crm = Crm(body={"id": 7, "name": "Ada"})
    mapping = {"idPath": "body.id", "namePath": "body.name"}
    operation = {"url": "me/{{hostname}}?k={{apiKey}}", "responseMapping": mapping}
    desk = Desk(crm, getUserInfo=operation)
    result = await desk.run("getUserInfo", apiKey="typed", hostname="h", platform="crm")
    assert str(crm.requests[0].url) == "https://crm.example/me/h?k=typed"
    assert result["platformUserInfo"] == {"id": "7-crm", "name": "Ada"}
    assert result["returnMessage"]["message"] == "Connected to crm."


async def test_unauthorize_forgets_the_tokens():
    crm = Crm(body={})
    desk = Desk(crm, unAuthorize={"url": "out"})
    result = await desk.run("unAuthorize", authHeader="Basic core")
    assert (len(crm.requests), result["successful"]) == (1, True)
    assert "authorization" not in crm.requests[0].headers
    assert desk.context.user_changes == {"access_token": "", "refresh_token": ""}
    await Desk(crm).run("unAuthorize")
    assert len(crm.requests) == 1


@pytest.mark.parametrize(
    ("operation", "given", "part"),
    [
        ("findContact", {}, {"successful": True, "matchedContactInfo": []}),
        ("findContactWithName", {}, {"successful": True, "matchedContactInfo": []}),
        ("createContact", {}, {"contactInfo": None}),
        ("createCallLog", {"contactInfo": CONTACT, "callLog": CALL}, {}),
        ("getCallLog", {}, {"callLogInfo": None}),
        ("updateCallLog", {"existingCallLog": SAVED}, {}),
        ("upsertCallDisposition", {"existingCallLog": SAVED}, {}),
        ("getUserInfo", {}, {"successful": False}),
    ],
)
async def test_a_missing_operation_is_answered_without_a_request(operation, given, part):
    crm = Crm()
    desk = Desk(crm)
    result = await desk.run(operation, **given)
    said = result.pop("returnMessage", {})
    assert result == part
    assert crm.requests == []
    assert desk.reported == ["MISSING_OPERATION"]
    if not operation.startswith("find"):
        assert said["messageType"] == "warning"
    if operation not in ("getUserInfo", "findContact", "findContactWithName"):
        assert (said["message"], said["ttl"]) == ("Not supported", 2000)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.UnexpectedResponseError),
        (401, errors.AuthenticationError),
        (404, errors.RecordNotFoundError),
        (429, errors.RateLimitError),
        (503, errors.CrmUnavailableError),
    ],
)
async def test_a_refusal_keeps_its_status_and_is_printed_as_production_prints_it(
    status, kind, capsys
):
    desk = Desk(Crm(status, {}), findContact={"url": "p?key=secret", "responseMapping": {}})
    with pytest.raises(kind) as caught:
        await desk.run("findContact", phoneNumber="+1")
    assert caught.value.status == status
    line = capsys.readouterr().err
    assert line.startswith("PROXY_CONNECTOR_REQUEST_FAILED {")
    facts = json.loads(line.partition(" ")[2])
    assert (facts["targetHost"], facts["statusCode"]) == ("crm.example", status)
    assert "secret" not in line


async def test_an_answer_that_is_no_list_is_an_error():
    desk = Desk(Crm(body={"a": 1}), findContact={"responseMapping": {}})
    with pytest.raises(errors.UnexpectedResponseError, match="check listPath"):
        await desk.run("findContact", phoneNumber="+1")


async def test_an_answer_that_is_no_json_is_text():
    crm = Crm()
    crm.answer = {"status_code": 200, "content": "\ufeffplain é".encode()}
    desk = Desk(crm, getCallLog={"responseMapping": {"notePath": "body"}})
    result = await desk.run("getCallLog", callLogId=1)
    assert result["callLogInfo"]["note"] == "plain é"


async def test_problems_of_the_config_are_reported_where_they_count():
    operations = {
        "findContact": {"urls": 1, "responseMapping": {}},
        "findContactWithName": {"responseMapping": {}},
        "other": {},
    }
    desk = Desk(Crm(body=[]), **operations)
    await desk.run("findContactWithName", name="x")
    assert desk.reported == ["UNKNOWN_KEY"]
    await desk.run("findContact", phoneNumber="+14155550132")
    assert desk.reported == ["UNKNOWN_KEY"] * 3
    assert all("(line 1)." in text for _code, text in desk.context.findings)


async def test_a_value_that_is_nested_too_deeply_is_wrong_input():
    deep = []
    for _ in range(3000):
        deep = [deep]
    operation = {"query": {"a": "{{additionalSubmission}}"}, "responseMapping": {"idPath": "x"}}
    desk = Desk(Crm(), createContact=operation)
    with pytest.raises(errors.InvalidInputError, match="nested too deeply"):
        await desk.connector.create_contact(
            model.CreateContactInput(additional_submission={"a": deep})
        )


async def test_no_answer_within_the_configs_time():
    async def never(_request):
        await asyncio.Event().wait()

    config = '{"auth": {}, "requestDefaults": {"timeoutSeconds": 0.05}, "operations": '
    config += '{"findContact": {"url": "https://crm.example/", "responseMapping": {}}}}'
    client = httpx.AsyncClient(transport=httpx.MockTransport(never))
    connector = connector_of(read_config(config))(RecordingContext(client))
    with pytest.raises(errors.CrmUnavailableError, match=r"within 0\.05 s, the config's"):
        await connector.find_contact(model.FindContactInput(phone_number="+1"))


@pytest.mark.parametrize("url", ["people", "", "ftp://crm.example/"])
async def test_an_address_that_is_none_is_wrong_input(url):
    config = {"auth": {}, "operations": {"findContact": {"url": url, "responseMapping": {}}}}
    client = httpx.AsyncClient()
    connector = connector_of(read_config(json.dumps(config)))(RecordingContext(client))
    with pytest.raises(errors.InvalidInputError, match="no request can be made"):
        await connector.find_contact(model.FindContactInput(phone_number="+1"))
    await client.aclose()


class Station:
    """A server on loopback that gives one answer and keeps what it was sent."""

    def __init__(self, head):
        self.head = head
        self.heads = []

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def serve(self, reader, writer):
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        writer.write(self.head.encode() + b"Connection: close\r\nContent-Length: 2\r\n\r\n[]")
        await writer.drain()
        writer.close()

    async def close(self):
        self.server.close()
        await self.server.wait_closed()


@pytest.mark.parametrize("operation", ["findContact", "createContact"])
async def test_a_redirect_to_another_host(operation, tmp_path, at_end):
    stranger = await Station("HTTP/1.1 200 OK\r\n").start()
    at_end.append(stranger.close)
    moved = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {stranger.url}/elsewhere\r\n"
    crm = await Station(moved).start()
    at_end.append(crm.close)
    config = {
        "auth": {"credentialTemplate": "{{apiKey}}", "encode": "none", "headerName": "X-Key"},
        "operations": {
            "findContact": {"url": f"{crm.url}/a", "responseMapping": {}},
            "createContact": {
                "method": "POST",
                "url": f"{crm.url}/a",
                "responseMapping": {"idPath": "body.id"},
            },
        },
    }
    path = tmp_path / "proxy.json"
    path.write_text(json.dumps(config))
    host = LocalHost(str(path))
    at_end.append(host.close)
    reply = await host.invoke(
        operation,
        {"user": {"accessToken": "canary-0123"}, "phoneNumber": "+14155550132"},
        options=InvokeOptions(),
        timeout_s=20,
        on_event=lambda _event: None,
    )
    assert "X-Key: canary-0123" in crm.heads[0]
    if operation == "findContact":
        assert reply.result["matchedContactInfo"] == []
        assert "canary" not in stranger.heads[0]
    else:
        assert stranger.heads == []
        assert (reply.error.type, reply.error.status) == ("UnexpectedResponseError", 307)
        assert "redirects a POST to" in reply.error.message
