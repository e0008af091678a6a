"""A file becomes runs of the journal; whatever is wrong with it is one sentence."""

import asyncio
import base64
import json
import os
import random
import signal

import pytest

from app.evidence import evidence_of
from app.journal import Journal, RunFinished, RunStarted
from app.traffic.har_export import export_har
from app.traffic.har_import import import_har
from app.traffic.large_body import BEGINNING, LARGE
from tests.app.traffic.hars import BEARER, SECRETS, browser_entry, browser_har
from tests.connectors.contract.har_spec import problems


@pytest.fixture
def journal():
    journal = Journal()
    yield journal
    journal.close()


@pytest.fixture
def take(tmp_path, journal):
    async def take(data, name="a.har", on_progress=lambda _taken, _of: None):
        path = tmp_path / name
        path.write_bytes(data)
        return await import_har(path, journal, on_progress)

    return take


@pytest.fixture
def readers(monkeypatch):
    """Return the list of the readers that are started from now on."""
    started = []
    start = asyncio.create_subprocess_exec

    async def start_and_note(*command, **options):
        started.append(await start(*command, **options))
        return started[-1]

    monkeypatch.setattr("asyncio.create_subprocess_exec", start_and_note)
    return started


async def test_a_browsers_page_becomes_a_run(take, journal):
    progress = []
    imported = await take(browser_har(3), on_progress=lambda *each: progress.append(each))
    assert (imported.sentence, imported.clean) == ("3 requests of a.har read as 1 run.", True)
    run = evidence_of(journal.events(1))
    assert (run.started.operation, run.started.subject) == ("har", "a.har: https://app.test/")
    assert run.finished.answer["returnMessage"]["message"] == (
        "3 requests, recorded by WebInspector 537.36"
    )
    assert (run.finished.requests, run.finished.ms) == (3, 2052.5)
    assert [one.status for one in run.exchanges] == [200, 200, 200]
    assert (run.exchanges[0].ms, run.exchanges[0].wait_ms) == (52.5, 51.5)
    assert progress[-1] == (3, 3)


async def test_entries_without_a_page_are_a_run_that_is_called_like_the_file(take, journal):
    entries = [browser_entry(0), browser_entry(1, page="nowhere"), browser_entry(2, page=None)]
    imported = await take(browser_har(entries=entries))
    assert imported.runs == (1, 2)
    assert [journal.started(run).subject for run in (1, 2)] == ["a.har: https://app.test/", "a.har"]
    assert len(evidence_of(journal.events(2)).exchanges) == 2


async def test_no_secret_of_the_browser_is_in_the_journal(take, journal):
    await take(browser_har(5))
    kept = repr(list(journal.events()))
    assert not [secret for secret in SECRETS if secret in kept]


async def test_runs_are_numbered_after_what_is_there(take, journal):
    journal.append(RunStarted(run_id=7, at_ms=0, operation="x", platform="", subject=""))
    assert (await take(browser_har(1))).runs == (8,)


@pytest.mark.parametrize(
    ("data", "sentence", "requests"),
    [
        (
            browser_har(3)[:-900],
            "a.har is cut off; up to the cut 2 requests could be read.",
            2,
        ),
        (b"\xef\xbb\xbf" + browser_har(2), "2 requests of a.har read as 1 run.", 2),
        (
            browser_har(1, version="1.1"),
            "1 request of a.har read as 1 run. It is of version 1.1; what it lacks of 1.2 is left "
            "empty.",
            1,
        ),
        (browser_har(0), "a.har holds no requests.", 0),
        (
            browser_har(entries=[browser_entry(0), {"request": 1}]),
            "1 request of a.har read as 1 run. 1 entry could not be read: It is no HAR 1.2: "
            "expected `object`, got `int` at log.entries[1].request.",
            1,
        ),
        (b"<html>", "a.har was not read. It is not whole JSON: JSON is malformed: ", 0),
        (b"{}", "a.har was not read. It is no HAR 1.2: ", 0),
    ],
    ids=["cut", "byte order mark", "1.1", "empty", "broken entry", "no JSON", "no HAR"],
)
async def test_whatever_is_wrong_is_one_sentence_and_nothing_is_lost(
    take, journal, data, sentence, requests
):
    imported = await take(data)
    assert imported.sentence.startswith(sentence)
    assert imported.sentence.count("\n") == 0
    ended = [event for event in journal.events() if isinstance(event, RunFinished)]
    assert sum(event.requests for event in ended) == requests


async def test_base64_bodies_and_a_failed_request_are_read(take, journal):
    picture, failed = browser_entry(0), browser_entry(1)
    picture["response"]["content"] = {"mimeType": "a/b", "text": "/wA=", "encoding": "base64"}
    failed["response"] |= {"status": 0, "_error": "net::ERR_CONNECTION_REFUSED"}
    assert (await take(browser_har(entries=[picture, failed]))).clean
    first, second = evidence_of(journal.events(1)).exchanges
    assert (first.response_body.text, first.response_body.encoding) == ("/wA=", "base64")
    assert (second.status, second.error) == (None, "net::ERR_CONNECTION_REFUSED")


