"""The driving verbs, in this process, against a real sandbox in a child process."""

import asyncio
import base64
import json
import textwrap

import pytest

from app.cli import main
from app.home import home
from app.sandbox import seed
from app.sandbox.accounts import INSIGHTLY_API_KEY
from app.sandbox.process import start_or_join
from connectors.contract.har import to_har

PLAIN = seed.DEMO["plain"]


def run(capsys, *arguments):
    code = main([*arguments, "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else None, captured.err


@pytest.mark.parametrize("platform", ["insightly", "bullhorn"])
def test_find_tells_who_is_calling(capsys, platform):
    code, document, err = run(capsys, "find", platform, PLAIN.e164)
    assert (code, err) == (0, "")
    assert document["successful"] is True
    assert document["contact"][0]["name"] == PLAIN.names[0]
    assert document["cached"] is False
    assert document["requests"] >= 3
    assert document["error"] is None
    assert document["verdict"]["code"] == "FOUND"
    assert all("/search" in each.lower() for each in document["verdict"]["evidence"])
    assert document["verdict"]["evidence"]
    assert PLAIN.names[0] in document["verdict"]["text"]
    assert document["candidates"][0]["asked"]
    assert {field["state"] for field in document["candidates"][0]["fields"]} >= {"hits", "none"}
    assert {finding["severity"] for finding in document["findings"]} <= {"note"}

    code, document, _err = run(capsys, "find", platform, PLAIN.e164)
    assert (code, document["cached"], document["requests"]) == (0, True, 0)
    code, document, _err = run(capsys, "find", platform, PLAIN.e164, "--refresh")
    assert (code, document["cached"]) == (0, False)


def test_no_match_is_a_result(capsys):
    code, document, err = run(capsys, "find", "insightly", seed.DEMO["nobody"].e164)
    assert (code, err) == (0, "")
    assert [entry["isNewContact"] for entry in document["contact"]] == [True]


def test_create_search_find_and_log(capsys):
    code, created, _err = run(
        capsys, "create", "insightly", "+12125550148", "Maria de la Cruz", "--type", "contact"
    )
    assert code == 0
    assert created["successful"] is True
    contact = created["contact"]
    code, found, _err = run(capsys, "find", "insightly", "+12125550148")
    assert [found["contact"][0][key] for key in ("id", "name")] == [
        contact["id"],
        "Maria de la Cruz",
    ]
    code, found, _err = run(capsys, "search", "insightly", "de la Cruz")
    assert contact["id"] in [entry["id"] for entry in found["contact"]]
    code, logged, _err = run(
        capsys,
        "log",
        "insightly",
        "+12125550148",
        "--contact",
        str(contact["id"]),
        "--contact-type",
        "contact",
        "--note",
        "asked for a quote",
    )
    assert code == 0
    assert logged["logId"]


def test_create_without_a_type_is_wrong_usage(capsys):
    code, document, err = run(capsys, "create", "insightly", "+12125550148", "No Type")
    assert code == 2
    assert document["successful"] is False
    assert "contact" in err
    assert "lead" in err


def test_an_unknown_connector_is_wrong_usage(capsys):
    code, document, err = run(capsys, "find", "nocrm", "+12125550148")
    assert (code, document) == (2, None)
    assert "insightly" in err


def test_invoke_adds_nothing_and_shows_each_request(capsys, tmp_path):
    path = tmp_path / "input.json"
    path.write_text(
        json.dumps(
            {
                "user": {"platformAdditionalInfo": {"apiUrl": "https://api.na1.insightly.com"}},
                "authHeader": "Basic " + "c2VjcmV0LWtleTo=",
                "phoneNumber": PLAIN.e164,
                "overridingFormat": "",
                "isExtension": "false",
            }
        )
    )
    code, document, err = run(
        capsys,
        "invoke",
        "insightly",
        "findContact",
        "--input",
        str(path),
        "--route",
        "*=http://127.0.0.1:9",
    )
    assert code == 3
    assert document["error"]["type"] == "CrmUnavailableError"
    assert document["requests"]
    assert document["requests"][0]["url"].startswith("https://api.na1.insightly.com/v3.1/")
    assert "c2VjcmV0" not in json.dumps(document)
    assert "Insightly" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "not JSON"), ("[]", "JSON object"), ("\ufeff{", "not JSON")],
)
def test_unreadable_input_is_wrong_usage(capsys, tmp_path, text, said):
    path = tmp_path / "input.json"
    path.write_text(text, encoding="utf-8")
    code, document, err = run(capsys, "invoke", "insightly", "findContact", "--input", str(path))
    assert (code, document) == (2, None)
    assert said in err


