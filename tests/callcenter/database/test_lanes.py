"""No long read stands before a short one, and no long read goes on for ever."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, func, select, text

from callcenter.database.engines import Dialect
from callcenter.database.lanes import LONG_READS_AT_ONCE, LongRead
from callcenter.database.problems import DatabaseBusy, ReadTooLong
from callcenter.database.transactions import Database
from callcenter.records.ledger import cursors

pytestmark = pytest.mark.database
WITHOUT_END = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
LOCK, LIMIT_SECONDS = 7, 20.0


class Gate:
    """Long reads that go on until it is opened. `begun` counts those that are under way."""

    def __init__(self, database: Database) -> None:
        self._database, self._open = database, threading.Event()
        self.begun = asyncio.Semaphore(0)
        self._loop = asyncio.get_running_loop()

    def work(self, connection: Connection) -> str:
        self._loop.call_soon_threadsafe(self.begun.release)
        if self._database.dialect is Dialect.SQLITE:
            self._open.wait(LIMIT_SECONDS)
        else:
            connection.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
        return "long"

    @asynccontextmanager
    async def closed(self) -> AsyncIterator[Callable[[], None]]:
        """Closed until the end of the block, or until what it is entered with is called."""
        if self._database.dialect is Dialect.SQLITE:
            try:
                yield self._open.set
            finally:
                self._open.set()
        else:
            async with self._database.transaction() as connection:
                await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
                yield lambda: None


@asynccontextmanager
async def long_reads(database: Database, many: int) -> AsyncIterator[list[asyncio.Task[str]]]:
    """So many long reads that were asked for; those that have a turn are under way."""
    gate = Gate(database)
    async with asyncio.timeout(LIMIT_SECONDS):
        async with gate.closed():
            tasks = [asyncio.create_task(database.long_read(gate.work)) for _ in range(many)]
            for _ in range(min(many, LONG_READS_AT_ONCE)):
                await gate.begun.acquire()
            yield tasks
            assert gate.begun.locked()
        assert await asyncio.gather(*tasks) == ["long"] * many


async def test_a_long_read_under_way_does_not_delay_a_short_one(database: Database) -> None:
    async with long_reads(database, LONG_READS_AT_ONCE) as tasks:
        assert await database.read(lambda connection: connection.scalar(text("SELECT 1"))) == 1
        assert not any(task.done() for task in tasks)


async def test_nor_does_it_delay_what_is_committed(database: Database) -> None:
    row = {"node": "central", "source": "table", "mark": "", "position": 1}
    async with long_reads(database, LONG_READS_AT_ONCE) as tasks:
        await database.write(lambda connection: connection.execute(cursors.insert(), row))
        assert not any(task.done() for task in tasks)


async def test_no_more_than_a_few_long_reads_go_on_at_once(database: Database) -> None:
    async with long_reads(database, LONG_READS_AT_ONCE + 3) as tasks:
        assert await database.read(lambda connection: connection.scalar(text("SELECT 1"))) == 1
        assert not any(task.done() for task in tasks)


async def test_a_long_read_without_a_turn_in_time_is_reported_as_busy(database: Database) -> None:
    async with long_reads(database, LONG_READS_AT_ONCE):
        with pytest.raises(DatabaseBusy, match="other long reads"):
            await database.long_read(lambda connection: None, limit_seconds=0.01)


async def test_a_long_read_is_ended_at_its_limit_and_the_next_one_is_not(database: Database) -> None:
    def endless(connection: Connection) -> Any:
        return connection.scalar(text(WITHOUT_END))

    async with asyncio.timeout(LIMIT_SECONDS):
        with pytest.raises(ReadTooLong):
            await database.long_read(endless, limit_seconds=0.1)
    assert await database.long_read(lambda connection: connection.scalar(text("SELECT 1"))) == 1


async def test_a_long_read_is_one_view_and_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        await database.long_read(lambda connection: connection.execute(cursors.delete()))


class CancelledReads:
    """Reads without end, of which each is cancelled while it is under way."""

    def __init__(self, database: Database) -> None:
        self._database, self._loop = database, asyncio.get_running_loop()
        self._begun, self.ended = asyncio.Semaphore(0), 0

    def _endless(self, connection: Connection) -> Any:
        self._loop.call_soon_threadsafe(self._begun.release)
        try:
            return connection.scalar(text(WITHOUT_END))
        finally:
            self.ended += 1

    async def cancel(self, many: int, *, times: int = 1) -> None:
        """Begin so many and cancel each, so often."""
        tasks = [asyncio.create_task(self._database.long_read(self._endless)) for _ in range(many)]
        for _ in tasks:
            await self._begun.acquire()
        for _ in range(times):
            for task in tasks:
                task.cancel()
            await asyncio.sleep(0)
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in found)


async def test_a_cancelled_long_read_has_ended_when_its_turn_is_given_on(database: Database) -> None:
    async with asyncio.timeout(LIMIT_SECONDS):
        reads = CancelledReads(database)
        await reads.cancel(LONG_READS_AT_ONCE)
        assert reads.ended == LONG_READS_AT_ONCE
        one = await database.long_read(lambda connection: connection.scalar(text("SELECT 1")))
    assert one == 1


async def test_a_long_read_that_is_cancelled_twice_has_ended_as_well(database: Database) -> None:
    async with asyncio.timeout(LIMIT_SECONDS):
        reads = CancelledReads(database)
        await reads.cancel(1, times=2)
    assert reads.ended == 1


def test_a_long_read_whose_time_was_over_before_it_had_a_thread_does_not_begin() -> None:
    with create_engine("sqlite://").connect() as connection:
        late = LongRead(lambda _: pytest.fail("it began"), seconds=-1)
        with pytest.raises(DatabaseBusy, match="did not begin"):
            late(connection)
