import pytest

from app.checks.finding import Rule
from app.checks.messages import check_message


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
