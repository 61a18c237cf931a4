"""One line of Asterisk's plain queue_log file as a row. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ami_bridge.ledger.rows.row import AMI_ONLY, FIELDS, MAX_FIELD, Row, Verb, fields_fit, known_verb, whole_number
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

MAX_LINE = 4096
EARLIEST_SECOND = 946_684_800
LATEST_SECOND = 4_102_444_800
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class QueueLogLine:
    """One complete line and where in the file it begins (bytes)."""

    offset: int
    text: str


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


def parse(line: QueueLogLine) -> Row | Anomaly:
    """`epoch|callid|queue|agent|verb|data1|...` as a row, or why not."""
    text = line.text
    parts = text.split("|")
    if len(text) > MAX_LINE or len(parts) < 5:
        return Anomaly(AnomalyKind.MALFORMED_ROW, line.offset, None, clean(text))
    at = moment(parts[0])
    if at is None:
        return Anomaly(AnomalyKind.MALFORMED_ROW, line.offset, None, clean(text))
    callid, queue, agent, verb, *data = _columns(all_clean(parts[1:]))
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


@lru_cache(maxsize=256)  # many lines have the same second
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


def all_clean(texts: list[str]) -> list[str]:
    """Each of them clean. One look at all together: nearly every row is short, and none of it needs a change."""
    together = "".join(texts)
    if together.isprintable() and len(together) <= MAX_FIELD:
        return texts
    return [clean(text) for text in texts]


def clean(text: str) -> str:
    """Text for the records: no control characters, no more than a field holds."""
    if text.isprintable() and len(text) <= MAX_FIELD:
        return text
    return _CONTROL_CHARACTERS.sub("\ufffd", text)[:MAX_FIELD]
