"""What is wrong with a file stands on its line."""

import json
from pathlib import Path

import pytest

import resources
from app.source_check import check, is_slow

EXAMPLE = Path(resources.__path__[0]) / "examples" / "insightly-proxy"
PROXY = EXAMPLE / "proxy.json"
MANIFEST = EXAMPLE / "manifest.json"


def underlined(text, mark):
    return text.split("\n")[mark.line - 1][mark.column - 1 :][: mark.length]


def marks_of(path, text, *, main=True):
    return [
        (mark.line, mark.severity, underlined(text, mark), mark.text)
        for mark in check(path, text, main=main)
    ]


def test_the_example_is_right():
    assert check(PROXY, PROXY.read_text(), main=True) == []
    assert check(MANIFEST, MANIFEST.read_text(), main=False) == []


def test_no_json_is_an_error_at_its_column():
    text = PROXY.read_text().replace('"scheme": "Basic",', '"scheme": "Basic"')
    (mark,) = marks_of(PROXY, text)
    line = text.split("\n").index('    "credentialTemplate": "{{apiKey}}:"') + 1
    assert mark[:3] == (line, "error", '"credentialTemplate"')
    assert "not JSON: Expecting ',' delimiter" in mark[3]


def test_a_wrong_type_is_an_error_at_its_line():
    text = PROXY.read_text().replace('"timeoutSeconds": 20', '"timeoutSeconds": "soon"')
    (mark,) = marks_of(PROXY, text)
    assert mark[1] == "error"
    assert "timeoutSeconds" in mark[2]


def test_what_production_passes_over_is_a_warning_under_its_key():
    text = PROXY.read_text().replace('"listPath"', '"listPaht"')
    (mark,) = marks_of(PROXY, text)
    assert mark[1:3] == ("warning", '"listPaht"')
    assert "did you mean listPath" in mark[3]


def test_an_unknown_variable_is_underlined_itself():
    text = PROXY.read_text().replace("{{apiKey}}", "{{apiKy}}")
    (mark,) = marks_of(PROXY, text)
    assert mark[1:3] == ("warning", "{{apiKy}}")


def test_a_manifest_around_a_config_is_checked_too():
    data = {"contactTypes": [{"value": []}], "proxyConfig": json.loads(PROXY.read_text())}
    text = json.dumps(data, indent=1)
    ((line, severity, _word, said),) = marks_of(PROXY, text)
    assert (line, severity) == (4, "error")
    assert said.startswith("contactTypes[0].value has a wrong shape: Expected `str`")


@pytest.mark.parametrize("around", [False, True])
def test_a_manifests_wrong_shape_is_at_its_line(around):
    entry = {"name": "x", "page": {"callLog": {"additionalFields": [{"title": "no const"}]}}}
    data = {"platforms": {"x": entry}} if around else entry
    text = json.dumps(data, indent=1)
    ((line, severity, word, said),) = marks_of(MANIFEST, text, main=False)
    assert severity == "error"
    assert "missing required field `const`" in said
    assert "additionalFields" in text.split("\n")[line - 2] or "{" in text.split("\n")[line - 1]
    assert word


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "The manifest is not JSON"),
        ("[]", "not a JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"platforms": {"x": 1}}', "has a wrong shape"),
    ],
)
def test_what_is_no_manifest_is_an_error(text, said):
    (mark,) = check(MANIFEST, text, main=False)
    assert mark.severity == "error"
    assert said in mark.text


def test_other_json_of_a_project_is_let_alone():
    assert check(EXAMPLE / "tsconfig.json", "// a comment", main=False) == []


def test_python_is_compiled_and_not_run():
    text = "raise SystemExit\n\ndef find(:\n    pass\n"
    (mark,) = marks_of(Path("connector.py"), text)
    assert mark == (3, "error", ":", "Invalid syntax.")


def test_what_python_warns_of_is_a_warning():
    (mark,) = marks_of(Path("connector.py"), 'import re\nX = re.compile("\\D")\n')
    assert mark[:2] == (2, "warning")
    assert mark[3].startswith("Invalid escape sequence '\\D'")


@pytest.mark.parametrize("text", ["a\0b", "(" * 5000])
def test_what_python_cannot_read_at_all_is_an_error(text):
    (mark,) = check(Path("connector.py"), text, main=True)
    assert mark.severity == "error"


def test_javascript_waits_for_node():
    assert check(Path("index.js"), "function (", main=True) == []


def test_an_error_without_a_line_has_none():
    (mark,) = check(
        PROXY, json.dumps({"auth": {}, "operations": {}}) + " " * 1024 * 1024, main=True
    )
    assert (mark.line, mark.severity) == (0, "error")


def test_only_json_is_worth_a_thread():
    assert is_slow(PROXY)
    assert not is_slow(Path("connector.py"))
