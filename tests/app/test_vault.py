import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.vault import KeyringVault, SessionVault, VaultError, open_vault


class MemoryKeyring(KeyringBackend):
    priority = 1

    def __init__(self):
        super().__init__()
        self.stored = {}

    def get_password(self, service, username):
        return self.stored.get((service, username))

    def set_password(self, service, username, password):
        self.stored[service, username] = password

    def delete_password(self, service, username):
        if self.stored.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


@pytest.fixture
def backend():
    before = keyring.get_keyring()
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


def test_without_a_keyring_secrets_last_for_the_session(backend):
    keyring.set_keyring(fail.Keyring())
    vault = open_vault()
    assert isinstance(vault, SessionVault)
    assert not vault.lasting


def test_the_keyring_is_used_where_there_is_one(backend):
    assert isinstance(open_vault(), KeyringVault)
    assert open_vault().lasting


@pytest.mark.parametrize("kind", [SessionVault, KeyringVault])
def test_secrets_are_kept_read_and_forgotten(kind, backend):
    vault = kind()
    assert vault.read("a") == {}
    vault.write("a", {"accessToken": "s3cret"})
    assert vault.read("a") == {"accessToken": "s3cret"}
    vault.forget("a")
    vault.forget("a")
    assert vault.read("a") == {}


def test_a_foreign_entry_in_the_keyring_is_ignored(backend, caplog):
    backend.set_password("callbench", "a", "not ours")
    assert KeyringVault().read("a") == {}


def test_a_locked_keyring_says_what_to_do(backend):
    def refuse(*_):
        raise KeyringLocked("locked")

    backend.get_password = backend.set_password = backend.delete_password = refuse
    vault = KeyringVault()
    for act in (lambda: vault.read("a"), lambda: vault.write("a", {}), lambda: vault.forget("a")):
        with pytest.raises(VaultError, match="unlock it"):
            act()
