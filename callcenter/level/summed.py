"""Counts by half-hours, summed: what `callcenter.level.sums` reads and reports are made of. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from callcenter.calls import FinalStage
from callcenter.level.formulas import CallbackCounts, ServiceLevelCounts

HALF_HOURS_A_DAY = 48


class CallOrigin(StrEnum):
    """Whose call an entry is of: of the public, from inside or by a trunk of others, or made by the centre."""

    PUBLIC = "public"
    INTERNAL = "internal"
    OUTGOING = "outgoing"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half-hours from the first to the last. `number`: what they belong to.

    `midnight` is the first half-hour of the day (of the month) `day`; the days after it have 48 each.
    """

    number: int
    day: int
    first: int
    last: int
    midnight: int

    def day_of(self, half_hour: int) -> int:
        """The day of the month of one of them."""
        return self.day + (half_hour - self.midnight) // HALF_HOURS_A_DAY

    def hour_of(self, half_hour: int) -> int:
        """How many hours after midnight it began."""
        return (half_hour - self.midnight) % HALF_HOURS_A_DAY // 2

    def within(self, day: int | None, hour: int | None) -> Iterator[tuple[int, int]]:
        """Its half-hours of that day, in that hour (None: any), as first and last of those that follow one another."""
        if day is None and hour is None:
            yield self.first, self.last
            return
        days = range(self.day_of(self.first), self.day_of(self.last) + 1) if day is None else (day,)
        for each in days:
            begin = self.midnight + (each - self.day) * HALF_HOURS_A_DAY
            end = begin + HALF_HOURS_A_DAY - 1
            if hour is not None:
                begin, end = begin + 2 * hour, begin + 2 * hour + 1
            if max(begin, self.first) <= min(end, self.last):
                yield max(begin, self.first), min(end, self.last)


@dataclass(frozen=True, slots=True)
class EntrySum:
    """What happened to those who entered a queue, of one line dialled and one origin, in a stretch (`number`).

    `at`: the day, or the hour since midnight, by which it was summed.
    """

    number: int
    at: int
    queue: str
    line: str
    origin: CallOrigin
    counts: ServiceLevelCounts


@dataclass(frozen=True, slots=True)
class ReentrySum:
    """Entries whose calls had entered other queues before: `after`, queues and lines dialled."""

    number: int
    queue: str
    line: str
    after: tuple[tuple[str, str], ...]
    entries: int


@dataclass(frozen=True, slots=True)
class CallSum:
    """Calls that arrived on a line and how far they came."""

    number: int
    line: str
    internal: bool
    final_stage: FinalStage
    calls: int


@dataclass(frozen=True, slots=True)
class CallbackSum:
    """Callbacks of a queue."""

    number: int
    queue: str
    counts: CallbackCounts
