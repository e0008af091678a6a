"""Which runs of a session are looked back at."""

from app.checks import check
from app.checks.earlier import KEPT, EarlierRuns
from app.journal import ExchangeCaptured, Journal

CREATE = {"phoneNumber": "+16505551234", "newContactName": "Ada", "newContactType": "contact"}


def tell(journal, evidence):
    journal.append(evidence.started)
    for exchange in evidence.exchanges:
        journal.append(ExchangeCaptured(run_id=1, at_ms=0, exchange=exchange))
    journal.append(evidence.finished)


def test_lookups_searches_and_creates_of_the_session_are_kept_without_requests(runs):
    journal = Journal()
    tell(journal, runs.created(runs.contact(), given=CREATE, run_id=1))
    earlier = EarlierRuns(journal)
    tell(journal, runs.lookup(run_id=2, exchanges=[runs.exchange(1, "/a")]))
    tell(journal, runs.run({"logId": "9"}, operation="createCallLog", run_id=3))
    tell(journal, runs.run({}, operation="findContactWithName", run_id=4))
    kept = earlier.before(runs.lookup(run_id=9))
    assert sorted(each.started.run_id for each in kept) == [1, 2, 4]
    assert all(each.exchanges == () for each in kept)


def test_a_run_is_held_against_those_before_it_only(runs):
    journal = Journal()
    earlier = EarlierRuns(journal)
    created = runs.created(runs.contact(), given=CREATE, run_id=2)
    early = runs.lookup(run_id=1)
    late = runs.lookup(run_id=3, at=5_000.0)
    for each in (early, created, late):
        tell(journal, each)
    assert check(early, runs.manifest(), earlier=earlier.before(early)) == ()
    (finding,) = check(late, runs.manifest(), earlier=earlier.before(late))
    assert finding.rule == "created-contact-not-found"


def test_a_run_that_has_not_ended_is_not_looked_at(runs):
    journal = Journal()
    earlier = EarlierRuns(journal)
    journal.append(runs.created(runs.contact(), given=CREATE).started)
    assert earlier.before(runs.lookup(run_id=9)) == ()


def test_a_long_session_costs_no_more_than_its_latest_runs(runs):
    journal = Journal()
    earlier = EarlierRuns(journal)
    tell(journal, runs.created(runs.contact(), given=CREATE, run_id=1))
    for run_id in range(2, KEPT + 10):
        tell(journal, runs.lookup(run_id=run_id))
    kept = earlier.before(runs.lookup(run_id=KEPT + 10))
    assert len(kept) == KEPT + 1
    assert kept[0].started.operation == "createContact"
