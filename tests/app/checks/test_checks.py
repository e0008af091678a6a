"""All rules together: no data makes them raise, and the built-in connectors keep them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench import Bench
from app.checks import Rule, check
from app.connections import Connection, sandbox_connection
from app.evidence import Evidence, evidence_of
from app.home import home
from app.journal import ConsolePrinted, Journal, RunFinished, RunStarted
from app.sandbox import seed
from app.sandbox.process import start_or_join
from connectors.contract.exchange import Body, Exchange
from connectors.contract.hosting import ErrorInfo
from connectors.contract.manifest import Manifest
from connectors.contract.model import CallContact, CallLog, CallParty, User, from_wire
from connectors.host.local import LocalHost
from connectors.runtime.store import CoreStore

MANIFEST = from_wire(
    {
        "name": "small",
        "contactTypes": [{"value": "Contact"}],
        "contactPageUrl": "https://x/{contactType}/{contactId}",
        "page": {
            "callLog": {"additionalFields": [{"const": "deals", "contactDependent": True}]},
            "newContact": {"additionalFields": [{"const": "status"}]},
        },
    },
    Manifest,
)

words = st.sampled_from(
    ["+16505551234", "Ada & 'Co' #2", "", "[REDACTED]", "token=abcd1234", "a:(b", '{"id": 1}']
) | st.text(max_size=12)
numbers = st.integers() | st.floats() | st.builds(pow, st.just(10), st.just(5000))
junk = st.recursive(
    st.none() | st.booleans() | numbers | words | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | numbers, inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["id", "name", "type", "createdDate", "additionalInfo", "isNewContact", "message",
     "messageType", "ttl", "details", "title", "items", "deals", "const", "text"]
)  # fmt: skip
records = st.dictionaries(keys, junk | st.dictionaries(keys, junk, max_size=3), max_size=6)
shaped = st.fixed_dictionaries(
    {},
    optional={
        "successful": junk,
        "matchedContactInfo": st.lists(records | junk, max_size=4) | junk,
        "contactInfo": records | junk,
        "contact": records | junk,
        "returnMessage": records | junk,
    },
)
results = junk | shaped
bodies = st.none() | st.builds(
    Body,
    text=words,
    encoding=st.sampled_from([None, "base64"]),
    size=st.integers(0, 9),
    truncated=st.booleans(),
    mime_type=st.sampled_from(["", "application/json", "application/x-www-form-urlencoded"]),
)
headers = st.lists(st.tuples(words, words), max_size=2).map(tuple)
exchanges = st.builds(
    Exchange,
    id=st.integers(0, 9),
    invocation=st.just(1),
    started_ms=st.floats(),
    method=words,
    url=words
    | words.map(lambda text: f"https://crm/{text}?q={text}&r={text}")
    | st.just("http://["),
    headers=headers,
    body=bodies,
    status=st.none() | st.integers(0, 600),
    response_headers=headers,
    response_body=bodies,
    ms=st.floats(),
    error=st.none() | words,
)
operations = st.sampled_from(
    ["findContact", "findContactWithName", "createContact", "createCallLog", "?"]
)


@st.composite
def evidences(draw):
    run_id = draw(st.integers(1, 3))
    started = RunStarted(
        run_id=run_id,
        at_ms=draw(st.floats()),
        operation=draw(operations),
        platform=draw(st.sampled_from(["small", "other"])),
        subject="",
        input=draw(
            st.dictionaries(
                st.sampled_from(["phoneNumber", "overridingFormat", "isExtension", "name"]),
                words | st.none() | st.booleans() | st.integers(),
            )
        ),
    )
    answer = draw(shaped)
    error = draw(st.none() | st.builds(ErrorInfo, type=words, message=words))
    finished = RunFinished(
        run_id=run_id,
        at_ms=draw(st.floats()),
        answer=answer,
        returned=draw(results),
        error=error,
        cached=draw(st.booleans()),
        cancelled=draw(st.booleans()),
    )
    console = draw(st.lists(words, max_size=2))
    return Evidence(
        started,
        finished,
        tuple(draw(st.lists(exchanges, max_size=5))),
        tuple(ConsolePrinted(run_id=run_id, at_ms=0, stream="stdout", text=t) for t in console),
        tuple(draw(st.lists(st.tuples(words, words), max_size=2))),
    )


@settings(max_examples=150, deadline=None)
@given(evidences(), st.lists(evidences(), max_size=2))
def test_no_data_makes_a_check_raise(evidence, earlier):
    for finding in check(evidence, MANIFEST, earlier=earlier):
        assert finding.rule in Rule
        assert finding.text
        assert "\n" not in finding.text
        assert finding.text[-1] in ".!?"
        assert finding.proof


def test_errors_come_first(runs):
    evidence = runs.lookup(
        runs.contact(createdDate=None), runs.contact(""), exchanges=[runs.exchange(1, "/a", ms=9e3)]
    )
    severities = [severity for _rule, severity in runs.rules(evidence)]
    assert severities == ["error", "warning", "note"]


def test_a_run_that_was_cancelled_says_nothing(runs):
    assert runs.rules(runs.run(None, answer={}, cancelled=True)) == []


EXPLAINED = {
    # Production's Bullhorn offers to create a contact only when nobody was found.
    "bullhorn": {Rule.CREATE_ENTRY_MISSING},
    "insightly": set(),
}
NAMES = ("Keller", "O'Brien", 'Smith & "Sons" #2 + Co')


@pytest.mark.parametrize("platform", sorted(EXPLAINED))
async def test_the_built_in_connectors_keep_every_rule(platform, at_end):
    sandbox = await start_or_join(home())
    at_end.append(sandbox.close)
    store = CoreStore(":memory:")
    journal = Journal()
    bench = Bench(sandbox_connection(platform, sandbox.urls), LocalHost(platform), store, journal)

    async def close():
        await bench.close()
        store.close()

    at_end.append(close)
    await bench.open()
    earlier: list[Evidence] = []
    told = {}

    async def look(verb):
        run = await verb
        assert not run.failed, run.outcome.error
        evidence = evidence_of(journal.events(run.run_id), run.run_id)
        for finding in check(evidence, bench.manifest, earlier=earlier):
            # How long the sandbox takes is the machine's affair.
            if finding.rule is not Rule.REQUEST_SLOW:
                told.setdefault(finding.rule, (evidence.started.subject, finding.text))
        earlier.append(evidence)

    for demo in seed.DEMO.values():
        await look(bench.find(demo.e164, ["(###) ###-####", "+1 ### ### ####"], force_refresh=True))
    for name in NAMES:
        await look(bench.search(name))
    for at, kind in enumerate(bench.manifest.contact_types):
        number, session = f"+1212555014{at}", f"session-{at}"
        await look(bench.create(number, "Maria de la Cruz", kind.value, {"status": "New Lead"}))
        await look(bench.find(number, force_refresh=True))
        (found,) = earlier[-1].contacts
        person = CallContact(id=found["id"], type=kind.value, name="Maria", phone_number=number)
        far = CallParty(phone_number=number)
        call = CallLog(session_id=session, direction="Inbound", from_=far, start_time=1785576600000)
        await look(bench.log(call, person, "Asked for a quote & more"))
        await look(bench.read_log(session))
        await look(bench.update_log(call, "Wants it by Friday", "Quote"))
    assert len(earlier) > len(seed.DEMO) + len(NAMES)
    assert set(told) == EXPLAINED[platform], told


async def test_a_connector_that_breaks_many_rules_is_told_so(tmp_path, at_end):
    source = tmp_path / "sloppy.py"
    source.write_text(
        "from connectors.contract.connector import Connector\n"
        "class Sloppy(Connector):\n"
        "    def get_basic_auth(self, given):\n"
        "        return 'dXNlcjo='\n"
        "    async def find_contact(self, given):\n"
        "        print('token=abcdef123456')\n"
        "        self.context.report('DEALS', 'No deals.')\n"
        "        twice = {'id': 7, 'name': 'Ada', 'createdDate': '08/01/2026'}\n"
        "        return {'successful': True, 'matchedContactInfo': [twice, twice, {'name': 'x'}],\n"
        "                'returnMessage': {'message': 'ok', 'messageType': 'fine', 'ttl': 3000}}\n"
    )
    journal, store = Journal(), CoreStore(":memory:")
    user = User(id="1-sloppy", access_token="key-SECRET", rc_account_id="acc")
    connection = Connection(id="sloppy", name="Sloppy", platform=str(source), user=user)
    bench = Bench(connection, LocalHost(str(source)), store, journal)

    async def close():
        await bench.close()
        store.close()

    at_end.append(close)
    await bench.open()
    run = await bench.find("+16505551234")
    assert not run.failed, run.outcome.error
    findings = check(evidence_of(journal.events(run.run_id)), MANIFEST)
    assert {finding.rule for finding in findings} == {
        Rule.CONTACT_ID_MISSING,
        Rule.CONTACT_LISTED_TWICE,
        Rule.CONTACT_TYPE_MISSING,
        Rule.CREATED_DATE_MISSING,
        Rule.CREATED_DATE_UNREADABLE,
        Rule.ADDITIONAL_INFO_UNFILLED,
        Rule.CREATE_ENTRY_MISSING,
        Rule.MESSAGE_SHAPE,
        Rule.SECRET_PRINTED,
        Rule.CONNECTOR_REPORTED,
    }
