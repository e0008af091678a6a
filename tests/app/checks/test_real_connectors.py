"""Rules at work: connectors with one fault each, run as the bench runs any, against a toy CRM."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.bench import Bench
from app.checks import Rule, check, traffic
from app.checks.earlier import EarlierRuns
from app.cli import main
from app.connections import Connection
from app.evidence import evidence_of
from app.journal import Journal
from connectors.contract.model import CallContact, CallLog, CallParty
from connectors.host.local import LocalHost
from connectors.host.process import HostProcess
from connectors.runtime.store import CoreStore
from tests.app.checks.toy_crm import KNOWN, ToyCrm

CONNECTORS = Path(__file__).parent / "connectors"
NAME = 'O\'Brien & "Sons" (UK) #2 + Co'
NEW = "+12125550148"


def find(bench):
    return bench.find(KNOWN, force_refresh=True)


def create(bench):
    return bench.create(NEW, "Maria de la Cruz", "contact")


def find_new(bench):
    return bench.find(NEW, force_refresh=True)


def search(bench):
    return bench.search(NAME)


def log(bench):
    call = CallLog(session_id="s1", direction="Inbound", from_=CallParty(phone_number=KNOWN))
    return bench.log(call, CallContact(id=7, type="contact", name="Ada", phone_number=KNOWN), "Hi")


FAULTS = {
    "result_shape": ([find], {("result-shape", "error")}),
    "contact_id_missing": ([find], {("contact-id-missing", "error")}),
    "contact_id_not_unique": ([find], {("contact-id-not-unique", "warning")}),
    "contact_id_type": ([create, find_new], {("contact-id-type", "warning")}),
    "contact_listed_twice": ([find], {("contact-listed-twice", "error")}),
    "contact_name_missing": ([find], {("contact-name-missing", "warning")}),
    "contact_type_missing": ([find], {("contact-type-missing", "warning")}),
    "contact_type_unknown": ([find], {("contact-type-unknown", "error")}),
    "created_date_missing": ([find], {("created-date-missing", "warning")}),
    "created_date_unreadable": ([find], {("created-date-unreadable", "error")}),
    "additional_info_shape": ([find], {("additional-info-shape", "error")}),
    "additional_info_unknown": ([find], {("additional-info-unknown", "warning")}),
    "additional_info_unfilled": ([find], {("additional-info-unfilled", "note")}),
    "create_entry_missing": ([find], {("create-entry-missing", "note")}),
    "create_entry_misplaced": ([find], {("create-entry-misplaced", "warning")}),
    "message_shape": ([find], {("message-shape", "error")}),
    "message_untrue": ([find_new], {("message-untrue", "warning")}),
    "error_swallowed": ([find], {("error-swallowed", "error")}),
    "value_encoded_twice": ([find], {("value-encoded-twice", "error")}),
    "requests_sequential": ([find], {("requests-sequential", "warning")}),
    "request_budget": ([find], {("request-budget", "warning")}),
    "request_slow": ([find], {("request-slow", "note")}),
    "created_contact_not_found": ([create, find_new], {("created-contact-not-found", "warning")}),
    "created_id_repeated": ([find, create], {("created-id-repeated", "error")}),
    "secret_printed": ([find], {("secret-printed", "error")}),
    "connector_reported": ([find], {("connector-reported", "warning")}),
}
WAYS = ("query", "form", "json", "xml", "lucene", "sql", "odata", "sosl", "graphql")


@pytest.fixture
def crm():
    opened = ToyCrm()
    yield opened
    opened.close()


@pytest.fixture
def play(crm, at_end, monkeypatch):
    """Return a coroutine function: run verbs of a connector of this folder, tell its findings."""
    monkeypatch.setattr(traffic, "SLOW_MS", ToyCrm.SLOW_S * 1000)

    async def play(stem, verbs, *, host=LocalHost, **config):
        journal, store = Journal(), CoreStore(":memory:")
        source = str(CONNECTORS / f"{stem}.py")
        connection = Connection(
            id=stem, name=stem, platform=source, routes={"*": crm.url}, config=config
        )
        bench = Bench(connection, host(source), store, journal)
        earlier = EarlierRuns(journal)
        at_end.append(bench.close)
        await bench.open()
        findings = []
        for verb in verbs:
            run = await verb(bench)
            evidence = evidence_of(journal.events(run.run_id), run.run_id)
            findings += check(evidence, bench.manifest, earlier=earlier.before(evidence))
        store.close()
        return findings

    return play


def told(findings):
    return {(str(each.rule), each.severity) for each in findings if each.rule != "request-slow"}


@pytest.mark.parametrize("host", [LocalHost, HostProcess])
async def test_a_good_connector_is_told_nothing(play, host):
    findings = await play("good", [find, search, create, find_new, log], host=host)
    assert told(findings) == set()


@pytest.mark.parametrize("stem", FAULTS)
async def test_a_fault_is_told_and_nothing_else(play, stem):
    verbs, expected = FAULTS[stem]
    findings = await play(stem, verbs)
    slow = {("request-slow", "note")} & expected
    assert told(findings) == expected - slow
    assert slow <= {(str(each.rule), each.severity) for each in findings}
    assert all(each.proof and each.mend for each in findings)


@pytest.mark.parametrize("stem", ["secret_printed", "connector_reported", "requests_sequential"])
async def test_a_fault_is_told_of_a_connector_in_a_process_of_its_own(play, stem):
    verbs, expected = FAULTS[stem]
    assert told(await play(stem, verbs, host=HostProcess)) == expected


@pytest.mark.parametrize("way", WAYS)
async def test_a_name_that_is_not_escaped_is_told(play, way):
    findings = await play("value_unescaped", [search], WAY=way)
    assert told(findings) == {("value-unescaped", "error")}


@pytest.mark.parametrize("way", ["query", "form", "lucene", "sosl"])
async def test_a_number_that_is_not_escaped_is_told(play, way):
    findings = await play("value_unescaped", [find], WAY=way)
    assert told(findings) == {("value-unescaped", "error")}


@pytest.mark.parametrize("way", ["json", "xml", "sql", "odata", "graphql"])
async def test_a_number_needs_no_escape_in_a_literal(play, way):
    assert told(await play("value_unescaped", [find], WAY=way)) == set()


def command(capsys, crm, *arguments):
    code = main([*arguments, "--route", f"*={crm.url}", "--json"])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    return [finding["rule"] for finding in json.loads(captured.out)["findings"]]


@pytest.mark.parametrize("stem", ["contact_id_type", "created_contact_not_found"])
def test_the_command_line_remembers_the_command_before(capsys, crm, stem):
    expected = {rule for rule, _severity in FAULTS[stem][1]}
    source = str(CONNECTORS / f"{stem}.py")
    assert command(capsys, crm, "create", source, NEW, "Maria", "--type", "contact") == []
    assert set(command(capsys, crm, "find", source, NEW)) - {"request-slow"} == expected
    # Another connector, and another number, have nothing to do with it.
    assert command(capsys, crm, "find", str(CONNECTORS / "good.py"), NEW) == []
    assert "created-contact-not-found" not in command(capsys, crm, "find", source, KNOWN)


def test_every_rule_has_a_connector_that_breaks_it():
    broken = {rule for _verbs, rules in FAULTS.values() for rule, _severity in rules}
    assert broken | {"value-unescaped"} == {str(rule) for rule in Rule}
