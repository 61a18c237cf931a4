"""An import: what is new is kept by days, and what these days make of calls and agents is written into the records.

The records of a node follow from its lines: so an import that was broken off goes on when it is run again, and one that
brings nothing new changes nothing. Where new rows come after all that is folded, the fold goes on where it was; where
older ones are filled in, or names changed, all records of the node are made again.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from ami_bridge.history.comparison import DayCompared, compare
from ami_bridge.history.folding import Batch, HistoryFold, RecordRow, added, begun_before
from ami_bridge.history.lines import HistoryNames
from ami_bridge.history.spool import Spool
from ami_bridge.history.store import (
    DAY_US,
    NodeState,
    days_of,
    delete_anomalies,
    delete_records,
    is_of_a_bridge,
    lines_of,
    packed,
    put_days,
    put_state,
    recorded_elsewhere,
    state_of,
)
from ami_bridge.history.writing import REST_SECONDS, Writer, WriterHere, WriterProcess
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.before import entries_that_ended, read_before
from ami_bridge.records.journal import unpacked_checkpoint
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.operator_problem import OperatorProblem

# Lines of a batch of records, and bytes of packed lines that are kept at once.
LINES_IN_BATCH = 20_000
BYTES_AT_ONCE = 1 << 18
# An entry whose beginning is only guessed may be of a day before or after its row's.
_DAYS_AROUND = 2
# Usual are 700: the looks take a third of the time.
_OBJECTS_BETWEEN_LOOKS = 500_000
Progress = Callable[[int, int], None]
T = TypeVar("T")


@contextmanager
def rare_collection() -> Iterator[None]:
    """Look for garbage in circles seldom: of the many objects of a day none are in any."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class NodeTaken(OperatorProblem):
    """The name belongs to a bridge; says which other to give."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the files bring: rows that are `new`, and those that a bridge has recorded (`elsewhere`).

    `again`: the records of the node are made again, all of them. `unfinished`: an import before was broken off.
    """

    new: int = 0
    elsewhere: int = 0
    again: bool = False
    unfinished: bool = False

    @property
    def has_work(self) -> bool:
        """Whether the records change."""
        return bool(self.new) or self.again or self.unfinished


