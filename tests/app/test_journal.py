import logging
import tracemalloc

import msgspec
import pytest

from app.journal import (
    ConsolePrinted,
    ExchangeCaptured,
    Journal,
    LargeBody,
    RunFinished,
    RunStarted,
    read_events,
)
from connectors.contract.exchange import Body, Exchange
from connectors.contract.hosting import ErrorInfo

STARTED = RunStarted(
    run_id=1, at_ms=1.0, operation="findContact", platform="insightly", subject="+1"
)
PRINTED = ConsolePrinted(run_id=1, at_ms=2.0, stream="stdout", text="hello")
FINISHED = RunFinished(
    run_id=1, at_ms=3.0, answer={"successful": False}, error=ErrorInfo(type="E", message="m")
)
OTHER = ConsolePrinted(run_id=2, at_ms=4.0, stream="stderr", text="other")


def captured(number=1, run_id=1, text='{"name": "Zoë"}', **changed):
    exchange = Exchange(
        id=number,
        invocation=1,
        started_ms=1.5,
        method="POST",
        url=f"https://crm.example/contacts/{number}",
        headers=(("Accept", "*/*"), ("Accept", "text/html")),
        body=Body(text="a=1", size=3, mime_type="application/x-www-form-urlencoded"),
        status=200,
        response_body=Body(text=text, size=len(text.encode("utf-8", "replace"))),
        wait_ms=4.0,
        ms=5.0,
    )
    return ExchangeCaptured(
        run_id=run_id, at_ms=2.5, exchange=msgspec.structs.replace(exchange, **changed)
    )


@pytest.fixture
def journal(tmp_path):
    journal = Journal(spill_folder=tmp_path)
    yield journal
    journal.close()


def test_subscribers_are_told_whole_events_in_order_until_they_leave(journal):
    told = []
    leave = journal.subscribe(told.append)
    journal.append(STARTED)
    journal.append(captured())
    leave()
    leave()
    journal.append(PRINTED)
    assert told == [STARTED, captured()]


def test_events_of_one_run_are_whole_and_in_order(journal):
    for event in (STARTED, captured(1), PRINTED, OTHER, captured(1, run_id=2), FINISHED):
        journal.append(event)
    assert list(journal.events(1)) == [STARTED, captured(1), PRINTED, FINISHED]
    assert list(journal.events(2)) == [OTHER, captured(1, run_id=2)]
    assert list(journal.events(3)) == []
    assert len(list(journal.events())) == 6


def test_the_events_that_are_no_exchanges_are_told_without_reading_those(journal, monkeypatch):
    for event in (STARTED, captured(1), PRINTED, OTHER, FINISHED):
        journal.append(event)
    monkeypatch.setattr(journal, "_whole", lambda _kept: pytest.fail("none has to be read"))
    assert list(journal.notes(1)) == [STARTED, PRINTED, FINISHED]
    assert list(journal.notes(9)) == []


def test_exchanges_are_listed_in_the_order_in_which_they_began(journal):
    for number, began in ((1, 9.0), (5, 3.0), (2, 3.0), (4, 7.0), (1, 1.0)):
        journal.append(captured(number, started_ms=began))
    assert journal.exchange_ids(1) == [1, 2, 5, 4]
    assert journal.exchange_ids(9) == []


def test_a_large_body_is_kept_piece_by_piece_beside_its_exchange(journal):
    pieces = tuple(journal.keep_piece(text.encode()) for text in ("Zoë", " ", "Keller"))
    journal.append(captured(1))
    journal.keep_large(1, 2, "response", LargeBody(pieces))
    journal.append(captured(2))
    assert journal.large(1, 1, "response") is None
    assert journal.large(1, 2, "request") is None
    large = journal.large(1, 2, "response")
    assert list(journal.texts(large)) == ["Zoë", " ", "Keller"]
    assert [event.exchange.id for event in journal.events(1)] == [1, 2]


def test_a_piece_that_does_not_fit_on_the_disk_stays_in_memory(tmp_path, caplog):
    journal = Journal(spill_folder=tmp_path / "missing")
    large = LargeBody((journal.keep_piece(b"one"), journal.keep_piece(b"two")))
    assert list(journal.texts(large)) == ["one", "two"]
    assert "A piece of a body stays in memory" in caplog.text
    journal.close()


