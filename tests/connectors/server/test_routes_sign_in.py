from __future__ import annotations

import sqlite3

import jwt
import pytest

from tests.serving import INSIGHTLY, SECRET_KEY

CALLBACK = (
    "https://ringcentral.github.io/ringcentral-embeddable/redirect.html"
    "?code=sandbox-code&state=platform%3Dbullhorn"
)
BULLHORN = {
    "callbackUri": CALLBACK,
    "hostname": "app.bullhornstaffing.com",
    "tokenUrl": "https://auth.bullhornstaffing.com/oauth/token",
    "apiUrl": "https://rest.bullhornstaffing.com/rest-services",
    "username": "sam.sandbox",
}


def test_a_key_becomes_a_token(anybody):
    answer = anybody.post("/apiKeyLogin", json=INSIGHTLY)
    body = answer.json()
    assert (answer.status_code, list(body)) == (200, ["jwtToken", "name", "returnMessage"])
    assert body["name"] == "Sam Sandbox"
    assert body["returnMessage"]["messageType"] == "success"
    payload = jwt.decode(body["jwtToken"], SECRET_KEY, algorithms=["HS256"])
    assert payload["id"] == "2410001-insightly"
    assert payload["platform"] == "insightly"
    assert payload["exp"] - payload["iat"] == 1_209_600


def test_no_secret_is_stored_in_clear(anybody, server):
    anybody.post("/apiKeyLogin", json=INSIGHTLY)
    path = server.log.with_name("serve.sqlite")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        rows = "\n".join(database.iterdump())
    database.close()
    assert "2410001-insightly" in rows
    assert "sandbox-key" not in rows
    assert "api.na1.insightly.com" not in rows


def test_a_wrong_key_is_refused_in_the_connectors_words(anybody):
    answer = anybody.post("/apiKeyLogin", json=INSIGHTLY | {"apiKey": "wrong-key-0123"})
    assert answer.status_code == 400
    message = answer.json()["returnMessage"]["message"]
    assert "does not accept the key" in message
    assert "wrong-key-0123" not in answer.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "Missing platform name"),
        ({"platform": "nope"}, "This server does not serve nope, only bullhorn, insightly."),
        ({"platform": 7}, "Expected `str`, got `int` - at `$.platform`"),
        (
            INSIGHTLY | {"additionalInfo": {"apiUrl": "http://127.0.0.1:9"}},
            "http://127.0.0.1:9 is no address of Insightly",
        ),
        (INSIGHTLY | {"hostname": "evil.example"}, "evil.example is no address of Insightly"),
        ({"platform": "insightly", "apiKey": "k\0"}, "NUL"),
    ],
)
def test_what_is_wrong_with_a_login_is_said(anybody, body, words):
    answer = anybody.post("/apiKeyLogin", json=body)
    assert answer.status_code == 400
    assert words in answer.json()


def test_a_key_with_line_breaks_reaches_no_header(anybody):
    answer = anybody.post("/apiKeyLogin", json=INSIGHTLY | {"apiKey": "a\r\nX-Evil: 1"})
    assert answer.status_code == 400
    assert "x-evil" not in answer.headers


def test_a_code_becomes_a_token(anybody):
    answer = anybody.get("/oauth-callback", params=BULLHORN)
    body = answer.json()
    assert answer.status_code == 200
    assert list(body) == ["successful", "jwtToken", "name", "returnMessage"]
    assert body["successful"] is True
    token = {"Authorization": f"Bearer {body['jwtToken']}"}
    found = anybody.get("/contact", params={"phoneNumber": "+14155550132"}, headers=token).json()
    assert [each["name"] for each in found["contact"]] == ["Anna Keller"]
    assert anybody.get("/authValidation", headers=token).json() == {"successful": True}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"callbackUri": ""}, "Missing callbackUri"),
        ({"callbackUri": "https://x.example/?code=1"}, "Missing platform name"),
        ({"callbackUri": "https://x.example/?state=platform%3Dbullhorn"}, "no code came back"),
        ({"callbackUri": "https://[/?code=1"}, "callbackUri is not an address."),
        ({"callbackUri": CALLBACK.replace("bullhorn", "nope")}, "does not serve nope"),
        (
            {"callbackUri": CALLBACK.replace("sandbox-code", "stolen")},
            "The code or refresh token is wrong",
        ),
        (
            {"tokenUrl": "https://evil.example/token"},
            "evil.example/token is no address of Bullhorn",
        ),
        ({"apiUrl": "http://169.254.169.254"}, "is no address of Bullhorn"),
        ({"tokenUrl": ""}, "BULLHORN_ACCESS_TOKEN_URI is missing"),
    ],
)
def test_what_is_wrong_with_a_callback_is_said(anybody, changes, words):
    answer = anybody.get("/oauth-callback", params=BULLHORN | changes)
    assert answer.status_code == 400
    assert words in answer.json()
    assert "sandbox-secret" not in answer.text


def test_who_disconnects_leaves_no_key_but_keeps_the_settings(server):
    with server.client(INSIGHTLY) as http:
        chosen = {"theme": {"value": "dark", "customizable": True}}
        http.post("/user/settings", json={"userSettings": chosen})
        answer = http.post("/unAuthorize")
        assert answer.status_code == 200
        assert answer.json()["message"] == "Logged out of Insightly"
        lookup = http.get("/contact", params={"phoneNumber": "+14155550132"}).json()
        assert lookup["successful"] is False
        assert lookup["returnMessage"]["message"] == "Contact not found"
        created = http.post("/contact", json={"phoneNumber": "+14155550132"}).json()
        assert created["successful"] is False
        assert http.get("/authValidation").json()["successful"] is False
        assert http.post("/unAuthorize").status_code == 200
        http.post("/apiKeyLogin", json=INSIGHTLY)
        assert http.get("/user/settings").json() == chosen


def test_the_hostname_is_a_text(insightly):
    assert insightly.get("/hostname").text == '"crm.na1.insightly.com"'


def test_a_token_of_nobody_finds_no_user(anybody):
    claims = {"id": "nobody", "platform": "insightly", "iat": 1, "exp": 4_000_000_000}
    token = jwt.encode(claims, SECRET_KEY)
    for method, path in (("GET", "/hostname"), ("POST", "/unAuthorize"), ("GET", "/user/settings")):
        answer = anybody.request(method, path, params={"jwtToken": token})
        assert (answer.status_code, answer.json()) == (400, "User not found")
