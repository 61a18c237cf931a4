"""Days by what they are to today: yesterday, last month. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from reports.periods.half_year import HalfYear


class RelativePeriod(StrEnum):
    """Days that are others tomorrow."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last_7_days"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_HALF_YEAR = "this_half_year"
    LAST_HALF_YEAR = "last_half_year"
    NEXT_WEEK = "next_week"
    NEXT_4_WEEKS = "next_4_weeks"


PERIOD_WORDS: Mapping[RelativePeriod, str] = {
    RelativePeriod.TODAY: "Hoy",
    RelativePeriod.YESTERDAY: "Ayer",
    RelativePeriod.LAST_7_DAYS: "Últimos 7 días",
    RelativePeriod.THIS_MONTH: "Este mes",
    RelativePeriod.LAST_MONTH: "El mes pasado",
    RelativePeriod.THIS_HALF_YEAR: "Este semestre",
    RelativePeriod.LAST_HALF_YEAR: "El semestre pasado",
    RelativePeriod.NEXT_WEEK: "La próxima semana",
    RelativePeriod.NEXT_4_WEEKS: "Las próximas 4 semanas",
}


def relative_days(period: RelativePeriod, today: date) -> tuple[date, date]:
    """First and last day. "Last 7 days" end with yesterday: a day that is not over would look worse than it is.

    Weeks to come begin with the next Monday.
    """
    this_month = today.replace(day=1)
    match period:
        case RelativePeriod.TODAY:
            return today, today
        case RelativePeriod.YESTERDAY:
            return today - timedelta(days=1), today - timedelta(days=1)
        case RelativePeriod.LAST_7_DAYS:
            return today - timedelta(days=7), today - timedelta(days=1)
        case RelativePeriod.THIS_MONTH:
            return this_month, last_of_month(today)
        case RelativePeriod.LAST_MONTH:
            return (this_month - timedelta(days=1)).replace(day=1), this_month - timedelta(days=1)
        case RelativePeriod.NEXT_WEEK | RelativePeriod.NEXT_4_WEEKS:
            monday = today + timedelta(days=7 - today.weekday())
            return monday, monday + timedelta(weeks=1 if period is RelativePeriod.NEXT_WEEK else 4, days=-1)
    this_half = date(today.year, 1 if today.month <= 6 else 7, 1)
    if period is RelativePeriod.THIS_HALF_YEAR:
        return this_half, last_of_month(date(today.year, this_half.month + 5, 1))
    last = this_half - timedelta(days=1)
    return date(last.year, last.month - 5, 1), last


def last_of_month(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def half_year_days(half_year: HalfYear) -> tuple[date, date]:
    """First and last day of a half-year."""
    return half_year.first_day, last_of_month(date(half_year.year, 6 * half_year.half, 1))


def half_year_of(day: date) -> HalfYear:
    """The half-year that a day is in."""
    return HalfYear(day.year, 1 if day.month <= 6 else 2)
