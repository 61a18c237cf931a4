"""The report on the menus out of the records: counts of callers' steps. Reads only."""

from typing import Any

from sqlalchemy import Connection, Select, and_, func, select
from sqlalchemy.sql.elements import ColumnElement

from callcenter.calls import LONGEST_CALL_US, FinalStage, StepKind
from callcenter.centre.model import Centre
from callcenter.level.counts import calls_by_line
from callcenter.level.formulas import Period
from callcenter.records.calls import calls
from callcenter.records.ivr import call_steps
from reports.ivr_paths.figures import IvrReport, StepCount, ivr_report
from reports.kinds.asked import Asked

_IN_MENUS = [StepKind.START.value, StepKind.KEY.value, StepKind.GOAL.value]
_OF_CALL = and_(call_steps.c.node == calls.c.node, call_steps.c.uniqueid == calls.c.uniqueid)


def ivr_report_in(connection: Connection, centre: Centre, asked: Asked) -> IvrReport:
    """What callers from outside to the lines that were asked for did in the menus in those days."""
    period = asked.period(centre.zone)
    calls_of_lines = calls_by_line(connection, period)
    steps, last_steps = _steps_by_line(connection, period), _last_steps_of_hung_up(connection, period)
    return ivr_report(centre, asked.first_day, calls_of_lines.items(), steps, last_steps, asked.lines)


def _arrived_in(period: Period) -> ColumnElement[bool]:
    return and_(calls.c.arrived_us >= period.since_us, calls.c.arrived_us < period.until_us, ~calls.c.internal)


def _steps_by_line(connection: Connection, period: Period) -> list[StepCount]:
    """What callers who arrived in the period did in the menus: beginnings, keys, ends of self-services."""
    step = call_steps.c
    query = (
        select(calls.c.line, step.step, step.detail, func.count().label("times"))
        .join_from(calls, call_steps, _OF_CALL)
        .where(_arrived_in(period), step.step.in_(_IN_MENUS))
        .where(step.at_us >= period.since_us, step.at_us < period.until_us + LONGEST_CALL_US)
        .group_by(calls.c.line, step.step, step.detail)
    )
    return _counted(connection.execute(query).all())


def _last_steps_of_hung_up(connection: Connection, period: Period) -> list[StepCount]:
    """The last steps of callers who arrived in the period and hung up before any queue, unserved."""
    step = call_steps.c
    newest_first = step.at_us.desc(), step.step.desc()
    rank = func.row_number().over(partition_by=(calls.c.node, calls.c.uniqueid), order_by=newest_first)
    ranked = (
        select(calls.c.line, step.step, step.detail, rank.label("rank"))
        .join_from(calls, call_steps, _OF_CALL, isouter=True)
        .where(_arrived_in(period), calls.c.final_stage == FinalStage.MENU.value)
        .subquery()
    )
    last: Select[Any] = (
        select(ranked.c.line, ranked.c.step, ranked.c.detail, func.count().label("times"))
        .where(ranked.c.rank == 1)
        .group_by(ranked.c.line, ranked.c.step, ranked.c.detail)
    )
    return _counted(connection.execute(last).all())


def _counted(rows: Any) -> list[StepCount]:
    return [StepCount(row.line, StepKind(row.step) if row.step else None, row.detail or "", row.times) for row in rows]
