"""The ATT month of a large centre: the page, the files, and what keeping the counts costs, on both kinds of database.

The page beside a scan of the same month, which is what it would be without the counts by half-hours; and the same page
with months of history before it, beside that without. Files with every call as they are made in operation, in a
process of their own: what it takes of a processor, beside the time by the clock, and of memory.
"""

import resource
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import psutil
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
from reports.export.order import ExportForm, ExportOrder, KindOrder
from reports.export.progress import ExportProgress
from reports.export.running import COMMAND, run_export
from reports.kinds.days import last_of_month
from reports.kinds.request import ReportRequest
from reports.periods.month import Month
from reports.render.files import WRITERS
from troncal.bench.figures import Beside, Figure, Target, median
from troncal.bench.large import counted
from troncal.bench.large_records import LargeRecords, fill
from troncal.bench.postgresql import databases

ENTRIES, QUICK_ENTRIES = 1_000_000, 30_000
HISTORY_MONTHS = 10
HISTORY_SHARE = 10
"""A month of the measurement with history has so many times fewer entries: its cost is that of the half-hours."""
MONTH, TIMES = Month(2026, 10), 7
_PAGE = Target(50, "ms")
_BOUNDS = {"pdf": 5.0, "xlsx": 5.0, "csv": 5.0}
_BOUNDS_WITH_CALLS = {ExportForm.CSV: 15.0, ExportForm.XLSX: 60.0}
_MEMORY = Target(300, "MB")


async def measure(*, quick: bool) -> list[Figure]:
    """Milliseconds and seconds, on databases that were freshly filled and then analysed."""
    entries, figures = QUICK_ENTRIES if quick else ENTRIES, list[Figure]()
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder, databases(3) as servers:
        kinds = {"SQLite": [f"sqlite:///{Path(folder) / f'{number}.sqlite'}" for number in range(3)]}
        if servers:
            kinds["PostgreSQL"] = servers
        for name, (large, month, history) in kinds.items():
            figures += await _large(large, entries, name, Path(folder))
            figures.append(await _with_history(month, history, entries // HISTORY_SHARE, name))
    return figures


async def _large(url: str, entries: int, name: str, folder: Path) -> list[Figure]:
    centre = load(PROJECT / "centre.yaml")
    async with _opened(url) as database:
        await fill(database, LargeRecords(entries, _last_us(centre)))
        began = time.perf_counter()
        await counted(database, centre)
        kept = time.perf_counter() - began
        fresh = await _page(database, centre, f"{entries:,} entries, freshly filled, {name}")
        await refresh_statistics(database)
        return [
            Figure(f"counting {entries:,} entries by half-hours, once, {name}", kept, "s"),
            *(fresh, await _page(database, centre, f"{entries:,} entries, analysed, {name}")),
            *await _summaries(database, centre, folder, name),
            *await _files(database, centre, name),
        ]


async def _with_history(month_url: str, history_url: str, entries: int, name: str) -> Figure:
    """The page of a month that has months of as many entries before it, beside that of a month alone."""
    centre = load(PROJECT / "centre.yaml")
    since_us, until_us = MONTH.span_us(centre.zone)
    taken: list[float] = []
    for url, months in ((month_url, 1), (history_url, 1 + HISTORY_MONTHS)):
        async with _opened(url) as database:
            span_us = months * (until_us - since_us)
            await fill(database, LargeRecords(months * entries, _last_us(centre), span_us))
            await counted(database, centre)
            await refresh_statistics(database)
            page = partial(month_now, centre=centre, month=MONTH)
            taken.append(await _milliseconds(database, page, 3 * TIMES))
    alone, after = taken
    what = f"month page, {entries:,} entries, {HISTORY_MONTHS * entries:,} of months before, {name}"
    return Figure(what, after, "ms", Beside("that without months before", alone), _PAGE)


def _last_us(centre: Centre) -> int:
    return MONTH.span_us(centre.zone)[1] - 3600 * MICROSECONDS


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    await migrations.upgrade(url)
    database = Database(url, answer_seconds=None)
    try:
        yield database
    finally:
        await database.close()


async def _page(database: Database, centre: Centre, what: str) -> Figure:
    """The report of the month, beside a scan of it."""
    period = Period(*MONTH.span_us(centre.zone))
    threshold_us = centre.rule_on(MONTH.first_day).threshold_seconds * MICROSECONDS
    page = await _milliseconds(database, partial(month_now, centre=centre, month=MONTH))
    scan = await _milliseconds(database, lambda there: entry_counts(there, period, threshold_us), times=1)
    return Figure(f"month page, {what}", page, "ms", Beside("a scan of the entries", scan), _PAGE)


async def _milliseconds(database: Database, work: Callable[[Connection], object], times: int = TIMES) -> float:
    taken: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        await database.long_read(work, limit_seconds=REPORT_SECONDS)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


async def _summaries(database: Database, centre: Centre, folder: Path, name: str) -> list[Figure]:
    made = as_datetime(MONTH.span_us(centre.zone)[1], centre.zone)

    def written(connection: Connection, form: str) -> float:
        began = time.perf_counter()
        document = document_of(month_now(connection, centre, MONTH), centre, made)
        with (folder / f"month.{form}").open("wb") as out:
            WRITERS[f".{form}"](document, out)
        return time.perf_counter() - began

    figures: list[Figure] = []
    for form, bound in _BOUNDS.items():
        seconds = await database.long_read(partial(written, form=form), limit_seconds=REPORT_SECONDS)
        figures.append(Figure(f"month as {form}, summary, {name}", seconds, "s", target=Target(bound, "s")))
    return figures


async def _files(database: Database, centre: Centre, name: str) -> list[Figure]:
    figures: list[Figure] = []
    for form, bound in _BOUNDS_WITH_CALLS.items():
        heard = _Megabytes()
        began, processor = time.perf_counter(), _processor_of_children()
        with tempfile.TemporaryFile() as out:
            await run_export(_order(database, centre, form, out.fileno()), heard)
        by_the_clock, what = time.perf_counter() - began, f"month as {form.value}, every call, {name}"
        processor, clock = _processor_of_children() - processor, Beside("the clock", by_the_clock)
        figures.append(Figure(f"{what}, processor", processor, "s", clock, Target(bound, "s")))
        figures.append(Figure(f"{what}, memory", heard.most, "MB", target=_MEMORY))
    return figures


def _order(database: Database, centre: Centre, form: ExportForm, file: int) -> ExportOrder:
    days = ReportRequest(first_day=MONTH.first_day, last_day=last_of_month(MONTH.first_day))
    return ExportOrder(database.address, KindOrder("att", days), form, centre, MONTH.span_us(centre.zone)[1], file)


def _processor_of_children() -> float:
    """Seconds, of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Megabytes:
    """Looks each time that the process says how far it is how much memory it has."""

    def __init__(self) -> None:
        self.most = 0.0

    def __call__(self, _progress: ExportProgress) -> None:
        for child in psutil.Process().children():
            with suppress(psutil.Error):
                if tuple(child.cmdline()) == COMMAND:
                    self.most = max(self.most, child.memory_info().rss / 1e6)
