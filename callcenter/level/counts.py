"""Counts of the service level out of the records, by half-hours: what `callcenter.level.rollup` keeps.

Reads only; each query goes through the entries, calls or steps of its period once, by their index.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from callcenter.calls import FinalStage, Outcome, StepKind
from callcenter.instants import MICROSECONDS
from callcenter.level.entries import CALL, are_outgoing, are_refused, entered_in
from callcenter.level.formulas import Period
from callcenter.level.half_hours import HALF_HOUR_US
from callcenter.level.summed import CallOrigin
from callcenter.records.calls import calls, queue_entries
from callcenter.records.ivr import STEP_DETAIL_LENGTH, call_steps

SHORT_ABANDON_US = 5 * MICROSECONDS
_QUEUE_LENGTH = 64
Rows = list[dict[str, Any]]


def _half_hour(at_us: ColumnElement[int]) -> ColumnElement[int]:
    return (at_us // HALF_HOUR_US).cast(Integer)


def origin(period: Period) -> ColumnElement[str]:
    """The origin of an entry of the period."""
    outgoing, internal = are_outgoing(period), queue_entries.c.internal
    return case(
        (outgoing, CallOrigin.OUTGOING.value), (internal, CallOrigin.INTERNAL.value), else_=CallOrigin.PUBLIC.value
    )


def conditions(threshold_us: int | ColumnElement[int]) -> Mapping[str, ColumnElement[bool]]:
    """Which entries a count of `level_entries` counts, by its name."""
    entry = queue_entries.c
    answered = entry.answered_us.is_not(None)
    waits = and_(~answered, entry.outcome == Outcome.OPEN.value)
    abandoned = and_(~answered, ~waits, ~are_refused())
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


def entry_counts(connection: Connection, period: Period, threshold_us: int) -> Rows:
    """Rows of `level_entries`: what happened to the callers who entered a queue in the period."""
    entry = queue_entries.c
    key = (_half_hour(entry.entered_us).label("half_hour"), entry.queue, entry.line, origin(period).label("origin"))
    counted = (_number(condition).label(name) for name, condition in conditions(threshold_us).items())
    query = select(*key, func.count().label("entries"), *counted).where(entered_in(period)).group_by(*key)
    return [{**row._mapping, "threshold_us": threshold_us} for row in connection.execute(query)]


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer)


def reentry_counts(connection: Connection, period: Period) -> Rows:
    """Rows of `level_reentries`: entries of callers whose call had entered a queue before, with which those were."""
    before: defaultdict[tuple[Any, ...], set[tuple[str, str]]] = defaultdict(set)
    for row in connection.execute(_entries_after_others(period)):
        key = (row.half_hour, row.queue, row.line, row.node, row.uniqueid, row.boot_us, row.ordinal)
        before[key].add((row.queue_before, row.line_before))
    counted = Counter((*key[:3], json.dumps(sorted(others), ensure_ascii=False)) for key, others in before.items())
    names = ("half_hour", "queue", "line", "after")
    return [{**dict(zip(names, key, strict=True)), "entries": number} for key, number in counted.items()]


def _entries_after_others(period: Period) -> Select[Any]:
    entry, other = queue_entries.c, queue_entries.alias("other")
    earlier = or_(
        other.c.entered_us < entry.entered_us,
        and_(other.c.entered_us == entry.entered_us, other.c.queue < entry.queue),
        and_(
            *(other.c.entered_us == entry.entered_us, other.c.queue == entry.queue),
            other.c.ordinal < entry.ordinal,
        ),
    )
    refused = [Outcome.FULL.value, Outcome.JOIN_REFUSED.value]
    return (
        select(
            _half_hour(entry.entered_us).label("half_hour"),
            *(entry.queue, entry.line, entry.node, entry.uniqueid, entry.boot_us, entry.ordinal),
            other.c.queue.label("queue_before"),
            other.c.line.label("line_before"),
        )
        .join_from(queue_entries, other, and_(other.c.call == entry.call, other.c.node == entry.node, earlier))
        .where(entered_in(period), ~are_refused(), other.c.outcome.not_in(refused))
        .where(~entry.internal, ~are_outgoing(period))
    )


def half_hours_of_the_same_calls(connection: Connection, period: Period) -> set[int]:
    """In which half-hours after the period the calls of its entries entered again."""
    other = queue_entries.alias("other")
    same = and_(other.c.call == queue_entries.c.call, other.c.node == queue_entries.c.node)
    query = (
        select(_half_hour(other.c.entered_us))
        .join_from(queue_entries, other, same)
        .where(entered_in(period), other.c.entered_us >= period.until_us)
        .distinct()
    )
    return set(connection.scalars(query))


def final_stage() -> ColumnElement[str]:
    """The final stage of a call. One that ended without is from before there were menus: every call was for a queue."""
    call = calls.c
    unknown = case((call.ended_us.is_(None), FinalStage.OPEN.value), else_=FinalStage.QUEUE.value)
    return func.coalesce(call.final_stage, unknown)


def call_counts(connection: Connection, period: Period) -> Rows:
    """Rows of `level_calls`: the calls that arrived in the period."""
    call = calls.c
    key = (
        *(_half_hour(call.arrived_us).label("half_hour"), call.line, call.internal),
        final_stage().label("final_stage"),
    )
    arrived = and_(call.arrived_us >= period.since_us, call.arrived_us < period.until_us)
    query = select(*key, func.count().label("calls")).where(arrived).group_by(*key)
    return [dict(row._mapping) for row in connection.execute(query)]


def calls_by_line(connection: Connection, period: Period) -> Counter[tuple[str, FinalStage]]:
    """The public's calls that arrived in the period, by the line dialled and their final stage."""
    found: Counter[tuple[str, FinalStage]] = Counter()
    for row in call_counts(connection, period):
        if not row["internal"]:
            found[row["line"], FinalStage(row["final_stage"])] += row["calls"]
    return found


