"""What was folded in the last minutes is at hand; what is older is looked up in the records."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain

from ami_bridge.feeds.cut_lines import KnownCalls, rows
from ami_bridge.feeds.log_file import QueueLogFile
from ami_bridge.feeds.table import LedgerTable, LedgerUnavailable
from ami_bridge.feeds.two_copies import ROWS_AT_ONCE, TwoCopies
from ami_bridge.ledger.rows.folded import LONGEST_STORE_US, FoldedRow, FoldedRows, digest_of
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.recorder import Recorder
from ami_bridge.records.turns import in_turns
from callcenter.calls import Anomaly
from callcenter.instants import MICROSECONDS

AT_HAND_US, AT_HAND_ROWS = 600 * MICROSECONDS, 5_000
LATEST_US = 1 << 62


class FoldedAtHand:
    """Has in `copies` what was folded of the time of the rows that are told."""

    def __init__(self, copies: TwoCopies, recorder: Recorder, now_us: Callable[[], int]) -> None:
        self._copies, self._recorder, self._now_us = copies, recorder, now_us
        self._since_us = 0

    async def recall(self, table: LedgerTable, file: QueueLogFile, calls: KnownCalls) -> None:
        """Know again what was folded last, and which of the copies has reported it.

        Of a copy that has reported nothing for long: no more than a bridge that runs has at hand.
        """
        last = self._recorder.last_sign
        if last is None:
            return
        lines = deque(_lines_since(file, calls, LATEST_US), maxlen=1)
        ends_us = [last.earliest_us, *map(_at_us, chain(_rows_up_to(table, None, 1), lines))]
        newest_us = min(max(ends_us), self._now_us())
        self._since_us = max(min(ends_us), newest_us - AT_HAND_US) - 2 * LONGEST_STORE_US
        known = self._copies.known
        await self._add_to(known, self._since_us, LATEST_US)
        async for some_rows in in_turns(await _rows_since(table, self._since_us)):
            for row in some_rows:
                known.claim_row(digest_of(row), _at_us(row))
        async for some_lines in in_turns(_lines_since(file, calls, self._since_us)):
            for line in some_lines:
                known.claim_line(digest_of(line), _at_us(line))

    async def look_up(self, items: Iterable[Row | Anomaly] = ()) -> None:
        """Have at hand what was folded of the time of these rows, and of the lines that wait to be decided."""
        told = chain(items, self._copies.undecided)
        moments = [item.at.earliest_us for item in told if isinstance(item, Row) and item.at is not None]
        earliest_us = min(moments, default=self._since_us + LONGEST_STORE_US) - LONGEST_STORE_US
        if earliest_us < self._since_us:
            older = FoldedRows()
            await self._add_to(older, earliest_us, min(max(moments) + LONGEST_STORE_US, self._since_us))
            self._copies.older = older

    def forget(self, folded: Sequence[FoldedRow]) -> None:
        """These were folded last: what is old by now is needed no more."""
        if folded:
            newest_us = min(folded[-1].at_us, self._now_us())
            if self._copies.known.forget_before(newest_us - AT_HAND_US, but=AT_HAND_ROWS):
                self._since_us = max(self._since_us, newest_us - AT_HAND_US)

    async def _add_to(self, known: FoldedRows, earliest_us: int, latest_us: int) -> None:
        async for some_rows in in_turns(await self._recorder.folded_between(earliest_us, latest_us)):
            for row in some_rows:
                known.add(row)


async def _rows_since(table: LedgerTable, earliest_us: int) -> Iterator[Row]:
    """What was read of the table before, of that moment and later, and perhaps more; in its order."""
    pages = [_rows_up_to(table, None, ROWS_AT_ONCE)]
    while max(map(_at_us, pages[-1]), default=0) >= earliest_us:
        pages.append(_rows_up_to(table, pages[-1][0].position - 1, ROWS_AT_ONCE))
        await asyncio.sleep(0)
    return chain.from_iterable(reversed(pages))


def _rows_up_to(table: LedgerTable, position: int | None, count: int) -> list[Row]:
    with suppress(LedgerUnavailable):  # a step reports it
        return [row for row in table.rows_before(count, position) if isinstance(row, Row)]
    return []


def _lines_since(file: QueueLogFile, calls: KnownCalls, earliest_us: int) -> Iterator[Row]:
    """What was read of the file before, of that moment and later, and perhaps more; the last line in any case."""
    with suppress(OSError):  # a step reports it
        yield from (row for row in rows(file.lines_before(earliest_us), calls) if isinstance(row, Row))


def _at_us(row: Row) -> int:
    return row.at.earliest_us if row.at is not None else 0
