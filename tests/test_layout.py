"""The shape of the project: twins, names, walls that no linter sees, nothing of one machine."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("app", "widgets", "connectors")
NO_TWIN = {"__init__.py", "__main__.py"}
LEFT_OUT = {".git", ".venv", "build", "dist", "tour"}

# Spelled in two parts, so that this file does not name them itself.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs.org",
    "deb." + "debian.org",
    "archive." + "ubuntu.com",
]
MACHINE_PATHS = re.compile(r"(?<![\w.\-/}\"'])/(?:work|root)/|\.\./" + "shared")
TEMPORARY = re.compile(r"(?<![\w.\-/}])/" + "tmp/")


def all_files():
    """The files of the project: what git knows or would take, else all but what tools make."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [
            path
            for path in ROOT.rglob("*")
            if not LEFT_OUT & set(path.relative_to(ROOT).parts)
            and not any(part.endswith(("_cache", "__pycache__")) for part in path.parts)
        ]
    return sorted(path for path in found if path.is_file())


FILES = all_files()
SOURCES = [
    path for path in FILES if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PACKAGES
]
TESTS = {path.name for path in FILES if path.is_relative_to(ROOT / "tests")}


def text_files():
    for path in FILES:
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a font or a picture


def matching(paths, pattern):
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_the_packages_were_found():
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} == set(PACKAGES)


@pytest.mark.parametrize(
    "source",
    [path for path in SOURCES if path.name not in NO_TWIN],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_source_file_has_its_twin(source):
    twins = {f"test_{source.name}", f"test_{source.parent.name}_{source.name}"}
    assert twins & TESTS, f"none of {sorted(twins)} is in tests/"


def test_a_manifest_is_named_like_its_folder():
    manifests = [path for path in FILES if path.match("connectors/*/manifest.json")]
    names = {path.parent.name: json.loads(path.read_text())["name"] for path in manifests}
    assert names
    assert all(folder == name for folder, name in names.items()), names


def test_no_dialog_runs_a_loop_of_its_own():
    """A modal exec() inside a coroutine makes other tasks die or never end; open() does not."""
    gui = [path for path in SOURCES if path.relative_to(ROOT).parts[0] in {"app", "widgets"}]
    assert not matching(gui, r"\.exec_?\(")


def test_one_file_alone_imports_qasync():
    importing = {line.split(":")[0] for line in matching(SOURCES, r"^\s*(import|from) qasync\b")}
    assert importing == {"app/loop.py"}


def test_tasks_are_started_where_they_are_held():
    """Outside a TaskGroup, what holds a task is app.loop's TaskRunner; asyncio itself does not."""
    outside = [
        path
        for path in SOURCES
        if path != ROOT / "app/loop.py" and not path.is_relative_to(ROOT / "connectors/host")
    ]
    assert not matching(
        outside, r"\b(asyncio|loop|loop\(\))\.(create_task|ensure_future)\(|async(Slot|Close)\b"
    )


def test_widgets_know_neither_loop_nor_network():
    widgets = [path for path in SOURCES if path.is_relative_to(ROOT / "widgets")]
    walled = r"^\s*(import|from) (asyncio|qasync|httpx|keyring|starlette|uvicorn|app)\b"
    assert not matching(widgets, walled)


def test_connectors_know_no_qt():
    connectors = [path for path in SOURCES if path.is_relative_to(ROOT / "connectors")]
    assert not matching(connectors, r"^\s*(import|from) (PySide6|qasync|keyring|app|widgets)\b")


def test_no_file_names_a_registry_host():
    naming = [str(path) for path, text in text_files() if any(h in text for h in REGISTRY_HOSTS)]
    assert not naming


def test_no_file_names_a_path_of_one_machine():
    naming = [str(path) for path, text in text_files() if MACHINE_PATHS.search(text)]
    naming += [
        str(path)
        for path, text in text_files()
        if path.parts[0] != "tests" and TEMPORARY.search(text)
    ]
    assert not naming


def pins(name):
    return set(re.findall(r"^([a-z0-9.-]+==[^ ]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_the_lock_files_agree_and_every_package_has_its_hash():
    assert pins("requirements.lock") <= pins("requirements-dev.lock")
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "--index" not in text
        assert "://" not in text
        for entry in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in entry, entry


def test_the_lock_holds_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = {pin.split("==")[0] for pin in pins("requirements-dev.lock")}
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in wanted}
    assert names <= locked


def test_qt_stays_below_6_12_where_none_is_counted():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    old = [line for line in lines if line.startswith("pyside6") and "< '3.12'" in line]
    assert old
    assert all(re.search(r"==6\.11\.", line) for line in old)
