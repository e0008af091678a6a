"""Connectors in JavaScript, unchanged, through the host that the bench uses."""

import asyncio
import gzip
import json
import shutil
import subprocess
import zlib

import pytest

from connectors.contract.hosting import ConsoleEvent, ExchangeEvent, UserEvent
from connectors.runtime.results import is_open_ended
from tests.connectors.nodejs.conftest import ADA, DATA

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")

KEY = "Basic c2VjcmV0LWtleS0xOg=="
USER = {"id": "u1-tinycrm", "platform": "tinycrm", "accessToken": "secret-key-1"}


async def test_a_folder_with_its_manifest_is_described(drive):
    host, _call = drive(DATA / "tinycrm")
    told = await host.describe()
    assert (told.platform, told.display_name, told.kind) == ("tinycrm", "Tiny CRM", "nodejs")
    assert (told.auth_type, told.log_format) == ("apiKey", "text/html")
    assert {"findContact", "createCallLog", "getUserInfo"} <= set(told.operations)
    assert told.manifest["contactTypes"] == [{"display": "Person", "value": "person"}]
    assert told.source.endswith("tinycrm/index.js")
    assert len(told.digest) == 12


async def test_a_lookup_is_captured_routed_and_without_secrets(drive, crm):
    _host, call = drive(DATA / "tinycrm")
    events = []
    reply = await call(
        "findContact",
        {"phoneNumber": ADA["phone"], "authHeader": KEY, "user": dict(USER)},
        events=events,
        routes={"api.tinycrm.example": crm.base},
        secrets=("secret-key-1",),
    )
    assert reply.error is None
    assert reply.result["matchedContactInfo"] == [{**ADA, "type": "person"}]
    printed, exchanged, saved = events
    assert (printed.text, printed.stream) == ("looking for +16505550100", "stdout")
    assert saved.changes == {"accessToken": "renewed-t0ken-1"}
    exchange = exchanged.exchange
    path = "/v2/people?phone=%2B16505550100"
    assert exchange.url == f"https://api.tinycrm.example{path}"
    assert exchange.routed_to == f"{crm.base}{path}"
    assert (exchange.method, exchange.status, exchange.reason) == ("GET", 200, "OK")
    assert json.loads(exchange.response_body.text) == {"people": [ADA]}
    assert exchange.response_body.size == len(exchange.response_body.text)
    assert ("Authorization", "[REDACTED]") in exchange.headers
    assert dict(exchange.headers)["Host"] == "api.tinycrm.example"
    assert 0 < exchange.wait_ms <= exchange.ms
    ((_method, asked, headers, _body),) = crm.asked
    assert (asked, headers["Authorization"]) == (path, KEY)
    assert headers["Host"] == crm.base.removeprefix("http://")


async def test_fetch_is_captured_with_the_body_sent(drive, crm):
    _host, call = drive(DATA / "tinycrm")
    events = []
    reply = await call(
        "createContact",
        {"phoneNumber": "+1", "newContactName": "Zoë", "authHeader": KEY},
        events=events,
        routes={"*": f"{crm.base}/"},
    )
    assert reply.result == {"contactInfo": {"id": 11, "name": "Zoë"}}
    (event,) = events
    assert json.loads(event.exchange.body.text) == {"name": "Zoë", "phone": "+1"}
    assert event.exchange.body.size == len(event.exchange.body.text.encode())
    assert event.exchange.url == "https://api.tinycrm.example/v2/people"
    assert event.exchange.routed_to == f"{crm.base}/v2/people"
    assert event.exchange.response_body.text == '{"id": 11}'
    assert "c2VjcmV0" not in repr(events)
    assert crm.asked[0][3] == event.exchange.body.text


async def test_update_saves_the_user(drive, crm):
    _host, call = drive(DATA / "tinycrm")
    events = []
    reply = await call(
        "createCallLog",
        {"user": dict(USER), "authHeader": KEY, "contactInfo": {"id": 7}, "note": "n"},
        events=events,
        routes={"*": crm.base},
    )
    assert reply.result == {"logId": "11"}
    assert [event.changes for event in events if isinstance(event, UserEvent)] == [
        {"platformAdditionalInfo": {"lastLog": 11}}
    ]


async def test_a_destroyed_user_has_no_token_any_more(tmp_path, drive):
    source = tmp_path / "small.js"
    source.write_text(
        "exports.unAuthorize = async ({ user }) => {"
        "  await user.destroy();"
        "  return { returnMessage: { message: 'Bye', messageType: 'success', ttl: 1000 } };"
        "};"
    )
    _host, call = drive(source)
    events = []
    given = {"user": {**USER, "refreshToken": "r1"}}
    reply = await call("unAuthorize", given, events=events)
    assert (reply.error, reply.result["returnMessage"]["message"]) == (None, "Bye")
    assert [event.changes for event in events] == [{"accessToken": "", "refreshToken": ""}]


