import msgspec
import pytest

from app.connections import (
    Connection,
    ConnectionFile,
    ConnectionUnusableError,
    sandbox_connection,
    sandbox_platform,
    secrets_of,
)
from app.vault import SessionVault, VaultError
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
    with pytest.raises(ConnectionUnusableError, match="none is saved, save one in the window"):
        connections.read("nope")
    connections.save(LIVE)
    with pytest.raises(ConnectionUnusableError, match="Acme"):
        connections.read("nope")


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "connections.json").write_text("{")
    with pytest.raises(ConnectionUnusableError, match=r"connections\.json"):
        ConnectionFile(tmp_path, SessionVault()).names()


def test_every_value_of_the_account_is_kept_like_a_secret(tmp_path):
    info = {"pin": "1234-SECRET-9", "restUrl": "https://rest.example/"}
    connection = msgspec.structs.replace(
        LIVE, user=User(platform_additional_info=info), secret_info=("pin",)
    )
    connections = ConnectionFile(tmp_path, SessionVault())
    connections.save(connection)
    assert b"1234-SECRET-9" not in (tmp_path / "connections.json").read_bytes()
    assert connections.read("acme").user.platform_additional_info == info
    assert "1234-SECRET-9" in secrets_of(connection)
    assert "https://rest.example/" not in secrets_of(connection)


def test_a_name_is_given_once(tmp_path):
    connections = ConnectionFile(tmp_path, SessionVault())
    connections.save(LIVE)
    with pytest.raises(
        ConnectionUnusableError, match="already a connection called Acme: choose another name"
    ):
        connections.save(msgspec.structs.replace(LIVE, id="other"))


def test_a_changed_user_of_a_saved_connection_is_kept(tmp_path):
    connections = ConnectionFile(tmp_path, SessionVault())
    assert connections.user_keeper(LIVE) is None
    connections.save(LIVE)
    connections.user_keeper(LIVE)(User(id="1-bullhorn", refresh_token="next-SECRET-5"))
    assert connections.read("acme").user.refresh_token == "next-SECRET-5"


class LockedVault(SessionVault):
    def read(self, connection_id):
        raise VaultError("The keyring is locked.")

    write = forget = lambda self, *_: self.read("")


def test_a_keyring_that_refuses_is_said_and_nothing_is_half_saved(tmp_path):
    ConnectionFile(tmp_path, SessionVault()).save(LIVE)
    locked = ConnectionFile(tmp_path, LockedVault())
    for act in (lambda: locked.read("acme"), lambda: locked.remove("acme")):
        with pytest.raises(ConnectionUnusableError, match="locked"):
            act()
    with pytest.raises(ConnectionUnusableError, match="locked"):
        locked.save(msgspec.structs.replace(LIVE, id="b", name="B"))
    assert locked.names() == [("acme", "Acme")]


def test_a_crm_that_the_sandbox_lacks_is_said():
    with pytest.raises(ConnectionUnusableError, match="clio"):
        sandbox_connection("clio", {"insightly": "http://127.0.0.1:1"})


@pytest.mark.parametrize(
    ("manifest", "platform"),
    [
        ('{"name": "insightly"}', "insightly"),
        ('\ufeff{"name": "bullhorn"}', "bullhorn"),
        ('{"name": "anotherCrm"}', ""),
        ('{"name": ["insightly"]}', ""),
        ("[]", ""),
        ("{", ""),
    ],
)
def test_a_connector_by_path_is_for_the_crm_that_its_manifest_names(tmp_path, manifest, platform):
    (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")
    (tmp_path / "connector.py").touch()
    assert sandbox_platform(str(tmp_path)) == platform
    assert sandbox_platform(str(tmp_path / "connector.py")) == platform


def test_a_built_in_connector_is_for_its_own_crm_and_a_missing_one_for_none(tmp_path):
    assert sandbox_platform("bullhorn") == "bullhorn"
    assert sandbox_platform(str(tmp_path / "missing")) == ""
