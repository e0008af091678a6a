"""The verbs, through the real host in this process, with a small connector written on the spot."""

import asyncio
import contextlib
import textwrap
from pathlib import Path

import pytest

from app.bench import Bench
from app.connections import Connection
from app.journal import ConsolePrinted, FindingReported, Journal, RunFinished, RunStarted
from connectors.contract.exchange import Exchange
from connectors.contract.hosting import Description, ErrorInfo, ExchangeEvent, Reply
from connectors.contract.model import CallContact, CallLog, Contact, User
from connectors.host.load import ConnectorLoadError
from connectors.host.local import LocalHost
from connectors.host.process import HostProcess
from connectors.runtime.store import CoreStore

CONNECTOR = """
    from connectors.contract.connector import Connector
    from connectors.contract.errors import RateLimitError
    from connectors.contract.model import (
        Contact, CreateContactResult, CreateCallLogResult, FindContactResult, new_contact_entry)

    class Small(Connector):
        def get_basic_auth(self, given):
            return "dXNlcjo="

        async def find_contact(self, given):
            print("asked for", given.phone_number, given.overriding_format)
            if given.phone_number == "+12025550100":
                raise RateLimitError("Small CRM answered 429: wait a minute and try again.")
            if given.phone_number == "+12025550101":
                self.context.report("ENRICHMENT_FAILED", "The deals could not be read.")
            rows = (Contact(id=7, name="Ada Lovelace", type="contact"), new_contact_entry())
            return FindContactResult(successful=True, matched_contact_info=rows)

        async def find_contact_with_name(self, given):
            return {"successful": True, "matchedContactInfo": [
                {"id": None, "name": "no id"}, {"id": 1.5, "name": None, "type": 3}]}

        async def create_contact(self, given):
            return CreateContactResult(contact_info=Contact(id=8, name=given.new_contact_name))

        async def create_call_log(self, given):
            return CreateCallLogResult(log_id=f"L{given.contact_info.id}")
"""


@pytest.fixture
def bench(tmp_path):
    source = tmp_path / "small.py"
    source.write_text(textwrap.dedent(CONNECTOR))
    user = User(id="1-small", access_token="key-SECRET", rc_account_id="acc")
    connection = Connection(id="small", name="Small", platform=str(source), user=user)
    store = CoreStore(":memory:")
    bench = Bench(connection, LocalHost(str(source)), store, Journal())
    yield bench
    store.close()


async def test_a_lookup_is_told_from_start_to_end(bench):
    await bench.open()
    run = await bench.find("+12025550123", ["###-###-####"])
    kinds = [type(event) for event in bench.journal.events(run.run_id)]
    assert kinds == [RunStarted, ConsolePrinted, RunFinished]
    assert [contact.name for contact in run.contacts] == ["Ada Lovelace", "Create new contact..."]
    assert not run.failed
    await bench.close()


async def test_the_journal_keeps_what_was_asked_but_no_user(bench):
    await bench.open()
    run = await bench.find("+12025550123", ["###-###-####", "", "(###) ###"], force_refresh=True)
    started = next(bench.journal.events(run.run_id))
    assert started.input == {
        "phoneNumber": "+12025550123",
        "overridingFormat": "###-###-####,(###) ###",
        "isExtension": "false",
        "isForceRefreshAccountData": True,
    }
    await bench.close()


async def test_the_second_lookup_comes_from_the_accounts_cache(bench):
    await bench.open()
    await bench.find("+12025550123")
    again = await bench.find("+12025550123", ["other ### ### ####"])
    assert again.outcome.cached
    finished = list(bench.journal.events(again.run_id))[-1]
    assert finished.cached
    assert finished.cache_layer == "account"
    assert finished.cache_age_s >= 0
    fresh = await bench.find("+12025550123", force_refresh=True)
    assert not fresh.outcome.cached
    await bench.close()


async def test_an_answer_of_the_extensions_own_match_is_a_run_that_asks_nobody(bench):
    await bench.open()
    run = await bench.recall("+12025550123", [Contact(id=7, name="Ada", type="lead")], 60.0)
    kinds = [type(event) for event in bench.journal.events(run.run_id)]
    assert kinds == [RunStarted, RunFinished]
    finished = list(bench.journal.events(run.run_id))[-1]
    assert (finished.cached, finished.cache_layer, finished.cache_age_s) == (True, "local", 60.0)
    assert [contact.name for contact in run.contacts] == ["Ada"]
    nobody = await bench.recall("+12025550124", [], 0.0)
    assert (nobody.contacts, nobody.failed) == ((), False)
    await bench.close()


