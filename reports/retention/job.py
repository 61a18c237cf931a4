"""The retention as a job: each night, what the centre file does not keep any longer."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime, as_us
from callcenter.level.formulas import Period
from callcenter.level.upkeep import LevelUpkeep
from reports.periods.month import Month
from reports.retention.campaign_customers import customers_before
from reports.retention.closed_months import IsClosed
from reports.retention.deleting import Cleaning
from reports.retention.spans import both_closed, months_up_to, spans_of
from reports.retention.tables import DETAIL, PERSONAL, DetailRows
from reports.scheduled.job import RunResult
from reports.scheduled.recurrence import Every, Recurrence

log = logging.getLogger(__name__)

NIGHTLY = Recurrence(Every.DAILY, hour=3, minute=30)
_DAY_US = 86_400 * MICROSECONDS


@dataclass(frozen=True, slots=True)
class DetailRetentionJob:
    """Nothing of a month that is not closed is touched. `clock`: microseconds, UTC."""

    is_closed: IsClosed
    clock: Callable[[], int]
    name: str = "retention"
    when: Recurrence = NIGHTLY
    since_us: int | None = None
    makes_up_all: bool = False

    async def run(self, database: Database, centre: Centre, due: datetime) -> RunResult:
        """See `ScheduledJob`. What was deleted before a crash is gone; the next run goes on with the rest."""
        keeps, midnight_us = centre.retention, as_us(due.replace(hour=0, minute=0))
        cleaning, months = Cleaning(database, self.clock()), _Months(database, centre, self.is_closed)
        before_us = midnight_us - keeps.call_detail_days * _DAY_US
        before = as_datetime(before_us, centre.zone).date()
        of_campaigns = await database.long_read(lambda there: customers_before(there, before, centre.zone))
        await self._settle(database, centre, cleaning, months, before_us)
        deleted = sum([await _delete(cleaning, each, months, before_us) for each in (*DETAIL, *of_campaigns)])
        emptied = 0
        if keeps.days_of_personal_data < keeps.call_detail_days:
            emptied = await self._empty(
                cleaning, months, before_us, midnight_us - keeps.days_of_personal_data * _DAY_US
            )
        if deleted or emptied:
            log.info("%d rows of call detail were deleted, %d emptied of persons' data", deleted, emptied)
        return RunResult()

    async def _settle(
        self, database: Database, centre: Centre, cleaning: Cleaning, months: "_Months", before_us: int
    ) -> None:
        """The counts of what is about to be deleted stay."""
        oldest = [each for rows in DETAIL if (each := await cleaning.oldest_us(rows)) is not None]
        if oldest:
            upkeep = LevelUpkeep(database, centre, self.clock)
            for span in await months.closed_spans(min(oldest), before_us):
                await upkeep.settle(span)

    async def _empty(self, cleaning: Cleaning, months: "_Months", since_us: int, before_us: int) -> int:
        spans = await months.closed_spans(since_us, before_us)
        return sum([await cleaning.empty(data, span) for data in PERSONAL for span in spans])


@dataclass
class _Months:
    """Which months are closed, each asked for once a run."""

    database: Database
    centre: Centre
    is_closed: IsClosed
    _known: dict[Month, bool] = field(default_factory=dict)

    async def closed_spans(self, oldest_us: int, before_us: int) -> tuple[Period, ...]:
        zone = self.centre.zone
        months = months_up_to(oldest_us, before_us, zone)
        return spans_of([each for each in months if await self._closed(each)], before_us, zone)

    async def _closed(self, month: Month) -> bool:
        if month not in self._known:
            self._known[month] = await self.is_closed(self.database, month)
        return self._known[month]


async def _delete(cleaning: Cleaning, rows: DetailRows, months: _Months, before_us: int) -> int:
    oldest_us = await cleaning.oldest_us(rows)
    if oldest_us is None:
        return 0
    own = await months.closed_spans(oldest_us, before_us)
    counted_by_it = await months.closed_spans(oldest_us + rows.longer_us, before_us)
    return sum([await cleaning.delete(rows, span) for span in both_closed(own, counted_by_it, rows.longer_us)])
