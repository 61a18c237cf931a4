"""A month as it is counted: parted where a rule, or an edition of the centre file, begins. Pure.

Each entry is judged by the rule and the lines of its day. Where formula or target change there are parts, each with a
level of its own, for there is none of the whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from callcenter.centre.model import Centre, ServiceLevelRule
from callcenter.instants import as_us
from callcenter.level.half_hours import half_hour_of, period_of
from callcenter.level.summed import HALF_HOURS_A_DAY, Stretch
from reports.periods.month import Month


@dataclass(frozen=True, slots=True)
class Judged:
    """Half-hours that are judged alike: the rule, the part of the report (0, 1, ...), and when, microseconds UTC."""

    number: int
    part: int
    rule: ServiceLevelRule
    since_us: int
    until_us: int


@dataclass(frozen=True, slots=True)
class MonthParts:
    """`judged` by their numbers, `stretches` of them by days, `parts` as first and last day."""

    judged: tuple[Judged, ...]
    stretches: tuple[Stretch, ...]
    parts: tuple[tuple[date, date], ...]


def days_of(month: Month) -> list[date]:
    """Every day of a month."""
    day, days = month.first_day, []
    while day.month == month.month:
        days.append(day)
        day += timedelta(days=1)
    return days


def month_parts(centre: Centre, month: Month, editions_since_us: Sequence[int]) -> MonthParts:
    """Raises LookupError where no rule was in force on the first day."""
    rules = [(day, centre.rule_on(day)) for day in days_of(month)]
    parts = [list(each) for _, each in groupby(rules, key=lambda each: (each[1].formula, each[1].target_percent))]
    borders = {half_hour_of(at) for at in editions_since_us}
    pieces = list(_pieces(parts, centre.zone, borders | {border + 1 for border in borders}))
    judged, stretches = list[Judged](), list[Stretch]()
    for piece in pieces:
        part, day, rule, first, last, midnight = piece
        known = judged[-1] if judged else None
        is_new = known is None or (known.part, known.rule) != (part, rule) or first in borders or first - 1 in borders
        if known is None or is_new:
            judged.append(Judged(len(judged), part, rule, *_instants(first, last)))
        else:
            judged[-1] = Judged(known.number, part, rule, known.since_us, _instants(first, last)[1])
        _add(stretches, Stretch(len(judged) - 1, day.day, first, last, midnight))
    return MonthParts(tuple(judged), tuple(stretches), tuple((days[0][0], days[-1][0]) for days in parts))


def _add(stretches: list[Stretch], more: Stretch) -> None:
    """Days of 48 half-hours that follow one another are one stretch."""
    known = stretches[-1] if stretches else None
    goes_on = known is not None and (known.number, known.last + 1) == (more.number, more.first)
    if known is not None and goes_on and known.day_of(more.first) == more.day and known.hour_of(more.midnight) == 0:
        stretches[-1] = replace(known, last=more.last)
    else:
        stretches.append(more)


def _pieces(
    parts: Iterable[Sequence[tuple[date, ServiceLevelRule]]], zone: ZoneInfo, borders: set[int]
) -> Iterator[tuple[int, date, ServiceLevelRule, int, int, int]]:
    """Part, day, rule, first and last half-hour, and the day's first: each day, or more where an edition begins."""
    for number, days in enumerate(parts):
        for day, rule in days:
            midnight, after = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
            begins = sorted({midnight, *(border for border in borders if midnight < border < after)})
            if midnight + HALF_HOURS_A_DAY < after:  # a day of more than 24 hours: those are of its last one
                begins = sorted({*begins, midnight + HALF_HOURS_A_DAY})
            for first, last in zip(begins, [*(each - 1 for each in begins[1:]), after - 1], strict=True):
                yield number, day, rule, first, last, midnight + 2 * (first >= midnight + HALF_HOURS_A_DAY)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return half_hour_of(as_us(datetime(day.year, day.month, day.day, tzinfo=zone)))


def _instants(first: int, last: int) -> tuple[int, int]:
    period = period_of(first, last)
    return period.since_us, period.until_us
