"""JavaScript is told by the path."""

import pytest

from connectors.nodejs.source import is_javascript


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["index.js"], True),
        (["index.ts"], True),
        (["index.mjs", "manifest.json"], True),
        (["interfaces/findContact.js"], True),
        (["findContact.cjs"], True),
        (["index.js", "connector.py"], False),
        (["connector.py"], False),
        (["other.js"], False),
        ([], False),
    ],
)
def test_a_folder_is_told_by_what_is_in_it(tmp_path, files, expected):
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert is_javascript(tmp_path) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.js", True), ("a.cjs", True), ("a.mjs", True), ("a.ts", True), ("a.py", False)],
)
def test_a_file_is_told_by_its_suffix(tmp_path, name, expected):
    (tmp_path / name).write_text("")
    assert is_javascript(tmp_path / name) is expected
    assert is_javascript(tmp_path / f"missing-{name}") is False