async def test_a_failure_carries_the_status_and_the_place_in_the_source(drive, crm):
    _host, call = drive(DATA / "tinycrm")
    crm.answers["/v2/people"] = 429, {}, b"{}"
    reply = await call(
        "findContactWithName", {"name": "x", "authHeader": KEY}, routes={"*": crm.base}
    )
    assert (reply.error.type, reply.error.status) == ("AxiosError", 429)
    assert "status code 429" in reply.error.message
    assert "(index.js:21:" in reply.error.stack
    assert str(DATA) not in reply.error.stack
    assert "host.mjs" not in reply.error.stack


async def test_a_crm_that_is_down_is_an_exchange_with_an_error(drive, crm):
    _host, call = drive(DATA / "tinycrm")
    events = []
    given = {"newContactName": "x", "authHeader": KEY}
    nobody = {"*": "http://127.0.0.1:9"}
    reply = await call("createContact", given, events=events, routes=nobody)
    assert reply.error.type == "NetworkError"
    assert reply.error.message.startswith("fetch failed: ")
    (event,) = events
    assert event.exchange.status is None
    assert event.exchange.error
    events.clear()
    given["name"] = "x"
    reply = await call("findContactWithName", given, events=events, routes=nobody)
    assert reply.error.type == "NetworkError"
    assert "ECONNREFUSED" in reply.error.message
    assert "ECONNREFUSED" in events[0].exchange.error


@pytest.mark.parametrize(
    ("path", "operations"),
    [
        ("esm", ["getAuthType", "findContact"]),
        ("esm/index.mjs", ["getAuthType", "findContact"]),
        ("single.cjs", ["getAuthType", "findContact"]),
        ("pieces", ["createContact", "findContact"]),
        ("pieces/interfaces", ["createContact", "findContact"]),
        ("pieces/interfaces/findContact.js", ["findContact"]),
        ("registered", ["findContact", "getAuthType", "createCallLog", "updateCallLog"]),
    ],
)
async def test_every_way_to_write_a_connector_works(drive, crm, path, operations):
    host, call = drive(DATA / path)
    told = await host.describe()
    assert sorted(told.operations) == sorted(operations)
    assert told.platform in {"esm", "single", "pieces", "findContact", "registered"}
    events = []
    given = {"phoneNumber": "+1"}
    reply = await call("findContact", given, events=events, routes={"*": crm.base})
    assert reply.error is None
    (contact,) = reply.result["matchedContactInfo"]
    assert contact["name"] in {"+1", "through the registry"}
    exchanged = [event for event in events if isinstance(event, ExchangeEvent)]
    assert len(exchanged) == len(crm.asked) == (1 if path.startswith("esm") else 0)


async def test_it_runs_in_the_folder_of_its_project(tmp_path, drive):
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "rows.json").write_text('[{"id": 7}]')
    inner = tmp_path / "src"
    inner.mkdir()
    (inner / "index.js").write_text(
        "const rows = JSON.parse(require('fs').readFileSync('rows.json', 'utf8'));"
        "exports.findContact = async () => rows;"
    )
    assert (await drive(inner)[1]("findContact")).result == [{"id": 7}]


async def test_the_project_s_environment_is_read_and_the_configuration_wins(tmp_path, drive):
    shutil.copytree(DATA / "tinycrm", tmp_path / "project")
    inner = tmp_path / "project" / "inner"
    inner.mkdir()
    (inner / "index.js").write_text(
        "exports.findContact = async () => ({ ...process.env, PATH: undefined });"
    )
    _host, call = drive(inner)
    seen = (await call("findContact")).result
    assert seen["TINYCRM_VERSION"] == "v2"
    assert seen["TINYCRM_GREETING"] == "Hello # there"
    assert seen["TINYCRM_EMPTY"] == ""
    assert seen["TINYCRM_LINES"] == "one\ntwo"
    seen = (await call("findContact", config={"TINYCRM_VERSION": "v3", "NEW": "1"})).result
    assert (seen["TINYCRM_VERSION"], seen["NEW"]) == ("v3", "1")
    seen = (await call("findContact")).result
    assert (seen["TINYCRM_VERSION"], "NEW" in seen) == ("v2", False)


