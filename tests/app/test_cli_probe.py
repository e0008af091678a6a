"""``callbench probe``, in this process, against a real sandbox in a child process."""

import json

import pytest

from app.cli import main

OMAR = "+15105550177"


def run(capsys, *arguments):
    code = main(["probe", *arguments, "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else None, captured.err


@pytest.mark.parametrize("platform", ["insightly", "bullhorn"])
def test_it_says_why_and_what_to_do(capsys, platform):
    code, document, err = run(capsys, platform, OMAR, "--name", "Omar Haddad")
    assert (code, err) == (0, "")
    assert document["contact"]["name"] == "Omar Haddad"
    stored = document["stored"][0]
    assert (stored["text"], stored["match"]) == ("(510) 555-0177", "NSN")
    assert document["verdict"]["code"] == "COMPARE_EXACT_NOT_SUFFIX"
    best = document["advice"][0]
    assert (best["code"], best["format"]) == ("ADD_FORMAT", "(###) ###-####")
    code, document, _ = run(
        capsys, platform, OMAR, "--name", "Omar Haddad", "--format", best["format"]
    )
    assert (code, document["verdict"]["code"]) == (0, "FOUND_BY_FORMAT")
    assert [advice["code"] for advice in document["advice"]] == ["NONE"]


def test_what_cannot_be_seen_is_written_out(capsys):
    code, document, _ = run(capsys, "insightly", OMAR, "--stored", "(510)\u00a0555-0177")
    assert code == 0
    assert document["contact"] is None
    assert document["stored"][0]["shown"] == "(510)<U+00A0>555-0177"
    assert document["verdict"]["code"] == "INVISIBLE_CHARACTER"


def test_for_a_person_it_prints_the_differences_and_the_advice(capsys):
    assert main(["probe", "insightly", OMAR, "--name", "Omar Haddad"]) == 0
    out = capsys.readouterr().out
    assert "Omar Haddad  contact - " in out
    assert "PHONE: '(510) 555-0177'  the same national number" in out
    assert "COMPARE_EXACT_NOT_SUFFIX: " in out
    assert "- Use the phone format (###) ###-####" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["insightly", OMAR], "--name --id --stored is required"),
        (["insightly", OMAR, "--name", "  "], "must not be empty"),
        (["insightly", OMAR, "--name", "A", "--id", "1"], "not allowed with"),
    ],
)
def test_wrong_usage(capsys, arguments, sentence):
    code, document, err = run(capsys, *arguments)
    assert (code, document) == (2, None)
    assert sentence in err


def test_an_id_that_the_crm_does_not_know(capsys):
    code, document, _ = run(capsys, "insightly", OMAR, "--id", "404404", "--type", "lead")
    assert code == 0
    assert document["verdict"]["code"] == "RECORD_NOT_FOUND"
    assert "lead 404404" in document["verdict"]["text"]
