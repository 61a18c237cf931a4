"""Rows of the queue log into the records: how many a second, and how soon after they are written."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import uvloop

import migrations
from ami_bridge.feeds import table as ledger_table
from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.fold import Fold
from ami_bridge.records.recorder import resume
from callcenter.calls import QueueEntry
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime
from troncal.bench.figures import Beside, Figure, median, percentile
from troncal.bench.worker import Control, Worker

NODE, ROWS_A_SECOND = "central", 50
ROWS_A_COMMIT = 1_000
LIMIT_SECONDS, REST_SECONDS = 60.0, 5.0
SEEN_SHARE = 0.9
BACK_US = 3600 * MICROSECONDS
_INSERT = (
    "INSERT INTO queue_log (time, callid, queuename, agent, event, data1, data2, data3, data4, data5)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the queue log: callid, queue, agent, verb and data as they stand in both copies."""

    fields: Columns

    def line(self, at_us: int) -> str:
        """As Asterisk's plain file has it."""
        return "|".join((str(at_us // MICROSECONDS), *self.fields)) + "\n"

    def columns(self, at_us: int) -> Columns:
        """As Asterisk's table has it."""
        callid, queue, agent, verb, *data = self.fields
        stamp = as_datetime(at_us).strftime("%Y-%m-%d %H:%M:%S.%f")
        return (stamp, callid, queue, agent, verb, *(data + [""] * 5)[:5])


def rows(calls_at_once: int = 40) -> Iterator[LogRow]:
    """Rows of answered calls without end; so many calls go on at once, each gives one row in turn. Pure."""
    number = 0
    while True:
        ids = range(number, number + calls_at_once)
        for step in range(5):
            for each in ids:
                yield LogRow(_step(each, step))
        number += calls_at_once


def _step(number: int, step: int) -> Columns:
    callid, agent, channel = f"1790000000.{2 * number}", str(1001 + number % 40), f"1790000000.{2 * number + 1}"
    rows_of_call: tuple[Columns, ...] = (
        ("NONE", "ENTERQUEUE", "", f"7{number:07d}", "1"),
        (agent, "OFFERED", channel),
        (agent, "CONNECT", "4", channel, "3"),
        (agent, "COMPLETECALLER", "4", "90", "1"),
        (agent, "RELEASED", channel),
    )
    return (callid, str(101 + number % 4), *rows_of_call[step])


async def measure(*, quick: bool) -> list[Figure]:
    """Figures of the saturated rate and of the delay at a steady one."""
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder:
        rate = await _rate(Path(folder) / "rate", 4 if quick else 12)
        delays = await _delays(Path(folder) / "delay", 5 if quick else 15)
    what = f"queue-log row written to committed, {ROWS_A_SECOND} rows/s"
    return [
        rate,
        Figure(f"{what}, median", median(delays), "ms"),
        Figure(f"{what}, p99", percentile(delays, 0.99), "ms"),
    ]


# -- the rate --------------------------------------------------------------------------------------------


async def _rate(folder: Path, commits: int) -> Figure:
    """Only the steps of the tail are timed, not the writing of what they find."""
    log, source, start_us = _Log(folder), rows(), now_us() - BACK_US
    batches = [list(islice(source, ROWS_A_COMMIT)) for _ in range(commits)]
    seconds = 0.0
    database, tail = await _tail(log)
    try:
        for index, batch in enumerate(batches):
            log.write([(row, start_us + (index * ROWS_A_COMMIT + at) * 1000) for at, row in enumerate(batch)])
            began = time.perf_counter()
            while await tail.step():
                pass
            seconds += time.perf_counter() - began
        await _require(database, sum(row.fields[3] == "ENTERQUEUE" for batch in batches for row in batch))
    finally:
        await database.close()
    floor = _executemany(folder / "floor.sqlite", batches, start_us)
    count = commits * ROWS_A_COMMIT
    what = f"queue-log rows into the records, {ROWS_A_COMMIT:,} rows a commit"
    return Figure(what, count / seconds, "rows/s", Beside("executemany of the same rows", count / floor))


def _executemany(path: Path, batches: Sequence[Sequence[LogRow]], at_us: int) -> float:
    """Seconds to insert the rows as they are, one commit a batch."""
    ledger_table.create(path)
    plain = [[row.columns(at_us) for row in batch] for batch in batches]
    with closing(sqlite3.connect(path)) as connection:
        began = time.perf_counter()
        for batch in plain:
            with connection:
                connection.executemany(_INSERT, batch)
        return time.perf_counter() - began


async def _require(database: Database, calls: int) -> None:
    """A rate of rows that were not recorded would be no rate."""
    found = await database.long_read(
        lambda connection: connection.exec_driver_sql("SELECT count(*) FROM queue_entries").scalar()
    )
    anomalies = await database.long_read(
        lambda connection: connection.exec_driver_sql("SELECT count(*) FROM ledger_anomalies").scalar()
    )
    if found != calls or anomalies:
        raise RuntimeError(f"{found} of {calls} calls recorded, {anomalies} anomalies")


# -- the delay -------------------------------------------------------------------------------------------


async def _delays(folder: Path, seconds: int) -> list[float]:
    async with Worker(record, folder, seconds * ROWS_A_SECOND) as recorder:
        await recorder.word(LIMIT_SECONDS)
        async with Worker(write_rows, folder, seconds * ROWS_A_SECOND) as writer:
            await writer.result(LIMIT_SECONDS)
        recorder.send("all is written")
        return await recorder.result(LIMIT_SECONDS)


def write_rows(_control: Control, folder: Path, count: int) -> None:
    """As Asterisk does: each row with a commit of its own, then its line."""
    log, began = _Log(folder), time.perf_counter()
    for index, row in enumerate(islice(rows(), count)):
        time.sleep(max(0.0, index / ROWS_A_SECOND - (time.perf_counter() - began)))
        log.write([(row, now_us())])


def record(control: Control, folder: Path, count: int) -> list[float]:
    """The tail as the bridge runs it; milliseconds from each row's instant until it is committed."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_record(control, folder, count))


async def _record(control: Control, folder: Path, count: int) -> list[float]:
    """Rows that change nothing (the release after the end) are not seen in the changes, so they are not waited for."""
    delays: list[float] = []
    wanted = sum(row.fields[3] != "RELEASED" for row in islice(rows(), count))
    enough = asyncio.Event()

    def note(changes: Changes) -> None:
        now = now_us()
        delays.extend((now - at) / 1000 for entry in changes.entries for at in [_latest_us(entry)] if at)
        if len(delays) >= wanted * SEEN_SHARE:  # two rows of one call in one commit show as one change
            enough.set()

    database, tail = await _tail(_Log(folder), note)
    running = asyncio.create_task(tail.run())
    control.say("following")
    try:
        await control.receive()
        async with asyncio.timeout(REST_SECONDS):
            await enough.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await database.close()
    return delays


def _latest_us(entry: QueueEntry) -> int | None:
    """The instant of the row that changed the entry: the latest in it."""
    moments = [entry.joined, entry.answered, entry.ended, *(offer.offered for offer in entry.offers)]
    return max((moment.latest_us for moment in moments if moment is not None), default=None)


# -- both copies, the tail -------------------------------------------------------------------------------


class _Log:
    """Both copies of a queue log in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.table, self.file = folder, folder / "ledger.sqlite", folder / "queue_log"
        ledger_table.create(self.table)
        self._connection = sqlite3.connect(self.table)

    def write(self, batch: Sequence[tuple[LogRow, int]]) -> None:
        """The table first, then the file."""
        with self._connection:
            self._connection.executemany(_INSERT, [row.columns(at_us) for row, at_us in batch])
        with self.file.open("a", encoding="utf-8") as stream:
            stream.writelines(row.line(at_us) for row, at_us in batch)


async def _tail(log: _Log, on_changes: Callable[[Changes], None] | None = None) -> tuple[Database, QueueLogTail]:
    url = f"sqlite+aiosqlite:///{log.folder / 'records.sqlite'}"
    await migrations.upgrade(url)
    database = Database(url)
    recorder, cursors = await resume(NODE, database, Fold(NODE), "table", now_us)
    table, file = LedgerTable(log.table), QueueLogFile(log.file)
    return database, await QueueLogTail.resume(table, file, recorder, cursors, now_us, on_changes)
