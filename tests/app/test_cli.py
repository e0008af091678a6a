import json

import pytest

from app.cli import build_parser, main


def run(capsys, *arguments):
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_an_unknown_verb_is_wrong_usage_in_one_sentence(capsys):
    code, out, err = run(capsys, "nonsense")
    assert code == 2
    assert out == ""
    assert "nonsense" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["find", "insightly"],
        ["find", "insightly", "+1", "--timeout", "-3"],
        ["find", "insightly", "+1", "--timeout", "abc"],
        ["--debug"[:3], "x"],
        ["--json"],
    ],
)
def test_wrong_usage_is_code_2(capsys, arguments):
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err.strip()


def test_formats_prints_one_json_document(capsys):
    code, out, err = run(
        capsys, "formats", "+16505551234", "--format", "(###) ###-####", "--format", "##", "--json"
    )
    assert code == 0
    assert err == ""
    document = json.loads(out)
    assert document["number"] == {
        "input": "+16505551234",
        "e164": "+16505551234",
        "region": "US",
        "countryCode": 1,
        "nationalSignificantNumber": "6505551234",
        "valid": True,
    }
    assert [row["status"] for row in document["candidates"]] == ["ok", "skipped"]
    assert document["candidates"][0]["text"] == "(650) 555-1234"


def test_every_verb_has_help():
    text = build_parser().format_help()
    for verb in ("formats", "connectors", "invoke", "find", "search", "create", "log", "sandbox"):
        assert verb in text
