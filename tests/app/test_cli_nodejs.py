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
    assert f"axios is missing: run npm install in {tmp_path}." in err


def test_in_process_is_for_python_alone(capsys, connector):
    code, _document, err = run(capsys, "find", connector, "+14155550132", "--in-process")
    assert code == 2
    assert "is JavaScript, which runs in a process of its own: leave out --in-process." in err
