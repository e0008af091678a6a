"""What a server says of itself; the real one first, then those that are none or are other."""

import pytest

from connectors.appconnect import reading
from connectors.host.load import ConnectorLoadError
from connectors.host.local import LocalHost


async def described(address):
    host = LocalHost(address, captures_console=False)
    try:
        return await host.describe()
    finally:
        await host.close()


async def refused(address):
    with pytest.raises(ConnectorLoadError) as caught:
        await described(address)
    return str(caught.value)


async def test_the_real_server_is_described(core):
    description = await described(f"{core.url}/#desk")
    assert (description.platform, description.display_name) == ("desk", "Desk CRM")
    assert (description.kind, description.auth_type) == ("appconnect", "other")
    assert description.source == f"{core.url}#desk"
    assert description.manifest["contactTypes"] == [{"display": "Person", "value": "person"}]
    assert set(description.operations) == {
        "getAuthType", "getLogFormatType", "getUserInfo", "findContact", "findContactWithName",
        "createContact", "createCallLog", "getCallLog", "updateCallLog", "upsertCallDisposition",
        "unAuthorize",
    }  # fmt: skip


async def test_only_what_the_platform_implements_is_offered(core):
    lapsed = await described(f"{core.url}#lapsed")
    assert "findContact" in lapsed.operations
    assert not {"findContactWithName", "getCallLog", "unAuthorize"} & set(lapsed.operations)


async def test_a_platform_that_is_not_there_names_those_that_are(core):
    host = core.url.removeprefix("http://")
    assert await refused(f"{core.url}#nope") == (
        f"{host} has no platform nope; its manifest has desk, lapsed."
    )
    assert await refused(core.url) == (
        f"{host} has these platforms: desk, lapsed. Name one behind #, as in {core.url}#desk."
    )


async def test_a_manifest_for_each_platform_is_read_as_well(scripted):
    scripted.says("/crmManifest", 200, {"platforms": {"desk": {"displayName": "Its own"}}})
    scripted.says("/implementedInterfaces", 200, {"findContact": True, "getCallLog": False})
    description = await described(f"{scripted.url}#desk")
    assert description.display_name == "Its own"
    assert description.operations[-1] == "findContact"
    assert [path for _method, path, _headers in scripted.asked] == [
        "/crmManifest?platformName=desk",
        "/implementedInterfaces?platform=desk",
    ]
    # The only platform needs no name.
    assert (await described(scripted.url)).platform == "desk"


async def test_a_server_that_is_down(scripted):
    scripted.says("/crmManifest", None, "")
    assert "broke off its answer" in await refused(f"{scripted.url}#desk")
    assert "cannot be reached" in await refused("http://127.0.0.1:9#desk")


async def test_a_server_that_does_not_answer_in_time(monkeypatch):
    import socket

    monkeypatch.setattr(reading, "TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = await refused(f"http://127.0.0.1:{silent.getsockname()[1]}#desk")
    assert "did not answer in time" in told


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, "<!DOCTYPE html><html>Hello</html>", "answered 200 with an HTML page"),
        (200, {"name": "another service"}, "is no App Connect server"),
        (200, {"platforms": ["desk"]}, "is no App Connect server"),
        (404, "<html>Cannot GET</html>", "no such server at all"),
        (500, "<html>Oops</html>", "a problem of its own"),
        (400, "Platform not found", "has no platform desk; its manifest has none"),
        (200, {"platforms": {"desk": {"contactTypes": 7}}}, "wrong shape for desk"),
    ],
)
async def test_what_is_no_server_is_said(scripted, status, body, words):
    scripted.says("/crmManifest", status, body)
    assert words in await refused(f"{scripted.url}#desk")


async def test_another_version_lacks_a_route(scripted):
    scripted.says("/crmManifest", 200, {"platforms": {"desk": {}}})
    told = await refused(f"{scripted.url}#desk")
    assert "has no route GET /implementedInterfaces, it is another version" in told


async def test_a_manifest_that_names_more_than_the_server_has(scripted):
    scripted.says("/crmManifest", 200, {"platforms": {"desk": {}}})
    said = {"error": "Connector not found for platform: desk"}
    scripted.says("/implementedInterfaces", 400, said)
    assert "Connector not found for platform: desk" in await refused(f"{scripted.url}#desk")


async def test_an_address_that_is_none():
    assert "is no address of a server" in await refused("http://#desk")
