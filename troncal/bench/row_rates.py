"""How many rows of the queue log a second: folded alone, into the records, and at most as the database takes them.

Each runs in a process of its own, as a service does. Only the steps are timed, not the writing of what they find.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

import uvloop
from sqlalchemy import Connection, Engine, event, text

import migrations
from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable, read
from ami_bridge.feeds.tail import QueueLogTail
from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.recorder import resume
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from troncal.bench.queue_log import ROWS_A_CALL, QueueLog, rows
from troncal.bench.worker import Control

NODE, ROWS_A_COMMIT = "central", 1_000
ROW_APART_US, BEGAN_US, BACK_US = 1_000, 1_790_000_000 * MICROSECONDS, 3600 * MICROSECONDS
_WRITING = ("INSERT", "UPDATE", "DELETE")
_CALLS = text("SELECT count(*) FROM queue_entries")
_ANOMALIES = text("SELECT count(*) FROM ledger_anomalies")
Statement = tuple[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RowRates:
    """Rows a second. `bound`: with the statements that `recorded` wrote, and their commits, and nothing else."""

    recorded: float
    bound: float


def fold_rate(_control: Control, commits: int) -> float:
    """Rows that one core folds a second: rows in, changes out."""
    columns = (row.columns(BEGAN_US + number * ROW_APART_US) for number, row in enumerate(rows()))
    found = [read(number, *each) for number, each in enumerate(islice(columns, _rows(commits)))]
    batches = [[row for row in found[at : at + ROWS_A_COMMIT] if isinstance(row, Row)] for at in _starts(commits)]
    fold, changed = Fold(NODE), 0
    began = time.process_time()
    for batch in batches:
        for row in batch:
            fold.apply(row)
        changed += len(fold.drain().entries)
    seconds = time.process_time() - began
    if not changed or fold.open_entries:
        raise RuntimeError(f"{changed} entries changed, {fold.open_entries} are open")
    return _rows(commits) / seconds


def record_rates(_control: Control, folder: Path, url: str, bound_url: str, commits: int) -> RowRates:
    """Of two empty databases of one kind."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seconds, written = runner.run(_with_database(url, lambda database: _recorded(database, folder, commits)))
        bound = runner.run(_with_database(bound_url, lambda database: _written_again(database, written)))
    return RowRates(_rows(commits) / seconds, _rows(commits) / bound)


async def _with_database(url: str, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    await migrations.upgrade(url)
    database = Database(url)
    try:
        return await work(database)
    finally:
        await database.close()


async def _recorded(database: Database, folder: Path, commits: int) -> tuple[float, list[list[Statement]]]:
    """Seconds, and what was written, transaction by transaction."""
    log, source, seconds = QueueLog(folder), rows(), 0.0
    tail = await tail_of(database, log)
    start_us = now_us() - BACK_US
    with _Writes() as noted:
        for at in _starts(commits):
            batch = islice(source, ROWS_A_COMMIT)
            log.write([(row, start_us + (at + index) * ROW_APART_US) for index, row in enumerate(batch)])
            began = time.perf_counter()
            while await tail.step():
                pass
            seconds += time.perf_counter() - began
    await _require(database, _rows(commits) // ROWS_A_CALL)
    return seconds, noted.transactions


async def tail_of(
    database: Database, log: QueueLog, on_changes: Callable[[Changes], None] | None = None
) -> QueueLogTail:
    """A bridge's tail, from where the records end."""
    recorder, cursors = await resume(NODE, database, Fold(NODE), "table", now_us)
    table, file = LedgerTable(log.table), QueueLogFile(log.file)
    return await QueueLogTail.resume(table, file, recorder, cursors, now_us, on_changes)


async def _written_again(database: Database, transactions: Sequence[Sequence[Statement]]) -> float:
    began = time.perf_counter()
    for statements in transactions:
        await database.write(partial(_execute, statements))
    return time.perf_counter() - began


def _execute(statements: Sequence[Statement], connection: Connection) -> None:
    for statement, parameters in statements:
        connection.exec_driver_sql(statement, parameters)


async def _require(database: Database, calls: int) -> None:
    """A rate of rows that were not recorded would be no rate."""
    found = await database.long_read(lambda connection: connection.scalar(_CALLS))
    anomalies = await database.long_read(lambda connection: connection.scalar(_ANOMALIES))
    if found != calls or anomalies:
        raise RuntimeError(f"{found} of {calls} calls recorded, {anomalies} anomalies")


class _Writes:
    """What is written to databases while it is entered, as their drivers get it, by transactions."""

    def __init__(self) -> None:
        self.transactions: list[list[Statement]] = []
        self._open: list[Statement] = []

    def __enter__(self) -> Self:
        event.listen(Engine, "before_cursor_execute", self._note)
        event.listen(Engine, "commit", self._end)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)
        event.remove(Engine, "commit", self._end)

    def _note(self, _connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(_WRITING):
            self._open.append((statement, parameters))

    def _end(self, _connection: object) -> None:
        if self._open:
            self.transactions.append(self._open)
            self._open = []


def _rows(commits: int) -> int:
    return commits * ROWS_A_COMMIT


def _starts(commits: int) -> range:
    return range(0, _rows(commits), ROWS_A_COMMIT)
