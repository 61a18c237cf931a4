"""Callbacks out of the records, in one pass. Reads only."""

from sqlalchemy import Connection, func, select

from callcenter.callbacks.rules import CallbackReason, CallbackState
from callcenter.instants import as_us
from callcenter.records.callbacks import callbacks
from reports.callbacks.figures import CallbackCount, CallbacksReport, callbacks_report
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import length_us, total_us

_callback = callbacks.c


def read_callbacks(connection: Connection, asked: Asked, scene: Scene) -> CallbacksReport:
    """Of the callbacks that were asked for on these days, whenever they were returned."""
    period, by = asked.period(scene.zone), (_callback.queue, _callback.reason, _callback.state)
    lasted = length_us(_callback.requested_us, _callback.ended_us, as_us(scene.made))
    query = (
        select(
            *by,
            func.count().label("number"),
            total_us(_callback.tries).label("tries"),
            total_us(lasted).label("lasted"),
            func.max(lasted).label("longest"),
        )
        .where(_callback.requested_us >= period.since_us, _callback.requested_us < period.until_us)
        .group_by(*by)
    )
    if asked.queues:
        query = query.where(_callback.queue.in_(asked.queues))
    if asked.lines:
        query = query.where(_callback.line.in_(asked.lines))
    return callbacks_report(
        CallbackCount(
            *(row.queue, CallbackReason(row.reason), CallbackState(row.state)),
            *(row.number, row.tries, row.lasted, row.longest),
        )
        for row in connection.execute(query).all()
    )