async def test_the_environment_file_is_read_as_dotenv_reads_it(tmp_path, drive):
    (tmp_path / ".env").write_text(
        "\ufeffT_FIRST=1\r\n"
        "export T_KEY = a b #c\n"
        'T_PATH="C:\\temp\\new"\n'
        'T_BACK=`say "it\'s"`\n'
        "T_LONG='one\ntwo # three'\n"
        "  T_COLON: yaml\n"
        "#T_COMMENT=1\n"
        'T_OPEN="no end\n'
        'T_LAST=x=y"z"'
    )
    (tmp_path / "index.js").write_text("exports.findContact = async () => ({ ...process.env });")
    seen = (await drive(tmp_path)[1]("findContact")).result
    assert {key: value for key, value in seen.items() if key.startswith("T_")} == {
        "T_FIRST": "1",
        "T_KEY": "a b",
        "T_PATH": "C:\\temp\new",
        "T_BACK": 'say "it\'s"',
        "T_LONG": "one\ntwo # three",
        "T_COLON": "yaml",
        "T_OPEN": '"no end',
        "T_LAST": 'x=y"z"',
    }


async def test_files_outside_its_folder_are_named(tmp_path, drive):
    folder = tmp_path / "connectors" / "mycrm"
    folder.mkdir(parents=True)
    (tmp_path / "package.json").write_text("{}")
    (folder / "index.js").write_text("exports.findContact = async () => null;")
    told = await drive(folder)[0].describe()
    assert (told.manifest_file, told.environment_file) == ("", "")
    (tmp_path / ".env").write_text("A=1")
    (folder.parent / "manifest.json").write_text('{"platforms": {"mycrm": {"displayName": "My"}}}')
    told = await drive(folder)[0].describe()
    assert told.manifest_file == str(folder.parent / "manifest.json")
    assert told.environment_file == str(tmp_path / ".env")
    before = told.digest
    (tmp_path / ".env").write_text("A=2")
    assert (await drive(folder)[0].describe()).digest != before


async def test_the_digest_follows_the_files(tmp_path, drive):
    shutil.copytree(DATA / "tinycrm", tmp_path / "project")
    before = (await drive(tmp_path / "project")[0].describe()).digest
    (tmp_path / "project" / "people.js").write_text("exports.person = (all) => all;")
    assert (await drive(tmp_path / "project")[0].describe()).digest != before


async def test_a_manifest_one_folder_up_has_the_platform_s_entry(tmp_path, drive):
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "index.js").write_text("exports.findContact = async () => null;")
    (tmp_path / "manifest.json").write_text('{"platforms": {"small": {"displayName": "Small"}}}')
    told = await drive(tmp_path / "small")[0].describe()
    assert told.manifest == {"name": "small", "displayName": "Small"}


FETCH = "const ask = async (url) => (await fetch(url)).json();"
PLAIN = (
    "const https = require('https');"
    "const agent = new https.Agent({ keepAlive: true, servername: 'crm.example' });"
    "const ask = (url) => new Promise((done, failed) => https.get(url, { agent }, (answer) => {"
    "  let text = ''; answer.on('data', (piece) => { text += piece; });"
    "  answer.on('end', () => done(JSON.parse(text)));"
    "}).on('error', failed));"
)


@pytest.mark.parametrize("way", [FETCH, PLAIN], ids=["fetch", "https"])
async def test_a_route_to_a_server_with_tls(written, secure_crm, way):
    _host, call = written(f"{way} return ask('https://crm.example/v2/me?a=1');")
    events = []
    reply = await call("findContact", events=events, routes={"crm.example": secure_crm.base})
    assert (reply.error, reply.result) == (None, {"id": "u1", "name": "Tess"})
    (event,) = events
    assert event.exchange.url == "https://crm.example/v2/me?a=1"
    assert event.exchange.routed_to == f"{secure_crm.base}/v2/me?a=1"
    headers = {name.lower(): value for name, value in secure_crm.asked[0][2].items()}
    assert headers["host"] == secure_crm.base.removeprefix("https://")


@pytest.mark.parametrize("way", [FETCH, PLAIN.replace("servername", "was")], ids=["fetch", "https"])
async def test_tls_without_a_route_is_captured(written, secure_crm, way):
    _host, call = written(f"{way} return ask('{secure_crm.base}/v2/me');")
    events = []
    reply = await call("findContact", events=events)
    assert (reply.error, reply.result) == (None, {"id": "u1", "name": "Tess"})
    (event,) = events
    assert (event.exchange.url, event.exchange.routed_to) == (f"{secure_crm.base}/v2/me", None)
    assert json.loads(event.exchange.response_body.text) == reply.result


