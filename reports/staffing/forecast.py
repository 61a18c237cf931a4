"""How many calls come in each half-hour of the next days, and how far off that was in the past weeks. Pure.

The method is a seasonal mean with a trend, robust against single days (mass outages, strikes):

1. Each weekday has a level, the median of its days' totals. Holidays are left out.
2. A day's total over its level says how busy it was. Days whose ratio is further from the median than three times the
   median deviation (scaled to a standard deviation) are outliers and left out; but of a weekday that would have no
   day left, as where its hours changed half-way, all stay.
3. The trend is the median of the slopes between all pairs of days (Theil-Sen) of those ratios; with fewer than six
   weeks there is none, and what it adds or takes is at most a quarter.
4. Within a day calls are spread as they were on the weekday's days that are left, by their sums.

A holiday to come is a Sunday. What the forecast is off by is measured on itself: each of the last weeks is forecast
from the weeks before it, and the error is the sum of the absolute differences over the sum of the calls (WAPE).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from statistics import median

from reports.staffing.history import HALF_HOURS, DayCalls

WEEKS_READ, WEEKS_TESTED = 12, 4
FEWEST_DAYS_OF_TREND = 42
_SUNDAY = 6
_SCALED, _DEVIATIONS = 1.4826, 3
_MOST_TREND = 0.25
_NOISE = 0.1


@dataclass(frozen=True, slots=True)
class CallModel:
    """What was learnt of the past: of each weekday its level and how a day's calls are spread; the trend of a day.

    A day's total is its weekday's level times (`ratio` + `slope` times the days since `origin`).
    """

    levels: dict[int, float]
    spread: dict[int, tuple[float, ...]]
    origin: date
    ratio: float
    slope: float
    outliers: tuple[date, ...]

    def knows(self, weekday: int) -> bool:
        """Whether there was any such day to learn of."""
        return weekday in self.levels

    def day(self, day: date, *, holiday: bool) -> tuple[float, ...]:
        """The calls to expect in each half-hour."""
        weekday = _SUNDAY if holiday else day.weekday()
        moved = self.slope * (day - self.origin).days
        trend = max(0.0, self.ratio + max(-_MOST_TREND, min(_MOST_TREND, moved)))
        total = self.levels.get(weekday, 0.0) * trend
        return tuple(total * part for part in self.spread.get(weekday, (0.0,) * HALF_HOURS))


@dataclass(frozen=True, slots=True)
class WeekError:
    """How far off the forecast of a week of the past was. `by_half_hour`, `by_day`: absolute differences, summed."""

    first_day: date
    calls: int
    expected: float
    by_half_hour: float
    by_day: float


def learnt(days: Iterable[DayCalls]) -> CallModel | None:
    """The model of these days; None where none of them is a working day with a call."""
    known = [day for day in days if not day.holiday]
    levels = _levels(known)
    ratios = {day: day.total / levels[day.day.weekday()] for day in known if levels[day.day.weekday()]}
    if not ratios:
        return None
    middle = median(ratios.values())
    deviation = max(_NOISE, _SCALED * median(abs(ratio - middle) for ratio in ratios.values()))
    kept = {day: ratio for day, ratio in ratios.items() if abs(ratio - middle) <= _DEVIATIONS * deviation}
    left = {day.day.weekday() for day in kept}
    kept |= {day: ratio for day, ratio in ratios.items() if day.day.weekday() not in left}
    outliers = tuple(sorted(day.day for day in ratios.keys() - kept.keys()))
    origin = max(day.day for day in kept)
    slope = _slope([((day.day - origin).days, ratio) for day, ratio in kept.items()])
    ratio = median(ratio - slope * (day.day - origin).days for day, ratio in kept.items())
    return CallModel(levels, _spread(kept), origin, ratio, slope, outliers)


def _levels(days: Sequence[DayCalls]) -> dict[int, float]:
    totals: defaultdict[int, list[int]] = defaultdict(list)
    for day in days:
        totals[day.day.weekday()].append(day.total)
    return {weekday: float(median(found)) for weekday, found in totals.items()}


def _slope(points: Sequence[tuple[int, float]]) -> float:
    """Of one day; 0 over too short a time."""
    if not points or -min(at for at, _ in points) < FEWEST_DAYS_OF_TREND - 1:
        return 0.0
    slopes = [(two - one) / (after - before) for (before, one), (after, two) in combinations(points, 2)]
    return median(slopes)


def _spread(days: Iterable[DayCalls]) -> dict[int, tuple[float, ...]]:
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0] * HALF_HOURS)
    for day in days:
        of_day = sums[day.day.weekday()]
        for half_hour, calls in enumerate(day.calls):
            of_day[half_hour] += calls
    return {weekday: tuple(calls / (sum(found) or 1) for calls in found) for weekday, found in sums.items()}


def backtest(days: Sequence[DayCalls], is_holiday: Callable[[date], bool]) -> tuple[WeekError, ...]:
    """The errors of the last weeks, each forecast from what was known before it; weeks without calls are left out."""
    if not days:
        return ()
    after = days[-1].day + timedelta(days=1)
    starts = [after - timedelta(weeks=back) for back in range(WEEKS_TESTED, 0, -1)]
    found = (_week(days, start, is_holiday) for start in starts)
    return tuple(each for each in found if each is not None)


def _week(days: Sequence[DayCalls], start: date, is_holiday: Callable[[date], bool]) -> WeekError | None:
    model = learnt(day for day in days if day.day < start)
    week = [day for day in days if start <= day.day < start + timedelta(weeks=1)]
    calls = sum(day.total for day in week)
    if model is None or not calls:
        return None
    expected = [model.day(day.day, holiday=is_holiday(day.day)) for day in week]
    pairs = list(zip(week, expected, strict=True))
    return WeekError(
        start,
        calls,
        sum(map(sum, expected)),
        sum(abs(came - due) for day, of_day in pairs for came, due in zip(day.calls, of_day, strict=True)),
        sum(abs(day.total - sum(of_day)) for day, of_day in pairs),
    )
