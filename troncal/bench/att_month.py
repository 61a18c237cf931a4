"""The ATT month of a large centre: the page, the files, and what keeping the counts costs, on both kinds of database.

The page beside a scan of the same month, which is what it would be without the counts by half-hours; and the same page
with so many months of history before it.
"""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

import migrations
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.database.statistics import refresh_statistics
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.level.counts import entry_counts
from callcenter.level.formulas import Period
from callcenter.settings import PROJECT
from reports.att.making import document_of, month_now
from reports.periods.month import Month
from reports.render.files import WRITERS
from troncal.bench.figures import Beside, Figure, Target, median
from troncal.bench.large import counted
from troncal.bench.large_records import LargeRecords, fill

ENTRIES, QUICK_ENTRIES = 1_000_000, 30_000
MONTH, TIMES = Month(2026, 10), 7
_BOUNDS = {"pdf": 5.0, "xlsx": 5.0, "csv": 5.0}
_BOUNDS_WITH_CALLS = {"csv": 15.0, "xlsx": 60.0}
T = TypeVar("T")


async def measure(*, quick: bool) -> list[Figure]:
    """Milliseconds and seconds, on a database that was freshly filled and then analysed."""
    centre = load(PROJECT / "centre.yaml")
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'records.sqlite'}"
        await migrations.upgrade(url)
        database = Database(url)
        try:
            return await _measure(database, centre, QUICK_ENTRIES if quick else ENTRIES, Path(folder))
        finally:
            await database.close()


async def _measure(database: Database, centre: Centre, entries: int, folder: Path) -> list[Figure]:
    last_us = MONTH.span_us(centre.zone)[1] - 3600 * MICROSECONDS
    await fill(database, LargeRecords(entries, last_us))
    began = time.perf_counter()
    await counted(database, centre)
    kept = Figure(f"counting {entries:,} entries by half-hours, once", time.perf_counter() - began, "s")
    fresh = await _page(database, centre, f"{entries:,} entries, freshly filled")
    await refresh_statistics(database)
    analysed = await _page(database, centre, f"{entries:,} entries, analysed")
    return [kept, fresh, analysed, *await _files(database, centre, folder)]


async def _page(database: Database, centre: Centre, what: str) -> Figure:
    """The report of the month, beside a scan of it."""
    period = Period(*MONTH.span_us(centre.zone))
    threshold_us = centre.rule_on(MONTH.first_day).threshold_seconds * MICROSECONDS
    page = await _milliseconds(database, partial(month_now, centre=centre, month=MONTH))
    scan = await _milliseconds(database, lambda there: entry_counts(there, period, threshold_us), times=1)
    return Figure(f"month page, {what}", page, "ms", Beside("a scan of the entries", scan), Target(50, "ms"))


async def _milliseconds(database: Database, work: Callable[[Connection], object], times: int = TIMES) -> float:
    taken: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        await database.long_read(work, limit_seconds=REPORT_SECONDS)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


async def _files(database: Database, centre: Centre, folder: Path) -> list[Figure]:
    made = as_datetime(MONTH.span_us(centre.zone)[1], centre.zone)

    def written(connection: Connection, form: str, with_calls: bool) -> float:
        began = time.perf_counter()
        now = month_now(connection, centre, MONTH)
        document = document_of(now, centre, made, connection if with_calls else None)
        with (folder / f"month.{form}").open("wb") as out:
            WRITERS[f".{form}"](document, out)
        return time.perf_counter() - began

    figures: list[Figure] = []
    for title, bounds, with_calls in (("summary", _BOUNDS, False), ("every call", _BOUNDS_WITH_CALLS, True)):
        for form, bound in bounds.items():
            work = partial(written, form=form, with_calls=with_calls)
            seconds = await database.long_read(work, limit_seconds=REPORT_SECONDS)
            figures.append(Figure(f"month as {form}, {title}", seconds, "s", target=Target(bound, "s")))
    return figures
