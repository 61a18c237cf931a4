"""Two who write at once, one of whom a test holds before the commit."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, text

from callcenter.database.engines import Dialect
from callcenter.database.transactions import Database
from tests.waiting import answered

T = TypeVar("T")
_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


class HeldDatabase(Database):
    """Commits what it wrote when it may: until then PostgreSQL has its rows locked, and SQLite all."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.written, self.may_commit = asyncio.Event(), asyncio.Event()

    async def write(self, work: Callable[[Connection], T]) -> T:
        async with self.transaction() as connection:
            made = await connection.run_sync(work)
            self.written.set()
            await self.may_commit.wait()
        return made


async def is_over_or_waits(database: Database, other: "asyncio.Task[object]") -> None:
    """Until the other is done, or stands behind a lock. On SQLite whoever writes stands behind whoever writes."""
    if database.dialect is Dialect.SQLITE:
        return

    async def stands() -> bool:
        async with database.reading() as connection:
            return other.done() or bool((await connection.execute(_WAITING)).scalar_one())

    await answered(stands, bool)
