"""The half-hours that counts are kept by: their number since 1970, UTC. Pure."""

from callcenter.instants import MICROSECONDS
from callcenter.level.formulas import Period

HALF_HOUR_US = 1800 * MICROSECONDS


def half_hour_of(at_us: int) -> int:
    """The half-hour of an instant, in microseconds UTC."""
    return at_us // HALF_HOUR_US


def period_of(first: int, last: int | None = None) -> Period:
    """The instants of a half-hour, or of those from the first to the last one."""
    return Period(first * HALF_HOUR_US, ((first if last is None else last) + 1) * HALF_HOUR_US)


def half_hours_of(period: Period) -> range:
    """The half-hours that a period touches."""
    return range(half_hour_of(period.since_us), half_hour_of(period.until_us - 1) + 1)


def runs(numbers: set[int]) -> list[tuple[int, int]]:
    """Half-hours as first and last of those that follow one another."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