@pytest.mark.parametrize("way", [FETCH, PLAIN], ids=["fetch", "https"])
async def test_a_certificate_that_is_not_trusted_is_the_error(
    written, secure_crm, monkeypatch, way
):
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS")
    _host, call = written(f"{way} return ask('https://crm.example/v2/me');")
    events = []
    reply = await call("findContact", events=events, routes={"*": secure_crm.base})
    assert "self-signed certificate" in reply.error.message
    assert "self-signed certificate" in events[0].exchange.error
    assert secure_crm.asked == []


async def test_redirects_are_followed_through_the_routes(written, crm):
    crm.answers["/old"] = 302, {"Location": "https://other.example/v2/me"}, b""
    _host, call = written("return (await fetch('https://crm.example/old')).json();")
    events = []
    reply = await call("findContact", events=events, routes={"*": crm.base})
    assert reply.result["id"] == "u1"
    assert [(e.exchange.url, e.exchange.status) for e in events] == [
        ("https://crm.example/old", 302),
        ("https://other.example/v2/me", 200),
    ]


@pytest.mark.parametrize("key", [1, 2])
async def test_a_sender_of_the_connector_s_own_is_captured_once(tmp_path, drive, crm, key):
    """Node's fetch uses the first until Node 24, the second from 26 on; packages use either."""
    (tmp_path / "index.js").write_text(
        "void globalThis.Headers;"
        "const sender = globalThis[Symbol.for('undici.globalDispatcher.1')];"
        f"const key = Symbol.for('undici.globalDispatcher.{key}');"
        "globalThis[key] = { dispatch: (options, handler) => sender.dispatch(options, handler) };"
        "exports.findContact = () => new Promise((done, failed) => {"
        "  const nothing = () => true;"
        "  globalThis[key].dispatch("
        "    { origin: 'https://crm.example', path: '/v2/me?a=%20b', method: 'GET' },"
        "    { onConnect: nothing, onHeaders: nothing, onData: nothing,"
        "      onComplete: () => done({}), onError: failed });"
        "});"
    )
    _host, call = drive(tmp_path)
    for _ in range(2):
        events = []
        reply = await call("findContact", events=events, routes={"*": crm.base})
        assert (reply.error, reply.result) == (None, {})
        (event,) = events
        assert event.exchange.url == "https://crm.example/v2/me?a=%20b"
        assert event.exchange.routed_to == f"{crm.base}/v2/me?a=%20b"
        assert json.loads(event.exchange.response_body.text)["id"] == "u1"


async def test_operations_at_the_same_time_are_kept_apart(written, crm):
    _host, call = written(
        "console.log('did', given.phoneNumber);"
        "await fetch('http://crm.example/v2/me?n=' + given.phoneNumber);"
        "return { did: given.phoneNumber };"
    )
    heard = {str(number): [] for number in range(10)}
    replies = await asyncio.gather(
        *(
            call("findContact", {"phoneNumber": n}, events=events, routes={"*": crm.base})
            for n, events in heard.items()
        )
    )
    assert [reply.result["did"] for reply in replies] == list(heard)
    for number, events in heard.items():
        printed, exchanged = sorted(events, key=lambda each: isinstance(each, ExchangeEvent))
        assert isinstance(printed, ConsoleEvent)
        assert printed.text == f"did {number}"
        assert exchanged.exchange.url.endswith(f"?n={number}")


async def test_a_binary_answer_and_a_long_one(written, crm):
    crm.answers["/picture"] = 200, {"Content-Type": "image/png"}, b"\x89PNG\xff\x00"
    crm.answers["/long"] = 200, {"Content-Type": "text/plain"}, "ä".encode() * 200_000
    _host, call = written(
        "for (const what of ['picture', 'long']) {"
        "  await (await fetch('http://crm.example/' + what)).arrayBuffer();"
        "} return {};"
    )
    events = []
    assert (await call("findContact", events=events, routes={"*": crm.base})).error is None
    picture, long = (event.exchange.response_body for event in events)
    assert (picture.encoding, picture.text, picture.size) == ("base64", "iVBOR/8A", 6)
    assert (long.encoding, long.truncated, long.size) == (None, True, 400_000)
    assert long.text == "ä" * (128 * 1024)


@pytest.mark.parametrize("way", ["fetch", "http"])
async def test_an_answer_beyond_the_limit_ends_in_a_clear_error(written, crm, way):
    crm.answers["/all"] = 200, {"Content-Type": "text/plain"}, b"a" * (33 * 1024 * 1024)
    fetched = "return { size: (await (await fetch('https://crm.example/all')).text()).length };"
    plain = (
        "return new Promise((done, failed) => require('https').get('https://crm.example/all',"
        "(answer) => answer.on('error', failed).on('end', () => done({})).resume())"
        ".on('error', failed));"
    )
    _host, call = written(fetched if way == "fetch" else plain)
    events = []
    reply = await call("findContact", events=events, routes={"*": crm.base})
    assert reply.error.type == "UnexpectedResponseError"
    assert "crm.example is larger than 32 MB" in reply.error.message
    (event,) = events
    assert event.exchange.response_body.truncated
    assert "larger than 32 MB" in event.exchange.error


