import pytest

from app.connections import (
    Connection,
    ConnectionFile,
    ConnectionUnusableError,
    sandbox_connection,
    secrets_of,
)
from app.vault import SessionVault
from connectors.contract.model import User

LIVE = Connection(
    id="acme",
    name="Acme",
    platform="bullhorn",
    user=User(
        id="1-bullhorn",
        access_token="tok-SECRET-1",
        refresh_token="ref-SECRET-2",
        platform_additional_info={"restUrl": "https://rest.example/", "bhRestToken": "bh-SECRET-3"},
    ),
    config={"BULLHORN_CLIENT_ID": "id", "BULLHORN_CLIENT_SECRET": "cs-SECRET-4"},
)


def test_a_saved_connection_comes_back_whole(tmp_path):
    connections = ConnectionFile(tmp_path, SessionVault())
    connections.save(LIVE)
    assert connections.names() == [("acme", "Acme")]
    assert connections.read("Acme") == LIVE
    assert connections.read("acme") == LIVE


def test_no_secret_is_in_any_file(tmp_path):
    ConnectionFile(tmp_path, SessionVault()).save(LIVE)
    for path in tmp_path.rglob("*"):
        assert b"SECRET-" not in path.read_bytes()


def test_every_secret_is_known_for_redaction():
    assert {value for value in secrets_of(LIVE) if "SECRET-" in value} == {
        "tok-SECRET-1",
        "ref-SECRET-2",
        "bh-SECRET-3",
        "cs-SECRET-4",
    }


def test_saving_again_replaces_and_removing_forgets(tmp_path):
    vault = SessionVault()
    connections = ConnectionFile(tmp_path, vault)
    connections.save(LIVE)
    connections.save(LIVE)
    assert len(connections.names()) == 1
    connections.remove("acme")
    assert connections.names() == []
    assert vault.read("acme") == {}


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path):
    connections = ConnectionFile(tmp_path, SessionVault())
    with pytest.raises(ConnectionUnusableError, match="none is saved yet"):
        connections.read("nope")
    connections.save(LIVE)
    with pytest.raises(ConnectionUnusableError, match="Acme"):
        connections.read("nope")


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "connections.json").write_text("{")
    with pytest.raises(ConnectionUnusableError, match=r"connections\.json"):
        ConnectionFile(tmp_path, SessionVault()).names()


def test_a_crm_that_the_sandbox_lacks_is_said():
    with pytest.raises(ConnectionUnusableError, match="clio"):
        sandbox_connection("clio", {"insightly": "http://127.0.0.1:1"})
