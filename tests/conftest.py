"""Shared fixtures: the Qt loop under every `async def` test, and no leftovers after any test."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
import tempfile
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = os.environ.get("CALLBENCH_TEST_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
# Hypothesis would keep its examples in the checkout.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "callbench-hypothesis")
)

import pytest

TEST_TIMEOUT_S = 60.0


@pytest.fixture(scope="session")
def qloop(qapp):
    import qasync

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    qapp.setQuitOnLastWindowClosed(False)
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def at_end():
    """Coroutine functions that an `async def` test awaits at its end, the last one first."""
    return []


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run an `async def` test on the Qt loop; a task that it leaves behind fails it."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    loop = pyfuncitem._request.getfixturevalue("qloop")
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    stray: list[dict] = []
    left: set[asyncio.Task] = set()
    loop.set_exception_handler(lambda _loop, context: stray.append(context))

    async def run():
        before = asyncio.all_tasks()
        try:
            async with asyncio.timeout(TEST_TIMEOUT_S):
                await pyfuncitem.obj(**arguments)
        finally:
            for close in reversed(pyfuncitem.funcargs.get("at_end", ())):
                await close()
            await asyncio.sleep(0)
            left.update(task for task in asyncio.all_tasks() - before if not task.done())
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    try:
        loop.run_until_complete(run())
    finally:
        loop.set_exception_handler(None)
    assert not stray, stray
    assert not left, f"tasks left running: {left}"
    return True


@pytest.fixture(autouse=True)
def closed_widgets_are_gone():
    """Delete what pytest-qt has closed: only a running event loop would, and most tests have none.

    Left alive, each widget is restyled by every later change of the scheme.
    """
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Each test has its own state folder; none touches the user's."""
    monkeypatch.setenv("CALLBENCH_HOME", str(tmp_path / "callbench-home"))
