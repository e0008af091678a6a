"""Without Node, or with an old one, one sentence says what to do."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from connectors.host.load import ConnectorLoadError
from connectors.host.process import HostProcess
from connectors.nodejs.node import node_command

SOURCE = Path("/connectors/small/index.js")


def stand_in(folder, said):
    node = folder / "node"
    node.write_text(f"#!/bin/sh\n{said}\n")
    node.chmod(0o755)
    return node


async def test_without_node_the_sentence_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConnectorLoadError, match=r"not on the PATH: install Node 18\.2 or later"):
        await node_command(SOURCE)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("echo v16.20.2", "needs Node 18.2 or later, and .*/node is 16.20"),
        ("echo v18.1.0", "needs Node 18.2 or later, and .*/node is 18.1"),
        ("echo hello", "does not say its version"),
        ("exit 1", "does not say its version"),
    ],
)
async def test_a_node_that_cannot_be_used_is_named(monkeypatch, tmp_path, said, message):
    stand_in(tmp_path, said)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConnectorLoadError, match=message):
        await node_command(SOURCE)


async def test_a_broken_program_is_no_node(monkeypatch, tmp_path):
    (tmp_path / "node").write_bytes(b"\x7fELF nothing")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConnectorLoadError, match="cannot be run"):
        await node_command(SOURCE)


@pytest.mark.parametrize(
    ("version", "strips"),
    [("v18.2.0", False), ("v22.10.0", True), ("v22.18.0", False), ("v23.5.0", True)],
)
async def test_typescript_is_asked_for_where_node_does_not_run_it_by_itself(
    monkeypatch, tmp_path, version, strips
):
    stand_in(tmp_path, f"echo {version}")
    monkeypatch.setenv("PATH", str(tmp_path))
    command = await node_command(SOURCE)
    assert ("--experimental-strip-types" in command) is strips
    assert str(SOURCE) in command


async def test_an_operation_without_node_is_an_error_and_node_is_found_later(monkeypatch, tmp_path):
    from connectors.contract.hosting import InvokeOptions

    (tmp_path / "small.js").write_text("exports.findContact = async () => ({ successful: true });")
    host = HostProcess(str(tmp_path / "small.js"))
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", str(tmp_path))

    async def find():
        return await host.invoke(
            "findContact", {}, options=InvokeOptions(), timeout_s=20, on_event=lambda _event: None
        )

    reply = await find()
    assert (reply.error.type, "install Node" in reply.error.message) == ("ConnectorLoadError", True)
    with pytest.raises(ConnectorLoadError, match="install Node"):
        await host.describe()
    monkeypatch.setenv("PATH", path)
    if shutil.which("node"):
        assert (await find()).result == {"successful": True}
    await asyncio.wait_for(host.close(), 20)
