"""What the reading process tells of a file; the secrets in it never leave that process."""

import io
import json
import subprocess
import sys

import msgspec
import pytest

from app.traffic.har_reading import (
    BATCH_ENTRIES,
    LENGTH_BYTES,
    Batch,
    Ended,
    Large,
    Message,
    Opened,
    Piece,
    Refused,
    messages,
    write,
)
from app.traffic.large_body import LARGE
from tests.app.traffic.hars import BEARER, JWT, SECRETS, browser_entry, browser_har


@pytest.fixture
def told(tmp_path):
    def told(data):
        path = tmp_path / "a.har"
        path.write_bytes(data)
        return list(messages(path))

    return told


def exchanges(told):
    return [each for message in told if isinstance(message, Batch) for each in message.entries]


def test_a_browsers_file_is_opened_read_and_ended(told):
    opened, *batches, ended = told(browser_har(3))
    assert (opened.version, opened.made_by, opened.entries) == ("1.2", "WebInspector 537.36", 3)
    assert [page.title for page in opened.pages] == ["https://app.test/"]
    assert [page for page, _exchange in exchanges(batches)] == ["page_1"] * 3
    assert ended == Ended(0, "", "")


def test_no_secret_is_in_any_message_not_even_before_its_name_was_met(told):
    first = browser_entry(0, request={"method": "GET", "url": f"https://app.test/{BEARER}/{JWT}"})
    read = told(browser_har(entries=[first, *(browser_entry(n) for n in range(1, 5))]))
    kept = msgspec.json.encode([exchange for _page, exchange in exchanges(read)]).decode()
    assert not [secret for secret in SECRETS if secret in kept]
    assert "Zoë 3" in kept


def test_a_token_counts_before_any_number_of_cookies(told):
    entries = [browser_entry(n) for n in range(40)]
    for n, entry in enumerate(entries):
        entry["request"]["headers"][1]["value"] = f"sid=c00k1e-{n:04}-0123456789"
    read = told(browser_har(entries=entries))
    assert BEARER not in msgspec.json.encode([one for _p, one in exchanges(read)]).decode()


def test_many_entries_come_in_batches(told):
    read = told(browser_har(BATCH_ENTRIES * 2 + 1))
    sizes = [len(message.entries) for message in read if isinstance(message, Batch)]
    assert sizes == [BATCH_ENTRIES, BATCH_ENTRIES, 1]
    large = browser_entry(0)
    large["response"]["content"]["text"] = "x" * 200_000
    read = told(browser_har(entries=[large, large]))
    assert [len(message.entries) for message in read if isinstance(message, Batch)] == [1, 1]


def test_a_large_body_comes_in_pieces_after_what_was_before_it(told):
    large = browser_entry(1)
    large["response"]["content"]["text"] = f"{'x' * LARGE}{BEARER}"
    large["request"]["postData"] = {"mimeType": "text/plain", "text": "sent"}
    read = told(browser_har(entries=[browser_entry(0), large, browser_entry(2)]))[1:-1]
    assert [type(message) for message in read if not isinstance(message, Piece)] == [
        Batch,
        Large,
        Batch,
    ]
    pieces = [message.data for message in read if isinstance(message, Piece)]
    assert (read[-2].request, read[-2].response) == (0, len(pieces))
    assert b"".join(pieces) == b"x" * LARGE + b"[REDACTED]"
    assert read[-2].truncated == (False, False)
    assert read[-2].exchange.response_body.truncated


def test_an_entry_that_cannot_be_read_is_counted_and_the_others_come(told):
    broken = [browser_entry(1, request={"url": "x"}), browser_entry(2, response={"status": "y"})]
    *read, ended = told(browser_har(entries=[browser_entry(0), *broken, browser_entry(3)]))
    assert len(exchanges(read)) == 2
    assert ended.unread == 2
    assert "missing required field `method` at log.entries[1].request" in ended.problem


def test_a_file_that_is_cut_is_read_up_to_the_cut(told):
    whole = browser_har(5)
    *read, ended = told(whole[: whole.rindex(b'{"_initiator"') + 200])
    assert len(exchanges(read)) == 4
    assert ended.cut


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not whole JSON"),
        (b"<html></html>", "not whole JSON"),
        (b'{"log": {}}', "It is no HAR 1.2: .*entries"),
        (b'{"a": 1}', "It is no HAR 1.2: .*log"),
    ],
)
def test_what_is_no_har_is_refused_with_the_reason(told, data, reason):
    (refused,) = told(data)
    assert isinstance(refused, Refused)
    assert __import__("re").search(reason, refused.reason)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    assert list(messages(tmp_path / "missing.har")) == [
        Refused("It cannot be opened (No such file or directory): choose a file that you may read.")
    ]


def split(data):
    decoder = msgspec.msgpack.Decoder(Message)
    found = []
    while data:
        length = int.from_bytes(data[:LENGTH_BYTES])
        found.append(decoder.decode(data[LENGTH_BYTES : LENGTH_BYTES + length]))
        data = data[LENGTH_BYTES + length :]
    return found


def test_messages_are_written_each_after_its_length():
    out = io.BytesIO()
    written = [Opened("1.2", "", (), 0), Ended(0, "", "")]
    write(written, out)
    assert split(out.getvalue()) == written


def test_the_process_writes_the_same(tmp_path):
    path = tmp_path / "-a b.har"
    path.write_bytes(b"\xef\xbb\xbf" + browser_har(2))
    done = subprocess.run(
        [sys.executable, "-m", "app.traffic.har_reading", str(path)],
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    assert split(done.stdout) == list(messages(path))
    assert json.loads(browser_har(2))["log"]["entries"]