async def test_a_user_that_the_connector_changed_is_kept_once(tmp_path):
    source = tmp_path / "small.py"
    source.write_text(
        textwrap.dedent(CONNECTOR).replace("print(", 'self.context.save_user(refresh_token="r2")#')
    )
    kept = []
    store = CoreStore(":memory:")
    connection = Connection(
        id="small", name="Small", platform=str(source), user=User(access_token="key-SECRET")
    )
    bench = Bench(connection, LocalHost(str(source)), store, Journal(), keep_user=kept.append)
    await bench.open()
    for _ in range(2):
        assert not (await bench.find("+12025550123")).failed
    assert [user.refresh_token for user in kept] == ["r2"]
    await bench.close()
    store.close()


async def test_a_failure_is_kept_apart_from_no_match(bench):
    await bench.open()
    run = await bench.find("+12025550100")
    assert run.failed
    assert run.outcome.error.type == "RateLimitError"
    assert run.message["message"] == "Rate limit exceeded"
    await bench.close()


async def test_findings_belong_to_their_run(bench):
    await bench.open()
    run = await bench.find("+12025550101")
    assert run.findings == (("ENRICHMENT_FAILED", "The deals could not be read."),)
    assert any(isinstance(event, FindingReported) for event in bench.journal.events(run.run_id))
    await bench.close()


async def test_lookups_at_the_same_time_keep_their_events_apart(bench):
    await bench.open()
    numbers = [f"+1202555{index:04d}" for index in range(110, 130)]
    runs = await asyncio.gather(*(bench.find(number) for number in numbers))
    for number, run in zip(numbers, runs, strict=True):
        printed = [e for e in bench.journal.events(run.run_id) if isinstance(e, ConsolePrinted)]
        assert number in "".join(event.text for event in printed)
    await bench.close()


async def test_odd_entries_are_read_loosely(bench):
    await bench.open()
    run = await bench.search("odd")
    assert [(contact.id, contact.name, contact.type) for contact in run.contacts] == [
        ("1.5", "", "3")
    ]
    await bench.close()


async def test_create_then_log(bench):
    await bench.open()
    created = await bench.create("+12025550123", "Grace Hopper", "contact")
    assert created.contacts[0].id == 8
    call_log = CallLog(session_id="s1", start_time=1, duration=5, result="Call connected")
    logged = await bench.log(call_log, CallContact(id=8, name="Grace Hopper"), "hello")
    assert logged.outcome.answer["logId"] == "L8"
    again = await bench.log(call_log, CallContact(id=8, name="Grace Hopper"), "hello")
    assert again.outcome.answer["successful"] is False
    assert "Existing log" in again.message["message"]
    await bench.close()


class Told:
    """A host whose createContact sends these (method, status) and ends with this error."""

    def __init__(self, sent, error):
        self.sent, self.error = sent, error

    async def describe(self):
        operations = ("createContact", "findContact")
        return Description(
            platform="told",
            display_name="Told",
            kind="python",
            auth_type="other",
            log_format="",
            operations=operations,
        )

    async def invoke(self, _operation, _given, *, options, timeout_s, on_event):
        for number, (method, status) in enumerate(self.sent):
            exchange = Exchange(
                id=number, invocation=1, started_ms=0, method=method, url="http://a", status=status
            )
            on_event(ExchangeEvent(exchange=exchange))
        return Reply(error=self.error)

    async def close(self):
        pass


THROWN = ErrorInfo(type="SyntaxError", message="Unexpected token < in JSON")


@pytest.mark.parametrize(
    ("sent", "error", "unknown"),
    [
        ([("GET", 200), ("POST", 200)], THROWN, True),
        ([("POST", 201), ("GET", 500)], THROWN, True),
        ([("POST", 200), ("POST", 422)], THROWN, False),
        ([("POST", None)], THROWN, False),
        ([("GET", 200)], THROWN, False),
        ([], THROWN, False),
        ([("POST", 200)], ErrorInfo(type="Error", message="no", status=422), False),
        ([("POST", 200)], ErrorInfo(type="InvalidInputError", message="no name"), False),
    ],
)
async def test_a_write_that_failed_on_its_answer_may_have_been_done(sent, error, unknown):
    with contextlib.closing(CoreStore(":memory:")) as store:
        connection = Connection(id="told", name="Told", platform="told")
        bench = Bench(connection, Told(sent, error), store, Journal())
        await bench.open()
        made = await bench.create("+12025550123", "Grace Hopper")
        assert (made.failed, made.outcome.unknown) == (True, unknown)
        (finished,) = [each for each in bench.journal.events() if isinstance(each, RunFinished)]
        assert finished.unknown is unknown
        found = await bench.find("+12025550123")
        assert (found.failed, found.outcome.unknown) == (True, False)


