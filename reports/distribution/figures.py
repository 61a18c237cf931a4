"""Calls, level and waits by hour of the day, day, weekday, ISO week and month. Pure.

All is summed from the counts of each hour of each day: a level of a week is that of its summed counts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from callcenter.level.formulas import ServiceLevelCounts, add
from callcenter.spanish import month_name, short_date, weekday_name

HOURS = range(24)


@dataclass(frozen=True, slots=True)
class HourCount:
    """What happened to the calls that entered in an hour of a day. Waits: of answered ones, and of abandoned ones."""

    day: date
    hour: int
    level: ServiceLevelCounts
    answered_wait_us: int
    abandoned_wait_us: int
    longest_wait_us: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Summed counts of some part of the time."""

    level: ServiceLevelCounts = field(default_factory=ServiceLevelCounts)
    answered_wait_us: int = 0
    abandoned_wait_us: int = 0
    longest_wait_us: int = 0


@dataclass(frozen=True, slots=True)
class Distribution:
    """In total and by each division of time, labelled in Spanish and in the order of time. Hours are all there."""

    total: Slice
    hours: dict[str, Slice]
    days: dict[str, Slice]
    weekdays: dict[str, Slice]
    weeks: dict[str, Slice]
    months: dict[str, Slice]


def distribution(counts: Iterable[HourCount], first_day: date, last_day: date) -> Distribution:
    """The distribution over these days: every hour, day and weekday has a row, also one without calls."""
    counts = list(counts)
    days = [first_day + timedelta(days=ahead) for ahead in range((last_day - first_day).days + 1)]
    week = [date(2024, 1, 1) + timedelta(days=number) for number in range(7)]  # a Monday, and on
    return Distribution(
        summed(counts),
        _divided(counts, [f"{hour:02}:00" for hour in HOURS], lambda each: f"{each.hour:02}:00"),
        _divided(counts, map(short_date, days), lambda each: short_date(each.day)),
        _divided(counts, map(weekday_name, week), lambda each: weekday_name(each.day)),
        _divided(counts, map(iso_week, days), lambda each: iso_week(each.day)),
        _divided(counts, map(month_name, days), lambda each: month_name(each.day)),
    )


def iso_week(day: date) -> str:
    """`2026-S48`: weeks begin on Monday, the first has the year's first Thursday."""
    year, week, _ = day.isocalendar()
    return f"{year}-S{week:02}"


def summed(counts: Iterable[HourCount]) -> Slice:
    """All of these."""
    counts = list(counts)
    return Slice(
        add(*(each.level for each in counts)),
        sum(each.answered_wait_us for each in counts),
        sum(each.abandoned_wait_us for each in counts),
        max((each.longest_wait_us for each in counts), default=0),
    )


def _divided(counts: Iterable[HourCount], labels: Iterable[str], label: Callable[[HourCount], str]) -> dict[str, Slice]:
    parts: dict[str, list[HourCount]] = {name: [] for name in labels}
    for count in counts:
        parts[label(count)].append(count)
    return {name: summed(part) for name, part in parts.items()}
