"""Calls that are logged: read in the CRM's own store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.serving import INSIGHTLY


def anna(http):
    found = http.get("/contact", params={"phoneNumber": "+14155550132"}).json()
    return found["contact"][0]


def log(http, session, contact, **changes):
    body = {
        "logInfo": {
            "id": f"call-{session}",
            "sessionId": session,
            "telephonySessionId": f"t-{session}",
            "accountId": "acc1",
            "startTime": 1_767_225_600_000,
            "duration": 65,
            "direction": "Outbound",
            "result": "Call connected",
            "from": {"phoneNumber": "+14155550111", "name": "Me"},
            "to": {"phoneNumber": "+14155550132", "name": "Anna"},
        },
        "contactId": contact["id"],
        "contactType": contact["type"],
        "contactName": contact["name"],
        "note": "hello",
        "additionalSubmission": {},
    }
    return http.post("/callLog", json=body | changes)


def events(crm, text):
    return [
        row
        for row in crm.records("insightly", "events").values()
        if text in (row.get("DETAILS") or "")
    ]


def test_a_call_is_logged_once_read_and_changed(insightly, crm):
    contact = anna(insightly)
    first = log(insightly, "one", contact, note="first words").json()
    assert list(first) == ["successful", "logId", "returnMessage"]
    assert first["successful"] is True
    event = crm.records("insightly", "events")[first["logId"]]
    assert event["TITLE"] == "Outbound Call to Anna Keller"
    assert "- Note: first words" in event["DETAILS"]

    again = log(insightly, "one", contact).json()
    assert again == {
        "successful": False,
        "returnMessage": {
            "message": "Existing log for session one",
            "messageType": "warning",
            "ttl": 3000,
        },
    }

    known = insightly.get("/callLog", params={"sessionIds": "one,none"}).json()
    assert known == {
        "successful": True,
        "logs": [
            {"sessionId": "one", "matched": True, "logId": first["logId"]},
            {"sessionId": "none", "matched": False},
        ],
        "returnMessage": None,
    }
    asked = {"sessionIds": "one,none", "requireDetails": "true"}
    details = insightly.get("/callLog", params=asked).json()
    assert details["logs"][0]["logData"]["note"] == "first words"
    assert details["logs"][0]["logData"]["contactName"] == "Anna Keller"
    assert details["logs"][1] == {"sessionId": "none", "matched": False}

    changed = insightly.patch(
        "/callLog",
        json={
            "sessionId": "one",
            "telephonySessionId": "t-one",
            "note": "second words",
            "subject": "A new title",
            "startTime": 1_767_225_600_000,
            "duration": 70,
            "result": "Call connected",
        },
    ).json()
    assert list(changed) == ["successful", "logId", "updatedNote", "returnMessage"]
    assert changed["updatedNote"] == "second words"
    event = crm.records("insightly", "events")[first["logId"]]
    assert event["TITLE"] == "A new title"
    assert "- Note: second words" in event["DETAILS"]
    assert "- Duration: 1 minute, 10 seconds" in event["DETAILS"]
    assert len(events(crm, "first words")) == 0


def test_the_same_call_logged_at_once_is_one_record(server, crm):
    with server.client(INSIGHTLY) as http, ThreadPoolExecutor(6) as pool:
        contact = anna(http)
        crm.control(delayMs=100)
        try:
            answers = [
                each.json()
                for each in pool.map(
                    lambda _: log(http, "two", contact, note="only once"), range(6)
                )
            ]
        finally:
            crm.control(delayMs=0)
    assert len(events(crm, "only once")) == 1
    assert sorted(answer["successful"] for answer in answers) == [False] * 5 + [True]
    told = {a["returnMessage"]["message"] for a in answers if not a["successful"]}
    assert told == {"Existing log for session two"}


def test_a_disposition_is_set(insightly, crm):
    contact = anna(insightly)
    log(insightly, "three", contact)
    organisation = contact["additionalInfo"]["organisation"][0]["const"]
    answer = insightly.put(
        "/callDisposition",
        json={"sessionId": "three", "dispositions": {"organisation": organisation, "note": "x"}},
    ).json()
    assert answer["successful"] is True
    asked = {"sessionIds": "three", "requireDetails": "true"}
    details = insightly.get("/callLog", params=asked).json()["logs"][0]["logData"]
    assert details["dispositions"]["organisation"] == organisation


def test_a_call_that_is_not_logged_cannot_be_changed(insightly):
    changed = insightly.patch("/callLog", json={"sessionId": "never"}).json()
    assert changed["successful"] is False
    assert "log it first" in changed["returnMessage"]["message"]
    disposed = insightly.put("/callDisposition", json={"sessionId": "never"}).json()
    assert disposed["returnMessage"]["message"] == "Cannot find log"


def test_a_call_without_a_contact_is_not_logged(insightly, crm):
    contact = anna(insightly)
    before = len(crm.records("insightly", "events"))
    for contact_id in (None, 0, "", "0"):
        answer = log(insightly, "four", contact, contactId=contact_id).json()
        assert answer["successful"] is False
        told = answer["returnMessage"]["message"]
        assert told == "Contact not found for number +14155550132"
    assert len(crm.records("insightly", "events")) == before


def test_at_most_five_calls_are_read(insightly):
    asked = {"sessionIds": ",".join("abcdefgh")}
    assert len(insightly.get("/callLog", params=asked).json()["logs"]) == 5


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("GET", "/callLog", None, "sessionIds is missing."),
        ("GET", "/callLog?sessionIds=,,", None, "sessionIds is missing."),
        ("POST", "/callLog", {}, "missing required field `logInfo`"),
        ("POST", "/callLog", {"logInfo": {"sessionId": 1}}, "Expected `str`, got `int`"),
        ("PATCH", "/callLog", {}, "missing required field `sessionId`"),
        ("PUT", "/callDisposition", {"sessionId": "s", "dispositions": []}, "Expected `object"),
    ],
)
def test_what_is_wrong_is_said(insightly, method, path, body, words):
    answer = insightly.request(method, path, json=body)
    assert answer.status_code == 400
    assert words in answer.json()
