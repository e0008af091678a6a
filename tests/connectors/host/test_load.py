"""Loading a connector, and the one sentence for each way in which that fails."""

import re
import sys

import pytest

from connectors.contract.hosting import SourcePosition
from connectors.host.load import ConnectorLoadError, builtin_platforms, load

GOOD = "from connectors.contract.connector import Connector\nclass {}(Connector):\n    pass\n"


def test_a_file_and_a_folder_load_alike(tmp_path):
    (tmp_path / "connector.py").write_text(GOOD.format("Small"))
    (tmp_path / "manifest.json").write_text('{"name": "small", "displayName": "Small CRM"}')
    for path in (tmp_path, tmp_path / "connector.py"):
        loaded = load(str(path))
        assert loaded.kind.__name__ == "Small"
        assert loaded.manifest["displayName"] == "Small CRM"
        assert re.fullmatch("[0-9a-f]{12}", loaded.digest)


def test_the_digest_follows_the_source(tmp_path):
    path = tmp_path / "small.py"
    path.write_text(GOOD.format("Small"))
    before = load(str(path)).digest
    path.write_text(GOOD.format("Other"))
    assert load(str(path)).digest != before


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("a.py", "def (:\n", r"a\.py:1"),
        ("b.py", "import no_such_package_here\n", "pip install no_such_package_here"),
        ("c.py", "x = 1\n", "none"),
        ("d.py", GOOD.format("One") + GOOD.format("Two"), "One, Two"),
        ("e.py", "raise SystemExit(2)\n", "SystemExit"),
        ("f.json", "{}", r"f\.json:1: The config has no auth"),
        ("g.ts", "", "is JavaScript, .* leave out --in-process"),
    ],
)
def test_what_cannot_be_loaded_is_said_in_one_sentence(tmp_path, name, source, said):
    path = tmp_path / name
    path.write_text(source)
    with pytest.raises(ConnectorLoadError, match=said):
        load(str(path))


def test_a_broken_manifest_is_named(tmp_path):
    (tmp_path / "connector.py").write_text(GOOD.format("Small"))
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ConnectorLoadError, match=r"manifest\.json"):
        load(str(tmp_path))


def test_an_unknown_name_lists_the_built_in_ones():
    with pytest.raises(ConnectorLoadError) as caught:
        load("nosuchcrm")
    assert all(name in str(caught.value) for name in builtin_platforms())


def test_a_connector_may_be_split_into_modules(tmp_path):
    for crm in ("one", "two"):
        folder = tmp_path / crm
        folder.mkdir()
        (folder / "names.py").write_text(f"name = {crm!r}")
        (folder / f"wire_{crm}.py").write_text("PATH = '/people'")
        (folder / "__init__.py").write_text("BEGUN = True")
        (folder / "connector.py").write_text(
            "from . import BEGUN\nfrom .names import name\n"
            f"import wire_{crm}\n" + GOOD.format("Small")
        )
    for crm in ("one", "two"):
        module = sys.modules[load(str(tmp_path / crm)).kind.__module__]
        assert module.name == crm
        assert module.BEGUN


def test_a_module_of_a_connector_does_not_stand_in_for_an_installed_one(tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('not json')")
    (tmp_path / "small.py").write_text("import json\n" + GOOD.format("Small"))
    assert load(str(tmp_path / "small.py")).kind.__name__ == "Small"


PROXY = '{"meta": {"name": "small", "displayName": "Small"}, "auth": {}, "operations": {}}'


def test_a_json_file_and_its_folder_load_as_a_proxy_connector(tmp_path):
    (tmp_path / "proxy.json").write_text(PROXY)
    for path in (tmp_path, tmp_path / "proxy.json"):
        loaded = load(str(path))
        assert (loaded.language, loaded.platform, loaded.display_name) == (
            "proxy",
            "small",
            "Small",
        )
        assert loaded.manifest == {}
        assert "findContact" in loaded.kind.operations()
    before = loaded.digest
    (tmp_path / "manifest.json").write_text('{"platforms": {"x": {}, "small": {"page": {}}}}')
    loaded = load(str(tmp_path))
    assert loaded.manifest == {"name": "small", "page": {}}
    assert loaded.digest != before


def test_a_python_connector_stands_before_a_proxy_config(tmp_path):
    (tmp_path / "proxyConfig.json").write_text(PROXY)
    assert load(str(tmp_path)).language == "proxy"
    (tmp_path / "connector.py").write_text(GOOD.format("Small"))
    assert load(str(tmp_path)).language == "python"


def test_a_config_inside_a_manifest_brings_its_manifest(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text('{"name": "own", "displayName": "Own", "proxyConfig": ' + PROXY + "}")
    loaded = load(str(path))
    assert (loaded.platform, loaded.manifest) == ("small", {"name": "own", "displayName": "Own"})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "line 1, column 2"),
        (b"\xff", "not UTF-8"),
        (b" " * 1_100_000, "larger than 1024 KB"),
        (b'{"auth": {},\n"operations": 1}', r":2: operations \(line 2\) is of type int"),
    ],
)
def test_a_proxy_config_that_cannot_run_is_said_in_one_sentence(tmp_path, content, said):
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    with pytest.raises(ConnectorLoadError, match=said):
        load(str(path))


@pytest.mark.parametrize(
    ("files", "file", "line", "column"),
    [
        ({"connector.py": "x = 1\ndef (:\n"}, "connector.py", 2, 5),
        ({"connector.py": "from .names import x", "names.py": "y = (\n"}, "names.py", 1, 5),
        (
            {"connector.py": "from .names import x", "names.py": "\n'é' + (1 + one)"},
            "names.py",
            2,
            12,
        ),
        ({"connector.py": "x = 1\nimport no_such_package_here"}, "connector.py", 2, 1),
        ({"connector.py": "import json\n\nx = json.loads('{')"}, "connector.py", 3, 5),
        (
            {"connector.py": GOOD.format("Own"), "manifest.json": '{\n "name": }'},
            "manifest.json",
            2,
            10,
        ),
        ({"connector.py": GOOD.format("Own"), "manifest.json": "[]"}, "manifest.json", 1, 0),
        (
            {"connector.py": GOOD.format("Own"), "manifest.json": "[" * 60_000},
            "manifest.json",
            1,
            0,
        ),
        ({"connector.py": "x = 1"}, "connector.py", 0, 0),
        ({"proxy.json": '{"auth": {},\n "operations": ,'}, "proxy.json", 2, 16),
        ({"proxy.json": '{"auth": {},\n "operations": 1}'}, "proxy.json", 2, 0),
        ({"proxy.json": PROXY, "manifest.json": "{\n\n,"}, "manifest.json", 3, 1),
    ],
)
def test_what_cannot_be_loaded_has_a_position(tmp_path, files, file, line, column):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConnectorLoadError) as caught:
        load(str(tmp_path))
    expected = SourcePosition(file=str(tmp_path / file), line=line, column=column)
    assert caught.value.position == expected


def test_a_connector_that_is_not_there_has_no_position(tmp_path):
    with pytest.raises(ConnectorLoadError) as caught:
        load(str(tmp_path / "gone.py"))
    assert caught.value.position is None
