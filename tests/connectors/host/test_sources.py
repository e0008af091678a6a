"""Which files make up a connector, and the hash that names their version."""

import pytest

from connectors.host import sources
from connectors.host.sources import sources_at


def write(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def names(found):
    return [path.relative_to(found.root).as_posix() for path in found.files]


@pytest.mark.parametrize("face", ["connector.py", "index.js", "index.ts"])
def test_a_folder_and_the_file_that_stands_for_it_are_all_that_is_below(tmp_path, face):
    write(tmp_path, face, "manifest.json", ".env", "lib/wire.mjs", "lib/deep/names.cjs")
    write(tmp_path, "node_modules/axios/index.js", "__pycache__/x.py", ".git/a.py", ".hidden.py")
    write(tmp_path, "README.md", "environment/pyvenv.cfg", "environment/lib/six.py")
    expected = sorted(
        [face, "manifest.json", ".env", "lib/wire.mjs", "lib/deep/names.cjs"],
        key=lambda name: tmp_path / name,
    )
    for path in (tmp_path, tmp_path / face):
        found = sources_at(path)
        assert names(found) == expected
        assert {each.name for each in found.folders} == {
            tmp_path.name, "lib", "deep", "environment",
        }  # fmt: skip


def test_a_single_file_has_its_manifest_beside_it(tmp_path):
    write(tmp_path, "small.py", "other.py", "manifest.json")
    found = sources_at(tmp_path / "small.py")
    assert names(found) == ["manifest.json", "small.py"]
    assert found.folders == (tmp_path,)


def test_files_elsewhere_belong_to_it_when_they_are_named(tmp_path):
    write(tmp_path, "crm/index.js", "manifest.json", "settings/.env")
    found = sources_at(tmp_path / "crm", tmp_path / "manifest.json", tmp_path / "settings/.env")
    assert set(found.files) == {
        tmp_path / name for name in ("crm/index.js", "manifest.json", "settings/.env")
    }
    assert found.folders == (tmp_path, tmp_path / "crm", tmp_path / "settings")


def test_a_folder_that_is_gone_is_awaited_in_the_one_above(tmp_path):
    found = sources_at(tmp_path / "gone" / "small.py")
    assert (found.files, found.folders) == ((), (tmp_path,))


def test_the_digest_follows_names_and_contents(tmp_path):
    write(tmp_path, "connector.py", "names.py")
    first = sources_at(tmp_path).digest()
    assert len(first) == 12
    assert sources_at(tmp_path / "connector.py").digest() == first
    (tmp_path / "names.py").write_text("other")
    second = sources_at(tmp_path).digest()
    (tmp_path / "names.py").rename(tmp_path / "nouns.py")
    third = sources_at(tmp_path).digest()
    assert len({first, second, third}) == 3
    (tmp_path / "nouns.py").rename(tmp_path / "names.py")
    (tmp_path / "names.py").write_text("names.py")
    assert sources_at(tmp_path).digest() == first


def test_a_file_that_goes_away_meanwhile_is_passed_over(tmp_path):
    write(tmp_path, "connector.py", "names.py")
    found = sources_at(tmp_path)
    (tmp_path / "names.py").unlink()
    assert found.digest() == sources_at(tmp_path).digest()


def test_a_folder_that_is_no_connector_alone_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MAX_FILES", 20)
    for number in range(50):
        write(tmp_path, f"part{number:02}/one.py")
    found = sources_at(tmp_path)
    assert len(found.files) <= 20
    assert len(found.folders) <= 22
