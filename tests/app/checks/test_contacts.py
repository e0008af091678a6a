"""Each rule about contacts: what breaks it, and what does not."""

import pytest

from app.checks import check


def test_a_good_lookup_has_no_findings(runs):
    assert runs.rules(runs.lookup(runs.contact(), runs.contact(8, type="LEAD"))) == []
    assert runs.rules(runs.lookup()) == []


@pytest.mark.parametrize("returned", [[], "text", 7])
def test_a_result_that_is_no_object(runs, returned):
    assert ("result-shape", "error") in runs.rules(runs.run(returned))


def test_parts_of_a_result_that_are_of_another_kind(runs):
    manifest = runs.manifest()
    listed = runs.run({"successful": True, "matchedContactInfo": {"id": 1}})
    assert ("result-shape", "error") in runs.rules(listed)
    evidence = runs.lookup("Ada")
    assert check(evidence, manifest)[0].proof == ("$.returned.matchedContactInfo[0]",)
    assert runs.rules(runs.created("Ada")) == [("result-shape", "error")]
    silent = runs.run({"matchedContactInfo": [runs.new]})
    assert runs.rules(silent) == [("result-shape", "warning")]


def test_a_failed_run_is_not_blamed_for_its_missing_result(runs):
    failed = runs.run(None, error={"type": "RateLimitError", "message": "429", "status": 429})
    assert runs.rules(failed) == []


@pytest.mark.parametrize("bad", [None, "", "  ", True, [], {}])
def test_an_id_that_identifies_nothing(runs, bad):
    (finding,) = check(runs.lookup(runs.contact(bad)), runs.manifest())
    assert (finding.rule, finding.severity) == ("contact-id-missing", "error")
    assert finding.proof == ("$.returned.matchedContactInfo[0].id",)
    assert "Ada Lovelace" in finding.text


def test_the_id_zero_is_an_id(runs):
    assert runs.rules(runs.lookup(runs.contact(0))) == []


def test_the_same_person_twice(runs):
    evidence = runs.lookup(runs.contact(7), runs.contact(8), runs.contact("7", type="Contact"))
    (finding,) = check(evidence, runs.manifest())
    assert (finding.rule, finding.severity) == ("contact-listed-twice", "error")
    assert finding.proof == (
        "$.returned.matchedContactInfo[0]",
        "$.returned.matchedContactInfo[2]",
    )


def test_one_id_for_two_types(runs):
    evidence = runs.lookup(runs.contact(7), runs.contact(7, type="lead"))
    assert runs.rules(evidence) == [("contact-id-not-unique", "warning")]


def test_a_contact_without_a_name(runs):
    for name in (None, "", "  ", 3):
        assert runs.rules(runs.lookup(runs.contact(name=name))) == [
            ("contact-name-missing", "warning")
        ]


def test_types_outside_the_manifest(runs):
    evidence = runs.lookup(runs.contact(type="Company"))
    assert runs.rules(evidence) == [("contact-type-unknown", "error")]
    assert runs.rules(evidence, runs.manifest(contactTypes=[])) == []


def test_a_missing_type_matters_when_the_manifest_uses_types(runs):
    evidence = runs.lookup(runs.contact(type=None), runs.contact(8, type=""))
    (finding,) = check(evidence, runs.manifest())
    assert (finding.rule, len(finding.proof)) == ("contact-type-missing", 2)
    assert runs.rules(evidence, runs.manifest(contactTypes=[])) == []
    opened = runs.manifest(contactTypes=[], contactPageUrl="https://x/{contactType}")
    assert runs.rules(evidence, opened) == [("contact-type-missing", "warning")]


def test_created_dates(runs):
    missing = runs.lookup(runs.contact(createdDate=None), runs.contact(8))
    assert runs.rules(missing) == [("created-date-missing", "warning")]
    slashed = runs.lookup(runs.contact(createdDate="08/01/2026"))
    (finding,) = check(slashed, runs.manifest())
    assert finding.rule == "created-date-unreadable"
    assert "08/01/2026" in finding.text


def test_a_name_search_and_a_create_need_no_created_date(runs):
    contact = runs.contact(createdDate=None)
    searched = runs.lookup(
        contact, new=False, operation="findContactWithName", given={"name": "Ada"}
    )
    assert runs.rules(searched) == []
    assert runs.rules(runs.created(contact)) == []


FIELDS = {
    "callLog": {"additionalFields": [{"const": "deals", "contactDependent": True}]},
    "newContact": {"additionalFields": [{"const": "status", "contactTypeDependent": True}]},
}
DEAL = {"const": 1, "title": "Big deal"}


def test_additional_info_that_the_manifest_knows(runs):
    manifest = runs.manifest(page=FIELDS)
    for deals in ([], [DEAL]):
        evidence = runs.lookup(runs.contact(additionalInfo={"deals": deals}))
        assert runs.rules(evidence, manifest) == []


def test_options_of_a_new_contact_may_stand_under_its_type(runs):
    info = {"Lead": {"status": [{"const": "New", "title": "New"}]}}
    listed = [runs.contact(additionalInfo={"deals": []}), runs.new | {"additionalInfo": info}]
    evidence = runs.lookup(*listed, new=False)
    assert runs.rules(evidence, runs.manifest(page=FIELDS)) == []


def test_additional_info_that_the_manifest_does_not_know(runs):
    contact = runs.contact(additionalInfo={"deals": [], "Deals": [], "matters": []})
    findings = check(runs.lookup(contact), runs.manifest(page=FIELDS))
    assert [finding.rule for finding in findings] == ["additional-info-unknown"] * 2
    assert findings[0].proof == ("$.returned.matchedContactInfo[0].additionalInfo.Deals",)


@pytest.mark.parametrize(
    "info",
    ["deals", [DEAL], {"deals": "Big deal"}, {"deals": ["Big deal"]}, {"deals": [{"const": 1}]}],
)
def test_additional_info_of_another_shape(runs, info):
    rules = runs.rules(runs.lookup(runs.contact(additionalInfo=info)), runs.manifest(page=FIELDS))
    assert ("additional-info-shape", "error") in rules


def test_a_field_that_no_contact_fills(runs):
    manifest = runs.manifest(page=FIELDS)
    bare = runs.lookup(runs.contact(), run_id=2, at=99.0)
    assert runs.rules(bare, manifest) == [("additional-info-unfilled", "note")]
    filled = runs.lookup(runs.contact(additionalInfo={"deals": [DEAL]}))
    assert runs.rules(bare, manifest, [filled]) == []
    assert runs.rules(runs.lookup(), manifest) == []


def test_the_create_entry_is_last_and_alone(runs):
    first = runs.lookup(runs.new, runs.contact(), new=False)
    twice = runs.lookup(runs.contact(), runs.new)
    for evidence in (first, twice):
        assert runs.rules(evidence) == [("create-entry-misplaced", "warning")]


def test_the_create_entry_is_not_in_a_name_search(runs):
    evidence = runs.lookup(runs.contact(), operation="findContactWithName", given={"name": "Ada"})
    assert runs.rules(evidence) == [("create-entry-misplaced", "warning")]


def test_a_lookup_offers_to_create(runs):
    assert runs.rules(runs.lookup(new=False)) == [("create-entry-missing", "warning")]
    assert runs.rules(runs.lookup(runs.contact(), new=False)) == [("create-entry-missing", "note")]
    extension = runs.lookup(new=False, given={"phoneNumber": "101", "isExtension": "true"})
    assert runs.rules(extension) == []
    refused = runs.run({"successful": False, "matchedContactInfo": []})
    assert runs.rules(refused) == []
