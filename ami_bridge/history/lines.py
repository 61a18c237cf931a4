"""A row of history as a line of text: what every source is turned into, and what is kept by days. Pure.

    time TAB call TAB queue TAB agent TAB verb TAB data ...

`time` is seconds since 1970 in ten digits, with a fraction where the source has one. Empty fields at the end are left
out: a file leaves them out, too, and a table has all its columns. HistoryNames are those of the old system.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ami_bridge.feeds.file import moment
from ami_bridge.ledger.rows.row import AMI_ONLY, FIELDS, NONE, Row, Verb, fields_fit, known_verb
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

SECOND_DIGITS = 10
DAY_SECONDS = 86_400
_LEAST_FIELDS = {verb.value: least for verb, (least, _) in FIELDS.items()}


@dataclass(frozen=True, slots=True)
class HistoryNames:
    """What the old system's agents and queues are called here. Who is not in it keeps the name."""

    agents: Mapping[str, str] = field(default_factory=dict)
    queues: Mapping[str, str] = field(default_factory=dict)


def line_of(time: str, callid: str, queue: str, agent: str, verb: str, data: Sequence[str]) -> str:
    """The line of a row whose texts have no control characters."""
    return "\t".join((time, callid, queue, agent, verb, *data)).rstrip("\t")


@lru_cache(maxsize=256)  # many rows have the same second
def time_of(at: Moment) -> str:
    """A moment as its line begins; of one that is known to less than a second as many digits as are known."""
    second, micros = divmod(at.earliest_us, MICROSECONDS)
    unknown = len(str(at.latest_us - at.earliest_us + 1)) - 1
    fraction = f"{micros:06d}"[: 6 - unknown]
    return f"{second:010d}.{fraction}" if fraction else f"{second:010d}"


def day_of(line: str) -> int:
    """The day of a line: days since 1970, UTC."""
    return int(line[:SECOND_DIGITS]) // DAY_SECONDS


def sort_key(line: str) -> str:
    """Lines sort by their time as text."""
    return line.partition("\t")[0]


def is_exact(line: str) -> bool:
    """Whether the moment is known to less than a second."""
    return line[SECOND_DIGITS : SECOND_DIGITS + 1] == "."


def what_it_says(line: str) -> str:
    """The line without its moment."""
    return line.partition("\t")[2]


def call_of(line: str) -> str:
    """The call that a line is about."""
    return line.split("\t", 2)[1]


def fit_reason(verb: str, data: Sequence[str]) -> str:
    """Why these are no row; empty when they are one."""
    known = known_verb(verb)
    if known is None or known in AMI_ONLY:
        return f"unknown event {verb[:40]!r}"
    least, _ = FIELDS.get(known, (0, 5))
    if not fields_fit(known, max(len(data), least if known is Verb.ENTERQUEUE else 0)):
        return f"{len(data)} fields, which {verb} has not"
    return ""


def row_of(line: str, position: int, names: HistoryNames) -> Row:
    """The row of a line, under the names of here. A queue is one whatever letters it was asked for in."""
    time, callid, queue, agent, verb, *data = line.split("\t")
    missing = _LEAST_FIELDS.get(verb, 0) - len(data)
    if missing > 0:
        data += [""] * missing
    if queue != NONE:
        queue = queue.lower()
        queue = names.queues.get(queue, queue).lower()
    return Row(position, moment(time), callid, queue, names.agents.get(agent, agent), verb, tuple(data))
