"""The verbs drive a running server: the framework itself, with the CRM Desk behind it."""

import json
import urllib.request

import pytest

from app import cli_bench
from app.cli import main
from app.connections import Connection, ConnectionFile
from app.home import home
from app.vault import SessionVault
from connectors.contract.model import User
from tests.connectors.appconnect.desk import API_KEY, CONNECTOR, running_desk
from tests.connectors.appconnect.real_core import missing, running_core

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "installed")


@pytest.fixture(scope="module")
def core(tmp_path_factory):
    with running_core([CONNECTOR], tmp_path_factory.mktemp("core")) as server:
        yield server


@pytest.fixture
def crm():
    with running_desk() as crm:
        yield crm


@pytest.fixture
def connection(core, crm, monkeypatch):
    """A saved connection; its token is in a vault that outlives the verb."""
    given = {"platform": "desk", "apiKey": API_KEY, "hostname": crm.hostname}
    request = urllib.request.Request(f"{core.url}/apiKeyLogin", json.dumps(given).encode())
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        token = json.loads(answer.read())["jwtToken"]
    vault = SessionVault()
    monkeypatch.setattr(cli_bench, "open_vault", lambda: vault)
    user = User(id="tess-desk", access_token=token, hostname=crm.hostname)
    address = f"{core.url}#desk"
    ConnectionFile(home(), vault).save(
        Connection(id="live-1", name="Desk over there", platform=address, user=user)
    )
    return ["--connection", "Desk over there"], address, token


def run(capsys, *arguments):
    code = main([*arguments, "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else None, captured.err


def test_find_search_create_and_log(capsys, connection, crm):
    named, address, token = connection
    code, found, err = run(capsys, "find", address, "+14155550100", *named)
    assert (code, err) == (0, "")
    assert found["contact"][0]["name"] == "Ada Lovelace"
    assert (found["requests"], found["cached"], found["verdict"]["code"]) == (1, False, "FOUND")
    assert token not in json.dumps(found)
    code, nobody, _err = run(capsys, "find", address, "+14155550199", *named)
    assert (code, nobody["verdict"]["code"], nobody["verdict"]["proven"]) == (
        0,
        "BEHIND_SERVER",
        False,
    )
    assert all(not field for field in (each["fields"] for each in nobody["candidates"]))
    assert run(capsys, "search", address, "Ada", *named)[1]["contact"][0]["id"] == 11
    code, made, _err = run(
        capsys, "create", address, "+14155550177", "Grace Hopper", "--type", "person", *named
    )
    assert (code, made["contact"]["id"], crm.people[12]["name"]) == (0, 12, "Grace Hopper")
    code, logged, _err = run(
        capsys, "log", address, "+14155550177", "--contact", "12", "--note", "hello", *named
    )
    assert (code, logged["logId"], crm.calls[41]["person"]) == (0, "41", 12)
    assert "hello" in crm.calls[41]["body"]


def test_invoke_returns_the_servers_answer_as_it_is(capsys, connection, tmp_path):
    _named, address, token = connection
    given = tmp_path / "input.json"
    given.write_text(json.dumps({"name": "Ada", "user": {"accessToken": token}}))
    code, document, err = run(
        capsys, "invoke", address, "findContactWithName", "--input", str(given)
    )
    assert (code, err) == (0, "")
    assert document["result"]["status"] == 200
    assert document["result"]["body"]["contact"][0]["name"] == "Ada Lovelace"
    assert document["result"]["steps"][0]["name"] == "contactSearchByName:start"
    assert token not in json.dumps(document)


def test_without_a_connection_there_is_no_token_and_nothing_is_sent(capsys, core):
    code, document, err = run(capsys, "find", f"{core.url}#desk", "+14155550100")
    assert (code, document["requests"]) == (3, 0)
    assert "Nobody is connected" in err


def test_a_server_that_is_down_is_one_sentence(capsys):
    code, document, err = run(capsys, "find", "http://127.0.0.1:9#desk", "+14155550100")
    assert (code, document) == (2, None)
    assert "127.0.0.1:9 cannot be reached" in err
    assert err.count("\n") == 1


def test_connectors_shows_saved_servers_also_one_that_is_down(capsys, connection):
    down = Connection(id="live-2", name="Gone", platform="http://127.0.0.1:9#desk")
    ConnectionFile(home(), SessionVault()).save(down)
    code, rows, _err = run(capsys, "connectors")
    assert code == 0
    there, gone = [row for row in rows if row["kind"] == "appconnect"]
    assert (there["platform"], there["displayName"]) == ("desk", "Desk CRM")
    assert (there["connection"], there["address"]) == ("Desk over there", connection[1])
    assert "findContact" in there["operations"]
    assert "cannot be reached" in gone["problem"]
    code, (row,), _err = run(capsys, "connectors", connection[1])
    assert (code, row["kind"]) == (0, "appconnect")
