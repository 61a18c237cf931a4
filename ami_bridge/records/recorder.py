"""Folds rows and commits the records that they change, together with the cursor, all or nothing.

The only writer of calls, call_steps, survey_answers, queue_entries, offers, interruptions, ledger_anomalies,
ledger_cursors and agent_periods; inserts the rows of recordings. A row is folded exactly once across any crash, because
its cursor is committed with its effect.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.entry import EntryInProgress
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows import Row
from ami_bridge.records.mapping import (
    anomaly_row,
    answer_row,
    call_row,
    entry_from,
    entry_row,
    interruption_row,
    offer_rows,
    period_from,
    period_row,
    recording_row,
    step_row,
)
from ami_bridge.records.resumed_calls import callbacks, known_calls
from callcenter.calls import LONGEST_CALL_US, Anomaly
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database, put, put_missing
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment
from callcenter.records.agents import agent_periods
from callcenter.records.calls import anomalies, calls, cursors, interruptions, offers, queue_entries
from callcenter.records.ivr import call_steps, survey_answers
from callcenter.records.recordings import recordings

log = logging.getLogger(__name__)

REMEMBER_ENDED_US = 900 * MICROSECONDS
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source has been read: rows, or bytes of the file with this identity."""

    source: str
    identity: str
    position: int


class Recorder:
    """A fold and the database it is kept in. Use `resume` to go on after a restart."""

    def __init__(self, node: str, database: Database, fold: Fold, source: str, pause: Pause = asyncio.sleep) -> None:
        self._node, self._database, self._fold, self._source = node, database, fold, source
        self._pause = pause
        self.problem: str = ""

    @property
    def open_channels(self) -> frozenset[str]:
        """The callers' channels that wait or are connected now, by the rows so far."""
        return self._fold.open_channels

    @property
    def last_sign(self) -> Moment | None:
        """The moment of the last row, also from before a restart of the bridge."""
        return self._fold.last_sign

    async def record(
        self,
        items: Sequence[Row | Anomaly],
        read_to: Sequence[Cursor],
    ) -> Changes:
        """Fold the rows and commit. While the database refuses, tries again: no row is skipped or lost."""
        source_anomalies = [item for item in items if isinstance(item, Anomaly)]
        for item in items:
            if isinstance(item, Row):
                self._fold.apply(item)
        changes = self._fold.drain()
        wait = FIRST_PAUSE_SECONDS
        while not await self._committed(changes, source_anomalies, read_to):
            await self._pause(wait)
            wait = min(wait * 2, LONGEST_PAUSE_SECONDS)
        return changes

    async def _committed(self, changes: Changes, source_anomalies: list[Anomaly], read_to: Sequence[Cursor]) -> bool:
        try:
            await self._commit(changes, source_anomalies, read_to)
        except DatabaseProblem as problem:
            if not self.problem:
                log.error("the records wait, nothing is lost: %s", problem)
            self.problem = str(problem)
            return False
        if self.problem:
            log.warning("the records go on")
        self.problem = ""
        return True

    async def _commit(self, changes: Changes, source_anomalies: list[Anomaly], read_to: Sequence[Cursor]) -> None:
        anomaly_rows = [anomaly_row(self._node, self._source, a) for a in (*source_anomalies, *changes.anomalies)]
        cursor_rows = [self._cursor_row(cursor) for cursor in read_to]
        await self._database.write(lambda connection: _keep(connection, changes, anomaly_rows, cursor_rows))

    def _cursor_row(self, cursor: Cursor) -> dict[str, Any]:
        return {
            "node": self._node,
            "source": cursor.source,
            "identity": cursor.identity,
            "position": cursor.position,
        }


def _keep(
    connection: Connection, changes: Changes, anomaly_rows: list[dict[str, Any]], cursor_rows: list[dict[str, Any]]
) -> None:
    put(connection, calls, [call_row(call) for call in changes.calls])
    put_missing(connection, call_steps, [step_row(step) for step in changes.steps])
    put_missing(connection, recordings, [recording_row(recording) for recording in changes.recordings])
    put(connection, survey_answers, [answer_row(answer) for answer in changes.answers])
    put(connection, queue_entries, [entry_row(entry) for entry in changes.entries])
    put(connection, offers, [row for entry in changes.entries for row in offer_rows(entry)])
    put(connection, agent_periods, [period_row(period) for period in changes.periods])
    put(connection, interruptions, [interruption_row(interruption) for interruption in changes.interruptions])
    put_missing(connection, anomalies, anomaly_rows)
    put(connection, cursors, cursor_rows)


async def resume(
    node: str, database: Database, fold: Fold, source: str, pause: Pause = asyncio.sleep
) -> tuple[Recorder, dict[str, Cursor]]:
    """A recorder that goes on where the records end, and the cursors they were read to."""
    async with database.reading() as connection:
        last_us = await _last_sign(connection, node)
        since_us = (last_us or 0) - REMEMBER_ENDED_US
        entries = await _current_entries(connection, node, since_us)
        open_periods = (agent_periods.c.node == node) & agent_periods.c.ended_us.is_(None)
        periods = await _rows(connection, select(agent_periods).where(open_periods))
        recent_calls = await known_calls(connection, node, since_us)
        recent_callbacks = await callbacks(connection, node, since_us)
        known = await _rows(connection, select(cursors).where(cursors.c.node == node))
    fold.boot_us = max((entry.key.boot_us for entry in entries), default=0)
    fold.resume(
        entries,
        recent_calls,
        [period_from(row) for row in periods],
        Moment.exact(last_us) if last_us else None,
        recent_callbacks,
    )
    read_to = {row["source"]: Cursor(row["source"], row["identity"], row["position"]) for row in known}
    return Recorder(node, database, fold, source, pause), read_to


async def _last_sign(connection: AsyncConnection, node: str) -> int | None:
    """The latest instant in the records of a node, microseconds; None when there are none."""
    entered = select(func.max(queue_entries.c.entered_us)).where(queue_entries.c.node == node)
    ended = select(func.max(queue_entries.c.ended_us)).where(queue_entries.c.node == node)
    arrived = select(func.max(calls.c.arrived_us)).where(calls.c.node == node)
    found = [await connection.scalar(query) for query in (entered, ended, arrived)]
    return max((value for value in found if value is not None), default=None)


async def _current_entries(connection: AsyncConnection, node: str, since_us: int) -> list[EntryInProgress]:
    """Entries that are open, and those of the present boot that ended recently."""
    table = queue_entries
    wanted = (table.c.node == node) & (table.c.ended_us.is_(None) | (table.c.ended_us > since_us))
    rows = await _rows(connection, select(table).where(wanted))
    boot_us = max((row["boot_us"] for row in rows), default=0)
    around = since_us - LONGEST_CALL_US
    offered = await _rows(connection, select(offers).where((offers.c.node == node) & (offers.c.offered_us > around)))
    return [entry_from(row, offered) for row in rows if row["boot_us"] == boot_us or row["ended_us"] is None]


async def _rows(connection: AsyncConnection, query: Select[Any]) -> Sequence[RowMapping]:
    found = await connection.execute(query)
    rows: Sequence[RowMapping] = found.mappings().all()
    return rows
