"""Waits out of the records, in one pass: the borders are compared by the database, in whole microseconds."""

from sqlalchemy import Connection, and_, case, func, or_, select

from callcenter.calls import Outcome
from callcenter.instants import MICROSECONDS
from callcenter.level.entries import are_refused
from callcenter.records.calls import queue_entries
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import WAIT_US, chosen
from reports.waits.figures import BORDERS_SECONDS, WaitCount, WaitsReport, waits_report

_entry = queue_entries.c


def read_waits(connection: Connection, asked: Asked, scene: Scene) -> WaitsReport:
    """The report of the days that were asked for: waits that are over."""
    answered = _entry.answered_us.is_not(None).label("answered")
    up_to = [(border * MICROSECONDS >= WAIT_US, place) for place, border in enumerate(BORDERS_SECONDS)]
    place = case(*up_to, else_=len(BORDERS_SECONDS)).label("bin")
    is_over = or_(answered, and_(_entry.outcome != Outcome.OPEN.value, ~are_refused()))
    query = (
        select(_entry.queue, answered, place, func.count().label("number"))
        .where(chosen(asked, asked.period(scene.zone)), is_over)
        .group_by(_entry.queue, answered, place)
    )
    rows = connection.execute(query).all()
    return waits_report(WaitCount(row.queue, bool(row.answered), row.bin, row.number) for row in rows)
