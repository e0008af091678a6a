from __future__ import annotations

from types import SimpleNamespace

from connectors.contract.connector import Connector


class Reader(Connector):
    auth_type = "oauth"
    log_format = "text/html"

    async def find_contact(self, data):
        return None

    async def unheard_of(self, data):
        return None

    create_contact = None


def test_a_missing_method_is_a_missing_capability():
    assert Reader.operations() == ["getAuthType", "getLogFormatType", "findContact"]
    assert Connector.operations() == ["getAuthType", "getLogFormatType"]


def test_the_connector_says_its_kind_of_authentication_and_format():
    reader = Reader(SimpleNamespace(http="the client"))
    assert (reader.get_auth_type(), reader.get_log_format_type()) == ("oauth", "text/html")
    plain = Connector(SimpleNamespace(http=None))
    assert (plain.get_auth_type(), plain.get_log_format_type()) == ("apiKey", "text/plain")


def test_the_http_client_is_the_one_handed_in():
    client = object()
    assert Connector(SimpleNamespace(http=client)).http is client
