"""Lost callers out of the records, with what was done for them. Reads only; rows pass by."""

from typing import Any

from sqlalchemy import Connection, select

from callcenter.calls import Outcome
from callcenter.instants import MICROSECONDS
from callcenter.recalls.conditions import OF_MARK, has_a_callback, served_later
from callcenter.recalls.rules import REACH_BACK_SECONDS, RECALLED_OUTCOMES, RecallState
from callcenter.records.calls import queue_entries
from callcenter.records.contacts import recall_list
from reports.kinds.asked import Asked, Scene
from reports.reading.entries import WAIT_US, chosen
from reports.recall.figures import LostCall, RecallReport, recall_report

_AT_ONCE = 2000
_entry, _mark = queue_entries.c, recall_list.c


def read_recall(connection: Connection, asked: Asked, scene: Scene) -> RecallReport:
    """Those lost on the days that were asked for; who called again is looked for as long as the list holds a caller."""
    period = asked.period(scene.zone)
    until_us = period.until_us + REACH_BACK_SECONDS * MICROSECONDS
    query = (
        select(
            *(_entry.entered_us, _entry.queue, _entry.caller, _entry.outcome, WAIT_US.label("wait_us")),
            *(_mark.state, _mark.owner, _mark.note, _mark.changed_us),
            has_a_callback(period.since_us, until_us).label("has_callback"),
            served_later(period.since_us, until_us).label("served_later"),
        )
        .outerjoin(recall_list, OF_MARK)
        .where(chosen(asked, period), _entry.outcome.in_([each.value for each in RECALLED_OUTCOMES]))
        .where(_entry.answered_us.is_(None))
        .order_by(_entry.entered_us, _entry.queue, _entry.caller)
    )
    rows = connection.execute(query.execution_options(yield_per=_AT_ONCE))
    return recall_report(map(_lost, rows))


def _lost(row: Any) -> LostCall:
    return LostCall(
        *(row.entered_us, row.queue, row.caller, Outcome(row.outcome), row.wait_us),
        *(RecallState(row.state) if row.state else RecallState.OPEN, row.owner or "", row.note or ""),
        *(row.changed_us, bool(row.has_callback), bool(row.served_later)),
    )
