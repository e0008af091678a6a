import json

from app.cli import main


def run(capsys, *arguments):
    code = main([*arguments, "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else None, captured.err


def test_connectors_lists_what_each_can_do(capsys):
    code, rows, err = run(capsys, "connectors")
    assert (code, err) == (0, "")
    by_name = {row["platform"]: row for row in rows}
    assert {"insightly", "bullhorn"} <= set(by_name)
    insightly = by_name["insightly"]
    assert insightly["kind"] == "python"
    assert insightly["auth"] == "apiKey"
    assert "findContact" in insightly["operations"]
    assert {"value", "display"} <= set(insightly["contactTypes"][0])


def test_sandbox_add_then_reset(capsys):
    code, added, _err = run(
        capsys, "sandbox", "add", "insightly", "Nora Lindqvist", "--phone", "6285550174"
    )
    assert code == 0
    assert added["id"]
    code, found, _err = run(capsys, "find", "insightly", "+16285550174")
    assert found["contact"][0]["name"] == "Nora Lindqvist"
    code, _document, _err = run(capsys, "sandbox", "reset")
    assert code == 0
    code, found, _err = run(capsys, "find", "insightly", "+16285550174")
    assert [entry.get("isNewContact") for entry in found["contact"]] == [True]


def test_sandbox_add_to_an_unknown_crm_is_wrong_usage(capsys):
    code, document, err = run(capsys, "sandbox", "add", "nocrm", "X", "--phone", "1")
    assert (code, document) == (2, None)
    assert "insightly" in err


def test_urls_of_a_sandbox_that_does_not_run(capsys):
    code, document, err = run(capsys, "sandbox", "urls")
    assert (code, document) == (3, None)
    assert "callbench sandbox" in err


def test_doctor_names_a_fix_for_what_is_missing(capsys):
    code, document, _err = run(capsys, "doctor")
    assert code in {0, 1}
    assert document["checks"]
    for check in document["checks"]:
        assert set(check) == {"name", "ok", "detail", "fix"}
        assert check["ok"] or check["fix"]
