"""The queue entries behind the figures of a month: which they are, and their fingerprint. Reads only."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, false, or_, select

from callcenter.instants import MICROSECONDS
from callcenter.level.counts import conditions, origin
from callcenter.level.entries import are_refused, entered_in
from callcenter.level.formulas import Period
from callcenter.level.half_hours import period_of
from callcenter.level.summed import CallOrigin, EntrySum
from callcenter.records.calls import queue_entries
from reports.att.stretches import MonthParts

_IN_PIECES = 5000
_FACTS = (
    "node",
    "uniqueid",
    "boot_us",
    "queue",
    "ordinal",
    "call",
    "line",
    "entered_us",
    "joined_us",
    "joined_slack_us",
)
_MORE_FACTS = ("answered_us", "answered_slack_us", "wait_min_us", "wait_max_us", "outcome", "internal")
_SHOWN = ("caller", "answered_us", "ended_us", "wait_min_us", "wait_max_us", "outcome", "member", "ended_by", "call")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Of entries, whatever their order: `digest` in hexadecimal digits, and how many they are."""

    digest: str
    entries: int


def details_fingerprint(connection: Connection, period: Period) -> Fingerprint:
    """Of all entries of the period, by what decides the level."""
    facts = [queue_entries.c[name] for name in (*_FACTS, *_MORE_FACTS)]
    query = select(*facts).where(entered_in(period)).execution_options(yield_per=_IN_PIECES)
    total, entries = 0, 0
    for row in connection.execute(query):
        text = "\x1f".join("" if fact is None else str(int(fact) if isinstance(fact, bool) else fact) for fact in row)
        total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
        entries += 1
    return Fingerprint(f"{total % (1 << 256):064x}", entries)


@dataclass(frozen=True, slots=True)
class Behind:
    """Which entries are wanted: those that `figure` counts, in a row of the report, on a day, in an hour.

    `figure`: a name of `callcenter.level.counts.conditions`, `registered`, or an origin. `rows`: queues and lines
    dialled, by `MonthParts.judged`.
    """

    figure: str
    rows: Mapping[int, frozenset[tuple[str, str]]]
    day: int | None = None
    hour: int | None = None


def entries_behind(parts: MonthParts, behind: Behind) -> Select[Any]:
    """A query for them, the earliest first; columns are named as those of `queue_entries`, and `origin`."""
    table = queue_entries.c
    shown = [table[name] for name in ("entered_us", "queue", "line", *_SHOWN, "node", "uniqueid", "ordinal")]
    whole = period_of(parts.stretches[0].first, parts.stretches[-1].last)
    query = select(*shown, origin(whole).label("origin")).where(entered_in(whole), _wanted(parts, behind, whole))
    return query.order_by(table.entered_us, table.node, table.uniqueid, table.queue, table.ordinal)


def _wanted(parts: MonthParts, behind: Behind, whole: Period) -> ColumnElement[bool]:
    counted = [
        and_(or_(*_times(parts, behind, number)), _in(pairs), _counts(behind.figure, parts, number))
        for number, pairs in behind.rows.items()
        if pairs and any(True for _ in _times(parts, behind, number))
    ]
    if not counted:
        return false()
    return and_(or_(*counted), origin(whole) == _origin_of(behind.figure).value)


def _origin_of(figure: str) -> CallOrigin:
    return CallOrigin(figure) if figure in (CallOrigin.INTERNAL, CallOrigin.OUTGOING) else CallOrigin.PUBLIC


def _counts(figure: str, parts: MonthParts, number: int) -> ColumnElement[bool]:
    threshold_us = parts.judged[number].rule.threshold_seconds * MICROSECONDS
    known = conditions(threshold_us)
    if figure == "registered":
        return or_(known["answered"], known["abandoned"])
    if figure == CallOrigin.INTERNAL:
        return ~are_refused()
    if figure == CallOrigin.OUTGOING:
        return queue_entries.c.entered_us >= 0
    return known[figure]


def _times(parts: MonthParts, behind: Behind, number: int) -> Iterator[ColumnElement[bool]]:
    for stretch in parts.stretches:
        if stretch.number == number:
            yield from (entered_in(period_of(*each)) for each in stretch.within(behind.day, behind.hour))


def _in(pairs: Iterable[tuple[str, str]]) -> ColumnElement[bool]:
    table = queue_entries.c
    by_queue: dict[str, list[str]] = {}
    for queue, line in sorted(pairs):
        by_queue.setdefault(queue, []).append(line)
    return or_(*(and_(table.queue == queue, table.line.in_(lines)) for queue, lines in by_queue.items()))


def pairs_of(sums: Iterable[EntrySum]) -> dict[int, set[tuple[str, str]]]:
    """Which queues and lines dialled there were, by `MonthParts.judged`."""
    found: dict[int, set[tuple[str, str]]] = {}
    for each in sums:
        found.setdefault(each.number, set()).add((each.queue, each.line))
    return found


def some_of(connection: Connection, query: Select[Any], limit: int, after: int = 0) -> list[Row[Any]]:
    """So many of them, after as many."""
    return list(connection.execute(query.limit(limit).offset(after)))
