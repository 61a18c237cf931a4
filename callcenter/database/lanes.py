"""Who stands behind whom: look-ups that somebody waits for, what is committed, and long reads have a lane each.

On SQLite a lane is threads with connections of their own: all that is done in a transaction is one trip to one of them.
Of quick reads and of writes there is one, because Python's lock lets only one work: with four, a look-up takes half as
long again. A long read leaves that lock to others while SQLite searches.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Any, Generic, TypeVar

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

    def __init__(self, url: URL, wait_seconds: float, foreign_keys: bool, wal_pages: int) -> None:
        def reading(lane: Lane, threads: int) -> ThreadLane:
            return ThreadLane(lane, engines.sqlite_lane_reader(url, lane.value, wait_seconds, threads), threads)

        self.quick_reads = reading(Lane.QUICK_READS, 1)
        self._long_reads = reading(Lane.LONG_READS, LONG_READS_AT_ONCE)
        writer = engines.sqlite_lane_writer(url, Lane.WRITES.value, wait_seconds, foreign_keys, wal_pages)
        self.writes = ThreadLane(Lane.WRITES, writer, 1)

    async def long_read(self, work: Callable[[Connection], T], seconds: float) -> T:
        """What `work` makes of a connection within so many seconds.

        When the awaiting task is cancelled the work is interrupted, and its thread is free when this returns: whoever
        has the next turn has a thread, too. Raises DatabaseBusy.
        """
        read = LongRead(work, seconds)
        running = asyncio.ensure_future(self._long_reads.do(read))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            read.stop()
            await _ended(running)
            raise

    def close(self) -> None:
        """Close the connections of all."""
        for lane in (self.quick_reads, self._long_reads, self.writes):
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


class LongRead(Generic[T]):
    """Work on SQLite that is interrupted so many seconds from now, or when it is stopped.

    To wait for a thread is part of the time: raises DatabaseBusy when it is over before the work begins.
    """

    def __init__(self, work: Callable[[Connection], T], seconds: float) -> None:
        self._work, self._seconds = work, seconds
        self._deadline = time.monotonic() + seconds
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Nobody wants it any more."""
        self._stopped.set()

    def __call__(self, connection: Connection) -> T:
        if self._is_over():
            raise DatabaseBusy(f"a long read did not begin within its {self._seconds:g} s")
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(self._is_over, _STEPS_BETWEEN_LOOKS)
        try:
            return self._work(connection)
        finally:
            driver.set_progress_handler(None, 0)

    def _is_over(self) -> bool:
        return self._stopped.is_set() or time.monotonic() > self._deadline


async def _ended(running: asyncio.Future[Any]) -> None:
    """When it has ended, however it did and however often the awaiting task is cancelled meanwhile."""
    while not running.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([running])
    if not running.cancelled():
        running.exception()  # nobody is left to hear of it


async def limit_statements(connection: AsyncConnection, seconds: float) -> None:
    """The same on PostgreSQL, for each statement of the transaction."""
    await connection.execute(text(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"))
