"""The monthly report for the ATT out of the records. Reads only."""

from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.level.counts import callbacks_by_queue, calls_by_line, counts_by_queue, distinct_calls
from callcenter.level.formulas import Period
from reports.att.figures import AttReport, RecordedMonth, att_report, measured_queues
from reports.periods.month import Month


async def read_att_report(database: Database, centre: Centre, month: Month) -> AttReport:
    """The report of a month. Raises LookupError when no rule was in force then, and DatabaseProblem."""
    rule = centre.rule_on(month.first_day)
    period = Period(*month.span_us(centre.zone))
    async with database.reading() as connection:
        entries = await counts_by_queue(connection, period, rule.threshold_seconds * MICROSECONDS)
        calls = await calls_by_line(connection, period)
        callbacks = await callbacks_by_queue(connection, period)
        measured, everything = await distinct_calls(connection, period, measured_queues(centre, rule))
    return att_report(centre, month, rule, RecordedMonth(entries, calls, callbacks, measured, everything))
