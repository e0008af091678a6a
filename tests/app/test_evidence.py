import msgspec
import pytest

from app.evidence import RunIncompleteError, evidence_of
from app.journal import (
    ConsolePrinted,
    ExchangeCaptured,
    FindingReported,
    RunFinished,
    RunStarted,
    ServerTraced,
)
from connectors.contract.exchange import Exchange
from connectors.contract.hosting import TraceStep

STARTED = RunStarted(
    run_id=2,
    at_ms=1.0,
    operation="findContact",
    platform="small",
    subject="+12025550123",
    input={
        "phoneNumber": "+12025550123",
        "overridingFormat": "###-###-####,(###) ###",
        "isExtension": "true",
    },
)
FINISHED = RunFinished(
    run_id=2,
    at_ms=9.0,
    answer={"successful": True, "contact": [{"id": 7, "name": "Ada"}, {"isNewContact": True}]},
)


def an_exchange(number, started_ms):
    exchange = Exchange(
        id=number, invocation=1, started_ms=started_ms, method="GET", url="https://crm/"
    )
    return ExchangeCaptured(run_id=2, at_ms=started_ms, exchange=exchange)


def test_a_run_is_gathered_from_among_others_in_the_order_of_beginning():
    events = [
        msgspec.structs.replace(STARTED, run_id=1),
        STARTED,
        an_exchange(2, 30.0),
        an_exchange(1, 20.0),
        ConsolePrinted(run_id=2, at_ms=3.0, stream="stdout", text="hello"),
        FindingReported(run_id=2, at_ms=4.0, code="SLOW", message="It is slow."),
        FINISHED,
    ]
    evidence = evidence_of(events, 2)
    assert [exchange.id for exchange in evidence.exchanges] == [1, 2]
    assert [line.text for line in evidence.console] == ["hello"]
    assert evidence.reported == (("SLOW", "It is slow."),)
    assert evidence.number == "+12025550123"
    assert evidence.formats == ("###-###-####", "(###) ###")
    assert evidence.is_extension
    assert evidence.contacts == ({"id": 7, "name": "Ada"},)


def test_without_a_run_id_the_first_run_is_taken():
    assert evidence_of([STARTED, FINISHED]).started is STARTED


def test_a_created_contact_counts_as_one_contact():
    created = msgspec.structs.replace(FINISHED, answer={"contact": {"id": 8}})
    assert evidence_of([STARTED, created]).contacts == ({"id": 8},)


@pytest.mark.parametrize(
    ("events", "said"), [([STARTED], "has not ended"), ([FINISHED], "no beginning"), ([], "run")]
)
def test_half_a_run_is_refused(events, said):
    with pytest.raises(RunIncompleteError, match=said):
        evidence_of(events, 2)


def test_a_run_through_a_server_is_known_and_has_its_trace():
    started = msgspec.structs.replace(STARTED, platform="http://127.0.0.1:6066#desk")
    step = ServerTraced(run_id=2, at_ms=3.0, step=TraceStep(name="findContact:start"))
    evidence = evidence_of([started, step, FINISHED])
    assert evidence.behind_server
    assert evidence.traced == (step,)
    assert not evidence_of([STARTED, FINISHED]).behind_server
