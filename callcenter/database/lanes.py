"""Who stands behind whom: look-ups that somebody waits for, what is committed, and long reads have a lane each.

On SQLite a lane is threads with connections of their own: all that is done in a transaction is one trip to one of them.
Of quick reads and of writes there is one, because Python's lock lets only one work: with four, a look-up takes half as
long again. A long read leaves that lock to others while SQLite searches.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.database import engines
from callcenter.database.problems import DatabaseBusy, is_doubtful

T = TypeVar("T")

LONG_READS_AT_ONCE = 2
# SQLite's virtual machine does so many steps in about a millisecond.
_STEPS_BETWEEN_LOOKS = 50_000


class Lane(StrEnum):
    """The lanes, as they are called in logs and in the names of threads."""

    QUICK_READS = "quick-reads"
    LONG_READS = "long-reads"
    WRITES = "writes"


class ThreadLane:
    """Threads of SQLite's synchronous driver, each with a connection of its own."""

    def __init__(self, lane: Lane, engine: Engine, threads: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=f"database-{lane.value}")

    async def do(self, work: Callable[[Connection], T]) -> T:
        """What `work` makes of a connection; what it has not committed is rolled back."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._do, work)

    def _do(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            try:
                return work(connection)
            except DBAPIError as error:
                if is_doubtful(error):
                    connection.invalidate(error)
                raise

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


class SqliteLanes:
    """The three lanes of a SQLite file."""

    def __init__(self, url: URL, wait_seconds: float, foreign_keys: bool) -> None:
        def reading(lane: Lane, threads: int) -> ThreadLane:
            return ThreadLane(lane, engines.sqlite_lane_reader(url, lane.value, wait_seconds, threads), threads)

        self.quick_reads = reading(Lane.QUICK_READS, 1)
        self.long_reads = reading(Lane.LONG_READS, LONG_READS_AT_ONCE)
        writer = engines.sqlite_lane_writer(url, Lane.WRITES.value, wait_seconds, foreign_keys)
        self.writes = ThreadLane(Lane.WRITES, writer, 1)

    def close(self) -> None:
        """Close the connections of all."""
        for lane in (self.quick_reads, self.long_reads, self.writes):
            lane.close()


class LongReadTurns:
    """Lets so many long reads begin; the others wait for their turn."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(LONG_READS_AT_ONCE)

    @asynccontextmanager
    async def turn(self, limit_seconds: float) -> AsyncIterator[float]:
        """Entered when there is a turn, with the seconds that are left. Raises DatabaseBusy without a turn in time."""
        deadline = time.monotonic() + limit_seconds
        try:
            async with asyncio.timeout(limit_seconds):
                await self._turns.acquire()
        except TimeoutError as error:
            raise DatabaseBusy(f"other long reads took longer than {limit_seconds:g} s") from error
        try:
            yield deadline - time.monotonic()
        finally:
            self._turns.release()


def limited(work: Callable[[Connection], T], seconds: float) -> Callable[[Connection], T]:
    """The same work on SQLite, interrupted so many seconds from now: to wait for a thread is part of it."""
    deadline = time.monotonic() + seconds

    def within_the_limit(connection: Connection) -> T:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        try:
            return work(connection)
        finally:
            driver.set_progress_handler(None, 0)

    return within_the_limit


async def limit_statements(connection: AsyncConnection, seconds: float) -> None:
    """The same on PostgreSQL, for each statement of the transaction."""
    await connection.execute(text(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"))