def test_a_missing_file_a_bad_route_and_an_unknown_operation(capsys, tmp_path):
    path = tmp_path / "input.json"
    code, _document, err = run(capsys, "invoke", "insightly", "findContact", "--input", str(path))
    assert code == 2
    assert "No such file" in err
    path.write_text("{}")
    code, _document, err = run(
        capsys, "invoke", "insightly", "findContact", "--input", str(path), "--route", "nonsense"
    )
    assert code == 2
    assert "nonsense" in err
    code, _document, err = run(capsys, "invoke", "insightly", "findNothing", "--input", str(path))
    assert code == 2
    assert "findContact" in err


def test_what_a_connector_prints_is_console(capsys, tmp_path):
    source = tmp_path / "chatty.py"
    source.write_text(
        textwrap.dedent("""
        from connectors.contract.connector import Connector

        class Chatty(Connector):
            async def find_contact(self, given):
                print("hello from the connector")
                return {"successful": True, "matchedContactInfo": []}
        """)
    )
    path = tmp_path / "input.json"
    path.write_text("{}")
    for extra in ([], ["--in-process"]):
        code, document, _err = run(
            capsys, "invoke", str(source), "findContact", "--input", str(path), *extra
        )
        assert code == 0
        assert "hello from the connector" in "".join(row["text"] for row in document["console"])
        assert document["result"] == {"successful": True, "matchedContactInfo": []}


@pytest.fixture
def asked(tmp_path):
    """A lookup's input, and the arguments that make `invoke` run it."""
    path = tmp_path / "input.json"
    user = {"platformAdditionalInfo": {"apiUrl": "https://api.na1.insightly.com"}}
    header = base64.b64encode(f"{INSIGHTLY_API_KEY}:".encode()).decode()
    given = {"user": user, "authHeader": f"Basic {header}", "phoneNumber": PLAIN.e164}
    path.write_text(json.dumps(given | {"overridingFormat": "", "isExtension": "false"}))
    return ["invoke", "insightly", "findContact", "--input", str(path)]


async def test_a_recording_replays_with_the_network_cut(capsys, tmp_path, asked):
    tape = tmp_path / "lookup.har"
    sandbox = await start_or_join(home())
    try:
        route = f"*={sandbox.urls['insightly']}"
        arguments = [*asked, "--route", route, "--record", str(tape)]
        code, recorded, _err = await asyncio.to_thread(run, capsys, *arguments)
    finally:
        await sandbox.close()
    assert code == 0
    assert recorded["result"]["matchedContactInfo"][0]["name"] == PLAIN.names[0]
    assert tape.stat().st_mode & 0o077 == 0
    assert INSIGHTLY_API_KEY.encode() not in tape.read_bytes()
    cut = [*asked, "--route", "*=http://127.0.0.1:9", "--replay", str(tape)]
    code, replayed, err = await asyncio.to_thread(run, capsys, *cut)
    assert (code, err) == (0, "")
    assert replayed["result"] == recorded["result"]
    assert {r["url"] for r in replayed["requests"]} == {r["url"] for r in recorded["requests"]}


def test_a_request_that_was_not_recorded_is_the_crms_side(capsys, tmp_path, asked):
    tape = tmp_path / "empty.har"
    tape.write_bytes(to_har([], "1.0"))
    code, document, err = run(capsys, *asked, "--replay", str(tape))
    assert (code, document["error"]["type"]) == (3, "ReplayMissError")
    assert "The recording has no answer to GET https://api.na1.insightly.com" in err


@pytest.mark.parametrize("content", [None, b"{", b"[]"])
def test_a_recording_that_cannot_be_read_is_wrong_usage(capsys, tmp_path, asked, content):
    tape = tmp_path / "odd.har"
    if content is not None:
        tape.write_bytes(content)
    code, _document, err = run(capsys, *asked, "--replay", str(tape))
    assert code == 2
    assert f"The recording {tape} cannot be read" in err


def test_a_recording_that_cannot_be_written_is_wrong_usage(capsys, tmp_path, asked):
    tape = tmp_path / "no" / "such" / "folder.har"
    code, _document, err = run(
        capsys, *asked, "--route", "*=http://127.0.0.1:9", "--record", str(tape)
    )
    assert (code, "): name another file." in err) == (2, True)


def test_recording_and_replaying_at_once_is_wrong_usage(capsys, asked):
    code, _document, err = run(capsys, *asked, "--record", "a.har", "--replay", "b.har")
    assert (code, "not allowed with" in err) == (2, True)
