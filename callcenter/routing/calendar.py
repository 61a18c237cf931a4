"""Which days are holidays, and when a line is attended. Pure: no clock, no database.

National holidays of Bolivia and Cochabamba's own day (14 September). A fixed day that falls on a Sunday is
kept on the Monday after it (DS 5019); those that follow Easter never do. The government also moves and adds days by
decree, a week ahead: `DECREED` holds those that are known, and what supervisors set in the table calendar_days
(`callcenter.routing.calendar_store`) wins over everything here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from dateutil.easter import easter

from callcenter.centre.model import OpenSpan

SEARCHED_DAYS = 56

_SUNDAY = 6
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_END_OF_DAY = time.max

_FIXED = (
    (1, 1, "Año Nuevo"),
    (1, 22, "Día del Estado Plurinacional"),
    (5, 1, "Día del Trabajo"),
    (6, 21, "Año Nuevo Andino Amazónico"),
    (8, 6, "Día de la Independencia"),
    (9, 14, "Aniversario de Cochabamba"),
    (11, 2, "Día de los Difuntos"),
    (12, 25, "Navidad"),
)
# Days before (-) or after Easter Sunday.
_BY_EASTER = (
    (-48, "Carnaval"),
    (-47, "Carnaval"),
    (-2, "Viernes Santo"),
    (60, "Corpus Christi"),
)


@dataclass(frozen=True, slots=True)
class DayOverride:
    """What is decided for one day: a holiday of that name, or a working day although the rules say a holiday."""

    holiday: bool
    name: str


# 2026: the day of the State was kept on the Friday, and two bridges were added.
DECREED: Mapping[date, DayOverride] = MappingProxyType(
    {
        date(2026, 1, 22): DayOverride(False, "Día del Estado Plurinacional, trasladado al 23 de enero"),
        date(2026, 1, 23): DayOverride(True, "Día del Estado Plurinacional"),
        date(2026, 6, 5): DayOverride(True, "Feriado adicional de Corpus Christi"),
        date(2026, 8, 7): DayOverride(True, "Feriado adicional de la Independencia"),
    }
)


class ClosedReason(StrEnum):
    """Why nobody attends a line."""

    HOURS = "hours"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a line is attended at a moment. `reason` None: it is.

    `next_opening`: when it is attended again, in the centre's zone; None while it is open, and when it does not open
    within `SEARCHED_DAYS`. `name`: of the holiday, empty unless that is the reason.
    """

    open: bool
    reason: ClosedReason | None = None
    next_opening: datetime | None = None
    name: str = ""


class Calendar:
    """The days of one centre. `overrides` win over decrees, and decrees over the rules."""

    def __init__(self, zone: ZoneInfo, overrides: Mapping[date, DayOverride] = MappingProxyType({})) -> None:
        self._zone, self._overrides = zone, overrides

    def is_holiday(self, day: date) -> str | None:
        """The holiday's name; None on a working day."""
        decided = self._overrides.get(day) or DECREED.get(day)
        if decided is not None:
            return decided.name if decided.holiday else None
        return rule_holidays(day.year).get(day)

    def holidays(self, year: int) -> dict[date, str]:
        """Every holiday of a year by its day, in order."""
        named = {**rule_holidays(year), **_of_year(DECREED, year), **_of_year(self._overrides, year)}
        found = ((day, self.is_holiday(day)) for day in sorted(named))
        return {day: name for day, name in found if name is not None}

    def open_at(self, hours: Sequence[OpenSpan], moment: datetime) -> Opening:
        """Whether a line with these hours is attended at an aware moment, and else when it will be.

        Hours that leave no gap in the week are attended on holidays too: such a line never closes.
        Raises ValueError for a moment without a zone.
        """
        if moment.tzinfo is None:
            raise ValueError("a time without a zone does not say whether it is open")
        if _never_closes(hours):
            return Opening(True)
        local = moment.astimezone(self._zone).replace(tzinfo=None)
        name = self.is_holiday(local.date())
        if name is None and any(_covers(span, local.time()) for span in _on(hours, local.date())):
            return Opening(True)
        return self._closed(hours, local, name)

    def _closed(self, hours: Sequence[OpenSpan], local: datetime, name: str | None) -> Opening:
        again = self._next_opening(hours, local)
        if name is not None and _on(hours, local.date()):
            return Opening(False, ClosedReason.HOLIDAY, again, name)
        return Opening(False, ClosedReason.HOURS, again)

    def _next_opening(self, hours: Sequence[OpenSpan], local: datetime) -> datetime | None:
        for ahead in range(SEARCHED_DAYS):
            day = local.date() + timedelta(days=ahead)
            starts = [datetime.combine(day, span.opens) for span in _on(hours, day)]
            later = [start for start in starts if start > local]
            if later and self.is_holiday(day) is None:
                return min(later).replace(tzinfo=self._zone)
        return None


@lru_cache(maxsize=64)
def rule_holidays(year: int) -> Mapping[date, str]:
    """The holidays of a year by the rules alone, before decrees and overrides. Years 1583 to 4099."""
    names: dict[date, list[str]] = {}
    for day, name in sorted((*_fixed(year), *_moving(year))):
        names.setdefault(day, []).append(name)
    # Corpus Christi can fall on 21 June: one day, two names.
    return MappingProxyType({day: " y ".join(of_day) for day, of_day in names.items()})


def _fixed(year: int) -> Iterable[tuple[date, str]]:
    for month, number, name in _FIXED:
        day = date(year, month, number)
        yield (day + timedelta(days=1) if day.weekday() == _SUNDAY else day), name


def _moving(year: int) -> Iterable[tuple[date, str]]:
    sunday = easter(year)
    return ((sunday + timedelta(days=days), name) for days, name in _BY_EASTER)


def _of_year(days: Mapping[date, DayOverride], year: int) -> dict[date, str]:
    return {day: decided.name for day, decided in days.items() if day.year == year}


def _on(hours: Sequence[OpenSpan], day: date) -> list[OpenSpan]:
    return [span for span in hours if _WEEK[day.weekday()] in span.days]


def _covers(span: OpenSpan, moment: time) -> bool:
    return span.opens <= moment and (span.closes == _END_OF_DAY or moment < span.closes)


def _never_closes(hours: Sequence[OpenSpan]) -> bool:
    return all(_is_whole(sorted((s.opens, s.closes) for s in hours if day in s.days)) for day in _WEEK)


def _is_whole(spans: Iterable[tuple[time, time]]) -> bool:
    """True when the spans, in order, leave no moment of a day out."""
    covered = time.min
    for opens, closes in spans:
        if opens > covered:
            return False
        covered = max(covered, closes)
    return covered == _END_OF_DAY
