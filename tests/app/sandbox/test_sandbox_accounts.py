from __future__ import annotations

import pytest

from app.sandbox.accounts import sandbox_config, sandbox_routes, sandbox_user
from app.sandbox.errors import SandboxError
from app.sandbox.schema import PLATFORMS
from connectors.contract.model import User, from_wire

URLS = {name: f"http://127.0.0.1:1/{name}" for name in PLATFORMS}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_user_has_productions_shape(platform):
    user = from_wire(sandbox_user(platform), User)
    assert user.platform == platform
    assert user.id.endswith(f"-{platform}")
    assert user.access_token


@pytest.mark.parametrize("platform", PLATFORMS)
def test_all_traffic_goes_to_the_sandbox(platform):
    assert sandbox_routes(platform, URLS) == {"*": URLS[platform]}
    assert all(isinstance(value, str) for value in sandbox_config(platform).values())


def test_the_key_in_the_account_opens_the_sandbox(sandbox):
    key = sandbox_user("insightly")["accessToken"]
    answer = sandbox.http.get("/insightly/v3.1/users/me", auth=(key, ""))
    assert answer.status_code == 200
    user_id = sandbox_user("insightly")["id"].partition("-")[0]
    assert str(answer.json()["USER_ID"]) == user_id


@pytest.mark.parametrize(
    "ask",
    [sandbox_user, sandbox_config, lambda name: sandbox_routes(name, URLS)],
    ids=["user", "config", "routes"],
)
def test_another_crm_is_refused_by_name(ask):
    with pytest.raises(SandboxError, match="'clio'; it has insightly and bullhorn"):
        ask("clio")


def test_a_sandbox_without_that_crm_is_refused():
    with pytest.raises(SandboxError, match="insightly"):
        sandbox_routes("insightly", {})
