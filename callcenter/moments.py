"""Instants as exactly as they are known, and the lengths of time between them.

A queue log file has whole seconds; Asterisk's realtime table and AMI have microseconds. A `Moment`
is therefore an interval, and the 20-second border is decided only where the interval allows it.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from callcenter.instants import MICROSECONDS


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An instant between `earliest_us` and `latest_us`, both inclusive, microseconds UTC."""

    earliest_us: int
    latest_us: int

    @classmethod
    def exact(cls, instant_us: int) -> Self:
        """A moment known to the microsecond."""
        return cls(instant_us, instant_us)

    @classmethod
    def whole_second(cls, second: int) -> Self:
        """A moment of which a whole-second clock showed `second`."""
        return cls(second * MICROSECONDS, (second + 1) * MICROSECONDS - 1)

    @property
    def is_exact(self) -> bool:
        """True when the moment is known to the microsecond."""
        return self.earliest_us == self.latest_us

    def back(self, length: "Length") -> "Moment":
        """The moment `length` before this one."""
        return Moment(self.earliest_us - length.most_us, self.latest_us - length.least_us)

    def forward(self, length: "Length") -> "Moment":
        """The moment `length` after this one."""
        return Moment(self.earliest_us + length.least_us, self.latest_us + length.most_us)

    def not_before(self, other: "Moment | None") -> "Moment":
        """The same, known to be after `other`; unchanged where it cannot be, as after a clock that went back."""
        if (
            other is None
            or self.is_exact
            or other.earliest_us <= self.earliest_us
            or self.latest_us < other.earliest_us
        ):
            return self
        return Moment(other.earliest_us, self.latest_us)

    def until(self, other: "Moment") -> "Length":
        """How long from here to `other`; never below zero."""
        least = max(0, other.earliest_us - self.latest_us)
        return Length(least, max(least, other.latest_us - self.earliest_us))


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time between `least_us` and `most_us`, both inclusive, microseconds."""

    least_us: int
    most_us: int

    @staticmethod
    @lru_cache(maxsize=1024)  # most waits and conversations are of the same few minutes
    def between_whole_seconds(seconds: int) -> "Length":
        """The length whose ends two whole-second clocks put `seconds` apart.

        Asterisk's HoldTime is such a difference: a wait w shows as floor(w) or floor(w) + 1.
        """
        return Length(max(0, (seconds - 1) * MICROSECONDS + 1), (seconds + 1) * MICROSECONDS - 1)

    @property
    def is_exact(self) -> bool:
        """True when the length is known to the microsecond."""
        return self.least_us == self.most_us

    def plus(self, other: "Length") -> "Length":
        """Both, one after the other."""
        return Length(self.least_us + other.least_us, self.most_us + other.most_us)

    def within(self, threshold_us: int) -> bool | None:
        """At most the threshold? None when that cannot be decided."""
        if self.most_us <= threshold_us:
            return True
        return False if self.least_us > threshold_us else None

    def narrowed(self, other: "Length") -> "Length":
        """What both allow; this one where they contradict each other."""
        least, most = max(self.least_us, other.least_us), min(self.most_us, other.most_us)
        return Length(least, most) if least <= most else self
