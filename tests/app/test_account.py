"""What is entered to sign in becomes the user that a connector is given."""

import pytest

from app.account import sign_in_to, with_values
from app.connections import Connection
from connectors.contract.model import User
from connectors.host.local import LocalHost

CONNECTOR = """
from connectors.contract.connector import Connector


class Small(Connector):
    def get_basic_auth(self, given):
        return given.api_key

    async def get_user_info(self, given):
        if given.api_key != "key-1":
            return {"successful": False, "returnMessage": {"message": "Unknown key."}}
        self.context.save_user(token_expiry="2030-01-01T00:00:00Z")
        return {"successful": True, "platformUserInfo": {"id": 7}}
"""


def test_an_empty_value_leaves_what_is_there():
    before = User(
        id="1", access_token="old", refresh_token="r", platform_additional_info={"site": "eu"}
    )
    same = with_values(before, {"apiKey": "", "site": ""})
    assert same == before
    after = with_values(before, {"apiKey": "new", "login": "tess", "refreshToken": "s"})
    assert (after.id, after.access_token, after.refresh_token) == ("1", "new", "s")
    assert after.platform_additional_info == {"site": "eu", "login": "tess"}


def test_a_new_user_has_what_was_entered():
    user = with_values(User(), {"accessToken": "token"})
    assert (user.access_token, user.platform_additional_info) == ("token", {})


@pytest.mark.parametrize("key", ["key-1", "wrong"])
async def test_the_connector_says_whose_account_it_is(tmp_path, at_end, key):
    source = tmp_path / "small.py"
    source.write_text(CONNECTOR)
    host = LocalHost(str(source))
    at_end.append(host.close)
    connection = Connection(
        id="c", name="c", platform=str(source), user=with_values(User(), {"apiKey": key})
    )
    signed = await sign_in_to(connection, host)
    if key == "wrong":
        assert (signed.user, signed.message) == (None, "Unknown key.")
    else:
        assert (signed.user.id, signed.user.access_token) == ("7", key)
        assert signed.user.token_expiry == "2030-01-01T00:00:00Z"
