"""Counts of the service level out of the records, for reports and the board.

Reads only; one scan of the period's entries, and one of its calls, by their index.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Integer, Select, and_, case, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from callcenter.calls import REFUSALS, Handled, Outcome, StepKind
from callcenter.clock import MICROSECONDS
from callcenter.level.formulas import Counts, add
from callcenter.records.calls import calls, queue_entries
from callcenter.records.ivr import call_steps

SHORT_ABANDON_US = 5 * MICROSECONDS
# Nothing happens to a caller later than that after the call came in, or was called back.
LONGEST_CALL_US = 12 * 3600 * MICROSECONDS


@dataclass(frozen=True, slots=True)
class Period:
    """From `since_us` up to but not including `until_us`, microseconds UTC."""

    since_us: int
    until_us: int


@dataclass(frozen=True, slots=True)
class CallbackCounts:
    """Calls back of one queue: asked for (`by_key`: by waiting callers), answered by the customer, then by an agent."""

    requested: int = 0
    by_key: int = 0
    returned: int = 0
    answered: int = 0


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer)


def _entered_in(period: Period) -> ColumnElement[bool]:
    entered = queue_entries.c.entered_us
    return and_(entered >= period.since_us, entered < period.until_us)


# One column: SQLite looks a pair up in a sub-query by reading through all of it, for every row.
_CALL = queue_entries.c.node + "/" + queue_entries.c.call


def _called_back(period: Period) -> ColumnElement[bool]:
    """Whether an entry of the period is of a customer whom the centre called: that is no registered call."""
    step = call_steps.c
    channels = select(step.node + "/" + step.uniqueid).where(
        step.step == StepKind.CALLED_BACK.value,
        step.at_us >= period.since_us - LONGEST_CALL_US,
        step.at_us < period.until_us,
    )
    return _CALL.in_(channels)


async def counts_by_queue(connection: AsyncConnection, period: Period, threshold_us: int) -> dict[str, Counts]:
    """What happened in each queue to the callers who entered it in the period."""
    counts: dict[str, Counts] = {}
    for row in (await connection.execute(_by_queue(period, threshold_us))).all():
        queue, called_back, stays = row[:3]
        of_callers = replace(Counts(*row[3:14]), distinct_calls=row[14])
        found = Counts(returned_entries=stays) if called_back else of_callers
        counts[queue] = add(counts.get(queue, Counts()), found)
    return counts


def _by_queue(period: Period, threshold_us: int) -> Select[Any]:
    """Queue, whether called back, all stays; then the fields of `Counts` up to `join_refused`, and distinct calls."""
    entry = queue_entries.c
    refused = entry.outcome.in_([outcome.value for outcome in REFUSALS])
    answered = entry.answered_us.is_not(None)
    waits = and_(~answered, entry.outcome == Outcome.OPEN.value)
    abandoned = and_(~answered, ~waits, ~refused)
    interrupted = entry.outcome == Outcome.INTERRUPTED.value
    in_time = entry.wait_max_us <= threshold_us
    unclear = and_(entry.wait_min_us <= threshold_us, entry.wait_max_us > threshold_us)
    called_back = _called_back(period).label("called_back")
    return (
        select(
            entry.queue,
            called_back,
            func.count(),
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
            func.count(distinct(case((~refused, _CALL)))),
        )
        .where(_entered_in(period))
        .group_by(entry.queue, called_back)
    )


async def distinct_calls(connection: AsyncConnection, period: Period, queues: Collection[str]) -> tuple[int, int]:
    """How many different calls entered any of these queues in the period, and any queue at all."""
    entry = queue_entries.c
    some_queue = case((entry.queue.in_(queues), _CALL))
    query = select(func.count(distinct(some_queue)), func.count(distinct(_CALL))).where(
        _entered_in(period),
        entry.outcome.not_in([outcome.value for outcome in REFUSALS]),
        ~_called_back(period),
    )
    some, every = (await connection.execute(query)).one()
    return int(some), int(every)


async def calls_by_line(connection: AsyncConnection, period: Period) -> Counter[tuple[str, Handled]]:
    """The calls that arrived in the period, by the line dialled and their class.

    A call that ended without a class is from before there were menus: every call was for a queue then.
    """
    call = calls.c
    unknown = case((call.ended_us.is_(None), Handled.OPEN.value), else_=Handled.QUEUE.value)
    handled = func.coalesce(call.handled, unknown).label("class")
    query = (
        select(call.line, handled, func.count())
        .where(call.arrived_us >= period.since_us, call.arrived_us < period.until_us)
        .group_by(call.line, handled)
    )
    found = await connection.execute(query)
    return Counter({(line, Handled(handled)): number for line, handled, number in found})


async def callbacks_by_queue(connection: AsyncConnection, period: Period) -> dict[str, CallbackCounts]:
    """Calls back asked for in the period, and made in it, by the queue that the caller waited in or wanted."""
    step = call_steps.c
    in_period = and_(step.at_us >= period.since_us, step.at_us < period.until_us)
    query = select(step.step, step.detail, step.node, step.uniqueid).where(
        step.step.in_([StepKind.CALLBACK_ASKED.value, StepKind.CALLED_BACK.value]), in_period
    )
    found = (await connection.execute(query)).all()
    made = any(kind == StepKind.CALLED_BACK.value for kind, *_ in found)
    answered = await _answered_calls(connection, period) if made else set()
    counts: dict[str, CallbackCounts] = {}
    for kind, detail, node, uniqueid in found:
        _, *fields, queue = detail.split("|")
        known = counts.get(queue, CallbackCounts())
        if kind == StepKind.CALLBACK_ASKED.value:
            by_key = known.by_key + (fields[-1] == "key")
            counts[queue] = replace(known, requested=known.requested + 1, by_key=by_key)
        else:
            talked = known.answered + ((node, uniqueid) in answered)
            counts[queue] = replace(known, returned=known.returned + 1, answered=talked)
    return counts


async def _answered_calls(connection: AsyncConnection, period: Period) -> set[tuple[str, str]]:
    """The channels called back in the period on which an agent answered, whenever that was."""
    entry = queue_entries.c
    longer = Period(period.since_us, period.until_us + LONGEST_CALL_US)
    query = select(entry.node, entry.call).where(
        _entered_in(longer), entry.answered_us.is_not(None), _called_back(longer)
    )
    return {(node, call) for node, call in await connection.execute(query)}
