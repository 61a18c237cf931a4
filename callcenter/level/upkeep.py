"""Keeps the counts by half-hours: counts again what changed, now and then, so that reports find little to count.

Runs beside the recorder. Nothing depends on when: what is not kept yet, whoever reads counts from the records.
"""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from callcenter.centre.model import Centre, ServiceLevelRule
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import MICROSECONDS, as_datetime, as_us
from callcenter.level.editions import note_edition
from callcenter.level.formulas import Period
from callcenter.level.half_hours import HALF_HOUR_US, half_hour_of, half_hours_of
from callcenter.level.rollup import (
    Counted,
    Marks,
    ThresholdOf,
    count,
    half_hours_judged_otherwise,
    keep,
    marks,
    note_changes,
    settle,
)

log = logging.getLogger(__name__)

EVERY_SECONDS = 20.0
HALF_HOURS_AT_ONCE = 48


def threshold_of(centre: Centre) -> ThresholdOf:
    """The threshold of the rule that is in force on a half-hour's day; before the first rule, the first one's."""
    rules = sorted(centre.service_level, key=lambda rule: rule.valid_from)
    begins = [half_hour_of(_midnight_us(centre, rule)) for rule in rules]
    thresholds = [rule.threshold_seconds * MICROSECONDS for rule in rules]
    return lambda half_hour: thresholds[max(0, bisect_right(begins, half_hour) - 1)]


def _midnight_us(centre: Centre, rule: ServiceLevelRule) -> int:
    """When a rule begins to be in force."""
    day = rule.valid_from
    return as_us(datetime(day.year, day.month, day.day, tzinfo=centre.zone))


class LevelUpkeep:
    """One process's. Several may run: who counted later knows more, and the other one's count is given up."""

    def __init__(
        self,
        database: Database,
        centre: Centre,
        clock: Callable[[], int],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database, self._centre, self._clock, self._pause = database, centre, clock, pause
        self._threshold_of = threshold_of(centre)
        self._prepared = False

    async def run(self) -> None:
        """Until cancelled; what fails is tried again."""
        while True:
            try:
                if not self._prepared:
                    await self.prepare()
                more = await self.count_some()
            except DatabaseProblem as problem:
                log.warning("the level's counts wait, reports count for themselves meanwhile: %s", problem)
                more = False
            await self._pause(0.2 if more else EVERY_SECONDS)

    async def prepare(self) -> None:
        """Note what the centre file says now, and what was counted by another threshold than it says now."""
        now_us = self._clock()
        await self._database.write(lambda connection: note_edition(connection, self._centre, now_us))
        for period in self._periods_of_rules(now_us):
            await self._mark(period, now_us)
        self._prepared = True

    async def count_some(self) -> bool:
        """Count the earliest half-hours that changed. True: there are more."""

        def counted(connection: Connection) -> tuple[Marks, Counted]:
            seen = marks(connection, limit=HALF_HOURS_AT_ONCE)
            return seen, count(connection, seen.half_hours, self._threshold_of)

        return await self._keep(counted)

    async def _keep(self, counted: Callable[[Connection], tuple[Marks, Counted]]) -> bool:
        seen, found = await self._database.long_read(counted, limit_seconds=REPORT_SECONDS)
        if not seen.half_hours:
            return False
        await self._database.write(lambda connection: keep(connection, found, seen))
        return len(seen.half_hours) == HALF_HOURS_AT_ONCE

    async def settle(self, period: Period) -> None:
        """Count what of a time is marked, and let its counts stay from then on: its records are about to be deleted."""
        asked = half_hours_of(period)

        def counted(connection: Connection) -> tuple[Marks, Counted]:
            seen = marks(connection, asked[0], asked[-1], HALF_HOURS_AT_ONCE)
            return seen, count(connection, seen.half_hours, self._threshold_of)

        await self._keep(counted)
        while not await self._database.write(lambda connection: settle(connection, period)):
            await self._keep(counted)

    async def _mark(self, period: Period, now_us: int) -> None:
        def judged_otherwise(connection: Connection) -> frozenset[int]:
            return half_hours_judged_otherwise(connection, period, self._threshold_of)

        found = await self._database.long_read(judged_otherwise, limit_seconds=REPORT_SECONDS)
        if found:
            instants = [half_hour * HALF_HOUR_US for half_hour in found]
            await self._database.write(lambda connection: note_changes(connection, "", now_us, instants))

    def _periods_of_rules(self, now_us: int) -> list[Period]:
        """From each rule to the next."""
        begins = sorted(_midnight_us(self._centre, rule) for rule in self._centre.service_level)
        tomorrow = as_us(as_datetime(now_us, self._centre.zone) + timedelta(days=1))
        return [Period(a, b) for a, b in zip([0, *begins], [*begins, tomorrow], strict=True) if a < b]
