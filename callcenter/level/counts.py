"""Counts of the service level out of the records, for reports and boards.

Reads only; one scan of the period's entries, and one of its calls, by their index.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, and_, case, distinct, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from callcenter.calls import LONGEST_CALL_US, REFUSALS, FinalStage, Outcome, StepKind
from callcenter.instants import MICROSECONDS
from callcenter.level.formulas import CallbackCounts, Period, ServiceLevelCounts, add
from callcenter.records.calls import calls, queue_entries
from callcenter.records.ivr import call_steps
from callcenter.records.outgoing_calls import outgoing_calls

SHORT_ABANDON_US = 5 * MICROSECONDS
_GROUP = ("queue", "outgoing", "entries", "span")


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer)


def _entered_in(period: Period) -> ColumnElement[bool]:
    entered = queue_entries.c.entered_us
    return and_(entered >= period.since_us, entered < period.until_us)


# One column: SQLite looks a pair up in a sub-query by reading through all of it, for every row.
_CALL = queue_entries.c.node + "/" + queue_entries.c.call


def _is_outgoing(period: Period) -> ColumnElement[bool]:
    """Whether an entry of the period is of a call that the centre made, so that it is no registered one.

    The steps are those of callbacks of before there were rows of outgoing calls. A call may seem to be dialled after it
    entered: where the clock was set back meanwhile, or the entry's moment is known by the file alone.
    """
    step, call = call_steps.c, outgoing_calls.c
    since_us, until_us = period.since_us - LONGEST_CALL_US, period.until_us + LONGEST_CALL_US
    returned = select(step.node + "/" + step.uniqueid).where(
        step.step == StepKind.CALLBACK_ANSWERED.value, step.at_us >= since_us, step.at_us < until_us
    )
    dialled = select(call.node + "/" + call.uniqueid).where(call.dialled_us >= since_us, call.dialled_us < until_us)
    return or_(_CALL.in_(returned), _CALL.in_(dialled))


def counts_by_queue(connection: Connection, period: Period, threshold_us: int) -> dict[str, ServiceLevelCounts]:
    """What happened in each queue to the callers who entered it in the period."""
    return _counts_of(connection.execute(_by_queue(period, threshold_us)).all())


def counts_by_span(
    connection: Connection, period: Period, threshold_us: int, span_us: int
) -> dict[int, dict[str, ServiceLevelCounts]]:
    """The same for each part of the period, `span_us` long, in which anybody entered: by its number since 1970.

    A call that enters one queue in two parts is one of the `distinct_calls` of each.
    """
    span = (queue_entries.c.entered_us // span_us).label("span")
    rows: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(_by_queue(period, threshold_us).add_columns(span).group_by(span)).all():
        rows[row.span].append(row)
    return {number: _counts_of(of_span) for number, of_span in rows.items()}


def _counts_of(rows: Iterable[Row[Any]]) -> dict[str, ServiceLevelCounts]:
    """Rows of `_by_queue`: of a queue there is one, or two where calls that the centre made entered it."""
    counts: dict[str, ServiceLevelCounts] = {}
    for row in rows:
        found = ServiceLevelCounts(returned_entries=row.entries) if row.outgoing else _of_callers(row)
        counts[row.queue] = add(counts[row.queue], found) if row.queue in counts else found
    return counts


def _of_callers(row: Row[Any]) -> ServiceLevelCounts:
    return ServiceLevelCounts(**{name: number for name, number in row._mapping.items() if name not in _GROUP})


def _by_queue(period: Period, threshold_us: int) -> Select[Any]:
    """One row for each queue and whether the entries are of calls that the centre made.

    `_GROUP`, and columns that are named as the fields of `ServiceLevelCounts`.
    """
    entry = queue_entries.c
    outgoing = _is_outgoing(period).label("outgoing")
    callers = func.count(distinct(case((~_refused(), _CALL))))
    return (
        select(
            entry.queue,
            outgoing,
            func.count().label("entries"),
            *(_number(condition).label(name) for name, condition in _conditions(threshold_us).items()),
            callers.label("distinct_calls"),
        )
        .where(_entered_in(period))
        .group_by(entry.queue, outgoing)
    )


def _conditions(threshold_us: int) -> Mapping[str, ColumnElement[bool]]:
    """Which entries of callers a field of `ServiceLevelCounts` counts."""
    entry = queue_entries.c
    answered = entry.answered_us.is_not(None)
    waits = and_(~answered, entry.outcome == Outcome.OPEN.value)
    abandoned = and_(~answered, ~waits, ~_refused())
    interrupted = entry.outcome == Outcome.INTERRUPTED.value
    in_time = entry.wait_max_us <= threshold_us
    unclear = and_(entry.wait_min_us <= threshold_us, entry.wait_max_us > threshold_us)
    return {
        "answered": answered,
        "within": and_(answered, in_time),
        "undetermined": and_(answered, unclear),
        "abandoned": abandoned,
        "abandoned_within": and_(abandoned, in_time),
        "abandoned_under_5_seconds": and_(abandoned, entry.wait_max_us < SHORT_ABANDON_US),
        "still_open": waits,
        "interrupted": interrupted,
        "interrupted_unanswered": and_(interrupted, ~answered),
        "full": entry.outcome == Outcome.FULL.value,
        "join_refused": entry.outcome == Outcome.JOIN_REFUSED.value,
    }


def _refused() -> ColumnElement[bool]:
    return queue_entries.c.outcome.in_([outcome.value for outcome in REFUSALS])


def distinct_calls(connection: Connection, period: Period, queues: Collection[str]) -> tuple[int, int]:
    """How many different calls entered any of these queues in the period, and any queue at all."""
    entry = queue_entries.c
    some_queue = case((entry.queue.in_(queues), _CALL))
    some, every = func.count(distinct(some_queue)), func.count(distinct(_CALL))
    query = select(some.label("some"), every.label("every")).where(
        _entered_in(period),
        entry.outcome.not_in([outcome.value for outcome in REFUSALS]),
        ~_is_outgoing(period),
    )
    found = connection.execute(query).one()
    return int(found.some), int(found.every)


def calls_by_line(connection: Connection, period: Period) -> Counter[tuple[str, FinalStage]]:
    """The calls that arrived in the period, by the line dialled and their final stage.

    A call that ended without a final stage is from before there were menus: every call was for a queue then.
    """
    call = calls.c
    unknown = case((call.ended_us.is_(None), FinalStage.OPEN.value), else_=FinalStage.QUEUE.value)
    final_stage = func.coalesce(call.final_stage, unknown).label("final_stage")
    query = (
        select(call.line, final_stage, func.count().label("number"))
        .where(call.arrived_us >= period.since_us, call.arrived_us < period.until_us)
        .group_by(call.line, final_stage)
    )
    found = connection.execute(query)
    return Counter({(row.line, FinalStage(row.final_stage)): row.number for row in found})


def callbacks_by_queue(connection: Connection, period: Period) -> dict[str, CallbackCounts]:
    """Callbacks requested in the period, and answered in it, by the queue that the caller waited in or wanted."""
    step = call_steps.c
    in_period = and_(step.at_us >= period.since_us, step.at_us < period.until_us)
    query = select(step.step, step.detail, step.node, step.uniqueid).where(
        step.step.in_([StepKind.CALLBACK_REQUESTED.value, StepKind.CALLBACK_ANSWERED.value]), in_period
    )
    found = connection.execute(query).all()
    made = any(row.step == StepKind.CALLBACK_ANSWERED.value for row in found)
    answered = _answered_calls(connection, period) if made else set()
    counts: dict[str, CallbackCounts] = {}
    for row in found:
        _, *fields, queue = row.detail.split("|")
        known = counts.get(queue, CallbackCounts())
        if row.step == StepKind.CALLBACK_REQUESTED.value:
            by_key = known.by_key + (fields[-1] == "key")
            counts[queue] = replace(known, requested=known.requested + 1, by_key=by_key)
        else:
            by_agent = known.answered + ((row.node, row.uniqueid) in answered)
            counts[queue] = replace(known, returned=known.returned + 1, answered=by_agent)
    return counts


def _answered_calls(connection: Connection, period: Period) -> set[tuple[str, str]]:
    """The callbacks' channels of the period on which an agent answered, whenever that was."""
    entry = queue_entries.c
    longer = Period(period.since_us, period.until_us + LONGEST_CALL_US)
    query = select(entry.node, entry.call).where(
        _entered_in(longer), entry.answered_us.is_not(None), _is_outgoing(longer)
    )
    return {(row.node, row.call) for row in connection.execute(query)}
