"""The only file that asks what time it is. Everywhere else time is an argument."""

import time

# Between two looks at one clock so much goes by at most; on a busy machine another process may come between them.
_AT_ONCE_NS, _TRIES = 50_000, 20


def now_us() -> int:
    """The present instant in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def both_clocks() -> tuple[int, int]:
    """The present instant by the wall clock and by one that nobody sets, as exactly at once as can be had.

    In microseconds: since 1970, UTC; and since some time, going on also while the machine is suspended.
    """
    readings = []
    for _ in range(_TRIES):
        before, wall, after = _steady_ns(), time.time_ns(), _steady_ns()
        readings.append((after - before, wall // 1000, (before + after) // 2000))
        if after - before <= _AT_ONCE_NS:
            break
    _, wall_us, steady = min(readings)
    return wall_us, steady


def steady_us() -> int:
    """Microseconds of the clock that nobody sets: for how long something lasts within this process."""
    return _steady_ns() // 1000


def _steady_ns() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
