"""Follows the two copies of Asterisk's queue log and records what is new.

Each step reads the file, then the table, then the file again: what is in neither by then has its turn in the next one.
The line of the file wakes the tail: Asterisk writes it when its row is stored, so that both are there then. Where no
wake comes, the file is looked at all the same. What comes in the moment after a commit is committed together
(`commit_pace`), and what changes several times meanwhile is written once. However much there is, little is read, folded
and committed at a time: signs of life are given on the same event loop.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Self

from ami_bridge.feeds.commit_pace import CommitPace
from ami_bridge.feeds.cut_lines import KnownCalls, rows
from ami_bridge.feeds.file_watch import FileWatch
from ami_bridge.feeds.folded_at_hand import FoldedAtHand
from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.places import Place
from ami_bridge.feeds.standstills import Standstills
from ami_bridge.feeds.table import LedgerTable, LedgerUnavailable
from ami_bridge.feeds.two_copies import ROWS_AT_ONCE, Merged, TwoCopies
from ami_bridge.ledger.changes import Changes
from ami_bridge.ledger.rows.folded import Copy
from ami_bridge.ledger.rows.row import Row, Verb
from ami_bridge.records.progress import PATIENCE_US, RecordsLag
from ami_bridge.records.recorder import Cursor, Recorder
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.moments import Moment

log = logging.getLogger(__name__)

# Without a wake the file is looked at so often.
POLL_SECONDS = 0.25
# The line follows its row at once: while the file does not grow, the table is read only this often.
LOOK_SECONDS = 1.0


class QueueLogTail:
    """Reads both copies and hands them to the recorder, for as long as it runs. Made by `resume`."""

    def __init__(
        self,
        table: LedgerTable,
        file: QueueLogFile,
        recorder: Recorder,
        now_us: Callable[[], int],
        on_changes: Callable[[Changes], None] | None = None,
        standstills: Standstills | None = None,
    ) -> None:
        self._table, self._file, self._recorder = table, file, recorder
        self._now_us, self._on_changes = now_us, on_changes
        self._copies, self._calls = TwoCopies(), KnownCalls()
        self._pace, self._standstills = CommitPace(), standstills or Standstills()
        self._at_hand = FoldedAtHand(self._copies, recorder, now_us)
        self._merged, self._commits = Merged(), 0
        self._table_lost_us: int | None = None
        self._recorded, self._lines_without_rows = 0, 0
        self.problem = ""

    @classmethod
    async def resume(
        cls,
        table: LedgerTable,
        file: QueueLogFile,
        recorder: Recorder,
        cursors: dict[str, Cursor],
        now_us: Callable[[], int],
        on_changes: Callable[[Changes], None] | None = None,
        standstills: Standstills | None = None,
    ) -> Self:
        """A tail that goes on where the records end. Raises DatabaseProblem."""
        tail = cls(table, file, recorder, now_us, on_changes, standstills)
        places = {source: Place(cursor.position, cursor.mark) for source, cursor in cursors.items()}
        table.go_on_from(places.get(Copy.TABLE, Place()))
        file.go_on_from(places.get(Copy.FILE, Place()))
        tail._recorded = tail._copies.table_position = places.get(Copy.TABLE, Place()).position
        await tail._at_hand.recall(table, file, tail._calls)
        return tail

    async def run(self) -> None:
        """Follow for ever."""
        look_again = 0.0
        with FileWatch(self._file.path) as watch:
            while True:
                watch.renew()
                now, found = asyncio.get_running_loop().time(), False
                if self._is_behind or now >= look_again:
                    look_again = now + LOOK_SECONDS
                    found = await self.step()
                if not found:
                    await watch.written(POLL_SECONDS)
                elif self._file.at_end:
                    await asyncio.sleep(self._pace.rest_seconds)

    async def step(self) -> bool:
        """Record what is new now. True when there was anything."""
        before = self._progress
        await self._take_lines()
        await self._take_rows()
        read_to_end = await self._take_lines()
        await self._merge(file_read_to_end=read_to_end)
        if read_to_end:
            self._merged.items += self._copies.overdue(self._now_us())
        await self._commit()
        return before != self._progress

    @property
    def _progress(self) -> tuple[int, int, int]:
        return self._commits, self._copies.table_position, self._file.position

    @property
    def _is_behind(self) -> bool:
        """Whether the file has more, or a line that came in mid-step still waits for its row."""
        return self._file.has_grown() or self._copies.first_undecided is not None

    def lag(self) -> RecordsLag:
        """How far the table and the records are, and what is waited for. Never waits itself."""
        written, oldest_us = self._recorded, None
        with suppress(LedgerUnavailable):  # `step` reports it
            written, oldest_us = self._table.unread(self._recorded)
        waiting, lost_us = self._recorder.waiting, self._table_lost_us
        return RecordsLag(written, self._recorded, oldest_us, waiting, lost_us, self._lines_without_rows)

    # -- one step ------------------------------------------------------------------------------------

    async def _take_lines(self) -> bool:
        """More of the file, unless many lines wait for their rows. Whether it was read to its end."""
        if len(self._copies.undecided) > ROWS_AT_ONCE:
            return False
        found = self._file.new_lines(to_next_file=self._copies.first_undecided is None)
        if self._file.take_replaced():
            self._copies.copy_replaced(Copy.FILE)
            self._merged.items.append(self._replaced(Copy.FILE))
        lines = list(rows(found, self._calls))
        await self._at_hand.look_up(lines)
        self._copies.lines(lines)
        await self._merge()
        return self._file.at_end

    async def _take_rows(self) -> None:
        """More of the table, as long as a line waits for its row; and one look, where the file has no more."""
        while self._copies.first_undecided is not None or self._copies.holds_nothing or self._file.at_end:
            found = self._batch()
            if found is None:
                return
            await self._at_hand.look_up(found)
            self._copies.rows(found, self._now_us())
            if not found:
                self._copies.table_has_no_more()
            await self._merge()
            if not found or self._copies.first_undecided is None:
                return

    def _batch(self) -> Sequence[Row | Anomaly] | None:
        """The table's next rows; None while it cannot be read."""
        try:
            found = self._table.new_rows(ROWS_AT_ONCE)
        except LedgerUnavailable as problem:
            if not self.problem:
                log.error("only the plain queue_log is left to read: %s", problem)
            self.problem = str(problem)
            self._table_lost_us = self._table_lost_us or self._now_us()
            return None
        self.problem, self._table_lost_us = "", None
        self._lines_without_rows *= not found
        if self._table.take_replaced():
            self._copies.copy_replaced(Copy.TABLE)
            self._merged.items.append(self._replaced(Copy.TABLE))
        return found

    async def _merge(self, *, file_read_to_end: bool = False) -> None:
        """Hand on what can be. Where it is much it is committed in parts, and others have their turn between them."""
        more = True
        while more:
            await asyncio.sleep(0)
            more = self._merge_some(file_read_to_end=file_read_to_end)
            if len(self._merged.items) >= ROWS_AT_ONCE:
                await self._commit()
                await self._at_hand.look_up()

    def _merge_some(self, *, file_read_to_end: bool) -> bool:
        now_us = self._now_us()
        lost = self._table_lost_us is not None and now_us - self._table_lost_us >= PATIENCE_US
        return self._copies.merge(self._merged, now_us, file_read_to_end=file_read_to_end, table_is_there=not lost)

    async def _commit(self) -> None:
        merged, self._merged = self._merged, Merged()
        if merged.items or merged.folded:
            await self._record(merged)
        self._recorded = self._copies.table_position

    async def _record(self, merged: Merged) -> None:
        cursors = [
            Cursor(copy.value, place.mark, place.position)
            for copy, place in (
                (Copy.FILE, self._file.place(self._copies.first_undecided)),
                (Copy.TABLE, self._table.place(self._copies.table_position)),
            )
            if place is not None
        ]
        self._lines_without_rows += sum(map(_lacks_its_row, merged.items))
        known = list(map(self._as_known, merged.items))
        changes = await self._recorder.record(known, cursors, merged.folded)
        self._pace.note(len(merged.folded), asyncio.get_running_loop().time())
        self._commits += 1
        self._at_hand.forget(merged.folded)
        if self._on_changes is not None:
            self._on_changes(changes)

    def _as_known(self, item: Row | Anomaly) -> Row | Anomaly:
        if isinstance(item, Anomaly):
            return item
        if item.verb == Verb.QUEUESTART:
            self._standstills.restarted()
        return self._standstills.as_known(item)

    def _replaced(self, copy: Copy) -> Anomaly:
        detail = f"the {copy.value} is not the one that was read; it is read from its beginning"
        return Anomaly(AnomalyKind.COPY_REPLACED, 0, Moment.exact(self._now_us()), detail)


def _lacks_its_row(item: Row | Anomaly) -> bool:
    return isinstance(item, Anomaly) and item.kind is AnomalyKind.MISSING_IN_TABLE
