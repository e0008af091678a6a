import pytest

from app.traffic.known_secrets import KnownSecrets
from connectors.contract.model import User

USER = User(
    access_token="the-access",
    refresh_token="the-refresh",
    platform_additional_info={"bhRestToken": "the-session", "id": 31, "restUrl": "https://r.test"},
)
KNOWN = KnownSecrets(USER, "Bearer the-access", {"X_CLIENT_SECRET": "the-client"}, key_based=False)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("Authorization", "Bearer the-access"),
        ("access_token", "the-access"),
        ("refreshToken", "the-refresh"),
        ("client_secret", "the-client"),
        ("BhRestToken", "the-session"),
    ],
)
def test_a_name_tells_which_secret_it_holds(name, secret):
    assert KNOWN(name) == secret


@pytest.mark.parametrize("name", ["token", "Cookie", "password", "id", "", "api_key"])
def test_what_the_name_does_not_tell_stays_open(name):
    assert KNOWN(name) is None


def test_an_api_key_goes_by_several_names():
    keyed = KnownSecrets(User(access_token="the-key"), "", {}, key_based=True)
    assert {keyed(name) for name in ("api_key", "X-API-Key", "apiKey")} == {"the-key"}
    assert keyed("Authorization") is None
