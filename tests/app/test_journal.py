from app.journal import ConsolePrinted, Journal, RunFinished, RunStarted, read_events
from connectors.contract.hosting import ErrorInfo

STARTED = RunStarted(
    run_id=1, at_ms=1.0, operation="findContact", platform="insightly", subject="+1"
)
PRINTED = ConsolePrinted(run_id=1, at_ms=2.0, stream="stdout", text="hello")
FINISHED = RunFinished(
    run_id=1, at_ms=3.0, answer={"successful": False}, error=ErrorInfo(type="E", message="m")
)
OTHER = ConsolePrinted(run_id=2, at_ms=4.0, stream="stderr", text="other")


def test_subscribers_are_told_in_order_until_they_leave():
    journal, told = Journal(), []
    leave = journal.subscribe(told.append)
    journal.append(STARTED)
    leave()
    leave()
    journal.append(PRINTED)
    assert told == [STARTED]


def test_events_of_one_run():
    journal = Journal()
    for event in (STARTED, PRINTED, OTHER, FINISHED):
        journal.append(event)
    assert list(journal.events(1)) == [STARTED, PRINTED, FINISHED]
    assert len(list(journal.events())) == 4


def test_a_file_cut_by_a_crash_is_read_up_to_the_cut(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    for event in (STARTED, PRINTED, FINISHED):
        journal.append(event)
    journal.close()
    journal.close()
    assert read_events(path) == [STARTED, PRINTED, FINISHED]
    path.write_bytes(path.read_bytes()[:-15])
    assert read_events(path) == [STARTED, PRINTED]


def test_the_file_is_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "journal.jsonl"
    Journal(path).close()
    assert path.stat().st_mode & 0o077 == 0
