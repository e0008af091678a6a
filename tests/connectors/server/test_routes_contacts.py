"""The real server before the real sandbox CRM; what is written is read in the CRM's own store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.serving import INSIGHTLY, running_server

ANNA = "+14155550132"
NOBODY = "+16285550174"
NEW = {"id": "createNewContact", "name": "Create new contact..."}


def find(http, number, **query):
    asked = {"phoneNumber": number, "overridingFormat": "", "isExtension": "false"} | query
    return http.get("/contact", params=asked)


def stored(crm, name):
    first, _, last = name.partition(" ")
    return [
        row
        for row in crm.records("insightly", "contacts").values()
        if (row.get("FIRST_NAME"), row.get("LAST_NAME")) == (first, last)
    ]


def test_a_contact_is_found_and_the_cache_answers_the_second_time(insightly):
    first = find(insightly, ANNA, isForceRefreshAccountData="true").json()
    assert list(first) == ["successful", "contact"]
    assert [each["name"] for each in first["contact"]] == ["Anna Keller", NEW["name"]]
    second = find(insightly, ANNA).json()
    assert second == {"successful": True, "returnMessage": None, "contact": first["contact"]}


def test_a_plus_that_the_url_has_swallowed_comes_back(server, insightly):
    token = insightly.headers["Authorization"].removeprefix("Bearer ")
    answer = httpx.get(
        f"{server.url}/contact?jwtToken={token}&phoneNumber={ANNA}&isExtension=false"
    )
    assert answer.json()["contact"][0]["name"] == "Anna Keller"


def test_nobody_is_found_in_productions_words(insightly):
    answer = find(insightly, NOBODY)
    assert answer.status_code == 200
    body = answer.json()
    assert body["successful"] is True
    assert body["returnMessage"] == {
        "message": "Contact not found",
        "messageType": "warning",
        "ttl": 5000,
        "details": [
            {
                "title": "Details",
                "items": [
                    {
                        "id": "1",
                        "type": "text",
                        "text": f"A contact with the phone number {NOBODY} could not be found in "
                        "your insightly account.",
                    }
                ],
            }
        ],
    }
    assert [each["id"] for each in body["contact"]] == [NEW["id"]]


def test_formats_are_one_text(insightly):
    body = find(insightly, "+15105550177", overridingFormat="(###) ###-####,###.###.####").json()
    assert body["contact"][0]["name"] == "Omar Haddad"


def test_an_extension_is_the_text_true(insightly):
    body = find(insightly, "101", isExtension="true").json()
    assert body["successful"] is False
    assert body["contact"] == []


def test_a_failing_crm_is_200_with_the_message_that_the_extension_shows(insightly, crm):
    crm.control(faults=["insightly/contacts/search=429"])
    try:
        answer = find(insightly, NOBODY)
    finally:
        crm.control(faults=[])
    assert answer.status_code == 200
    assert answer.json()["successful"] is False
    assert answer.json()["returnMessage"]["message"] == "Rate limit exceeded"


def test_a_name_is_searched(insightly):
    body = insightly.get("/custom/contact/search", params={"name": "Keller"}).json()
    assert "Anna Keller" in [each["name"] for each in body["contact"]]
    nobody = insightly.get("/custom/contact/search", params={"name": "Zed#&+"}).json()
    assert nobody["returnMessage"]["message"] == "No contact found with name Zed#&+ "
    assert nobody["contact"] == []


def test_first_lookups_of_a_number_at_once_all_answer(insightly):
    with ThreadPoolExecutor(8) as pool:
        answers = [
            each.json() for each in pool.map(lambda _: find(insightly, "+14155550148"), range(8))
        ]
    assert all(answer["successful"] for answer in answers)
    assert all(answer["contact"] == answers[0]["contact"] for answer in answers)
    assert find(insightly, "+14155550148").json()["returnMessage"] is None


def test_a_contact_is_created_in_the_crm(insightly, crm):
    given = {
        "phoneNumber": "+16285550101",
        "newContactName": "Grace Brewster Hopper",
        "newContactType": "contact",
        "additionalSubmission": {},
    }
    answer = insightly.post("/contact", json=given)
    body = answer.json()
    assert (answer.status_code, list(body)) == (200, ["successful", "returnMessage", "contact"])
    assert body["returnMessage"]["message"] == "Contact created."
    assert body["contact"]["name"] == "Grace Brewster Hopper"
    row = crm.records("insightly", "contacts")[body["contact"]["id"]]
    assert row["PHONE"] == "6285550101"
    found = find(insightly, "+16285550101").json()
    assert found["contact"][0]["id"] == body["contact"]["id"]


def test_the_same_contact_created_at_once_is_one_contact(server, crm):
    given = {
        "phoneNumber": "+16285550102",
        "newContactName": "Katherine Johnson",
        "newContactType": "contact",
    }
    crm.control(delayMs=150)
    try:
        with server.client(INSIGHTLY) as http, ThreadPoolExecutor(8) as pool:
            answers = [
                each.json()
                for each in pool.map(lambda _: http.post("/contact", json=given), range(8))
            ]
    finally:
        crm.control(delayMs=0)
    assert len(stored(crm, "Katherine Johnson")) == 1
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["successful"] is True


def test_the_same_contact_created_through_two_workers_is_one_contact(tmp_path, crm):
    """Two servers over one database are what two workers are."""
    given = {
        "phoneNumber": "+16285550103",
        "newContactName": "Dorothy Vaughan",
        "newContactType": "contact",
    }
    shared = {"DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite'}"}
    with (
        running_server(tmp_path / "a", routes=crm.routes, env=shared) as one,
        running_server(tmp_path / "b", routes=crm.routes, env=shared) as two,
        one.client(INSIGHTLY) as first,
        two.client(INSIGHTLY) as second,
        ThreadPoolExecutor(6) as pool,
    ):
        crm.control(delayMs=200)
        try:
            asked = [first, second] * 3
            answers = [
                each.json()
                for each in pool.map(lambda http: http.post("/contact", json=given), asked)
            ]
        finally:
            crm.control(delayMs=0)
    assert len(stored(crm, "Dorothy Vaughan")) == 1
    assert {answer["contact"]["id"] for answer in answers} == {answers[0]["contact"]["id"]}


def test_a_second_contact_of_the_name_can_be_created_later(insightly, crm):
    given = {
        "phoneNumber": "+16285550104",
        "newContactName": "Mary Jackson",
        "newContactType": "contact",
    }
    first = insightly.post("/contact", json=given).json()
    crm.control(delayMs=1100)
    try:
        find(insightly, NOBODY)
    finally:
        crm.control(delayMs=0)
    second = insightly.post("/contact", json=given).json()
    assert first["contact"]["id"] != second["contact"]["id"]
    assert len(stored(crm, "Mary Jackson")) == 2


def test_a_create_whose_answer_is_lost_is_not_sent_again(insightly, crm):
    given = {
        "phoneNumber": "+16285550105",
        "newContactName": "Annie Easley",
        "newContactType": "contact",
    }
    crm.control(faults=["insightly/contacts=cutx1"])
    try:
        body = insightly.post("/contact", json=given).json()
    finally:
        crm.control(faults=[])
    assert body["successful"] is False
    assert len(stored(crm, "Annie Easley")) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("GET", "/contact", None, "phoneNumber is missing."),
        ("GET", "/contact?phoneNumber=%20", None, "phoneNumber is missing."),
        ("GET", "/contact?phoneNumber=%00", None, "NUL"),
        ("GET", "/contact?phoneNumber=" + "1" * 300, None, "longer than 255"),
        ("GET", "/custom/contact/search", None, "name is missing."),
        ("GET", "/custom/contact/search?name=%20", None, "name is missing."),
        ("POST", "/contact", b"{", "The body is not JSON: Input data was truncated."),
        ("POST", "/contact", b"", "missing required field `phoneNumber`"),
        ("POST", "/contact", b'{"phoneNumber":["+1"]}', "Expected `str`, got `array`"),
    ],
)
def test_what_is_wrong_is_said(insightly, method, path, body, words):
    answer = insightly.request(method, path, content=body)
    assert answer.status_code == 400
    assert words in answer.json()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/contact?phoneNumber=1"),
        ("POST", "/contact"),
        ("GET", "/custom/contact/search?name=x"),
        ("GET", "/callLog?sessionIds=1"),
        ("POST", "/callLog"),
        ("PATCH", "/callLog"),
        ("PUT", "/callDisposition"),
        ("GET", "/user/settings"),
        ("POST", "/user/settings"),
        ("GET", "/hostname"),
        ("GET", "/authValidation"),
        ("POST", "/unAuthorize"),
    ],
)
@pytest.mark.parametrize("token", [None, "x.y.z", "é".encode().decode("latin-1")])
def test_every_route_of_a_user_wants_a_token(anybody, method, path, token):
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")} if token else {}
    answer = anybody.request(method, path, headers=headers)
    assert answer.status_code == 400
    assert answer.text == '"Please go to Settings and authorize CRM platform"'
