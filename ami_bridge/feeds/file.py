"""Lines of Asterisk's plain queue_log file as rows. Pure.

The file holds text that callers choose: a line end in a caller's number cuts a line in two and may forge another.
ENTERQUEUE is the one line with such text, so its fields are counted. Of a cut one the call is kept, and what follows up
to its lost end is not believed. The lost end is the first line that is no row and ends as ENTERQUEUE does; where the
caller made it look like a row, the first line that ends so.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ami_bridge.ledger.rows import AMI_ONLY, FIELDS, MAX_FIELD, Row, Verb, fields_fit, known_verb, whole_number
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

MAX_LINE = 4096
FORGED_LINES_AT_MOST = 128
ASTERISK_BUFFER = 8192
EARLIEST_SECOND = 946_684_800
LATEST_SECOND = 4_102_444_800
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BARS_BEFORE_NUMBER = 6
_LOST_END = re.compile(r"\|\d{1,4}(\|[^|]*)?$")


@dataclass(frozen=True, slots=True)
class QueueLogLine:
    """One complete line and where in the file it begins (bytes)."""

    offset: int
    text: str


_Parsed = tuple[QueueLogLine, Row | Anomaly]


def lines_in(offset: int, raw: bytes) -> Iterator[QueueLogLine]:
    """The line in these bytes; none where they are blank.

    Zero bytes at its beginning are the hole that a power cut leaves: Asterisk goes on behind it on the same line, often
    with its QUEUESTART. They count as a line of their own; no caller can write them, Asterisk's strings end at a zero.
    """
    raw = raw.removeprefix(BYTE_ORDER_MARK) if offset == 0 else raw
    content = raw.lstrip(b"\0")
    hole = len(raw) - len(content)
    if hole:
        yield QueueLogLine(offset, "\0" * min(hole, MAX_FIELD))
    text = content.decode("utf-8", "replace").rstrip("\r\n")
    if text.strip():
        yield QueueLogLine(offset + hole, text)


def rows(lines: Iterable[QueueLogLine]) -> Iterator[Row | Anomaly]:
    """Rows, and an anomaly for each line that is no row or is not believed."""
    source, ahead = ((line, parse(line)) for line in lines), deque[_Parsed]()
    while ahead or (ahead := deque(islice(source, 1))):
        line, row = ahead.popleft()
        if not isinstance(row, Row) or row.verb != Verb.ENTERQUEUE:
            yield row
            continue
        cut = _is_cut(row)
        ahead += islice(source, max(0, FORGED_LINES_AT_MOST - len(ahead)))
        forged = _forged_after(line, ahead) if cut else _forged_at_once(row, ahead)
        if cut or forged:
            yield _forged(line, row.at)
        for _ in range(forged):
            yield _forged(ahead.popleft()[0], None)
        yield _mended(row) if cut else row


def _forged_after(head: QueueLogLine, lines: Iterable[_Parsed]) -> int:
    """How many of the lines after a cut one belong to it: Asterisk writes no line longer than its buffer."""
    if head.text.count("|") < _BARS_BEFORE_NUMBER:
        return 0
    near = [(line.text, row) for line, row in lines if line.offset - head.offset < ASTERISK_BUFFER]
    ends = [at for at, (text, _) in enumerate(near) if _LOST_END.search(text)]
    no_rows = [at for at in ends if isinstance(near[at][1], Anomaly)]
    return (no_rows or ends or [-1])[0] + 1


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
    return text.count("|") <= 2 or isinstance(parse(QueueLogLine(0, text.rpartition("|")[0])), Row)


def _is_later(row: Row, head: Row) -> bool:
    return row.at is None or head.at is None or row.at.earliest_us > head.at.latest_us + MICROSECONDS


def _forged(line: QueueLogLine, at: Moment | None) -> Anomaly:
    return Anomaly(AnomalyKind.FORGED, line.offset, at, clean(line.text))


def parse(line: QueueLogLine) -> Row | Anomaly:
    """`epoch|callid|queue|agent|verb|data1|...` as a row, or why not."""
    text = line.text
    parts = text.split("|")
    if len(text) > MAX_LINE or len(parts) < 5:
        return Anomaly(AnomalyKind.MALFORMED_ROW, line.offset, None, clean(text))
    at = moment(parts[0])
    if at is None:
        return Anomaly(AnomalyKind.MALFORMED_ROW, line.offset, None, clean(text))
    callid, queue, agent, verb, *data = _columns([clean(part) for part in parts[1:]])
    known = known_verb(verb)
    if known is None or known in AMI_ONLY:
        return Anomaly(AnomalyKind.UNKNOWN_VERB, line.offset, at, clean(text))
    while data and data[-1] == "" and not fields_fit(known, len(data)):
        data.pop()
    if known is Verb.ENTERQUEUE and len(data) > FIELDS[Verb.ENTERQUEUE][1]:
        data = _joining_of_too_many(data)
    if not fields_fit(known, len(data)) and known is not Verb.ENTERQUEUE:
        return Anomaly(AnomalyKind.MALFORMED_ROW, line.offset, at, clean(text))
    return Row(line.offset, at, callid, queue, agent, verb, tuple(data))


def _columns(parts: list[str]) -> list[str]:
    """The columns of a line. A member's name may have bars: then the verb comes later."""
    if known_verb(parts[3]) is not None:
        return parts
    for at in range(4, len(parts)):
        verb = known_verb(parts[at])
        if verb is not None and verb not in AMI_ONLY and fields_fit(verb, len(parts) - at - 1):
            return [*parts[:2], "|".join(parts[2:at]), *parts[at:]]
    return parts


def _joining_of_too_many(data: list[str]) -> list[str]:
    """A caller's number or name with bars in it: the call counts, with the number up to the first bar."""
    position = next((each for each in reversed(data) if whole_number(each) is not None), "0")
    return [data[0], data[1], position]


def moment(text: str) -> Moment | None:
    """The epoch of a line: whole seconds, or a decimal fraction where somebody's logger writes one."""
    whole, _, fraction = text.partition(".")
    second = whole_number(whole)
    if second is None or not EARLIEST_SECOND <= second < LATEST_SECOND:
        return None
    if not fraction:
        return Moment.whole_second(second)
    known = fraction[:6]
    micros = whole_number(known.ljust(6, "0"))
    if micros is None:
        return None
    began_us = second * MICROSECONDS + micros
    return Moment(began_us, began_us + int(10 ** (6 - len(known))) - 1)


def clean(text: str) -> str:
    """Text for the records: no control characters, no more than a field holds."""
    if text.isprintable() and len(text) <= MAX_FIELD:
        return text
    return _CONTROL_CHARACTERS.sub("\ufffd", text)[:MAX_FIELD]


def _is_cut(row: Row) -> bool:
    return row.verb == Verb.ENTERQUEUE and (len(row.data) < 3 or row.number(2) is None)


def _mended(row: Row) -> Row:
    """A cut ENTERQUEUE still counts as a call that joined, with what is left of its fields."""
    url, caller = row.field(0), row.field(1)
    return Row(row.position, row.at, row.callid, row.queue, row.agent, row.verb, (url, caller, "0"))
