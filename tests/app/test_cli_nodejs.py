"""The verbs drive a connector in JavaScript like any other."""

import asyncio
import base64
import json
import shutil
from pathlib import Path

import pytest

from app.cli import main
from app.home import home
from app.sandbox import seed
from app.sandbox.accounts import INSIGHTLY_API_KEY
from app.sandbox.process import start_or_join

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")

TINY = Path(__file__).parents[1] / "connectors" / "nodejs" / "data" / "tinycrm"
CONNECTOR = """
const headersOf = ({ authHeader }) => ({
  Authorization: authHeader, 'Content-Type': 'application/json',
});
const crm = 'https://api.insightly.example/v3.1';
const contact = (row) => ({
  id: row.CONTACT_ID, name: `${row.FIRST_NAME} ${row.LAST_NAME}`, phone: row.PHONE, type: 'contact',
});
async function search(given, field, value) {
  const query = new URLSearchParams({ field_name: field, field_value: value, brief: 'false' });
  const answer = await fetch(`${crm}/contacts/search?${query}`, { headers: headersOf(given) });
  console.log('Insightly said', answer.status);
  return { successful: true, matchedContactInfo: (await answer.json()).map(contact) };
}
async function post(given, path, body) {
  const asked = { method: 'POST', headers: headersOf(given), body: JSON.stringify(body) };
  return (await fetch(`${crm}${path}`, asked)).json();
}
module.exports = {
  getAuthType: () => 'apiKey',
  getBasicAuth: ({ apiKey }) => Buffer.from(`${apiKey}:`).toString('base64'),
  findContact: (given) => search(given, 'PHONE', given.phoneNumber.slice(2)),
  findContactWithName: (given) => search(given, 'LAST_NAME', given.name),
  async createContact(given) {
    const { phoneNumber, newContactName } = given;
    const [first, last] = newContactName.split(' ');
    const made = await post(given, '/contacts', {
      FIRST_NAME: first, LAST_NAME: last, PHONE: phoneNumber.slice(2),
    });
    return { contactInfo: { id: made.CONTACT_ID, name: newContactName } };
  },
  async createCallLog(given) {
    const made = await post(given, '/events', {
      TITLE: 'Call', DETAILS: given.composedLogDetails,
      START_DATE_UTC: '2026-01-01 10:00:00', END_DATE_UTC: '2026-01-01 10:01:00',
    });
    return { logId: String(made.EVENT_ID) };
  },
  updateCallLog: async () => ({ updatedNote: '' }),
};
"""


@pytest.fixture
def connector(tmp_path):
    folder = tmp_path / "little"
    folder.mkdir()
    (folder / "index.js").write_text(CONNECTOR)
    # The name of a CRM in the sandbox: the connection is that of the sandbox.
    (folder / "manifest.json").write_text('{"name": "insightly"}')
    return str(folder)


