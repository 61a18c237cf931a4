"""Rows of the queue log into the records: how many a second, and how soon after they are written."""

import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import uvloop

import migrations
from ami_bridge.feeds import table as ledger_table
from ami_bridge.ledger.changes import Changes
from callcenter.calls import QueueEntry
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from troncal.bench import postgresql
from troncal.bench.figures import Beside, Figure, Target, median, percentile
from troncal.bench.queue_log import INSERT, QueueLog, rows
from troncal.bench.row_rates import BEGAN_US, ROWS_A_COMMIT, RowRates, fold_rate, record_rates, tail_of
from troncal.bench.worker import Control, Worker

ROWS_A_SECOND = 50
LIMIT_SECONDS, REST_SECONDS = 120.0, 5.0
SEEN_SHARE = 0.9
FOLDED, COMMITTED_WITHIN = Target(60_000, "rows/s", at_least=True), Target(50, "ms")


@dataclass(frozen=True, slots=True)
class DelaysSeen:
    """What the bridge's side saw: milliseconds from each row to its commit, and its processor's share."""

    delays: list[float]
    processor_share: float


async def measure(*, quick: bool) -> list[Figure]:
    """Figures of the fold alone, of the saturated rate on each database, and of the delay at a steady rate."""
    commits = 4 if quick else 12
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder:
        return [
            await _fold(commits),
            *await _into_records(Path(folder), commits),
            *await _delays(Path(folder) / "delay", 5 if quick else 15),
        ]


# -- the rates -------------------------------------------------------------------------------------------


async def _fold(commits: int) -> Figure:
    async with Worker(fold_rate, commits) as folding:
        rate = await folding.result(LIMIT_SECONDS)
    return Figure("queue-log rows folded by one core, without a database", rate, "rows/s", target=FOLDED)


async def _into_records(folder: Path, commits: int) -> list[Figure]:
    sqlite = [f"sqlite:///{folder / name}" for name in ("records.sqlite", "bound.sqlite")]
    rates = {"SQLite": await _rates(folder / "sqlite", sqlite, commits)}
    plain = commits * ROWS_A_COMMIT / _executemany(folder / "plain.sqlite", commits)
    with postgresql.databases(2) as urls:
        if urls:
            rates["PostgreSQL"] = await _rates(folder / "postgresql", urls, commits)
    figures = [_recorded(name, each) for name, each in rates.items()]
    beside = Beside("executemany of the same rows", plain)
    return [Figure(figures[0].what, figures[0].value, "rows/s", beside), *figures]


async def _rates(folder: Path, empty: list[str], commits: int) -> RowRates:
    """Of two empty databases."""
    url, bound_url = empty
    async with Worker(record_rates, folder, url, bound_url, commits) as recording:
        return await recording.result(LIMIT_SECONDS)


def _recorded(database: str, rates: RowRates) -> Figure:
    what = f"queue-log rows into the records, {database}, {ROWS_A_COMMIT:,} a commit"
    return Figure(what, rates.recorded, "rows/s", Beside("the same statements alone", rates.bound))


def _executemany(path: Path, commits: int) -> float:
    """Seconds to insert the rows as they are."""
    ledger_table.create(path)
    source = rows()
    batches = [[row.columns(BEGAN_US) for row in islice(source, ROWS_A_COMMIT)] for _ in range(commits)]
    with closing(sqlite3.connect(path)) as connection:
        began = time.perf_counter()
        for batch in batches:
            with connection:
                connection.executemany(INSERT, batch)
        return time.perf_counter() - began


# -- the delay -------------------------------------------------------------------------------------------


async def _delays(folder: Path, seconds: int) -> list[Figure]:
    async with Worker(record, folder, seconds * ROWS_A_SECOND) as recorder:
        await recorder.word(LIMIT_SECONDS)
        async with Worker(write_rows, folder, seconds * ROWS_A_SECOND) as writer:
            await writer.result(LIMIT_SECONDS)
        recorder.send("all is written")
        followed = await recorder.result(LIMIT_SECONDS)
    what = f"queue-log row written to committed, {ROWS_A_SECOND} rows/s"
    return [
        Figure(f"{what}, median", median(followed.delays), "ms", target=COMMITTED_WITHIN),
        Figure(f"{what}, p99", percentile(followed.delays, 0.99), "ms", target=COMMITTED_WITHIN),
        Figure(f"processor that records {ROWS_A_SECOND} rows/s", 100 * followed.processor_share, "%"),
    ]


def write_rows(_control: Control, folder: Path, count: int) -> None:
    """As Asterisk does: each row with a commit of its own, then its line."""
    log, began = QueueLog(folder), time.perf_counter()
    for index, row in enumerate(islice(rows(), count)):
        time.sleep(max(0.0, index / ROWS_A_SECOND - (time.perf_counter() - began)))
        log.write([(row, now_us())])


def record(control: Control, folder: Path, count: int) -> DelaysSeen:
    """The tail as the bridge runs it; milliseconds from each row's instant until it is committed."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_record(control, folder, count))


async def _record(control: Control, folder: Path, count: int) -> DelaysSeen:
    log, url = QueueLog(folder), f"sqlite:///{folder / 'records.sqlite'}"
    await migrations.upgrade(url)
    database, seen = Database(url), _Seen(count)
    running = asyncio.create_task((await tail_of(database, log, seen.note)).run())
    control.say("following")
    began, processor = time.perf_counter(), time.process_time()
    try:
        await control.receive()
        share = (time.process_time() - processor) / (time.perf_counter() - began)
        async with asyncio.timeout(REST_SECONDS):
            await seen.enough.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await database.close()
    return DelaysSeen(seen.delays, share)


class _Seen:
    """How late each row shows in the changes that were committed.

    Rows that change nothing (the release after the end) are not seen there, so they are not waited for.
    """

    def __init__(self, count: int) -> None:
        self.delays: list[float] = []
        self.enough = asyncio.Event()
        self._wanted = sum(row.fields[3] != "RELEASED" for row in islice(rows(), count))

    def note(self, changes: Changes) -> None:
        """These were committed now."""
        now = now_us()
        self.delays.extend((now - at) / 1000 for entry in changes.entries for at in [_latest_us(entry)] if at)
        if len(self.delays) >= self._wanted * SEEN_SHARE:  # two rows of one call in one commit show as one change
            self.enough.set()


def _latest_us(entry: QueueEntry) -> int | None:
    """The instant of the row that changed the entry: the latest in it."""
    moments = [entry.joined, entry.answered, entry.ended, *(offer.offered for offer in entry.offers)]
    return max((moment.latest_us for moment in moments if moment is not None), default=None)
