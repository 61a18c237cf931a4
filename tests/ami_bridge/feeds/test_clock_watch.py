"""A wall clock that is set is told from one that goes on, from one that is slewed, and from a machine that slept."""

import pytest

from ami_bridge.feeds.clock_watch import ClockWatch
from ami_bridge.ledger.clock_steps import ClockStep
from callcenter.clock import both_clocks, now_us, steady_us
from callcenter.instants import MICROSECONDS

WALL_US, STEADY_US = 1_790_000_000_000_000, 5_000 * MICROSECONDS
HALF = MICROSECONDS // 2


@pytest.fixture
def clock() -> ClockWatch:
    return ClockWatch(WALL_US, STEADY_US)


@pytest.mark.parametrize("by_us", [60 * MICROSECONDS, -60 * MICROSECONDS, 128_000, -128_000])
def test_a_clock_that_is_set_parts_from_the_steady_one(clock: ClockWatch, by_us: int) -> None:
    assert clock.look(WALL_US + HALF + by_us, STEADY_US + HALF) == ClockStep(by_us, WALL_US, WALL_US + HALF + by_us)
    assert clock.look(WALL_US + 2 * HALF + by_us, STEADY_US + 2 * HALF) is None


def test_one_that_is_slewed_is_not_set(clock: ClockWatch) -> None:
    """By a two thousandth, the kernel's fastest, for an hour."""
    looks = range(1, 7200)
    assert not [each for each in looks if clock.look(WALL_US + each * (HALF + 250), STEADY_US + each * HALF)]


def test_a_machine_that_slept_and_knows_it_is_no_step(clock: ClockWatch) -> None:
    hour = 3600 * MICROSECONDS
    assert clock.look(WALL_US + hour, STEADY_US + hour) is None


def test_between_two_looks_moments_are_by_the_clock_of_the_last(clock: ClockWatch) -> None:
    assert clock.wall_us(STEADY_US + HALF) == WALL_US + HALF
    clock.look(WALL_US - 60 * MICROSECONDS, STEADY_US)
    assert clock.wall_us(STEADY_US + HALF) == WALL_US - 60 * MICROSECONDS + HALF


def test_both_clocks_are_of_one_instant() -> None:
    before = now_us(), steady_us()
    wall_us, steady = both_clocks()
    assert before[0] <= wall_us <= now_us()
    assert before[1] <= steady <= steady_us()