def test_one_exchange_is_found_by_its_run_and_id(journal):
    for event in (captured(1), captured(2), captured(1, run_id=2, text="other")):
        journal.append(event)
    assert journal.exchange(1, 2) == captured(2).exchange
    assert journal.exchange(2, 1) == captured(1, run_id=2, text="other").exchange
    assert journal.exchange(2, 2) is None
    assert journal.exchange(9, 1) is None


def test_the_last_run_is_known_without_reading_anything_back(journal):
    assert journal.last_run_id == 0
    for event in (STARTED, OTHER, captured(run_id=7)):
        journal.append(event)
    journal.close()
    assert journal.last_run_id == 7


def test_runs_and_how_they_began_are_known_without_reading_anything_back(journal):
    for event in (OTHER, STARTED, captured(1), FINISHED):
        journal.append(event)
    journal.close()
    assert journal.run_ids == (2, 1)
    assert journal.started(1) == STARTED
    assert journal.started(2) is journal.started(9) is None


def test_bodies_leave_memory(journal):
    journal.append(captured(0))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(1, 201):
        journal.append(captured(number, text="x" * 10_000))
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 200 * 1024
    assert journal.exchange(1, 200).response_body.text == "x" * 10_000


def test_an_exchange_that_cannot_be_written_stays_in_memory(tmp_path, caplog):
    journal = Journal(spill_folder=tmp_path / "missing")
    journal.append(captured())
    assert list(journal.events(1)) == [captured()]
    assert journal.exchange(1, 1) == captured().exchange
    assert "stays in memory" in caplog.text


def test_a_text_that_is_no_unicode_is_kept_too(journal):
    journal.append(captured(text="half \ud83d"))
    assert journal.exchange(1, 1).response_body.text == "half \ud83d"


def test_what_is_not_an_exchange_outlives_the_close(journal):
    journal.append(STARTED)
    journal.append(FINISHED)
    journal.close()
    assert list(journal.events(1)) == [STARTED, FINISHED]


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    for event in (STARTED, PRINTED, captured(), FINISHED):
        journal.append(event)
    journal.close()
    journal.close()
    return path


def test_a_file_is_read_back_whole(written):
    assert read_events(written) == [STARTED, PRINTED, captured(), FINISHED]


def test_a_file_cut_anywhere_by_a_crash_is_read_up_to_the_cut(written):
    data = written.read_bytes()
    ends = [at for at, byte in enumerate(data) if byte == 0x0A]
    assert "Zoë".encode()[:-1] in data
    for cut in range(len(data)):
        written.write_bytes(data[:cut])
        whole = sum(end <= cut for end in ends)
        assert read_events(written) == [STARTED, PRINTED, captured(), FINISHED][:whole], cut


@pytest.mark.parametrize(
    "garbage",
    [b"\x00" * 4096, b"\xff\xfe", b"{}", b"[1, 2]", b'{"type": "unknown"}', b"[" * 100_000],
)
def test_garbage_in_the_middle_is_left_out_and_said(written, caplog, garbage):
    lines = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(b"".join([*lines[:2], garbage, b"\n", *lines[2:]]))
    with caplog.at_level(logging.WARNING):
        assert read_events(written) == [STARTED, PRINTED, captured(), FINISHED]
    assert [record.message.split(": ")[1] for record in caplog.records] == ["line 3 is left out"]


def test_an_empty_file_holds_nothing(tmp_path, caplog):
    path = tmp_path / "journal.jsonl"
    path.touch()
    assert read_events(path) == []
    assert not caplog.records


def test_a_file_that_was_cut_is_gone_on_with_on_a_new_line(written):
    written.write_bytes(written.read_bytes()[:-15])
    journal = Journal(written)
    journal.append(OTHER)
    journal.close()
    assert read_events(written) == [STARTED, PRINTED, captured(), OTHER]


def test_the_file_is_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "journal.jsonl"
    Journal(path).close()
    assert path.stat().st_mode & 0o077 == 0
