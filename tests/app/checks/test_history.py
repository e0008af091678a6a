"""Rules that hold a run against the ones before it."""

from app.checks import check

MINUTE = 60_000.0
CREATE = {"phoneNumber": "+16505551234", "newContactName": "Ada", "newContactType": "contact"}


def created(runs, id=7, **more):
    return runs.created(runs.contact(id), given=CREATE, **more)


def test_ids_of_another_json_type_after_a_create(runs):
    before = [created(runs, "7")]
    evidence = runs.lookup(runs.contact(7), run_id=2, at=MINUTE)
    (finding,) = check(evidence, runs.manifest(), earlier=before)
    assert (finding.rule, finding.severity) == ("contact-id-type", "warning")
    assert finding.proof == (
        "$.returned.matchedContactInfo[0].id",
        "run 1 $.returned.contactInfo.id",
    )
    assert runs.rules(runs.lookup(runs.contact("7"), run_id=2, at=MINUTE), earlier=before) == []


def test_ids_of_another_json_type_after_a_lookup(runs):
    before = [runs.lookup(runs.contact(7))]
    assert runs.rules(created(runs, "8", run_id=2), earlier=before) == [
        ("contact-id-type", "warning")
    ]
    lead = runs.created(runs.contact("8", type="lead"), given=CREATE)
    assert runs.rules(lead, earlier=before) == []


def test_a_created_contact_that_is_not_found(runs):
    before = [created(runs)]
    soon = runs.lookup(run_id=2, at=5_000.0)
    late = runs.lookup(run_id=2, at=2 * MINUTE, exchanges=[runs.exchange(9, "/s?a=1")])
    assert runs.rules(soon, earlier=before) == [("created-contact-not-found", "warning")]
    (finding,) = check(late, runs.manifest(), earlier=before)
    assert (finding.rule, finding.severity) == ("created-contact-not-found", "error")
    assert finding.proof == ("run 1 $.returned.contactInfo.id", 9)


def test_a_created_contact_that_is_found(runs):
    before = [created(runs)]
    assert runs.rules(runs.lookup(runs.contact(7), run_id=2, at=MINUTE), earlier=before) == []


def test_what_proves_nothing_about_a_created_contact(runs):
    before = [created(runs)]
    cached = runs.lookup(run_id=2, at=MINUTE, cached=True)
    assert runs.rules(cached, earlier=before) == []
    failed = runs.run(
        None, run_id=2, at=MINUTE, error={"type": "CrmUnavailableError", "message": "no"}
    )
    assert runs.rules(failed, earlier=before) == []
    other = runs.lookup(run_id=2, at=MINUTE, given={"phoneNumber": "+14155550132"})
    assert runs.rules(other, earlier=before) == []
    elsewhere = runs.lookup(run_id=2, at=MINUTE, platform="other")
    assert runs.rules(elsewhere, earlier=before) == []
    found = runs.lookup(runs.contact(7), run_id=2, at=MINUTE)
    deleted = runs.lookup(run_id=3, at=9 * MINUTE)
    assert runs.rules(deleted, earlier=[*before, found]) == []
