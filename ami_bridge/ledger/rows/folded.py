"""Which rows have been folded, whichever copy of the queue log they came from. Pure.

A row is known by what it says: its call, queue, agent, verb and fields. Time only tells apart rows that say the same.
Asterisk stamps a row, stores it in its table, and then writes the line with the second of that later moment: so a line
belongs to a row of its second or of up to LONGEST_STORE_US before, and never to a later one.
"""

from bisect import insort
from collections import deque
from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from ami_bridge.ledger.rows.row import Row
from callcenter.instants import MICROSECONDS

# A disk that stands still holds the thread that stores a row, and its line comes that much later.
LONGEST_STORE_US = 120 * MICROSECONDS
# The line's second comes from a clock that is read in ticks, so it may seem a little earlier than the row's moment.
CLOCK_TICK_US = MICROSECONDS // 20
# A row stamped so long after a line was stored after it.
PAST_US = 2 * MICROSECONDS
_NEVER_US = 1 << 62


class Copy(StrEnum):
    """The two copies of the queue log."""

    TABLE = "table"
    FILE = "file"


class Told(StrEnum):
    """What a row is, when a copy reports it."""

    NEW = "new"
    KNOWN = "known"  # folded before: from the other copy, or from this one before it was restored or replaced
    REPEATED = "repeated"  # this copy reports it a second time


def digest_of(row: Row) -> int:
    """What a row says, without its moment: 64 bits."""
    return digest_of_text("|".join((row.callid, row.queue, row.agent, row.verb, *row.data)).rstrip("|"))


@lru_cache(maxsize=8192)  # each row is met in both copies
def digest_of_text(text: str) -> int:
    """The same of what it says, parted by bars, without those at its end."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


@dataclass(slots=True, eq=False)
class FoldedRow:
    """One row that was folded, and which copies have reported it.

    `at_us`: the moment in the table, or the beginning of the line's second where only the file had it (`exact` False).
    """

    digest: int
    at_us: int
    exact: bool
    in_table: bool = False
    in_file: bool = False


class FoldedRows:
    """Rows that were folded, by digest. Those added first are forgotten first."""

    def __init__(self, rows: Iterable[FoldedRow] = ()) -> None:
        self._by_digest: dict[int, list[FoldedRow]] = {}
        self._order: deque[FoldedRow] = deque()
        self._latest_line_us, self._is_retelling = 0, False
        for row in rows:
            self.add(row)

    def __len__(self) -> int:
        return len(self._order)

    def add(self, row: FoldedRow) -> None:
        """One more."""
        same = self._by_digest.get(row.digest)
        if same is None:
            self._by_digest[row.digest] = [row]
        else:
            insort(same, row, key=_moment)
        self._order.append(row)

    def forget_before(self, at_us: int, *, but: int) -> int:
        """Forget the oldest ones while they are from before that moment, all but the last `but`. How many they were."""
        forgotten = 0
        while len(self._order) > but and self._order[0].at_us < at_us:
            row = self._order.popleft()
            same = self._by_digest[row.digest]
            same.remove(row)
            if not same:
                del self._by_digest[row.digest]
            forgotten += 1
        return forgotten

    def remove(self, ids: Set[int]) -> None:
        """Forget these, by `id`."""
        self._order = deque(row for row in self._order if id(row) not in ids)
        self._by_digest = {}
        for row in self._order:
            insort(self._by_digest.setdefault(row.digest, []), row, key=_moment)

    def forget_copy(self, copy: Copy) -> None:
        """That copy was replaced, or is read again from its beginning: what it has reported does not count."""
        for row in self._order:
            if copy is Copy.TABLE:
                row.in_table = False
            else:
                row.in_file = False
        if copy is Copy.FILE:
            self._latest_line_us, self._is_retelling = 0, False

    def claim_row(self, digest: int, at_us: int) -> Told:
        """The table reports a row of that moment."""
        same, told = self._by_digest.get(digest, ()), Told.NEW
        for row in same:
            if row.exact and row.at_us == at_us:
                if not row.in_table:
                    row.in_table = True
                    return Told.KNOWN
                told = Told.REPEATED
        for row in same:
            if not row.exact and not row.in_table and _may_be_line_of(row.at_us, at_us):
                row.in_table = True
                return Told.KNOWN
        return told

    def claim_line(self, digest: int, line_us: int, now_us: int = _NEVER_US) -> tuple[Told, FoldedRow | None]:
        """The file reports a line, of the second that begins at `line_us`. `now_us`: when it is matched.

        A line is repeated only where the file's time has gone back, and then up to where it was: a queue may well
        report the same thing twice in one second, and a thread may write its line late.
        """
        shown_us = self._latest_line_us + PAST_US if line_us < self._latest_line_us else 0
        is_told_again = line_us < self._latest_line_us or (line_us == self._latest_line_us and self._is_retelling)
        self._latest_line_us = max(self._latest_line_us, line_us)
        self._is_retelling = False
        for row in reversed(self._by_digest.get(digest, ())):
            if not (_may_be_line_of(line_us, row.at_us) if row.exact else row.at_us == line_us):
                continue
            if not row.in_file:
                row.in_file, self._is_retelling = True, False
                return Told.KNOWN, row
            self._is_retelling = is_told_again
        if self._is_retelling:
            return Told.REPEATED, None
        stamped = self._stamped_before_the_clock_went_back(digest, line_us, shown_us, now_us)
        return (Told.NEW, None) if stamped is None else (Told.KNOWN, stamped)

    def _stamped_before_the_clock_went_back(
        self, digest: int, line_us: int, shown_us: int, now_us: int
    ) -> FoldedRow | None:
        """The row of a line between whose stamp and whose line the clock was set back.

        That it was, is known by a stamp that is still to come, or by the file: `shown_us`, what it had shown before.
        """
        for row in self._by_digest.get(digest, ()):
            is_later = row.exact and row.at_us - CLOCK_TICK_US >= line_us + MICROSECONDS
            if is_later and not row.in_file and (row.at_us > now_us or row.at_us <= shown_us):
                row.in_file = True
                return row
        return None


def _moment(row: FoldedRow) -> int:
    return row.at_us


def _may_be_line_of(line_us: int, row_us: int) -> bool:
    """Whether a line of the second that begins at `line_us` may be that of a row stamped at `row_us`."""
    return row_us - CLOCK_TICK_US < line_us + MICROSECONDS and line_us - LONGEST_STORE_US <= row_us
