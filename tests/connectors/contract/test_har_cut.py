"""A file may be cut anywhere: what ends before that is kept, and nothing else."""

import json

import pytest

from connectors.contract.har_cut import whole_parts

ENTRIES = [{"a": 'x"}]\\'}, {"b": [{"entries": [{}]}]}, {"c": {"d": "\u2028}"}}]
PAGES = [{"id": "p1"}, {"id": "p2", "pageTimings": {}}]
LOG = {
    "version": "1.2",
    "creator": {"name": "entries", "version": "9"},
    "pages": PAGES,
    "entries": ENTRIES,
    "comment": "entries",
}
WHOLE = json.dumps({"log": LOG}, ensure_ascii=False).encode()


def parts(data):
    found = whole_parts(data)
    return [json.loads(each) for each in found.pages], [json.loads(each) for each in found.entries]


def test_a_whole_file_has_all_its_parts():
    assert parts(WHOLE) == (PAGES, ENTRIES)
    assert whole_parts(WHOLE).version == b'"1.2"'
    assert whole_parts(WHOLE).closed


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_file_cut_anywhere_keeps_what_ended_before(length):
    pages, entries = parts(WHOLE[:length])
    ends = [WHOLE.index(json.dumps(e, ensure_ascii=False).encode()) for e in ENTRIES]
    lengths = [len(json.dumps(e, ensure_ascii=False).encode()) for e in ENTRIES]
    wanted = sum(end + size <= length for end, size in zip(ends, lengths, strict=True))
    assert entries == ENTRIES[:wanted]
    assert pages == PAGES[: len(pages)]
    assert whole_parts(WHOLE[:length]).closed == (length == 0)


@pytest.mark.parametrize("data", [b"", b"<html>{[", b"[]", b'{"entries": [{}]}', b"}}]]{"])
def test_what_is_no_har_has_no_parts(data):
    found = whole_parts(data)
    assert (found.entries, found.pages, found.has_entries) == ([], [], False)
