"""One stream of rows from the two copies of the queue log. Pure.

Asterisk writes each row to the table first and to the file right after it. So when the file is read first and the table
second, a line without its row is one that the table never got: it is used instead, with its whole seconds. A row
without its line waits for it, and is reported as missing in the file when the line does not come.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ami_bridge.ledger.rows import Row
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import MICROSECONDS

LINE_MAY_LAG_US = 5 * MICROSECONDS

Key = tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Waiting:
    """A row that waits for its line. `folded_before` a restart: its line may have been read then, too."""

    row: Row
    key: Key
    emitted: bool
    folded_before: bool = False


class TwoCopies:
    """Matches lines of the file with rows of the table."""

    def __init__(self, already_folded: Sequence[Row] = ()) -> None:
        self._unmatched: dict[Key, deque[_Waiting]] = {}
        self._order: deque[_Waiting] = deque()
        self._fresh: deque[_Waiting] = deque()
        for row in already_folded:
            self._add(row, emitted=True).folded_before = True

    def merge(self, lines: Sequence[Row | Anomaly], batches: Iterator[Sequence[Row]]) -> list[Row | Anomaly]:
        """The rows to fold, in order. `lines` are read from the file before the first of `batches` is drawn.

        One batch of the table is always drawn, more only while a line has no row yet. So memory remains bounded however
        far behind the reader is, and a line that has no row at the table's end has none.
        """
        self._fresh.extend(self._add(row, emitted=False) for row in next(batches, ()))
        merged: list[Row | Anomaly] = []
        for line in lines:
            if isinstance(line, Anomaly):
                merged.append(line)
                continue
            match = self._find(line, batches)
            if match is None:
                merged += [line, Anomaly(AnomalyKind.MISSING_IN_TABLE, line.position, line.at, _text(line))]
            elif not match.emitted:
                merged += self._emit(match)
        merged += self._emit(None)
        return merged

    def overdue(self, now_us: int) -> list[Anomaly]:
        """Rows whose line should have been in the file by now, each reported once. Only valid at the file's end."""
        late: list[Anomaly] = []
        while self._order and _due(self._order[0], now_us):
            waiting = self._order.popleft()
            if self._forget(waiting) and not waiting.folded_before and waiting.row.at is not None:
                late.append(
                    Anomaly(AnomalyKind.MISSING_IN_FILE, waiting.row.position, waiting.row.at, _text(waiting.row))
                )
        return late

    def _add(self, row: Row, *, emitted: bool) -> _Waiting:
        waiting = _Waiting(row, _key(row), emitted)
        self._unmatched.setdefault(waiting.key, deque()).append(waiting)
        self._order.append(waiting)
        return waiting

    def _find(self, line: Row, batches: Iterator[Sequence[Row]]) -> _Waiting | None:
        key = _key(line)
        while (match := self._match(key, line)) is None:
            batch = next(batches, None)
            if batch is None:
                return None
            self._fresh.extend(self._add(row, emitted=False) for row in batch)
        return match

    def _emit(self, up_to: _Waiting | None) -> list[Row | Anomaly]:
        out: list[Row | Anomaly] = []
        while self._fresh:
            waiting = self._fresh.popleft()
            waiting.emitted = True
            out.append(waiting.row)
            if waiting is up_to:
                break
        return out

    def _match(self, key: Key, line: Row) -> _Waiting | None:
        candidates = self._unmatched.get(key)
        if not candidates:
            return None
        for waiting in candidates:
            if _same_second(waiting.row, line):
                self._forget(waiting)
                return waiting
        return None

    def _forget(self, waiting: _Waiting) -> bool:
        candidates = self._unmatched.get(waiting.key)
        if candidates is None or waiting not in candidates:
            return False
        candidates.remove(waiting)
        if not candidates:
            del self._unmatched[waiting.key]
        return True


def _key(row: Row) -> Key:
    return (row.callid, row.queue, row.agent, row.verb, "|".join(row.data).rstrip("|"))


def _same_second(row: Row, line: Row) -> bool:
    if row.at is None or line.at is None:
        return False
    return abs(row.at.earliest_us - line.at.earliest_us) < 2 * MICROSECONDS


def _due(waiting: _Waiting, now_us: int) -> bool:
    at = waiting.row.at
    return at is None or at.latest_us + LINE_MAY_LAG_US < now_us


def _text(row: Row) -> str:
    return "|".join((row.callid, row.queue, row.agent, row.verb, *row.data))[:500]
