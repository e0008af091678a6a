"""JavaScript is told by the path."""

import pytest

from connectors.host.load import ConnectorLoadError, load
from connectors.nodejs.source import connectors_below, is_javascript


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


@pytest.mark.parametrize("folder", [".", "src", "src/connectors"])
def test_a_project_tells_where_its_connectors_are(tmp_path, folder):
    home = tmp_path / "src" / "connectors"
    for name in ("myCRM.ts", "myCRM.test.ts", "types.d.ts", "other/index.js", "notes.md", "x/y.py"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("")
    found = connectors_below(tmp_path / folder)
    assert found == (home / "myCRM.ts", home / "other")
    with pytest.raises(ConnectorLoadError) as said:
        load(str(tmp_path / folder))
    assert str(said.value).endswith(f"not of a connector: give {found[0]} or {found[1]}.")


def test_of_many_connectors_three_are_named(tmp_path):
    for name in "abcd":
        (tmp_path / "connectors" / name).mkdir(parents=True)
        (tmp_path / "connectors" / name / "index.js").write_text("")
    with pytest.raises(ConnectorLoadError, match=r"/a or .*/b or .*/c or \.\.\.\.$"):
        load(str(tmp_path))
