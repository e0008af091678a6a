from __future__ import annotations

import pytest

from connectors.contract.manifest import Environment, Manifest
from connectors.server.errors import Refusal
from connectors.server.hosts import check_addresses, domain_of, host_of, is_of_crm

CRM = Manifest(
    name="crm", display_name="The CRM", environment=Environment(url="https://app.crm.example")
)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.crm.example:8443/v1?x", "api.crm.example"),
        ("api.crm.example/v1", "api.crm.example"),
        ("https://u:p@evil.example#@crm.example", "evil.example"),
        ("https://crm.example.", "crm.example"),
        ("http://[::1]:80", "::1"),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_the_host_of_an_address(url, host):
    assert host_of(url) == host


def test_the_domain_is_the_manifests():
    assert domain_of(CRM) == "crm.example"
    assert domain_of(Manifest(name="x")) == ""


@pytest.mark.parametrize(
    "url", ["https://crm.example", "api.eu.crm.example/v3", "HTTPS://CRM.EXAMPLE"]
)
def test_an_address_of_the_crm_passes(url):
    assert is_of_crm(CRM, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "https://crm.example.evil.example",
        "https://notcrm.example",
        "https://evil.example/crm.example",
        "https://evil.example?crm.example",
        "https://crm.example@evil.example",
        "http://127.0.0.1",
        "http://169.254.169.254/latest",
        "http://[::1]",
        "localhost",
        "",
    ],
)
def test_any_other_address_does_not(url):
    assert not is_of_crm(CRM, url)


def test_what_an_operator_allows_passes():
    assert is_of_crm(CRM, "https://crm.corp.example", ("corp.example",))
    assert is_of_crm(CRM, "http://127.0.0.1", ("*",))


def test_the_fields_that_hold_an_address_are_looked_at():
    check_addresses(CRM, "temp", {"apiUrl": "https://api.crm.example", "name": "evil.example"})
    with pytest.raises(Refusal, match=r"evil\.example is no address of The CRM"):
        check_addresses(CRM, "", {"apiUrl": "https://evil.example"})
    with pytest.raises(Refusal, match=r"enter one below crm\.example"):
        check_addresses(CRM, "evil.example", {})


@pytest.mark.parametrize("value", [2130706433, True, ["https://evil.example"], {"a": 1}])
def test_an_address_is_text(value):
    with pytest.raises(Refusal, match="apiUrl is an address, so it must be text"):
        check_addresses(CRM, "", {"apiUrl": value})
    check_addresses(CRM, "", {"apiUrl": None, "secretKey": value})


@pytest.mark.parametrize("hostname", ["localhost", "2130706433", "0x7f000001", "intranet"])
def test_a_host_name_without_a_dot_is_an_address_too(hostname):
    with pytest.raises(Refusal, match="is no address of The CRM"):
        check_addresses(CRM, hostname, {})


@pytest.mark.parametrize("hostname", ["", "temp", "undefined"])
def test_what_the_extension_sends_in_place_of_a_host_name_passes(hostname):
    check_addresses(CRM, hostname, {})


def test_a_manifest_without_an_address_takes_any():
    check_addresses(Manifest(name="x"), "crm.local", {"apiUrl": "http://127.0.0.1:8080"})
