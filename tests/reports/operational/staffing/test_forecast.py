"""What comes in the next days, learnt of the past ones, and how far off that is."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from reports.staffing.forecast import backtest, learnt
from reports.staffing.history import HALF_HOURS, DayCalls, Handling, PastPresence, since_first_call

MONDAY = date(2026, 8, 3)
AT_NINE = 18


def day_of(day: date, total: int, holiday: str = "") -> DayCalls:
    """A day with three of four calls in the half-hour at nine, and the others in the next."""
    calls = [0] * HALF_HOURS
    calls[AT_NINE], calls[AT_NINE + 1] = total * 3 // 4, total - total * 3 // 4
    return DayCalls(day, tuple(calls), holiday)


def past(weeks: int, total: Callable[[int, int], int]) -> list[DayCalls]:
    """So many weeks; the total of a day by its week and its weekday."""
    return [day_of(MONDAY + timedelta(days=number), total(number // 7, number % 7)) for number in range(7 * weeks)]


def usual(_week: int, weekday: int) -> int:
    return 0 if weekday == 6 else 400 + 40 * weekday


def not_a_holiday(_day: date) -> bool:
    return False


def test_what_comes_every_week_comes_again() -> None:
    model = learnt(past(12, usual))
    assert model is not None and model.outliers == ()
    wednesday = model.day(date(2026, 10, 28), holiday=False)
    assert (wednesday[AT_NINE], wednesday[AT_NINE + 1], sum(wednesday)) == pytest.approx((360, 120, 480))
    assert sum(model.day(date(2026, 11, 1), holiday=False)) == 0
    assert sum(model.day(date(2026, 10, 28), holiday=True)) == 0  # as a Sunday


def test_a_steady_growth_goes_on_and_a_wild_one_is_held_back() -> None:
    grown = learnt(past(12, lambda week, _: 1000 + 10 * week))
    assert grown is not None
    assert sum(grown.day(date(2026, 10, 26), holiday=False)) == pytest.approx(1120, rel=0.01)
    assert sum(grown.day(date(2030, 1, 7), holiday=False)) < 1000 * (1.12 + 0.26)
    short = learnt(past(5, lambda week, _: 1000 + 10 * week))
    assert short is not None and short.slope == 0


@pytest.mark.parametrize(("weeks", "changes_in"), [(12, 6), (2, 1)])
def test_a_weekday_that_changed_half_way_still_has_calls_to_come(weeks: int, changes_in: int) -> None:
    """The median of an even number of days is none of them: each is far from it."""
    model = learnt(past(weeks, lambda week, weekday: 150 if weekday == 5 and week < changes_in else 400))
    assert model is not None and model.outliers == ()
    saturday = model.day(date(2026, 10, 31), holiday=False)
    assert 150 <= sum(saturday) <= 400
    assert saturday[AT_NINE] == pytest.approx(0.75 * sum(saturday), rel=0.01)


def test_a_day_of_an_outage_and_a_holiday_change_nothing() -> None:
    days = past(12, usual)
    days[21] = day_of(days[21].day, 5000)
    days[30] = day_of(days[30].day, 20, "Feriado")
    model = learnt(days)
    assert model is not None and model.outliers == (days[21].day,)
    assert sum(model.day(date(2026, 10, 26), holiday=False)) == pytest.approx(400)


def test_days_before_there_were_records_are_no_days_without_calls() -> None:
    days = past(6, lambda week, _: 0 if week < 4 else 100)
    assert since_first_call(days) == days[28:]
    assert since_first_call(days[:28]) == []


def test_nothing_is_learnt_of_nothing() -> None:
    assert learnt([]) is None
    assert learnt(past(3, lambda *_: 0)) is None
    assert learnt([day_of(MONDAY, 100, "Feriado")]) is None
    assert backtest([], not_a_holiday) == backtest(past(3, lambda *_: 0), not_a_holiday) == ()


def test_the_error_of_a_week_is_that_of_a_forecast_made_before_it() -> None:
    """Seven days of 100 expected; in the last week 120 came on each, a quarter of them in the second half-hour."""
    errors = backtest(past(6, lambda week, _: 120 if week == 5 else 100), not_a_holiday)
    assert [error.by_half_hour for error in errors[:-1]] == pytest.approx([0, 0, 0])
    last = errors[-1]
    assert (last.first_day, last.calls) == (MONDAY + timedelta(weeks=5), 840)
    assert (last.expected, last.by_half_hour, last.by_day) == pytest.approx((700, 140, 140))


def test_calls_at_another_hour_are_an_error_of_half_hours_and_none_of_days() -> None:
    days = past(4, lambda *_: 100)
    late = [DayCalls(day.day, day.calls[-2:] + day.calls[:-2]) for day in days[-7:]]
    last = backtest([*days[:-7], *late], not_a_holiday)[-1]
    assert (last.by_half_hour, last.by_day) == pytest.approx((1400, 0))


def test_patience_is_what_was_waited_over_who_hung_up() -> None:
    assert Handling(waited_us=3_000_000_000, hung_up=30).patience_seconds == 100
    assert Handling(waited_us=3_000_000_000, hung_up=29).patience_seconds is None
    assert Handling().handle_seconds is None
    assert Handling(answered=2, talk_us=300_000_000, wrap_up_us=20_000_000).handle_seconds == 160
    assert PastPresence(0, 0, {}).shrinkage is None
    assert PastPresence(100, 25, {}).shrinkage == 0.25
