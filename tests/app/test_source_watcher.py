"""A change of any kind is told once, after a moment of silence."""

import asyncio
import os

import pytest

from app.source_watcher import SourceWatcher
from connectors.host.sources import sources_at


@pytest.fixture
def watched(tmp_path, qapp):
    """Return a watcher of a folder, the folder, and how often it told of a change."""
    (tmp_path / "connector.py").write_text("x = 1")
    watcher = SourceWatcher()
    told = []
    watcher.changed.connect(lambda: told.append(len(told)))
    watcher.watch(sources_at(tmp_path))
    yield watcher, tmp_path, told
    watcher.stop()


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def told_once(told, count=1):
    await until(lambda: len(told) >= count)
    assert len(told) == count


def write(path):
    path.write_text("x = 2")


def rename(path):
    draft = path.with_name("draft")
    draft.write_text("x = 2")
    draft.rename(path)


def truncate_first(path):
    with path.open("w") as file:
        file.flush()
        os.fsync(file.fileno())
        file.write("x = 2")


@pytest.mark.parametrize("save", [write, rename, truncate_first])
async def test_each_way_to_save_is_told_each_time(watched, save):
    watcher, folder, told = watched
    for count in (1, 2, 3):
        save(folder / "connector.py")
        await told_once(told, count)
        watcher.watch(sources_at(folder))


async def test_a_file_that_goes_and_comes_back_is_told_twice(watched):
    watcher, folder, told = watched
    (folder / "connector.py").unlink()
    await told_once(told)
    watcher.watch(sources_at(folder))
    (folder / "connector.py").write_text("x = 1")
    await told_once(told, 2)


async def test_many_changes_are_told_once(watched):
    _watcher, folder, told = watched
    for number in range(200):
        (folder / f"part{number}.py").write_text("x = 1")
        await asyncio.sleep(0)
    await told_once(told)


async def test_a_new_folder_is_followed_after_its_change(watched):
    watcher, folder, told = watched
    (folder / "lib").mkdir()
    await told_once(told)
    assert watcher.watch(sources_at(folder)) == 0
    (folder / "lib" / "names.py").write_text("x = 1")
    await told_once(told, 2)


async def test_what_is_no_longer_wanted_is_forgotten(watched, tmp_path_factory):
    watcher, _folder, _told = watched
    other = tmp_path_factory.mktemp("other")
    watcher.watch(sources_at(other))
    assert watcher._paths() == {str(other)}


async def test_a_stop_takes_back_what_was_about_to_be_told(watched):
    watcher, folder, told = watched
    (folder / "connector.py").write_text("x = 3")
    await until(watcher._quiet.isActive)
    watcher.stop()
    assert not watcher._quiet.isActive()
    assert watcher._paths() == set()
    assert told == []


async def test_thousands_of_files_are_watched(watched):
    watcher, folder, told = watched
    for number in range(3000):
        (folder / f"part{number}.py").write_text("x = 1")
    assert watcher.watch(sources_at(folder)) == 0
    await told_once(told)
    (folder / "part2999.py").write_text("x = 2")
    await told_once(told, 2)
