"""The tables that old systems keep their queue log in, and a row of them as a line of history. Pure.

A table is known by the names of its columns. Asterisk's own (realtime) has seconds since 1970, or dates; QueueMetrics
has seconds; Asternic has dates, and numbers that stand for queues, agents and events in three tables of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import lru_cache

from ami_bridge.feeds.file import EARLIEST_SECOND, LATEST_SECOND, all_clean, moment
from ami_bridge.history.lines import fit_reason, line_of, time_of
from ami_bridge.ledger.uniqueids import age

NULLS = frozenset({"\\N", "NULL"})
# A call is made before its first row.
_TICK_SECONDS = 1
_MINUTE_CHARACTERS = 16


class SourceKind(StrEnum):
    """What a file is."""

    QUEUE_LOG = "Asterisk queue_log"
    REALTIME = "Asterisk realtime table queue_log"
    QUEUEMETRICS = "QueueMetrics table queue_log"
    ASTERNIC = "Asternic table queue_stats"


class NumberedNames(StrEnum):
    """A table of Asternic's that says what its numbers stand for."""

    QUEUES = "qname"
    AGENTS = "qagent"
    EVENTS = "qevent"


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Which column is what. `number`: what rows of one second are ordered by, None where nothing says it."""

    kind: SourceKind
    time: int
    callid: int
    queue: int
    agent: int
    verb: int
    data: tuple[int, ...]
    number: int | None
    columns: int


_TABLES: Mapping[SourceKind, tuple[str, ...]] = {
    SourceKind.REALTIME: ("time", "callid", "queuename", "agent", "event"),
    SourceKind.QUEUEMETRICS: ("time_id", "call_id", "queue", "agent", "verb"),
    SourceKind.ASTERNIC: ("datetime", "uniqueid", "qname", "qagent", "qevent"),
}
_NUMBERS: Mapping[SourceKind, str] = {
    SourceKind.REALTIME: "id",
    SourceKind.QUEUEMETRICS: "unique_row_count",
    SourceKind.ASTERNIC: "queue_stats_id",
}
_NAMES: Mapping[NumberedNames, tuple[str, str]] = {
    NumberedNames.QUEUES: ("qname_id", "queue"),
    NumberedNames.AGENTS: ("agent_id", "agent"),
    NumberedNames.EVENTS: ("event_id", "event"),
}


def layout_of(header: Sequence[str]) -> TableLayout | None:
    """The table with these columns; None where it is none of those that are known."""
    names = [name.strip().strip('"`').lower() for name in header]
    for kind, wanted in _TABLES.items():
        if set(wanted) <= set(names):
            data = [f"info{n}" if kind is SourceKind.ASTERNIC else f"data{n}" for n in range(1, 6)]
            data = [name for name in (*data, "data") if name in names]
            number = names.index(_NUMBERS[kind]) if _NUMBERS[kind] in names else None
            time, callid, queue, agent, verb = map(names.index, wanted)
            at_data = tuple(map(names.index, data))
            return TableLayout(kind, time, callid, queue, agent, verb, at_data, number, len(names))
    return None


def numbered_names_of(header: Sequence[str]) -> tuple[NumberedNames, int, int] | None:
    """Which of Asternic's tables of names has these columns, and where the number and the name are."""
    names = [name.strip().strip('"`').lower() for name in header]
    for table, (number, name) in _NAMES.items():
        if number in names and name in names:
            return table, names.index(number), names.index(name)
    return None


class TableRows:
    """Rows of one table, in the order in which they come, as lines. `zone`: of dates that name none."""

    def __init__(
        self, layout: TableLayout, zone: tzinfo, names: Mapping[NumberedNames, Mapping[str, str]] | None = None
    ) -> None:
        self.layout, self._zone = layout, zone
        self._names = names or {}
        self._last_second = 0

    def read(self, values: Sequence[str]) -> tuple[int, str] | str:
        """The number of a row and its line; or why it is none."""
        layout = self.layout
        if len(values) < layout.columns:
            return f"{len(values)} columns of {layout.columns}"
        texts = all_clean(["" if text in NULLS else text for text in values])
        callid, queue, agent, verb = (texts[at] for at in (layout.callid, layout.queue, layout.agent, layout.verb))
        if layout.kind is SourceKind.ASTERNIC:
            queue, agent, verb = self._named(queue, agent, verb)
            if verb.isdecimal():
                return f"event {verb} has no name: give Asternic's tables qname, qagent and qevent, too"
        time = self._time(texts[layout.time].strip(), callid)
        if not time:
            return f"{texts[layout.time][:40]!r} is no time"
        # A table has five columns; of more fields the last one has the rest.
        data = "|".join(texts[at] for at in layout.data).rstrip("|").split("|")
        data = [] if data == [""] else data
        reason = fit_reason(verb.strip(), data)
        number = texts[layout.number] if layout.number is not None else ""
        return reason or (int(number) if number.isdecimal() else 0, line_of(time, callid, queue, agent, verb, data))

    def _named(self, queue: str, agent: str, verb: str) -> tuple[str, str, str]:
        names = self._names
        return (
            names.get(NumberedNames.QUEUES, {}).get(queue, queue),
            names.get(NumberedNames.AGENTS, {}).get(agent, agent),
            names.get(NumberedNames.EVENTS, {}).get(verb, verb),
        )

    def _time(self, text: str, callid: str) -> str:
        at = moment(text)
        if at is not None:
            return time_of(at)
        seconds = _seconds(text[:_MINUTE_CHARACTERS], self._zone)
        if not seconds:
            return ""
        rest, _, fraction = text[_MINUTE_CHARACTERS:].partition(".")
        if not _is_rest(rest, fraction):
            return ""
        within = int(rest[1:] or 0)
        second = _that_fits([each + within for each in seconds], age(callid)[0], self._last_second)
        self._last_second = second
        known = f"{second:010d}"
        return f"{known}.{fraction[:6].ljust(6, '0')}" if fraction else known


def _is_rest(rest: str, fraction: str) -> bool:
    """The seconds after a minute, `:07`, and a fraction."""
    is_seconds = rest == "" or (len(rest) == 3 and rest[0] == ":" and rest[1:].isdecimal() and int(rest[1:]) < 60)
    return is_seconds and (fraction == "" or fraction.isdecimal())


@lru_cache(maxsize=4096)
def _seconds(minute: str, zone: tzinfo) -> tuple[int, ...]:
    """The seconds since 1970 at which clocks of the zone showed that minute: two where the hour was put back.

    A minute that was left out when the clocks were put forward is one by the clock of before.
    """
    try:
        shown = datetime.fromisoformat(minute)
    except ValueError:
        return ()
    if shown.tzinfo is not None or len(minute) < _MINUTE_CHARACTERS:
        return ()
    first, second = (int(shown.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    found = (first, second) if second > first else (first,)
    return found if EARLIEST_SECOND <= first < LATEST_SECOND else ()


def _that_fits(seconds: Sequence[int], born: int, last: int) -> int:
    """Of two, the first that is not before the call was made; of no call, not before the row that came last."""
    not_before = born - _TICK_SECONDS if born else last - 60
    return next((each for each in seconds if each >= not_before), seconds[-1])
