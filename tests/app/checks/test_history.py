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


def test_a_create_without_a_type_has_the_one_that_was_asked_for(runs):
    before = [runs.lookup(runs.contact(7), runs.contact("L8", type="lead"))]
    bare = {"id": "8", "name": "Ada"}
    assert runs.rules(runs.created(bare, given=CREATE), earlier=before) == [
        ("contact-type-missing", "warning"),
        ("contact-id-type", "warning"),
    ]
    lead = CREATE | {"newContactType": "Lead"}
    assert runs.rules(runs.created(bare, given=lead), earlier=before) == [
        ("contact-type-missing", "warning")
    ]


def test_without_any_type_all_ids_are_compared(runs):
    plain = runs.manifest(contactTypes=[])
    before = [runs.created({"id": "7", "name": "Ada"}, given=CREATE | {"newContactType": ""})]
    evidence = runs.lookup(runs.contact(7, type=None), run_id=2, at=MINUTE)
    assert ("contact-id-type", "warning") in runs.rules(evidence, plain, earlier=before)
    typed = runs.lookup(runs.contact(7), run_id=2, at=MINUTE)
    assert ("contact-id-type", "warning") in runs.rules(typed, plain, earlier=before)


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
    other_account = runs.lookup(run_id=2, at=MINUTE, connection="sandbox")
    assert runs.rules(other_account, earlier=before) == []
    found = runs.lookup(runs.contact(7), run_id=2, at=MINUTE)
    deleted = runs.lookup(run_id=3, at=9 * MINUTE)
    assert runs.rules(deleted, earlier=[*before, found]) == []


OTHER = {"phoneNumber": "+14155550132", "newContactName": "Bert", "newContactType": "contact"}


def test_a_created_contact_with_the_id_of_another(runs):
    again = runs.created(runs.contact(7, name="Bert"), given=OTHER, run_id=2, at=MINUTE)
    for before in (created(runs), runs.lookup(runs.contact(7))):
        (finding,) = check(again, runs.manifest(), earlier=[before])
        assert (finding.rule, finding.severity) == ("created-id-repeated", "error")
        assert finding.text.startswith("Bert (7) got the id of Ada Lovelace (7), who has +1650")
        assert finding.proof[0] == "$.returned.contactInfo.id"
        assert finding.proof[1].startswith("run 1 $.returned.")


def test_what_is_no_repeated_id(runs):
    again = runs.created(runs.contact(7, name="Bert"), given=OTHER, run_id=2, at=MINUTE)
    same_number = created(runs, run_id=2, at=MINUTE)
    assert runs.rules(same_number, earlier=[created(runs)]) == []
    lead = runs.lookup(runs.contact(7, type="lead"))
    assert runs.rules(again, earlier=[lead]) == []
    assert runs.rules(again, earlier=[created(runs, connection="sandbox")]) == []
    search = runs.lookup(runs.contact(7), operation="findContactWithName", given={"name": "Ada"})
    assert ("created-id-repeated", "error") not in runs.rules(again, earlier=[search])
    assert runs.rules(again, earlier=[created(runs, 8), runs.lookup(run_id=1)]) == []
