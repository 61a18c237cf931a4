"""The trunk, which all outgoing calls share: how many more it takes now."""

from collections import deque
from collections.abc import Callable

from callcenter.centre.outgoing_limits import OutgoingLimits
from callcenter.instants import MICROSECONDS


class TrunkBudget:
    """One trunk's budget. `clock`: microseconds, a steady one."""

    def __init__(self, limits: OutgoingLimits, clock: Callable[[], int]) -> None:
        self._limits, self._clock = limits, clock
        self._in_use = 0
        self._taken = deque[int](maxlen=limits.calls_per_second)

    def see(self, in_use: int) -> None:
        """So many channels are in use, by whoever."""
        self._in_use = in_use

    @property
    def channels_free(self) -> int:
        """Channels for more calls."""
        return max(0, self._limits.channels - self._in_use)

    @property
    def calls_by_rate(self) -> int:
        """Calls that may be placed in this instant."""
        second_ago = self._clock() - MICROSECONDS
        return self._limits.calls_per_second - sum(1 for taken in self._taken if taken > second_ago)

    @property
    def free(self) -> int:
        """Calls that may be placed now."""
        return min(self.channels_free, self.calls_by_rate)

    def take(self) -> None:
        """One call is placed."""
        self._in_use += 1
        self._taken.append(self._clock())
