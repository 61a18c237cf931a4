"""One stream of rows from the two copies of the queue log. Pure.

Asterisk stores a row in its table and then writes its line. So a line without a row is one that the table never got, as
soon as the table was read to its end after the line, or past it: it is used instead, with what its second tells. And a
row is handed on when the file was read to its end after the row: what the table never got, and is older, stands in the
file by then.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ami_bridge.ledger.rows.folded import LONGEST_STORE_US, PAST_US, Copy, FoldedRow, FoldedRows, Told, digest_of
from ami_bridge.ledger.rows.row import Row, anomaly_of
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

# What is handed on at once, about: it is folded and committed in one part. Also so many lines and rows wait, about.
ROWS_AT_ONCE = 1000
# How long a row waits for its line before it is reported as missing in the file.
LINE_MAY_LAG_US = LONGEST_STORE_US + 10 * MICROSECONDS
# A lock makes Asterisk give up storing a row after its busy_timeout (5 s), and only then write the line.
GIVES_UP_US = 6 * MICROSECONDS
# A row stamped further ahead than this is the work of a wrong clock and shows nothing.
AHEAD_US = 60 * MICROSECONDS


class _Held(NamedTuple):
    """What the table has at `position`, not handed on yet. `folded` None: it is to be folded no more."""

    position: int
    item: Row | Anomaly | None
    folded: FoldedRow | None

    def is_before(self, at_us: int) -> bool:
        """Whether it may be handed on before what happened then: what is not folded has no order."""
        return self.folded is None or self.folded.at_us < at_us


@dataclass(slots=True)
class Merged:
    """What is handed on, in order: rows to fold, and anomalies; `folded`: what says the same rows from now on."""

    items: list[Row | Anomaly] = field(default_factory=list)
    folded: list[FoldedRow] = field(default_factory=list)


class TwoCopies:
    """Matches lines of the file with rows of the table. `rows` and `lines` take what was read, `merge` hands it on.

    `known`: what was folded lately, and is held; `older`: what was folded long ago, where rows of that time are told.
    `table_position`: of the last row that was handed on.
    """

    def __init__(self) -> None:
        self.known, self.older = FoldedRows(), FoldedRows()
        self.table_position = 0
        self._held: deque[_Held] = deque()
        self._held_rows: set[int] = set()
        self._lines: deque[Row | Anomaly] = deque()
        self._decidable = 0
        self._latest_row_us = 0
        self._awaiting_line: deque[tuple[int, Row, FoldedRow]] = deque()

    @property
    def first_undecided(self) -> int | None:
        """Where the first line stands that is not decided yet."""
        return self._lines[0].position if self._lines else None

    @property
    def undecided(self) -> Sequence[Row | Anomaly]:
        """The lines that are not decided yet."""
        return self._lines

    @property
    def holds_nothing(self) -> bool:
        """Whether all that was read of the table was handed on."""
        return not self._held

    def rows(self, rows: Iterable[Row | Anomaly], now_us: int) -> None:
        """The table's next rows, in its order."""
        for row in rows:
            if isinstance(row, Anomaly):
                self._held.append(_Held(row.position, row, None))
            else:
                self._hold(row, now_us)

    def lines(self, lines: Iterable[Row | Anomaly]) -> None:
        """The file's next lines, in its order. What the table had before they came decides none of them."""
        before = len(self._lines)
        self._lines.extend(lines)
        if len(self._lines) > before:
            self._latest_row_us = 0

    def table_has_no_more(self) -> None:
        """The table was read to its end, after the lines so far."""
        self._decidable = len(self._lines)

    def copy_replaced(self, copy: Copy) -> None:
        """That copy is read again from its beginning: what was read of it and not handed on, too."""
        self.known.forget_copy(copy)
        self.older.forget_copy(copy)
        if copy is Copy.FILE:
            self._lines.clear()
            self._decidable = 0
        else:
            self._held.clear()
            self.known.remove(self._held_rows)
            self._held_rows.clear()
            self.table_position = 0

    def merge(self, merged: Merged, now_us: int, *, file_read_to_end: bool, table_is_there: bool) -> bool:
        """Add what can be handed on now, of some lines; whether there may be more. Then all is handed on so far.

        `file_read_to_end`: after the table's last row.
        """
        for _ in range(ROWS_AT_ONCE):
            if not self._lines:
                break
            line = self._lines[0]
            if isinstance(line, Anomaly):
                merged.items.append(line)
            elif not self._decide(line, merged, now_us, table_is_there=table_is_there):
                self._hand_on_older(merged, now_us, line)
                return False
            self._lines.popleft()
            self._decidable = max(0, self._decidable - 1)
        if file_read_to_end and not self._lines:
            self._hand_on(merged, now_us, None)
        return bool(self._lines)

    def overdue(self, now_us: int) -> list[Anomaly]:
        """Some rows whose line should have been in the file by now, each reported once."""
        late: list[Anomaly] = []
        while len(late) < ROWS_AT_ONCE and self._is_overdue(now_us):
            _, row, folded = self._awaiting_line.popleft()
            if not folded.in_file:
                late.append(anomaly_of(AnomalyKind.MISSING_IN_FILE, row))
        return late

    # -- what serves them ----------------------------------------------------------------------------

    def _is_overdue(self, now_us: int) -> bool:
        return bool(self._awaiting_line) and self._awaiting_line[0][0] + LINE_MAY_LAG_US < now_us

    def _hold(self, row: Row, now_us: int) -> None:
        at_us = row.at.earliest_us if row.at is not None else 0
        if at_us < now_us + AHEAD_US:
            self._latest_row_us = max(self._latest_row_us, at_us)
        digest = digest_of(row)
        told = self.known.claim_row(digest, at_us)
        if told is Told.NEW:
            told = self.older.claim_row(digest, at_us)
        if told is Told.NEW:
            folded = FoldedRow(digest, at_us, exact=True, in_table=True)
            self.known.add(folded)
            self._held.append(_Held(row.position, row, folded))
            self._held_rows.add(id(folded))
        else:
            repeated = anomaly_of(AnomalyKind.DUPLICATE, row) if told is Told.REPEATED else None
            self._held.append(_Held(row.position, repeated, None))

    def _decide(self, line: Row, merged: Merged, now_us: int, *, table_is_there: bool) -> bool:
        """Match a line, or use it where the table has no row for it. False while that cannot be decided."""
        digest = digest_of(line)
        at_us = line.at.earliest_us if line.at is not None else 0
        told, match = self.known.claim_line(digest, at_us, now_us)
        if told is Told.NEW:
            told, _ = self.older.claim_line(digest, at_us)
        if match is not None and id(match) in self._held_rows:
            self._hand_on(merged, now_us, match)
        elif told is Told.REPEATED:
            merged.items.append(anomaly_of(AnomalyKind.DUPLICATE, line))
        elif told is Told.NEW:
            if table_is_there and not self._decidable and self._latest_row_us < at_us + PAST_US:
                return False
            # What is older and waits for a line that was cut out of the file would come too late.
            while self._held and self._held[0].is_before(at_us):
                self._hand_on_first(merged, now_us)
            folded = FoldedRow(digest, at_us, exact=False, in_file=True)
            self.known.add(folded)
            merged.folded.append(folded)
            merged.items.append(_as_told(line, late=table_is_there))
            merged.items.append(anomaly_of(AnomalyKind.MISSING_IN_TABLE, line))
        return True

    def _hand_on(self, merged: Merged, now_us: int, up_to: FoldedRow | None) -> None:
        while self._held:
            handed_on = self._hand_on_first(merged, now_us)
            if handed_on is up_to is not None:
                return

    def _hand_on_older(self, merged: Merged, now_us: int, line: Row) -> None:
        """Of many rows that are held, those from before a line that waits: whatever it is, they come before it."""
        before_us = (line.at.earliest_us if line.at is not None else 0) - GIVES_UP_US
        while len(self._held) > ROWS_AT_ONCE:
            first = self._held[0].folded
            if first is not None and first.at_us >= before_us:
                return
            self._hand_on_first(merged, now_us)

    def _hand_on_first(self, merged: Merged, now_us: int) -> FoldedRow | None:
        held = self._held.popleft()
        self.table_position = held.position
        if held.item is not None:
            merged.items.append(held.item)
        if held.folded is None or not isinstance(held.item, Row):
            return None
        self._held_rows.discard(id(held.folded))
        merged.folded.append(held.folded)
        if not held.folded.in_file:
            self._awaiting_line.append((now_us, held.item, held.folded))
        return held.folded


def _as_told(line: Row, *, late: bool) -> Row:
    """A line that the table lacks: stamped before Asterisk gave up storing it."""
    if not late or line.at is None:
        return line
    at = Moment(line.at.earliest_us - GIVES_UP_US, line.at.latest_us)
    return Row(line.position, at, line.callid, line.queue, line.agent, line.verb, line.data)
