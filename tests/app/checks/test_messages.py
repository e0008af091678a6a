import pytest

from app.checks.finding import Rule
from app.checks.messages import check_claim, check_message


def paths(runs, message):
    evidence = runs.run({"successful": True, "returnMessage": message})
    findings = list(check_message(evidence))
    assert all(finding.rule is Rule.MESSAGE_SHAPE for finding in findings)
    return [
        (finding.proof[0].removeprefix("$.returned.returnMessage"), finding.severity)
        for finding in findings
    ]


GOOD = {
    "message": "Done",
    "messageType": "success",
    "ttl": 3000,
    "details": [{"title": "D", "items": [{"id": "1", "type": "text", "text": "t"}]}],
}


@pytest.mark.parametrize("message", [None, GOOD, GOOD | {"messageType": "danger", "details": None}])
def test_a_message_of_productions_shape_is_fine(runs, message):
    assert paths(runs, message) == []


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("Done", ""),
        (GOOD | {"message": ""}, ".message"),
        (GOOD | {"message": 3}, ".message"),
        (GOOD | {"messageType": "Success"}, ".messageType"),
        (GOOD | {"messageType": ["success"]}, ".messageType"),
        (GOOD | {"ttl": "3000"}, ".ttl"),
        (GOOD | {"ttl": -1}, ".ttl"),
        (GOOD | {"ttl": True}, ".ttl"),
        (GOOD | {"ttl": float("nan")}, ".ttl"),
        (GOOD | {"details": {}}, ".details"),
        (GOOD | {"details": ["text"]}, ".details[0]"),
        (GOOD | {"details": [{"title": "D"}]}, ".details[0].items"),
        (GOOD | {"details": [{"title": "D", "items": ["x"]}]}, ".details[0].items[0]"),
    ],
)
def test_a_wrong_part_is_named(runs, message, where):
    assert paths(runs, message) == [(where, "error")]


@pytest.mark.parametrize("ttl", [3, 3_000_000])
def test_a_time_in_another_unit_is_noted(runs, ttl):
    assert paths(runs, GOOD | {"ttl": ttl}) == [(".ttl", "note")]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("detaisl", "details"), ("Details", "details"), ("detail", "details"), ("TTL", "ttl")],
)
def test_a_misspelt_key_is_named_with_the_one_that_was_meant(runs, wrong, meant):
    message = {key: value for key, value in GOOD.items() if key != meant} | {wrong: GOOD[meant]}
    warned = [where for where, severity in paths(runs, message) if severity == "warning"]
    assert warned == [f".{wrong}"]


def test_a_key_of_the_connector_s_own_is_fine(runs):
    assert paths(runs, GOOD | {"messages": 3, "crmVersion": "v3"}) == []


def nobody(text, new, **more):
    listed = [new] if new else []
    message = {"message": text, "messageType": "success", "ttl": 3000}
    return {"successful": True, "matchedContactInfo": listed, "returnMessage": message} | more


@pytest.mark.parametrize(
    "text",
    [
        "Successfully found contact.",
        "Found 1 contacts",
        "found: 1 contact(s)",
        "Found a matching contact in Acme CRM",
        "Found 2 matches for +16505551234",
        "Contact found",
        "1 contact was found!",
        "2 people have been found.",
        "Leads successfully found",
    ],
)
def test_a_find_is_claimed_of_nobody(runs, text):
    (finding,) = check_claim(runs.run(nobody(text, runs.new)))
    assert (finding.rule, finding.severity) == (Rule.MESSAGE_UNTRUE, "warning")
    assert finding.proof == (
        "$.returned.returnMessage.message",
        "$.returned.matchedContactInfo[0]",
    )
    assert text in finding.text
    assert "Create new contact... is all" in finding.text


@pytest.mark.parametrize(
    "text",
    [
        "Found 0 contacts",
        "Contacts found: 0",
        "Contact not found",
        "No contact found for number 1",
        "No matching contacts were found.",
        "Contact couldn't be found",
        "Contact wasn\u2019t found",
        "Contacts werent found",
        "Found no contacts",
        "Contacts found: none",
        "If a contact is found, it is logged to",
        "Contact found?",
        "A contact found later will be updated",
        "Contact found, but it is archived",
        "Found 1 contact (hidden)",
        "Found contact types",
        "Found in contacts",
        "Found settings for contact",
        "Contact search done; found in 3 s",
        "Foundation contact",
        "Lost and found",
        "Lookup complete",
        "Kontakt gefunden",
    ],
)
def test_a_message_that_claims_no_find_is_fine(runs, text):
    assert list(check_claim(runs.run(nobody(text, runs.new)))) == []


CLAIM = "Found 1 contacts"


@pytest.mark.parametrize("listed", [[], None])
def test_a_find_is_claimed_of_an_empty_list(runs, listed):
    returned = nobody(CLAIM, None, matchedContactInfo=listed)
    (finding,) = check_claim(runs.run(returned, operation="findContactWithName"))
    assert finding.proof == ("$.returned.returnMessage.message", "$.returned")
    assert finding.text.endswith("but nobody is listed.")


def test_a_find_is_claimed_in_the_details(runs):
    details = [7, {"title": "D"}, {"title": "D", "items": [None, {"id": "1", "text": CLAIM}]}]
    message = {"message": "Done", "messageType": "success", "ttl": 3000, "details": details}
    (finding,) = check_claim(runs.run(nobody("", runs.new, returnMessage=message)))
    assert finding.proof[0] == "$.returned.returnMessage.details[2].items[1].text"


def test_a_server_s_answer_is_read_where_there_is_nothing_else(runs):
    message = GOOD | {"message": CLAIM}
    answer = {"successful": True, "contact": [runs.new], "returnMessage": message}
    (finding,) = check_claim(runs.run(None, answer=answer))
    assert finding.proof == ("$.answer.returnMessage.message", "$.answer.contact[0]")


def test_a_claim_with_somebody_in_the_list_is_fine(runs):
    listed = [runs.contact(), runs.new]
    assert list(check_claim(runs.run(nobody(CLAIM, None, matchedContactInfo=listed)))) == []


@pytest.mark.parametrize("kind", ["info", "warning", "danger", "fine", None, ["success"]])
def test_a_message_of_another_type_may_explain_why_nobody_is_listed(runs, kind):
    message = {"message": CLAIM, "messageType": kind, "ttl": 3000}
    assert list(check_claim(runs.run(nobody("", runs.new, returnMessage=message)))) == []


@pytest.mark.parametrize("message", [None, CLAIM, [], {}, {"messageType": "success", "message": 1}])
def test_a_message_that_cannot_be_read_claims_nothing(runs, message):
    assert list(check_claim(runs.run(nobody("", runs.new, returnMessage=message)))) == []


def test_a_lookup_that_did_not_succeed_claims_nothing(runs):
    for successful in (False, None, "true"):
        returned = nobody(CLAIM, runs.new, successful=successful)
        assert list(check_claim(runs.run(returned))) == []
    error = {"type": "TypeError", "message": "x"}
    assert list(check_claim(runs.run(nobody(CLAIM, None), error=error))) == []


def test_a_create_may_say_that_it_found_the_contact(runs):
    returned = nobody(CLAIM, None, contactInfo=None)
    assert list(check_claim(runs.run(returned, operation="createContact"))) == []
