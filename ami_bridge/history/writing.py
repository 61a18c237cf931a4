"""Commits batches beside a centre that works: in a process of its own, and on SQLite in short transactions.

SQLite has one writer. Whoever wants to commit there meanwhile looks again after up to 25 ms: so each transaction is
held short, by how long the last ones took, and followed by a rest of that length. What is committed again changes
nothing, so a batch needs no transaction of its own; the state that goes on after it is committed after its rows.
"""

import asyncio
import multiprocessing
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Protocol, Self

from sqlalchemy import Connection, Table

from ami_bridge.history.folding import TABLES, Batch, RecordRow, last_of_each
from ami_bridge.history.lines import HistoryNames
from ami_bridge.history.store import NodeState, put_state
from callcenter.clock import now_us
from callcenter.database.engines import WAL_PAGES_AT_MOST, Dialect
from callcenter.database.prepared import prepared_upsert
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.level.rollup import note_changes
from callcenter.operator_problem import OperatorProblem
from callcenter.records.calls import calls, queue_entries
from callcenter.records.ivr import call_steps
from callcenter.records.outgoing_calls import outgoing_calls

# Where the rows of a table are counted for the level.
_COUNTED_AT = {
    queue_entries: "entered_us",
    calls: "arrived_us",
    call_steps: "at_us",
    outgoing_calls: "dialled_us",
}
HELD_SECONDS, REST_SECONDS = 0.04, 0.025
FIRST_ROWS, LEAST_ROWS, MOST_ROWS = 1_000, 50, 20_000
# Sooner than others make one: the checkpoints of what is imported are the import's, and nobody's commit waits for one.
WAL_PAGES = WAL_PAGES_AT_MOST // 4
# The one that is written and the one that waits for it.
BATCHES_AT_ONCE = 2


class WriterFailed(OperatorProblem):
    """The database refused what was to be committed; says why. An import that is run again goes on."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A batch, and the names of its node."""

    node: str
    names: HistoryNames
    batch: Batch


class Pieces:
    """How many rows a transaction has: a row of one table costs many times one of another."""

    def __init__(self, dialect: Dialect) -> None:
        self._rests = dialect is Dialect.SQLITE
        self._rows: dict[str, int] = {}

    def rows(self, table: str) -> int:
        """So many at most."""
        return self._rows.get(table, FIRST_ROWS) if self._rests else MOST_ROWS

    def note(self, table: str, rows: int, seconds: float) -> float:
        """So many rows took so long. How long to rest now."""
        if not self._rests:
            return 0.0
        before = self.rows(table)
        if rows >= before // 2 or seconds > HELD_SECONDS:
            fitting = int(rows * HELD_SECONDS / max(seconds, 0.001))
            self._rows[table] = max(LEAST_ROWS, min(MOST_ROWS, fitting, 2 * before))
        return REST_SECONDS


async def write(database: Database, node: str, names: HistoryNames, batch: Batch, pieces: Pieces) -> None:
    """Commit a batch. Raises DatabaseProblem.

    It takes several transactions: what is counted of its half-hours is marked before the first one, for whoever breaks
    it off, and with the last.
    """
    instants = list(_counted_instants(batch))
    await database.write(lambda connection: note_changes(connection, node, now_us(), instants))
    for table in TABLES:
        rows = last_of_each(table, batch.rows.get(table.name, ()))
        at = 0
        while at < len(rows):
            some = rows[at : at + pieces.rows(table.name)]
            await _timed(database, pieces, table, some)
            at += len(some)
    state = NodeState(names, batch.folded_from, batch.state, batch.finished)

    def finish(connection: Connection) -> None:
        put_state(connection, node, state)
        note_changes(connection, node, now_us(), instants)

    await database.write(finish)


def _counted_instants(batch: Batch) -> Iterator[int]:
    for table, name in _COUNTED_AT.items():
        yield from (row[name] for row in batch.rows.get(table.name, ()))


async def _timed(database: Database, pieces: Pieces, table: Table, rows: list[RecordRow]) -> None:
    upsert = prepared_upsert(table, database.sql_dialect, tuple(rows[0]))
    values = upsert.values(rows)
    began = time.monotonic()
    await upsert.write(database, values)
    await asyncio.sleep(pieces.note(table.name, len(rows), time.monotonic() - began))


class Writer(Protocol):
    """Writes batches in their order. Every method raises WriterFailed."""

    async def write(self, node: str, names: HistoryNames, batch: Batch) -> None:
        """Have it written; returns when there is room for another one."""

    async def flush(self) -> None:
        """Returns when all is committed."""


class WriterHere:
    """Writes in this process: of a few rows another one would take longer to start."""

    def __init__(self, database: Database) -> None:
        self._database, self._pieces = database, Pieces(database.dialect)

    async def write(self, node: str, names: HistoryNames, batch: Batch) -> None:
        """See Writer."""
        try:
            await write(self._database, node, names, batch, self._pieces)
        except DatabaseProblem as problem:
            raise WriterFailed(f"{problem}; run the import again") from problem

    async def flush(self) -> None:
        """See Writer."""


class WriterProcess:
    """Writes in a process of its own.

    To be used in a `with`: at its end what is not written is dropped, after the batches that were given.
    """

    def __init__(self, address: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, address), daemon=True)
        self._process.start()
        theirs.close()
        self._unanswered = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.join()

    async def write(self, node: str, names: HistoryNames, batch: Batch) -> None:
        """See Writer."""
        while self._unanswered >= BATCHES_AT_ONCE:
            self._take_answer()
        self._unanswered += 1
        try:
            self._pipe.send(_Task(node, names, batch))
        except OSError as error:
            self._take_answer()
            raise WriterFailed("the process that writes ended; run the import again") from error

    async def flush(self) -> None:
        """See Writer."""
        while self._unanswered:
            self._take_answer()

    def _take_answer(self) -> None:
        try:
            problem = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise WriterFailed("the process that writes ended; run the import again") from error
        self._unanswered -= 1
        if problem:
            raise WriterFailed(problem)


def _serve(pipe: Pipe, address: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the importing process says when it is over
    asyncio.run(_write_all(pipe, address))


async def _write_all(pipe: Pipe, address: str) -> None:
    database = Database(address, wal_pages=WAL_PAGES)
    pieces = Pieces(database.dialect)
    try:
        for task in _tasks(pipe):
            try:
                await write(database, task.node, task.names, task.batch, pieces)
            except OperatorProblem as problem:
                _answer(pipe, f"{problem}; run the import again")
                return
            _answer(pipe, "")
    finally:
        await database.close()


def _tasks(pipe: Pipe) -> Iterator[_Task]:
    while True:
        try:
            yield pipe.recv()
        except (EOFError, OSError):
            return


def _answer(pipe: Pipe, problem: str) -> None:
    try:
        pipe.send(problem)
    except OSError:
        return  # nobody waits for it any more: the next look for a task ends this process
