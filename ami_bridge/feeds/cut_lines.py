"""Rows of a queue_log file, without what its callers forged. Pure.

The file holds text that callers choose: a line end in a caller's number cuts a line in two and may forge another.
ENTERQUEUE is the one line with such text, so its fields are counted. Of a cut one the call is kept, and what follows up
to its lost end is not believed. The lost end is the first line that is no row and ends as ENTERQUEUE does.

A line that ends with the number is not cut for that alone: some write no position. Then a whole line is believed,
unless everything says that the lost position stands at its end: it names a call that nobody has heard of, in the same
second, and would be whole without its last field.
"""

import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import islice

from ami_bridge.feeds.file import QueueLogLine, clean, parse
from ami_bridge.ledger.rows.row import Row, Verb
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

FORGED_LINES_AT_MOST = 128
ASTERISK_BUFFER = 8192
REMEMBERED_CALLS = 4096
_POSITION = 2
_BARS_BEFORE_NUMBER = 6
_LOST_END = re.compile(r"\|\d{1,4}(\|[^|]*)?$")

_Parsed = tuple[QueueLogLine, Row | Anomaly]


class KnownCalls:
    """The calls that joined a queue lately."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, None] = OrderedDict()

    def note(self, callid: str) -> None:
        """That call joined."""
        self._calls[callid] = None
        self._calls.move_to_end(callid)
        if len(self._calls) > REMEMBERED_CALLS:
            self._calls.popitem(last=False)

    def __contains__(self, callid: str) -> bool:
        return callid in self._calls


def rows(lines: Iterable[QueueLogLine], calls: KnownCalls) -> Iterator[Row | Anomaly]:
    """Rows, and an anomaly for each line that is no row or is not believed. `calls` come to know those that join."""
    source, ahead = ((line, parse(line)) for line in lines), deque[_Parsed]()
    while ahead or (ahead := deque(islice(source, 1))):
        line, row = ahead.popleft()
        if not isinstance(row, Row) or row.verb != Verb.ENTERQUEUE:
            yield row
            continue
        calls.note(row.callid)
        ahead += islice(source, max(0, FORGED_LINES_AT_MOST - len(ahead)))
        has_end = _has_end(row)
        forged = _forged_at_once(row, ahead) if has_end else _forged_after(line, row, ahead, calls)
        if forged:
            yield _forged(line, row.at)
        for _ in range(forged):
            yield _forged(ahead.popleft()[0], None)
        yield row if has_end else _mended(row)


def _forged_after(head: QueueLogLine, joining: Row, lines: Iterable[_Parsed], calls: KnownCalls) -> int:
    """How many of the lines after one without its end belong to it: Asterisk writes no line longer than its buffer."""
    if head.text.count("|") < _BARS_BEFORE_NUMBER:
        return 0
    near = [(line.text, row) for line, row in lines if line.offset - head.offset < ASTERISK_BUFFER]
    rest = next((at for at, (text, row) in enumerate(near) if _is_rest(text, row)), None)
    return rest + 1 if rest is not None else _forged_as_rows(joining, near, calls)


def _is_rest(text: str, row: Row | Anomaly) -> bool:
    """What is no line of its own, and ends as ENTERQUEUE does."""
    return isinstance(row, Anomaly) and row.kind is AnomalyKind.MALFORMED_ROW and _LOST_END.search(text) is not None


def _forged_as_rows(joining: Row, near: Iterable[tuple[str, Row | Anomaly]], calls: KnownCalls) -> int:
    """The same where the caller made even the rest look like a row.

    An Asterisk that writes no position has no bridge that sees its clock: a CLOCKSET after a cut line is the caller's.
    """
    for at, (text, row) in enumerate(near):
        if not isinstance(row, Row) or row.callid in calls or _is_later(row, joining):
            return 0
        if row.verb == Verb.CLOCKSET:
            return at + 1
        if _LOST_END.search(text) and _is_whole(text.rpartition("|")[0]):
            return at + 1
    return 0


def _forged_at_once(head: Row, lines: Iterable[_Parsed]) -> int:
    """The same after a line that the caller made look whole: only a lost end of the same second gives it away."""
    for at, (line, row) in enumerate(lines):
        if _is_stray_end(line.text, row):
            return at + 1
        if not isinstance(row, Row) or row.verb == Verb.ENTERQUEUE or _is_later(row, head):
            return 0
    return 0


def _is_stray_end(text: str, row: Row | Anomaly) -> bool:
    """The end of an ENTERQUEUE, alone or appended to a row that is complete without it."""
    if isinstance(row, Row) or not _LOST_END.search(text):
        return False
    return text.count("|") <= 2 or _is_whole(text.rpartition("|")[0])


def _is_whole(text: str) -> bool:
    row = parse(QueueLogLine(0, text))
    return isinstance(row, Row) and (row.verb != Verb.ENTERQUEUE or _has_end(row))


def _has_end(joining: Row) -> bool:
    return len(joining.data) > _POSITION and joining.number(_POSITION) is not None


def _is_later(row: Row, head: Row) -> bool:
    return row.at is None or head.at is None or row.at.earliest_us > head.at.latest_us + MICROSECONDS


def _forged(line: QueueLogLine, at: Moment | None) -> Anomaly:
    return Anomaly(AnomalyKind.FORGED, line.offset, at, clean(line.text))


def _mended(row: Row) -> Row:
    """An ENTERQUEUE without its end still counts as a call that joined, with what is left of its fields."""
    url, caller = row.field(0), row.field(1)
    return Row(row.position, row.at, row.callid, row.queue, row.agent, row.verb, (url, caller, "0"))
