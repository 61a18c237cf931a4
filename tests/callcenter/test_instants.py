"""Instants and the dates and times they stand for are the same thing, to the microsecond."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from callcenter.instants import MICROSECONDS, as_datetime, as_us

ZONES = st.sampled_from(["UTC", "America/La_Paz", "America/Asuncion", "Asia/Kathmandu"]).map(ZoneInfo)
YEAR_US = 366 * 86_400 * MICROSECONDS


@given(st.integers(-2 * YEAR_US, 500 * YEAR_US), ZONES)
def test_an_instant_becomes_a_moment_of_the_zone_and_back(instant_us: int, zone: ZoneInfo) -> None:
    moment = as_datetime(instant_us, zone)
    assert moment.tzinfo is zone
    assert as_us(moment) == instant_us


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    zone = ZoneInfo("America/Asuncion")
    first, second = (as_datetime(instant_us, zone) for instant_us in (1_711_247_399_999_999, 1_711_250_999_999_999))
    assert (first.isoformat(), second.isoformat()) == (
        "2024-03-23T23:29:59.999999-03:00",
        "2024-03-23T23:29:59.999999-04:00",
    )
