"""Folds rows and commits the records that they change, with how far the ledger was read, all or nothing.

The writer of calls, call_steps, survey_answers, queue_entries, entry_corrections, offers, interruptions,
agent_periods, outgoing_calls and of the tables of callcenter/records/ledger.py; inserts the rows of recordings. Besides
it only `reports.retention` deletes and empties what is months and years old, of which a checkpoint has nothing. A row
is folded exactly once across any crash, because its cursor and what it says are committed with its effect.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from secrets import token_hex
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, func, select

from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.checkpoint import Checkpoint
from ami_bridge.ledger.fold import Fold, first_begun
from ami_bridge.ledger.rows.folded import FoldedRow
from ami_bridge.ledger.rows.retained import RetainedRows
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.before import entries_that_ended, read_before
from ami_bridge.records.columns import fitted
from ami_bridge.records.corrections import note_corrections
from ami_bridge.records.journal import (
    packed_checkpoint,
    packed_folded,
    packed_rows,
    unpacked,
    unpacked_folded,
)
from ami_bridge.records.mapping import (
    anomaly_row,
    answer_row,
    call_row,
    counted_instants,
    entry_row,
    interruption_row,
    offer_rows,
    outgoing_row,
    period_row,
    recording_row,
    step_row,
)
from ami_bridge.records.progress import DatabaseWait
from ami_bridge.records.turns import in_turns
from callcenter.calls import Anomaly
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database, put, put_missing
from callcenter.level.rollup import note_changes
from callcenter.moments import Moment
from callcenter.operator_problem import OperatorProblem
from callcenter.records.agents import agent_periods
from callcenter.records.calls import calls, interruptions, offers, queue_entries
from callcenter.records.ivr import call_steps, survey_answers
from callcenter.records.ledger import anomalies, checkpoints, cursors, journal, readings
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.records.recordings import recordings

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
# A checkpoint is made when the journal has so many rows, and at least as many as the checkpoint would have.
ROWS_UNTIL_CHECKPOINT = 10_000
Pause = Callable[[float], Awaitable[None]]
T = TypeVar("T")


class TwoBridges(OperatorProblem):
    """Another bridge writes the records of this node; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source has been read: rows or bytes, and the mark that stands there (of AMI: the boot)."""

    source: str
    mark: str
    position: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one commit writes beside the records."""

    number: int
    writer: str
    journal: bytes
    folded: Sequence[FoldedRow]
    cursors: list[dict[str, Any]]
    anomalies: list[dict[str, Any]]
    checkpoint: Checkpoint | None


