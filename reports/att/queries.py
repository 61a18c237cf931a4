"""The monthly report for the ATT out of the records. Reads only."""

from sqlalchemy import Connection, func, select

from callcenter.centre.model import Centre
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.level.editions import read_editions
from callcenter.level.formulas import Period
from callcenter.level.rollup import counted_live
from callcenter.level.sums import Sums
from callcenter.level.upkeep import threshold_of
from callcenter.records.calls import interruptions
from callcenter.records.ledger import anomalies
from reports.att.counting import RecordedMonth, att_report
from reports.att.figures import AttReport, Gap
from reports.att.stretches import month_parts
from reports.periods.month import Month


async def read_att_report(database: Database, centre: Centre, month: Month) -> AttReport:
    """The report of a month. Raises LookupError when no rule was in force then, and DatabaseProblem."""
    return await database.long_read(lambda there: att_report_in(there, centre, month), limit_seconds=REPORT_SECONDS)


def att_report_in(connection: Connection, centre: Centre, month: Month) -> AttReport:
    """The same in one view of the database. Raises LookupError."""
    editions, period = read_editions(connection, centre), Period(*month.span_us(centre.zone))
    parts = month_parts(centre, month, editions.since_us)
    of_half_hours = threshold_of(centre)
    live = counted_live(connection, period, of_half_hours)
    sums = Sums(connection, parts.stretches, live)
    recorded = RecordedMonth(
        *(sums.entries_by_day(), sums.entries_by_hour(), sums.reentries(), sums.calls(), sums.callbacks()),
        *(_gaps(connection, period), _anomalies(connection, period)),
    )
    return att_report(month, parts, editions, recorded)


def _gaps(connection: Connection, period: Period) -> tuple[Gap, ...]:
    table = interruptions.c
    query = select(table.last_sign_us, table.restarted_us, table.interrupted_entries, table.announced).where(
        table.restarted_us >= period.since_us, table.restarted_us < period.until_us
    )
    return tuple(Gap(*row) for row in connection.execute(query.order_by(table.restarted_us, table.node)))


def _anomalies(connection: Connection, period: Period) -> tuple[tuple[str, int], ...]:
    table = anomalies.c
    query = select(table.kind, func.count().label("times")).where(
        table.at_us >= period.since_us, table.at_us < period.until_us
    )
    return tuple((row.kind, row.times) for row in connection.execute(query.group_by(table.kind).order_by(table.kind)))
