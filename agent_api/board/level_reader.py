"""The counts of the service level as the records have them now: counted again only where the records have moved.

Every queue entry has the number of the reading that changed it last: what has a later one than was seen has moved. An
entry that stays open, for ever perhaps, has not. Where a late row corrected when an entry entered, the span that it was
counted in before is counted again, too. A database that was restored does not have the readings that were seen, or has
others of the same numbers: then the month is counted anew.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, func, literal_column, select

from agent_api.board.level_now import LevelNow
from agent_api.board.level_spans import CountedSpans, summed
from callcenter.centre.model import Centre, ServiceLevelRule
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime, as_us
from callcenter.level.formulas import Period
from callcenter.level.half_hours import HALF_HOUR_US
from callcenter.level.rollup import ThresholdOf
from callcenter.level.sums import counted_half_hours, counts_by_half_hour
from callcenter.level.upkeep import threshold_of
from callcenter.records.calls import entry_corrections, queue_entries
from callcenter.records.ledger import cursors, readings

# More are counted as a long read: a bridge that catches up moves many.
SPANS_AT_ONCE = 8

_NODES = select(cursors.c.node).distinct()
_SPAN = (queue_entries.c.entered_us // HALF_HOUR_US).label("span")
# The second is the condition of the index, word for word.
_READ_SINCE = and_(
    queue_entries.c.node == bindparam("asked"),
    queue_entries.c.reading != literal_column("0"),
    queue_entries.c.reading > bindparam("seen"),
)
_MOVED = select(_SPAN, func.max(queue_entries.c.reading).label("reading")).where(_READ_SINCE).group_by(_SPAN)
_FORMERLY_ENTERED = select(entry_corrections.c.entered_us).where(
    entry_corrections.c.node == bindparam("asked"), entry_corrections.c.reading > bindparam("seen")
)
_LAST_READING = select(queue_entries.c.reading).where(_READ_SINCE).order_by(queue_entries.c.reading.desc()).limit(1)
_WRITER = select(readings.c.writer).where(readings.c.node == bindparam("asked"), readings.c.number == bindparam("seen"))


@dataclass(frozen=True, slots=True)
class Days:
    """The beginnings of the days of a month up to today, and of tomorrow; instants in microseconds UTC."""

    begin_us: tuple[int, ...]

    @classmethod
    def of(cls, now_us: int, centre: Centre) -> "Days":
        """Those of the centre's time zone."""
        today = as_datetime(now_us, centre.zone).date()
        first = today.replace(day=1)
        days = (first + timedelta(days=number) for number in range(today.day + 1))
        return cls(tuple(as_us(datetime(day.year, day.month, day.day, tzinfo=centre.zone)) for day in days))

    @property
    def period(self) -> Period:
        """The month up to the end of today."""
        return Period(self.begin_us[0], self.begin_us[-1])


@dataclass(frozen=True, slots=True)
class _Reading:
    """The last reading of a node that was counted. `writer` None: it has none."""

    number: int = 0
    writer: str | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """A month as it was counted under one rule, and the last reading of each node that is in it."""

    rule: ServiceLevelRule
    month_us: int
    spans: CountedSpans
    readings: dict[str, _Reading]


@dataclass(frozen=True, slots=True)
class _Moved:
    """The spans in which something was changed since, and the last reading of each node that did."""

    spans: frozenset[int]
    readings: Mapping[str, _Reading]


class LevelReader:
    """Reads the counts for one process, however many screens show them."""

    def __init__(self, database: Database, centre: Centre, clock: Callable[[], int]) -> None:
        self._database, self._centre, self._clock = database, centre, clock
        self._threshold_of = threshold_of(centre)
        self._reading = asyncio.Lock()
        self._counted: _Counted | None = None
        self._seen: tuple[Days, LevelNow] | None = None

    async def now(self) -> LevelNow:
        """The counts. Raises DatabaseProblem."""
        async with self._reading:
            days = Days.of(self._clock(), self._centre)
            moved = await self._count(days)
            if moved or self._seen is None or self._seen[0] != days:
                self._seen = days, self._level(days)
            return self._seen[1]

    async def _count(self, days: Days) -> bool:
        """Count what has moved, or the whole month when it was not counted before. False: nothing has."""
        rule = self._rule_of(days)
        if rule is None:
            self._counted = None
            return False
        counted = self._counted
        if counted is not None and (counted.rule, counted.month_us) == (rule, days.period.since_us):
            moved = await self._database.read(lambda connection: _moved_since(connection, counted))
            if moved is not None:
                return await self._count_moved(counted, moved)
        of_half_hours, month = self._threshold_of, days.period
        self._counted = await self._database.long_read(lambda there: _month(there, rule, month, of_half_hours))
        return True

    async def _count_moved(self, counted: _Counted, moved: _Moved) -> bool:
        if not moved.readings:
            return False
        lane = self._database.read if len(moved.spans) <= SPANS_AT_ONCE else self._database.long_read
        found = await lane(lambda connection: counted_half_hours(connection, moved.spans, self._threshold_of))
        counted.spans.replace(moved.spans, found)
        counted.readings.update(moved.readings)
        return True

    def _level(self, days: Days) -> LevelNow:
        if self._counted is None:
            return LevelNow(None, {}, {}, self._clock())
        spans = self._counted.spans
        of_days = [spans.day(*day) for day in zip(days.begin_us, days.begin_us[1:], strict=False)]
        return LevelNow(self._counted.rule, of_days[-1], summed(of_days), self._clock())

    def _rule_of(self, days: Days) -> ServiceLevelRule | None:
        """The rule of today."""
        try:
            return self._centre.rule_on(as_datetime(days.begin_us[-2], self._centre.zone).date())
        except LookupError:
            return None


def _month(connection: Connection, rule: ServiceLevelRule, month: Period, threshold_of: ThresholdOf) -> _Counted:
    spans = CountedSpans(counts_by_half_hour(connection, month, threshold_of))
    nodes = connection.scalars(_NODES).all()
    numbers = {node: connection.scalar(_LAST_READING, {"asked": node, "seen": 0}) or 0 for node in nodes}
    last = {node: _Reading(number, _writer(connection, node, number)) for node, number in numbers.items()}
    return _Counted(rule, month.since_us, spans, last)


def _writer(connection: Connection, node: str, number: int) -> str | None:
    """Which bridge wrote that reading; None where it is not there."""
    return connection.scalar(_WRITER, {"asked": node, "seen": number})


def _moved_since(connection: Connection, counted: _Counted) -> _Moved | None:
    """None: the readings that were counted are not those of the database any more."""
    if any(_writer(connection, node, last.number) != last.writer for node, last in counted.readings.items()):
        return None
    spans, last_readings = set[int](), dict[str, _Reading]()
    for node in connection.scalars(_NODES).all():
        asked = {"asked": node, "seen": counted.readings.get(node, _Reading()).number}
        found = connection.execute(_MOVED, asked).all()
        spans |= {row.span for row in found}
        spans |= {entered_us // HALF_HOUR_US for entered_us in connection.scalars(_FORMERLY_ENTERED, asked)}
        if found:
            number = max(row.reading for row in found)
            last_readings[node] = _Reading(number, _writer(connection, node, number))
    return _Moved(frozenset(span for span in spans if span * HALF_HOUR_US >= counted.month_us), last_readings)
