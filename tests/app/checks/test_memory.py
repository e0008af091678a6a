"""What is remembered from one command to the next."""

import stat

from app.checks import check
from app.checks.memory import FILE_NAME, MAX_AGE_MS, MAX_BYTES, MOST, RunMemory

CREATE = {"phoneNumber": "+16505551234", "newContactName": "Ada", "newContactType": "contact"}


def test_a_create_is_known_to_the_next_command(runs, tmp_path):
    RunMemory(tmp_path).keep(runs.created(runs.contact(), given=CREATE))
    found = runs.lookup(at=5_000.0)
    earlier = RunMemory(tmp_path).before(found)
    (finding,) = check(found, runs.manifest(), earlier=earlier)
    assert finding.rule == "created-contact-not-found"


def test_each_run_gets_a_number_of_its_own_and_loses_its_requests(runs, tmp_path):
    memory = RunMemory(tmp_path)
    for at in range(3):
        memory.keep(runs.lookup(run_id=1, at=at * 10.0, exchanges=[runs.exchange(1, "/a")]))
    kept = memory.before(runs.lookup(at=100.0))
    assert [each.started.run_id for each in kept] == [1, 2, 3]
    assert [each.exchanges for each in kept] == [()] * 3


def test_only_lookups_and_creates_of_one_day_are_remembered(runs, tmp_path):
    memory = RunMemory(tmp_path)
    memory.keep(runs.run({"logId": 1}, operation="createCallLog"))
    memory.keep(runs.lookup(at=1_000.0))
    assert len(memory.before(runs.lookup(at=2_000.0))) == 1
    assert memory.before(runs.lookup(at=1_000.0 + MAX_AGE_MS)) == ()
    assert memory.before(runs.lookup(at=500.0)) == ()


def test_the_file_stays_small_and_private(runs, tmp_path):
    memory = RunMemory(tmp_path)
    for at in range(MOST + 3):
        memory.keep(runs.lookup(at=float(at)))
    memory.keep(runs.lookup(runs.contact(name="x" * MAX_BYTES), at=999.0))
    assert len(memory.before(runs.lookup(at=1_000.0))) == MOST - 1
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_sandbox_that_was_reset_is_forgotten_alone(runs, tmp_path):
    memory = RunMemory(tmp_path)
    memory.forget("sandbox-")
    memory.keep(runs.lookup(connection="sandbox-insightly"))
    memory.keep(runs.lookup(connection="mine", at=1.0))
    memory.forget("sandbox-")
    (left,) = memory.before(runs.lookup(at=9.0))
    assert left.started.connection == "mine"


def test_a_spoilt_file_costs_the_spoilt_lines_only(runs, tmp_path):
    memory = RunMemory(tmp_path)
    memory.keep(runs.lookup())
    path = tmp_path / FILE_NAME
    path.write_bytes(b"\xff{\n" + path.read_bytes() + b'{"started": ' + b"[" * 9000)
    assert len(memory.before(runs.lookup(at=9.0))) == 1


def test_a_folder_that_cannot_be_written_fails_no_command(runs, tmp_path, caplog):
    RunMemory(tmp_path / "missing").keep(runs.lookup())
    assert "cannot be written" in caplog.text
