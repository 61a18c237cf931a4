"""The detail of every call of a month, for the spreadsheet. Read when it is written, however many they are."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, func, select

from callcenter.calls import Outcome
from callcenter.centre.model import Centre
from callcenter.instants import as_datetime
from callcenter.level.counts import origin
from callcenter.level.entries import entered_in
from callcenter.level.formulas import Period
from callcenter.level.summed import CallOrigin
from callcenter.records.calls import queue_entries
from reports.att.words import ORIGINS, OUTCOMES
from reports.periods.month import Month
from reports.render.document import Column, LongTable, Row, ValueKind

_IN_PIECES = 5000
COLUMNS = (
    *(Column("Entró", ValueKind.MOMENT), Column("Línea"), Column("Cola"), Column("Número"), Column("Resultado")),
    *(Column("Origen"), Column("Espera", ValueKind.SECONDS), Column("Conversación", ValueKind.DURATION)),
    Column("Agente"),
)


def every_call(connection: Connection, centre: Centre, month: Month) -> LongTable:
    """Every entry of a queue in the month, the earliest first."""
    period = Period(*month.span_us(centre.zone))
    length = connection.scalar(select(func.count()).select_from(queue_entries).where(entered_in(period))) or 0
    return LongTable("Detalle de llamadas", COLUMNS, lambda: _rows(connection, centre, period), length)


def _rows(connection: Connection, centre: Centre, period: Period) -> Iterator[Row]:
    entry, zone = queue_entries.c, centre.zone
    outcomes = {outcome.value: OUTCOMES[outcome] for outcome in Outcome}
    origins = {each.value: ORIGINS[each] for each in CallOrigin}
    query = (
        select(
            *(entry.entered_us, entry.line, entry.queue, entry.caller, entry.outcome, origin(period)),
            *(entry.wait_max_us, entry.answered_us, entry.ended_us, entry.member),
        )
        .where(entered_in(period))
        .order_by(entry.entered_us, entry.node, entry.uniqueid, entry.queue, entry.ordinal)
        .execution_options(yield_per=_IN_PIECES)
    )
    for at, line, queue, caller, outcome, whose, wait, answered, ended, member in connection.execute(query):
        talked = None if answered is None or ended is None else timedelta(microseconds=max(0, ended - answered))
        yield (
            *(as_datetime(at, zone), line, queue, caller, outcomes[outcome], origins[whose]),
            *(timedelta(microseconds=wait), talked, member or ""),
        )
