from __future__ import annotations

import pytest

NOT_DELETED = 'AND isDeleted:false NOT status:"Archive"'


def test_sign_in_refresh_and_session(sandbox):
    token = {
        "grant_type": "refresh_token",
        "refresh_token": "sandbox-refresh",
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
    }
    given = sandbox.http.post("/bullhorn/oauth/token", params=token).json()
    login = sandbox.http.post(
        "/bullhorn/rest-services/login",
        params={"version": "2.0", "access_token": given["access_token"]},
    ).json()
    assert login["restUrl"] == f"{sandbox.url}/bullhorn/rest/"
    headers = {"BhRestToken": login["BhRestToken"]}
    assert sandbox.http.get(f"{login['restUrl']}ping", headers=headers).json()["sessionExpires"]
    # A routed caller puts the prefix before the path once more.
    again = "/bullhorn/bullhorn/rest/ping"
    assert sandbox.http.get(again, headers=headers).status_code == 200
    wrong = sandbox.bullhorn("GET", "ping", headers={"BhRestToken": "old"})
    assert (wrong.status_code, "errorMessage" in wrong.json()) == (401, True)
    for change in ({"client_secret": "x"}, {"grant_type": "x"}, {"refresh_token": "x"}):
        answer = sandbox.http.post("/bullhorn/oauth/token", params=token | change)
        assert answer.status_code in {400, 401}


def test_the_connected_user(sandbox):
    assert sandbox.bullhorn("GET", "settings/userId").json() == {"userId": 31}
    fields = "fields=id,name,masterUserID"
    user = {"id": 31, "name": "Sam Sandbox", "masterUserID": 31}
    for where in ("id=31", "username='sam.sandbox'", "masterUserID = 31"):
        answer = sandbox.bullhorn("GET", f"query/CorporateUser?{fields}&where={where}").json()
        assert answer["data"] == [user]
    for where in ("id=32", "username='sam''s'"):
        answer = sandbox.bullhorn("GET", f"query/CorporateUser?{fields}&where={where}").json()
        assert answer["data"] == []


@pytest.mark.parametrize(
    "path",
    [
        "query/CorporateUser?fields=nope&where=id=31",
        "query/CorporateUser?where=id=31",
        "query/CorporateUser?fields=id",
        "query/CorporateUser?fields=id&where=id=31 OR id=1",
        "query/CorporateUser?fields=id&where=nope=31",
        "query/Candidate?fields=id&where=id=31",
    ],
)
def test_a_query_that_the_sandbox_cannot_answer_is_refused(sandbox, path):
    assert sandbox.bullhorn("GET", path).status_code == 400


def test_account_data(sandbox):
    actions = sandbox.bullhorn("GET", "settings/commentActionList").json()
    assert "Inbound Call" in actions["commentActionList"]
    field = sandbox.bullhorn("GET", "meta/Lead?fields=status").json()["fields"][0]
    assert field["options"][0] == {"value": "New Lead", "label": "New Lead"}
    assert sandbox.bullhorn("GET", "meta/Nope?fields=status").status_code == 404
    assert sandbox.bullhorn("GET", "settings/nope").status_code == 400


