"""``callbench diff``, against the sandbox and against connectors written on the spot."""

from __future__ import annotations

import argparse
import json
import textwrap
from contextlib import closing

import pytest

from app import cli_diff
from app.cli import CommandError
from app.home import home
from app.sandbox import seed
from connectors.runtime.store import CoreStore, Table

CONNECTOR = """
    from connectors.contract.connector import Connector

    class Small(Connector):
        def get_basic_auth(self, given):
            return "dXNlcjo="

        async def find_contact(self, given):
            return {"successful": True, "matchedContactInfo": [{"id": 7, "name": "NAME"}]}
"""

VERSION = """
    import msgspec
    from connectors.insightly.connector import InsightlyConnector

    class Version(InsightlyConnector):
        async def find_contact(self, given):
            return await super().find_contact(
                msgspec.structs.replace(given, overriding_format="FORMAT"))
"""


def run(capsys, *numbers, a="insightly", b="insightly", **more):
    options = {
        "platform_a": str(a),
        "platform_b": str(b),
        "numbers": [str(number) for number in numbers],
        "format": [],
        "connection": None,
        "route": [],
        "timeout": None,
        "in_process": True,
        "json": True,
    }
    code = cli_diff.diff(argparse.Namespace(**options | more))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def version(tmp_path):
    def write(name):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(CONNECTOR).replace("NAME", name))
        return path

    return write


def test_a_connector_does_not_differ_from_itself(capsys):
    numbers = [seed.DEMO[key].e164 for key in ("plain", "shared", "nobody")]
    code, out, err = run(capsys, *numbers)
    document = json.loads(out)
    assert list(document) == ["same", "different", "noise", "rows"]
    assert [row["input"] for row in document["rows"]] == numbers
    assert (code, document["different"]) == (0, 0)
    assert "compared" in err


def test_two_connectors_differ(capsys):
    code, out, _err = run(capsys, seed.DEMO["plain"].e164, b="bullhorn", in_process=False)
    document = json.loads(out)
    assert (code, document["different"], document["same"]) == (1, 1, 0)
    whats = [each["what"] for each in document["rows"][0]["differences"]]
    assert any(what.startswith("contact ") for what in whats)
    assert any(what.startswith("request ") for what in whats)


@pytest.mark.parametrize("in_process", [True, False])
def test_two_versions_of_one_connector_run_on_the_sandbox_of_its_crm(capsys, tmp_path, in_process):
    for version, format_text in (("old", ""), ("new", "(###) ###-####")):
        (tmp_path / version).mkdir()
        (tmp_path / version / "manifest.json").write_text('{"name": "insightly"}')
        (tmp_path / version / "connector.py").write_text(
            textwrap.dedent(VERSION).replace("FORMAT", format_text)
        )
    old, new = tmp_path / "old", tmp_path / "new"
    number = seed.DEMO["nobody"].e164
    code, out, _err = run(capsys, number, b=old, in_process=in_process)
    assert (code, json.loads(out)["same"]) == (0, 1)
    code, out, _err = run(capsys, number, a=old, b=new, in_process=in_process)
    assert code == 1
    assert [each["what"] for each in json.loads(out)["rows"][0]["differences"]] == [
        "candidates",
        "request GET /v3.1/contacts/search",
        "request GET /v3.1/leads/search",
    ]


def test_a_comparison_leaves_the_accounts_cache_alone(capsys):
    number = seed.DEMO["plain"].e164
    run(capsys, number, b="bullhorn", in_process=False)
    with closing(CoreStore(home() / "core.sqlite")) as store:
        assert store.entries(Table.CONTACTS) == ()


def test_what_a_person_reads(capsys):
    number = seed.DEMO["plain"].e164
    code, out, _err = run(capsys, number, b="bullhorn", in_process=False, json=False)
    assert code == 1
    assert f"{number}  contact " in out
    assert "\n  A: " in out
    assert "\n  B: nothing" in out
    assert out.endswith("(0 same, 1 different, 0 noise)\n")


def test_lookups_that_fail_alike_are_not_called_done(capsys, version):
    a, b = version("Ada"), version("Ben")
    code, out, err = run(capsys, "+12025550123", a=a, b=b)
    assert (code, json.loads(out)["different"]) == (3, 0)
    assert err.count("compared") == 1
    assert len(err.splitlines()) == 3  # progress, and one sentence for each side


def test_files_and_numbers_are_read(tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("name;phone\nAda;+12025550123\nnobody;\nBen;+12025550124\n", "utf-8-sig")
    bare = tmp_path / "bare.txt"
    bare.write_text("+12025550123\n+12025550125\n")
    assert cli_diff.read_numbers([str(path), "+12025550126", str(bare)]) == [
        "+12025550123",
        "+12025550124",
        "+12025550126",
        "+12025550125",
    ]


def test_files_of_any_export_are_read(tmp_path):
    excel = tmp_path / "excel.csv"
    excel.write_bytes('name\tphone\r\n"Zoë\nJr."\t="+12025550123"\r\n'.encode("utf-16"))
    windows = tmp_path / "windows.csv"
    windows.write_bytes("Kürzel;Telefon\r\nMü;+12025550124\r\n".encode("cp1252"))
    assert cli_diff.read_numbers([str(excel), str(windows)]) == ["+12025550123", "+12025550124"]


def test_a_file_without_a_phone_column_lists_its_columns(tmp_path):
    path = tmp_path / "cities.csv"
    path.write_text("Name,City\nAnn,Bern\n")
    with pytest.raises(CommandError, match="Its columns are: Name, City"):
        cli_diff.read_numbers([str(path)])


def test_what_cannot_be_read_is_wrong_usage(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("phone\n")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    for given, said in (
        (tmp_path / "missing.csv", "No such file"),
        (binary, "UTF-8"),
        (empty, "no number"),
    ):
        with pytest.raises(CommandError, match=said) as caught:
            cli_diff.read_numbers([str(given)])
        assert caught.value.code == 2