class Recorder:
    """A fold and the database it is kept in. Use `resume` to go on after a restart."""

    def __init__(
        self,
        node: str,
        database: Database,
        fold: Fold,
        source: str,
        now_us: Callable[[], int],
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._node, self._database, self._fold, self._source = node, database, fold, source
        self._now_us, self._pause = now_us, pause
        self._writer = token_hex(8)
        self._number, self._rows_since_checkpoint, self._retained_at_last_look = 0, 0, 0
        self._retained = RetainedRows()
        self.problem: str = ""
        self.waiting: DatabaseWait | None = None

    @property
    def open_channels(self) -> frozenset[str]:
        """The callers' channels that wait or are connected now, by the rows so far."""
        return self._fold.open_channels

    @property
    def last_sign(self) -> Moment | None:
        """The moment of the last row, also from before a restart of the bridge."""
        return self._fold.last_sign

    async def record(
        self, items: Sequence[Row | Anomaly], read_to: Sequence[Cursor], folded: Sequence[FoldedRow] = ()
    ) -> Changes:
        """Fold the rows and commit. While the database refuses, tries again: no row is skipped or lost.

        `folded`: what says the same rows from now on. Raises TwoBridges.
        """
        rows = [item for item in items if isinstance(item, Row)]
        await self._remember_what_was_before(rows)
        now_us = self._now_us()
        for row in rows:
            self._fold.apply(row)
            self._retained.add(row, now_us)
        changes = self._fold.drain()
        found = [item for item in items if isinstance(item, Anomaly)]
        reading = self._reading(rows, [*found, *changes.anomalies], read_to, folded)
        await self._patiently(
            lambda: self._database.write(lambda connection: _keep(connection, self._node, changes, reading))
        )
        return changes

    async def folded_between(self, earliest_us: int, latest_us: int) -> list[FoldedRow]:
        """What was folded of rows of that time; waits for the database."""
        table = readings.c
        wanted = (table.node == self._node) & (table.latest_us >= earliest_us) & (table.earliest_us <= latest_us)
        query = select(table.number, table.rows).where(wanted)
        found = await self._patiently(lambda: self._database.read(lambda connection: connection.execute(query).all()))
        # Put in order here: the database would go through all readings in the order of their numbers.
        rows = chain.from_iterable(unpacked_folded(each.rows) for each in sorted(found, key=lambda each: each.number))
        return [row async for some in in_turns(rows) for row in some if earliest_us <= row.at_us <= latest_us]

    def _reading(
        self, rows: list[Row], found: list[Anomaly], read_to: Sequence[Cursor], folded: Sequence[FoldedRow]
    ) -> _Reading:
        self._number += 1
        self._rows_since_checkpoint += len(rows)
        anomaly_rows = [
            anomaly_row(self._node, self._source, self._number, ordinal, anomaly)
            for ordinal, anomaly in enumerate(found)
        ]
        cursor_rows = [{"node": self._node, **_cursor_row(cursor)} for cursor in read_to]
        return _Reading(
            self._number, self._writer, packed_rows(rows), folded, cursor_rows, anomaly_rows, self._checkpoint()
        )

    def _checkpoint(self) -> Checkpoint | None:
        if self._rows_since_checkpoint < max(ROWS_UNTIL_CHECKPOINT, self._retained_at_last_look):
            return None
        self._retained.prune(self._fold.in_progress, self._now_us())
        self._retained_at_last_look = len(self._retained)
        if self._rows_since_checkpoint < self._retained_at_last_look:
            return None
        self._rows_since_checkpoint = 0
        return self._fold.checkpoint(self._retained.boot_us, self._retained.all())

    async def _remember_what_was_before(self, rows: list[Row]) -> None:
        """What the rows name and the fold may have forgotten, it is told of by the records."""
        entries = {(row.queue, row.callid) for row in rows if self._fold.may_have_forgotten(row)}
        calls_before = {row.callid for row in rows if self._fold.may_have_forgotten_call(row)}
        if not entries and not calls_before:
            return
        boot_us = self._fold.boot_us
        before = await self._patiently(
            lambda: self._database.read(lambda there: read_before(there, self._node, boot_us, entries, calls_before))
        )
        for queue, callid in entries:
            self._fold.note_entries_before(queue, callid, before.entries.get((queue, callid), 0))
        for callid in before.calls:
            self._fold.note_call_before(callid)

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """What the database answers; while it refuses, tries again."""
        wait = FIRST_PAUSE_SECONDS
        self.waiting = DatabaseWait(self._now_us(), "the database does not answer")
        while True:
            try:
                done = await work()
            except DatabaseProblem as problem:
                if not self.problem:
                    log.error("the records wait, the queue log keeps what happens meanwhile: %s", problem)
                self.problem = str(problem)
                self.waiting = DatabaseWait(self.waiting.since_us, problem.brief)
            else:
                if self.problem:
                    log.warning("the records go on")
                self.problem, self.waiting = "", None
                return done
            await self._pause(wait)
            wait = min(wait * 2, LONGEST_PAUSE_SECONDS)

    def go_on(
        self, number: int, checkpoint: Checkpoint, rows_since: list[Row], entries_before: Mapping[tuple[str, str], int]
    ) -> None:
        """Begin where the records end: after that reading."""
        self._fold.resume(checkpoint, rows_since, entries_before)
        self._number, self._rows_since_checkpoint = number, len(rows_since)
        self._retained = RetainedRows(chain(checkpoint.rows, rows_since), checkpoint.boot_us, self._now_us())


def _cursor_row(cursor: Cursor) -> dict[str, Any]:
    return {"source": cursor.source, "mark": cursor.mark, "position": cursor.position}


def _keep(connection: Connection, node: str, changes: Changes, reading: _Reading) -> None:
    """One commit. A reading that is there already was committed before, though the answer was lost."""
    if not _is_first(connection, node, reading):
        return
    # A call is overwritten by itself alone, not by one that bears its name again.
    put(connection, calls, fitted(calls, map(call_row, changes.calls)), if_same="arrived_us")
    outgoing = fitted(outgoing_calls, map(outgoing_row, changes.outgoing))
    put(connection, outgoing_calls, outgoing, if_same="dialled_us")
    put_missing(connection, call_steps, fitted(call_steps, map(step_row, changes.steps)))
    put_missing(connection, recordings, fitted(recordings, map(recording_row, changes.recordings)))
    put(connection, survey_answers, fitted(survey_answers, map(answer_row, changes.answers)))
    entries = fitted(queue_entries, ({**entry_row(entry), "reading": reading.number} for entry in changes.entries))
    formerly = note_corrections(connection, entries)
    put(connection, queue_entries, entries)
    put(connection, offers, fitted(offers, chain.from_iterable(map(offer_rows, changes.entries))))
    put(connection, agent_periods, fitted(agent_periods, map(period_row, changes.periods)))
    put(connection, interruptions, fitted(interruptions, map(interruption_row, changes.interruptions)))
    note_changes(connection, node, reading.number, (*formerly, *counted_instants(changes)))
    put(connection, anomalies, reading.anomalies)
    put(connection, cursors, reading.cursors)


def _is_first(connection: Connection, node: str, reading: _Reading) -> bool:
    """Write the reading itself. False where it is there already; raises TwoBridges where another one has its number."""
    moments = [row.at_us for row in reading.folded]
    folded = packed_folded(reading.folded)
    key = {"node": node, "number": reading.number}
    span = {"earliest_us": min(moments, default=0), "latest_us": max(moments, default=0)}
    if not put_missing(connection, readings, [{**key, "writer": reading.writer, **span, "rows": folded}]):
        if connection.execute(select(readings.c.writer).filter_by(**key)).scalar() != reading.writer:
            raise TwoBridges(
                f"another bridge writes the records of node {node}: stop one of them, or give it another TRONCAL_NODE"
            )
        return False
    put(connection, journal, [{**key, "rows": reading.journal}])
    if reading.checkpoint is not None:
        connection.execute(delete(journal).where(journal.c.node == node, journal.c.number <= reading.number))
        put(connection, checkpoints, [{**key, "state": packed_checkpoint(reading.checkpoint)}])
    return True


async def resume(
    node: str,
    database: Database,
    fold: Fold,
    source: str,
    now_us: Callable[[], int],
    pause: Pause = asyncio.sleep,
) -> tuple[Recorder, dict[str, Cursor]]:
    """A recorder that goes on where the records end, and the cursors they were read to."""
    async with database.reading() as connection:
        found = await connection.execute(select(checkpoints).where(checkpoints.c.node == node))
        state = found.mappings().one_or_none()
        after = state["number"] if state is not None else 0
        since = (
            select(journal.c.rows).where(journal.c.node == node, journal.c.number > after).order_by(journal.c.number)
        )
        packed = (await connection.execute(since)).scalars().all()
        last = select(func.max(readings.c.number)).where(readings.c.node == node, readings.c.number >= after)
        number = await connection.scalar(last)
        known = (await connection.execute(select(cursors).where(cursors.c.node == node))).mappings().all()
    recorder = Recorder(node, database, fold, source, now_us, pause)

    # Some ten thousand rows: nobody else has the fold yet, and the event loop is others' too.
    checkpoint, rows = await asyncio.to_thread(unpacked, state["state"] if state is not None else None, packed, node)
    begun = first_begun(chain(checkpoint.rows, rows))
    before = await database.read(lambda there: entries_that_ended(there, node, checkpoint.boot_us, begun))
    await asyncio.to_thread(recorder.go_on, number or 0, checkpoint, rows, before)
    return recorder, {row["source"]: Cursor(row["source"], row["mark"], row["position"]) for row in known}
