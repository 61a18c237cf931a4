"""The counts of a month by half-hours, so that only those in which something moved are counted again. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from callcenter.level.formulas import ServiceLevelCounts, add
from callcenter.level.half_hours import HALF_HOUR_US

Counts = Mapping[str, ServiceLevelCounts]


class CountedSpans:
    """Counts by the span in which callers entered. A span is known by its number since 1970."""

    def __init__(self, spans: Mapping[int, Counts]) -> None:
        self._spans: dict[int, Counts] = dict(spans)
        self._days: dict[tuple[int, int], Counts] = {}

    def replace(self, numbers: Iterable[int], counted: Mapping[int, Counts]) -> None:
        """These spans have been counted again; one without callers is not in `counted`."""
        for number in numbers:
            self._spans[number] = counted.get(number, {})
            self._days = {day: counts for day, counts in self._days.items() if not day[0] <= number < day[1]}

    def day(self, since_us: int, until_us: int) -> Counts:
        """The sum of a day. It is summed anew only when one of its spans was counted again."""
        day = since_us // HALF_HOUR_US, until_us // HALF_HOUR_US
        if day not in self._days:
            self._days[day] = summed(self._spans.get(number, {}) for number in range(*day))
        return self._days[day]


def summed(parts: Iterable[Counts]) -> Counts:
    """Counts by queue, added up."""
    by_queue: defaultdict[str, list[ServiceLevelCounts]] = defaultdict(list)
    for part in parts:
        for queue, counts in part.items():
            by_queue[queue].append(counts)
    return {queue: add(*each) for queue, each in by_queue.items()}
