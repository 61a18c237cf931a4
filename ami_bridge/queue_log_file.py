"""Lines of Asterisk's plain queue_log file as rows. Pure.

The file is text that callers can write into: a control character in a caller's number may cut a line in two
and forge another. ENTERQUEUE is the one line that holds caller's text, and it has its fields counted: a cut one
is kept for the call it tells of, and what follows up to its lost end is not believed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ami_bridge.rows import MAX_FIELD, TRANSCRIPT_ONLY, Row, Verb, fields_fit, known_verb, whole_number
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.moments import Moment

MAX_LINE = 4096
FORGED_LINES_AT_MOST = 16
EARLIEST_SECOND = 946_684_800
LATEST_SECOND = 4_102_444_800
_ANYTHING_ODD = re.compile(r"[\x00-\x1f\x7f]")
_LOST_END = re.compile(r"\|\d{1,4}(\|[^|]*)?$")


@dataclass(frozen=True, slots=True)
class Line:
    """One complete line and where in the file it begins (bytes)."""

    offset: int
    text: str


def rows(lines: Iterable[Line]) -> Iterator[Row | Anomaly]:
    """Rows, and an anomaly for each line that is no row or is not believed."""
    cut: int = 0
    for line in lines:
        if cut:
            cut = 0 if _LOST_END.search(line.text) else cut - 1
            yield Anomaly(AnomalyKind.FORGED, line.offset, None, line.text[:MAX_FIELD])
            continue
        row = parse(line)
        if isinstance(row, Row) and _is_cut(row):
            cut = FORGED_LINES_AT_MOST
            yield Anomaly(AnomalyKind.FORGED, line.offset, row.at, line.text[:MAX_FIELD])
            row = _mended(row)
        yield row


def parse(line: Line) -> Row | Anomaly:
    """`epoch|callid|queue|agent|verb|data1|...` as a row, or why not."""
    text = line.text
    parts = text.split("|")
    if len(text) > MAX_LINE or len(parts) < 5:
        return Anomaly(AnomalyKind.MALFORMED_ROW, line.offset, None, text[:MAX_FIELD])
    at = moment(parts[0])
    if at is None:
        return Anomaly(AnomalyKind.MALFORMED_ROW, line.offset, None, text[:MAX_FIELD])
    callid, queue, agent, verb, *data = (clean(part) for part in parts[1:])
    if known_verb(verb) is None or verb in TRANSCRIPT_ONLY:
        return Anomaly(AnomalyKind.UNKNOWN_VERB, line.offset, at, text[:MAX_FIELD])
    while data and data[-1] == "" and not fields_fit(Verb(verb), len(data)):
        data.pop()
    if not fields_fit(Verb(verb), len(data)) and verb != Verb.ENTERQUEUE:
        return Anomaly(AnomalyKind.MALFORMED_ROW, line.offset, at, text[:MAX_FIELD])
    return Row(line.offset, at, callid, queue, agent, verb, tuple(data))


def moment(text: str) -> Moment | None:
    """The epoch of a line: whole seconds, or a decimal fraction where somebody's logger writes one."""
    whole, _, fraction = text.partition(".")
    second = whole_number(whole)
    if second is None or not EARLIEST_SECOND <= second < LATEST_SECOND:
        return None
    if not fraction:
        return Moment.whole_second(second)
    micros = whole_number(fraction[:6].ljust(6, "0"))
    return None if micros is None else Moment.exact(second * 1_000_000 + micros)


def clean(text: str) -> str:
    """Text for the records: no control characters, no more than a field holds."""
    return _ANYTHING_ODD.sub("\ufffd", text)[:MAX_FIELD]


def _is_cut(row: Row) -> bool:
    return row.verb == Verb.ENTERQUEUE and (len(row.data) < 3 or row.number(2) is None)


def _mended(row: Row) -> Row:
    """The call that a cut ENTERQUEUE tells of did enter: it stays, with what is left of its fields."""
    url, caller = row.field(0), row.field(1)
    return Row(row.position, row.at, row.callid, row.queue, row.agent, row.verb, (url, caller, "0"))
