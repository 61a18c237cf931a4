"""Whether the records follow the queue log, from what is seen of both now and then. Pure.

It is judged by when a row was first seen, not by what the row says: a wrong clock or last year's log is no delay.
"""

from collections import deque
from dataclasses import dataclass, field

from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import RecordsState, RecordsStatus

# A commit comes half a second after its rows, a lock is waited for some seconds: that is an ordinary day.
LATE_US = 10 * MICROSECONDS
# Who looks once a second and sees so much go by has another clock than before, or stood still.
LOOKS_ARE_APART_US = 30 * MICROSECONDS
# Once late they are in time again only with some room: who sees it should not see it flicker.
IN_TIME_US = 5 * MICROSECONDS
# A short lock of the table costs some rows, which are taken from the plain file; so many in a row mean more.
LINES_WITHOUT_ROWS = 20
# A table that cannot be read is waited for: its rows have microseconds. Then the file is believed alone.
PATIENCE_US = 60 * MICROSECONDS


@dataclass(frozen=True, slots=True)
class DatabaseWait:
    """Since when the database is waited for, and what is known of why, without its address."""

    since_us: int
    reason: str


@dataclass(frozen=True, slots=True)
class RecordsLag:
    """One look. `written`, `recorded`: a count of rows, or the last one's number; `oldest_us`: the moment of the first
    that is not recorded; `waiting`: for the database; `table_lost_us`: since when the table cannot be read;
    `lines_without_rows`: how many were taken from the plain file since the table's last row.
    """

    written: int
    recorded: int
    oldest_us: int | None = None
    waiting: DatabaseWait | None = None
    table_lost_us: int | None = None
    lines_without_rows: int = 0


@dataclass(slots=True)
class RecordsProgress:
    """The looks so far of one node."""

    node: str
    _last: RecordsState | None = None
    _ahead: deque[tuple[int, int]] = field(default_factory=deque)

    def look(self, now_us: int, seen: RecordsLag) -> RecordsState:
        """The state that follows. It has one `since_us` as long as it lasts."""
        self._follow_clock(now_us)
        self._note(now_us, seen)
        state, since_us, reason = self._judge(now_us, seen)
        if self._last is not None and self._last.state is state:
            since_us = self._last.since_us
        behind = max(0, seen.written - seen.recorded)
        self._last = RecordsState(
            node=self.node,
            state=state,
            since_us=since_us,
            reason=reason[:300],
            rows_behind=behind,
            oldest_us=seen.oldest_us if behind else None,
            as_of_us=now_us,
        )
        return self._last

    def _follow_clock(self, now_us: int) -> None:
        """What was seen before a clock was set, or before this process stood still, was seen at the last look."""
        went_us = now_us - self._last.as_of_us if self._last is not None else 0
        if not 0 <= went_us < LOOKS_ARE_APART_US:
            self._ahead = deque((number, at_us + went_us) for number, at_us in self._ahead)

    def _note(self, now_us: int, seen: RecordsLag) -> None:
        """Remember when each number was first seen, as long as it is not recorded."""
        if self._ahead and self._ahead[-1][0] > seen.written:
            self._ahead.clear()  # another table: its numbers begin anew
        if seen.written > (self._ahead[-1][0] if self._ahead else seen.recorded):
            self._ahead.append((seen.written, now_us))
        while self._ahead and self._ahead[0][0] <= seen.recorded:
            self._ahead.popleft()

    def _judge(self, now_us: int, seen: RecordsLag) -> tuple[RecordsStatus, int, str]:
        was_late = self._last is not None and self._last.state is not RecordsStatus.FOLLOWING
        late_us = IN_TIME_US if was_late else LATE_US
        if seen.waiting is not None and now_us - seen.waiting.since_us >= late_us:
            return RecordsStatus.STALLED, seen.waiting.since_us, seen.waiting.reason
        if self._ahead and now_us - self._ahead[0][1] >= late_us:
            return RecordsStatus.BEHIND, self._ahead[0][1], "rows come faster than they are recorded"
        lost_us = seen.table_lost_us
        if lost_us is not None and now_us - lost_us >= PATIENCE_US:
            return RecordsStatus.PLAIN_FILE_ONLY, lost_us, f"{_UNREADABLE}: whole seconds only"
        if lost_us is not None and now_us - lost_us >= late_us:
            return RecordsStatus.STALLED, lost_us, f"{_UNREADABLE}: it is waited for"
        if seen.lines_without_rows >= LINES_WITHOUT_ROWS:
            return RecordsStatus.PLAIN_FILE_ONLY, now_us, _NO_ROWS
        return RecordsStatus.FOLLOWING, now_us, ""


_UNREADABLE = "the table of the queue log cannot be read"
_NO_ROWS = (
    "the table of the queue log has no new rows while the plain file has: whole seconds only. Was the table replaced, "
    "locked, or made unwritable while Asterisk ran? Asterisk opens it anew when it is restarted"
)
