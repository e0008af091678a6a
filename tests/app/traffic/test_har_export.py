"""Runs become a HAR file of one page each, whole or not at all."""

import json
import stat

import msgspec
import pytest

from app.journal import ExchangeCaptured, Journal, RunStarted
from app.traffic.har_export import export_har
from tests.connectors.contract.har_spec import problems


@pytest.fixture
def journal(runs):
    journal = Journal()
    for run_id, subject in ((1, "+1415"), (2, "Anna")):
        journal.append(
            RunStarted(
                run_id=run_id, at_ms=1e12, operation="find", platform="small", subject=subject
            )
        )
        for number in (3, 2, 1):
            exchange = runs.exchange(number, f"/{run_id}/{number}", at=number, method="POST",
                                     body='{"a": 1}')  # fmt: skip
            journal.append(ExchangeCaptured(run_id=run_id, at_ms=1e12, exchange=exchange))
    yield journal
    journal.close()


async def exported(path, journal, run_ids=(1, 2)):
    count = await export_har(path, journal, run_ids, "1.0")
    return count, json.loads(path.read_bytes())


async def test_a_page_per_run_and_the_specification_is_kept(tmp_path, journal):
    count, har = await exported(tmp_path / "a.har", journal)
    assert count == 6
    assert problems(har) == []
    pages = [(page["id"], page["title"]) for page in har["log"]["pages"]]
    assert pages == [("run-1", "find +1415"), ("run-2", "find Anna")]


async def test_entries_are_in_the_order_in_which_they_began(tmp_path, journal):
    _count, har = await exported(tmp_path / "a.har", journal)
    urls = [(entry["pageref"], entry["request"]["url"]) for entry in har["log"]["entries"]]
    numbers = [(run, number) for run in (1, 2) for number in (1, 2, 3)]
    assert urls == [(f"run-{run}", f"https://crm.example/{run}/{n}") for run, n in numbers]


async def test_one_run_alone_and_one_that_is_gone(tmp_path, journal):
    _count, har = await exported(tmp_path / "a.har", journal, [2, 99])
    assert {entry["pageref"] for entry in har["log"]["entries"]} == {"run-2"}
    assert len(har["log"]["pages"]) == 1


async def test_only_its_owner_may_read_it_also_where_another_file_was(tmp_path, journal):
    path = tmp_path / "a.har"
    path.write_text("old")
    path.chmod(0o644)
    await exported(path, journal)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["a.har"]


async def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path, journal, monkeypatch):
    path = tmp_path / "a.har"
    path.write_text("old")

    def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.traffic.har_export.entry_slices", lambda *_g, **_m: full())
    with pytest.raises(OSError, match="No space"):
        await export_har(path, journal, [1], "1.0")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.har"]


async def test_nothing_in_it_was_changed(tmp_path, journal, runs):
    _count, har = await exported(tmp_path / "a.har", journal, [1])
    first = har["log"]["entries"][0]
    assert first["request"]["postData"] == {"mimeType": "application/json", "text": '{"a": 1}'}
    assert first["response"]["content"]["text"] == "[]"
    assert msgspec.json.encode(first)
