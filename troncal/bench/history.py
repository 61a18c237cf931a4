"""The history of an old system into the records: lines a second, and how long a centre that works waits beside it.

Each stage is measured by itself: reading the file, folding it without a database, and the whole import on each
database, beside plain inserts of the same rows of the records into empty tables.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

import migrations
from ami_bridge.history.folding import TABLES, HistoryFold
from ami_bridge.history.importing import HistoryImport, rare_collection
from ami_bridge.history.lines import HistoryNames, day_of
from ami_bridge.history.spool import Spool, opened_spool
from ami_bridge.history.survey import survey
from callcenter.database.transactions import Database, put
from callcenter.records.calls import interruptions
from troncal.bench import postgresql
from troncal.bench.figures import Beside, Figure, Target, percentile
from troncal.bench.history_log import lines
from troncal.bench.worker import Control, Worker

LINES, QUICK_LINES, MANY_LINES = 200_000, 40_000, 5_000_000
NODE, BRIDGE, ZONE = "historia", "central", ZoneInfo("America/La_Paz")
ROWS_A_TRANSACTION = 20_000
COMMIT_EVERY_SECONDS = 0.05
LIMIT_SECONDS = 3600.0
IMPORTED, WAITS = Target(50_000, "lines/s", at_least=True), Target(100, "ms")


@dataclass(frozen=True, slots=True)
class Imported:
    """Seconds of each stage, and how long somebody else's commits took meanwhile, milliseconds."""

    read: float
    compared: float
    recorded: float
    plain: float
    waits: list[float]


async def measure(*, quick: bool) -> list[Figure]:
    """Figures of a small history."""
    return await _measure(QUICK_LINES if quick else LINES)


async def measure_many(*, quick: bool) -> list[Figure]:
    """The same of years; TRONCAL_BENCH_LINES: of so many lines."""
    return await _measure(LINES if quick else int(os.environ.get("TRONCAL_BENCH_LINES", MANY_LINES)))


async def _measure(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder:
        log = Path(folder) / "queue_log"
        with log.open("w", encoding="ascii") as stream:
            stream.writelines(f"{line}\n" for line in islice(lines(), count))
        part = Path(folder) / "part"
        with part.open("w", encoding="ascii") as stream:
            stream.writelines(f"{line}\n" for line in islice(lines(), min(count, LINES)))
        async with Worker(fold_rate, part) as folding:
            rate = await folding.result(LIMIT_SECONDS)
        figures = [Figure("lines of history folded by one core, without a database", rate, "lines/s")]
        sqlite = [f"sqlite:///{Path(folder) / name}" for name in ("records.sqlite", "plain.sqlite")]
        figures += await _into("SQLite", sqlite, log, count)
        with postgresql.databases(2) as urls:
            if urls:
                figures += await _into("PostgreSQL", urls, log, count)
        return figures


async def _into(database: str, urls: list[str], log: Path, count: int) -> list[Figure]:
    # Not in a worker: the import has a process of its own for the database.
    with rare_collection():
        took = await _imported(log, *urls)
    whole = took.read + took.compared + took.recorded
    beside = Beside("plain inserts of the same rows of the records", count / took.plain)
    return [
        Figure(f"history read and put by days, {count:,} lines, {database}", count / took.read, "lines/s"),
        Figure(f"history of {count:,} lines recorded, {database}", count / took.recorded, "lines/s", beside),
        Figure(f"history of {count:,} lines imported, {database}", count / whole, "lines/s", beside, IMPORTED),
        Figure(f"commits of others meanwhile, p99, {database}", percentile(took.waits, 0.99), "ms", target=WAITS),
        Figure(f"commits of others meanwhile, longest, {database}", max(took.waits), "ms", target=WAITS),
    ]


def fold_rate(_control: Control, log: Path) -> float:
    """Lines that one core makes rows of the records of, a second."""
    with rare_collection(), opened_spool() as spool:
        survey([log], ZONE, spool, lambda _rows: None, lambda _path, _row: None)
        fold, count, began = HistoryFold(NODE, HistoryNames()), 0, time.process_time()
        for day in spool.days():
            (found,) = spool.copies(day)
            count += len(found)
            fold.begin(day)
            fold.fold(fold.rows(found))
            fold.drain(day_of(found[-1]))
        return count / (time.process_time() - began)


async def _imported(log: Path, url: str, plain_url: str) -> Imported:
    """Into an empty database, and the rows of it into another one."""
    for each in (url, plain_url):
        await migrations.upgrade(each)
    database, plain = Database(url), Database(plain_url)
    try:
        with opened_spool() as spool:
            began = time.perf_counter()
            found = survey([log], ZONE, spool, lambda _rows: None, lambda _path, _row: None)
            read = time.perf_counter() - began
            compared, recorded, waits = await _recorded(database, spool)
        if not found.rows:
            raise RuntimeError("nothing was imported")
        return Imported(read, compared, recorded, await _copied(database, plain), waits)
    finally:
        await database.close()
        await plain.close()


async def _recorded(database: Database, spool: Spool) -> tuple[float, float, list[float]]:
    history, began = HistoryImport(database, NODE), time.perf_counter()
    await history.begin(HistoryNames())
    compared = await history.compare(spool, lambda _done, _of: None)
    then = time.perf_counter()
    async with Worker(commit_beside, database.address) as beside:
        await beside.word(LIMIT_SECONDS)
        started = time.perf_counter()
        await history.carry_out(spool, compared, lambda _done, _of: None, aside=True)
        took = time.perf_counter() - started
        beside.send("all is imported")
        waits = await beside.result(LIMIT_SECONDS)
    return then - began, took, waits


def commit_beside(control: Control, url: str) -> list[float]:
    """Commits as a bridge does, as long as nothing is said; how long each took, milliseconds."""
    return asyncio.run(_commit_beside(control, url))


async def _commit_beside(control: Control, url: str) -> list[float]:
    database, waits, ends = Database(url), list[float](), asyncio.ensure_future(control.receive())
    control.say("committing")
    try:
        while not ends.done():
            row = {"node": BRIDGE, "restarted_us": len(waits), "interrupted_entries": 0, "announced": False}
            began = time.perf_counter()
            await database.write(lambda connection, row=row: put(connection, interruptions, [row]))  # type: ignore[misc]
            waits.append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(COMMIT_EVERY_SECONDS)
    finally:
        await database.close()
    return waits


async def _copied(database: Database, plain: Database) -> float:
    """Seconds of the inserts alone; to read what is inserted is not part of it."""
    seconds = 0.0
    for table in TABLES:
        async with database.reading() as connection:
            result = await connection.stream(select(table).where(table.c.node == NODE))
            async for some in result.mappings().partitions(ROWS_A_TRANSACTION):
                rows: list[dict[str, Any]] = [dict(row) for row in some]
                seconds += await _timed(plain.write(lambda there, t=table, r=rows: there.execute(insert(t), r)))  # type: ignore[misc]
    return seconds


async def _timed(work: Coroutine[Any, Any, object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began
