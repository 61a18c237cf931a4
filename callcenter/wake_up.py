"""Wakes work by the wall clock of a time zone, as cron would. The door to APScheduler, which only wakes: what is to be
done follows from the tables and the clock, so that what was slept through is done at the next look.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger


@contextmanager
def woken_in_time(due: asyncio.Event, zone: tzinfo, *, second: str, minute: str = "*") -> Iterator[None]:
    """Set `due` at these seconds of these minutes, as cron has them, for as long as the block lasts."""

    async def wake() -> None:
        due.set()

    scheduler = AsyncIOScheduler(timezone=zone)
    # However late: what is due is asked of the tables.
    trigger = CronTrigger(minute=minute, second=second, timezone=zone)
    scheduler.add_job(wake, trigger, coalesce=True, misfire_grace_time=None)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
