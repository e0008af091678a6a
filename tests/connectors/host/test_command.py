"""Which host runs a connector."""

import shutil
import sys

import pytest

from connectors.host.command import host_command


@pytest.mark.parametrize("platform", ["insightly", "small.py", "nowhere.js"])
async def test_python_and_what_is_not_there_go_to_the_python_host(platform):
    command = await host_command(platform)
    assert command.argv == (sys.executable, "-P", "-m", "connectors.host", platform)
    assert command.redacts
    assert command.env["PYTHONUNBUFFERED"] == "1"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
async def test_javascript_goes_to_node_by_its_whole_path(tmp_path, monkeypatch):
    (tmp_path / "small.js").write_text("")
    monkeypatch.chdir(tmp_path)
    command = await host_command("small.js")
    assert str(tmp_path / "small.js") in command.argv
    assert not command.redacts


async def test_a_folder_named_like_a_built_in_connector_does_not_stand_in_for_it(
    tmp_path, monkeypatch
):
    (tmp_path / "insightly").mkdir()
    (tmp_path / "insightly" / "index.js").write_text("")
    monkeypatch.chdir(tmp_path)
    assert (await host_command("insightly")).redacts
