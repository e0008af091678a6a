"""``callbench diff``, against the sandbox and against connectors written on the spot."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from contextlib import closing

import pytest

from app import cli_diff
from app.cli_result import CommandError
from app.connections import Connection, ConnectionFile
from app.home import home
from app.sandbox import seed
from app.vault import SessionVault
from connectors.contract.model import User
from connectors.runtime.store import CoreStore, Table
from tests.comparison.cases import ADA, BELLS, NOBODY, OMAR, US_FORMAT
from tests.comparison.columns import TINYCRM
from tests.comparison.crm import HOST, KEY, served

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")

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


@pytest.fixture
def tiny_crm(monkeypatch):
    """The tiny CRM of the comparison, and a saved connection to it for connectors of any kind."""
    vault = SessionVault()
    monkeypatch.setattr("app.cli_bench.open_vault", lambda: vault)
    home().mkdir(parents=True, exist_ok=True)
    with served() as crm:
        ConnectionFile(home(), vault).save(
            Connection(
                id="tiny",
                name="Tiny CRM",
                platform=str(TINYCRM / "python"),
                user=User(id="u1-tinycrm", access_token=KEY, rc_account_id="acc"),
                routes={HOST: crm.url.removesuffix("/v1")},
            )
        )
        yield crm


def rows_of(out):
    """Return what differs for each number."""
    return {
        row["input"]: {each["what"]: (each["a"], each["b"]) for each in row["differences"]}
        for row in json.loads(out)["rows"]
    }


def run_tiny(capsys, *numbers, a, b, **more):
    more = {"connection": "Tiny CRM", "in_process": False} | more
    return run(capsys, *numbers, a=TINYCRM / a, b=TINYCRM / b, **more)


@needs_node
def test_a_connector_and_its_port_to_javascript(capsys, tiny_crm):
    sides = {"a": "python", "b": "nodejs/index.js", "format": [US_FORMAT]}
    code, out, _err = run_tiny(capsys, ADA, BELLS, NOBODY, OMAR, **sides)
    assert (code, json.loads(out)["same"]) == (0, 4)
    british = "+442079460999"
    code, out, _err = run_tiny(capsys, ADA, british, **sides)
    assert (code, json.loads(out)["same"]) == (1, 1)
    assert rows_of(out)[british]["request GET /v1/people"] == (
        ["phone=(207) 946-0999"],
        ["phone=(442) 079-4609"],
    )


@pytest.mark.parametrize(
    "other", ["python", pytest.param("nodejs", marks=needs_node), "python/connector.py"]
)
def test_a_config_and_a_program(capsys, tiny_crm, other):
    code, out, _err = run_tiny(capsys, ADA, OMAR, a="proxy", b=other, format=[US_FORMAT])
    assert code == 1
    entry = (None, ["Create new contact..."])
    assert rows_of(out) == {
        ADA: {
            "contact createNewContact": entry,
            "message": ("success: Found 1 contacts", None),
        },
        OMAR: {
            "candidates": ([OMAR], ["(510) 555-0177", OMAR]),
            "request GET /v1/people": (None, ["phone=(510) 555-0177"]),
            "contact 4": (
                None,
                [
                    "Omar Haddad (Person)",
                    "createdDate=2026-01-05T09:30:00.000Z",
                    "phone=(510) 555-0177",
                ],
            ),
            "contact createNewContact": entry,
            "message": ("success: Found 0 contacts", None),
        },
    }


@needs_node
def test_a_failure_names_the_side_that_failed(capsys, tiny_crm):
    tiny_crm.fault = "html"
    code, out, err = run_tiny(capsys, ADA, a="python", b="nodejs")
    assert code == 1
    assert rows_of(out) == {ADA: {"error": ("UnexpectedResponseError 200", "SyntaxError")}}
    thrown = err.splitlines()[-1]
    assert thrown.startswith(f"{TINYCRM / 'nodejs'}: Unexpected token")
    tiny_crm.fault = "429"
    code, out, err = run_tiny(capsys, ADA, a="python", b="nodejs")
    assert (code, rows_of(out)) == (3, {ADA: {}})
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