def run(capsys, *arguments):
    code = main([*arguments, "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else None, captured.err


@pytest.fixture
def route():
    loop = asyncio.new_event_loop()
    sandbox = loop.run_until_complete(start_or_join(home()))
    yield f"api.insightly.example={sandbox.urls['insightly']}"
    loop.run_until_complete(sandbox.close())
    loop.close()


def test_every_verb_drives_it_against_the_sandbox(capsys, connector, route):
    plain = seed.DEMO["plain"]
    code, found, err = run(capsys, "find", connector, plain.e164, "--route", route)
    assert (code, err) == (0, "")
    assert [entry["name"] for entry in found["contact"]] == [plain.names[0]]
    assert (found["requests"], found["error"]) == (1, None)
    assert found["verdict"]["code"] == "FOUND"

    code, made, err = run(
        capsys, "create", connector, "+12125550148", "Nora Lind", "--route", route
    )
    assert (code, made["successful"]) == (0, True)
    code, found, _err = run(capsys, "search", connector, "Lind", "--route", route)
    assert "Nora Lind" in [entry["name"] for entry in found["contact"]]
    arguments = ["--contact", str(found["contact"][0]["id"]), "--route", route]
    code, logged, _err = run(capsys, "log", connector, "+12125550148", *arguments)
    assert (code, bool(logged["logId"])) == (0, True)


def test_invoke_shows_requests_and_prints(capsys, connector, route, tmp_path):
    given = tmp_path / "input.json"
    header = "Basic " + base64.b64encode(f"{INSIGHTLY_API_KEY}:".encode()).decode()
    given.write_text(json.dumps({"name": "nobody here", "authHeader": header}))
    arguments = ["--input", str(given), "--route", route]
    code, document, _err = run(capsys, "invoke", connector, "findContactWithName", *arguments)
    assert code == 0
    assert document["result"] == {"successful": True, "matchedContactInfo": []}
    (request,) = document["requests"]
    assert request["url"].startswith("https://api.insightly.example/v3.1/contacts/search?")
    assert request["status"] == 200
    assert "Insightly said 200" in json.dumps(document["console"])
    assert header not in json.dumps(document["requests"])


def test_what_was_recorded_replays_with_the_network_cut(capsys, connector, route, tmp_path):
    given, tape = tmp_path / "input.json", tmp_path / "case.har"
    header = "Basic " + base64.b64encode(f"{INSIGHTLY_API_KEY}:".encode()).decode()
    number = seed.DEMO["plain"].e164
    given.write_text(json.dumps({"phoneNumber": number, "authHeader": header}))
    asked = ["invoke", connector, "findContact", "--input", str(given)]
    _code, recorded, _err = run(capsys, *asked, "--route", route, "--record", str(tape))
    assert recorded["result"]["matchedContactInfo"]
    cut = [*asked, "--route", "*=http://127.0.0.1:9", "--replay", str(tape)]
    code, replayed, err = run(capsys, *cut)
    assert (code, err) == (0, "")
    assert replayed["result"] == recorded["result"]
    assert [r["url"] for r in replayed["requests"]] == [r["url"] for r in recorded["requests"]]


def test_connectors_describes_the_one_at_a_path(capsys):
    code, rows, err = run(capsys, "connectors", str(TINY))
    assert (code, err) == (0, "")
    (row,) = rows
    assert (row["platform"], row["kind"], row["auth"]) == ("tinycrm", "nodejs", "apiKey")
    assert row["contactTypes"] == [{"display": "Person", "value": "person"}]


def test_what_cannot_be_loaded_is_one_sentence(capsys, tmp_path):
    (tmp_path / "bad.js").write_text("require('axios')")
    code, document, err = run(capsys, "connectors", str(tmp_path / "bad.js"))
    assert (code, document) == (2, None)
    assert f"axios is missing: run npm install axios in {tmp_path}." in err


def test_in_process_is_for_python_alone(capsys, connector):
    code, _document, err = run(capsys, "find", connector, "+14155550132", "--in-process")
    assert code == 2
    assert "is JavaScript, which runs in a process of its own: leave out --in-process." in err


STUB = """
const people = [];
module.exports = {
  getAuthType: () => 'apiKey',
  getBasicAuth: ({ apiKey }) => Buffer.from(apiKey + ':').toString('base64'),
  async getUserInfo({ apiKey, additionalInfo }) {
    if (apiKey !== 'stub-key-1') throw new Error('wrong key');
    return { successful: true, platformUserInfo: { id: additionalInfo.login, name: 'Tess' } };
  },
  async findContact({ user }) {
    if (user.id !== 'tess') throw new Error('this is not Tess');
    return { successful: true, matchedContactInfo: people };
  },
};
"""
PAGE = {
    "title": "Stub",
    "content": [
        {"const": "apiKey", "required": True},
        {"const": "login", "required": True},
        {"const": "site"},
    ],
}


@pytest.fixture
def stub(tmp_path):
    """A connector that sends no request, with a sign-in page."""
    (tmp_path / "stub.js").write_text(STUB)
    entry = {"auth": {"type": "apiKey", "apiKey": {"page": PAGE}}}
    (tmp_path / "manifest.json").write_text(json.dumps({"platforms": {"stub": entry}}))
    return str(tmp_path / "stub.js")


def test_a_key_is_given_on_the_command_line_or_in_a_file(capsys, stub, tmp_path):
    (tmp_path / "key").write_text("stub-key-1\n")
    for key in ("stub-key-1", f"@{tmp_path / 'key'}"):
        arguments = ["--sign-in", f"apiKey={key}", "--sign-in", "login=tess"]
        code, found, err = run(capsys, "find", stub, "+14155550132", *arguments)
        assert (code, err) == (0, "")
        assert found["verdict"]["code"] == "NOTHING_ASKED"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 3, "Sign in with --sign-in apiKey=VALUE --sign-in login=VALUE, or name a saved"),
        (["login=tess"], 2, "The sign-in needs apiKey: --sign-in apiKey=VALUE."),
        (["apiKey=no", "login=tess"], 3, "wrong key (at stub.js:7)."),
        (["apiKey=@/nowhere/key", "login=tess"], 2, "Cannot read /nowhere/key (No such file"),
        (["apiKey"], 2, "--sign-in wants KEY=VALUE, not 'apiKey'."),
    ],
)
def test_a_sign_in_that_fails_says_what_to_do(capsys, stub, arguments, code, said):
    given = [part for text in arguments for part in ("--sign-in", text)]
    told, _document, err = run(capsys, "find", stub, "+14155550132", *given)
    assert told == code
    assert said in err
