"""When something that comes back is due."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from reports.scheduled.recurrence import MADE_UP_AT_MOST, Every, Recurrence

LA_PAZ = ZoneInfo("America/La_Paz")
MONTHLY, WEEKLY, DAILY = (Recurrence(each, 6) for each in (Every.MONTHLY, Every.WEEKLY, Every.DAILY))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LA_PAZ)


@pytest.mark.parametrize(
    ("when", "now", "latest"),
    [
        (MONTHLY, "2026-12-01 05:59:59.999999", "2026-11-01 06:00"),
        (MONTHLY, "2026-12-01 06:00", "2026-12-01 06:00"),
        (MONTHLY, "2027-01-31 23:59", "2027-01-01 06:00"),
        (WEEKLY, "2026-11-30 06:00", "2026-11-30 06:00"),  # a Monday
        (WEEKLY, "2026-11-30 05:59", "2026-11-23 06:00"),
        (DAILY, "2026-03-01 05:00", "2026-02-28 06:00"),
    ],
)
def test_it_was_due_last_at_that_time_of_its_last_day(when: Recurrence, now: str, latest: str) -> None:
    assert when.latest(at(now)) == at(latest)


def test_what_was_slept_through_is_due_in_its_order_and_nothing_twice() -> None:
    months = MONTHLY.due_since(at("2026-08-01 06:00"), at("2026-11-15 12:00"))
    assert [each.month for each in months] == [9, 10, 11]
    assert MONTHLY.due_since(at("2026-11-01 06:00"), at("2026-11-15 12:00")) == ()
    assert MONTHLY.due_since(None, at("2026-11-15 12:00")) == (at("2026-11-01 06:00"),)


def test_of_years_the_last_months_are_made_up() -> None:
    months = MONTHLY.due_since(at("2010-01-01 06:00"), at("2026-11-15 12:00"))
    assert len(months) == MADE_UP_AT_MOST and months[-1] == at("2026-11-01 06:00")


@pytest.mark.parametrize(
    ("when", "due", "days"),
    [
        (DAILY, "2026-03-01 06:00", (date(2026, 2, 28), date(2026, 2, 28))),
        (WEEKLY, "2026-11-30 06:00", (date(2026, 11, 23), date(2026, 11, 29))),
        (MONTHLY, "2027-01-01 06:00", (date(2026, 12, 1), date(2026, 12, 31))),
    ],
)
def test_the_days_that_are_over_are_reported(when: Recurrence, due: str, days: tuple[date, date]) -> None:
    assert when.days_before(at(due)) == days


@pytest.mark.parametrize(("hour", "minute"), [(24, 0), (-1, 0), (6, 60)])
def test_a_time_is_one_that_clocks_show(hour: int, minute: int) -> None:
    with pytest.raises(ValueError, match="no time of the day"):
        Recurrence(Every.DAILY, hour, minute)


def test_a_zone_that_changes_its_hour_is_due_once_a_day() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    nightly = Recurrence(Every.DAILY, 2, 30)  # skipped on 29 March, twice on 25 October
    after, now = (datetime(2026, 1, 1, 12, tzinfo=madrid), datetime(2026, 1, 20, 12, tzinfo=madrid))
    assert len(nightly.due_since(after, now)) == 19
    march = nightly.due_since(datetime(2026, 3, 27, 12, tzinfo=madrid), datetime(2026, 3, 31, 12, tzinfo=madrid))
    assert [each.day for each in march] == [28, 29, 30, 31]
