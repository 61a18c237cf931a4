"""Counts out of the records. Reads only; one scan of the period's entries by their index."""

from collections import Counter
from dataclasses import dataclass, replace

from sqlalchemy import Integer, and_, case, distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from callcenter.calls import REFUSALS, Outcome
from callcenter.clock import MICROSECONDS
from callcenter.records.calls import calls, queue_entries
from reports.metrics import Counts

SHORT_ABANDON_US = 5 * MICROSECONDS


@dataclass(frozen=True, slots=True)
class Period:
    """From `since_us` up to but not including `until_us`, microseconds UTC."""

    since_us: int
    until_us: int


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer)


async def counts_by_queue(connection: AsyncConnection, period: Period, threshold_us: int) -> dict[str, Counts]:
    """What happened in each queue to the callers who entered it in the period."""
    entry = queue_entries.c
    refused = entry.outcome.in_([outcome.value for outcome in REFUSALS])
    answered = entry.answered_us.is_not(None)
    waits = and_(~answered, entry.outcome == Outcome.OPEN.value)
    abandoned = and_(~answered, ~waits, ~refused)
    interrupted = entry.outcome == Outcome.INTERRUPTED.value
    in_time = entry.wait_max_us <= threshold_us
    unclear = and_(entry.wait_min_us <= threshold_us, entry.wait_max_us > threshold_us)
    query = (
        select(
            entry.queue,
            _number(answered),
            _number(and_(answered, in_time)),
            _number(and_(answered, unclear)),
            _number(abandoned),
            _number(and_(abandoned, in_time)),
            _number(and_(abandoned, entry.wait_max_us < SHORT_ABANDON_US)),
            _number(waits),
            _number(interrupted),
            _number(and_(interrupted, ~answered)),
            _number(entry.outcome == Outcome.FULL.value),
            _number(entry.outcome == Outcome.JOIN_REFUSED.value),
            func.count(distinct(case((~refused, entry.node + "/" + entry.call)))),
        )
        .where(entry.entered_us >= period.since_us, entry.entered_us < period.until_us)
        .group_by(entry.queue)
    )
    found = await connection.execute(query)
    return {row[0]: replace(Counts(*row[1:12]), distinct_calls=row[12]) for row in found}


async def distinct_calls(connection: AsyncConnection, period: Period, queues: list[str]) -> int:
    """How many different calls entered any of these queues in the period."""
    entry = queue_entries.c
    query = select(func.count(distinct(entry.node + "/" + entry.call))).where(
        entry.entered_us >= period.since_us,
        entry.entered_us < period.until_us,
        entry.queue.in_(queues),
        entry.outcome.not_in([outcome.value for outcome in REFUSALS]),
    )
    return int(await connection.scalar(query) or 0)


async def outside_queues(connection: AsyncConnection, period: Period) -> Counter[tuple[str, str]]:
    """Calls that never were for a queue, by (line, `closed` or `ivr`)."""
    query = (
        select(calls.c.line, calls.c.handled, func.count())
        .where(
            calls.c.arrived_us >= period.since_us,
            calls.c.arrived_us < period.until_us,
            or_(calls.c.handled == "closed", calls.c.handled == "ivr"),
        )
        .group_by(calls.c.line, calls.c.handled)
    )
    found = await connection.execute(query)
    return Counter({(line, handled): number for line, handled, number in found})
