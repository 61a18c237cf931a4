"""The rows of calls that go on or ended recently: a fold that takes them in again knows all that it must. Pure."""

from collections.abc import Iterable, Set
from typing import NamedTuple

from ami_bridge.ledger.rows.row import NONE, Row, Verb
from callcenter.calls import LONGEST_CALL_US
from callcenter.instants import MICROSECONDS

# A call that is over may still be reported for so long: a stalled disk holds rows back for two minutes. Where a backlog
# is read, so many rows of other calls are as good as that.
LATE_ROWS_US, LATE_ROWS = 300 * MICROSECONDS, 20_000
_OF_AGENTS = frozenset(
    {Verb.ADDMEMBER, Verb.REMOVEMEMBER, Verb.PAUSE, Verb.UNPAUSE, Verb.PAUSEALL, Verb.UNPAUSEALL, Verb.PENALTY}
)

_OF_ALL_CALLS = frozenset({Verb.QUEUESTART, Verb.CLOCKSET})


class _Retained(NamedTuple):
    """`number`: the how-manieth row it was; `read_us`: when it was read."""

    number: int
    read_us: int
    row: Row


class RetainedRows:
    """Rows by call, in the order in which they were folded. `boot_us`: Asterisk's start before the first of them."""

    def __init__(self, rows: Iterable[Row] = (), boot_us: int = 0, now_us: int = 0) -> None:
        self.boot_us = boot_us
        self._by_call: dict[str, list[_Retained]] = {}
        self._of_all: list[_Retained] = []
        self._count = 0
        for row in rows:
            self.add(row, now_us)

    def __len__(self) -> int:
        return sum(map(len, self._by_call.values())) + len(self._of_all)

    def add(self, row: Row, now_us: int) -> None:
        """One more row was folded."""
        self._count += 1
        if row.verb in _OF_ALL_CALLS:
            self._of_all.append(_Retained(self._count, now_us, row))
        elif row.callid not in ("", NONE) and row.verb not in _OF_AGENTS:
            of_call = self._by_call.get(row.callid)
            if of_call is None:
                of_call = self._by_call[row.callid] = []
            of_call.append(_Retained(self._count, now_us, row))

    def prune(self, in_progress: Set[str], now_us: int) -> None:
        """Drop the calls that are over, and those that are so old that they cannot go on."""
        for callid, rows in list(self._by_call.items()):
            age_us = now_us - rows[-1].read_us
            over = callid not in in_progress and (age_us > LATE_ROWS_US or self._count - rows[-1].number > LATE_ROWS)
            if over or age_us > LONGEST_CALL_US:
                del self._by_call[callid]
        first = min((rows[0].number for rows in self._by_call.values()), default=self._count)
        while self._of_all and self._of_all[0].number < first:
            row = self._of_all.pop(0).row
            if row.verb == Verb.QUEUESTART and row.at is not None:
                self.boot_us = row.at.earliest_us

    def all(self) -> list[Row]:
        """Those that are left, in order."""
        rows = [each for rows in self._by_call.values() for each in rows]
        return [each.row for each in sorted([*rows, *self._of_all])]