async def test_no_secret_reaches_the_journal(bench):
    await bench.open()
    await bench.find("+12025550123")
    assert "key-SECRET" not in repr(list(bench.journal.events()))
    await bench.close()


async def test_a_cancelled_lookup_ends_as_cancelled(tmp_path):
    source = tmp_path / "slow.py"
    source.write_text(
        textwrap.dedent("""
        import asyncio
        from connectors.contract.connector import Connector

        class Slow(Connector):
            auth_type = "other"
            async def find_contact(self, given):
                await asyncio.sleep(60)
        """)
    )
    store, journal = CoreStore(":memory:"), Journal()
    user = User(id="1-slow", access_token="x")
    bench = Bench(
        Connection(id="slow", name="Slow", platform=str(source), user=user),
        LocalHost(str(source)),
        store,
        journal,
    )
    await bench.open()
    task = asyncio.get_running_loop().create_task(bench.find("+12025550123"))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    finished = [event for event in journal.events() if isinstance(event, RunFinished)]
    assert [event.cancelled for event in finished] == [True]
    await bench.close()
    store.close()


SLOW = """
    import asyncio
    from pathlib import Path
    from connectors.contract.connector import Connector

    class Slow(Connector):
        auth_type = "other"

        async def find_contact(self, given):
            while given.phone_number == "wait" and not Path({gate!r}).exists():
                await asyncio.sleep(0.01)
            return {{"successful": True, "matchedContactInfo": [
                {{"id": 1, "name": {name!r}, "type": "contact"}}]}}
"""


@pytest.fixture
def versions(tmp_path, at_end):
    """Return a bench on version one of a connector, what saves another, and the gate to its end."""
    source, gate = tmp_path / "slow.py", tmp_path / "gate"

    def save(name):
        source.write_text(textwrap.dedent(SLOW.format(name=name, gate=str(gate))))

    save("One")
    store = CoreStore(":memory:")
    connection = Connection(id="slow", name="Slow", platform=str(source), user=User(id="1-slow"))
    bench = Bench(connection, HostProcess(str(source)), store, Journal())

    async def close():
        await bench.close()
        store.close()

    at_end.append(close)
    return bench, save, gate


def named(run):
    return [contact.name for contact in run.contacts]


def digest_of(bench, run):
    return bench.journal.started(run.run_id).digest


async def test_a_run_ends_on_the_version_that_it_began_with(versions):
    bench, save, gate = versions
    first = (await bench.open()).digest
    old = bench._hosted.host
    under_way = asyncio.get_running_loop().create_task(bench.find("wait"))
    await asyncio.sleep(0)
    save("Two")
    second = (await bench.reload(HostProcess(bench.connection.platform))).digest
    closing = asyncio.get_running_loop().create_task(bench.close_replaced())
    after = await bench.find("+12025550123")
    assert named(after) == ["Two"]
    assert digest_of(bench, after) == second != first
    assert old.pid is not None
    gate.touch()
    before = await under_way
    await closing
    assert named(before) == ["One"]
    assert digest_of(bench, before) == first
    assert old.pid is None


async def test_a_version_that_cannot_be_loaded_changes_nothing(versions):
    bench, _save, _gate = versions
    description = await bench.open()
    path = Path(bench.connection.platform)
    path.write_text("def (:\n")
    fresh = HostProcess(str(path))
    with pytest.raises(ConnectorLoadError) as caught:
        await bench.reload(fresh)
    assert caught.value.position.line == 1
    assert fresh.pid is None
    assert bench.description == description
    assert named(await bench.find("+12025550123")) == ["One"]


async def test_a_manifest_of_a_wrong_shape_changes_nothing(versions):
    bench, save, _gate = versions
    await bench.open()
    save("Two")
    Path(bench.connection.platform).with_name("manifest.json").write_text('{"page":\n 1}')
    with pytest.raises(ConnectorLoadError, match=r"manifest\.json:1: page has a wrong shape"):
        await bench.reload(HostProcess(bench.connection.platform))
    assert named(await bench.find("+12025550123")) == ["One"]


async def test_the_user_of_a_connection_outlives_a_version(bench):
    await bench.open()
    bench.core.apply_user_changes({"accessToken": "next"})
    await bench.reload(LocalHost(bench.connection.platform))
    await bench.close_replaced()
    assert bench.core.user.access_token == "next"
    assert bench.display_name == "small"
    await bench.close()
