"""The place at which a file stops being JSON."""

import pytest

from connectors.host.json_position import json_position


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b'{\n  "a": 1,\n  b\n}', 3, 3),
        (b"", 1, 1),
        (b"\xef\xbb\xbf{,", 1, 2),
        (b"\xff", 0, 0),
        (b"{}", 0, 0),
        (b"[" * 60_000, 0, 0),
    ],
)
def test_the_place_is_counted_from_one(tmp_path, content, line, column):
    path = tmp_path / "some.json"
    path.write_bytes(content)
    found = json_position(path)
    assert (found.file, found.line, found.column) == (str(path), line, column)


def test_a_file_that_is_gone_has_no_line(tmp_path):
    assert json_position(tmp_path / "gone.json").line == 0


def test_what_is_nested_too_deeply_has_no_line(tmp_path):
    (tmp_path / "deep.json").write_text("[" * 60_000)
    assert json_position(tmp_path / "deep.json").line == 0
