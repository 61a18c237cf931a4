"""Each call with its queue entries out of the records. Reads only; rows pass by, one call's at a time."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, and_, case, exists, select
from sqlalchemy.sql.elements import ColumnElement

from callcenter.calls import EndedBy, FinalStage, Outcome
from callcenter.instants import as_us
from callcenter.level.formulas import Period
from callcenter.records.calls import calls, queue_entries
from callcenter.records.recordings import recordings
from reports.call_detail.figures import CallDetail, DetailCall, DetailEntry, RecordingState, call_detail
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import WAIT_US, is_agent, talk_us

_AT_ONCE = 2000
_call, _entry, _recording = calls.c, queue_entries.c, recordings.c
_OF_CALL = and_(_entry.node == _call.node, _entry.call == _call.uniqueid)


def read_call_detail(connection: Connection, asked: Asked, scene: Scene) -> CallDetail:
    """The calls of the public that arrived on the days that were asked for."""
    query = _calls(asked, asked.period(scene.zone), as_us(scene.made))
    rows = connection.execute(query.execution_options(yield_per=_AT_ONCE))
    return call_detail(_put_together(rows), asked.queues)


def _calls(asked: Asked, period: Period, now_us: int) -> Select[Any]:
    """A row an entry, and one for a call without any."""
    talk = case((_entry.answered_us.is_not(None), talk_us(now_us))).label("talk_us")
    query = (
        select(
            *(_call.node, _call.uniqueid, _call.arrived_us, _call.line, _call.caller, _call.final_stage),
            *(_call.ended_us, _has_recording(deleted=False).label("kept"), _has_recording(deleted=True).label("gone")),
            *(_entry.queue, _entry.outcome, _entry.member, WAIT_US.label("wait_us"), talk),
            *(_entry.ended_by, _entry.transferred_to, _entry.entered_position),
        )
        .join_from(calls, queue_entries, _OF_CALL, isouter=True)
        .where(_call.arrived_us >= period.since_us, _call.arrived_us < period.until_us, ~_call.internal)
        .order_by(_call.arrived_us, _call.node, _call.uniqueid, _entry.entered_us, _entry.uniqueid, _entry.queue)
    )
    if asked.lines:
        query = query.where(_call.line.in_(asked.lines))
    return query.where(_was_with(asked.agents)) if asked.agents else query


def _was_with(agents: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether one of these agents answered the call, in whatever queue."""
    other = queue_entries.alias("other")
    return exists().where(other.c.node == _call.node, other.c.call == _call.uniqueid, is_agent(other.c.member, agents))


def _has_recording(*, deleted: bool) -> ColumnElement[bool]:
    of_call = (_recording.uniqueid == _call.uniqueid, _recording.node == _call.node)
    return exists().where(*of_call, _recording.deleted_us.is_not(None) if deleted else _recording.deleted_us.is_(None))


def _put_together(rows: Any) -> Iterator[DetailCall]:
    for _, of_call in groupby(rows, key=lambda row: (row.node, row.uniqueid)):
        found = list(of_call)
        yield DetailCall(
            found[0].arrived_us,
            found[0].line,
            found[0].caller,
            _final_stage(found[0]),
            _recorded(found[0]),
            tuple(_detail_entry(row) for row in found if row.queue is not None),
        )


def _final_stage(row: Any) -> FinalStage:
    """A call that ended without one is from before there were menus: every call was for a queue then."""
    if row.final_stage is None:
        return FinalStage.OPEN if row.ended_us is None else FinalStage.QUEUE
    return FinalStage(row.final_stage)


def _recorded(row: Any) -> RecordingState:
    if row.kept:
        return RecordingState.KEPT
    return RecordingState.DELETED if row.gone else RecordingState.NONE


def _detail_entry(row: Any) -> DetailEntry:
    return DetailEntry(
        row.queue,
        Outcome(row.outcome),
        row.member or "",
        row.wait_us,
        row.talk_us,
        EndedBy(row.ended_by),
        row.transferred_to or "",
        row.entered_position,
    )
