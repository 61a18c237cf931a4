"""Recordings out of the records, and who listened out of the audit log. Reads only."""

from collections import Counter
from dataclasses import replace

from sqlalchemy import Connection, and_, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from callcenter.audit import AuditAction
from callcenter.instants import as_us
from callcenter.level.formulas import Period
from callcenter.records.recordings import recordings
from callcenter.records.users import audit_log
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import times, total_us
from reports.recordings.figures import RecordingCounts, RecordingsReport, recordings_report

_recording = recordings.c
_AT_ONCE = 500
_Key = tuple[str, str]


def read_recordings(connection: Connection, asked: Asked, scene: Scene) -> RecordingsReport:
    """The recordings that began on these days, and how often anybody has listened to them up to now."""
    of_days = _of_days(asked, asked.period(scene.zone))
    there = and_(_recording.deleted_us.is_(None), _recording.bytes > 0)
    query = (
        select(
            _recording.queue,
            times(there).label("kept"),
            times(_recording.deleted_us.is_not(None)).label("deleted"),
            times(and_(_recording.deleted_us.is_(None), _recording.bytes == 0)).label("empty"),
            times(and_(_recording.deleted_us.is_(None), _recording.bytes.is_(None))).label("open"),
            total_us(case((there, _recording.bytes), else_=0)).label("size"),
        )
        .where(*of_days)
        .group_by(_recording.queue)
    )
    rows = connection.execute(query).all()
    found = {row.queue: RecordingCounts(row.kept, row.deleted, row.empty, row.open, row.size) for row in rows}
    played = _played(connection, asked.period(scene.zone).since_us, as_us(scene.made))
    plays, heard = _by_queue(connection, of_days, played)
    return recordings_report(
        {queue: replace(each, played=plays[queue], heard=heard[queue]) for queue, each in found.items()}
    )


def _of_days(asked: Asked, period: Period) -> list[ColumnElement[bool]]:
    found = [_recording.started_us >= period.since_us, _recording.started_us < period.until_us]
    return [*found, _recording.queue.in_(asked.queues)] if asked.queues else found


def _played(connection: Connection, since_us: int, now_us: int) -> Counter[_Key]:
    """How often each call's recording was begun: nobody listens before it was made."""
    query = select(audit_log.c.details).where(
        audit_log.c.when_us >= since_us,
        audit_log.c.when_us <= now_us,
        audit_log.c.what == AuditAction.RECORDING_PLAYED.value,
    )
    keys = ((each.get("node"), each.get("uniqueid")) for each in connection.execute(query).scalars())
    return Counter((node, uniqueid) for node, uniqueid in keys if node and uniqueid)


def _by_queue(
    connection: Connection, of_days: list[ColumnElement[bool]], played: Counter[_Key]
) -> tuple[Counter[str], Counter[str]]:
    """How often, and how many different ones; a call that was recorded in two queues counts in its first."""
    plays, heard = Counter[str](), Counter[str]()
    uniqueids = sorted({uniqueid for _, uniqueid in played})
    for start in range(0, len(uniqueids), _AT_ONCE):
        query = (
            select(_recording.node, _recording.uniqueid, func.min(_recording.queue).label("queue"))
            .where(*of_days, _recording.uniqueid.in_(uniqueids[start : start + _AT_ONCE]))
            .group_by(_recording.node, _recording.uniqueid)
        )
        for row in connection.execute(query).all():
            times_played = played[row.node, row.uniqueid]
            plays[row.queue] += times_played
            heard[row.queue] += bool(times_played)
    return plays, heard
