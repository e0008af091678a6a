"""A connector written as JSON, driven by the command line against the real sandbox."""

import asyncio
import base64
import contextlib
import json
import shutil
from pathlib import Path

import pytest

import resources
from app.cli import main
from app.home import home
from app.sandbox import seed
from app.sandbox.accounts import INSIGHTLY_API_KEY
from app.sandbox.process import start_or_join
from app.sandbox.server import FILE_NAME
from app.sandbox.store import Store
from connectors.contract.hosting import ExchangeEvent, InvokeOptions
from connectors.host.local import LocalHost
from connectors.host.process import HostProcess

EXAMPLE = Path(resources.__path__[0]) / "examples" / "insightly-proxy"
PLAIN = seed.DEMO["plain"]
LAST_NAME = PLAIN.names[0].split()[-1]
BASIC = base64.b64encode(f"{INSIGHTLY_API_KEY}:".encode()).decode()


def run(capsys, *arguments):
    code = main([*map(str, arguments), "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else None, captured.err


@contextlib.asynccontextmanager
async def sandbox():
    """Run a sandbox; give Insightly's URL."""
    handle = await start_or_join(home())
    try:
        yield handle.urls["insightly"]
    finally:
        await handle.close()


def stored(kind, record_id):
    with contextlib.closing(Store(home() / FILE_NAME)) as store:
        return store.get("insightly", kind, int(record_id)).data


def asking(tmp_path, **more):
    path = tmp_path / "input.json"
    user = {"id": "7-insightly", "accessToken": INSIGHTLY_API_KEY}
    path.write_text(json.dumps({"user": user} | more))
    return path


def with_changes(tmp_path, change):
    """Return the path of the example's config after `change`."""
    config = json.loads((EXAMPLE / "proxy.json").read_text())
    change(config)
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(config, indent=2))
    return path


async def test_the_example_finds_searches_creates_and_logs(capsys):
    path = EXAMPLE / "proxy.json"
    async with sandbox() as url:
        route = ("--route", f"api.na1.insightly.com={url}")

        async def verb(name, *arguments):
            return await asyncio.to_thread(run, capsys, name, path, *arguments, *route)

        code, found, _err = await verb("find", PLAIN.e164)
        assert code == 0
        assert [each["name"] for each in found["contact"]] == [LAST_NAME]
        assert found["returnMessage"]["message"] == "Found 1 contacts"
        assert found["verdict"]["code"] == "FOUND"
        assert found["requests"] == 1
        contact = found["contact"][0]

        code, searched, _err = await verb("search", LAST_NAME)
        assert code == 0
        assert contact["id"] in [each["id"] for each in searched["contact"]]

        created = ("+12125550148", "Maria de la Cruz", "--type", "Contact")
        code, made, _err = await verb("create", *created)
        assert (code, made["successful"]) == (0, True)
        record = stored("contacts", made["contact"]["id"])
        assert record["LAST_NAME"] == "Maria de la Cruz"
        assert record["PHONE"] == "+12125550148"

        note = "asked for a quote"
        code, logged, _err = await verb(
            "log", PLAIN.e164, "--contact", contact["id"], "--direction", "outbound", "--note", note
        )
        assert code == 0
        assert isinstance(logged["logId"], str)
        event = stored("events", logged["logId"])
        assert event["TITLE"].startswith("Outbound Call to")
        assert event["DETAILS"].startswith(f"- Note: {note}\n")
        assert event["END_DATE_UTC"] > event["START_DATE_UTC"]


async def test_without_a_match_the_message_counts_nobody(capsys):
    code, found, _err = await asyncio.to_thread(
        run, capsys, "find", EXAMPLE, seed.DEMO["nobody"].e164
    )
    assert (code, found["successful"], found["contact"]) == (0, True, [])
    assert found["returnMessage"]["message"] == "Found 0 contacts"


@pytest.mark.parametrize("host", [LocalHost, HostProcess])
async def test_both_hosts_run_it_alike(host, tmp_path, at_end):
    path = tmp_path / "alone.json"
    shutil.copy(EXAMPLE / "proxy.json", path)
    driven = host(str(path))
    at_end.append(driven.close)
    description = await driven.describe()
    assert (description.kind, description.platform) == ("proxy", "insightly")
    assert (description.auth_type, description.log_format) == ("apiKey", "text/plain")
    assert description.display_name == "Insightly (proxy)"
    assert description.manifest == {}
    events = []
    async with sandbox() as url:
        reply = await driven.invoke(
            "findContact",
            {"user": {"accessToken": INSIGHTLY_API_KEY}, "phoneNumber": PLAIN.e164},
            options=InvokeOptions(routes={"*": url}, secrets=(INSIGHTLY_API_KEY,)),
            timeout_s=20,
            on_event=events.append,
        )
    assert reply.error is None
    assert reply.result["matchedContactInfo"][0]["name"] == LAST_NAME
    (exchange,) = [event.exchange for event in events if isinstance(event, ExchangeEvent)]
    assert exchange.url == (
        "https://api.na1.insightly.com/v3.1/contacts/search"
        f"?field_name=PHONE&field_value={PLAIN.e164[2:]}&brief=false"
    )
    assert BASIC not in repr(exchange)


async def test_who_is_connected_and_a_log_read_back(capsys, tmp_path):
    path = EXAMPLE / "proxy.json"
    async with sandbox() as url:

        async def invoke(operation, **given):
            return await asyncio.to_thread(
                run, capsys, "invoke", path, operation,
                "--input", asking(tmp_path, **given), "--route", f"*={url}",
            )  # fmt: skip

        code, document, err = await invoke("getUserInfo", apiKey=INSIGHTLY_API_KEY, platform="p")
        assert (code, err) == (0, "")
        assert document["result"]["platformUserInfo"]["id"] == "2410001-p"
        call = {"sessionId": "s", "startTime": 1_777_777_777_000, "duration": 65}
        code, document, err = await invoke(
            "createCallLog",
            contactInfo={"id": 1, "name": "Ada"},
            callLog=call,
            composedLogDetails="- Note: hello\n",
        )
        assert (code, err) == (0, "")
        log_id = document["result"]["logId"]
        code, document, err = await invoke("getCallLog", callLogId=log_id)
        assert (code, err) == (0, "")
        info = document["result"]["callLogInfo"]
        assert (info["subject"], info["note"]) == ("Inbound Call from Ada", "- Note: hello\n")
        assert info["fullLogResponse"]["START_DATE_UTC"] == "2026-05-03 03:09:37"


async def test_a_recording_of_it_replays_with_the_network_cut(capsys, tmp_path):
    tape = tmp_path / "lookup.har"
    given = asking(tmp_path, phoneNumber=PLAIN.e164)
    arguments = ["invoke", EXAMPLE, "findContact", "--input", given]
    async with sandbox() as url:
        code, recorded, _err = await asyncio.to_thread(
            run, capsys, *arguments, "--route", f"*={url}", "--record", tape
        )
    assert code == 0
    assert BASIC not in tape.read_text()
    code, replayed, err = await asyncio.to_thread(
        run, capsys, *arguments, "--route", "*=http://127.0.0.1:9", "--replay", tape
    )
    assert (code, err) == (0, "")
    assert replayed["result"] == recorded["result"]


def _unknown_key(config):
    config["operations"]["findContact"]["metod"] = "GET"


def _no_mapping(config):
    del config["operations"]["findContact"]["responseMapping"]


def _unknown_variable(config):
    config["operations"]["findContact"]["query"]["field_value"] = "{{phoneNumbr}}"


def _no_value(config):
    config["auth"]["credentialTemplate"] = "{{apiKey}}:{{user.platformAdditionalInfo.pass}}"


@pytest.mark.parametrize(
    ("change", "said", "code"),
    [
        (_unknown_key, "UNKNOWN_KEY: App Connect passes over operations.findContact.metod", 0),
        (_no_mapping, "MISSING_MAPPING: operations.findContact has no responseMapping", 0),
        (_unknown_variable, "names {{phoneNumbr}}, which findContact never has", 3),
        (_no_value, "{{user.platformAdditionalInfo.pass}} in findContact has no value", 0),
    ],
)
async def test_what_production_passes_over_is_said_and_runs(capsys, tmp_path, change, said, code):
    path = with_changes(tmp_path, change)
    given = asking(tmp_path, phoneNumber=PLAIN.e164)
    async with sandbox() as url:
        done, document, err = await asyncio.to_thread(
            run, capsys, "invoke", path, "findContact", "--input", given, "--route", f"*={url}"
        )
    assert done == code
    assert len(document["requests"]) == 1
    first = err.splitlines()[0]
    assert said in first
    assert first.endswith(".")


async def test_a_problem_of_the_config_is_a_finding_of_the_lookup(capsys, tmp_path):
    path = with_changes(tmp_path, _unknown_key)
    shutil.copy(EXAMPLE / "manifest.json", tmp_path)
    _code, found, _err = await asyncio.to_thread(run, capsys, "find", path, PLAIN.e164)
    assert [each["name"] for each in found["contact"]] == [LAST_NAME]
    assert any("operations.findContact.metod" in each["text"] for each in found["findings"])


def _secret_key(config):
    config["secretKey"] = "canary-0123456789"
    config["operations"]["findContact"] |= {
        "url": "contacts/search?k={{secretKey}}",
        "headers": {"X-Own": "k {{secretKey}}"},
        "body": {"note": "{{secretKey}}"},
    }


async def test_a_secret_of_the_config_is_shown_nowhere(capsys, tmp_path):
    path = with_changes(tmp_path, _secret_key)
    given = asking(tmp_path, phoneNumber=PLAIN.e164)
    tape = tmp_path / "tape.har"
    arguments = ["invoke", path, "findContact", "--input", given, "--record", tape]
    async with sandbox() as url:
        code, document, err = await asyncio.to_thread(
            run, capsys, *arguments, "--route", f"*={url}"
        )
    assert code == 3  # Insightly refuses a parameter that it does not know
    assert len(document["requests"]) == 1
    assert document["requests"][0]["body"]
    assert "canary-0123456789" not in json.dumps(document) + err + tape.read_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "odd.json:1: The config is not JSON"),
        ('{"auth": {},\n "operations": {,}}', "line 2, column 17"),
        ("[]", "no JSON object"),
        ('{"auth": 5, "operations": {}}', "auth (line 1) is of type int where object is needed"),
        ('{"operations": {}}', "The config has no auth"),
        (" " * 1_200_000, "larger than 1024 KB"),
        ("[" * 60_000, "nested too deeply"),
    ],
)
def test_a_config_that_cannot_run_is_wrong_usage(capsys, tmp_path, content, said):
    path = tmp_path / "odd.json"
    path.write_text(content)
    given = asking(tmp_path, phoneNumber="+1")
    code, document, err = run(capsys, "invoke", path, "findContact", "--input", given)
    assert (code, document) == (2, None)
    assert said in err
    assert len(err.strip().splitlines()) == 1


async def test_a_value_that_looks_like_a_template_is_sent_as_it_is(capsys, tmp_path):
    """What a value brings along is not rendered again, so nothing can go round in a circle."""
    given = asking(tmp_path, name="{{name}}{{apiKey}}")
    async with sandbox() as url:
        code, document, err = await asyncio.to_thread(
            run, capsys, "invoke", EXAMPLE, "findContactWithName",
            "--input", given, "--route", f"*={url}",
        )  # fmt: skip
    assert (code, err) == (0, "")
    assert document["requests"][0]["url"].endswith("field_value=%7B%7Bname%7D%7D%7B%7BapiKey%7D%7D")
