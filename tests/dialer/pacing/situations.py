"""Situations for pacing, as short as their tests need them."""

from dialer.pacing.situation import AgentsNow, CallsNow, DayTally, DialLimits, PacingSituation

PLENTY = DialLimits(channels_free=100, calls_by_rate=100, contacts=10_000, seconds_left=4 * 3600)
# A day that has kept well below the ceiling, and one that has reached it.
AT_EASE, SPENT = DayTally(1000, 20), DayTally(1000, 40)


def situation(
    available: int = 0,
    talking: tuple[float, ...] = (),
    in_wrap_up: tuple[float, ...] = (),
    ringing: tuple[float, ...] = (),
    waiting: int = 0,
    tally: DayTally = AT_EASE,
    limits: DialLimits = PLENTY,
) -> PacingSituation:
    """These agents and calls, on a day with enough of everything."""
    return PacingSituation(AgentsNow(available, talking, in_wrap_up), CallsNow(ringing, waiting), tally, limits)
