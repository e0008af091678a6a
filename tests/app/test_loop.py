import asyncio
import gc

from app.loop import TaskRunner


async def test_a_failing_task_is_told_with_its_name():
    told = []
    runner = TaskRunner(lambda name, error: told.append((name, str(error))))

    async def fail():
        raise ValueError("broken")

    task = runner.start(fail(), name="phone.lookup")
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert told == [("phone.lookup", "broken")]
    assert runner.idle


async def test_a_waiting_task_survives_the_garbage_collector():
    runner = TaskRunner(lambda *_: None)
    reached = asyncio.Event()

    async def wait():
        await asyncio.sleep(0.02)
        reached.set()

    runner.start(wait(), name="a.b")
    gc.collect()
    await asyncio.wait_for(reached.wait(), 5)


async def test_tasks_are_cancelled_by_name_and_nobody_is_told():
    told = []
    runner = TaskRunner(lambda name, _error: told.append(name))
    first = runner.start(asyncio.sleep(60), name="one")
    second = runner.start(asyncio.sleep(60), name="two")
    assert runner.running("one")
    assert runner.cancel("one") == 1
    await asyncio.wait([first])
    assert first.cancelled()
    assert not second.done()
    await runner.close()
    assert second.cancelled()
    assert told == []


async def test_joining_waits_for_the_task_and_for_the_one_in_its_place():
    runner = TaskRunner(lambda _name, _error: None)
    ended = []

    async def work(number):
        await asyncio.sleep(0)
        ended.append(number)
        if number == 1:
            runner.start(work(2), name="one")

    runner.start(work(1), name="one")
    other = runner.start(asyncio.sleep(60), name="two")
    await runner.join("one")
    assert ended == [1, 2]
    assert not other.done()
    await runner.close()