async def test_a_request_that_nobody_waits_for_is_shown(written, crm):
    _host, call = written(
        "const plain = require('http').get('http://crm.example/v2/me');"
        "plain.on('error', () => {});"
        "await fetch('http://crm.example/v2/me'); return {};"
    )
    events = []
    assert (await call("findContact", events=events, routes={"*": crm.base})).result == {}
    assert {event.exchange.url for event in events} == {"http://crm.example/v2/me"}
    assert len(events) == 2


@pytest.mark.parametrize("way", ["fetch", "http"])
async def test_a_write_whose_answer_does_not_come_counts_as_unknown(written, crm, way):
    crm.answers["/cut"] = None, {}, b""
    fetched = (
        "return (await fetch('http://crm.example/cut', { method: 'POST', body: 'x' })).json();"
    )
    plain = (
        "return new Promise((done, failed) => require('http').request("
        "'http://crm.example/cut', { method: 'POST' }).on('error', failed).end('x'));"
    )
    _host, call = written(fetched if way == "fetch" else plain)
    events = []
    reply = await call("findContact", events=events, routes={"*": crm.base})
    assert (reply.error.type, reply.error.status) == ("NetworkError", None)
    assert is_open_ended(reply.error)
    (event,) = events
    assert (event.exchange.body.text, event.exchange.status) == ("x", None)
    assert event.exchange.error


async def test_addresses_that_all_refuse_are_told_by_the_first(written):
    """Node tries every address of a name, and its error then holds one for each, and no text."""
    _host, call = written(
        "const http = require('http');"
        "const refused = new Error('connect ECONNREFUSED ::1:9');"
        "const all = Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' });"
        "return new Promise((done, failed) => http.get('http://crm.example/')"
        "  .on('error', failed).destroy(all));"
    )
    events = []
    reply = await call("findContact", events=events)
    assert (reply.error.type, reply.error.message) == (
        "NetworkError",
        "connect ECONNREFUSED ::1:9",
    )
    assert events[0].exchange.error == "AggregateError: connect ECONNREFUSED ::1:9"


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw deflate", "br", "zstd", "broken"])
async def test_packed_answers_are_shown_unpacked(written, crm, packing):
    text = json.dumps({"name": "Ada", "more": "x" * 1000}).encode()
    packed = {
        "gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "raw deflate": zlib.compress(text, wbits=-15),
        "br": None,
        "zstd": None,
        "broken": b"\xff no gzip",
    }[packing]
    if packed is None:
        pack = {"br": "brotliCompressSync", "zstd": "zstdCompressSync"}[packing]
        script = f"process.stdout.write(zlib.{pack}?.(fs.readFileSync(0)) ?? '')"
        packed = subprocess.run(
            ["node", "-e", script], input=text, capture_output=True, check=True
        ).stdout
        if not packed:
            pytest.skip(f"this Node has no {packing}")
    encoding = {"raw deflate": "deflate", "broken": "gzip"}.get(packing, packing)
    crm.answers["/packed"] = 200, {"Content-Encoding": encoding}, packed
    _host, call = written(
        "return new Promise((done, failed) => require('http').get('http://crm.example/packed',"
        "(answer) => answer.on('end', () => done({})).resume()).on('error', failed));"
    )
    events = []
    assert (await call("findContact", events=events, routes={"*": crm.base})).result == {}
    body = events[0].exchange.response_body
    if packing == "broken":
        assert (body.encoding, body.size) == ("base64", len(packed))
    else:
        assert (body.text, body.size) == (text.decode(), len(text))


async def test_a_session_is_renewed_with_production_s_own_arguments(tmp_path, drive):
    (tmp_path / "index.js").write_text(
        "exports.checkAndRefreshAccessToken = async (app, user, wait) => {"
        "  await user.update({ accessToken: 'next-token-1' });"
        "  return { ...user, seen: [app, wait] };"
        "};"
    )
    _host, call = drive(tmp_path)
    events = []
    reply = await call("checkAndRefreshAccessToken", {"user": dict(USER)}, events=events)
    assert reply.result == {**USER, "accessToken": "next-token-1", "seen": [None, 20]}
    assert [event.changes for event in events] == [{"accessToken": "next-token-1"}]