def large_entry(number, length):
    """Return an entry with an answer of many characters, a secret before its end."""
    entry = browser_entry(number)
    head, tail = '[{"name": "Zoë", "no": "', f'", "echo": "{BEARER}"}}]'
    count = length - len(head) - len(tail)
    filling = "".join(f"{at:08}" for at in range(count // 8 + 1))[:count]
    entry["response"]["content"] = {
        "mimeType": "application/json",
        "text": head + filling + tail,
    }
    return entry


async def test_a_large_body_is_kept_whole_beside_the_beginning_in_its_exchange(take, journal):
    entry = large_entry(1, LARGE + 50)
    imported = await take(browser_har(entries=[browser_entry(0), entry, browser_entry(2)]))
    assert (imported.sentence, imported.clean) == ("3 requests of a.har read as 1 run.", True)
    exchanges = evidence_of(journal.events(1)).exchanges
    assert [journal.large(1, each.id, "response") is None for each in exchanges] == [
        True,
        False,
        True,
    ]
    body = exchanges[1].response_body
    assert (len(body.text), body.truncated) == (BEGINNING, True)
    whole = "".join(journal.texts(journal.large(1, exchanges[1].id, "response")))
    assert whole == entry["response"]["content"]["text"].replace(BEARER, "[REDACTED]")
    assert whole.startswith(body.text)


async def test_a_body_that_was_cut_before_stays_one(take, journal):
    entry = large_entry(0, LARGE + 50) | {"_truncatedResponse": 99_000_000}
    await take(browser_har(entries=[entry]))
    assert journal.large(1, 1, "response").truncated
    assert evidence_of(journal.events(1)).exchanges[0].response_body.size == 99_000_000


async def test_a_large_body_that_was_sent_is_kept_whole_too(take, journal):
    sent = {"mimeType": "text/plain", "text": "s" * (LARGE + 1)}
    entry = large_entry(0, LARGE + 20)
    entry["request"] |= {"method": "POST", "postData": sent}
    await take(browser_har(entries=[entry]))
    assert "".join(journal.texts(journal.large(1, 1, "request"))) == sent["text"]
    assert sum(map(len, journal.texts(journal.large(1, 1, "response")))) == (
        LARGE + 20 - len(BEARER) + len("[REDACTED]")
    )


async def test_every_byte_of_twenty_megabytes_comes_back(take, journal, tmp_path):
    entry = large_entry(1, 20_000_000)
    binary = browser_entry(2)
    data = random.Random(3).randbytes(3_000_001)
    binary["response"]["content"] = {
        "mimeType": "image/png",
        "text": base64.b64encode(data).decode(),
        "encoding": "base64",
    }
    await take(browser_har(entries=[browser_entry(0), entry, binary]))
    path = tmp_path / "again.har"
    await export_har(path, journal, [1], "1.0")
    read = json.loads(path.read_bytes())
    assert problems(read) == []
    bodies = [each["response"]["content"] for each in read["log"]["entries"]]
    assert bodies[1]["text"] == (entry["response"]["content"]["text"].replace(BEARER, "[REDACTED]"))
    assert base64.b64decode(bodies[2]["text"]) == data
    assert "_truncatedResponse" not in read["log"]["entries"][1]
    imported = await take(path.read_bytes(), name="b.har")
    again = [evidence_of(journal.events(run)).exchanges for run in (1, imported.runs[0])]
    assert again[0] == again[1]


async def test_no_message_of_a_large_body_is_large(take, journal, monkeypatch):
    kept = []
    keep = journal.keep_piece
    monkeypatch.setattr(journal, "keep_piece", lambda piece: kept.append(len(piece)) or keep(piece))
    await take(browser_har(entries=[large_entry(0, 5_000_000)]))
    assert sum(kept) > 4_900_000
    assert max(kept) <= 256 * 1024


async def test_what_was_exported_comes_back(take, journal, tmp_path):
    await take(browser_har(3))
    path = tmp_path / "again.har"
    await export_har(path, journal, [1], "1.0")
    imported = await take(path.read_bytes(), name="b.har")
    first, second = (evidence_of(journal.events(run)) for run in (1, imported.runs[0]))
    assert second.exchanges == first.exchanges
    assert second.started.subject == "b.har: har a.har: https://app.test/"


async def test_a_cancelled_import_keeps_what_it_has_taken_and_leaves_no_process(
    take, journal, readers
):
    taken = asyncio.Event()
    work = asyncio.ensure_future(
        take(browser_har(2000), on_progress=lambda _taken, _of: taken.set())
    )
    await taken.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    (finished,) = [event for event in journal.events() if isinstance(event, RunFinished)]
    assert finished.cancelled
    assert 0 < finished.requests < 2000
    (reader,) = readers
    assert reader.returncode == -signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(reader.pid, 0)


async def test_a_reader_that_dies_is_told(take, journal, monkeypatch):
    monkeypatch.setattr("sys.executable", "false")
    imported = await take(browser_har(1))
    assert imported.sentence == (
        "a.har could not be read to its end, the reader stopped: nothing was read. Read it once "
        "more; if it stops again, record fewer requests in one file."
    )
    assert not imported.clean


@pytest.mark.parametrize(
    ("data", "clean"), [(browser_har(1), True), (b"<html>", False)], ids=["read", "refused"]
)
async def test_a_reader_that_is_done_ends_by_itself(take, readers, caplog, data, clean):
    assert (await take(data)).clean == clean
    assert [reader.returncode for reader in readers] == [0]
    assert caplog.messages == []
