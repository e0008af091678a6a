from __future__ import annotations

import asyncio
import json
import socket

import httpx
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


async def test_two_at_once_share_one_sandbox(tmp_path):
    handles = await asyncio.gather(*(start_or_join(tmp_path) for _ in range(3)))
    try:
        assert len({handle.url for handle in handles}) == 1
        assert sorted(handle.owned for handle in handles) == [False, False, True]
    finally:
        for handle in handles:
            await handle.close()


async def settings_of(url):
    async with httpx.AsyncClient() as http:
        return (await http.get(f"{url}/control")).json()


async def test_who_joins_changes_only_what_it_names(tmp_path):
    first = await start_or_join(tmp_path, delay_ms=7, faults=["=500x1"])
    try:
        await start_or_join(tmp_path)
        await start_or_join(tmp_path, index_delay_s=2.0)
        said = await settings_of(first.url)
        assert (said["delayMs"], said["indexDelayS"], said["faults"]) == (7, 2.0, ["=500x1"])
        await start_or_join(tmp_path, delay_ms=0, faults=[])
        said = await settings_of(first.url)
        assert (said["delayMs"], said["faults"]) == (0, [])
    finally:
        await first.close()


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
