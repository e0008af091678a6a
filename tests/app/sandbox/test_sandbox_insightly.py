from __future__ import annotations

import pytest

from app.sandbox.seed import DEMO


def search(sandbox, entity, field, value, **more):
    params = {"field_name": field, "field_value": value, "brief": "false", **more}
    return sandbox.insightly("GET", f"/{entity}/search", params=params)


def names(answer):
    return {f"{row['FIRST_NAME']} {row['LAST_NAME']}" for row in answer.json()}


def test_the_key_is_checked(sandbox):
    assert sandbox.insightly("GET", "/users/me").json()["FIRST_NAME"] == "Sam"
    for auth in (None, ("wrong", "")):
        answer = sandbox.http.get("/insightly/v3.1/users/me", auth=auth)
        assert answer.status_code == 401
        assert "Message" in answer.json()
    assert sandbox.insightly("GET", "/nothing").status_code == 404


def test_a_number_is_found_only_by_its_stored_spelling(sandbox):
    assert names(search(sandbox, "contacts", "PHONE", "4155550132")) == {"Anna Keller"}
    assert search(sandbox, "contacts", "PHONE", "+14155550132").json() == []
    assert search(sandbox, "contacts", "PHONE", "5105550177").json() == []
    assert names(search(sandbox, "contacts", "PHONE", "(510) 555-0177")) == {"Omar Haddad"}
    assert names(search(sandbox, "contacts", "PHONE_MOBILE", "4155550163")) == {"Ben Carter"}
    custom = search(sandbox, "contacts", "DIRECT_LINE__c", "6505550142")
    assert names(custom) == {"Ines Duarte"}
    shared = DEMO["shared"].stored
    assert names(search(sandbox, "leads", "PHONE", shared)) == {"Priya Nair"}
    assert len(search(sandbox, "contacts", "PHONE", shared).json()) == 2


def test_converted_leads_are_left_out_unless_asked_for(sandbox):
    stored = DEMO["converted"].stored
    assert search(sandbox, "leads", "PHONE", stored).json() == []
    found = search(sandbox, "leads", "PHONE", stored, include_converted="true")
    assert names(found) == {"Nadia Petrov"}


def test_links_come_with_brief_false_and_lead_somewhere(sandbox):
    row = search(sandbox, "contacts", "PHONE", "4155550132").json()[0]
    link = row["LINKS"][0]
    organisation = sandbox.insightly("GET", f"/organisations/{link['LINK_OBJECT_ID']}").json()
    assert organisation["ORGANISATION_NAME"] == "Demo Co"
    brief = search(sandbox, "contacts", "PHONE", "4155550132", brief="true").json()[0]
    assert "LINKS" not in brief


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?field_name=NOPE&field_value=1",
        "?field_name=PHONE",
        "?field_name=PHONE&field_value=1&x=1",
        "?field_name=PHONE&field_value=1&top=0",
        "?field_name=PHONE&field_value=1&brief=maybe",
    ],
)
def test_a_wrong_search_is_refused(sandbox, query):
    assert sandbox.insightly("GET", f"/contacts/search{query}").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"PHONE": "1"},
        {"LAST_NAME": "A", "NOPE": 1},
        {"LAST_NAME": 5},
        [],
        "text",
        {"LAST_NAME": "A", "LINKS": []},
        {"LAST_NAME": "A", "CONTACT_ID": 1},
        {"LAST_NAME": ["A"]},
        {"LAST_NAME": "A", "CUSTOMFIELDS": [{"FIELD_NAME": "X", "FIELD_VALUE": "1"}]},
    ],
)
def test_a_wrong_contact_is_refused(sandbox, body):
    assert sandbox.insightly("POST", "/contacts", json=body).status_code == 400


def test_people_are_created_changed_and_read(sandbox):
    made = sandbox.insightly("POST", "/leads", json={"LAST_NAME": "New", "PHONE": "99"})
    assert made.status_code == 201
    lead = made.json()["LEAD_ID"]
    changed = sandbox.insightly("PUT", "/leads", json={"LEAD_ID": lead, "PHONE": "98"})
    assert changed.json()["LAST_NAME"] == "New"
    assert sandbox.insightly("GET", f"/leads/{lead}").json()["PHONE"] == "98"
    assert sandbox.insightly("GET", "/leads/1").status_code == 404
    assert sandbox.insightly("POST", "/leads", json={"FIRST_NAME": "A"}).status_code == 400
    page = sandbox.insightly("GET", "/contacts?top=2&skip=1&count_total=true")
    assert len(page.json()) == 2
    assert int(page.headers["x-total-count"]) > 2


def test_a_call_is_logged_linked_and_unlinked(sandbox):
    event = {"TITLE": "Call", "DETAILS": "x"}
    assert sandbox.insightly("POST", "/events", json=event).status_code == 400
    event |= {"START_DATE_UTC": "2026-01-02T03:04:05Z", "END_DATE_UTC": "2026-01-02T03:05:05.000Z"}
    made = sandbox.insightly("POST", "/events", json=event).json()
    assert made["START_DATE_UTC"] == "2026-01-02 03:04:05"
    path = f"/events/{made['EVENT_ID']}"
    anna = search(sandbox, "contacts", "PHONE", "4155550132").json()[0]["CONTACT_ID"]
    wrong = {"LINK_OBJECT_NAME": "contact", "LINK_OBJECT_ID": anna}
    assert sandbox.insightly("POST", f"{path}/links", json=wrong).status_code == 400
    right = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": anna}
    link = sandbox.insightly("POST", f"{path}/links", json=right).json()
    assert sandbox.insightly("GET", path).json()["LINKS"] == [link]
    put = {"EVENT_ID": made["EVENT_ID"], "TITLE": "Other"}
    assert sandbox.insightly("PUT", "/events", json=put).json()["TITLE"] == "Other"
    gone = sandbox.insightly("DELETE", f"{path}/links/{link['LINK_ID']}")
    assert gone.status_code == 202
    assert sandbox.insightly("GET", f"{path}/links").json() == []
    assert sandbox.insightly("DELETE", f"{path}/links/{link['LINK_ID']}").status_code == 404
