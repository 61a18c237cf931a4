"""Unanswered calls out of the records, in one pass. Reads only."""

from sqlalchemy import Connection, case, func, or_, select

from callcenter.calls import Outcome
from callcenter.records.calls import queue_entries
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import WAIT_US, chosen, total_us
from reports.unanswered.figures import UnansweredCount, UnansweredReport, unanswered_report

_entry = queue_entries.c


def read_unanswered(connection: Connection, asked: Asked, scene: Scene) -> UnansweredReport:
    """The report of the days that were asked for."""
    answered = _entry.answered_us.is_not(None).label("answered")
    position = case((_entry.answered_us.is_(None), _entry.entered_position)).label("position")
    by = (_entry.queue, _entry.outcome, answered, position)
    query = (
        select(*by, func.count().label("number"), total_us(WAIT_US).label("wait"), func.max(WAIT_US).label("longest"))
        .add_columns(func.count(_entry.left_position).label("left"), func.sum(_entry.left_position).label("left_total"))
        .where(chosen(asked, asked.period(scene.zone)))
        .where(or_(answered, _entry.outcome != Outcome.OPEN.value))
        .group_by(*by)
    )
    rows = connection.execute(query).all()
    number_answered: dict[str, int] = {}
    for row in rows:
        if row.answered:
            number_answered[row.queue] = number_answered.get(row.queue, 0) + row.number
    counts = (
        UnansweredCount(
            *(row.queue, Outcome(row.outcome), row.number, row.wait, row.longest),
            entered_position=row.position,
            left_total=row.left_total or 0,
            left_number=row.left,
        )
        for row in rows
        if not row.answered
    )
    return unanswered_report(counts, number_answered)