def callback_counts(connection: Connection, period: Period) -> Rows:
    """Rows of `level_callbacks`: requested and returned in the period, by the queue that the caller waited in or
    wanted; answered by an agent, by the queue that the callback entered, in the period.
    """
    counted: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for row in connection.execute(_callback_steps(period)):
        if row.step == StepKind.CALLBACK_REQUESTED.value:
            reason, queue = _last_fields(row.detail, 4)
            counted[row.half_hour, queue].update(requested=1, by_key=int(reason == "key"))
        else:
            counted[row.half_hour, _last_fields(row.detail, 2)[1]].update(returned=1)
    for row in connection.execute(_answered_callbacks(period)):
        counted[row.half_hour, row.queue].update(answered=row.calls)
    names = ("requested", "by_key", "returned", "answered")
    return [
        {"half_hour": half_hour, "queue": queue, **{name: number[name] for name in names}}
        for (half_hour, queue), number in counted.items()
    ]


def _last_fields(detail: str, fields: int) -> Sequence[str]:
    """The last two of so many, the queue as entries have it. Empty where a step did not keep the end of its row."""
    found = detail.split("|")
    is_whole = len(found) == fields and len(detail) < STEP_DETAIL_LENGTH
    return (found[-2], found[-1][:_QUEUE_LENGTH]) if is_whole else ("", "")


def _callback_steps(period: Period) -> Select[Any]:
    step = call_steps.c
    return select(_half_hour(step.at_us).label("half_hour"), step.step, step.detail).where(
        step.step.in_([StepKind.CALLBACK_REQUESTED.value, StepKind.CALLBACK_ANSWERED.value]),
        *(step.at_us >= period.since_us, step.at_us < period.until_us),
    )


def _answered_callbacks(period: Period) -> Select[Any]:
    """Calls that an agent took, of callbacks: their channel has that step, moments before it enters the queue."""
    entry, step = queue_entries.c, call_steps.c
    day = 86_400 * MICROSECONDS
    returned = select(step.node + "/" + step.uniqueid).where(
        step.step == StepKind.CALLBACK_ANSWERED.value,
        *(step.at_us >= period.since_us - day, step.at_us < period.until_us + day),
    )
    key = (_half_hour(entry.entered_us).label("half_hour"), entry.queue)
    return (
        select(*key, func.count(CALL.distinct()).label("calls"))
        .where(entered_in(period), entry.answered_us.is_not(None), CALL.in_(returned))
        .group_by(*key)
    )
