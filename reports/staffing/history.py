"""What staffing is planned by: calls by day and half-hour, how long they take, how patient callers are. Pure.

Half-hours are numbered from midnight, 0 to 47, by the clock on the wall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

HALF_HOURS = 48
FEWEST_ABANDONED = 30
"""With fewer abandoned calls nobody knows how patient callers are."""


@dataclass(frozen=True, slots=True)
class DayCalls:
    """A day of the past: how many calls came in each half-hour; `holiday`: its name, empty on a working day."""

    day: date
    calls: tuple[int, ...]
    holiday: str = ""

    @property
    def total(self) -> int:
        """All of the day."""
        return sum(self.calls)


def since_first_call(days: Sequence[DayCalls]) -> list[DayCalls]:
    """Without the days before there were records: that nobody called then is not known."""
    first = next((place for place, day in enumerate(days) if day.total), len(days))
    return list(days[first:])


@dataclass(frozen=True, slots=True)
class Handling:
    """Sums over the calls of the past: conversations with their wrap-up; waits of all, and how many hung up waiting."""

    answered: int = 0
    talk_us: int = 0
    wrap_up_us: int = 0
    waited_us: int = 0
    hung_up: int = 0

    @property
    def handle_seconds(self) -> float | None:
        """Mean conversation and wrap-up; None without calls."""
        return (self.talk_us + self.wrap_up_us) / self.answered / 1e6 if self.answered else None

    @property
    def patience_seconds(self) -> float | None:
        """The mean patience: all that was waited over those who hung up. Who was answered would have waited longer.

        The likeliest mean of exponential times of which some were cut off; None where too few hung up.
        """
        return self.waited_us / self.hung_up / 1e6 if self.hung_up >= FEWEST_ABANDONED and self.waited_us else None


@dataclass(frozen=True, slots=True)
class PastPresence:
    """Who was there in the past: logged in and paused in all, and by weekday and half-hour the mean logged in."""

    logged_in_us: int
    paused_us: int
    logged_in: Mapping[tuple[int, int], float]

    @property
    def shrinkage(self) -> float | None:
        """The share of the time logged in that was paused; None where nobody was."""
        return min(1.0, self.paused_us / self.logged_in_us) if self.logged_in_us else None
