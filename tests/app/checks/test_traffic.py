"""Requests of a lookup: which failures are hidden, which waits are needless, how many, how long."""

import pytest

from app.checks import check
from app.checks.traffic import BUDGET, SLOW_MS
from connectors.contract.exchange import Body


def sequential(runs, *exchanges, **more):
    evidence = runs.lookup(exchanges=exchanges, **more)
    return [
        finding.proof
        for finding in check(evidence, runs.manifest())
        if finding.rule == "requests-sequential"
    ]


SEARCH = "/search?field={}&value=6505551234"


@pytest.mark.parametrize(
    "broken", [{"status": 500}, {"status": 404}, {"status": None, "error": "x"}]
)
def test_a_failure_that_looks_like_no_match(runs, broken):
    failing = runs.exchange(4, "/s", **broken)
    (finding,) = check(runs.lookup(exchanges=[failing]), runs.manifest())
    assert (finding.rule, finding.severity, finding.proof) == ("error-swallowed", "error", (4,))
    partly = runs.lookup(runs.contact(), exchanges=[failing])
    assert runs.rules(partly) == [("error-swallowed", "warning")]


def test_a_failure_that_is_told_is_not_swallowed(runs):
    failing = runs.exchange(4, "/s", status=500)
    error = {"type": "CrmUnavailableError", "message": "500", "status": 500}
    assert runs.rules(runs.lookup(exchanges=[failing], error=error)) == []
    reported = runs.lookup(exchanges=[failing], reported=[("DEALS", "no deals")])
    assert ("error-swallowed", "error") not in runs.rules(reported)
    refused = runs.run({"successful": False, "matchedContactInfo": []}, failing)
    assert runs.rules(refused) == []
    message = {"message": "Lookup failed", "messageType": "warning", "ttl": 3000}
    told = {"successful": True, "matchedContactInfo": [runs.new], "returnMessage": message}
    assert runs.rules(runs.run(told, failing)) == []


def test_a_failure_that_was_repeated_with_success_is_mended(runs):
    expired = runs.exchange(1, "/s?a=1", status=401)
    again = runs.exchange(3, "/s?a=1", at=200)
    other = runs.exchange(3, "/s?a=2", at=200)
    assert runs.rules(runs.lookup(exchanges=[expired, again])) == []
    assert runs.rules(runs.lookup(exchanges=[expired, other])) == [("error-swallowed", "error")]


def test_fields_asked_one_after_another(runs):
    exchanges = [
        runs.exchange(at + 1, SEARCH.format(field), at=at * 60)
        for at, field in enumerate(("PHONE", "MOBILE", "HOME"))
    ]
    assert sequential(runs, *exchanges) == [(1, 2, 3)]


def test_fields_asked_together(runs):
    exchanges = [runs.exchange(at, SEARCH.format(f"F{at}"), at=at) for at in range(1, 4)]
    assert sequential(runs, *exchanges) == []


def test_a_request_that_uses_the_answer_has_to_wait(runs):
    first = runs.exchange(1, SEARCH.format("PHONE"), answer=[{"id": 7}, {"id": 8}])
    deals = [runs.exchange(at, f"/contacts/{at}/deals", at=60) for at in (7, 8)]
    assert sequential(runs, first, *deals) == []


def test_records_of_one_answer_read_one_after_another(runs):
    first = runs.exchange(1, SEARCH.format("PHONE"), answer=[{"id": 71}, {"id": 82}])
    deals = [
        runs.exchange(2, "/deals?contact=71", at=60),
        runs.exchange(3, "/leads?contact=71", at=120),
        runs.exchange(4, "/deals?contact=82", at=180),
    ]
    assert sequential(runs, first, *deals) == [(2, 3, 4)]


def test_waiting_for_a_batch_of_which_one_is_needed(runs):
    batch = [
        runs.exchange(1, SEARCH.format("A"), at=0, ms=40, answer=[{"id": 71}]),
        runs.exchange(2, SEARCH.format("B"), at=1, ms=60),
    ]
    assert sequential(runs, *batch, runs.exchange(3, "/deals?contact=71", at=70)) == []


def test_the_next_spelling_waits_for_the_one_before(runs):
    given = {"phoneNumber": runs.number, "overridingFormat": "(###) ###-####"}
    exchanges = [
        runs.exchange(1, "/s?phone=6505551234"),
        runs.exchange(2, "/s?phone=(650)%20555-1234", at=60),
    ]
    assert sequential(runs, *exchanges, given=given) == []


def test_the_next_page_a_repetition_and_a_reaction_to_failure_wait(runs):
    pages = [
        runs.exchange(at + 1, f"/s?value=6505551234&skip={at * 50}", at=at * 60) for at in (0, 1)
    ]
    assert sequential(runs, *pages) == []
    repeated = [runs.exchange(at, "/s?value=6505551234", at=at * 60) for at in (1, 2)]
    assert sequential(runs, *repeated) == []
    after = [
        runs.exchange(1, SEARCH.format("A"), status=429),
        runs.exchange(2, SEARCH.format("B"), at=60),
    ]
    assert sequential(runs, *after) == []


def test_a_session_check_before_the_search_is_no_wait(runs):
    assert (
        sequential(runs, runs.exchange(1, "/ping"), runs.exchange(2, SEARCH.format("A"), 60)) == []
    )


def test_a_redacted_token_and_an_answer_cut_short_count_as_used(runs):
    second = runs.exchange(2, SEARCH.format("B"), at=60, headers=(("Authorization", "[REDACTED]"),))
    login = runs.exchange(1, SEARCH.format("A"), answer={"access_token": "[REDACTED]"})
    assert sequential(runs, login, second) == []
    cut = runs.exchange(1, SEARCH.format("A"), response_body=Body(text="[", size=9, truncated=True))
    assert sequential(runs, cut, runs.exchange(2, SEARCH.format("B"), at=60)) == []


def test_the_number_in_the_answer_is_not_a_value_that_is_used(runs):
    first = runs.exchange(1, SEARCH.format("A"), answer=[{"phone": "6505551234"}])
    assert sequential(runs, first, runs.exchange(2, SEARCH.format("B"), at=60)) == [(1, 2)]


def test_the_budget_of_a_lookup(runs):
    exchanges = [runs.exchange(at, f"/s?n={at}", at=at / 100) for at in range(BUDGET + 1)]
    assert runs.rules(runs.lookup(exchanges=exchanges[:-1])) == []
    (finding,) = check(runs.lookup(exchanges=exchanges), runs.manifest())
    assert (finding.rule, finding.proof) == ("request-budget", (BUDGET,))
    assert "by default" in finding.text


def test_the_manifest_declares_the_budget(runs):
    exchanges = [runs.exchange(at, f"/s?n={at}", at=at / 100) for at in range(4)]
    evidence = runs.lookup(exchanges=exchanges)
    enough = runs.manifest(requestConfig={"lookupBudget": 4})
    assert runs.rules(evidence, enough) == []
    (finding,) = check(evidence, runs.manifest(requestConfig={"lookupBudget": 3}))
    assert (finding.rule, finding.proof) == ("request-budget", (3,))
    assert "in the manifest is 3" in finding.text


def test_a_slow_request(runs):
    exchanges = [runs.exchange(1, "/a", ms=SLOW_MS), runs.exchange(2, "/b", ms=SLOW_MS + 1)]
    (finding,) = check(runs.lookup(exchanges=exchanges), runs.manifest())
    assert (finding.rule, finding.severity, finding.proof) == ("request-slow", "note", (2,))
    assert "/b" in finding.text
