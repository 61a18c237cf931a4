"""The times whose detail may go."""

from datetime import datetime
from zoneinfo import ZoneInfo

from callcenter.instants import as_us
from reports.periods.month import Month
from reports.retention.spans import months_up_to, spans_of

LA_PAZ = ZoneInfo("America/La_Paz")
JAN, FEB, MAR = (Month(2026, number) for number in (1, 2, 3))


def at(text: str) -> int:
    return as_us(datetime.fromisoformat(text).replace(tzinfo=LA_PAZ))


def test_months_are_those_of_the_centre_up_to_the_moment() -> None:
    assert months_up_to(at("2025-12-31 23:59"), at("2026-02-01 00:00"), LA_PAZ) == (Month(2025, 12), JAN)
    assert months_up_to(at("2026-01-01 00:00"), at("2026-02-01 00:01"), LA_PAZ) == (JAN, FEB)
    assert months_up_to(at("2026-02-01 00:00"), at("2026-02-01 00:00"), LA_PAZ) == ()


def test_of_a_month_that_is_not_over_by_then_the_days_before_it_go() -> None:
    first, second = spans_of([FEB, JAN], at("2026-02-10 00:00"), LA_PAZ)
    assert (first.since_us, first.until_us) == (at("2026-01-01 00:00"), at("2026-02-01 00:00"))
    assert (second.since_us, second.until_us) == (at("2026-02-01 00:00"), at("2026-02-10 00:00"))


def test_a_month_between_that_is_not_closed_stays_and_so_does_one_that_is_later() -> None:
    spans = spans_of([JAN, MAR], at("2026-03-01 00:00"), LA_PAZ)
    assert [each.since_us for each in spans] == [at("2026-01-01 00:00")]
