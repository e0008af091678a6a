from __future__ import annotations

import hashlib
import tomllib
from importlib import metadata

import pytest

from connectors.server.routes import about
from tests.serving import ROOT

INSIGHTLY = (
    '{"getAuthType":true,"getBasicAuth":true,"getUserInfo":true,"createCallLog":true,'
    '"updateCallLog":true,"getCallLog":true,"createMessageLog":false,"updateMessageLog":false,'
    '"createContact":true,"findContact":true,"listAppointments":false,"createAppointment":false,'
    '"updateAppointment":false,"refreshAppointment":false,"confirmAppointment":false,'
    '"cancelAppointment":false,"unAuthorize":true,"upsertCallDisposition":true,'
    '"findContactWithName":true,"getUserList":false,"getLicenseStatus":false,'
    '"getLogFormatType":true,"refreshUserInfo":false,"cacheCallNote":false}'
)


def test_the_interfaces_are_productions_keys_in_its_order(anybody):
    answer = anybody.get("/implementedInterfaces?platform=insightly")
    assert (answer.status_code, answer.text) == (200, INSIGHTLY)
    oauth = list(anybody.get("/implementedInterfaces?platform=bullhorn").json())
    assert oauth[:3] == ["getAuthType", "getOauthInfo", "getUserInfo"]


def test_head_is_get_without_a_body(anybody):
    answer = anybody.head("/implementedInterfaces?platform=insightly")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(INSIGHTLY))


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", '"Please provide platform."'),
        ("?platform=nope", '{"error":"Connector not found for platform: nope"}'),
        (
            "?platform=..%2F..%2Fetc%2Fpasswd",
            '{"error":"Connector not found for platform: ../../etc/passwd"}',
        ),
    ],
)
def test_an_unknown_platform_is_named(anybody, query, body):
    answer = anybody.get(f"/implementedInterfaces{query}")
    assert (answer.status_code, answer.text) == (400, body)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_the_manifest_says_where_the_server_is(anybody, server):
    manifest = anybody.get("/crmManifest").json()
    assert list(manifest) == ["author", "version", "serverUrl", "platforms"]
    assert manifest["serverUrl"] == server.url
    assert list(manifest["platforms"]) == ["bullhorn", "insightly"]
    assert manifest["platforms"]["insightly"]["page"]["useContactSearch"] is True
    assert anybody.get("/serverVersionInfo").json() == {"version": manifest["version"]}


def test_the_version_is_the_packages(monkeypatch):
    monkeypatch.setattr(metadata, "version", {"callbench": "1.2.3"}.__getitem__)
    assert about.version() == "1.2.3"


@pytest.fixture
def not_installed(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)


@pytest.mark.usefixtures("not_installed")
def test_a_checkout_has_the_version_of_its_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert about.version() == project["project"]["version"]


@pytest.mark.usefixtures("not_installed")
def test_folders_without_the_project_have_no_version(monkeypatch, tmp_path):
    monkeypatch.setattr(about, "_PROJECT", tmp_path / "pyproject.toml")
    assert about.version() == "unknown"


def test_one_platform_of_the_manifest(anybody):
    manifest = anybody.get("/crmManifest?platformName=insightly").json()
    assert list(manifest["platforms"]) == ["insightly"]
    answer = anybody.get("/crmManifest?platformName=nope")
    assert (answer.status_code, answer.json()) == (400, "Platform not found")


def test_it_is_alive(anybody):
    answer = anybody.get("/isAlive")
    assert (answer.text, answer.headers["content-type"]) == ("OK", "text/plain; charset=utf-8")


def test_ids_are_hashed_as_production_does(anybody):
    def hashed(text):
        return hashlib.sha256(f"{text}:salt".encode()).hexdigest()

    answer = anybody.get("/userInfoHash?extensionId=7&accountId=a%26b")
    assert answer.json() == {"extensionId": hashed("7"), "accountId": hashed("a&b")}
    assert anybody.get("/userInfoHash").json()["extensionId"] == hashed("undefined")


def test_there_are_no_release_notes(anybody):
    assert anybody.get("/releaseNotes").json() == {}
