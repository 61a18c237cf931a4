"""The counts of the service level as the records have them now: read anew only when the records have moved.

The records' cursors are committed with the records: as long as they stand still, no figure has changed.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agent_api.board.level_now import LevelNow
from callcenter.centre.model import Centre, ServiceLevelRule
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime, as_us
from callcenter.level.counts import counts_by_queue
from callcenter.level.formulas import Period, ServiceLevelCounts, add
from callcenter.records.ledger import cursors

# The days before today hardly change: their calls are over.
EARLIER_IS_FRESH_US = 60 * MICROSECONDS

_Positions = tuple[tuple[str, str, str, int], ...]
_CURSORS = select(cursors.c.node, cursors.c.source, cursors.c.mark, cursors.c.position).order_by(
    cursors.c.node, cursors.c.source
)


@dataclass(frozen=True, slots=True)
class Days:
    """A day, and its month up to it; instants in microseconds UTC. `first`: the day that decides the month's rule."""

    first: date
    month_us: int
    today_us: int
    tomorrow_us: int

    @classmethod
    def of(cls, now_us: int, centre: Centre) -> "Days":
        """Today in the centre's time zone."""
        today = as_datetime(now_us, centre.zone).date()
        days = (today.replace(day=1), today, today + timedelta(days=1))
        return cls(days[0], *(as_us(datetime(day.year, day.month, day.day, tzinfo=centre.zone)) for day in days))


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The month before today."""

    days: Days
    counts: Mapping[str, ServiceLevelCounts]
    read_us: int

    def holds(self, days: Days, now_us: int) -> bool:
        """Whether it needs no second look: nobody who came then is still there."""
        is_fresh = now_us - self.read_us < EARLIER_IS_FRESH_US
        return self.days == days and is_fresh and not any(each.still_open for each in self.counts.values())


class LevelReader:
    """Reads the counts for one process, however many screens show them."""

    def __init__(self, database: Database, centre: Centre, clock: Callable[[], int]) -> None:
        self._database, self._centre, self._clock = database, centre, clock
        self._reading = asyncio.Lock()
        self._earlier: _Earlier | None = None
        self._seen: tuple[Days, _Positions] | None = None
        self._now: LevelNow | None = None

    async def now(self) -> LevelNow:
        """The counts. Raises DatabaseProblem."""
        async with self._reading:
            days = Days.of(self._clock(), self._centre)
            positions = await self._database.read(_positions)
            if self._now is None or self._seen != (days, positions):
                self._now = await self._read(days)
            return self._now

    async def _read(self, days: Days) -> LevelNow:
        async with self._database.reading() as connection:
            positions = await connection.run_sync(_positions)
            found = await self._counted(connection, days)
        self._seen = days, positions
        return found

    async def _counted(self, connection: AsyncConnection, days: Days) -> LevelNow:
        now, rule = self._clock(), _rule_on(self._centre, days.first)
        if rule is None:
            return LevelNow(None, {}, {}, now)
        threshold_us = rule.threshold_seconds * MICROSECONDS
        if self._earlier is None or not self._earlier.holds(days, now):
            before = Period(days.month_us, days.today_us)
            self._earlier = _Earlier(days, await counts_by_queue(connection, before, threshold_us), now)
        today = await counts_by_queue(connection, Period(days.today_us, days.tomorrow_us), threshold_us)
        return LevelNow(rule, today, _sums(self._earlier.counts, today), now)


def _positions(connection: Connection) -> _Positions:
    return tuple((row.node, row.source, row.mark, row.position) for row in connection.execute(_CURSORS))


def _rule_on(centre: Centre, day: date) -> ServiceLevelRule | None:
    try:
        return centre.rule_on(day)
    except LookupError:
        return None


def _sums(*parts: Mapping[str, ServiceLevelCounts]) -> Mapping[str, ServiceLevelCounts]:
    queues = {queue for part in parts for queue in part}
    return {queue: add(*(part[queue] for part in parts if queue in part)) for queue in queues}
