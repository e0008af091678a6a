from __future__ import annotations

import asyncio
import json
import socket

import pytest

from app.sandbox.accounts import sandbox_routes, sandbox_user
from app.sandbox.errors import PortTakenError, SandboxError
from app.sandbox.process import running, running_sandbox, sandbox_urls, start_or_join
from app.sandbox.server import run


async def test_a_sandbox_is_started_joined_and_ended(tmp_path):
    first = await start_or_join(tmp_path)
    try:
        assert first.owned
        assert json.loads((tmp_path / "sandbox.json").read_text())["url"] == first.url
        second = await start_or_join(tmp_path, faults=["=500x1"])
        assert (second.url, second.owned) == (first.url, False)
        await second.close()
        assert await running_sandbox(tmp_path) == first.url
        assert await running(tmp_path) == first.urls
        with pytest.raises(SandboxError, match="example"):
            await start_or_join(tmp_path, faults=["nonsense"])
    finally:
        await first.close()
        await first.close()
    assert not (tmp_path / "sandbox.json").exists()
    assert await running_sandbox(tmp_path) is None


def test_it_works_on_a_plain_loop_and_a_stale_address_is_ignored(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        (tmp_path / "sandbox.json").write_text(json.dumps({"pid": 1, "url": url}))

        async def once():
            handle = await start_or_join(tmp_path)
            await handle.close()
            return handle.url

        assert asyncio.run(once()) != url


async def test_a_child_that_cannot_start_says_why(tmp_path):
    with pytest.raises(SandboxError, match="fault rule"):
        await start_or_join(tmp_path, faults=["nonsense"])


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTakenError, match="choose another"):
            run(tmp_path, port=taken.getsockname()[1], contacts=1)


def test_accounts_route_every_host_to_the_sandbox():
    urls = sandbox_urls("http://127.0.0.1:1")
    assert sandbox_routes("bullhorn", urls) == {"*": "http://127.0.0.1:1/bullhorn"}
    assert sandbox_user("insightly")["id"].endswith("-insightly")
    for call in (sandbox_user, lambda name: sandbox_routes(name, urls)):
        with pytest.raises(SandboxError, match="insightly and bullhorn"):
            call("clio")
