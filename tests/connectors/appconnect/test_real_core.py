"""The fixture itself: the framework is the real one, answers, and ends when it should."""

import json
import urllib.request

import pytest

from tests.connectors.appconnect import real_core
from tests.connectors.appconnect.desk import API_KEY, CONNECTOR
from tests.connectors.appconnect.real_core import installed, missing, running_core


def fetched(url, body=None):
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def test_it_is_the_framework_with_the_connector_of_desk(core):
    assert fetched(f"{core.url}/crmManifest")["platforms"]["desk"]["displayName"] == "Desk CRM"
    interfaces = fetched(f"{core.url}/implementedInterfaces?platform=desk")
    assert interfaces["upsertCallDisposition"] is True
    assert interfaces["createMessageLog"] is False
    package = installed() / "node_modules" / "@app-connect" / "core" / "package.json"
    assert json.loads(package.read_text())["version"] == "1.7.41"


def test_a_user_signs_in_and_finds_a_contact(core, desk):
    given = {"platform": "desk", "apiKey": API_KEY, "hostname": desk.hostname}
    signed = fetched(f"{core.url}/apiKeyLogin", given)
    assert signed["name"] == "Tess"
    query = f"jwtToken={signed['jwtToken']}&phoneNumber=%2B14155550100&isExtension=false"
    found = fetched(f"{core.url}/contact?{query}&overridingFormat=")
    assert [each["name"] for each in found["contact"]] == ["Ada Lovelace", "Create new contact..."]
    assert desk.asked == [("GET", "/me"), ("GET", "/people?phone=%2B14155550100")]


@pytest.mark.skipif(bool(missing()), reason=missing() or "installed")
def test_it_ends_with_its_block_and_knows_its_users_when_it_starts_again(tmp_path, desk):
    with running_core([CONNECTOR], tmp_path) as first:
        given = {"platform": "desk", "apiKey": API_KEY, "hostname": desk.hostname}
        token = fetched(f"{first.url}/apiKeyLogin", given)["jwtToken"]
        # Tables that are made while a server starts are there once it answers.
        assert first.database.is_file()
    assert first.process.returncode == 0
    with running_core([CONNECTOR], tmp_path) as again:
        found = fetched(f"{again.url}/custom/contact/search?jwtToken={token}&name=Ada")
    assert [each["id"] for each in found["contact"]] == [11]


def test_what_is_missing_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(real_core.shutil, "which", lambda _name: "/usr/bin/node")
    assert "run scripts/core.sh" in missing()
    folder = tmp_path / "callbench-tests"
    folder.mkdir()
    (folder / f"{installed().name}.reason").write_text("App Connect is not here: npm is missing.\n")
    assert missing() == "App Connect is not here: npm is missing."
    monkeypatch.setattr(real_core.shutil, "which", lambda _name: None)
    assert "needs Node" in missing()
