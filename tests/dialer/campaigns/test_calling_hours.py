"""When a campaign is over: it has no calling hour left, holidays aside."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callcenter.centre.model import OpenSpan
from callcenter.instants import as_us
from callcenter.routing.calendar import Calendar, DayOverride
from dialer.campaigns.calling_hours import CallingHours, is_over
from dialer.campaigns.window import Window
from tests.dialer.campaigns.kept import ZONE

FIRST = date(2026, 1, 1)
WITHOUT_HOLIDAYS = Calendar(ZONE, {FIRST + timedelta(days=each): DayOverride(False, "hábil") for each in range(400)})
DAYS = st.integers(0, 200).map(lambda ahead: FIRST + timedelta(days=ahead))
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPANS = st.builds(
    lambda days, opens, length: OpenSpan.model_validate(
        {"days": sorted(days), "from": f"{opens:02}:00", "to": f"{opens + length:02}:00"}
    ),
    st.sets(st.sampled_from(WEEK), min_size=1),
    st.integers(0, 18),
    st.integers(1, 6),
)


@given(DAYS, st.integers(0, 30), st.lists(SPANS, max_size=3), DAYS, st.integers(0, 86_399))
def test_it_is_over_when_a_calendar_without_holidays_has_no_hour_left(
    first: date, length: int, hours: list[OpenSpan], day: date, second: int
) -> None:
    window = Window(first, first + timedelta(days=length))
    now = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(seconds=second)
    left = CallingHours(window, hours, WITHOUT_HOLIDAYS, ZONE).next_opening_us(as_us(now))
    assert is_over(window, hours, now) is (left is None)
