"""A private file for what is too much to keep in memory."""

import gc
import os
import stat
import sys

import pytest

from app.spill import SpillFile


@pytest.fixture
def spill(tmp_path):
    spill = SpillFile(tmp_path)
    yield spill
    spill.close()


def test_blocks_come_back_in_any_order(spill):
    numbers = [spill.put(block) for block in (b"one", b"", b"three" * 1000)]
    assert len(spill) == 3
    assert [spill.get(number) for number in reversed(numbers)] == [b"three" * 1000, b"", b"one"]
    assert spill.get(spill.put(b"later")) == b"later"


def test_blocks_beside_each_other_are_read_as_one_and_a_place_in_them_is_found_again(spill):
    for block in (b"one", b"", b"three", b"4"):
        spill.put(block)
    assert spill.span(0, 3) == b"onethree"
    assert spill.span(2, 4) == b"three4"
    assert [spill.offset(number) for number in range(5)] == [0, 3, 3, 8, 9]
    assert [spill.number_at(offset) for offset in (0, 2, 3, 7, 8)] == [0, 0, 2, 2, 3]
    with pytest.raises(IndexError):
        spill.span(2, 5)
    with pytest.raises(IndexError):
        spill.span(2, 2)


@pytest.mark.parametrize("number", [-1, 1])
def test_a_number_that_was_never_given_is_refused(spill, number):
    spill.put(b"one")
    with pytest.raises(IndexError):
        spill.get(number)


def test_no_file_is_made_before_the_first_block(spill):
    spill.close()
    with pytest.raises(IndexError):
        spill.get(0)


@pytest.mark.skipif(sys.platform == "win32", reason="there the system removes it by its name")
def test_the_file_is_private_and_has_no_name_that_a_crash_could_leave_behind(spill, tmp_path):
    spill.put(b"private")
    assert list(tmp_path.iterdir()) == []
    assert stat.S_IMODE(os.fstat(spill._file.fileno()).st_mode) == 0o600


def test_a_block_that_does_not_fit_on_the_disk_leaves_the_others_alone(spill, monkeypatch):
    spill.put(b"before")
    whole = spill._file

    class Full:
        def __getattr__(self, name):
            return getattr(whole, name)

        def write(self, block):
            return whole.write(block[:2])

    monkeypatch.setattr(spill, "_file", Full())
    with pytest.raises(OSError, match="2 of 6 bytes"):
        spill.put(b"middle")
    monkeypatch.setattr(spill, "_file", whole)
    assert [spill.get(0), spill.get(spill.put(b"after"))] == [b"before", b"after"]


def test_a_closed_file_is_gone_and_says_so(spill):
    spill.put(b"one")
    spill.close()
    spill.close()
    with pytest.raises(OSError, match="closed"):
        spill.get(0)


def test_one_that_is_dropped_closes_its_file(tmp_path):
    spill = SpillFile(tmp_path)
    spill.put(b"one")
    file = spill._file
    del spill
    gc.collect()
    assert file.closed
