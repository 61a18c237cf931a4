"""Answered calls, and the next call of the same number to the same line, out of the records. Reads only.

One pass over the calls of the days and of the window after them; the next call is found by a window function.
"""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, and_, exists, func, not_, select
from sqlalchemy.sql.elements import ColumnElement

from callcenter.calls import LONGEST_CALL_US
from callcenter.instants import as_us
from callcenter.level.formulas import Period
from callcenter.records.calls import calls, queue_entries
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import times
from reports.reading.local_time import HOUR_US
from reports.repeat_callers.figures import AFTER_HOURS, LineRepeats, RepeatReport, repeat_report

_call, _entry = calls.c, queue_entries.c


def read_repeats(connection: Connection, asked: Asked, scene: Scene, window: timedelta) -> RepeatReport:
    """Of the calls that arrived on the days that were asked for; calls after them are looked at for their window."""
    period, now_us = asked.period(scene.zone), as_us(scene.made)
    window_us = window // timedelta(microseconds=1)
    found = _next_calls(asked, period, window_us, now_us).c
    again_us = found.next_us - found.ended_us
    repeated = and_(found.caller != "", found.next_us.is_not(None), again_us <= window_us)
    over = found.ended_us + window_us <= now_us
    query = (
        select(
            found.line,
            times(and_(found.caller != "", not_(repeated), over)).label("resolved"),
            times(and_(found.caller != "", not_(repeated), not_(over))).label("undecided"),
            times(found.caller == "").label("withheld"),
            *(times(and_(repeated, again_us <= hours * HOUR_US)).label(f"within_{hours}") for hours in AFTER_HOURS),
        )
        .where(found.arrived_us < period.until_us, _was_answered(found))
        .group_by(found.line)
    )
    return repeat_report(_line(row) for row in connection.execute(query).all())


def _next_calls(asked: Asked, period: Period, window_us: int, now_us: int) -> Any:
    """The calls of the days and after them, each with the arrival of the next one of its number to its line."""
    whose, order = (_call.line, _call.caller), (_call.arrived_us, _call.node, _call.uniqueid)
    next_us = func.lead(_call.arrived_us).over(partition_by=whose, order_by=order).label("next_us")
    ended_us = func.coalesce(_call.ended_us, now_us).label("ended_us")
    until_us = period.until_us + window_us + LONGEST_CALL_US
    query = select(_call.node, _call.uniqueid, _call.line, _call.caller, _call.arrived_us, ended_us, next_us).where(
        _call.arrived_us >= period.since_us, _call.arrived_us < until_us, ~_call.internal
    )
    return (query.where(_call.line.in_(asked.lines)) if asked.lines else query).subquery()


def _was_answered(call: Any) -> ColumnElement[bool]:
    return exists().where(_entry.node == call.node, _entry.call == call.uniqueid, _entry.answered_us.is_not(None))


def _line(row: Any) -> LineRepeats:
    """How many were repeated within each number of hours, as how many between two of them."""
    within = [0, *(getattr(row, f"within_{hours}") for hours in AFTER_HOURS)]
    repeated = tuple(until - since for since, until in pairwise(within))
    return LineRepeats(row.line, row.resolved, repeated, row.undecided, row.withheld)
