"""The event loop. The only file that imports qasync, and the only place where tasks are started."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

logger = logging.getLogger(__name__)

OnError = Callable[[str, BaseException], None]


class TaskRunner:
    """Named tasks that are strongly held, can be cancelled, and never fail in silence.

    qasync's own slot decorator keeps no reference to its task, so that a waiting one can vanish.
    """

    def __init__(self, on_error: OnError) -> None:
        self._on_error = on_error
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Run `work` as a task called `name` (``<area>.<operation>``)."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def cancel(self, name: str) -> int:
        """Cancel the running tasks called `name`; return how many there were."""
        matching = [task for task in self._tasks if task.get_name() == name]
        for task in matching:
            task.cancel()
        return len(matching)

    @property
    def idle(self) -> bool:
        """Whether no task is under way."""
        return not self._tasks

    def running(self, name: str) -> bool:
        """Whether a task called `name` is under way."""
        return any(task.get_name() == name for task in self._tasks)

    async def join(self, name: str) -> None:
        """Wait until no task called `name` is under way, those that replace one included."""
        while running := {task for task in self._tasks if task.get_name() == name}:
            await asyncio.wait(running)

    async def close(self) -> None:
        """Cancel every task and wait for its end."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            logger.error("Task %s failed", task.get_name(), exc_info=error)
            self._on_error(task.get_name(), error)


def run_with_qt(main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run `main` on the loop of the QApplication that exists already; return its exit code."""
    import qasync  # noqa: PLC0415  after the first window is painted

    return int(qasync.run(main()))
