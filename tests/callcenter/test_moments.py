"""The border of the indicator is decided only where the clocks allow it."""

from callcenter.instants import MICROSECONDS
from callcenter.moments import Length, Moment

BORDER_US = 20 * MICROSECONDS


def test_exactly_twenty_seconds_is_within_and_a_microsecond_more_is_not() -> None:
    joined = Moment.exact(1_000_000)
    assert joined.until(Moment.exact(21_000_000)).within(BORDER_US) is True
    assert joined.until(Moment.exact(21_000_001)).within(BORDER_US) is False


def test_whole_seconds_twenty_apart_decide_nothing() -> None:
    assert Moment.whole_second(100).until(Moment.whole_second(120)).within(BORDER_US) is None


def test_whole_seconds_nineteen_and_twentyone_apart_are_decided() -> None:
    joined = Moment.whole_second(100)
    assert joined.until(Moment.whole_second(119)).within(BORDER_US) is True
    assert joined.until(Moment.whole_second(121)).within(BORDER_US) is False


def test_a_hold_time_of_twenty_may_be_anything_between_nineteen_and_twentyone() -> None:
    length = Length.between_whole_seconds(20)
    assert (length.least_us, length.most_us) == (19_000_001, 20_999_999)


def test_a_clock_that_jumps_back_gives_no_negative_wait() -> None:
    assert Moment.exact(5).until(Moment.exact(3)) == Length(0, 0)
