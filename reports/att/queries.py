"""The monthly report for the ATT out of the records. Reads only."""

from sqlalchemy import Connection

from callcenter.centre.model import Centre
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import MICROSECONDS
from callcenter.level.counts import callbacks_by_queue, calls_by_line, counts_by_queue, distinct_calls
from callcenter.level.formulas import Period
from reports.att.figures import AttReport, RecordedMonth, att_report, measured_queues
from reports.periods.month import Month


async def read_att_report(database: Database, centre: Centre, month: Month) -> AttReport:
    """The report of a month. Raises LookupError when no rule was in force then, and DatabaseProblem."""
    rule = centre.rule_on(month.first_day)
    period = Period(*month.span_us(centre.zone))
    threshold_us, measured = rule.threshold_seconds * MICROSECONDS, measured_queues(centre, rule)

    def recorded(connection: Connection) -> RecordedMonth:
        return RecordedMonth(
            counts_by_queue(connection, period, threshold_us),
            calls_by_line(connection, period),
            callbacks_by_queue(connection, period),
            *distinct_calls(connection, period, measured),
        )

    return att_report(centre, month, rule, await database.long_read(recorded, limit_seconds=REPORT_SECONDS))
