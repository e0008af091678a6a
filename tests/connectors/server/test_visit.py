"""What a caller's token opens, on the real server."""

from __future__ import annotations

import time

import jwt
import pytest

from tests.serving import INSIGHTLY, SECRET_KEY, running_server

DAY_S = 24 * 3600


def token(key=SECRET_KEY, algorithm="HS256", **changes):
    now = int(time.time())
    claims = {
        "id": "2410001-insightly",
        "platform": "insightly",
        "iat": now,
        "exp": now + 14 * DAY_S,
    }
    return jwt.encode(claims | changes, key, algorithm=algorithm)


def settings(http, given):
    return http.get("/user/settings", headers={"Authorization": f"Bearer {given}"})


@pytest.mark.parametrize(
    "given",
    [
        token(key="another-key-of-a-good-length-0123456789"),
        token(exp=1),
        token(platform="nope"),
        token(platform="salesforce"),
        token(key="", algorithm="none"),
        "x" * 8000,
    ],
    ids=["other key", "expired", "other platform", "another platform", "alg none", "huge"],
)
def test_a_hostile_token_opens_nothing(anybody, insightly, given):
    answer = settings(anybody, given)
    assert (answer.status_code, answer.json()) == (
        400,
        "Please go to Settings and authorize CRM platform",
    )


def test_a_token_in_the_address_is_as_good(anybody, insightly):
    answer = anybody.get("/user/settings", params={"jwtToken": token()})
    assert answer.status_code == 200


def test_a_token_in_its_last_week_is_followed_by_the_next(anybody, insightly):
    fresh = settings(anybody, token())
    assert "x-refreshed-jwt-token" not in fresh.headers
    old = settings(anybody, token(exp=int(time.time()) + 6 * DAY_S))
    assert settings(anybody, old.headers["x-refreshed-jwt-token"]).status_code == 200
    assert old.headers["access-control-expose-headers"] == "x-refreshed-jwt-token"


def test_a_trace_comes_for_who_asks_and_has_a_token(anybody, insightly):
    debug = {"is-debug": "true"}
    params = {"phoneNumber": "+16285550174"}
    answer = insightly.get("/contact", params=params, headers=debug).json()
    methods = [each["method"] for each in answer["_debug"]["sum"]]
    assert methods[0] == "findContact:start"
    assert methods[-1] == "findContact:result"
    assert methods.count("http:GET") == 4
    assert answer["_debug"]["traceCount"] == len(answer["_debug"]["traces"])
    urls = [each["data"].get("url", "") for each in answer["_debug"]["traces"]]
    assert any(url.startswith("https://api.na1.insightly.com/v3.1/contacts/search") for url in urls)
    for secret in ("sandbox-key", "c2FuZGJveC1rZXk", insightly.headers["authorization"][7:]):
        assert secret not in str(answer)
    assert "_debug" not in insightly.get("/contact", params=params).json()
    assert "_debug" not in anybody.get("/contact", params=params, headers=debug).text
    assert "_debug" not in insightly.get("/hostname", headers=debug).text


def test_whose_secrets_no_key_opens_is_asked_to_connect_again_and_can(tmp_path, crm):
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite'}"}
    kept = {"userSettings": {"formats": {"value": "###"}}}
    with (
        running_server(tmp_path / "before", routes=crm.routes, env=database) as before,
        before.client(INSIGHTLY) as http,
    ):
        assert http.post("/user/settings", json=kept).json() == kept
    new_key = "the-only-key-after-the-old-one-was-lost-0123456789"
    changed = database | {"APP_SERVER_SECRET_KEY": new_key}
    with running_server(tmp_path / "after", routes=crm.routes, env=changed) as after:
        with after.client(headers={"Authorization": f"Bearer {token(new_key)}"}) as http:
            for path in ("/contact?phoneNumber=%2B14155550132", "/user/settings", "/hostname"):
                answer = http.get(path)
                assert answer.status_code == 401
                assert answer.json()["errorCode"] == "CRM_SESSION_REVOKED"
        with after.client(INSIGHTLY) as http:
            assert http.get("/user/settings").json() == kept["userSettings"]
            found = http.get("/contact", params={"phoneNumber": "+14155550132"}).json()
            assert found["contact"][0]["name"] == "Anna Keller"
        said = after.log.read_text()
    assert "add that key behind the current one" in said
    assert "Traceback" not in said
