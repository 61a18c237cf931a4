"""Dispositions out of the records, in one pass over the answered entries of the days. Reads only."""

from sqlalchemy import Connection, and_, func, select

from callcenter.records.calls import queue_entries
from callcenter.records.contacts import contact_notes
from reports.dispositions.figures import DispositionCount, DispositionsReport, dispositions_report
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import chosen

_entry, _note = queue_entries.c, contact_notes.c
_OF_ENTRY = and_(
    _note.uniqueid == _entry.uniqueid,
    _note.member == _entry.member,
    _note.node == _entry.node,
    _note.queue == _entry.queue,
)


def read_dispositions(connection: Connection, asked: Asked, scene: Scene) -> DispositionsReport:
    """Of the calls that entered a queue on these days and were answered."""
    code = func.coalesce(_note.disposition, "").label("code")
    query = (
        select(_entry.queue, _entry.member, code, func.count().label("number"))
        .join_from(queue_entries, contact_notes, _OF_ENTRY, isouter=True)
        .where(chosen(asked, asked.period(scene.zone)), _entry.answered_us.is_not(None))
        .group_by(_entry.queue, _entry.member, code)
    )
    rows = connection.execute(query).all()
    return dispositions_report(DispositionCount(row.queue, row.member or "", row.code, row.number) for row in rows)
