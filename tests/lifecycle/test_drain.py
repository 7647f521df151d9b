import asyncio

from modules.lifecycle.drain import Drain


async def test_draining_waits_for_a_task_under_way() -> None:
    in_flight, finish, done = Drain(), asyncio.Event(), []

    async def command() -> None:
        in_flight.admit_current_task()
        await finish.wait()
        done.append("answered")

    task = asyncio.create_task(command())
    await asyncio.sleep(0)
    drain = asyncio.create_task(in_flight.drain(grace_seconds=60))
    await asyncio.sleep(0)
    assert in_flight.draining
    assert not drain.done()
    finish.set()
    assert await drain == 0
    assert done == ["answered"]
    await task


async def test_draining_waits_for_the_error_handler_that_a_failing_command_starts() -> None:
    drain, handled = Drain(), []
    handlers: list[asyncio.Task[None]] = []

    async def handler() -> None:
        drain.admit_current_task()
        await asyncio.sleep(0)
        handled.append("apology")

    async def command() -> None:
        drain.admit_current_task()
        handlers.append(asyncio.create_task(handler()))

    task = asyncio.create_task(command())
    await asyncio.sleep(0)
    assert await drain.drain(grace_seconds=60) == 0
    assert handled == ["apology"]
    await task


async def test_draining_gives_up_at_the_end_of_the_grace_time() -> None:
    drain = Drain()

    async def stuck() -> None:
        drain.admit_current_task()
        await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await asyncio.sleep(0)
    assert await drain.drain(grace_seconds=0) == 1
    task.cancel()


async def test_a_task_that_dies_is_no_longer_under_way() -> None:
    drain = Drain()

    async def failing() -> None:
        drain.admit_current_task()
        raise ValueError

    await asyncio.gather(asyncio.create_task(failing()), return_exceptions=True)
    await asyncio.sleep(0)
    assert drain.in_flight_count == 0


async def test_nothing_under_way_drains_at_once() -> None:
    assert await Drain().drain(grace_seconds=0) == 0
