"""Tasks beside a block."""

import asyncio
import logging

import pytest

from callcenter.background import background


async def test_a_task_runs_while_the_block_does_and_no_longer() -> None:
    running, left = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        running.set()
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    async with background(work(), failure="x"):
        await running.wait()
        assert not left.is_set()
    assert left.is_set()


async def test_a_task_that_fails_is_logged_at_once_and_the_block_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise RuntimeError("a defect")

    async with background(work(), failure="nobody is called back") as (task,):
        await asyncio.wait((task,))
        await asyncio.sleep(0)
        (record,) = caplog.records
        assert (record.levelno, record.message) == (logging.CRITICAL, "nobody is called back")
        assert record.exc_info is not None and isinstance(record.exc_info[1], RuntimeError)


async def test_what_ends_by_itself_or_is_cancelled_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    async with background(work(), failure="x") as (task,):
        await task
    async with background(work(), failure="x"):
        pass
    assert not caplog.records


async def test_an_error_in_the_block_ends_the_tasks_too() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    with pytest.raises(ValueError, match="of the block"):
        async with background(work(), failure="x") as (task,):
            raise ValueError("of the block")
    assert task.cancelled()
