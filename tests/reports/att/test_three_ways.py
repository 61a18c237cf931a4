"""The month's figures, worked out in three ways that have nothing in common but the records."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import select

from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.records.calls import queue_entries
from callcenter.records.ivr import call_steps
from reports.att.making import document_of, month_now
from reports.periods.month import Month
from reports.render.files import write_file
from tests.reports.recorded_month import CENTRE
from troncal.bench.large import counted
from troncal.bench.large_records import LargeRecords, fill

pytestmark = pytest.mark.database
MONTH, ENTRIES = Month(2026, 10), 3000
Figures = dict[str, tuple[int, ...]]
"""Registered, answered, within, abandoned, by line."""


async def by_sql(database: Database) -> Figures:
    whole = (await database.long_read(lambda there: month_now(there, CENTRE, MONTH))).report.whole
    counts = {line.number: line.counts for line in whole.lines if line.counts.registered}
    return {n: (each.registered, each.answered, each.within, each.abandoned) for n, each in counts.items()}


async def by_python(database: Database) -> Figures:
    """Entry by entry, by the words of the rule."""
    found: dict[str, Counter[str]] = {}
    async with database.reading() as connection:
        steps = (await connection.execute(select(call_steps).where(call_steps.c.step == "callback_answered"))).all()
        made_by_us = {row.uniqueid for row in steps}
        for entry in (await connection.execute(select(queue_entries))).all():
            local = as_datetime(entry.entered_us, CENTRE.zone)
            if (local.year, local.month) != (2026, 10) or entry.call in made_by_us:
                continue
            of_line = found.setdefault(entry.queue, Counter())
            of_line["registered"] += 1
            of_line["answered"] += entry.answered_us is not None
            of_line["within"] += entry.answered_us is not None and entry.wait_max_us <= 20 * MICROSECONDS
            of_line["abandoned"] += entry.answered_us is None
    names = ("registered", "answered", "within", "abandoned")
    return {line: tuple(counts[name] for name in names) for line, counts in found.items()}


def the_calls_of(path: Path) -> Path:
    """The last table of the file, in a file of its own."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    only_calls = path.with_name("llamadas.csv")
    only_calls.write_text("\n".join(lines[lines.index("Detalle de llamadas") + 1 :]), encoding="utf-8")
    return only_calls


async def by_duckdb(database: Database, path: Path) -> Figures:
    """Out of the exported file, by another engine."""
    made = as_datetime(MONTH.span_us(CENTRE.zone)[1], CENTRE.zone)
    await database.long_read(
        lambda there: write_file(document_of(month_now(there, CENTRE, MONTH), CENTRE, made, there), path)
    )
    only_calls = the_calls_of(path)
    rows = duckdb.sql(
        """
        SELECT "Cola", count(*), count(*) FILTER (r = 'atendida'), count(*) FILTER (r = 'atendida' AND w <= 20),
            count(*) FILTER (r <> 'atendida')
        FROM (
            SELECT "Cola", "Resultado" AS r, CAST(replace("Espera (s)", ',', '.') AS DECIMAL(12, 6)) AS w
            FROM read_csv($file, delim = ';', header = true, all_varchar = true)
            WHERE "Origen" = 'del público'
        )
        GROUP BY "Cola"
        """,
        params={"file": str(only_calls)},
    ).fetchall()
    return {line: tuple(figures) for line, *figures in rows}


async def test_the_same_figures_come_out_of_all_three(database: Database, tmp_path: Path) -> None:
    month_end = as_datetime(MONTH.span_us(CENTRE.zone)[1], CENTRE.zone)
    assert month_end.date() == date(2026, 11, 1)
    last_us = MONTH.span_us(CENTRE.zone)[1] + int(timedelta(days=2).total_seconds()) * MICROSECONDS
    await fill(database, LargeRecords(ENTRIES, last_us))
    sql = await by_sql(database)
    assert sum(each[0] for each in sql.values()) > ENTRIES // 2
    assert sql == await by_python(database)
    await counted(database, CENTRE)
    assert sql == await by_sql(database)
    assert sql == await by_duckdb(database, tmp_path / "mes.csv")
