"""Sums of the counts by half-hours, for reports and boards. Reads only."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Integer, Select, Table, bindparam, column, func, literal_column, select

from callcenter.calls import FinalStage
from callcenter.level.counts import entry_counts
from callcenter.level.formulas import CallbackCounts, Period, ServiceLevelCounts, add
from callcenter.level.half_hours import half_hours_of, period_of
from callcenter.level.rollup import Counted, ThresholdOf, counted_live
from callcenter.level.summed import HALF_HOURS_A_DAY, CallbackSum, CallOrigin, CallSum, EntrySum, ReentrySum, Stretch
from callcenter.records.level import level_callbacks, level_calls, level_entries, level_reentries

CountsByQueue = Mapping[str, ServiceLevelCounts]
_COUNTS = tuple(
    each.name for each in level_entries.columns if not each.primary_key and each.name not in ("threshold_us", "entries")
)


class Sums:
    """Sums over stretches: what is kept, and what was counted live in its place."""

    def __init__(self, connection: Connection, stretches: Sequence[Stretch], live: Counted) -> None:
        self._connection, self._stretches, self._live = connection, stretches, live

    def entries_by_day(self) -> list[EntrySum]:
        """One for each stretch, day, queue, line and origin."""
        return self._entries(by_hour=False)

    def entries_by_hour(self) -> list[EntrySum]:
        """One for each stretch, hour since midnight, queue, line and origin."""
        return self._entries(by_hour=True)

    def _entries(self, *, by_hour: bool) -> list[EntrySum]:
        names = ("queue", "line", "origin")
        found = self._summed(level_entries, names, ("entries", *_COUNTS), by_hour=by_hour)
        return [
            EntrySum(number, at, queue, line, CallOrigin(origin), _counts(CallOrigin(origin), summed))
            for (number, at, queue, line, origin), summed in found.items()
        ]

    def reentries(self) -> list[ReentrySum]:
        """Of the public."""
        found = self._summed(level_reentries, ("queue", "line", "after"), ("entries",), by_day=False)
        return [
            ReentrySum(number, queue, line, tuple((other, dialled) for other, dialled in json.loads(after)), summed[0])
            for (number, _, queue, line, after), summed in found.items()
        ]

    def calls(self) -> list[CallSum]:
        """Of every line."""
        found = self._summed(level_calls, ("line", "internal", "final_stage"), ("calls",), by_day=False)
        return [
            CallSum(number, line, bool(internal), FinalStage(stage), summed[0])
            for (number, _, line, internal, stage), summed in found.items()
        ]

    def callbacks(self) -> list[CallbackSum]:
        """Of every queue."""
        names = ("requested", "by_key", "returned", "answered")
        found = self._summed(level_callbacks, ("queue",), names, by_day=False)
        return [CallbackSum(number, queue, CallbackCounts(*summed)) for (number, _, queue), summed in found.items()]

    def _summed(
        self, table: Table, key: tuple[str, ...], counts: tuple[str, ...], *, by_hour: bool = False, by_day: bool = True
    ) -> Mapping[tuple[Any, ...], Sequence[int]]:
        """By stretch, day (or hour, or 0) and key: the sums of the counts."""
        found: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(counts))
        for row in self._kept(table, key, counts, by_hour=by_hour, by_day=by_day):
            _add(found[tuple(row[: 2 + len(key)])], row[2 + len(key) :])
        for live in self._live.rows[table]:
            if (stretch := self._stretch_of.get(live["half_hour"])) is not None:
                half_hour = live["half_hour"]
                at = stretch.hour_of(half_hour) if by_hour else stretch.day_of(half_hour) if by_day else 0
                _add(found[stretch.number, at, *(live[name] for name in key)], [live[name] for name in counts])
        return found

    @cached_property
    def _stretch_of(self) -> Mapping[int, Stretch]:
        return {number: each for each in self._stretches for number in range(each.first, each.last + 1)}

    def _kept(
        self, table: Table, key: tuple[str, ...], counts: tuple[str, ...], *, by_hour: bool, by_day: bool
    ) -> Iterator[Sequence[Any]]:
        query, live = _sums_of(table, key, counts, by_hour, by_day), sorted(self._live.half_hours)
        for each in self._stretches:
            asked = {name: getattr(each, name) for name in ("number", "day", "first", "last", "midnight")}
            yield from self._connection.execute(query, {**asked, "live": live})


@lru_cache(maxsize=16)
def _sums_of(table: Table, key: tuple[str, ...], counts: tuple[str, ...], by_hour: bool, by_day: bool) -> Select[Any]:
    """Made once each: to make a statement costs as much as to carry it out."""
    number, day, midnight = (bindparam(name, type_=Integer) for name in ("number", "day", "midnight"))
    half_hour = table.c.half_hour
    since = half_hour - midnight
    hour, of_day = since % HALF_HOURS_A_DAY // 2, day + since // HALF_HOURS_A_DAY
    at = (hour if by_hour else of_day if by_day else literal_column("0")).label("at")
    group = [table.c[name] for name in key]
    return (
        select(number.label("number"), at, *group, *(func.sum(table.c[name]).cast(Integer) for name in counts))
        .where(half_hour.between(bindparam("first", type_=Integer), bindparam("last", type_=Integer)))
        .where(half_hour.not_in(bindparam("live", expanding=True, type_=Integer)))
        .group_by(column("at"), *group)
    )


def _add(to: list[int], more: Sequence[int]) -> None:
    for place, number in enumerate(more):
        to[place] += number


def _counts(origin: CallOrigin, summed: Sequence[int]) -> ServiceLevelCounts:
    """Entries of calls that the centre made are counted as such, and nowhere else."""
    if origin is CallOrigin.OUTGOING:
        return ServiceLevelCounts(returned_entries=summed[0])
    return ServiceLevelCounts(**dict(zip(_COUNTS, summed[1:], strict=True)))


def counts_by_half_hour(connection: Connection, period: Period, threshold_of: ThresholdOf) -> dict[int, CountsByQueue]:
    """What happened to callers in each half-hour of the period in which anybody entered a queue."""
    live, asked = counted_live(connection, period, threshold_of), half_hours_of(period)
    table = level_entries.c
    query = select(level_entries).where(table.half_hour.between(asked[0], asked[-1]))
    kept = (dict(row._mapping) for row in connection.execute(query) if row.half_hour not in live.half_hours)
    return _by_half_hour(chain(kept, live.rows[level_entries]))


def counted_half_hours(
    connection: Connection, half_hours: Collection[int], threshold_of: ThresholdOf
) -> dict[int, CountsByQueue]:
    """The same of these half-hours, counted from the records."""
    rows = (entry_counts(connection, period_of(each), threshold_of(each)) for each in sorted(half_hours))
    return _by_half_hour(chain.from_iterable(rows))


def _by_half_hour(rows: Iterable[Mapping[str, Any]]) -> dict[int, CountsByQueue]:
    found: defaultdict[int, dict[str, ServiceLevelCounts]] = defaultdict(dict)
    for row in rows:
        origin, of_queues, queue = CallOrigin(row["origin"]), found[row["half_hour"]], row["queue"]
        if origin is not CallOrigin.INTERNAL:
            counts = _counts(origin, [row["entries"], *(row[name] for name in _COUNTS)])
            of_queues[queue] = add(of_queues[queue], counts) if queue in of_queues else counts
    return dict(found)