def test_a_number_is_found_by_its_words(sandbox):
    query = f"(phone:{{0}} OR mobile:{{0}} OR phone2:{{0}} OR phone3:{{0}}) {NOT_DELETED}"
    assert sandbox.found("ClientContact", query.format("4155550132")) == ["Anna Keller"]
    assert sandbox.found("ClientContact", query.format("6505550142")) == ["Ines Duarte"]
    assert sandbox.found("ClientContact", query.format("5105550177")) == []
    assert sandbox.found("ClientContact", query.format('"510-555-0177"')) == ["Omar Haddad"]
    assert sandbox.found("ClientContact", query.format('"510-0177"')) == []
    assert set(sandbox.found("ClientContact", query.format("4155550148"))) == {
        "Miguel Santos",
        "Ruth Okafor",
    }
    converted = 'phone:4155550185 NOT status:"Converted"'
    assert sandbox.found("Lead", converted) == []
    assert sandbox.found("Lead", "phone:4155550185") == ["Nadia Petrov"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("firstName:anna", ["Anna Keller"]),
        ("lastName:KEL*", ["Anna Keller"]),
        ("lastName:kell?r", ["Anna Keller"]),
        (r"name:Anna\ Keller", ["Anna Keller"]),
        ("lastName:(keller OR haddad)", ["Anna Keller", "Omar Haddad"]),
        ("+lastName:keller +firstName:omar", []),
        ("lastName:keller && firstName:anna", ["Anna Keller"]),
        ("NOT lastName:keller", []),
        ("lastName:keller -firstName:anna", []),
        ('(name:"Anna Keller" AND isDeleted:false) OR (firstName:Omar AND isDeleted:false)',
         ["Anna Keller", "Omar Haddad"]),
        ("id:4001", ["Anna Keller"]),
    ],
)  # fmt: skip
def test_queries(sandbox, query, expected):
    assert sandbox.found("ClientContact", query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "",
        "phone:(415",
        'phone:"415',
        "phone:",
        "AND phone:1",
        "phone:1 AND",
        "nope:1",
        "anna",
        "()",
        "phone:1)",
        ":1",
        "phone:1\\",
        "phone:[1 TO 2]",
        "NOT",
    ],
)
def test_a_broken_query_is_refused(sandbox, query):
    answer = sandbox.bullhorn("POST", "search/Lead?fields=id", json={"query": query})
    assert answer.status_code == 400
    assert answer.json()["errorMessage"]


def test_paging_and_fields(sandbox):
    page = sandbox.bullhorn(
        "POST", "search/Lead?fields=id&count=2&start=1", json={"query": "isDeleted:false"}
    )
    body = page.json()
    assert (body["count"], body["start"], len(body["data"])) == (2, 1, 2)
    assert body["total"] > 2
    assert page.headers["ratelimit-remaining"]
    assert sandbox.bullhorn("GET", "search/Lead?fields=nope&query=id:1").status_code == 400
    assert sandbox.bullhorn("GET", "search/Lead?query=id:1").status_code == 400


def test_people_and_notes_are_written_and_read(sandbox):
    body = {"firstName": "New", "lastName": "One", "phone": "+14155550190", "status": "Active"}
    assert sandbox.bullhorn("PUT", "entity/ClientContact", json=body).status_code == 400
    assert sandbox.bullhorn("PUT", "entity/Lead", json=body | {"x": 1}).status_code == 400
    made = sandbox.bullhorn("PUT", "entity/Lead", json=body).json()["changedEntityId"]
    assert sandbox.found("Lead", "phone:14155550190") == ["New One"]
    updated = sandbox.bullhorn("POST", f"entity/Lead/{made}", json={"comments": "c"})
    assert updated.json()["changeType"] == "UPDATE"
    shown = sandbox.bullhorn("GET", f"entity/Lead/{made}?fields=name,comments").json()["data"]
    assert shown == {"id": made, "name": "New One", "comments": "c"}
    note = {"comments": "<b>x</b>", "personReference": {"id": made, "personSubtype": "Lead"}}
    note_id = sandbox.bullhorn("PUT", "entity/Note", json=note).json()["changedEntityId"]
    path = f"entity/Note/{note_id}?fields=comments,candidates,clientContacts,leads,action"
    data = sandbox.bullhorn("GET", path).json()["data"]
    assert (data["leads"]["total"], data["clientContacts"]["total"]) == (1, 0)
    assert sandbox.bullhorn("PUT", "entity/Note", json={"comments": "x"}).status_code == 400
    assert sandbox.bullhorn("GET", "entity/Lead/1?fields=id").status_code == 404
    assert sandbox.bullhorn("GET", "entity/Nope/1?fields=id").status_code == 404