class HistoryImport:
    """Imports into one node of a database. Every method but `names` raises DatabaseProblem. Begin with `begin`."""

    def __init__(self, database: Database, node: str) -> None:
        self._database, self._node = database, node
        self._state: NodeState | None = None
        self.names = HistoryNames()

    async def begin(self, names: HistoryNames) -> None:
        """Look at what was imported before. `names` add to those of then. Raises NodeTaken."""
        if await self._read(lambda connection: is_of_a_bridge(connection, self._node)):
            raise NodeTaken(f"{self._node} is the name of a bridge of this centre: give another one with --node")
        self._state = await self._read(lambda connection: state_of(connection, self._node))
        before = self._state.names if self._state is not None else HistoryNames()
        self.names = HistoryNames({**before.agents, **names.agents}, {**before.queues, **names.queues})

    async def compare(self, spool: Spool, progress: Progress) -> Compared:
        """What the files bring, without a change to anything."""
        state, days = self._state, spool.days()
        again = state is not None and state.names != self.names
        found = Compared(again=again, unfinished=state is not None and not state.finished)
        for index, day in enumerate(days):
            each = await self._compare(spool, day)
            fills_in = bool(each.new) and not self._goes_on(each)
            found = replace(
                found,
                new=found.new + each.new,
                elsewhere=found.elsewhere + each.elsewhere,
                again=found.again or fills_in,
            )
            progress(index + 1, len(days))
        return found

    async def carry_out(
        self, spool: Spool, compared: Compared, progress: Progress, *, aside: bool | None = None
    ) -> None:
        """Keep what is new, and write what it makes, `aside` in a process of its own. Raises WriterFailed."""
        aside = compared.again or compared.new >= LINES_IN_BATCH if aside is None else aside
        is_known, state = self._state is not None, self._state or NodeState()
        if compared.again:
            state = NodeState()
        self._state = replace(state, names=self.names, finished=False)
        await self._put_state(self._state)
        await self._keep(spool)
        days = await self._read(lambda connection: days_of(connection, self._node))
        if is_known and self._state.folded_from is None:
            await self._delete_records(days)
        await self._fold([day for day in days if day >= (self._state.folded_from or 0)], progress, aside=aside)
        self._state = await self._read(lambda connection: state_of(connection, self._node))

    def _goes_on(self, day: DayCompared) -> bool:
        """Whether the new rows of a day come after all that is folded."""
        folded_from = self._state.folded_from if self._state is not None else None
        return folded_from is None or day.day > folded_from or (day.day == folded_from and day.follows)

    # -- lines -------------------------------------------------------------------------------------------

    async def _compare(self, spool: Spool, day: int) -> DayCompared:
        copies = spool.copies(day)

        def _day(connection: Connection) -> DayCompared:
            before = lines_of(connection, self._node, day)
            return compare(day, before, copies, recorded_elsewhere(connection, self._node, day))

        return await self._read(_day)

    async def _keep(self, spool: Spool) -> None:
        """Put the days that have something new, a few at a time."""
        waiting: list[tuple[int, bytes]] = []
        for day in spool.days():
            each = await self._compare(spool, day)
            if each.new:
                waiting.append((day, packed(each.lines)))
            if sum(len(lines) for _, lines in waiting) >= BYTES_AT_ONCE:
                await self._put_days(waiting)
                waiting = []
        await self._put_days(waiting)

    async def _put_days(self, days: Sequence[tuple[int, bytes]]) -> None:
        await self._database.write(lambda connection: put_days(connection, self._node, days))
        await asyncio.sleep(REST_SECONDS)

    async def _put_state(self, state: NodeState) -> None:
        await self._database.write(lambda connection: put_state(connection, self._node, state))

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await self._database.long_read(work, limit_seconds=REPORT_SECONDS)

    # -- records -----------------------------------------------------------------------------------------

    async def _delete_records(self, days: Sequence[int]) -> None:
        """Those of before, day by day: others commit between. What has no moment stands at 0."""
        around = range(days[0] - _DAYS_AROUND, days[-1] + 1 + _DAYS_AROUND) if days else range(0)
        for day in (0, *around):
            since_us = day * DAY_US
            await self._database.write(
                partial(delete_records, node=self._node, since_us=since_us, until_us=since_us + DAY_US)
            )
            await asyncio.sleep(REST_SECONDS)

    async def _fold(self, days: Sequence[int], progress: Progress, *, aside: bool) -> None:
        if not days:
            return await self._put_state(NodeState(self.names, finished=True))
        await self._database.write(lambda connection: delete_anomalies(connection, self._node, days[0]))
        fold = HistoryFold(self._node, self.names)
        await self._resume(fold)
        if aside:
            with WriterProcess(self._database.address) as writer:
                return await self._fold_days(fold, days, writer, progress)
        return await self._fold_days(fold, days, WriterHere(self._database), progress)

    async def _fold_days(self, fold: HistoryFold, days: Sequence[int], writer: Writer, progress: Progress) -> None:
        rows, count = dict[str, list[RecordRow]](), 0
        for index, day in enumerate(days, start=1):
            todays = await self._todays(fold, day, writer)
            fold.begin(day)
            count += len(todays)
            is_last = index == len(days)
            state = fold.state() if is_last or count >= LINES_IN_BATCH else None
            fold.fold(todays)
            added(rows, fold.drain(day))
            if state is None:
                continue
            if is_last:
                added(rows, fold.close(day))
            await writer.write(self._node, self.names, Batch(rows, day, state, finished=is_last))
            rows, count = {}, 0
            progress(index, len(days))
        await writer.flush()

    async def _resume(self, fold: HistoryFold) -> None:
        state = self._state
        if state is None or state.state is None:
            return
        checkpoint = unpacked_checkpoint(state.state, self._node)
        begun = begun_before(checkpoint)
        fold.resume(
            checkpoint,
            await self._read(lambda there: entries_that_ended(there, self._node, checkpoint.boot_us, begun)),
        )

    async def _todays(self, fold: HistoryFold, day: int, writer: Writer) -> list[Row]:
        """The rows of a day; what they name and the fold may have forgotten, it is told of by the records."""
        rows = fold.rows(await self._read(lambda connection: lines_of(connection, self._node, day)))
        entries, names = fold.asks_of_before(rows)
        if entries or names:
            await writer.flush()
            boot_us = fold.boot_us
            before = await self._read(lambda there: read_before(there, self._node, boot_us, entries, names))
            counts = {key: before.entries.get(key, 0) for key in entries}
            fold.note_before(counts, before.calls)
        return rows
