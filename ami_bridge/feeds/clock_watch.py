"""Whether the wall clock was set, by a clock beside it that nobody sets. Pure.

A clock that is slewed goes on with both. One that is set parts from the steady one at once: NTP steps it by an eighth
of a second or more, an operator by whatever they like, and a virtual machine that stood still without knowing it is
set forward when it goes on. One that was suspended and knows it is no step: its steady clock went on as well.
"""

from ami_bridge.ledger.clock_steps import ClockStep
from callcenter.instants import MICROSECONDS

STEP_US = MICROSECONDS // 10


class ClockWatch:
    """Looks now and then; knows the wall clock as of its last look."""

    def __init__(self, wall_us: int, steady_us: int) -> None:
        self._wall_us, self._steady_us = wall_us, steady_us

    def look(self, wall_us: int, steady_us: int) -> ClockStep | None:
        """The step since the last look, if there was one."""
        before_us, by_us = self._wall_us, wall_us - self.wall_us(steady_us)
        self._wall_us, self._steady_us = wall_us, steady_us
        return ClockStep(by_us, before_us, wall_us) if abs(by_us) >= STEP_US else None

    def wall_us(self, steady_us: int) -> int:
        """What the wall clock shows at that moment of the steady one, if it was not set since the last look."""
        return self._wall_us + steady_us - self._steady_us
